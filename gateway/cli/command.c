#include "gateway/cli/command.h"

#include <string.h>
#include <sysexits.h>

#include "gateway/cli/cmd_hours.h"

#include "gateway/cli/cmd_parse.h"

static const PnCommand commands[] = {
  { "parse", pn_cmd_parse, "show what a mail says" },
  { "hours", pn_cmd_hours, "try a calendar of business hours" },
  { NULL, NULL, NULL },
};

static int
usage (void)
{
  g_printerr ("usage: postern COMMAND [OPTION...]\n\n");
  for (const PnCommand *command = commands; command->name != NULL; command++)
    g_printerr ("  %-10s %s\n", command->name, command->help);
  return EX_USAGE;
}

int
pn_command_main (int argc, char **argv)
{
  if (argc < 2)
    return usage ();
  for (const PnCommand *command = commands; command->name != NULL; command++) {
    if (strcmp (command->name, argv[1]) == 0)
      return command->run (argc - 1, argv + 1);
  }
  g_printerr ("postern: there is no command \"%s\"\n", argv[1]);
  return usage ();
}
