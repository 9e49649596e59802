#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "gateway/cli/read_file.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/digest_document.h"

static PnDigest *
find_digest (PnDb *db, const char *name, GError **error)
{
  PnDigest *digest = NULL;

  if (pn_digest_find (db, name, &digest, error) && digest == NULL)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no digest \"%s\"", name);
  return digest;
}

static gboolean
print_json (PnDb *db, const PnDigest *digest, GError **error)
{
  json_t *document = pn_digest_write_document (db, digest, error);

  if (document != NULL)
    pn_cli_print_json (document);
  return document != NULL;
}

static gboolean
list (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) digests = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  digests = db != NULL ? pn_digest_list (db, error) : NULL;
  for (guint i = 0; digests != NULL && i < digests->len; i++) {
    const PnDigest *digest = digests->pdata[i];

    if (!pn_cli_wants_json (cli))
      printf ("%s\t%s\t%02d:%02d %s\t%s\n", digest->name, digest->title, digest->minute / 60,
              digest->minute % 60, digest->zone, digest->is_enabled ? "on" : "off");
    else if (!print_json (db, digest, error))
      return FALSE;
  }
  return digests != NULL;
}

static gboolean export(PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnDigest) digest = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  digest = db != NULL ? find_digest (db, argv[1], error) : NULL;
  return digest != NULL && print_json (db, digest, error);
}

/* What it would say now. */
static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnDigest) digest = NULL;
  json_t *document;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  digest = db != NULL ? find_digest (db, argv[1], error) : NULL;
  document = digest != NULL ? pn_digest_write (db, digest, error) : NULL;
  if (document != NULL)
    pn_cli_print_json (document);
  return document != NULL;
}

static gboolean
import (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnDigest) digest = NULL;
  g_autoptr (json_t) document = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME FILE", &argc, &argv, error)
      || (document = pn_cli_read_json (argv[2], error)) == NULL)
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || !pn_digest_find (db, argv[1], &digest, error))
    return FALSE;
  if (digest == NULL)
    digest = pn_digest_new (argv[1]);
  json_object_del (document, "name");
  if (!pn_digest_read_document (db, document, digest, error) || !pn_digest_save (db, digest, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  return !pn_cli_wants_json (cli) || print_json (db, digest, error);
}

static gboolean
remove_one (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnDigest) digest = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "NAME", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  digest = db != NULL ? find_digest (db, argv[1], error) : NULL;
  return digest != NULL && pn_digest_delete (db, digest->id, error);
}

static const PnCliVerb verbs[] = {
  { "list", list, "Lists the digests" },
  { "show", show, "Shows what a digest would say now" },
  { "import", import, "Adds or changes a digest from a JSON file" },
  { "export", export, "Prints a digest as JSON" },
  { "remove", remove_one, "Removes a digest" },
  { NULL, NULL, NULL },
};

int
pn_cmd_digest (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
