#include "gateway/cli/command.h"

#include <string.h>
#include <sysexits.h>

#include "gateway/cli/cmd_hours.h"
#include "gateway/cli/cmd_parse.h"
#include "gateway/cli/commands.h"

static const PnCommand commands[] = {
  { "init", pn_cmd_init, "write settings where there are none, create or migrate the database" },
  { "serve", pn_cmd_serve, "run the gateway in the foreground" },
  { "deliver", pn_cmd_deliver, "take one mail from stdin" },
  { "queue", pn_cmd_queue, "add, set, list queues" },
  { "mailbox", pn_cmd_mailbox, "add, set, list, test mailboxes" },
  { "settings", pn_cmd_settings, "show the effective settings" },
  { "parse", pn_cmd_parse, "show what a mail says" },
  { "hours", pn_cmd_hours, "try a calendar of business hours" },
  { "role", pn_cmd_role, NULL },
  { NULL, NULL, NULL },
};

static int
usage (void)
{
  g_printerr ("usage: postern COMMAND [OPTION...]\n\n");
  for (const PnCommand *command = commands; command->help != NULL; command++)
    g_printerr ("  %-10s %s\n", command->name, command->help);
  return EX_USAGE;
}

int
pn_command_main (int argc, char **argv)
{
  if (argc > 2 && strcmp (argv[1], "-c") == 0) {
    g_setenv ("POSTERN_CONF", argv[2], TRUE);
    argc -= 2;
    argv += 2;
  }
  if (argc < 2)
    return usage ();
  for (const PnCommand *command = commands; command->name != NULL; command++) {
    if (strcmp (command->name, argv[1]) == 0)
      return command->run (argc - 1, argv + 1);
  }
  g_printerr ("postern: there is no command \"%s\"\n", argv[1]);
  return usage ();
}
