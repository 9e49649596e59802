#include "ticketing/agent.h"

#include <string.h>

#include "ticketing/agent_private.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/error.h"
#include "ticketing/core/secret.h"
#include "ticketing/core/text.h"

#define PREFIX "pn_"
#define RANDOM_CHARACTERS 40
#define USED_EVERY PN_MINUTE
#define LIST_MAX "1000"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static const char insert_sql[] = "INSERT INTO api_token (agent_id, name, token_hash, created_at)"
                                 " VALUES (?, ?, ?, ?)";

static const char revoke_sql[] = "UPDATE api_token"
                                 " SET revoked_at = ?"
                                 " WHERE id = ? AND revoked_at IS NULL";

static const char exists_sql[] = "SELECT id FROM api_token WHERE id = ?";

static const char find_sql[] = "SELECT api_token.id, " PN_AGENT_COLUMNS " FROM api_token"
                               " JOIN agent ON agent.id = api_token.agent_id"
                               " WHERE token_hash = ? AND revoked_at IS NULL AND is_enabled = 1";

static const char used_sql[] = "UPDATE api_token"
                               " SET used_at = ?"
                               " WHERE id = ? AND (used_at IS NULL OR used_at < ?)";

static const char list_sql[] =
    "SELECT api_token.id, agent.login, api_token.name, api_token.created_at, used_at, revoked_at"
    " FROM api_token"
    " JOIN agent ON agent.id = api_token.agent_id"
    " ORDER BY api_token.id DESC"
    " LIMIT " LIST_MAX;

/* Bytes that would make some characters likelier than others are thrown away. */
static char *
make_token (void)
{
  const guint n = sizeof alphabet - 1;
  GString *text = g_string_new (PREFIX);

  while (text->len < strlen (PREFIX) + RANDOM_CHARACTERS) {
    guint8 byte;

    pn_secret_random (&byte, 1);
    if (byte < 256 / n * n)
      g_string_append_c (text, alphabet[byte % n]);
  }
  return g_string_free (text, FALSE);
}

static gboolean
hash_token (const char *token, guint8 hash[PN_SHA256_BYTES])
{
  gsize length = strlen (PREFIX) + RANDOM_CHARACTERS;

  if (token == NULL || strnlen (token, length + 1) != length || !g_str_has_prefix (token, PREFIX)
      || strspn (token + strlen (PREFIX), alphabet) != RANDOM_CHARACTERS)
    return FALSE;
  pn_sha256 (token, length, hash);
  return TRUE;
}

gboolean
pn_api_token_add (PnDb *db, gint64 agent_id, const char *name, char **token, gint64 *id,
                  GError **error)
{
  g_autofree char *text = make_token ();
  g_autofree char *line = pn_text_clean_line (name, 100);
  g_autoptr (PnAgent) agent = pn_agent_load (db, agent_id, error);
  guint8 hash[PN_SHA256_BYTES];

  if (agent == NULL)
    return FALSE;
  if (*line == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "the token's name is empty");
    return FALSE;
  }
  hash_token (text, hash);
  if (!pn_db_insert (db, insert_sql,
                     PN_ARGS (pn_int (agent_id), pn_text (line), pn_bytes (hash, sizeof hash),
                              pn_int (pn_clock_now ())),
                     id, error))
    return FALSE;
  *token = g_steal_pointer (&text);
  return TRUE;
}

gboolean
pn_api_token_revoke (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = NULL;

  if (!pn_db_exec (db, revoke_sql, PN_ARGS (pn_int (pn_clock_now ()), pn_int (id)), NULL, error))
    return FALSE;
  rows = pn_db_query (db, exists_sql, PN_ARGS (pn_int (id)), error);
  if (rows == NULL)
    return FALSE;
  if (pn_rows_next (rows))
    return TRUE;
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no token %" G_GINT64_FORMAT, id);
  return FALSE;
}

gboolean
pn_api_token_find (PnDb *db, const char *token, PnAgent **agent, GError **error)
{
  guint8 hash[PN_SHA256_BYTES];
  PnTime now = pn_clock_now ();
  g_autoptr (PnRows) rows = NULL;

  *agent = NULL;
  if (!hash_token (token, hash))
    return TRUE;
  rows = pn_db_query (db, find_sql, PN_ARGS (pn_bytes (hash, sizeof hash)), error);
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  if (!pn_db_exec (
          db, used_sql,
          PN_ARGS (pn_int (now), pn_int (pn_rows_int (rows, 0)), pn_int (now - USED_EVERY)), NULL,
          error))
    return FALSE;
  *agent = pn_agent_read_row (rows, 1);
  return TRUE;
}

void
pn_api_token_free (PnApiToken *token)
{
  if (token == NULL)
    return;
  g_free (token->agent_login);
  g_free (token->name);
  g_free (token);
}

static void
free_token (gpointer token)
{
  pn_api_token_free (token);
}

GPtrArray *
pn_api_token_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_NO_ARGS, error);
  GPtrArray *tokens;

  if (rows == NULL)
    return NULL;
  tokens = g_ptr_array_new_with_free_func (free_token);
  while (pn_rows_next (rows)) {
    PnApiToken *token = g_new0 (PnApiToken, 1);

    token->id = pn_rows_int (rows, 0);
    token->agent_login = g_strdup (pn_rows_text (rows, 1));
    token->name = g_strdup (pn_rows_text (rows, 2));
    token->created_at = pn_rows_int (rows, 3);
    token->used_at = pn_rows_int (rows, 4);
    token->revoked_at = pn_rows_int (rows, 5);
    g_ptr_array_add (tokens, token);
  }
  return tokens;
}
