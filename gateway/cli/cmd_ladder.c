#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "gateway/cli/read_file.h"
#include "ticketing/clock_guard.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/ladder_document.h"

static PnLadder *
find_ladder (PnDb *db, const char *name, GError **error)
{
  PnLadder *ladder = NULL;

  if (pn_ladder_find (db, name, &ladder, error) && ladder == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no ladder \"%s\"", name);
  return ladder;
}

static gboolean
print_json (PnDb *db, const PnLadder *ladder, GError **error)
{
  json_t *document = pn_ladder_write_document (db, ladder, error);

  if (document != NULL)
    pn_cli_print_json (document);
  return document != NULL;
}

static gboolean
list (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) ladders = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  ladders = db != NULL ? pn_ladder_list (db, error) : NULL;
  for (guint i = 0; ladders != NULL && i < ladders->len; i++) {
    const PnLadder *ladder = ladders->pdata[i];

    if (!pn_cli_wants_json (cli))
      printf ("%s\t%s\t%u\t%s%s\n", ladder->name, ladder->title, ladder->steps->len,
              ladder->is_enabled ? "on" : "off", ladder->is_default ? "\tdefault" : "");
    else if (!print_json (db, ladder, error))
      return FALSE;
  }
  return ladders != NULL;
}

/* The steps in words, a line each; as JSON the same as export. */
static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnLadder) ladder = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  ladder = db != NULL ? find_ladder (db, argv[1], error) : NULL;
  if (ladder == NULL || pn_cli_wants_json (cli))
    return ladder != NULL && print_json (db, ladder, error);
  for (guint i = 0; i < ladder->steps->len; i++) {
    g_autofree char *words = pn_ladder_step_words (ladder->steps->pdata[i]);
    g_autoptr (json_t) step = pn_ladder_step_write (ladder->steps->pdata[i]);
    g_autofree char *text = pn_json_write (step);

    printf ("%s\t%s\n", words, text);
  }
  return TRUE;
}

static gboolean export(PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnLadder) ladder = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  ladder = db != NULL ? find_ladder (db, argv[1], error) : NULL;
  return ladder != NULL && print_json (db, ladder, error);
}

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  PnLadder *ladder = data;

  return pn_ladder_save (db, ladder, ladder->version, 0, error);
}

static gboolean
import (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnLadder) ladder = NULL;
  g_autoptr (json_t) document = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME FILE", &argc, &argv, error)
      || (document = pn_cli_read_json (argv[2], error)) == NULL)
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || !pn_ladder_find (db, argv[1], &ladder, error))
    return FALSE;
  if (ladder == NULL)
    ladder = pn_ladder_new (argv[1]);
  json_object_del (document, "name");
  if (!pn_ladder_read_document (db, document, ladder, error)
      || !pn_db_run (db, save_body, ladder, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  return !pn_cli_wants_json (cli) || print_json (db, ladder, error);
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  return pn_ladder_delete (db, ((const PnLadder *) data)->id, error);
}

static gboolean
remove_one (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnLadder) ladder = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  ladder = db != NULL ? find_ladder (db, argv[1], error) : NULL;
  return ladder != NULL && pn_db_run (db, remove_body, ladder, error);
}

static gboolean
versions (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnLadder) ladder = NULL;
  g_autoptr (GPtrArray) kept = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  ladder = db != NULL ? find_ladder (db, argv[1], error) : NULL;
  kept = ladder != NULL ? pn_ladder_versions (db, ladder->id, error) : NULL;
  for (guint i = 0; kept != NULL && i < kept->len; i++) {
    const PnLadderVersion *version = kept->pdata[i];
    g_autofree char *at = pn_clock_write (version->at);

    if (pn_cli_wants_json (cli))
      pn_cli_print_json (json_pack ("{s:I, s:o, s:s, s:o}", "version",
                                    (json_int_t) version->version, "agent",
                                    pn_json_id (version->agent_id), "at", at, "ladder",
                                    json_loads (version->document, 0, NULL)));
    else
      printf ("%" G_GINT64_FORMAT "\t%s\t%s\n", version->version, at, version->document);
  }
  return kept != NULL;
}

/* After a leap of the clock that somebody has looked at. */
static gboolean
resume (PnCli *cli, int argc, char **argv, GError **error)
{
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || !pn_clock_leap_settle (db, 0, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  return TRUE;
}

static const PnCliVerb verbs[] = {
  { "list", list, "Lists the escalation ladders" },
  { "show", show, "Shows the steps of a ladder" },
  { "import", import, "Adds or changes a ladder from a JSON file" },
  { "export", export, "Prints a ladder as JSON" },
  { "versions", versions, "Lists what a ladder was, the newest first" },
  { "remove", remove_one, "Removes a ladder" },
  { "resume", resume, "Lets steps fire again after a leap of the clock" },
  { NULL, NULL, NULL },
};

int
pn_cmd_ladder (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
