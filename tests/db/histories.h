/* Histories: random tickets for the tests of figures, told twice: as rows of a database, from which facts and reports are
 * made, and as an array, from which the same numbers can be counted the plain way. Three queues, three agents. */
#pragma once

#include "ticketing/core/db.h"

#define TAGS 4

typedef struct {
  PnTime at;
  gboolean is_in;
  gint64 agent;
} Message;

typedef struct {
  PnTime at;
  gboolean is_over;
} Turn;

typedef struct {
  gint64 id;
  gint64 queue;
  gint64 agent;
  gint64 priority;
  guint tags; /* bits */
  PnTime created;
  GArray *messages; /* of Message */
  GArray *turns;    /* of Turn */
} History;

extern const char *const pn_history_tags[TAGS];
extern const char *const pn_history_queues[3];

/* Returns: (owned) of History, by id; stored as rows, without facts. */
GArray *pn_histories_make (PnDb *db);

/* Makes all facts, and packs up to @packed segments of them. */
void pn_histories_make_facts (PnDb *db, guint packed);
