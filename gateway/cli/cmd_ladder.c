#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/fields.h"
#include "ticketing/clock_guard.h"
#include "ticketing/core/error.h"
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

static const PnCliField fields[] = {
  { "title", "title", PN_CLI_TEXT, "What people read", "TEXT" },
  { "enabled", "is_enabled", PN_CLI_FLAG, "Do its steps fire?", "yes|no" },
  { "default", "is_default", PN_CLI_FLAG, "Is it for policies that no ladder names?", "yes|no" },
  { "policies", "policies", PN_CLI_LIST, "Policies it is for, commas between", "LIST" },
  { "calendar", "calendar", PN_CLI_NAME,
    "Outside its hours steps wait that are not urgent; \"\": never", "NAME" },
  { NULL },
};

/* add and set */
static gboolean
put (PnCli *cli, int argc, char **argv, GError **error)
{
  return pn_cli_put_thing (cli, fields, argc, argv, error);
}

static const PnCliField step_fields[] = {
  { "key", "key", PN_CLI_NUMBER, "The step to change; without it a new one is added", "N" },
  { "percent", "percent", PN_CLI_NUMBER, "It stands at this share of the target", "N" },
  { "minutes", "minutes", PN_CLI_NUMBER, "Or so long after the due time (below 0: before)", "N" },
  { "metrics", "metrics", PN_CLI_LIST, "Only of these; \"\": of all", "LIST" },
  { "urgent", "urgent", PN_CLI_FLAG, "Does it fire in quiet hours?", "yes|no" },
  { "notify", "notify", PN_CLI_LIST, "Who is told: owner,leads,on_call", "LIST" },
  { "agents", "agents", PN_CLI_LIST, "Log-ins of others who are told", "LIST" },
  { "addresses", "addresses", PN_CLI_LIST, "Addresses that are told", "LIST" },
  { "assign", "assign", PN_CLI_TEXT, "Whom it is given to: on_call, lead, least_loaded", "WHO" },
  { "priority", "priority", PN_CLI_TEXT, "A priority, or \"raise\" by one", "NAME" },
  { "tag", "tag", PN_CLI_TEXT, "The tag it gets", "TAG" },
  { "queue", "queue", PN_CLI_TEXT, "The queue it is moved to", "NAME" },
  { "webhook", "webhook", PN_CLI_TEXT, "The webhook that is called", "NAME" },
  { "note", "note", PN_CLI_TEXT, "The internal note that is written", "TEXT" },
  { "remove", "remove", PN_CLI_FLAG, "Takes the step away", "yes" },
  { NULL },
};

/* (borrowed, of @steps) the step of that key; 0: a new one at the end. NULL with NOT_FOUND. @place: where it stands. */
static json_t *
find_step (json_t *steps, gint64 key, size_t *place, GError **error)
{
  const json_t *step;
  size_t i;

  *place = json_array_size (steps);
  json_array_foreach (steps, i, step)
  {
    if (key != 0 && json_integer_value (json_object_get (step, "key")) == key)
      *place = i;
  }
  if (*place < json_array_size (steps))
    return json_array_get (steps, *place);
  if (key != 0) {
    pn_error_set (error, PN_ERROR_NOT_FOUND,
                  "the ladder has no step with the key %" G_GINT64_FORMAT, key);
    return NULL;
  }
  json_array_append_new (steps, json_object ());
  return json_array_get (steps, *place);
}

/* A step stands at one place: who says minutes means no share any more. */
static void
change_step (json_t *step, json_t *given)
{
  if (json_object_get (given, "minutes") != NULL)
    json_object_del (step, "percent");
  if (json_object_get (given, "percent") != NULL)
    json_object_del (step, "minutes");
  json_object_update (step, given);
}

/* Adds, changes or takes away one step. */
static gboolean
put_step (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (json_t) given = pn_cli_read_fields (cli, step_fields, "NAME", &argc, &argv, error);
  g_autoptr (PnLadder) ladder = given != NULL ? pn_cli_find_thing (cli, argv[1], error) : NULL;
  g_autoptr (json_t) document =
      ladder != NULL ? pn_ladder_write_document (pn_cli_db (cli, error), ladder, error) : NULL;
  json_t *steps = json_object_get (document, "steps");
  g_autoptr (json_t) changed = NULL;
  size_t place = 0;
  json_t *step;

  if (document == NULL)
    return FALSE;
  step = find_step (steps, json_integer_value (json_object_get (given, "key")), &place, error);
  if (step == NULL)
    return FALSE;
  if (json_is_true (json_object_get (given, "remove"))) {
    json_array_remove (steps, place);
  } else {
    json_object_del (given, "remove");
    change_step (step, given);
  }
  changed = json_pack ("{s:O}", "steps", steps);
  return pn_cli_save_fields (cli, changed, ladder, error);
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
  { "add", put, "Adds a ladder" },
  { "set", put, "Changes a ladder" },
  { "step", put_step, "Adds, changes or takes away a step of a ladder" },
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
