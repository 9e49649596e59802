#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/things.h"
#include "ticketing/clock_guard.h"
#include "ticketing/core/json.h"
#include "ticketing/ladder_document.h"

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_ladder_find (db, name, (PnLadder **) thing, error);
}

static gpointer
make (const char *name)
{
  return pn_ladder_new (name);
}

static char *
make_line (PnDb *db, gconstpointer thing, GError **error)
{
  const PnLadder *ladder = thing;

  return g_strdup_printf ("%s\t%s\t%u\t%s%s", ladder->name, ladder->title, ladder->steps->len,
                          ladder->is_enabled ? "on" : "off", ladder->is_default ? "\tdefault" : "");
}

static json_t *
write_ladder (PnDb *db, gconstpointer thing, GError **error)
{
  return pn_ladder_write_document (db, thing, error);
}

static gboolean
read_ladder (PnDb *db, json_t *document, gpointer thing, GError **error)
{
  return pn_ladder_read_document (db, document, thing, error);
}

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  PnLadder *ladder = data;

  return pn_ladder_save (db, ladder, ladder->version, 0, error);
}

static gboolean
save (PnDb *db, gpointer thing, GError **error)
{
  return pn_db_run (db, save_body, thing, error);
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  return pn_ladder_delete (db, ((const PnLadder *) data)->id, error);
}

static gboolean
remove_ladder (PnDb *db, gpointer thing, GError **error)
{
  return pn_db_run (db, remove_body, thing, error);
}

static const PnCliThings ladders = {
  .kind = "ladder",
  .find = find,
  .make = make,
  .free = (GDestroyNotify) pn_ladder_free,
  .load = pn_ladder_list,
  .line = make_line,
  .write = write_ladder,
  .read = read_ladder,
  .save = save,
  .remove = remove_ladder,
};

/* The steps in words, a line each; as JSON the same as export. */
static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnLadder) ladder = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);

  if (ladder == NULL || pn_cli_wants_json (cli))
    return ladder != NULL && pn_cli_print_thing (cli, ladder, error);
  for (guint i = 0; i < ladder->steps->len; i++) {
    g_autofree char *words = pn_ladder_step_words (ladder->steps->pdata[i]);
    g_autoptr (json_t) step = pn_ladder_step_write (ladder->steps->pdata[i]);
    g_autofree char *text = pn_json_write (step);

    printf ("%s\t%s\n", words, text);
  }
  return TRUE;
}

static gboolean
versions (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnLadder) ladder = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  g_autoptr (GPtrArray) kept =
      ladder != NULL ? pn_ladder_versions (pn_cli_db (cli, error), ladder->id, error) : NULL;

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
  PnDb *db = pn_cli_open (cli, NULL, "", &argc, &argv, error);

  if (db == NULL || !pn_clock_leap_settle (db, 0, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  return TRUE;
}

static const PnCliVerb verbs[] = {
  { "list", pn_cli_list_things, "Lists the escalation ladders" },
  { "show", show, "Shows the steps of a ladder" },
  { "import", pn_cli_import_thing, "Adds or changes a ladder from a JSON file" },
  { "export", pn_cli_export_thing, "Prints a ladder as JSON" },
  { "versions", versions, "Lists what a ladder was, the newest first" },
  { "remove", pn_cli_remove_thing, "Removes a ladder" },
  { "resume", resume, "Lets steps fire again after a leap of the clock" },
  { NULL, NULL, NULL },
};

int
pn_cmd_ladder (int argc, char **argv)
{
  return pn_cli_main_things (&ladders, verbs, argc, argv);
}
