/* kb-speed ARTICLES [QUESTIONS]: how much CPU time a search takes and how much memory an index, with articles that are made up: about
 * 110 words each from a vocabulary whose words are as unevenly common as those of a language (Zipf), one known question
 * each; questions of 4 to 12 words, half of them from an article. Prints one line; asserts nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kb/ask.h"

#define VOCABULARY 60000
#define BODY_WORDS 100
#define TITLE_WORDS 7

static guint32 seed = 1;

static double
next (void)
{
  seed = seed * 1664525 + 1013904223;
  return (seed >> 8) / 16777216.0;
}

/* A word by its rank: the lower, the shorter. */
static void
append_word (GString *text, guint rank)
{
  static const char *const syllables[] = { "ka",  "lo",  "mi", "ne",  "ru",  "sta", "ver", "tion",
                                           "pra", "des", "un", "gel", "com", "ist", "ab",  "or" };

  do {
    g_string_append (text, syllables[rank % G_N_ELEMENTS (syllables)]);
    rank /= G_N_ELEMENTS (syllables);
  } while (rank > 0);
  g_string_append_c (text, ' ');
}

/* Rank r comes about 1 / r as often as the first. */
static guint
draw_rank (void)
{
  return (guint) (pow (VOCABULARY, next ())) - 1;
}

static char *
make_text (guint words)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < words; i++)
    append_word (text, draw_rank ());
  return g_string_free (text, FALSE);
}

static gint64
memory_kib (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmRSS:");
  return line != NULL ? g_ascii_strtoll (line + strlen ("VmRSS:"), NULL, 10) : 0;
}

static PnKbIndex *
make_index (guint n, GPtrArray *questions)
{
  PnKbIndex *index = pn_kb_index_new ();

  for (guint i = 0; i < n; i++) {
    g_autoptr (PnArticle) article = pn_article_new ();

    article->id = i + 1;
    g_free (article->title);
    article->title = make_text (TITLE_WORDS);
    g_free (article->body);
    article->body = make_text (BODY_WORDS);
    g_free (article->language);
    article->language = g_strdup ("en");
    g_ptr_array_add (article->questions, make_text (TITLE_WORDS));
    if (i % 7 == 0)
      g_ptr_array_add (questions, g_strdup (article->questions->pdata[0]));
    pn_kb_index_put (index, article);
  }
  pn_kb_index_seal (index);
  return index;
}

static int
by_time (gconstpointer left, gconstpointer right)
{
  gint64 a = *(const gint64 *) left, b = *(const gint64 *) right;

  return a < b ? -1 : a > b;
}

/* Of this process, in microseconds: what others do on the machine is not counted. */
static gint64
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static double
ask (const PnKbBase *base, guint n, const GPtrArray *questions, double *median)
{
  g_autofree gint64 *times = g_new (gint64, n);

  for (guint i = 0; i < n; i++) {
    g_autofree char *random = make_text (4 + i % 9);
    const PnKbQuery query = { .text = i % 2 == 0 ? random : questions->pdata[i % questions->len],
                              .language = "en" };
    g_autoptr (GPtrArray) hits = NULL;
    PnBag bag;
    gint64 start = cpu_time ();

    hits = pn_kb_ask (base, &query, &bag);
    times[i] = cpu_time () - start;
    pn_bag_clear (&bag);
  }
  qsort (times, n, sizeof *times, by_time);
  *median = (double) times[n / 2] / 1000;
  return (double) times[n * 99 / 100] / 1000;
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint) atoi (argv[1]) : 10000;
  guint asked = argc > 2 ? (guint) atoi (argv[2]) : 1000;
  g_autoptr (GPtrArray) questions = g_ptr_array_new_with_free_func (g_free);
  gint64 before = memory_kib ();
  gint64 start = g_get_monotonic_time ();
  PnKbBase base = { .index = make_index (n, questions) };
  double built = (double) (g_get_monotonic_time () - start) / 1000000;
  double median, p99;

  p99 = ask (&base, asked, questions, &median);
  printf (
      "%u articles: built in %.1f s, %.0f MiB, %u terms; a search %.2f ms (median), %.2f ms (99 %%)\n",
      n, built, (double) (memory_kib () - before) / 1024, base.index->terms->len, median, p99);
  pn_kb_index_free (base.index);
  return 0;
}
