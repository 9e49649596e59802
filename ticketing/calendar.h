/* Calendars: the business hours that staff keep, each with its zone, week and holidays. Owns the tables calendar and
 * calendar_version.
 * The first one, "always" (24/7), is there from the beginning and can be changed but not removed. Every change counts
 * up the book of the SLA policies (ticketing/sla.h), so that due times are computed anew.
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/hours.h"

#define PN_CALENDAR_ALWAYS 1

typedef struct {
  gint64 id;        /* 0: not stored yet */
  char *name;       /* [a-z0-9-]{1,64} */
  char *title;      /* what people read */
  json_t *document; /* {"zone", "week", "holidays"} as in ticketing/hours.h */
  gint64 version;
  PnTime updated_at;
} PnCalendar;

PnCalendar *pn_calendar_new (const char *name); /* (owned) UTC, nothing counts, title = name */
void pn_calendar_free (PnCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnCalendar, pn_calendar_free)

/* Inserts or (id set) updates, in a transaction of its own. @if_version: CONFLICT unless it still has this one; 0 is not
 * asked. INVALID for what pn_hours_read () refuses, CONFLICT for a taken name. Sets id and version. Due times follow in
 * the background (sla_job.h); @agent_id: who did it, 0: nobody. */
gboolean pn_calendar_save (PnDb *db, PnCalendar *calendar, gint64 if_version, gint64 agent_id,
                           GError **error);

/* CONFLICT while a policy uses it, or for the first one. */
gboolean pn_calendar_remove (PnDb *db, gint64 id, GError **error);

PnCalendar *pn_calendar_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */

/* (owned) The hours that the calendar, which may be gone, had at @at; NULL: none are known. */
gboolean pn_calendar_hours_then (PnDb *db, gint64 id, PnTime at, PnHours **hours, GError **error);
gboolean pn_calendar_find (PnDb *db, const char *name, PnCalendar **calendar,
                           GError **error);             /* (owned) NULL: none */
GPtrArray *pn_calendar_list (PnDb *db, GError **error); /* (owned) by title; at most 1,000 */

/* Returns: (owned) the calendar's hours; it was checked when it was saved. */
PnHours *pn_calendar_hours (const PnCalendar *calendar, GError **error);
