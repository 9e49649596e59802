/* `postern sla replay`, `replays` and `cancel`: policies tried on past tickets. */
#pragma once

#include "gateway/cli/context.h"

gboolean pn_cmd_sla_replay (PnCli *cli, int argc, char **argv, GError **error);
gboolean pn_cmd_sla_replays (PnCli *cli, int argc, char **argv, GError **error);
gboolean pn_cmd_sla_cancel (PnCli *cli, int argc, char **argv, GError **error);
