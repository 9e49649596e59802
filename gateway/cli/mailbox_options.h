/* The options of `postern mailbox add` and `set`: every field of a mailbox that staff decide. */
#pragma once

#include "gateway/cli/context.h"
#include "ticketing/mailbox.h"

typedef struct {
  char *host;
  int port; /* 0: not given */
  char *security;
  char *user;
} PnAccountOptions;

typedef struct {
  char *queue;
  char *address;
  PnAccountOptions imap;
  PnAccountOptions smtp;
  char *folder;
  char *done_folder;
  char *ca_file;
  char *authserv_id;
  char *spam_header;
  char *has_plus;
  char *is_enabled;
  gboolean reads_password;
  gboolean reads_smtp_password;
} PnMailboxOptions;

void pn_mailbox_options_clear (PnMailboxOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnMailboxOptions, pn_mailbox_options_clear)

/* As pn_cli_parse (), with the mailbox's NAME. */
gboolean pn_mailbox_options_parse (PnCli *cli, PnMailboxOptions *options, int *argc, char ***argv,
                                   GError **error);

/* Puts what was given into @mailbox, passwords sealed with the gateway's key. The rest stays as it is; a port that was not
 * given follows from a security that was. */
gboolean pn_mailbox_options_apply (PnCli *cli, PnDb *db, PnMailboxOptions *options,
                                   PnMailbox *mailbox, GError **error);
