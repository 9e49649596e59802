/* Reports, inside: what report.c (running), report_kind.c (what each report counts), report_time.c (periods),
 * report_tally.c (numbers of groups) and report_label.c (words) share. */
#pragma once

#include "ticketing/quantile.h"
#include "ticketing/report.h"

#define PN_REPORT_SERIES 8

/* A row of facts: a ticket, one of its answers or deadlines. */
typedef enum { PN_OF_TICKETS, PN_OF_ANSWERS, PN_OF_DEADLINES } PnReportSet;

typedef struct {
  const PnFactSegment *segment;
  gsize ticket;
  gsize answer; /* or deadline */
  guint32 now;
} PnReportFact;

static inline guint32
pn_report_of_ticket (const PnReportFact *fact, PnFactColumn column)
{
  return fact->segment->column[column][fact->ticket];
}

static inline guint32
pn_report_of_answer (const PnReportFact *fact, PnFactColumn column)
{
  return fact->segment->column[column][fact->answer];
}

/* Tickets, answers or deadlines with a date in the span that fulfil a condition, and perhaps a value of each. */
typedef struct {
  PnReportSet set;
  PnFactColumn date;
  gboolean (*is_it) (const PnReportFact *fact); /* NULL: all */
  guint64 needs;                                /* columns that is_it reads */
  PnFactColumn value;                           /* PN_FACT_COLUMNS: none */
  PnFactColumn business;                        /* instead of value, in business time */
  gboolean has_quantiles;
} PnReportSeries;

typedef enum {
  PN_STAT_COUNT,
  PN_STAT_SUM,
  PN_STAT_MEAN,
  PN_STAT_QUANTILE,
  PN_STAT_SHARE,
  PN_STAT_SHARE_OF_BOTH
} PnStat;

typedef struct {
  const char *name;
  PnReportUnit unit;
  PnStat stat;
  guint series;
  guint of; /* the whole; for SHARE_OF_BOTH: the other part; of QUANTILE: thousandths */
} PnReportStat;

typedef struct {
  const char *name;
  gboolean is_backlog; /* series are ages, see report.c */
  guint n_series;
  PnReportSeries series[PN_REPORT_SERIES];
  guint n_stats;
  PnReportStat stats[PN_REPORT_VALUES];
} PnReportKind;

const PnReportKind *pn_report_kind (const char *name); /* NULL: there is none */

/* Ages of the backlog: the series i + 1 has those below limit i; series 0 has all. In seconds. */
#define PN_REPORT_AGES 5
extern const guint32 pn_report_ages[PN_REPORT_AGES];

/* Where periods begin; one more for the end of the last. */
typedef struct {
  gint64 from;
  gint64 to;
  GArray *starts; /* of gint64; empty where no periods were asked for */
  double density; /* periods a second */
} PnReportSpan;

gboolean pn_report_span_read (const PnReportRequest *request, PnReportSpan *span, GError **error);
void pn_report_span_clear (PnReportSpan *span);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnReportSpan, pn_report_span_clear)
/* Returns: the index of the period that @time (in the span) is in. */
guint pn_report_span_find (const PnReportSpan *span, gint64 time);

/* The numbers of one group. */
typedef struct {
  guint32 key;
  gint64 count[PN_REPORT_SERIES];
  gint64 sum[PN_REPORT_SERIES];
  PnQuantile *quantile[PN_REPORT_SERIES]; /* NULL where none are asked for or nothing came */
} PnReportGroup;

#define PN_REPORT_NEAR 2048 /* keys below are found without a search */

typedef struct {
  const PnReportKind *kind;
  GHashTable *groups;   /* key -> PnReportGroup */
  PnReportGroup **near; /* of PN_REPORT_NEAR: those of small keys once more; NULL: not there yet */
  PnReportGroup *total;
} PnReportTally;

void pn_report_tally_init (PnReportTally *tally, const PnReportKind *kind);
void pn_report_tally_clear (PnReportTally *tally);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnReportTally, pn_report_tally_clear)
PnReportGroup *pn_report_tally_make (PnReportTally *tally, guint32 key); /* or what is there */

static inline PnReportGroup *
pn_report_tally_group (PnReportTally *tally, guint32 key)
{
  PnReportGroup *group = key < PN_REPORT_NEAR ? tally->near[key] : NULL;

  return group != NULL ? group : pn_report_tally_make (tally, key);
}

void pn_report_tally_add_quantile (PnReportGroup *group, guint series, guint32 value);

static inline void
pn_report_tally_add (const PnReportTally *tally, PnReportGroup *group, guint series, guint32 value)
{
  group->count[series]++;
  group->sum[series] += value;
  if (tally->kind->series[series].has_quantiles)
    pn_report_tally_add_quantile (group, series, value);
}

/* Writes a group's numbers as the kind's columns. @is_exact becomes FALSE when a quantile is not. */
void pn_report_tally_write (const PnReportTally *tally, const PnReportGroup *group, double *values,
                            gboolean *is_exact);

/* What one run counts into (report_count.c; report_backlog.c). */
typedef struct {
  const PnReportRequest *request;
  const PnReportKind *kind;
  PnReportSpan span;
  PnReportTally tally;
  guint64 columns;
  guint32 now;
  gboolean is_filtered;    /* not every ticket counts */
  gboolean has_own_filter; /* …by what its answers and deadlines have of their own */
  gint64 list_series;      /* -1: numbers are wanted; else the tickets of this series… */
  gint64 list_key;         /* …in this group; -1: in all */
  GHashTable *listed;      /* of tickets */
  GByteArray *passes;      /* per ticket of the segment: whether its other dimensions are wanted */
  GArray *tag_starts;      /* of guint32: where the tags of each ticket begin */
  guint begun;             /* of the backlog: periods that have begun by now */
  gint64 *steps; /* of the backlog: by how much each series changes with each period; NULL */
} PnReportRun;

gboolean pn_report_run_start (PnReportRun *run, const PnReportRequest *request, GError **error);
void pn_report_run_clear (PnReportRun *run);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnReportRun, pn_report_run_clear)

/* Counts, as of one moment; for pn_db_run (), which may run it again. */
gboolean pn_report_run_count (PnDb *db, gpointer run, GError **error);

/* One row, to a group, to the total, or to all that it belongs to. */
void pn_report_count_add (PnReportRun *run, const PnFactSegment *segment, gsize ticket,
                          guint series, guint32 key, guint32 value);
void pn_report_count_add_total (PnReportRun *run, const PnFactSegment *segment, gsize ticket,
                                guint series, guint32 value);
void pn_report_count_add_row (PnReportRun *run, const PnReportFact *fact, guint series,
                              PnReportSet set, guint32 date, guint32 value);

/* The filters by what a row has of its own: an answer's agent, a deadline's policy. */
gboolean pn_report_count_is_wanted (const PnReportRun *run, const PnReportFact *fact,
                                    PnReportSet set);

/* The backlog: before the first segment, each segment, after the last one. */
void pn_report_backlog_start (PnReportRun *run);
void pn_report_backlog_count (PnReportRun *run, const PnFactSegment *segment);
void pn_report_backlog_finish (PnReportRun *run);

/* Sets the labels of all rows. */
gboolean pn_report_label (PnDb *db, PnReport *report, const char *zone, GError **error);
