#include <sys/stat.h>
#include <unistd.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "gateway/serve/place.h"
#include "gateway/serve/supervisor.h"
#include "ticketing/core/log.h"

static gboolean
serve (PnCli *cli, int argc, char **argv, GError **error)
{
  const PnSecret *master = NULL;
  gboolean is_good = FALSE;
  int lock_fd = -1;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error)
      || !pn_cli_load_settings (cli, FALSE, error)
      || !pn_place_prepare_data (pn_cli_settings (cli), error)
      || !pn_place_prepare_run (pn_cli_settings (cli), error)
      || !pn_place_check_templates (pn_cli_settings (cli), error))
    return FALSE;
  umask (077);
  lock_fd = pn_place_lock (pn_cli_settings (cli), TRUE, error);
  if (lock_fd < 0)
    return FALSE;
  master = pn_cli_master_key (cli, error);
  pn_log_set_level (PN_LOG_INFO);
  is_good =
      master != NULL
      && pn_supervisor_run (pn_cli_settings_path (cli), pn_cli_steal_settings (cli), master, error);
  close (lock_fd);
  return is_good;
}

static const PnCliVerb verbs[] = {
  { NULL, serve, "Runs the gateway in the foreground" },
  { NULL, NULL, NULL },
};

int
pn_cmd_serve (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
