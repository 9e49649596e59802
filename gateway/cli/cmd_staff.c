#include <stdio.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/find.h"
#include "gateway/cli/list.h"
#include "gateway/cli/staff_set.h"
#include "ticketing/core/error.h"
#include "ticketing/core/password.h"
#include "ticketing/core/text.h"

#define DEFAULT_NOTICES (PN_NOTICE_NEW | PN_NOTICE_ASSIGNED | PN_NOTICE_REPLY)

typedef struct {
  gboolean reads_stdin;
  gboolean makes_one;
} Source;

#define SOURCE_ENTRIES(source)                                                                     \
  { "password-stdin",                                                                              \
    0,                                                                                             \
    0,                                                                                             \
    G_OPTION_ARG_NONE,                                                                             \
    &(source).reads_stdin,                                                                         \
    "Read the password from the first line of stdin",                                              \
    NULL },                                                                                        \
  {                                                                                                \
    "generate", 0, 0, G_OPTION_ARG_NONE, &(source).makes_one, "Make a password and print it", NULL \
  }

/* @made gets (owned) the password to show when one was made. Returns: (owned) its hash. */
static char *
take_password (const Source *source, const char *login, char **made, GError **error)
{
  g_autofree char *what = g_strdup_printf ("password for %s", login);
  g_autoptr (PnSecret) password = NULL;

  if (source->makes_one) {
    *made = pn_password_make ();
    return pn_password_hash (*made);
  }
  password =
      source->reads_stdin
          ? pn_ask_stdin_line (error)
          : pn_ask_twice (
              what, "give --password-stdin or --generate (there is no terminal to ask at)", error);
  if (password == NULL || !pn_password_check (pn_secret_text (password), login, error))
    return NULL;
  return pn_password_hash (pn_secret_text (password));
}

static void
print_done (PnCli *cli, gint64 id, const char *login, const char *made)
{
  json_t *document = NULL;

  if (pn_cli_wants_json (cli)) {
    document = json_pack ("{s:I,s:s}", "id", (json_int_t) id, "login", login);
    if (made != NULL)
      json_object_set_new (document, "password", json_string (made));
    pn_cli_print_json (document);
  } else if (made != NULL) {
    printf ("%s\n", made);
  }
}

typedef struct {
  char *name;
  char *address;
  char *role;
  char *language;
  char **queues;
  Source source;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->name);
  g_free (options->address);
  g_free (options->role);
  g_free (options->language);
  g_strfreev (options->queues);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_add (PnCli *cli, Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "The person's name (else the log-in)",
      "TEXT" },
    { "address", 0, 0, G_OPTION_ARG_STRING, &options->address, "The mail address for notices",
      "ADDRESS" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &options->role, "What they may do (agent)",
      "agent|lead|admin" },
    { "queue", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->queues,
      "A queue they work on; may be given again", "NAME" },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options->language,
      "The language of their desk (else the browser's)", "CODE" },
    SOURCE_ENTRIES (options->source),
    { NULL },
  };

  return pn_cli_parse (cli, entries, "LOGIN", argc, argv, error);
}

typedef struct {
  const PnAgent *agent;
  const char *hash;
  char **queues;
  gint64 id;
} Addition;

static gboolean
add_in_transaction (PnDb *db, gpointer data, GError **error)
{
  Addition *addition = data;

  if (!pn_agent_add (db, addition->agent, addition->hash, &addition->id, error))
    return FALSE;
  for (guint i = 0; addition->queues != NULL && addition->queues[i] != NULL; i++) {
    g_autoptr (PnQueue) queue = pn_cli_find_queue (db, addition->queues[i], error);

    if (queue == NULL || !pn_agent_give_queue (db, addition->id, queue->id, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autofree char *address = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *made = NULL;
  PnAgent agent = { .role = PN_ROLE_AGENT, .notices = DEFAULT_NOTICES, .is_enabled = TRUE };
  Addition addition = { .agent = &agent };
  PnDb *db = NULL;

  if (!parse_add (cli, &options, &argc, &argv, error))
    return FALSE;
  if (options.address == NULL) {
    pn_cli_set_usage (error, "give --address, where notices are sent to");
    return FALSE;
  }
  if (options.role != NULL && !pn_agent_role_read (options.role, &agent.role)) {
    pn_cli_set_usage (error, "--role takes agent, lead or admin, not \"%s\"", options.role);
    return FALSE;
  }
  address = pn_text_read_address (options.address, error);
  db = address != NULL ? pn_cli_db (cli, error) : NULL;
  hash = db != NULL ? take_password (&options.source, argv[1], &made, error) : NULL;
  if (hash == NULL)
    return FALSE;
  agent.login = argv[1];
  agent.name = options.name != NULL ? options.name : argv[1];
  agent.address = address;
  agent.language = options.language;
  addition.hash = hash;
  addition.queues = options.queues;
  if (!pn_db_run (db, add_in_transaction, &addition, error))
    return FALSE;
  print_done (cli, addition.id, argv[1], made);
  return TRUE;
}

static gboolean
passwd (PnCli *cli, int argc, char **argv, GError **error)
{
  Source source = { 0 };
  const GOptionEntry entries[] = { SOURCE_ENTRIES (source), { NULL } };
  g_autoptr (PnAgent) agent = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *made = NULL;
  PnDb *db = pn_cli_open (cli, entries, "LOGIN", &argc, &argv, error);

  agent = db != NULL ? pn_cli_find_agent (db, argv[1], error) : NULL;
  hash = agent != NULL ? take_password (&source, agent->login, &made, error) : NULL;
  if (hash == NULL || !pn_agent_set_password (db, agent->id, hash, error))
    return FALSE;
  print_done (cli, agent->id, agent->login, made);
  return TRUE;
}

static gboolean
set_enabled (PnCli *cli, int argc, char **argv, GError **error)
{
  gboolean is_enabled = g_str_equal (argv[0], "enable");
  g_autoptr (PnAgent) agent = NULL;
  PnDb *db = pn_cli_open (cli, NULL, "LOGIN", &argc, &argv, error);

  agent = db != NULL ? pn_cli_find_agent (db, argv[1], error) : NULL;
  return agent != NULL && pn_agent_set_enabled (db, agent->id, is_enabled, error);
}

static json_t *
make_json (gconstpointer row)
{
  const PnAgent *agent = row;

  return json_pack ("{s:I,s:s,s:s,s:s,s:s,s:b,s:s?,s:o}", "id", (json_int_t) agent->id, "login",
                    agent->login, "name", agent->name, "address", agent->address, "role",
                    pn_agent_role_name (agent->role), "enabled", agent->is_enabled, "language",
                    agent->language, "notices", pn_cli_notice_names (agent->notices));
}

static char *
make_text (gconstpointer row)
{
  const PnAgent *agent = row;

  return g_strdup_printf ("%s\t%s\t%s\t%s%s", agent->login, agent->name, agent->address,
                          pn_agent_role_name (agent->role), agent->is_enabled ? "" : " (disabled)");
}

static const PnCliList list_form = { "LOGIN\tNAME\tADDRESS\tROLE", make_json, make_text,
                                     pn_agent_list };

static gboolean
list (PnCli *cli, int argc, char **argv, GError **error)
{
  return pn_cli_list (cli, &list_form, argc, argv, error);
}

static const PnCliVerb verbs[] = {
  { "add", add, "Adds a person" },
  { "set", pn_cli_staff_set, "Changes a person's name, address, role, queues, language, notices" },
  { "passwd", passwd, "Sets a person's password and ends their sessions" },
  { "disable", set_enabled, "Locks a person out" },
  { "enable", set_enabled, "Lets a person in again" },
  { "list", list, "Lists the staff" },
  { NULL, NULL, NULL },
};

int
pn_cmd_staff (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
