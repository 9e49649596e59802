/* Queues: where tickets wait, with the name, signature and language that answers from there carry.
 * Owns the tables queue and queue_count. */
#pragma once

#include "ticketing/core/db.h"

typedef struct {
  gint64 id;       /* 0: not stored yet */
  char *name;      /* [a-z0-9-]{1,64} */
  char *title;     /* what people read */
  char *from_name; /* "" gives the title */
  char *signature;
  char *language;
  gboolean acknowledges;
  gboolean is_public; /* the contact form offers it */
} PnQueue;

PnQueue *pn_queue_new (const char *name); /* (owned) English, acknowledges, public, title = name */
void pn_queue_free (PnQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnQueue, pn_queue_free)

/* Inserts or (id set) updates. INVALID for a bad name, CONFLICT for a taken one. Sets the id. */
gboolean pn_queue_save (PnDb *db, PnQueue *queue, GError **error);

PnQueue *pn_queue_load (PnDb *db, gint64 id,
                        GError **error); /* (owned) NOT_FOUND when there is none */
gboolean pn_queue_find (PnDb *db, const char *name, PnQueue **queue,
                        GError **error); /* (owned) NULL: none */
GPtrArray *pn_queue_list (PnDb *db,
                          GError **error); /* (owned) of PnQueue, by title; at most 1,000 */

/* Adds @delta to the number of tickets of a queue in a status; in the caller's transaction. */
gboolean pn_queue_count_add (PnDb *db, gint64 queue_id, int status, int delta, GError **error);

typedef struct {
  gint64 queue_id;
  int status;
  gint64 tickets;
} PnQueueCount;

GArray *pn_queue_counts (PnDb *db, GError **error); /* (owned) of PnQueueCount */
