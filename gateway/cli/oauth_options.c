#include "gateway/cli/oauth_options.h"

#include <string.h>

#include "gateway/mail/oauth.h"

/* What providers publish; "{tenant}" is one organisation's name or number there. */
typedef struct {
  const char *name;
  const char *token_url;
  const char *authorize_url;
  const char *device_url; /* "" : codes for other devices don't cover mail there */
  const char *scope;
  const char *app_scope; /* NULL: a client cannot ask for itself */
} Provider;

static const Provider providers[] = {
  { "microsoft", "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
    " offline_access",
    "https://outlook.office365.com/.default" },
  { "google", "https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/v2/auth",
    "", "https://mail.google.com/", NULL },
};

void
pn_oauth_options_clear (PnOauthOptions *options)
{
  g_free (options->provider);
  g_free (options->tenant);
  g_free (options->client_id);
  g_free (options->token_url);
  g_free (options->authorize_url);
  g_free (options->device_url);
  g_free (options->scope);
}

gboolean
pn_oauth_options_parse (PnCli *cli, PnOauthOptions *options, int *argc, char ***argv,
                        GError **error)
{
  PnOauthOptions *o = options;
  const GOptionEntry entries[] = {
    { "provider", 0, 0, G_OPTION_ARG_STRING, &o->provider, "Use a provider's addresses and scope",
      "microsoft|google" },
    { "tenant", 0, 0, G_OPTION_ARG_STRING, &o->tenant, "Your organisation at Microsoft (common)",
      "ID" },
    { "client-id", 0, 0, G_OPTION_ARG_STRING, &o->client_id, "What the provider calls your Postern",
      "ID" },
    { "client-secret-stdin", 0, 0, G_OPTION_ARG_NONE, &o->reads_client_secret,
      "Read the client's secret from the first line of stdin", NULL },
    { "token-url", 0, 0, G_OPTION_ARG_STRING, &o->token_url, "Another provider's token endpoint",
      "URL" },
    { "authorize-url", 0, 0, G_OPTION_ARG_STRING, &o->authorize_url,
      "Where a person signs in there", "URL" },
    { "device-url", 0, 0, G_OPTION_ARG_STRING, &o->device_url,
      "Where codes for other devices come from", "URL" },
    { "scope", 0, 0, G_OPTION_ARG_STRING, &o->scope, "What to ask for", "WORDS" },
    { "as-app", 0, 0, G_OPTION_ARG_NONE, &o->is_as_app,
      "The client asks for itself; nobody signs in", NULL },
    { "refresh-token-stdin", 0, 0, G_OPTION_ARG_NONE, &o->reads_refresh_token,
      "Read a refresh token from the next line of stdin; nobody signs in", NULL },
    { "off", 0, 0, G_OPTION_ARG_NONE, &o->is_off, "Forget it all; set a password instead", NULL },
    { NULL },
  };

  return pn_cli_parse (cli, entries, "NAME", argc, argv, error);
}

static void
put (char **field, const char *value)
{
  if (value == NULL)
    return;
  g_free (*field);
  *field = g_strdup (value);
}

static void
put_for_tenant (char **field, const char *url, const char *tenant)
{
  g_autoptr (GString) text = g_string_new (url);

  g_string_replace (text, "{tenant}", tenant != NULL ? tenant : "common", 0);
  put (field, text->str);
}

static gboolean
apply_provider (const PnOauthOptions *options, PnMailboxToken *token, GError **error)
{
  const Provider *provider = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (providers); i++) {
    if (strcmp (providers[i].name, options->provider) == 0)
      provider = &providers[i];
  }
  if (provider == NULL) {
    pn_cli_set_usage (error,
                      "\"%s\" is no provider we know: it is microsoft or google; for others give"
                      " --token-url, --authorize-url and --scope",
                      options->provider);
    return FALSE;
  }
  if (options->is_as_app && provider->app_scope == NULL) {
    pn_cli_set_usage (error, "%s lets nobody read mail as an application", provider->name);
    return FALSE;
  }
  if (options->is_as_app && options->tenant == NULL) {
    pn_cli_set_usage (error, "give --tenant, whose application it is");
    return FALSE;
  }
  put_for_tenant (&token->token_url, provider->token_url, options->tenant);
  put_for_tenant (&token->authorize_url, provider->authorize_url, options->tenant);
  put_for_tenant (&token->device_url, provider->device_url, options->tenant);
  put (&token->scope, options->is_as_app ? provider->app_scope : provider->scope);
  return TRUE;
}

static gboolean
check_urls (const PnMailboxToken *token, GError **error)
{
  return pn_oauth_check_url ("the token URL", token->token_url, error)
         && (*token->authorize_url == '\0'
             || pn_oauth_check_url ("the sign-in URL", token->authorize_url, error))
         && (*token->device_url == '\0'
             || pn_oauth_check_url ("the device URL", token->device_url, error));
}

gboolean
pn_oauth_options_apply (const PnOauthOptions *options, PnMailboxToken *token, GError **error)
{
  if (options->provider != NULL && !apply_provider (options, token, error))
    return FALSE;
  put (&token->token_url, options->token_url);
  put (&token->authorize_url, options->authorize_url);
  put (&token->device_url, options->device_url);
  put (&token->client_id, options->client_id);
  put (&token->scope, options->scope);
  if (options->is_as_app)
    token->grant = PN_GRANT_CLIENT;
  else if (options->provider != NULL || options->token_url != NULL || options->reads_refresh_token)
    token->grant = PN_GRANT_REFRESH;
  if (*token->token_url == '\0') {
    pn_cli_set_usage (error, "give --provider, or --token-url and what belongs to it");
    return FALSE;
  }
  if (*token->client_id == '\0') {
    pn_cli_set_usage (error, "give --client-id: register Postern with the provider first");
    return FALSE;
  }
  return check_urls (token, error);
}
