#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "kb/export.h"
#include "kb/import.h"
#include "kb/article.h"
#include "kb/confidence.h"
#include "kb/feedback.h"
#include "kb/fit.h"
#include "kb/search.h"
#include "kb/study.h"
#include "ticketing/agent.h"
#include "ticketing/core/error.h"

#define NEW_FEEDBACK 20 /* as the clerk learns small bases anew (gateway/clerk/tutor.c) */
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

/* Says what was passed over: nobody would find it by looking at the articles. */
static void
warn_unread (const GPtrArray *articles)
{
  const PnArticle *first = NULL;
  guint count = 0;

  for (guint i = 0; i < articles->len; i++) {
    const PnArticle *article = articles->pdata[i];

    if (article->unread == NULL)
      continue;
    first = first != NULL ? first : article;
    count++;
  }
  if (first != NULL)
    fprintf (
        stderr,
        "warning: \"%s\" in the article \"%s\" is no key that means something here; %u of %u have such\n",
        first->unread, first->external_id, count, articles->len);
}

typedef gboolean (*Lookup) (PnDb *db, const char *name, gboolean *is_there, GError **error);

static gboolean
is_staff (PnDb *db, const char *login, gboolean *is_there, GError **error)
{
  g_autoptr (PnAgent) agent = NULL;

  if (!pn_agent_find (db, login, &agent, error))
    return FALSE;
  *is_there = agent != NULL;
  return TRUE;
}

/* Names the first of @articles whose field at @offset names what is not there: that is stored all the same, since it may
 * come later. */
static gboolean
warn_missing (PnDb *db, const GPtrArray *articles, gsize offset, Lookup find, const char *what,
              GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  const PnArticle *first = NULL;
  guint count = 0;

  for (guint i = 0; i < articles->len; i++) {
    const PnArticle *article = articles->pdata[i];
    const char *name = G_STRUCT_MEMBER (const char *, article, offset);
    gpointer is_there;

    if (*name == '\0')
      continue;
    if (!g_hash_table_lookup_extended (known, name, NULL, &is_there)) {
      gboolean is_found = FALSE;

      if (!find (db, name, &is_found, error))
        return FALSE;
      is_there = GINT_TO_POINTER (is_found);
      g_hash_table_insert (known, (char *) name, is_there);
    }
    if (is_there != NULL)
      continue;
    first = first != NULL ? first : article;
    count++;
  }
  if (first != NULL)
    fprintf (stderr,
             "warning: \"%s\", %s of the article \"%s\", is not there; %u of %u have such\n",
             G_STRUCT_MEMBER (const char *, first, offset), what, first->external_id, count,
             articles->len);
  return TRUE;
}

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
  warn_unread (articles);
  db = pn_cli_db (cli, error);
  if (db == NULL || !pn_import_images (db, argv[1], NULL, error)
      || !pn_import_store (db, articles, &counts, error)
      || !warn_missing (db, articles, G_STRUCT_OFFSET (PnArticle, owner), is_staff, "the owner",
                        error)
      || !warn_missing (db, articles, G_STRUCT_OFFSET (PnArticle, translation_of),
                        pn_article_is_taken, "the original", error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:i,s:i,s:i}", "created", (int) counts.created, "updated",
                                  (int) counts.updated, "unchanged", (int) counts.unchanged));
  else if (articles->len == 0)
    printf ("%s has no articles%s\n", argv[1],
            g_file_test (argv[1], G_FILE_TEST_IS_DIR) ? ": they are files named *.md" : "");
  else
    printf ("%u article%s: %u new, %u changed, %u as they were\n", articles->len,
            articles->len == 1 ? "" : "s", counts.created, counts.updated, counts.unchanged);
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

/* A question of a batch and what was found. */
typedef struct {
  char *qid;
  GPtrArray *hits; /* of PnKbHit */
} Asked;

static void
asked_clear (gpointer data)
{
  Asked *asked = data;

  g_free (asked->qid);
  g_clear_pointer (&asked->hits, g_ptr_array_unref);
}

static void
print_run (const Asked *asked, const Options *options)
{
  for (guint i = 0; i < asked->hits->len; i++) {
    const PnKbHit *hit = asked->hits->pdata[i];

    printf ("%s Q0 %s %u %.9f %s\n", asked->qid, hit->external_id, i + 1,
            options->with_confidence ? hit->confidence : hit->score, options->run);
  }
}

/* The file is a stream of questions, and confidences are settled by it, unless the base has learned from its own what share
 * it can answer. What stands behind the first answer keeps its distance. */
static gboolean
settle (PnDb *db, GArray *list, GError **error)
{
  g_autoptr (PnTrust) trust = pn_trust_load (db, error);
  g_autofree double *first = g_new (double, list->len + 1);
  g_autofree double *before = NULL;

  if (trust == NULL || trust->samples >= PN_KB_SAMPLES_MIN)
    return trust != NULL;
  for (guint i = 0; i < list->len; i++) {
    const GPtrArray *hits = g_array_index (list, Asked, i).hits;

    first[i] = hits->len > 0 ? ((const PnKbHit *) hits->pdata[0])->confidence : NAN;
  }
  before = g_memdup2 (first, list->len * sizeof *first);
  pn_kb_confidence_settle (first, list->len);
  for (guint i = 0; i < list->len; i++) {
    const GPtrArray *hits = g_array_index (list, Asked, i).hits;

    for (guint k = 0; k < hits->len; k++) {
      PnKbHit *hit = hits->pdata[k];

      hit->confidence *= first[i] / before[i];
    }
  }
  return TRUE;
}

/* Lines "qid TAB question"; what is no such line, or not UTF-8, is an error with its number. */
static gboolean
search_batch (PnDb *db, PnKbQuery *query, const Options *options, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) why = NULL;
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (Asked));
  g_auto (GStrv) lines = NULL;

  g_array_set_clear_func (list, asked_clear);
  if (!g_file_get_contents (options->batch, &text, NULL, &why)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "%s", why->message);
    return FALSE;
  }
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    char *tab = strchr (g_strchomp (lines[i]), '\t');
    g_autofree char *question = NULL;
    Asked asked;

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
    asked = (Asked){ g_strdup (lines[i]), pn_kb_search (db, query, error) };
    g_array_append_val (list, asked);
    if (asked.hits == NULL)
      return FALSE;
  }
  if (options->with_confidence && !settle (db, list, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    print_run (&g_array_index (list, Asked, i), options);
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
  query.has_phrases = TRUE;
  query.wants_excerpts = TRUE;
  query.wants_why = options.is_explained || pn_cli_wants_json (cli);
  return search_one (cli, db, &query, error);
}

/* Takes a line "ARTICLE TAB QUESTION" as what staff answered the question with; "-" for none. */
static gboolean
add_question (PnDb *db, char *line, gsize number, GError **error)
{
  char *tab = strchr (line, '\t');
  g_autofree char *key = NULL;
  g_autoptr (PnArticle) article = NULL;
  PnFeedback feedback = { .kind = PN_FEEDBACK_STAFF };

  if (tab == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "line %zu: no tab", number);
    return FALSE;
  }
  key = g_strconcat ("import:", line, NULL);
  *tab = '\0';
  feedback.question = tab + 1;
  if (strcmp (line, "-") == 0) {
    feedback.kind = PN_FEEDBACK_NONE;
  } else {
    if (!pn_article_find_external (db, line, &article, error))
      return FALSE;
    if (article == NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "line %zu: there is no article \"%s\"", number, line);
      return FALSE;
    }
    feedback.article_id = article->id;
    feedback.language = article->language;
  }
  return g_utf8_validate (feedback.question, -1, NULL)
         && pn_feedback_add (db, &feedback, key, error);
}

static gboolean
add_questions (PnDb *db, gpointer data, GError **error)
{
  char **lines = data;

  for (gsize i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = g_utf8_make_valid (g_strchomp (lines[i]), -1);

    if (*line != '\0' && !add_question (db, line, i + 1, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
load_questions (PnDb *db, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) why = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, &why)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "%s", why->message);
    return FALSE;
  }
  lines = g_strsplit (text, "\n", -1);
  if (pn_db_run (db, add_questions, lines, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

static void
print_report (PnCli *cli, const PnStudyReport *report)
{
  const PnTrust *trust = report->trust;

  if (pn_cli_wants_json (cli)) {
    pn_cli_print_json (json_pack (
        "{s:i, s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:b}", "questions", (int) report->questions,
        "learned", (int) report->learned, "changed", (int) report->changed, "samples",
        (int) report->samples, "threshold", trust->threshold, "precision", trust->precision,
        "coverage", trust->coverage, "error", trust->error, "own_weights", trust->weights != NULL));
    return;
  }
  printf ("%u questions with feedback; articles are known by %u of them (%u new or gone)\n",
          report->questions, report->learned, report->changed);
  printf ("%u questions tell whether the first answer is right: calibration error %.3f, with the "
          "general weights %.3f\n",
          report->samples, trust->error, report->error_before);
  if (trust->threshold > 1)
    printf ("no answers go out by themselves: too many would be wrong\n");
  else
    printf ("answers go out from %.0f %% on: %.1f %% of these were right, %.0f %% of the questions "
            "reach it\n",
            trust->threshold * 100, trust->precision * 100, trust->coverage * 100);
}

static gboolean
learn (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *questions = NULL;
  gboolean if_due = FALSE;
  gboolean is_due = TRUE;
  const GOptionEntry entries[] = {
    { "if-due", 0, 0, G_OPTION_ARG_NONE, &if_due,
      "Only when enough was said since the last time (for timers)", NULL },
    { "questions", 0, 0, G_OPTION_ARG_FILENAME, &questions,
      "First takes in past questions, lines \"ARTICLE<TAB>QUESTION\" (\"-\": none answers it)",
      "FILE" },
    { NULL },
  };
  g_auto (PnStudyReport) report = { 0 };
  PnDb *db;

  if (!pn_cli_parse (cli, entries, "", &argc, &argv, error))
    return FALSE;
  db = pn_cli_db (cli, error);
  if (db == NULL || (questions != NULL && !load_questions (db, questions, error))
      || (if_due && !pn_study_is_due (db, NEW_FEEDBACK, &is_due, error)))
    return FALSE;
  if (!is_due) {
    if (pn_cli_wants_json (cli))
      pn_cli_print_json (json_pack ("{s:b}", "is_due", FALSE));
    else
      puts ("nothing new to learn from");
    return TRUE;
  }
  if (!pn_study (db, 0, &report, error))
    return FALSE;
  print_report (cli, &report);
  return TRUE;
}

static const PnCliVerb verbs[] = {
  { "import", import, "Takes in articles: a folder of Markdown, or a file of JSON lines" },
  { "export", export, "Writes all articles: into a folder, or as JSON lines" },
  { "learn", learn, "Learns from what customers and staff said of answers" },
  { "search", search, "Finds the articles that answer a question" },
  { NULL, NULL, NULL },
};

int
pn_cmd_kb (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
