/* Report plans: figures that are sent to staff by mail. Owns the tables report_plan and report_period.
 *
 *   {"title": "Promises", "report": "sla", "words": {"by": "day", "queue": "mill"}, "every": "week", "minute": 420,
 *    "zone": "Europe/Berlin", "readers": ["ada"]}
 *
 *   every    is sent on       and tells of
 *   day      each day         the day before
 *   week     Mondays          the seven days before
 *   month    the first day    the month before
 *
 * at the minute of the local day. A plan belongs to a lead and counts what they may see when it is sent; without such an
 * owner it is paused, with the reason. Each period is sent once, however many clerks there are and however often the hour
 * is changed; after a time without a clerk the newest period alone is sent.
 */
#pragma once

#include <jansson.h>

#include "ticketing/report.h"

typedef enum { PN_EVERY_DAY, PN_EVERY_WEEK, PN_EVERY_MONTH } PnEvery;

typedef struct {
  gint64 id;  /* 0: not stored yet */
  char *name; /* [a-z0-9-]{1,64} */
  char *title;
  gint64 owner_id; /* an agent */
  gboolean is_enabled;
  char *report;  /* of pn_report_names () */
  json_t *words; /* of pn_report_read (): "by", "time" and dimensions, texts */
  PnEvery every;
  int minute; /* of the local day */
  char *zone;
  GPtrArray *readers; /* of char *: log-ins */
  PnTime next_at;
  PnTime sent_at; /* 0: never */
  char *problem;  /* why the last one was not sent (core/reason); NULL */
  gint64 gen;
} PnReportPlan;

PnReportPlan *
pn_report_plan_new (const char *name); /* (owned) volume, Mondays at 7:00 UTC, to nobody */
void pn_report_plan_free (PnReportPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnReportPlan, pn_report_plan_free)

/* The first time behind @after at which it is sent, and the last one not behind it. */
PnTime pn_report_plan_next (const PnReportPlan *plan, PnTime after);
PnTime pn_report_plan_last (const PnReportPlan *plan, PnTime before);

/* The days that it tells of when it is sent at @at: (owned) "2026-11-16" to "2026-11-22". */
void pn_report_plan_days (const PnReportPlan *plan, PnTime at, char **from, char **to);

/* Takes "by", "time" and the dimensions that @get knows into the plan's words. */
void pn_report_plan_take_words (PnReportPlan *plan, PnReportGet get, gpointer data);

/* Returns: (owned) the same words as an address's query: "by=day&queue=mill". */
char *pn_report_plan_query (const PnReportPlan *plan);

/* Inserts or (id set) updates. INVALID for a bad name, report, word, time, zone, reader; CONFLICT for a taken name. */
gboolean pn_report_plan_save (PnDb *db, PnReportPlan *plan, GError **error);
gboolean pn_report_plan_delete (PnDb *db, gint64 id, GError **error);    /* NOT_FOUND */
PnReportPlan *pn_report_plan_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
gboolean pn_report_plan_find (PnDb *db, const char *name, PnReportPlan **plan,
                              GError **error); /* (owned) NULL: none */
/* (owned) of PnReportPlan, by name; at most 200. @owner_id 0: of all. */
GPtrArray *pn_report_plan_list (PnDb *db, gint64 owner_id, GError **error);

/* Orders the letters of the plan that is due first; @done: how many were. Waits while facts are behind. What keeps it from
 * being sent becomes its problem. Not inside a transaction. */
gboolean pn_report_plan_send (PnDb *db, guint *done, GError **error);

/* Sends the newest full period at once, whether it was sent or not; PN_REPORT_PLAN_HOURLY times an hour, else CONFLICT.
 * @letters: to how many readers. INVALID says why it can't be sent. */
#define PN_REPORT_PLAN_HOURLY 10
gboolean pn_report_plan_send_now (PnDb *db, const PnReportPlan *plan, guint *letters,
                                  GError **error);

const char *pn_every_name (PnEvery every); /* "week" */
gboolean pn_every_read (const char *name, PnEvery *every);
