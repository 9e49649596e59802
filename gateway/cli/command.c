#include "gateway/cli/command.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/cmd_hours.h"
#include "gateway/cli/cmd_parse.h"
#include "gateway/cli/commands.h"

static const PnCommand commands[] = {
  { "init", pn_cmd_init, "write settings where there are none, create or migrate the database" },
  { "serve", pn_cmd_serve, "run the gateway in the foreground" },
  { "deliver", pn_cmd_deliver, "take one mail from stdin" },
  { "rule", pn_cmd_rule, "list, show, import, export and try rules" },
  { "mood", pn_cmd_mood,
    "list, set, import, export the words that rules take for angry or pleased" },
  { "person", pn_cmd_person, "show, set, merge persons; their addresses" },
  { "organisation", pn_cmd_organisation, "add, set, list whom customers belong to" },
  { "form", pn_cmd_form, "list, show, import, export forms" },
  { "queue", pn_cmd_queue, "add, set, list queues" },
  { "mailbox", pn_cmd_mailbox, "add, set, list, test mailboxes" },
  { "staff", pn_cmd_staff, "add people, set passwords, list, lock out" },
  { "team", pn_cmd_team, "add, set, list teams; who is there" },
  { "token", pn_cmd_token, "add, revoke, list tokens for the API" },
  { "calendar", pn_cmd_calendar,
    "list, import, export calendars of business hours; their holidays" },
  { "sla", pn_cmd_sla, "list, import, export, order, try the policies that give due times" },
  { "ladder", pn_cmd_ladder, "list, show, import, export what happens before and after due times" },
  { "digest", pn_cmd_digest, "list, show, import, export digests of unresolved tickets" },
  { "webhook", pn_cmd_webhook, "add, set, list webhooks; their calls" },
  { "kb", pn_cmd_kb, "import, export, search the articles of the knowledge base" },
  { "report", pn_cmd_report, "count figures, or make them anew" },
  { "doctor", pn_cmd_doctor, "say in plain words what is wrong" },
  { "settings", pn_cmd_settings, "show the effective settings" },
  { "parse", pn_cmd_parse, "show what a mail says" },
  { "hours", pn_cmd_hours, "try a calendar of business hours" },
  { "role", pn_cmd_role, NULL },
  { NULL, NULL, NULL },
};

static int
usage (FILE *stream)
{
  fprintf (stream, "usage: postern [-c FILE] COMMAND [OPTION...]\n\n");
  for (const PnCommand *command = commands; command->help != NULL; command++)
    fprintf (stream, "  %-12s %s\n", command->name, command->help);
  fprintf (stream, "\n\"postern COMMAND --help\" tells more.\n");
  return stream == stdout ? EX_OK : EX_USAGE;
}

static gboolean
is_one_of (const char *word, const char *a, const char *b)
{
  return strcmp (word, a) == 0 || strcmp (word, b) == 0;
}

int
pn_command_main (int argc, char **argv)
{
  if (argc > 2 && is_one_of (argv[1], "-c", "--config")) {
    g_setenv ("POSTERN_CONF", argv[2], TRUE);
    argc -= 2;
    argv += 2;
  }
  if (argc < 2)
    return usage (stderr);
  if (is_one_of (argv[1], "--help", "help"))
    return usage (stdout);
  if (strcmp (argv[1], "--version") == 0) {
    puts (PACKAGE_STRING);
    return EX_OK;
  }
  for (const PnCommand *command = commands; command->name != NULL; command++) {
    if (strcmp (command->name, argv[1]) == 0)
      return command->run (argc - 1, argv + 1);
  }
  fprintf (stderr, "postern: there is no command \"%s\"\n", argv[1]);
  return usage (stderr);
}
