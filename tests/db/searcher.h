/* Searcher: what the tests of lists and search share: a database with two queues, somebody who sees all and somebody who
 * sees one. */
#pragma once

#include "ticketing/search.h"

typedef struct {
  PnDb *db;
  PnAccess *admin;
  PnAccess *agent;  /* of the queue sales */
  gint64 queues[2]; /* support, sales */
  gint64 agents[2];
} PnSearcher;

gboolean pn_searcher_open (PnSearcher *world); /* FALSE: the test is skipped */
void pn_searcher_close (PnSearcher *world);

/* Every page of a query, none of its tickets twice. Returns: how many tickets. */
guint pn_searcher_walk (const PnSearcher *world, const PnAccess *access, const char *text,
                        guint limit, gboolean is_oldest);
