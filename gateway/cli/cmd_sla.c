#include <stdio.h>
#include <string.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "gateway/cli/read_file.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/sla_document.h"

static PnPolicy *
find_policy (PnDb *db, const char *name, GError **error)
{
  PnPolicy *policy = NULL;

  if (pn_sla_find (db, name, &policy, error) && policy == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no policy \"%s\"", name);
  return policy;
}

static gboolean
print (PnCli *cli, PnDb *db, const PnPolicy *policy, GError **error)
{
  json_t *document = pn_sla_write_policy (db, policy, error);

  if (document == NULL)
    return FALSE;
  if (pn_cli_wants_json (cli)) {
    pn_cli_print_json (document);
    return TRUE;
  }
  printf ("%s\t%s\t%s\t%s\n", policy->name, policy->title, pn_json_get_text (document, "calendar"),
          policy->is_enabled ? "on" : "off");
  json_decref (document);
  return TRUE;
}

static gboolean
list (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) policies = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  policies = db != NULL ? pn_sla_list (db, error) : NULL;
  for (guint i = 0; policies != NULL && i < policies->len; i++) {
    if (!print (cli, db, policies->pdata[i], error))
      return FALSE;
  }
  return policies != NULL;
}

static gboolean export(PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnPolicy) policy = NULL;
  json_t *document;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  policy = db != NULL ? find_policy (db, argv[1], error) : NULL;
  document = policy != NULL ? pn_sla_write_policy (db, policy, error) : NULL;
  if (document == NULL)
    return FALSE;
  pn_cli_print_json (document);
  return TRUE;
}

static gboolean
import (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnPolicy) policy = NULL;
  g_autoptr (json_t) document = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME FILE", &argc, &argv, error)
      || (document = pn_cli_read_json (argv[2], error)) == NULL)
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || !pn_sla_find (db, argv[1], &policy, error))
    return FALSE;
  if (policy == NULL)
    policy = pn_policy_new (argv[1]);
  json_object_del (document, "name");
  if (!pn_sla_read_policy (db, document, policy, error)
      || !pn_sla_save (db, policy, policy->version, 0, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  return !pn_cli_wants_json (cli) || print (cli, db, policy, error);
}

static gboolean
move (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnPolicy) policy = NULL;
  PnDb *db = NULL;
  int step;

  if (!pn_cli_parse (cli, NULL, "NAME up|down", &argc, &argv, error))
    return FALSE;
  step = strcmp (argv[2], "up") == 0 ? -1 : strcmp (argv[2], "down") == 0 ? 1 : 0;
  if (step == 0) {
    pn_cli_set_usage (error, "move it up or down, not \"%s\"", argv[2]);
    return FALSE;
  }
  db = pn_cli_db (cli, error);
  policy = db != NULL ? find_policy (db, argv[1], error) : NULL;
  return policy != NULL && pn_sla_move (db, policy->id, step, 0, error);
}

static gboolean
remove_one (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnPolicy) policy = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  policy = db != NULL ? find_policy (db, argv[1], error) : NULL;
  return policy != NULL && pn_sla_remove (db, policy->id, 0, error);
}

static const PnCliVerb verbs[] = {
  { "list", list, "Lists the policies in their order" },
  { "import", import, "Adds or changes a policy from a JSON file" },
  { "export", export, "Prints a policy as JSON" },
  { "move", move, "Moves a policy up or down in the order" },
  { "remove", remove_one, "Removes a policy" },
  { NULL, NULL, NULL },
};

int
pn_cmd_sla (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
