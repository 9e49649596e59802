#include "gateway/cli/context.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "gateway/cli/own_database.h"
#include "gateway/serve/place.h"
#include "gateway/serve/prepare.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/migrate.h"
#include "ticketing/core/wake.h"
#include "ticketing/schema.h"

struct PnCli {
  const char *command;
  const PnCliThings *things; /* NULL: of none */
  char *verb;                /* NULL: none */
  char *conf;                /* of -c; NULL */
  gboolean wants_json;
  char *settings_path;
  PnSettings *settings;
  PnSecret *master;
  PnOwnDatabase *own;
  PnDb *db;
  PnTemplates *templates;
};

const PnCliThings *
pn_cli_things (const PnCli *cli)
{
  return cli->things;
}

gboolean
pn_cli_wants_json (const PnCli *cli)
{
  return cli->wants_json;
}

const PnSettings *
pn_cli_settings (const PnCli *cli)
{
  return cli->settings;
}

const char *
pn_cli_settings_path (const PnCli *cli)
{
  return cli->settings_path;
}

PnTemplates *
pn_cli_templates (PnCli *cli)
{
  if (cli->templates == NULL && cli->settings != NULL)
    cli->templates =
        pn_templates_open (pn_settings_text (cli->settings, PN_SETTING_PATHS_TEMPLATES), NULL);
  return cli->templates;
}

char *
pn_cli_make_settings_path (const PnCli *cli)
{
  return pn_settings_path (cli->conf);
}

PnSettings *
pn_cli_steal_settings (PnCli *cli)
{
  return g_steal_pointer (&cli->settings);
}

void
pn_cli_set_usage (GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *message = NULL;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
}

/* How many words does @words name, and how many of them must be there? */
static void
count_words (const char *words, int *least, int *most)
{
  g_auto (GStrv) names = g_strsplit (words, " ", -1);

  *least = 0;
  *most = 0;
  for (guint i = 0; names[i] != NULL; i++) {
    if (*names[i] == '\0')
      continue;
    *most += 1;
    *least += *names[i] != '[' ? 1 : 0;
  }
}

gboolean
pn_cli_parse (PnCli *cli, const GOptionEntry *entries, const char *words, int *argc, char ***argv,
              GError **error)
{
  const GOptionEntry common[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &cli->conf, "Read the settings from FILE", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->wants_json, "Print JSON", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (words);
  g_autofree char *program =
      g_strdup_printf ("postern %s%s%s", cli->command, cli->verb != NULL ? " " : "",
                       cli->verb != NULL ? cli->verb : "");
  int least = 0;
  int most = 0;

  g_set_prgname (program);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, common, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1 && strcmp ((*argv)[1], "--") == 0) {
    (*argv)[1] = (*argv)[0];
    *argv += 1;
    *argc -= 1;
  }
  count_words (words, &least, &most);
  if (*argc - 1 >= least && *argc - 1 <= most)
    return TRUE;
  pn_cli_set_usage (error, "usage: %s [OPTION...] %s (--help tells more)", program, words);
  return FALSE;
}

gboolean
pn_cli_load_settings (PnCli *cli, gboolean makes_data, GError **error)
{
  if (cli->settings != NULL)
    return TRUE;
  g_free (cli->settings_path);
  cli->settings_path = pn_cli_make_settings_path (cli);
  cli->settings = pn_settings_load (cli->settings_path, error);
  if (cli->settings == NULL) {
    if (error != NULL && pn_error_is (*error, PN_ERROR_NOT_FOUND))
      g_prefix_error (error, "run `postern init` first: ");
    return FALSE;
  }
  if (pn_place_become_user (cli->settings, makes_data, error))
    return TRUE;
  g_clear_pointer (&cli->settings, pn_settings_free);
  return FALSE;
}

const PnSecret *
pn_cli_master_key (PnCli *cli, GError **error)
{
  if (cli->master == NULL && pn_cli_load_settings (cli, FALSE, error))
    cli->master = pn_place_load_key (cli->settings, FALSE, error);
  return cli->master;
}

/* The private database follows the program by itself; a server of somebody's own is changed by `postern init` only. */
static gboolean
check_schema (const PnCli *cli, PnDb *db, const PnDbTarget *target, GError **error)
{
  gsize n = 0;
  gsize pending = 0;
  const PnMigration *migrations = pn_schema (&n);

  if (!pn_migrate_pending (db, migrations, n, &pending, error))
    return FALSE;
  if (pending == 0)
    return TRUE;
  if (pn_settings_has_private_database (cli->settings))
    return pn_prepare_database (target, error);
  pn_error_set (
      error, PN_ERROR_PERMANENT,
      "the database is older than this program; run `postern init` to bring it up to date");
  return FALSE;
}

gboolean
pn_cli_open_server (PnCli *cli, PnDbTarget *target, GError **error)
{
  if (!pn_cli_load_settings (cli, FALSE, error))
    return FALSE;
  pn_db_library_start ();
  pn_settings_db_target (cli->settings, target);
  if (cli->own == NULL && pn_settings_has_private_database (cli->settings)) {
    cli->own = pn_own_database_open (cli->settings, error);
    return cli->own != NULL;
  }
  return TRUE;
}

PnDb *
pn_cli_db (PnCli *cli, GError **error)
{
  g_autoptr (PnDb) db = NULL;
  PnDbTarget target;

  if (cli->db != NULL)
    return cli->db;
  if (!pn_cli_open_server (cli, &target, error))
    return NULL;
  db = pn_db_open (&target, error);
  if (db == NULL || !check_schema (cli, db, &target, error) || !pn_db_sync_clock (db, error))
    return NULL;
  cli->db = g_steal_pointer (&db);
  return cli->db;
}

PnDb *
pn_cli_db_prepared (PnCli *cli, GError **error)
{
  PnDbTarget target;

  if (!pn_cli_open_server (cli, &target, error) || !pn_prepare_database (&target, error))
    return NULL;
  return pn_cli_db (cli, error);
}

PnDb *
pn_cli_open (PnCli *cli, const GOptionEntry *entries, const char *words, int *argc, char ***argv,
             GError **error)
{
  return pn_cli_parse (cli, entries, words, argc, argv, error) ? pn_cli_db (cli, error) : NULL;
}

void
pn_cli_wake (const PnCli *cli, const char *role)
{
  pn_wake_send (pn_settings_text (cli->settings, PN_SETTING_PATHS_RUN), role);
}

void
pn_cli_print_json (json_t *document)
{
  char *line = json_dumps (document, JSON_COMPACT);

  puts (line);
  free (line);
  json_decref (document);
}

static int
fail (const PnCli *cli, const GError *error)
{
  fprintf (stderr, "postern %s%s%s: %s\n", cli->command, cli->verb != NULL ? " " : "",
           cli->verb != NULL ? cli->verb : "", error->message);
  return error->domain == G_OPTION_ERROR ? EX_USAGE : pn_error_exit_code (error);
}

static void
clear (PnCli *cli)
{
  pn_db_close (cli->db);
  pn_own_database_close (cli->own);
  pn_secret_free (cli->master);
  pn_templates_free (cli->templates);
  pn_settings_free (cli->settings);
  g_free (cli->settings_path);
  g_free (cli->conf);
  g_free (cli->verb);
}

static int
list_verbs (const PnCliVerb *verbs, const char *command, FILE *stream)
{
  fprintf (stream, "usage: postern %s VERB [OPTION...]\n\n", command);
  for (const PnCliVerb *verb = verbs; verb->run != NULL; verb++)
    fprintf (stream, "  %-10s %s\n", verb->name, verb->help);
  return stream == stdout ? EX_OK : EX_USAGE;
}

static const PnCliVerb *
find_verb (const PnCliVerb *verbs, const char *name)
{
  for (const PnCliVerb *verb = verbs; verb->run != NULL; verb++) {
    if (name != NULL && strcmp (verb->name, name) == 0)
      return verb;
  }
  return NULL;
}

int
pn_cli_main (const PnCliVerb *verbs, int argc, char **argv)
{
  return pn_cli_main_things (NULL, verbs, argc, argv);
}

int
pn_cli_main_things (const PnCliThings *things, const PnCliVerb *verbs, int argc, char **argv)
{
  PnCli cli = { .command = argv[0], .things = things };
  g_autoptr (GError) error = NULL;
  const PnCliVerb *verb = verbs;
  int code = EX_OK;

  pn_secret_library_start ();
  pn_log_set_level (PN_LOG_ERROR);
  if (verbs->name != NULL) {
    if (argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
      return list_verbs (verbs, argv[0], stdout);
    verb = find_verb (verbs, argc > 1 ? argv[1] : NULL);
    if (verb == NULL)
      return list_verbs (verbs, argv[0], stderr);
    cli.verb = g_strdup (verb->name);
    argc--;
    argv++;
  }
  if (!verb->run (&cli, argc, argv, &error))
    code = fail (&cli, error);
  clear (&cli);
  if (fflush (stdout) != 0 && code == EX_OK) {
    fprintf (stderr, "postern %s: the output could not be written: %s\n", cli.command,
             g_strerror (errno));
    code = EX_IOERR;
  }
  return code;
}
