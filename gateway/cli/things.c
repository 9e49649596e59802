#include "gateway/cli/things.h"

#include <stdio.h>
#include <string.h>

#include "gateway/cli/read_file.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"

gpointer
pn_cli_find_thing (PnCli *cli, const char *name, GError **error)
{
  const PnCliThings *things = pn_cli_things (cli);
  PnDb *db = pn_cli_db (cli, error);
  gpointer thing = NULL;

  if (db != NULL && things->find (db, name, &thing, error) && thing == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no %s \"%s\"", things->kind, name);
  return thing;
}

/* Returns: (owned) one that is not stored yet. */
static gpointer
make_thing (PnCli *cli, const char *name, GError **error)
{
  return pn_cli_db (cli, error) != NULL ? pn_cli_things (cli)->make (name) : NULL;
}

gpointer
pn_cli_take_thing (PnCli *cli, const char *verb, const char *name, GError **error)
{
  return strcmp (verb, "add") == 0 ? make_thing (cli, name, error)
                                   : pn_cli_find_thing (cli, name, error);
}

gpointer
pn_cli_open_thing (PnCli *cli, const char *words, int *argc, char ***argv, GError **error)
{
  return pn_cli_parse (cli, NULL, words, argc, argv, error)
             ? pn_cli_find_thing (cli, (*argv)[1], error)
             : NULL;
}

gboolean
pn_cli_print_thing (PnCli *cli, gconstpointer thing, GError **error)
{
  json_t *document = pn_cli_things (cli)->write (pn_cli_db (cli, NULL), thing, error);

  if (document != NULL)
    pn_cli_print_json (document);
  return document != NULL;
}

static gboolean
print_line (PnCli *cli, PnDb *db, gconstpointer thing, GError **error)
{
  g_autofree char *line = pn_cli_things (cli)->line (db, thing, error);

  if (line != NULL)
    puts (line);
  return line != NULL;
}

gboolean
pn_cli_list_things (PnCli *cli, int argc, char **argv, GError **error)
{
  const PnCliThings *things = pn_cli_things (cli);
  g_autoptr (GPtrArray) rows = NULL;
  PnDb *db = NULL;

  if (things->list != NULL)
    return pn_cli_list (cli, things->list, argc, argv, error);
  db = pn_cli_open (cli, NULL, "", &argc, &argv, error);
  rows = db != NULL ? things->load (db, error) : NULL;
  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    gconstpointer thing = rows->pdata[i];

    if (!(pn_cli_wants_json (cli) ? pn_cli_print_thing (cli, thing, error)
                                  : print_line (cli, db, thing, error)))
      return FALSE;
  }
  return rows != NULL;
}

static void
release (const PnCliThings *things, gpointer thing)
{
  if (thing != NULL)
    things->free (thing);
}

gboolean
pn_cli_export_thing (PnCli *cli, int argc, char **argv, GError **error)
{
  gpointer thing = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  const gboolean is_done = thing != NULL && pn_cli_print_thing (cli, thing, error);

  release (pn_cli_things (cli), thing);
  return is_done;
}

gboolean
pn_cli_remove_thing (PnCli *cli, int argc, char **argv, GError **error)
{
  const PnCliThings *things = pn_cli_things (cli);
  gpointer thing = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  const gboolean is_done = thing != NULL && things->remove (pn_cli_db (cli, NULL), thing, error);

  release (things, thing);
  return is_done;
}

static gboolean
import (PnCli *cli, PnDb *db, json_t *document, gpointer thing, GError **error)
{
  const PnCliThings *things = pn_cli_things (cli);

  json_object_del (document, "name");
  if (!things->read (db, document, thing, error) || !things->save (db, thing, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  return !pn_cli_wants_json (cli) || pn_cli_print_thing (cli, thing, error);
}

gboolean
pn_cli_import_thing (PnCli *cli, int argc, char **argv, GError **error)
{
  const PnCliThings *things = pn_cli_things (cli);
  g_autoptr (json_t) document = NULL;
  gpointer thing = NULL;
  gboolean is_done = FALSE;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME FILE", &argc, &argv, error)
      || (document = pn_cli_read_json (argv[2], error)) == NULL)
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || !things->find (db, argv[1], &thing, error))
    return FALSE;
  if (thing == NULL)
    thing = things->make (argv[1]);
  is_done = import (cli, db, document, thing, error);
  release (things, thing);
  return is_done;
}
