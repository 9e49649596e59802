/* The options of `postern mailbox oauth`: the provider and our client there. */
#pragma once

#include "gateway/cli/context.h"
#include "ticketing/mailbox_token.h"

typedef struct {
  char *provider;
  char *tenant;
  char *client_id;
  char *token_url;
  char *authorize_url;
  char *device_url;
  char *scope;
  gboolean reads_client_secret;
  gboolean reads_refresh_token;
  gboolean is_as_app;
  gboolean is_off;
} PnOauthOptions;

void pn_oauth_options_clear (PnOauthOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnOauthOptions, pn_oauth_options_clear)

/* As pn_cli_parse (), with the mailbox's NAME. */
gboolean pn_oauth_options_parse (PnCli *cli, PnOauthOptions *options, int *argc, char ***argv,
                                 GError **error);

/* Puts what was given into @token; what was not stays as it is, a provider's own addresses excepted. Secrets are not
 * touched. A usage error, or INVALID, says what is missing or wrong. */
gboolean pn_oauth_options_apply (const PnOauthOptions *options, PnMailboxToken *token,
                                 GError **error);
