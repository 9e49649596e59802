#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "gateway/cli/list.h"
#include "gateway/cli/read_file.h"
#include "ticketing/core/json.h"
#include "ticketing/mood.h"
#include "ticketing/rule_mood.h"

/* Words of one kind: the site's own, or those that everybody has in a language. */
typedef struct {
  PnMoodKind kind;
  const char *language; /* NULL: the site's own */
  const char *words;
} Row;

static json_t *
make_json (gconstpointer data)
{
  const Row *row = data;

  return json_pack ("{s:s, s:o, s:o}", "kind", pn_mood_name (row->kind), "language",
                    pn_json_text (row->language), "words", pn_json_text (row->words));
}

static char *
make_text (gconstpointer data)
{
  const Row *row = data;

  return g_strdup_printf ("%s\t%s\t%s", pn_mood_name (row->kind),
                          row->language != NULL ? row->language : "own", row->words);
}

static const PnCliList list_form = { "KIND\tWHOSE\tWORDS", make_json, make_text };

static void
add_row (GPtrArray *rows, PnMoodKind kind, const char *language, const char *words)
{
  const Row row = { kind, language, words };

  if (*words != '\0')
    g_ptr_array_add (rows, g_memdup2 (&row, sizeof row));
}

static gboolean
list (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PnMood) mood = NULL;
  const PnMoodList *known;
  PnDb *db = NULL;
  gsize n = 0;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  mood = db != NULL ? pn_mood_load (db, error) : NULL;
  if (mood == NULL)
    return FALSE;
  for (guint i = 0; i < PN_MOOD_COUNT; i++)
    add_row (rows, (PnMoodKind) i, NULL, mood->words[i]);
  known = pn_rule_mood_lists (&n);
  for (gsize i = 0; i < n; i++) {
    add_row (rows, PN_MOOD_NEGATIVE, known[i].language, known[i].negative);
    add_row (rows, PN_MOOD_POSITIVE, known[i].language, known[i].positive);
  }
  pn_cli_print_list (cli, &list_form, rows);
  return TRUE;
}

static gboolean export(PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnMood) mood = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  mood = db != NULL ? pn_mood_load (db, error) : NULL;
  if (mood == NULL)
    return FALSE;
  pn_cli_print_json (pn_mood_write (mood));
  return TRUE;
}

static gboolean
save (PnCli *cli, PnDb *db, const PnMood *mood, GError **error)
{
  if (!pn_mood_save (db, mood, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (pn_mood_write (mood));
  return TRUE;
}

static gboolean
import (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (json_t) document = NULL;
  g_autoptr (PnMood) mood = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "FILE", &argc, &argv, error)
      || (document = pn_cli_read_json (argv[1], error)) == NULL)
    return FALSE;
  db = pn_cli_db (cli, error);
  mood = db != NULL ? pn_mood_load (db, error) : NULL;
  return mood != NULL && pn_mood_read_document (mood, document, error)
         && save (cli, db, mood, error);
}

static gboolean
set (PnCli *cli, int argc, char **argv, GError **error)
{
  char *typed[PN_MOOD_COUNT] = { NULL };
  const GOptionEntry entries[] = {
    { "negative", 0, 0, G_OPTION_ARG_STRING, &typed[PN_MOOD_NEGATIVE], "Angry ones", "WORDS" },
    { "neutral", 0, 0, G_OPTION_ARG_STRING, &typed[PN_MOOD_NEUTRAL], "Ones that say nothing here",
      "WORDS" },
    { "positive", 0, 0, G_OPTION_ARG_STRING, &typed[PN_MOOD_POSITIVE], "Pleased ones", "WORDS" },
    { NULL }
  };
  g_autoptr (PnMood) mood = NULL;
  PnDb *db = NULL;
  gboolean is_fine = pn_cli_parse (cli, entries, "", &argc, &argv, error);

  if (is_fine) {
    db = pn_cli_db (cli, error);
    mood = db != NULL ? pn_mood_load (db, error) : NULL;
    is_fine = mood != NULL;
  }
  for (guint i = 0; i < PN_MOOD_COUNT; i++) {
    is_fine = is_fine && (typed[i] == NULL || pn_mood_read (mood, (PnMoodKind) i, typed[i], error));
    g_free (typed[i]);
  }
  return is_fine && save (cli, db, mood, error);
}

static const PnCliVerb verbs[] = {
  { "list", list, "Lists the site's own words, and those that everybody has" },
  { "set", set, "Replaces the site's own words of a kind" },
  { "import", import, "Replaces the site's own words from a JSON file" },
  { "export", export, "Prints the site's own words as JSON" },
  { NULL, NULL, NULL },
};

int
pn_cmd_mood (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
