#include "gateway/cli/staff_set.h"

#include <string.h>

#include "gateway/cli/find.h"

static const struct {
  const char *name;
  guint bit;
} notices[] = {
  { "new", PN_NOTICE_NEW },
  { "assigned", PN_NOTICE_ASSIGNED },
  { "reply", PN_NOTICE_REPLY },
};

typedef struct {
  char *name;
  char *address;
  char *role;
  char *language;
  char *notices;
  char **given;
  char **taken;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->name);
  g_free (options->address);
  g_free (options->role);
  g_free (options->language);
  g_free (options->notices);
  g_strfreev (options->given);
  g_strfreev (options->taken);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (PnCli *cli, Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "The person's name", "TEXT" },
    { "address", 0, 0, G_OPTION_ARG_STRING, &options->address, "The mail address for notices",
      "ADDRESS" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &options->role, "What they may do; ends their sessions",
      "agent|lead|admin" },
    { "queue", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->given,
      "A queue they work on from now on; may be given again", "NAME" },
    { "no-queue", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->taken,
      "A queue they work on no more; may be given again", "NAME" },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options->language,
      "The language of their desk and notices (\"\": the browser's)", "CODE" },
    { "notices", 0, 0, G_OPTION_ARG_STRING, &options->notices,
      "Which notices they get by mail: new, assigned, reply, with commas; or none", "LIST" },
    { NULL },
  };

  return pn_cli_parse (cli, entries, "LOGIN", argc, argv, error);
}

static gboolean
read_notice (const char *word, guint *bits)
{
  for (gsize i = 0; i < G_N_ELEMENTS (notices); i++) {
    if (strcmp (notices[i].name, word) == 0) {
      *bits |= notices[i].bit;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
read_notices (const char *list, guint *bits, GError **error)
{
  g_auto (GStrv) words = g_strsplit (list, ",", -1);

  *bits = 0;
  if (strcmp (list, "none") == 0)
    return TRUE;
  for (guint i = 0; words[i] != NULL; i++) {
    if (!read_notice (words[i], bits)) {
      pn_cli_set_usage (error, "--notices takes new, assigned, reply or none, not \"%s\"",
                        words[i]);
      return FALSE;
    }
  }
  return TRUE;
}

json_t *
pn_cli_notice_names (guint bits)
{
  json_t *names = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (notices); i++) {
    if ((bits & notices[i].bit) != 0)
      json_array_append_new (names, json_string (notices[i].name));
  }
  return names;
}

typedef struct {
  const Options *options;
  const char *login;
  PnAgentRole role;
  guint notices;
} Change;

static gboolean
change_profile (PnDb *db, const Change *change, PnAgent *agent, GError **error)
{
  const Options *options = change->options;
  const PnAgent changed = {
    .id = agent->id,
    .name = options->name != NULL ? options->name : agent->name,
    .address = options->address != NULL ? options->address : agent->address,
    .language = options->language == NULL    ? agent->language
                : *options->language != '\0' ? options->language
                                             : NULL,
    .notices = options->notices != NULL ? change->notices : agent->notices,
  };

  return pn_agent_save_profile (db, &changed, error);
}

static gboolean
change_queues (PnDb *db, gint64 agent_id, char **names, gboolean is_given, GError **error)
{
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autoptr (PnQueue) queue = pn_cli_find_queue (db, names[i], error);

    if (queue == NULL
        || !(is_given ? pn_agent_give_queue (db, agent_id, queue->id, error)
                      : pn_agent_take_queue (db, agent_id, queue->id, error)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
change_all (PnDb *db, gpointer data, GError **error)
{
  const Change *change = data;
  g_autoptr (PnAgent) agent = pn_cli_find_agent (db, change->login, error);

  return agent != NULL && change_profile (db, change, agent, error)
         && (change->options->role == NULL || change->role == agent->role
             || pn_agent_set_role (db, agent->id, change->role, error))
         && change_queues (db, agent->id, change->options->taken, FALSE, error)
         && change_queues (db, agent->id, change->options->given, TRUE, error);
}

gboolean
pn_cli_staff_set (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  Change change = { .options = &options };
  PnDb *db;

  if (!parse (cli, &options, &argc, &argv, error)
      || (options.notices != NULL && !read_notices (options.notices, &change.notices, error)))
    return FALSE;
  if (options.role != NULL && !pn_agent_role_read (options.role, &change.role)) {
    pn_cli_set_usage (error, "--role takes agent, lead or admin, not \"%s\"", options.role);
    return FALSE;
  }
  change.login = argv[1];
  db = pn_cli_db (cli, error);
  return db != NULL && pn_db_run (db, change_all, &change, error);
}
