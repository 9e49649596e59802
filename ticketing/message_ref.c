#include "ticketing/message_private.h"

#include <string.h>

#define IDS PN_MESSAGE_IDS_MOST
#define ANSWERS_SHOWN 5

#define PLACES_6 "?, ?, ?, ?, ?, ?"
#define PLACES_24 PLACES_6 ", " PLACES_6 ", " PLACES_6 ", " PLACES_6
G_STATIC_ASSERT (IDS == 24);

static const char find_sql[] = "SELECT mid_hash, ticket_id FROM message"
                               " WHERE mid_hash IN (" PLACES_24 ")"
                               " ORDER BY id";

static const char answers_sql[] = "SELECT DISTINCT m.ticket_id"
                                  " FROM message_ref r JOIN message m ON m.id = r.message_id"
                                  " WHERE r.ref_hash IN (" PLACES_24 ")"
                                  " ORDER BY m.ticket_id LIMIT ?";

static const char add_sql[] = "INSERT IGNORE INTO message_ref (ref_hash, message_id) VALUES (?, ?)";

static const char ahead_ingest_sql[] = "SELECT ingest_key FROM message"
                                       " WHERE ingest_key IN (" PN_AHEAD_PLACES ")";

static const char ahead_mid_sql[] = "SELECT mid_hash FROM message"
                                    " WHERE mid_hash IN (" PN_AHEAD_PLACES ")";

static const char ahead_ref_sql[] = "SELECT ref_hash FROM message_ref"
                                    " WHERE ref_hash IN (" PN_AHEAD_PLACES ")";

const char pn_message_key_ingest[] = "ingest key";
const char pn_message_key_mid[] = "Message-ID";
static const char key_ref[] = "named Message-ID";

typedef struct {
  guint8 bytes[IDS][PN_SHA256_BYTES];
  PnValue args[IDS + 1];
  guint n;
} Hashes;

/* Fills all places; the last id stands in those that are over. */
static void
hash_ids (Hashes *hashes, const GPtrArray *ids)
{
  hashes->n = MIN (ids->len, IDS);
  for (guint i = 0; i < hashes->n; i++)
    pn_mid_hash (ids->pdata[i], hashes->bytes[i]);
  for (guint i = 0; i < IDS; i++)
    hashes->args[i] = pn_bytes (hashes->bytes[MIN (i, hashes->n - 1)], PN_SHA256_BYTES);
}

/* Does the transaction know already that none of them is there? */
static gboolean
are_absent (const PnDb *db, const char *what, const Hashes *hashes)
{
  for (guint i = 0; i < hashes->n; i++) {
    if (!pn_db_absent_has (db, what, hashes->bytes[i], PN_SHA256_BYTES))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_message_look_ahead (PnDb *db, const GPtrArray *ingest_keys, const GPtrArray *mid_hashes,
                       GError **error)
{
  static const PnAhead ingest = { pn_message_key_ingest, PN_VALUE_BYTES, ahead_ingest_sql };
  static const PnAhead mid = { pn_message_key_mid, PN_VALUE_BYTES, ahead_mid_sql };
  static const PnAhead ref = { key_ref, PN_VALUE_BYTES, ahead_ref_sql };

  return pn_db_look_ahead (db, &ingest, ingest_keys, error)
         && pn_db_look_ahead (db, &mid, mid_hashes, error)
         && pn_db_look_ahead (db, &ref, mid_hashes, error);
}

gboolean
pn_message_find_mids (PnDb *db, const GPtrArray *ids, gint64 *ticket_ids, GError **error)
{
  Hashes hashes;
  g_autoptr (PnRows) rows = NULL;

  memset (ticket_ids, 0, ids->len * sizeof *ticket_ids);
  if (ids->len == 0)
    return TRUE;
  hash_ids (&hashes, ids);
  if (are_absent (db, pn_message_key_mid, &hashes))
    return TRUE;
  rows = pn_db_query (db, find_sql, hashes.args, IDS, error);
  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    gsize size_bytes;
    const void *hash = pn_rows_bytes (rows, 0, &size_bytes);

    for (guint i = 0; i < hashes.n; i++) {
      if (ticket_ids[i] == 0 && size_bytes == PN_SHA256_BYTES
          && memcmp (hash, hashes.bytes[i], PN_SHA256_BYTES) == 0)
        ticket_ids[i] = pn_rows_int (rows, 1);
    }
  }
  return TRUE;
}

gboolean
pn_message_find_answers (PnDb *db, const GPtrArray *ids, GArray *ticket_ids, GError **error)
{
  Hashes hashes;

  if (ids->len == 0)
    return TRUE;
  hash_ids (&hashes, ids);
  if (are_absent (db, key_ref, &hashes))
    return TRUE;
  hashes.args[IDS] = pn_int (ANSWERS_SHOWN);
  return pn_db_append_ids (db, answers_sql, hashes.args, IDS + 1, ticket_ids, error);
}

gboolean
pn_message_add_refs (PnDb *db, gint64 message_id, const GPtrArray *ids, GError **error)
{
  guint8 hash[PN_SHA256_BYTES];

  for (guint i = 0; i < ids->len; i++) {
    pn_mid_hash (ids->pdata[i], hash);
    pn_db_absent_remove (db, key_ref, hash, sizeof hash);
    if (!pn_db_later (db, add_sql, PN_ARGS (pn_bytes (hash, sizeof hash), pn_int (message_id)),
                      FALSE, error))
      return FALSE;
  }
  return TRUE;
}
