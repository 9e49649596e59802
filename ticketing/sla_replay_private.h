/* Replays of policies, inside: what sla_replay.c (the portions), sla_replay_book.c (both books) and sla_replay_write.c (the
 * document) share. */
#pragma once

#include "ticketing/sla_replay.h"

/* Two books of one moment, read from a replay's definition. */
typedef struct {
  PnSlaBook *without;
  PnSlaBook *with;
  gint64 policy_id;
  gboolean is_change;
  GArray *queues;        /* of gint64; NULL: all */
  GHashTable *calendars; /* gint64 id → title */
} PnSlaReplayBooks;

void pn_sla_replay_books_free (PnSlaReplayBooks *books);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSlaReplayBooks, pn_sla_replay_books_free)

PnSlaReplayBooks *pn_sla_replay_books_read (const char *definition, GError **error); /* (owned) */

/* The title of the policy of a round; NULL: there is none. */
const char *pn_sla_replay_policy_title (const PnSlaBook *book, const PnDeadline *round);

/* One round both ways: (owned) as in pn_sla_replay_write (), and how much it weighs. NULL: it comes out the same. */
json_t *pn_sla_replay_compare (const PnSlaReplayBooks *books, const PnDeadline *without,
                               const PnDeadline *with, PnTime now, gint64 *weight);
