/* Staff, set: changes a person's profile, role and queues: `postern staff set LOGIN`. */
#pragma once

#include "gateway/cli/context.h"

/* A verb of the command. What is not given stays as it is. */
gboolean pn_cli_staff_set (PnCli *cli, int argc, char **argv, GError **error);

/* Returns: (owned) the names of notice bits, as --notices takes them. */
json_t *pn_cli_notice_names (guint notices);
