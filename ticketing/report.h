/* Reports: figures about tickets, counted from facts (ticketing/fact.h) over a span of days in a time zone.
 *
 *   report          what is counted, and by which date
 *   volume          tickets that came, were solved; answers that were sent           each by its own date
 *   first-response  from the customer's first message to the first answer            by the answer's date
 *   next-response   from a later message to its answer                               by the answer's date
 *   resolution      from the ticket's beginning to its last solution                 by the solution's date
 *   replies         answers that solved tickets took                                 by the last solution's date
 *   reopened        tickets that were solved and opened again                        by the first solution's date
 *   backlog         tickets that were not solved, by age                             as of the end of each period
 *   sla             promised times that were kept and missed                         by the due date
 *   satisfaction    what customers said                                              by the survey's and the answer's date
 *
 * Numbers, sums and shares are exact; percentiles are exact up to 100,000 values and within 0.4 % beyond
 * (ticketing/quantile.h). Cost: linear in the tickets of the span, about 0.1 s for a million.
 */
#pragma once

#include <jansson.h>

#include "ticketing/fact.h"

typedef enum {
  PN_BY_QUEUE,
  PN_BY_AGENT, /* who answered; else who has the ticket */
  PN_BY_TEAM,
  PN_BY_ORGANISATION,
  PN_BY_POLICY,
  PN_BY_CHANNEL,
  PN_BY_PRIORITY,
  PN_BY_TAG, /* a ticket with two tags is counted in both, and once in the total */
  PN_BY_DAY,
  PN_BY_WEEK, /* from Monday */
  PN_BY_MONTH,
} PnReportBy;
#define PN_BY_DIMENSIONS PN_BY_DAY /* those above can be filtered by, too */

typedef enum {
  PN_UNIT_COUNT,
  PN_UNIT_NUMBER,  /* with a fraction: a mean */
  PN_UNIT_SECONDS, /* a duration */
  PN_UNIT_SHARE,   /* 0 .. 1 */
} PnReportUnit;

#define PN_REPORT_VALUES 12    /* columns at most */
#define PN_REPORT_PERIODS 1500 /* days, weeks, months at most */

typedef struct {
  const char *name; /* "volume" */
  PnReportBy by;
  char *from; /* "2026-11-01", a day in @zone */
  char *to;   /* the last day, inclusive */
  char *zone; /* "Europe/Berlin" */
  gboolean is_business;
  const GArray *queues;            /* (borrowed) of gint64: whose tickets count; NULL: all */
  gint64 filter[PN_BY_DIMENSIONS]; /* -1: any; 0: those without */
} PnReportRequest;

/* Everything, by queue, the last 30 days in @zone (NULL: "UTC"). (owned) */
PnReportRequest *pn_report_request_new (const char *name, const char *zone);
void pn_report_request_free (PnReportRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnReportRequest, pn_report_request_free)

typedef struct {
  const char *name; /* "p90" */
  PnReportUnit unit;
} PnReportColumn;

typedef struct {
  guint32 key;                    /* id; of a period: when it begins, in seconds; 0: none */
  char *label;                    /* what people read: "Mill team", "2026-11-22"; "" for none */
  double value[PN_REPORT_VALUES]; /* NAN: there is none */
} PnReportRow;

typedef struct {
  const char *name;
  PnReportBy by;
  gint64 from; /* seconds */
  gint64 to;   /* exclusive */
  guint n_columns;
  PnReportColumn column[PN_REPORT_VALUES];
  GPtrArray *rows; /* of PnReportRow: periods in their order, others by their first column */
  PnReportRow total;
  gboolean is_exact; /* the percentiles, too */
} PnReport;

void pn_report_free (PnReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnReport, pn_report_free)

/* Returns: (owned) the figures; INVALID names what is wrong in the request. Not inside a transaction. */
PnReport *pn_report_run (PnDb *db, const PnReportRequest *request, GError **error);

/* Returns: (owned) of gint64, newest first: the tickets that the number of @column in the row @key (-1: the total) was
 * made of. INVALID when there is no such column. */
GArray *pn_report_tickets (PnDb *db, const PnReportRequest *request, const char *column, gint64 key,
                           GError **error);

const char *const *pn_report_names (void); /* NULL-terminated, in the order above */
gboolean pn_report_has (const char *name);
const char *pn_report_by_name (PnReportBy by); /* "queue" */
gboolean pn_report_by_read (const char *name, PnReportBy *by);
const char *pn_report_unit_name (PnReportUnit unit); /* "seconds" */

/* Returns: (owned) the report as a document (templates/web/README). @link: an address that a number's tickets are
 * found at, "?a=b" and all, to which column and key are added; NULL: numbers have no addresses. */
json_t *pn_report_write (const PnReport *report, const PnReportRequest *request, const char *link);

/* Appends the report as CSV (RFC 4180), with its names as the head and durations in seconds. What a spreadsheet would
 * take for a formula is led by an apostrophe. */
void pn_report_write_csv (const PnReport *report, GString *text);
void pn_csv_append (GString *text, const char *value); /* one such value, quoted */

/* Reads a request's parts from words: @get gives the text for a name, or NULL. Names: from to by zone time (calendar,
 * business) and the dimensions, each an id, a name, or "none". INVALID says which is wrong. */
typedef const char *(*PnReportGet) (gpointer data, const char *name);
gboolean pn_report_read (PnDb *db, PnReportRequest *request, PnReportGet get, gpointer data,
                         GError **error);

/* Returns: (owned) the zone that figures are shown in when none is asked for: that of the oldest calendar of one's own
 * (ticketing/calendar.h), else "UTC". */
char *pn_report_zone (PnDb *db, GError **error);
