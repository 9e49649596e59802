/* Search lists: candidates in their order, each from an index that gives them in that order.
 *
 *   by word, tag                ordered by id: lists that can jump to an id, so that an AND of a common and a rare word
 *                               costs as much as the rare one
 *   by queue, status, assignee  ordered by last change: runs that are merged
 *   a small set of tickets      in whichever order
 *
 * Orders are turned into one that ascends: a key is multiplied by -1 where the newest comes first. Reading is lazy, in
 * chunks, and counted: a caller stops when a page has cost enough.
 */
#pragma once

#include "ticketing/search_private.h"

/* Where a candidate lies in the order; time is 0 where ids alone order. */
typedef struct {
  gint64 time;
  gint64 id;
} PnSearchKey;

int pn_search_key_compare (PnSearchKey a, PnSearchKey b);

typedef enum {
  PN_RUN_ALL,
  PN_RUN_STATUS,
  PN_RUN_QUEUE,
  PN_RUN_ASSIGNEE,
  PN_RUN_URGENT_STATUS, /* these are ordered by urgency, the earliest first */
  PN_RUN_URGENT_QUEUE,
  PN_RUN_URGENT_ASSIGNEE,
} PnRunKind;

typedef struct PnSearchList PnSearchList;
void pn_search_list_free (PnSearchList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSearchList, pn_search_list_free)

/* (owned) Lists ordered by id. @sign is 1 (oldest first) or -1. */
PnSearchList *pn_search_list_term (const char *term, int sign);
PnSearchList *pn_search_list_tag (const char *tag, int sign);

/* (owned) A list of @keys (of PnSearchKey, copied) in the order of the others. */
PnSearchList *pn_search_list_keys (const GArray *keys);

/* (owned) A list ordered by last change. @owner: the queue or assignee (0: nobody); ignored for other kinds. */
PnSearchList *pn_search_list_run (PnRunKind kind, gint64 owner, PnStatus status, int sign);

/* Finds the first key at or behind @from. @is_there FALSE: none. @reads grows by one for each statement. */
gboolean pn_search_list_seek (PnSearchList *list, PnDb *db, PnSearchKey from, PnSearchKey *key,
                              gboolean *is_there, guint *reads, GError **error);

/* The words of the index that begin with @prefix, the first @limit of them by byte order: (owned) of char *. */
GPtrArray *pn_search_list_expand (PnDb *db, const char *prefix, guint limit, GError **error);
