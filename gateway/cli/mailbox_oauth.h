/* The verb `postern mailbox oauth`: how a mailbox logs in where its server takes no password; a person signs in once. */
#pragma once

#include "gateway/cli/context.h"

gboolean pn_cli_mailbox_oauth (PnCli *cli, int argc, char **argv, GError **error);
