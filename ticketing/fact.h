/* Facts: what figures are counted from. Owns the tables ticket_fact, answer_fact and fact_*; reads tickets, messages and
 * events through statements of its own (listed with the owners).
 *
 *   ticket, message, event ──mark──► ticket_fact, answer_fact ──pack──► fact_block ──► pn_fact_scan ()
 *        in the same transaction      a row a ticket, an answer          by columns
 *
 * Whoever changes a ticket leaves a mark; a chore makes the facts of marked tickets anew. The facts of 4,096 tickets that
 * follow each other are a segment; a chore packs changed segments into arrays, a column a row, so that a report over a
 * million tickets reads a few MB. A segment that changed since is read from its rows: figures are never older than the
 * facts. All can be made again at any time (pn_fact_rebuild).
 *
 *   deadline    a row of ticketing/deadline.h that has a due time and was not dropped
 *   answer      a message of ours by a person; it answers the customer's first message since the last one
 *   solved      the last time that the ticket became solved or closed, while it is still so
 *   reopened    it was solved or closed and is open, waiting … again
 *   business    the seconds of a time that count in the calendar of the ticket's policy; without one, all of them
 */
#pragma once

#include "ticketing/core/db.h"

#define PN_FACT_SEGMENT 4096 /* tickets */

/* What a scan can be asked for. Times are seconds since 1970, durations seconds, ids themselves; 0: none. */
typedef enum {
  /* a row a ticket */
  PN_FACT_TICKET,
  PN_FACT_CREATED,
  PN_FACT_RESPONDED,
  PN_FACT_FIRST_SOLVED,
  PN_FACT_SOLVED,
  PN_FACT_QUEUE,
  PN_FACT_AGENT,
  PN_FACT_TEAM,
  PN_FACT_ORGANISATION,
  PN_FACT_POLICY,
  PN_FACT_CHANNEL,
  PN_FACT_PRIORITY,
  PN_FACT_RESPONSE_SECONDS,
  PN_FACT_RESPONSE_BUSINESS,
  PN_FACT_SOLVE_SECONDS,
  PN_FACT_SOLVE_BUSINESS,
  PN_FACT_REOPENS,
  PN_FACT_ANSWERS,
  PN_FACT_ASKED,
  PN_FACT_SCORED,
  PN_FACT_SCORE, /* 1 bad, 2 okay, 3 good */
  /* a row an answer */
  PN_FACT_ANSWER_ROW, /* of its ticket in this segment */
  PN_FACT_ANSWERED,
  PN_FACT_WAITED_SINCE, /* 0: nobody waited for it */
  PN_FACT_WAIT_SECONDS,
  PN_FACT_WAIT_BUSINESS,
  PN_FACT_ANSWER_AGENT,
  PN_FACT_IS_FIRST,
  /* a row a deadline: a promised time that is due or over */
  PN_FACT_DEADLINE_ROW,
  PN_FACT_METRIC, /* PnMetric */
  PN_FACT_DUE,
  PN_FACT_DONE, /* 0: not yet */
  PN_FACT_DEADLINE_POLICY,
  /* a row a tag of a ticket */
  PN_FACT_TAG_ROW,
  PN_FACT_TAG, /* pn_fact_tags () */
  PN_FACT_COLUMNS,
} PnFactColumn;

#define PN_FACT_BIT(column) (G_GUINT64_CONSTANT (1) << (column))

/* A segment as it was asked for. Columns that were not are NULL. */
typedef struct {
  gsize n_tickets;
  gsize n_answers;
  gsize n_deadlines;
  gsize n_tags;
  const guint32 *column[PN_FACT_COLUMNS];
} PnFactSegment;

typedef gboolean (*PnFactFunc) (const PnFactSegment *segment, gpointer data, GError **error);

/* In the caller's transaction: the facts of this ticket will be made anew soon. */
gboolean pn_fact_mark (PnDb *db, gint64 ticket_id, GError **error);

/* Makes the facts of up to @limit marks, in a transaction of its own. @done: how many. */
gboolean pn_fact_refresh (PnDb *db, guint limit, guint *done, GError **error);

/* Packs up to @limit segments that have changed, the fullest of changes first. */
gboolean pn_fact_pack (PnDb *db, guint limit, guint *done, GError **error);

/* All facts are to be made again; pn_fact_rebuild_step () does a portion, @done 0 when there is nothing to do. */
gboolean pn_fact_rebuild (PnDb *db, GError **error);
gboolean pn_fact_rebuild_step (PnDb *db, guint *done, GError **error);
/* @next: the ticket it has come to; 0: none is going on. @last: the newest ticket. */
gboolean pn_fact_rebuild_state (PnDb *db, gint64 *next, gint64 *last, GError **error);

/* Are many changes not in the facts yet, or are all made anew? */
gboolean pn_fact_is_behind (PnDb *db, gboolean *answer, GError **error);

/* Calls @func with each segment in which something of [@from, @to) (seconds) may have happened, or, @with_open, that
 * has unsolved tickets from before @to; all as of one moment. @columns: bits. Not inside a transaction; @func must not
 * use @db. */
typedef struct {
  guint64 columns;
  gint64 from;
  gint64 to;
  gboolean with_open;
} PnFactScan;
gboolean pn_fact_scan (PnDb *db, const PnFactScan *scan, PnFactFunc func, gpointer data,
                       GError **error);

/* (owned) The tags: id (as GUINT_TO_POINTER) to text. */
GHashTable *pn_fact_tags (PnDb *db, GError **error);

/* (owned) of char *: the first @limit tags by name. */
GPtrArray *pn_fact_tag_names (PnDb *db, guint limit, GError **error);
