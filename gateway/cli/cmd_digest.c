#include "gateway/cli/commands.h"
#include "gateway/cli/fields.h"
#include "ticketing/digest_document.h"

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_digest_find (db, name, (PnDigest **) thing, error);
}

static gpointer
make (const char *name)
{
  return pn_digest_new (name);
}

static char *
make_line (PnDb *db, gconstpointer thing, GError **error)
{
  const PnDigest *digest = thing;

  return g_strdup_printf ("%s\t%s\t%02d:%02d %s\t%s", digest->name, digest->title,
                          digest->minute / 60, digest->minute % 60, digest->zone,
                          digest->is_enabled ? "on" : "off");
}

static json_t *
write_digest (PnDb *db, gconstpointer thing, GError **error)
{
  return pn_digest_write_document (db, thing, error);
}

static gboolean
read_digest (PnDb *db, json_t *document, gpointer thing, GError **error)
{
  return pn_digest_read_document (db, document, thing, error);
}

static gboolean
save (PnDb *db, gpointer thing, GError **error)
{
  return pn_digest_save (db, thing, error);
}

static gboolean
remove_digest (PnDb *db, gpointer thing, GError **error)
{
  return pn_digest_delete (db, ((const PnDigest *) thing)->id, error);
}

static const PnCliThings digests = {
  .kind = "digest",
  .find = find,
  .make = make,
  .free = (GDestroyNotify) pn_digest_free,
  .load = pn_digest_list,
  .line = make_line,
  .write = write_digest,
  .read = read_digest,
  .save = save,
  .remove = remove_digest,
};

/* What it would say now. */
static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnDigest) digest = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  json_t *document =
      digest != NULL ? pn_digest_write (pn_cli_db (cli, error), digest, error) : NULL;

  if (document != NULL)
    pn_cli_print_json (document);
  return document != NULL;
}

static const PnCliField fields[] = {
  { "title", "title", PN_CLI_TEXT, "What people read", "TEXT" },
  { "enabled", "is_enabled", PN_CLI_FLAG, "Is it sent?", "yes|no" },
  { "time", "time", PN_CLI_TEXT, "Time of day at which it is sent", "HH:MM" },
  { "zone", "zone", PN_CLI_TEXT, "Time zone of that", "ZONE" },
  { "days", "days", PN_CLI_LIST, "Days, commas between: mon,tue,wed,thu,fri,sat,sun", "LIST" },
  { "team", "team", PN_CLI_NAME, "Of the queues of this team; \"\": of none", "NAME" },
  { "queues", "queues", PN_CLI_LIST, "And of these; neither said: of all", "LIST" },
  { "agents", "agents", PN_CLI_LIST, "Log-ins of those it is sent to", "LIST" },
  { "addresses", "addresses", PN_CLI_LIST, "Addresses that it is sent to as well", "LIST" },
  { NULL },
};

/* add and set */
static gboolean
put (PnCli *cli, int argc, char **argv, GError **error)
{
  return pn_cli_put_thing (cli, fields, argc, argv, error);
}

static const PnCliVerb verbs[] = {
  { "list", pn_cli_list_things, "Lists the digests" },
  { "show", show, "Shows what a digest would say now" },
  { "add", put, "Adds a digest" },
  { "set", put, "Changes a digest" },
  { "import", pn_cli_import_thing, "Adds or changes a digest from a JSON file" },
  { "export", pn_cli_export_thing, "Prints a digest as JSON" },
  { "remove", pn_cli_remove_thing, "Removes a digest" },
  { NULL, NULL, NULL },
};

int
pn_cmd_digest (int argc, char **argv)
{
  return pn_cli_main_things (&digests, verbs, argc, argv);
}
