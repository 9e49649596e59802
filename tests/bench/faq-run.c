/* faq-run SET [QUERIES...]: puts the queries of a question collection (../shared/corpora/faq) to its articles, without a
 * database, and prints run lines "qid Q0 id rank score confidence". Times go to stderr. */
#include <stdio.h>
#include <string.h>

#include "kb/ask.h"
#include "kb/confidence.h"
#include "kb/import.h"

/* "article#3" is a question of the article "article". */
static PnArticle *
article_of (GPtrArray *articles, GHashTable *by_id, const char *id)
{
  g_autofree char *key = g_strndup (id, strcspn (id, "#"));
  PnArticle *article = g_hash_table_lookup (by_id, key);

  if (article != NULL)
    return article;
  article = pn_article_new ();
  article->id = articles->len + 1;
  g_free (article->external_id);
  article->external_id = g_steal_pointer (&key);
  g_ptr_array_add (articles, article);
  g_hash_table_insert (by_id, article->external_id, article);
  return article;
}

static void
take_line (GPtrArray *articles, GHashTable *by_id, const char *line)
{
  json_t *document = json_loads (line, 0, NULL);
  const char *id, *question, *answer, *language;
  PnArticle *article;

  if (document == NULL
      || json_unpack (document, "{s:s,s:s,s:s,s:s}", "id", &id, "question", &question, "answer",
                      &answer, "lang", &language)
             != 0)
    g_error ("no line of a collection: %.60s", line);
  article = article_of (articles, by_id, id);
  if (*article->title != '\0') {
    g_ptr_array_add (article->questions, g_strdup (question));
  } else {
    g_free (article->title);
    article->title = g_strdup (question);
    g_free (article->body);
    article->body = g_strdup (answer);
    g_free (article->language);
    article->language = g_strdup (language);
  }
  json_decref (document);
}

static char **
load_lines (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    g_error ("%s", error->message);
  return g_strsplit (text, "\n", -1);
}

static void
load_base (const char *set, PnKbBase *base)
{
  g_autoptr (GPtrArray) articles =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pn_article_free);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *path = g_build_filename (set, "corpus.jsonl", NULL);
  g_auto (GStrv) lines = load_lines (path);
  gint64 start = g_get_monotonic_time ();

  for (gsize i = 0; lines[i] != NULL; i++) {
    if (*lines[i] != '\0')
      take_line (articles, by_id, lines[i]);
  }
  base->index = pn_kb_index_new ();
  for (guint i = 0; i < articles->len; i++)
    pn_kb_index_put (base->index, articles->pdata[i]);
  pn_kb_index_seal (base->index);
  fprintf (stderr, "%u articles, %u phrasings, %u terms: %.0f ms", base->index->n_living,
           base->index->n_phrasings, base->index->terms->len,
           (double) (g_get_monotonic_time () - start) / 1000);
  start = g_get_monotonic_time ();
  base->model = pn_kb_model_new (base->index);
  fprintf (stderr, ", model %.0f ms", (double) (g_get_monotonic_time () - start) / 1000);
}

/* A question and what was found. */
typedef struct {
  char *qid;
  GPtrArray *hits; /* of PnKbHit */
} Asked;

static void
asked_clear (gpointer data)
{
  Asked *asked = data;

  g_free (asked->qid);
  g_ptr_array_unref (asked->hits);
}

static void
ask (const PnKbBase *base, const char *qid, const char *text, GArray *list)
{
  const PnKbQuery query = { .text = text, .limit = PN_KB_HITS_MAX };
  Asked asked = { .qid = g_strdup (qid) };
  PnBag bag;

  asked.hits = pn_kb_ask (base, &query, &bag);
  g_array_append_val (list, asked);
  pn_bag_clear (&bag);
}

/* Confidences are settled by the stream, as kb search --batch does it. */
static void
print (const GArray *list)
{
  g_autofree double *first = g_new (double, list->len + 1);
  g_autofree double *before = NULL;

  for (guint i = 0; i < list->len; i++) {
    const GPtrArray *hits = g_array_index (list, Asked, i).hits;

    first[i] = hits->len > 0 ? ((PnKbHit *) hits->pdata[0])->confidence : NAN;
  }
  before = g_memdup2 (first, list->len * sizeof *first);
  pn_kb_confidence_settle (first, list->len);
  for (guint i = 0; i < list->len; i++) {
    const Asked *asked = &g_array_index (list, Asked, i);

    for (guint k = 0; k < asked->hits->len; k++) {
      const PnKbHit *hit = asked->hits->pdata[k];

      printf ("%s Q0 %s %u %.9f %.9f\n", asked->qid, hit->external_id, k + 1, hit->score,
              hit->confidence * first[i] / before[i]);
    }
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (Asked));
  PnKbBase base = { 0 };
  gint64 start;
  guint count = 0;

  if (argc < 2)
    g_error ("usage: faq-run SET QUERIES...");
  g_array_set_clear_func (list, asked_clear);
  load_base (argv[1], &base);
  start = g_get_monotonic_time ();
  for (int i = 2; i < argc; i++) {
    g_auto (GStrv) lines = load_lines (argv[i]);

    for (gsize l = 0; lines[l] != NULL; l++) {
      char *tab = strchr (lines[l], '\t');

      if (tab == NULL)
        continue;
      *tab = '\0';
      ask (&base, lines[l], tab + 1, list);
      count++;
    }
  }
  fprintf (stderr, ", %u questions, %.2f ms each\n", count,
           (double) (g_get_monotonic_time () - start) / 1000 / MAX (count, 1));
  print (list);
  pn_kb_model_free (base.model);
  pn_kb_index_free (base.index);
  return 0;
}
