/* Notify: tells systemd how the service is (sd_notify(3)). Without systemd all of it does nothing. */
#pragma once

#include <glib.h>

void pn_notify_ready (void);
void pn_notify_reloading (void);
void pn_notify_stopping (void);
void pn_notify_status (const char *sentence);

/* Feeds the watchdog; call it at least as often as pn_notify_watchdog_every () says. */
void pn_notify_watchdog (void);

/* Returns: half the watchdog's time in microseconds; 0 when there is none. */
gint64 pn_notify_watchdog_every (void);
