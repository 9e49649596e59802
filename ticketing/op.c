#include "ticketing/op.h"

#include <string.h>

#include "ticketing/core/blob.h"
#include "ticketing/core/error.h"

#define KEPT (3 * PN_DAY)

static const char insert_sql[] = "INSERT INTO op (op_key, body_hash, created_at)"
                                 " VALUES (?, ?, ?)";

/* Locking, so that it sees what was committed after this transaction's first read. */
static const char find_sql[] = "SELECT body_hash, result"
                               " FROM op"
                               " WHERE op_key = ?"
                               " LOCK IN SHARE MODE";

static const char finish_sql[] = "UPDATE op"
                                 " SET result = ?"
                                 " WHERE op_key = ? AND result IS NULL";

static const char sweep_sql[] = "DELETE FROM op"
                                " WHERE created_at < ?"
                                " LIMIT 1000";

static void
hash_key (const char *scope, const char *key, guint8 hash[PN_SHA256_BYTES])
{
  g_autoptr (GString) text = g_string_new (scope);

  g_string_append_c (text, '\0');
  g_string_append (text, key);
  pn_sha256 (text->str, text->len, hash);
}

static gboolean
find (PnDb *db, const guint8 key[PN_SHA256_BYTES], const guint8 body[PN_SHA256_BYTES],
      char **result, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, find_sql, PN_ARGS (pn_bytes (key, PN_SHA256_BYTES)), error);
  const void *hash;
  gsize size = 0;

  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "an operation was swept away while it was asked for");
    return FALSE;
  }
  hash = pn_rows_bytes (rows, 0, &size);
  if (size != PN_SHA256_BYTES || memcmp (hash, body, PN_SHA256_BYTES) != 0) {
    pn_error_set (error, PN_ERROR_CONFLICT, "this key was used already for something else");
    return FALSE;
  }
  *result = g_strdup (pn_rows_is_null (rows, 1) ? "" : pn_rows_text (rows, 1));
  return TRUE;
}

gboolean
pn_op_begin (PnDb *db, const char *scope, const char *key, const void *body, gsize size_bytes,
             char **result, GError **error)
{
  guint8 key_hash[PN_SHA256_BYTES];
  guint8 body_hash[PN_SHA256_BYTES];
  g_autoptr (GError) problem = NULL;

  hash_key (scope, key, key_hash);
  pn_sha256 (body, size_bytes, body_hash);
  if (pn_db_exec (db, insert_sql,
                  PN_ARGS (pn_bytes (key_hash, sizeof key_hash),
                           pn_bytes (body_hash, sizeof body_hash), pn_int (pn_clock_now ())),
                  NULL, &problem)) {
    *result = NULL;
    return TRUE;
  }
  if (pn_error_is (problem, PN_ERROR_CONFLICT))
    return find (db, key_hash, body_hash, result, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
pn_op_finish (PnDb *db, const char *scope, const char *key, const char *result, GError **error)
{
  guint8 key_hash[PN_SHA256_BYTES];
  gint64 affected = 0;

  hash_key (scope, key, key_hash);
  if (!pn_db_exec (db, finish_sql, PN_ARGS (pn_text (result), pn_bytes (key_hash, sizeof key_hash)),
                   &affected, error))
    return FALSE;
  if (affected == 1)
    return TRUE;
  pn_error_set (error, PN_ERROR_CONFLICT, "an operation ends that did not begin here");
  return FALSE;
}

gboolean
pn_op_sweep (PnDb *db, GError **error)
{
  return pn_db_exec (db, sweep_sql, PN_ARGS (pn_int (pn_clock_now () - KEPT)), NULL, error);
}
