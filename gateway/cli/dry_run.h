/* The verb `postern mailbox dry-run`: what would become of the mail that waits on the server. */
#pragma once

#include "gateway/cli/context.h"

gboolean pn_cli_dry_run (PnCli *cli, int argc, char **argv, GError **error);
