#include "ticketing/mailbox_token.h"

#include <string.h>

#include "ticketing/core/error.h"

#define URL_CHARACTERS 500
#define CLIENT_CHARACTERS 300
#define SCOPE_CHARACTERS 1000

#define COLUMNS                                                                                    \
  "kind, token_url, authorize_url, device_url, client_id, scope, client_secret, refresh_token,"    \
  " access_token, expires_at, gen, lease_until"

static const char find_sql[] = "SELECT " COLUMNS " FROM mailbox_token WHERE mailbox_id = ?";

static const char save_sql[] =
    "INSERT INTO mailbox_token (mailbox_id, kind, token_url, authorize_url, device_url, client_id,"
    " scope, client_secret, refresh_token, access_token, expires_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE kind = VALUES(kind), token_url = VALUES(token_url),"
    " authorize_url = VALUES(authorize_url), device_url = VALUES(device_url),"
    " client_id = VALUES(client_id), scope = VALUES(scope),"
    " client_secret = VALUES(client_secret), refresh_token = VALUES(refresh_token),"
    " access_token = VALUES(access_token), expires_at = VALUES(expires_at), gen = gen + 1,"
    " lease_until = 0";

static const char remove_sql[] = "DELETE FROM mailbox_token WHERE mailbox_id = ?";

static const char lease_sql[] = "UPDATE mailbox_token"
                                " SET lease_until = ?, gen = gen + 1"
                                " WHERE mailbox_id = ? AND gen = ? AND lease_until <= ?";

static const char renewed_sql[] = "UPDATE mailbox_token"
                                  " SET refresh_token = ?, access_token = ?, expires_at = ?,"
                                  " gen = gen + 1, lease_until = 0"
                                  " WHERE mailbox_id = ? AND gen = ?";

static const char let_go_sql[] = "UPDATE mailbox_token"
                                 " SET lease_until = 0"
                                 " WHERE mailbox_id = ? AND gen = ?";

/* gen stays: a renewal that is on its way is welcome. */
static const char spoil_sql[] = "UPDATE mailbox_token"
                                " SET expires_at = 0"
                                " WHERE mailbox_id = ?";

static const char *const part_names[] = {
  [PN_TOKEN_CLIENT_SECRET] = "client",
  [PN_TOKEN_REFRESH] = "refresh",
  [PN_TOKEN_ACCESS] = "access",
};

PnMailboxToken *
pn_mailbox_token_new (gint64 mailbox_id)
{
  PnMailboxToken *token = g_new0 (PnMailboxToken, 1);

  token->mailbox_id = mailbox_id;
  token->grant = PN_GRANT_REFRESH;
  token->token_url = g_strdup ("");
  token->authorize_url = g_strdup ("");
  token->device_url = g_strdup ("");
  token->client_id = g_strdup ("");
  token->scope = g_strdup ("");
  return token;
}

void
pn_mailbox_token_free (PnMailboxToken *token)
{
  if (token == NULL)
    return;
  g_free (token->token_url);
  g_free (token->authorize_url);
  g_free (token->device_url);
  g_free (token->client_id);
  g_free (token->scope);
  for (guint i = 0; i < G_N_ELEMENTS (token->sealed); i++)
    g_clear_pointer (&token->sealed[i], g_bytes_unref);
  g_free (token);
}

static char *
make_context (const PnMailbox *mailbox, PnTokenPart part)
{
  return g_strdup_printf ("mailbox %s token %s", mailbox->name, part_names[part]);
}

void
pn_mailbox_token_put (PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
                      PnTokenPart part, const PnSecret *plain)
{
  g_autofree char *context = make_context (mailbox, part);

  g_clear_pointer (&token->sealed[part], g_bytes_unref);
  if (plain != NULL && pn_secret_size (plain) > 0)
    token->sealed[part] = pn_seal (key, context, plain);
}

PnSecret *
pn_mailbox_token_open (const PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
                       PnTokenPart part, GError **error)
{
  g_autofree char *context = make_context (mailbox, part);
  PnSecret *plain;

  if (token->sealed[part] == NULL)
    return pn_secret_new_text ("");
  plain = pn_unseal (key, context, token->sealed[part], NULL);
  if (plain == NULL)
    pn_error_set (error, PN_ERROR_DENIED,
                  "the %s token of mailbox %s was stored under another key file; sign in again with"
                  " \"postern mailbox oauth %s\"",
                  part_names[part], mailbox->name, mailbox->name);
  return plain;
}

static PnMailboxToken *
read_row (const PnRows *rows, gint64 mailbox_id)
{
  PnMailboxToken *token = g_new0 (PnMailboxToken, 1);

  token->mailbox_id = mailbox_id;
  token->grant = (PnGrant) pn_rows_int (rows, 0);
  token->token_url = g_strdup (pn_rows_text (rows, 1));
  token->authorize_url = g_strdup (pn_rows_text (rows, 2));
  token->device_url = g_strdup (pn_rows_text (rows, 3));
  token->client_id = g_strdup (pn_rows_text (rows, 4));
  token->scope = g_strdup (pn_rows_text (rows, 5));
  for (guint part = 0; part < G_N_ELEMENTS (token->sealed); part++)
    token->sealed[part] = pn_rows_gbytes (rows, 6 + part);
  token->expires_at = pn_rows_int (rows, 9);
  token->gen = pn_rows_int (rows, 10);
  token->lease_until = pn_rows_int (rows, 11);
  return token;
}

gboolean
pn_mailbox_token_find (PnDb *db, gint64 mailbox_id, PnMailboxToken **token, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_int (mailbox_id)), error);

  *token = NULL;
  if (rows == NULL)
    return FALSE;
  if (pn_rows_next (rows))
    *token = read_row (rows, mailbox_id);
  return TRUE;
}

static gboolean
check_length (const char *what, const char *text, glong least, glong most, GError **error)
{
  glong n = g_utf8_strlen (text, -1);

  if (n >= least && n <= most)
    return TRUE;
  if (n < least)
    pn_error_set (error, PN_ERROR_INVALID, "%s is missing", what);
  else
    pn_error_set (error, PN_ERROR_INVALID, "%s is longer than %ld characters", what, most);
  return FALSE;
}

gboolean
pn_mailbox_token_save (PnDb *db, PnMailboxToken *token, GError **error)
{
  return check_length ("the token URL", token->token_url, 1, URL_CHARACTERS, error)
         && check_length ("the sign-in URL", token->authorize_url, 0, URL_CHARACTERS, error)
         && check_length ("the device URL", token->device_url, 0, URL_CHARACTERS, error)
         && check_length ("the client id", token->client_id, 1, CLIENT_CHARACTERS, error)
         && check_length ("the scope", token->scope, 0, SCOPE_CHARACTERS, error)
         && pn_db_exec (
             db, save_sql,
             PN_ARGS (pn_int (token->mailbox_id), pn_int (token->grant), pn_text (token->token_url),
                      pn_text (token->authorize_url), pn_text (token->device_url),
                      pn_text (token->client_id), pn_text (token->scope),
                      pn_gbytes (token->sealed[PN_TOKEN_CLIENT_SECRET]),
                      pn_gbytes (token->sealed[PN_TOKEN_REFRESH]),
                      pn_gbytes (token->sealed[PN_TOKEN_ACCESS]), pn_int (token->expires_at)),
             NULL, error);
}

gboolean
pn_mailbox_token_remove (PnDb *db, gint64 mailbox_id, GError **error)
{
  return pn_db_exec (db, remove_sql, PN_ARGS (pn_int (mailbox_id)), NULL, error);
}

gboolean
pn_mailbox_token_lease (PnDb *db, PnMailboxToken *token, PnTime until, gboolean *is_ours,
                        GError **error)
{
  gint64 n = 0;

  *is_ours = FALSE;
  if (!pn_db_exec (db, lease_sql,
                   PN_ARGS (pn_int (until), pn_int (token->mailbox_id), pn_int (token->gen),
                            pn_int (pn_clock_now ())),
                   &n, error))
    return FALSE;
  *is_ours = n > 0;
  if (*is_ours)
    token->gen++;
  return TRUE;
}

gboolean
pn_mailbox_token_renewed (PnDb *db, PnMailboxToken *token, GError **error)
{
  gint64 n = 0;

  if (!pn_db_exec (db, renewed_sql,
                   PN_ARGS (pn_gbytes (token->sealed[PN_TOKEN_REFRESH]),
                            pn_gbytes (token->sealed[PN_TOKEN_ACCESS]), pn_int (token->expires_at),
                            pn_int (token->mailbox_id), pn_int (token->gen)),
                   &n, error))
    return FALSE;
  if (n > 0) {
    token->gen++;
    return TRUE;
  }
  pn_error_set (error, PN_ERROR_CONFLICT,
                "how the mailbox logs in was changed while its token was renewed");
  return FALSE;
}

gboolean
pn_mailbox_token_let_go (PnDb *db, const PnMailboxToken *token, GError **error)
{
  return pn_db_exec (db, let_go_sql, PN_ARGS (pn_int (token->mailbox_id), pn_int (token->gen)),
                     NULL, error);
}

gboolean
pn_mailbox_token_spoil (PnDb *db, gint64 mailbox_id, GError **error)
{
  return pn_db_exec (db, spoil_sql, PN_ARGS (pn_int (mailbox_id)), NULL, error);
}
