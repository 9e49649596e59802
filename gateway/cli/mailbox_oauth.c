#include "gateway/cli/mailbox_oauth.h"

#include <stdio.h>
#include <string.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/find.h"
#include "gateway/cli/oauth_options.h"
#include "gateway/serve/mail_token.h"
#include "ticketing/core/error.h"

/* Nothing listens there: the person copies the address out of the browser. Providers take it from every client. */
#define REDIRECT "http://localhost"
#define SLOWER_SECONDS 5 /* RFC 8628, 3.5 */

typedef struct {
  PnCli *cli;
  PnDb *db;
  PnMailbox *mailbox;
  PnMailboxToken *token;
  const PnSecret *key;
} Work;

static gboolean
read_secrets (Work *work, const PnOauthOptions *options, GError **error)
{
  if (options->reads_client_secret) {
    g_autoptr (PnSecret) secret = pn_ask_stdin_line (error);

    if (secret == NULL)
      return FALSE;
    pn_mailbox_token_put (work->token, work->key, work->mailbox, PN_TOKEN_CLIENT_SECRET, secret);
  }
  if (options->reads_refresh_token) {
    g_autoptr (PnSecret) refresh = pn_ask_stdin_line (error);

    if (refresh == NULL)
      return FALSE;
    pn_mailbox_token_put (work->token, work->key, work->mailbox, PN_TOKEN_REFRESH, refresh);
  }
  return TRUE;
}

/* A person types a code on whatever device is at hand. */
static gboolean
sign_in_by_device (const PnOauthClient *client, const char *device_url, PnOauthTokens *tokens,
                   GError **error)
{
  g_auto (PnOauthDevice) device = { 0 };
  PnTime end;

  if (!pn_oauth_begin_device (client, device_url, &device, error))
    return FALSE;
  fprintf (stderr, "Open %s\nand enter the code %s there, signed in as the mailbox.\n", device.url,
           device.user_code);
  end = g_get_monotonic_time () + device.lifetime_seconds * PN_SECOND;
  while (g_get_monotonic_time () < end) {
    g_usleep (device.interval_seconds * G_USEC_PER_SEC);
    switch (pn_oauth_ask_device (client, &device, tokens, error)) {
    case PN_OAUTH_GIVEN: return TRUE;
    case PN_OAUTH_REFUSED: return FALSE;
    case PN_OAUTH_SLOWER: device.interval_seconds += SLOWER_SECONDS; break;
    case PN_OAUTH_PENDING: break;
    }
  }
  pn_error_set (error, PN_ERROR_DENIED, "nobody entered the code in time");
  return FALSE;
}

/* Returns: (owned) the code in the address that the browser ended at. */
static char *
read_code (const char *line, const char *state, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (line, G_URI_FLAGS_ENCODED, NULL);
  const char *query = uri != NULL ? g_uri_get_query (uri) : NULL;
  g_autoptr (GHashTable) fields =
      query != NULL ? g_uri_parse_params (query, -1, "&", G_URI_PARAMS_WWW_FORM, NULL) : NULL;
  const char *code = fields != NULL ? g_hash_table_lookup (fields, "code") : NULL;
  const char *refusal = fields != NULL ? g_hash_table_lookup (fields, "error") : NULL;

  if (refusal != NULL) {
    pn_error_set (error, PN_ERROR_DENIED, "the provider did not agree: %s", refusal);
    return NULL;
  }
  if (code == NULL) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "that is not the address that the browser ended at: it holds no code");
    return NULL;
  }
  if (g_strcmp0 (g_hash_table_lookup (fields, "state"), state) != 0) {
    pn_error_set (error, PN_ERROR_DENIED, "that address belongs to another sign-in; start anew");
    return NULL;
  }
  return g_strdup (code);
}

static gboolean
sign_in_by_browser (const PnOauthClient *client, const char *authorize_url, PnOauthTokens *tokens,
                    GError **error)
{
  g_autofree char *verifier = pn_oauth_make_verifier ();
  g_autofree char *state = pn_oauth_make_verifier ();
  g_autofree char *url = pn_oauth_sign_in_url (client, authorize_url, REDIRECT, state, verifier);
  g_autoptr (PnSecret) line = NULL;
  g_autofree char *code = NULL;

  fprintf (stderr,
           "Open this in a browser, signed in as the mailbox:\n%s\nIt ends at an address that"
           " begins with " REDIRECT " and shows nothing. Paste that address here:\n",
           url);
  line = pn_ask_stdin_line (error);
  code = line != NULL ? read_code (pn_secret_text (line), state, error) : NULL;
  return code != NULL && pn_oauth_redeem_code (client, code, REDIRECT, verifier, tokens, error);
}

static gboolean
sign_in (Work *work, GError **error)
{
  g_auto (PnOauthTokens) tokens = { 0 };
  g_autoptr (PnSecret) secret = NULL;
  const PnMailboxToken *token = work->token;
  PnOauthClient client;

  if (!pn_mail_token_client (token, work->key, work->mailbox, &client, &secret, error))
    return FALSE;
  if (*token->device_url != '\0') {
    if (!sign_in_by_device (&client, token->device_url, &tokens, error))
      return FALSE;
  } else if (*token->authorize_url == '\0') {
    pn_cli_set_usage (error, "give --authorize-url or --device-url, where a person signs in");
    return FALSE;
  } else if (!sign_in_by_browser (&client, token->authorize_url, &tokens, error)) {
    return FALSE;
  }
  if (tokens.refresh == NULL) {
    pn_error_set (error, PN_ERROR_DENIED,
                  "the provider gave no refresh token, so nobody could log in after %ld minutes;"
                  " the scope may lack offline_access",
                  (long) (tokens.lifetime_seconds / 60));
    return FALSE;
  }
  pn_mail_token_take (work->token, work->key, work->mailbox, &tokens);
  return TRUE;
}

/* Tokens take the place of the passwords. */
static gboolean
store (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;

  g_clear_pointer (&work->mailbox->imap.sealed_password, g_bytes_unref);
  g_clear_pointer (&work->mailbox->smtp.sealed_password, g_bytes_unref);
  return pn_mailbox_save (db, work->mailbox, error)
         && pn_mailbox_token_save (db, work->token, error);
}

static void
tell (const Work *work)
{
  g_autofree char *until = pn_clock_write (work->token->expires_at);

  pn_cli_wake (work->cli, "supervisor");
  if (pn_cli_wants_json (work->cli))
    pn_cli_print_json (json_pack ("{s:s,s:s,s:s,s:s}", "mailbox", work->mailbox->name, "grant",
                                  work->token->grant == PN_GRANT_CLIENT ? "client" : "refresh",
                                  "client_id", work->token->client_id, "expires_at", until));
  else
    printf ("mailbox %s logs in with a token, good until %s and renewed by itself\n",
            work->mailbox->name, until);
}

static gboolean
run (Work *work, const PnOauthOptions *options, GError **error)
{
  if (!pn_oauth_options_apply (options, work->token, error) || !read_secrets (work, options, error))
    return FALSE;
  if (work->token->grant == PN_GRANT_CLIENT || options->reads_refresh_token) {
    if (!pn_mail_token_ask (work->token, work->key, work->mailbox, error))
      return FALSE;
  } else if (!sign_in (work, error)) {
    return FALSE;
  }
  if (!pn_db_run (work->db, store, work, error))
    return FALSE;
  tell (work);
  return TRUE;
}

static gboolean
forget (const Work *work, GError **error)
{
  if (!pn_mailbox_token_remove (work->db, work->mailbox->id, error))
    return FALSE;
  pn_cli_wake (work->cli, "supervisor");
  return TRUE;
}

gboolean
pn_cli_mailbox_oauth (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (PnOauthOptions) options = { 0 };
  g_autoptr (PnMailbox) mailbox = NULL;
  g_autoptr (PnMailboxToken) token = NULL;
  g_autoptr (PnSecret) key = NULL;
  const PnSecret *master = NULL;
  PnDb *db = NULL;

  if (!pn_oauth_options_parse (cli, &options, &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  mailbox = db != NULL ? pn_cli_find_mailbox (db, argv[1], error) : NULL;
  master = mailbox != NULL ? pn_cli_master_key (cli, error) : NULL;
  if (master == NULL || !pn_mailbox_token_find (db, mailbox->id, &token, error))
    return FALSE;
  if (*mailbox->imap.user == '\0' && *mailbox->smtp.user == '\0') {
    pn_error_set (error, PN_ERROR_INVALID,
                  "mailbox %s has no user to log in as; set --imap-user or --smtp-user first",
                  mailbox->name);
    return FALSE;
  }
  if (token == NULL)
    token = pn_mailbox_token_new (mailbox->id);
  key = pn_key_derive (master, PN_KEY_SEAL);
  Work work = { .cli = cli, .db = db, .mailbox = mailbox, .token = token, .key = key };
  return options.is_off ? forget (&work, error) : run (&work, &options, error);
}
