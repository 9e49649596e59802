#include "gateway/serve/notify_systemd.h"

#include <systemd/sd-daemon.h>

void
pn_notify_ready (void)
{
  sd_notify (0, "READY=1");
}

void
pn_notify_reloading (void)
{
  sd_notifyf (0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time ());
}

void
pn_notify_stopping (void)
{
  sd_notify (0, "STOPPING=1");
}

void
pn_notify_status (const char *sentence)
{
  sd_notifyf (0, "STATUS=%s", sentence);
}

void
pn_notify_watchdog (void)
{
  sd_notify (0, "WATCHDOG=1");
}

gint64
pn_notify_watchdog_every (void)
{
  guint64 usec = 0;

  return sd_watchdog_enabled (0, &usec) > 0 ? (gint64) (usec / 2) : 0;
}
