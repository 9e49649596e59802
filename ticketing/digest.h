/* Digests: a letter to those who answer for the work, at a local time of day: what is unresolved, how old it is, and
 * which promises are broken. Owns the table digest.
 *
 *   {"title": "Every morning", "minute": 480, "zone": "Europe/Berlin", "days": 31, "team": 3, "queues": [1, 2],
 *    "agents": ["ada"], "addresses": ["boss@demo.example"]}
 *
 * Of the queues that are named and those of the team; where neither is said, of all. Each is sent once for each time,
 * however many nodes there are; what was missed by days is sent once.
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/db.h"

typedef struct {
  gint64 id;  /* 0: not stored yet */
  char *name; /* [a-z0-9-]{1,64} */
  char *title;
  gboolean is_enabled;
  int minute;           /* of the local day */
  char *zone;           /* "Europe/Berlin" */
  guint days;           /* bits: 1 Monday … 64 Sunday */
  gint64 team_id;       /* 0: none */
  GArray *queues;       /* of gint64 */
  GPtrArray *agents;    /* of char *: log-ins */
  GPtrArray *addresses; /* of char * */
  PnTime next_at;
  PnTime sent_at; /* 0: never */
  gint64 gen;
} PnDigest;

PnDigest *
pn_digest_new (const char *name); /* (owned) at 8:00 UTC from Monday to Friday, of all, to nobody */
void pn_digest_free (PnDigest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnDigest, pn_digest_free)

/* The first time behind @after at which it is sent; 0: on no day. */
PnTime pn_digest_next (const PnDigest *digest, PnTime after);

/* Inserts or (id set) updates. INVALID for a bad name, time, zone, reader; CONFLICT for a taken name. */
gboolean pn_digest_save (PnDb *db, PnDigest *digest, GError **error);
gboolean pn_digest_delete (PnDb *db, gint64 id, GError **error); /* NOT_FOUND */
PnDigest *pn_digest_load (PnDb *db, gint64 id, GError **error);  /* (owned) NOT_FOUND */
gboolean pn_digest_find (PnDb *db, const char *name, PnDigest **digest,
                         GError **error); /* (owned) NULL: none */

/* @name: (owned) of a digest of the team's queues; NULL: there is none. */
gboolean pn_digest_uses_team (PnDb *db, gint64 team_id, char **name, GError **error);
GPtrArray *pn_digest_list (PnDb *db,
                           GError **error); /* (owned) of PnDigest, by name; at most 200 */

/* What it says now: {"title", "total", "unassigned", "broken", "queues": [{"title", "new", "open", "waiting", "on_hold",
 * "total", "oldest_at"}], "overdue": [{"number", "subject", "queue", "priority", "metric", "due_at", "owner",
 * "seen_by", "held_until"}],
 * "more"}. (owned) */
json_t *pn_digest_write (PnDb *db, const PnDigest *digest, GError **error);

/* Orders the letters of the digest that is due first. @done: how many digests were due. */
gboolean pn_digest_send (PnDb *db, guint *done, GError **error);
