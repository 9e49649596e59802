/* Facts, inside: what fact.c (marks and rows), fact_make.c (one ticket's facts), fact_pack.c (blocks) and fact_scan.c
 * share. */
#pragma once

#include "ticketing/fact.h"

#define PN_FACT_FIRST_ANSWER PN_FACT_ANSWER_ROW
#define PN_FACT_FIRST_DEADLINE PN_FACT_DEADLINE_ROW
#define PN_FACT_FIRST_TAG PN_FACT_TAG_ROW

/* The facts of the tickets @first to @last are made anew; in the caller's transaction. */
gboolean pn_fact_make (PnDb *db, gint64 first, gint64 last, GError **error);

/* A segment's rows as columns. */
typedef struct {
  GArray *columns[PN_FACT_COLUMNS]; /* of guint32 */
  PnTime first_at;
  PnTime last_at;
  guint unsolved;
} PnFactRows;

PnFactRows *pn_fact_rows_load (PnDb *db, gint64 segment, GError **error); /* (owned) */
void pn_fact_rows_free (PnFactRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnFactRows, pn_fact_rows_free)
