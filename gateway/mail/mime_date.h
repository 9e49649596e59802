/* Dates of mails: RFC 5322, its obsolete forms, and what else is written there. Pure; any thread. */
#pragma once

#include "ticketing/core/clock.h"

/* Reads @text. Returns: FALSE when it cannot be read, outputs untouched. @zone_minutes: east of UTC. */
gboolean pn_mime_date_read (const char *text, PnTime *time, gint32 *zone_minutes);
