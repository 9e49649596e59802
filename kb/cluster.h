/* Cluster: which questions are the same question in other words. Greedy and in one pass, so that its groups can be
 * explained: a question joins the first group that its stems overlap with enough, small words left out; else it begins
 * one. Pure; any thread may call. */
#pragma once

#include <glib.h>

#define PN_CLUSTER_TEXTS_MAX 2000

typedef struct {
  guint leader;     /* of the texts: the one that it began with */
  GArray *members;  /* of guint, the leader first */
  GPtrArray *words; /* of char *: what at least half of them say, in the leader's words, the most
                       frequent first; five at most */
} PnCluster;

void pn_cluster_free (PnCluster *cluster);

/* Groups @texts (of char *; what is beyond PN_CLUSTER_TEXTS_MAX is left out) in @language ("" for none known).
 * Returns: (owned) of PnCluster, the largest first. */
GPtrArray *pn_cluster_texts (const GPtrArray *texts, const char *language);
