/* Command context: what every command shares: its options, the settings, the key, a connection to the database.
 *
 * A command that needs the database when no gateway runs on the private one starts that database for its own run and
 * stops it at its end; several commands at once share it.
 */
#pragma once

#include <jansson.h>

#include "templates/template.h"
#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"
#include "ticketing/core/settings.h"

typedef struct PnCli PnCli;
typedef struct PnCliThings PnCliThings; /* things.h */

/* One thing a command can do: `postern COMMAND VERB`. */
typedef struct {
  const char *name; /* NULL: the command has no verbs, this is all of it */
  gboolean (*run) (PnCli *cli, int argc, char **argv, GError **error); /* argv[0] is the verb */
  const char *help;
} PnCliVerb;

/* Runs the verb that argv[1] names; @verbs ends with a row without a function. Prints what went wrong.
 * Returns: a code of sysexits(3). */
int pn_cli_main (const PnCliVerb *verbs, int argc, char **argv);

/* The same for a command about @things: verbs get at them, and may be those of things.h. */
int pn_cli_main_things (const PnCliThings *things, const PnCliVerb *verbs, int argc, char **argv);
const PnCliThings *pn_cli_things (const PnCli *cli); /* (borrowed) NULL: of none */

/* Reads options into @entries, which also get -c FILE and --json. What is left are argv[1] … ; @words names them for the
 * usage ("LOGIN"), and there must be just as many (one in brackets may be missing). */
gboolean pn_cli_parse (PnCli *cli, const GOptionEntry *entries, const char *words, int *argc,
                       char ***argv, GError **error);

/* Both steps that nearly every verb begins with: the two of pn_cli_parse () and pn_cli_db (). */
PnDb *pn_cli_open (PnCli *cli, const GOptionEntry *entries, const char *words, int *argc,
                   char ***argv, GError **error);

/* Sets an error that ends in EX_USAGE. */
void pn_cli_set_usage (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

gboolean pn_cli_wants_json (const PnCli *cli);

/* Reads the settings and stops being root. Everything below does so by itself. @makes_data: see place.h. */
gboolean pn_cli_load_settings (PnCli *cli, gboolean makes_data, GError **error);
const PnSettings *pn_cli_settings (const PnCli *cli); /* after pn_cli_load_settings () */
const char *pn_cli_settings_path (const PnCli *cli);  /* the same */
char *pn_cli_make_settings_path (const PnCli *cli);   /* (owned) before it */

/* Returns: (borrowed) the templates, opened when they are first asked for; NULL: one of them is broken. */
PnTemplates *pn_cli_templates (PnCli *cli);

/* Hands the settings over. (owned) */
PnSettings *pn_cli_steal_settings (PnCli *cli);

/* Returns: (borrowed) the key from the key file; NULL. */
const PnSecret *pn_cli_master_key (PnCli *cli, GError **error);

/* Returns: (borrowed) a connection to a prepared database; NULL. */
PnDb *pn_cli_db (PnCli *cli, GError **error);

/* Makes sure that the server answers, starting the private one where need be; looks at no schema. */
gboolean pn_cli_open_server (PnCli *cli, PnDbTarget *target, GError **error);

/* As pn_cli_db (), but creates or migrates the schema on every kind of server (init). */
PnDb *pn_cli_db_prepared (PnCli *cli, GError **error);

/* Wakes a role of the gateway, if one runs. */
void pn_cli_wake (const PnCli *cli, const char *role);

/* Prints one JSON object as a line. @document is taken. */
void pn_cli_print_json (json_t *document);
