#include <string.h>

#include "gateway/cli/cmd_sla_replay.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/things.h"
#include "ticketing/core/json.h"
#include "ticketing/sla_document.h"

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_sla_find (db, name, (PnPolicy **) thing, error);
}

static gpointer
make (const char *name)
{
  return pn_policy_new (name);
}

static char *
make_line (PnDb *db, gconstpointer thing, GError **error)
{
  const PnPolicy *policy = thing;
  g_autoptr (json_t) document = pn_sla_write_policy (db, policy, error);

  if (document == NULL)
    return NULL;
  return g_strdup_printf ("%s\t%s\t%s\t%s%s", policy->name, policy->title,
                          pn_json_get_text (document, "calendar"),
                          policy->is_enabled ? "on" : "off",
                          pn_policy_lacks_urgent (policy) ? ", no promise for urgent tickets" : "");
}

static json_t *
write_policy (PnDb *db, gconstpointer thing, GError **error)
{
  return pn_sla_write_policy (db, thing, error);
}

static gboolean
read_policy (PnDb *db, json_t *document, gpointer thing, GError **error)
{
  return pn_sla_read_policy (db, document, thing, error);
}

static gboolean
save (PnDb *db, gpointer thing, GError **error)
{
  PnPolicy *policy = thing;

  return pn_sla_save (db, policy, policy->version, 0, error);
}

static gboolean
remove_policy (PnDb *db, gpointer thing, GError **error)
{
  return pn_sla_remove (db, ((const PnPolicy *) thing)->id, 0, error);
}

static const PnCliThings policies = {
  .kind = "policy",
  .find = find,
  .make = make,
  .free = (GDestroyNotify) pn_policy_free,
  .load = pn_sla_list,
  .line = make_line,
  .write = write_policy,
  .read = read_policy,
  .save = save,
  .remove = remove_policy,
};

static gboolean
move (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnPolicy) policy = NULL;
  int step;

  if (!pn_cli_parse (cli, NULL, "NAME up|down", &argc, &argv, error))
    return FALSE;
  step = strcmp (argv[2], "up") == 0 ? -1 : strcmp (argv[2], "down") == 0 ? 1 : 0;
  if (step == 0) {
    pn_cli_set_usage (error, "move it up or down, not \"%s\"", argv[2]);
    return FALSE;
  }
  policy = pn_cli_find_thing (cli, argv[1], error);
  return policy != NULL && pn_sla_move (pn_cli_db (cli, error), policy->id, step, 0, error);
}

static const PnCliVerb verbs[] = {
  { "list", pn_cli_list_things, "Lists the policies in their order" },
  { "import", pn_cli_import_thing, "Adds or changes a policy from a JSON file" },
  { "export", pn_cli_export_thing, "Prints a policy as JSON" },
  { "move", move, "Moves a policy up or down in the order" },
  { "remove", pn_cli_remove_thing, "Removes a policy" },
  { "replay", pn_cmd_sla_replay,
    "Tries a policy on the tickets of the last weeks; nothing is changed" },
  { "replays", pn_cmd_sla_replays, "Lists what was tried, or shows what came of one" },
  { "cancel", pn_cmd_sla_cancel, "Ends a replay early" },
  { NULL, NULL, NULL },
};

int
pn_cmd_sla (int argc, char **argv)
{
  return pn_cli_main_things (&policies, verbs, argc, argv);
}
