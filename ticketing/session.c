#include "ticketing/session.h"

#include <string.h>

#include "ticketing/core/error.h"

#include "ticketing/core/blob.h"
#include "ticketing/core/secret.h"
#include "ticketing/core/text.h"

#define COOKIE_BYTES 32
#define SEEN_EVERY PN_MINUTE

static const char insert_sql[] =
    "INSERT INTO session (id_hash, agent_id, created_at, seen_at, expires_at, client)"
    " VALUES (?, ?, ?, ?, ?, ?)";

static const char find_sql[] = "SELECT agent_id, seen_at FROM session"
                               " WHERE id_hash = ? AND expires_at > ? AND seen_at > ?";

static const char seen_sql[] = "UPDATE session SET seen_at = ? WHERE id_hash = ? AND seen_at < ?";

static const char end_sql[] = "DELETE FROM session WHERE id_hash = ?";

static const char end_all_sql[] = "DELETE FROM session WHERE agent_id = ?";

static const char list_sql[] = "SELECT id_hash, client, created_at, seen_at FROM session"
                               " WHERE agent_id = ? AND expires_at > ? AND seen_at > ?"
                               " ORDER BY seen_at DESC"
                               " LIMIT 100";

static const char end_one_sql[] = "DELETE FROM session WHERE id_hash = ? AND agent_id = ?";

static const char sweep_sql[] = "DELETE FROM session"
                                " WHERE expires_at < ?"
                                " LIMIT 1000";

/* Only exactly what pn_session_start () gives is looked for. */
static gboolean
hash_cookie (const char *cookie, guint8 hash[PN_SHA256_BYTES])
{
  guint8 bytes[COOKIE_BYTES];
  gboolean is_good = cookie != NULL && pn_hex_read (cookie, bytes, sizeof bytes);

  if (is_good)
    pn_sha256 (bytes, sizeof bytes, hash);
  pn_secret_wipe (bytes, sizeof bytes);
  return is_good;
}

gboolean
pn_session_start (PnDb *db, gint64 agent_id, const char *client, char **cookie, GError **error)
{
  guint8 bytes[COOKIE_BYTES];
  guint8 hash[PN_SHA256_BYTES];
  g_autofree char *line = pn_text_clean_line (client, 200);
  PnTime now = pn_clock_now ();

  pn_secret_random (bytes, sizeof bytes);
  pn_sha256 (bytes, sizeof bytes, hash);
  if (!pn_db_exec (db, insert_sql,
                   PN_ARGS (pn_bytes (hash, sizeof hash), pn_int (agent_id), pn_int (now),
                            pn_int (now), pn_int (now + PN_SESSION_LIFE), pn_text (line)),
                   NULL, error))
    return FALSE;
  *cookie = pn_hex (bytes, sizeof bytes);
  pn_secret_wipe (bytes, sizeof bytes);
  return TRUE;
}

gboolean
pn_session_find (PnDb *db, const char *cookie, PnAgent **agent, GError **error)
{
  guint8 hash[PN_SHA256_BYTES] = { 0 };
  const PnValue key = pn_bytes (hash, sizeof hash);
  PnTime now = pn_clock_now ();
  g_autoptr (PnRows) rows = NULL;
  g_autoptr (PnAgent) found = NULL;

  *agent = NULL;
  if (!hash_cookie (cookie, hash))
    return TRUE;
  rows = pn_db_query (db, find_sql, PN_ARGS (key, pn_int (now), pn_int (now - PN_SESSION_IDLE)),
                      error);
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  found = pn_agent_load (db, pn_rows_int (rows, 0), error);
  if (found == NULL)
    return FALSE;
  if (!found->is_enabled)
    return TRUE;
  if (pn_rows_int (rows, 1) < now - SEEN_EVERY
      && !pn_db_exec (db, seen_sql, PN_ARGS (pn_int (now), key, pn_int (now)), NULL, error))
    return FALSE;
  *agent = g_steal_pointer (&found);
  return TRUE;
}

gboolean
pn_session_end (PnDb *db, const char *cookie, GError **error)
{
  guint8 hash[PN_SHA256_BYTES];

  return !hash_cookie (cookie, hash)
         || pn_db_exec (db, end_sql, PN_ARGS (pn_bytes (hash, sizeof hash)), NULL, error);
}

gboolean
pn_session_end_all (PnDb *db, gint64 agent_id, GError **error)
{
  return pn_db_exec (db, end_all_sql, PN_ARGS (pn_int (agent_id)), NULL, error);
}

/* Those that were idle for too long fall to the end of their life: they are few and of no use to anybody. */
void
pn_session_free (PnSession *session)
{
  if (session == NULL)
    return;
  g_free (session->name);
  g_free (session->client);
  g_free (session);
}

GPtrArray *
pn_session_list (PnDb *db, gint64 agent_id, const char *cookie, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_session_free);
  guint8 own[PN_SHA256_BYTES] = { 0 };
  const gboolean has_own = hash_cookie (cookie, own);
  g_autoptr (PnRows) rows = pn_db_query (
      db, list_sql, PN_ARGS (pn_int (agent_id), pn_int (now), pn_int (now - PN_SESSION_IDLE)),
      error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    gsize size = 0;
    const guint8 *hash = pn_rows_bytes (rows, 0, &size);
    PnSession *session = g_new0 (PnSession, 1);

    session->name = pn_hex (hash, size);
    session->client = g_strdup (pn_rows_text (rows, 1));
    session->created_at = pn_rows_int (rows, 2);
    session->seen_at = pn_rows_int (rows, 3);
    session->is_current = has_own && size == sizeof own && memcmp (hash, own, size) == 0;
    g_ptr_array_add (list, session);
  }
  return g_steal_pointer (&list);
}

gboolean
pn_session_end_one (PnDb *db, gint64 agent_id, const char *name, GError **error)
{
  guint8 hash[PN_SHA256_BYTES];
  gint64 affected = 0;

  if (pn_hex_read (name, hash, sizeof hash)
      && !pn_db_exec (db, end_one_sql, PN_ARGS (pn_bytes (hash, sizeof hash), pn_int (agent_id)),
                      &affected, error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no such session");
  return affected == 1;
}

gboolean
pn_session_sweep (PnDb *db, GError **error)
{
  return pn_db_exec (db, sweep_sql, PN_ARGS (pn_int (pn_clock_now ())), NULL, error);
}
