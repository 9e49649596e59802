#include "gateway/cli/commands.h"
#include "gateway/cli/find.h"
#include "gateway/cli/things.h"
#include "ticketing/core/json.h"
#include "ticketing/organisation.h"
#include "ticketing/person.h"

#define PAGE 500

typedef struct {
  char *name;
  char *domains;
  char *level;
  char *note;
  gboolean allows_public;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->name);
  g_free (options->domains);
  g_free (options->level);
  g_free (options->note);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (PnCli *cli, Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "Another name", "TEXT" },
    { "domains", 0, 0, G_OPTION_ARG_STRING, &options->domains,
      "Who writes from these belongs to it; commas between", "LIST" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &options->level, "Its service level, a word", "WORD" },
    { "note", 0, 0, G_OPTION_ARG_STRING, &options->note, "What staff should know", "TEXT" },
    { "allow-public", 0, 0, G_OPTION_ARG_NONE, &options->allows_public,
      "Take a domain where everybody may have an address", NULL },
    { NULL },
  };

  return pn_cli_parse (cli, entries, "NAME", argc, argv, error);
}

static void
apply (PnOrganisation *organisation, Options *options)
{
  g_auto (GStrv) domains = NULL;

  pn_cli_take_text (&organisation->name, &options->name);
  pn_cli_take_text (&organisation->service_level, &options->level);
  pn_cli_take_text (&organisation->note, &options->note);
  if (options->domains == NULL)
    return;
  g_ptr_array_set_size (organisation->domains, 0);
  domains = g_strsplit_set (options->domains, ", ", -1);
  for (guint i = 0; domains[i] != NULL; i++) {
    if (*domains[i] != '\0')
      g_ptr_array_add (organisation->domains, g_strdup (domains[i]));
  }
}

static json_t *
make_json (gconstpointer row)
{
  const PnOrganisation *organisation = row;
  json_t *shown = json_pack ("{s:I, s:o, s:o, s:o}", "id", (json_int_t) organisation->id, "name",
                             pn_json_text (organisation->name), "service_level",
                             pn_json_text (organisation->service_level), "note",
                             pn_json_text (organisation->note));

  if (organisation->domains != NULL)
    pn_json_set (shown, "domains", pn_json_texts (organisation->domains));
  return shown;
}

static char *
make_text (gconstpointer row)
{
  const PnOrganisation *organisation = row;

  return g_strdup_printf ("%" G_GINT64_FORMAT "\t%s\t%s", organisation->id, organisation->name,
                          organisation->service_level);
}

static const PnCliList list_form = { "ID\tNAME\tLEVEL", make_json, make_text };

typedef struct {
  PnOrganisation *organisation;
  gboolean allows_public;
} Save;

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  const Save *save = data;

  return pn_organisation_save (db, save->organisation, save->allows_public, error);
}

/* Places all persons. */
static gboolean
sweep (PnDb *db, GError **error)
{
  gboolean is_done = FALSE;

  while (!is_done) {
    if (!pn_organisation_sweep (db, &is_done, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
save (PnCli *cli, PnDb *db, PnOrganisation *organisation, Options *options, GError **error)
{
  Save saving = { organisation, options->allows_public };

  apply (organisation, options);
  if (!pn_db_run (db, save_body, &saving, error))
    return FALSE;
  if (!sweep (db, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (make_json (organisation));
  return TRUE;
}

/* By name or domain. */
static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_organisation_find (db, name, (PnOrganisation **) thing, error);
}

static gpointer
make (const char *name)
{
  return pn_organisation_new (name);
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  return pn_organisation_delete (db, ((const PnOrganisation *) data)->id, error);
}

static gboolean
remove_organisation (PnDb *db, gpointer organisation, GError **error)
{
  return pn_db_run (db, remove_body, organisation, error) && sweep (db, error);
}

static const PnCliThings organisations = {
  .kind = "organisation",
  .find = find,
  .make = make,
  .free = (GDestroyNotify) pn_organisation_free,
  .remove = remove_organisation,
};

static void
print (const PnOrganisation *organisation, gint64 persons)
{
  printf ("#%" G_GINT64_FORMAT " %s, %" G_GINT64_FORMAT " people\n", organisation->id,
          organisation->name, persons);
  if (*organisation->service_level != '\0')
    printf ("  level %s\n", organisation->service_level);
  for (guint i = 0; i < organisation->domains->len; i++)
    printf ("  domain %s\n", (const char *) organisation->domains->pdata[i]);
  if (*organisation->note != '\0')
    printf ("  note %s\n", organisation->note);
}

static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnOrganisation) organisation = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  gint64 persons;
  json_t *shown;

  if (organisation == NULL
      || !pn_organisation_count_persons (pn_cli_db (cli, error), organisation->id, &persons, error))
    return FALSE;
  if (!pn_cli_wants_json (cli)) {
    print (organisation, persons);
    return TRUE;
  }
  shown = make_json (organisation);
  pn_json_set (shown, "person_count", json_integer (persons));
  pn_cli_print_json (shown);
  return TRUE;
}

/* add and set */
static gboolean
put (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PnOrganisation) organisation = NULL;

  if (!parse (cli, &options, &argc, &argv, error))
    return FALSE;
  organisation = pn_cli_take_thing (cli, argv[0], argv[1], error);
  return organisation != NULL && save (cli, pn_cli_db (cli, error), organisation, &options, error);
}

/* All of them, a page at a time. */
static gboolean
list (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *after = g_strdup ("");
  gint64 after_id = 0;
  PnDb *db = pn_cli_open (cli, NULL, "", &argc, &argv, error);

  for (guint n = PAGE; db != NULL && n == PAGE;) {
    g_autoptr (GPtrArray) page = pn_organisation_list (db, NULL, after, after_id, PAGE, error);
    const PnOrganisation *last;

    if (page == NULL)
      return FALSE;
    n = page->len;
    pn_cli_print_list (cli, &list_form, page);
    last = n > 0 ? page->pdata[n - 1] : NULL;
    g_free (after);
    after = g_strdup (last != NULL ? last->name : "");
    after_id = last != NULL ? last->id : 0;
  }
  return db != NULL;
}

static const PnCliVerb verbs[] = {
  { "add", put, "Adds an organisation" },
  { "set", put, "Changes an organisation, named by its name or a domain" },
  { "list", list, "Lists the organisations" },
  { "show", show, "Shows an organisation, named by its name or a domain" },
  { "remove", pn_cli_remove_thing, "Removes an organisation that no policy names" },
  { NULL, NULL, NULL },
};

int
pn_cmd_organisation (int argc, char **argv)
{
  return pn_cli_main_things (&organisations, verbs, argc, argv);
}
