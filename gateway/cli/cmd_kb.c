#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "kb/export.h"
#include "kb/import.h"
#include "kb/search.h"
#include "ticketing/core/error.h"

typedef struct {
  char *batch; /* a file of questions */
  char *run;   /* the tag of its run lines */
  char *language;
  int limit;
  gboolean with_confidence;
  gboolean with_internal;
  gboolean is_explained;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->batch);
  g_free (options->run);
  g_free (options->language);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
import (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) articles = NULL;
  PnImportCounts counts;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "PATH", &argc, &argv, error))
    return FALSE;
  articles = pn_import_read (argv[1], error);
  if (articles == NULL) {
    g_prefix_error (error, "%s: ", argv[1]);
    return FALSE;
  }
  db = pn_cli_db (cli, error);
  if (db == NULL || !pn_import_store (db, articles, &counts, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:i,s:i,s:i}", "created", (int) counts.created, "updated",
                                  (int) counts.updated, "unchanged", (int) counts.unchanged));
  else
    printf ("%u articles: %u new, %u changed, %u as they were\n", articles->len, counts.created,
            counts.updated, counts.unchanged);
  return TRUE;
}

static gboolean
export_file (PnDb *db, const char *path, guint *count, GError **error)
{
  FILE *out = fopen (path, "we");
  gboolean is_done;

  if (out == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "%s can't be written: %s", path, strerror (errno));
    return FALSE;
  }
  is_done = pn_export_lines (db, out, count, error);
  if (fclose (out) != 0 && is_done) {
    pn_error_set (error, PN_ERROR_PERMANENT, "%s can't be written: %s", path, strerror (errno));
    is_done = FALSE;
  }
  return is_done;
}

/* Without a path, or with "-": JSON lines on stdout; else a file of them if it is named so, else a folder. */
static gboolean export(PnCli *cli, int argc, char **argv, GError **error)
{
  const char *path;
  gboolean is_done;
  guint count = 0;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "[PATH]", &argc, &argv, error))
    return FALSE;
  path = argc > 1 ? argv[1] : "-";
  db = pn_cli_db (cli, error);
  if (db == NULL)
    return FALSE;
  if (strcmp (path, "-") == 0)
    return pn_export_lines (db, stdout, NULL, error);
  if (g_str_has_suffix (path, ".jsonl") || g_str_has_suffix (path, ".json"))
    is_done = export_file (db, path, &count, error);
  else
    is_done = pn_export_folder (db, path, &count, error);
  if (!is_done)
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:i}", "exported", (int) count));
  else
    printf ("%u articles\n", count);
  return TRUE;
}

static void
print_hit (guint rank, const PnKbHit *hit)
{
  printf ("%u. %s  (%s, %d %%)\n", rank, hit->title, hit->external_id,
          (int) lrint (hit->confidence * 100));
  if (hit->known_as != NULL)
    printf ("   known as: %s\n", hit->known_as);
  if (hit->excerpt != NULL && hit->excerpt->len > 0)
    printf ("   ");
  for (guint i = 0; hit->excerpt != NULL && i < hit->excerpt->len; i++) {
    const PnKbPart *part = &g_array_index (hit->excerpt, PnKbPart, i);

    printf (part->is_hit ? "*%s*" : "%s", part->text);
  }
  if (hit->excerpt != NULL && hit->excerpt->len > 0)
    putchar ('\n');
  for (guint i = 0; hit->why != NULL && i < hit->why->len; i++) {
    const PnKbReason *reason = &g_array_index (hit->why, PnKbReason, i);

    printf ("   because of \"%s\": %d %%\n", reason->text, (int) lrint (reason->share * 100));
  }
}

static gboolean
search_one (PnCli *cli, PnDb *db, const PnKbQuery *query, GError **error)
{
  g_autoptr (GPtrArray) hits = pn_kb_search (db, query, error);
  json_t *list;

  if (hits == NULL)
    return FALSE;
  if (!pn_cli_wants_json (cli)) {
    for (guint i = 0; i < hits->len; i++)
      print_hit (i + 1, hits->pdata[i]);
    return TRUE;
  }
  list = json_array ();
  for (guint i = 0; i < hits->len; i++)
    json_array_append_new (list, pn_kb_hit_write (hits->pdata[i]));
  pn_cli_print_json (json_pack ("{s:s,s:o}", "query", query->text, "articles", list));
  return TRUE;
}

static gboolean
print_run (PnDb *db, const PnKbQuery *query, const char *qid, const Options *options,
           GError **error)
{
  g_autoptr (GPtrArray) hits = pn_kb_search (db, query, error);

  if (hits == NULL)
    return FALSE;
  for (guint i = 0; i < hits->len; i++) {
    const PnKbHit *hit = hits->pdata[i];

    printf ("%s Q0 %s %u %.9f %s\n", qid, hit->external_id, i + 1,
            options->with_confidence ? hit->confidence : hit->score, options->run);
  }
  return TRUE;
}

/* Lines "qid TAB question"; what is no such line, or not UTF-8, is an error with its number. */
static gboolean
search_batch (PnDb *db, PnKbQuery *query, const Options *options, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) why = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (options->batch, &text, NULL, &why)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "%s", why->message);
    return FALSE;
  }
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    char *tab = strchr (g_strchomp (lines[i]), '\t');
    g_autofree char *question = NULL;

    if (*lines[i] == '\0')
      continue;
    if (tab == NULL && strpbrk (lines[i], " ") != NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "%s, line %zu: no tab", options->batch, i + 1);
      return FALSE;
    }
    if (tab != NULL)
      *tab = '\0';
    question = g_utf8_make_valid (tab != NULL ? tab + 1 : "", -1);
    query->text = question;
    if (!print_run (db, query, lines[i], options, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
parse_search (PnCli *cli, Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "batch", 0, 0, G_OPTION_ARG_FILENAME, &options->batch,
      "Answers the lines \"ID<TAB>QUESTION\" of FILE", "FILE" },
    { "run", 0, 0, G_OPTION_ARG_STRING, &options->run, "The tag of the lines of --batch", "TAG" },
    { "confidence", 0, 0, G_OPTION_ARG_NONE, &options->with_confidence,
      "With --batch: the confidence in place of the score", NULL },
    { "language", 0, 0, G_OPTION_ARG_STRING, &options->language,
      "The language of the question (else found out)", "CODE" },
    { "limit", 0, 0, G_OPTION_ARG_INT, &options->limit, "At most N articles", "N" },
    { "internal", 0, 0, G_OPTION_ARG_NONE, &options->with_internal, "Also articles for staff only",
      NULL },
    { "explain", 0, 0, G_OPTION_ARG_NONE, &options->is_explained, "Says which words counted",
      NULL },
    { NULL },
  };

  return pn_cli_parse (cli, entries, "[QUESTION]", argc, argv, error);
}

static gboolean
search (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  PnKbQuery query = { 0 };
  PnDb *db = NULL;

  if (!parse_search (cli, &options, &argc, &argv, error))
    return FALSE;
  if ((options.batch != NULL) == (argc > 1)) {
    pn_cli_set_usage (error, "give a question, or --batch FILE");
    return FALSE;
  }
  if (options.limit < 0 || options.limit > PN_KB_HITS_MAX) {
    pn_cli_set_usage (error, "--limit takes 1 to %d", PN_KB_HITS_MAX);
    return FALSE;
  }
  db = pn_cli_db (cli, error);
  if (db == NULL)
    return FALSE;
  query.language = options.language;
  query.with_internal = options.with_internal;
  query.limit = (guint) options.limit;
  if (options.batch != NULL) {
    options.run = options.run != NULL ? options.run : g_strdup ("postern");
    query.limit = query.limit != 0 ? query.limit : PN_KB_HITS_MAX;
    return search_batch (db, &query, &options, error);
  }
  query.text = argv[1];
  query.wants_excerpts = TRUE;
  query.wants_why = options.is_explained || pn_cli_wants_json (cli);
  return search_one (cli, db, &query, error);
}

static const PnCliVerb verbs[] = {
  { "import", import, "Takes in articles: a folder of Markdown, or a file of JSON lines" },
  { "export", export, "Writes all articles: into a folder, or as JSON lines" },
  { "search", search, "Finds the articles that answer a question" },
  { NULL, NULL, NULL },
};

int
pn_cmd_kb (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
