#include <stdio.h>
#include <string.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/find.h"
#include "gateway/cli/list.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/person_merge.h"
#include "ticketing/removal.h"

#define REMOVALS 1000 /* listed */

typedef struct {
  char *name;
  char *language;
  char *note;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->name);
  g_free (options->language);
  g_free (options->note);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* A person by address or number. */
static gboolean
find_person (PnDb *db, const char *words, gint64 *id, GError **error)
{
  char *end = NULL;

  *id = 0;
  if (strchr (words, '@') != NULL) {
    if (!pn_person_find_address (db, words, id, error))
      return FALSE;
  } else {
    *id = g_ascii_strtoll (words, &end, 10);
    if (*words == '\0' || *end != '\0')
      *id = 0;
  }
  if (*id == 0)
    pn_error_set (error, PN_ERROR_NOT_FOUND,
                  "there is no person \"%s\"; give an address or a number", words);
  return *id != 0;
}

static json_t *
make_json (const PnPerson *person, const GPtrArray *merged)
{
  json_t *members = json_array ();

  for (guint i = 0; i < merged->len; i++) {
    const PnPersonMember *member = merged->pdata[i];

    json_array_append_new (
        members, json_pack ("{s:I, s:o, s:o, s:o}", "id", (json_int_t) member->id, "name",
                            pn_json_text (member->name), "address", pn_json_text (member->address),
                            "at", pn_json_time (member->merged_at)));
  }
  return json_pack ("{s:I, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t) person->id, "name",
                    pn_json_text (person->name), "language", pn_json_text (person->language),
                    "note", pn_json_text (person->note), "addresses",
                    pn_json_texts (person->addresses), "merged", members);
}

static void
print_text (const PnPerson *person, const GPtrArray *merged)
{
  printf ("%" G_GINT64_FORMAT " %s\n", person->id, person->name);
  for (guint i = 0; i < person->addresses->len; i++)
    printf ("  %s\n", (const char *) person->addresses->pdata[i]);
  if (person->language != NULL)
    printf ("  writes in %s\n", person->language);
  if (*person->note != '\0')
    printf ("  note: %s\n", person->note);
  for (guint i = 0; i < merged->len; i++) {
    const PnPersonMember *member = merged->pdata[i];

    printf ("  merged: %" G_GINT64_FORMAT " %s %s\n", member->id, member->name,
            member->address != NULL ? member->address : "");
  }
}

static gboolean
print_person (PnCli *cli, PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnPerson) person = pn_person_load (db, id, error);
  g_autoptr (GPtrArray) merged = person != NULL ? pn_person_merged (db, person->id, error) : NULL;

  if (merged == NULL)
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (make_json (person, merged));
  else
    print_text (person, merged);
  return TRUE;
}

static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  PnDb *db = NULL;
  gint64 id;

  if (!pn_cli_parse (cli, NULL, "PERSON", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  return db != NULL && find_person (db, argv[1], &id, error) && print_person (cli, db, id, error);
}

static gboolean
set (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "The person's name", "TEXT" },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options.language,
      "The language of letters; \"\" for the one they write in", "CODE" },
    { "note", 0, 0, G_OPTION_ARG_STRING, &options.note, "What staff should know", "TEXT" },
    { NULL },
  };
  g_autoptr (PnPerson) person = NULL;
  PnDb *db = NULL;
  gint64 id;

  if (!pn_cli_parse (cli, entries, "PERSON", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || !find_person (db, argv[1], &id, error))
    return FALSE;
  person = pn_person_load (db, id, error);
  if (person == NULL)
    return FALSE;
  pn_cli_take_text (&person->name, &options.name);
  pn_cli_take_text (&person->language, &options.language);
  pn_cli_take_text (&person->note, &options.note);
  return pn_person_save (db, person, error) && print_person (cli, db, person->id, error);
}

/* What is done to a person with one word more. */
typedef struct {
  gboolean (*run) (PnDb *db, gint64 id, const char *word, GError **error);
  gint64 id;
  const char *word;
} Deed;

static gboolean
run_deed (PnDb *db, gpointer data, GError **error)
{
  const Deed *deed = data;

  return deed->run (db, deed->id, deed->word, error);
}

static gboolean
change (PnCli *cli, Deed *deed, const char *words, int argc, char **argv, GError **error)
{
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, words, &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || !find_person (db, argv[1], &deed->id, error))
    return FALSE;
  deed->word = argv[argc - 1];
  return pn_db_run (db, run_deed, deed, error) && print_person (cli, db, deed->id, error);
}

static gboolean
add_address (PnCli *cli, int argc, char **argv, GError **error)
{
  Deed deed = { .run = pn_person_add_address };

  return change (cli, &deed, "PERSON ADDRESS", argc, argv, error);
}

static gboolean
remove_address (PnCli *cli, int argc, char **argv, GError **error)
{
  Deed deed = { .run = pn_person_remove_address };

  return change (cli, &deed, "PERSON ADDRESS", argc, argv, error);
}

static gboolean
merge_with (PnDb *db, gint64 id, const char *word, GError **error)
{
  gint64 other_id;

  return find_person (db, word, &other_id, error) && pn_person_merge (db, other_id, id, 0, error);
}

static gboolean
merge (PnCli *cli, int argc, char **argv, GError **error)
{
  Deed deed = { .run = merge_with };

  return change (cli, &deed, "PERSON OTHER", argc, argv, error);
}

static gboolean
take_apart (PnDb *db, gint64 id, const char *word, GError **error)
{
  return pn_person_unmerge (db, id, error);
}

static gboolean
unmerge (PnCli *cli, int argc, char **argv, GError **error)
{
  Deed deed = { .run = take_apart };

  return change (cli, &deed, "NUMBER", argc, argv, error);
}

static json_t *
make_removal (const PnRemoval *removal)
{
  return json_pack (
      "{s:I, s:s, s:b, s:I, s:I, s:I, s:I, s:o, s:o}", "person", (json_int_t) removal->person_id,
      "step", pn_removal_step_name (removal->step), "is_done", removal->finished_at != 0, "tickets",
      (json_int_t) removal->tickets, "messages", (json_int_t) removal->messages, "letters",
      (json_int_t) removal->letters, "files", (json_int_t) removal->files, "created_at",
      pn_json_time (removal->created_at), "finished_at", pn_json_time (removal->finished_at));
}

static gboolean
order_removal (PnDb *db, gpointer data, GError **error)
{
  const Deed *deed = data;
  gint64 id;

  return pn_removal_order (db, deed->id, 0, &id, error);
}

static gboolean
erase (PnCli *cli, int argc, char **argv, GError **error)
{
  gboolean is_sure = FALSE;
  const GOptionEntry entries[] = {
    { "sure", 0, 0, G_OPTION_ARG_NONE, &is_sure, "Yes, for good: this can't be undone", NULL },
    { NULL },
  };
  g_autoptr (PnRemoval) removal = NULL;
  g_autoptr (PnPerson) person = NULL;
  PnDb *db = NULL;
  Deed deed = { 0 };

  if (!pn_cli_parse (cli, entries, "PERSON", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || !find_person (db, argv[1], &deed.id, error)
      || (person = pn_person_load (db, deed.id, error)) == NULL)
    return FALSE;
  deed.id = person->id; /* whoever was merged goes as the person they are part of */
  if (!is_sure) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "what person %" G_GINT64_FORMAT " said will be gone for good; say --sure",
                  deed.id);
    return FALSE;
  }
  if (!pn_db_run (db, order_removal, &deed, error)
      || !pn_removal_find (db, deed.id, &removal, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (removal != NULL ? make_removal (removal) : json_object ());
  else
    printf ("person %" G_GINT64_FORMAT " is forgotten; the gateway erases the rest\n", deed.id);
  return TRUE;
}

static gboolean
removals (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || (list = pn_removal_list (db, REMOVALS, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const PnRemoval *removal = list->pdata[i];

    if (pn_cli_wants_json (cli))
      pn_cli_print_json (make_removal (removal));
    else
      printf ("%" G_GINT64_FORMAT " %s\n", removal->person_id,
              removal->finished_at != 0 ? "gone" : pn_removal_step_name (removal->step));
  }
  return TRUE;
}

static const PnCliVerb verbs[] = {
  { "show", show, "Shows a person, by address or number" },
  { "set", set, "Changes name, language, note" },
  { "add-address", add_address, "Gives a person another address" },
  { "remove-address", remove_address, "Makes an address a person of its own" },
  { "merge", merge, "Makes OTHER's history part of PERSON's" },
  { "unmerge", unmerge, "Makes the merged person NUMBER one of its own again" },
  { "erase", erase, "Forgets a person and what they said, on request" },
  { "removals", removals, "Lists who was forgotten, and how far it is" },
  { NULL, NULL, NULL },
};

int
pn_cmd_person (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
