#include "kb/cluster.h"

#include "kb/stem.h"
#include "kb/words.h"

/* Twice what both say, of what they say in all (Dice); a question of one word joins only its like. */
#define OVERLAP_MIN 0.5
#define WORDS_SHOWN 5

void
pn_cluster_free (PnCluster *cluster)
{
  if (cluster == NULL)
    return;
  g_array_unref (cluster->members);
  g_ptr_array_unref (cluster->words);
  g_free (cluster);
}

/* Returns: (owned) the stems of @text, each with the word that it was, without small words. */
static GHashTable *
stems_of (const char *text, PnStemmer *stemmer, const char *language)
{
  g_autoptr (GArray) words = pn_words_split (text);
  GHashTable *stems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < words->len; i++) {
    const PnWord *word = &g_array_index (words, PnWord, i);
    g_autofree char *folded = pn_stem_fold (word->word);

    if (!pn_words_is_stop (folded, language))
      g_hash_table_insert (stems, pn_stemmer_stem (stemmer, word->word), g_strdup (word->word));
  }
  return stems;
}

static double
overlap (GHashTable *a, GHashTable *b)
{
  guint both = 0;
  guint all = g_hash_table_size (a) + g_hash_table_size (b);
  GHashTableIter iter;
  gpointer stem;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &stem, NULL))
    both += g_hash_table_contains (b, stem) ? 1 : 0;
  return all > 0 ? 2.0 * both / all : 0;
}

typedef struct {
  const char *stem;
  const char *word; /* of the leader */
  guint times;
} Count;

static int
most_frequent (gconstpointer a, gconstpointer b)
{
  const Count *first = a;
  const Count *second = b;

  if (first->times != second->times)
    return first->times < second->times ? 1 : -1;
  return g_strcmp0 (first->stem, second->stem);
}

static void
name_cluster (PnCluster *cluster, const GPtrArray *stems)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (Count));
  GHashTableIter iter;
  gpointer stem;
  gpointer word;

  g_hash_table_iter_init (&iter, stems->pdata[cluster->leader]);
  while (g_hash_table_iter_next (&iter, &stem, &word)) {
    Count count = { .stem = stem, .word = word };

    for (guint i = 0; i < cluster->members->len; i++)
      count.times +=
          g_hash_table_contains (stems->pdata[g_array_index (cluster->members, guint, i)], stem)
              ? 1
              : 0;
    if (2 * count.times >= cluster->members->len)
      g_array_append_val (counts, count);
  }
  g_array_sort (counts, most_frequent);
  for (guint i = 0; i < MIN (counts->len, WORDS_SHOWN); i++)
    g_ptr_array_add (cluster->words, g_strdup (g_array_index (counts, Count, i).word));
}

static PnCluster *
begin (guint leader)
{
  PnCluster *cluster = g_new0 (PnCluster, 1);

  cluster->leader = leader;
  cluster->members = g_array_new (FALSE, FALSE, sizeof (guint));
  cluster->words = g_ptr_array_new_with_free_func (g_free);
  g_array_append_val (cluster->members, leader);
  return cluster;
}

/* The nearest group whose leader is near enough; NULL: none. */
static PnCluster *
find_nearest (const GPtrArray *clusters, const GPtrArray *stems, guint i)
{
  PnCluster *nearest = NULL;
  double best = OVERLAP_MIN;

  for (guint j = 0; j < clusters->len; j++) {
    PnCluster *cluster = clusters->pdata[j];
    double near = overlap (stems->pdata[i], stems->pdata[cluster->leader]);

    if (near > best || (near >= best && nearest == NULL)) {
      best = near;
      nearest = cluster;
    }
  }
  return nearest;
}

static int
largest_first (gconstpointer a, gconstpointer b)
{
  const PnCluster *first = *(PnCluster *const *) a;
  const PnCluster *second = *(PnCluster *const *) b;

  if (first->members->len != second->members->len)
    return first->members->len < second->members->len ? 1 : -1;
  return (first->leader > second->leader) - (first->leader < second->leader);
}

GPtrArray *
pn_cluster_texts (const GPtrArray *texts, const char *language)
{
  g_autoptr (PnStemmer) stemmer = pn_stemmer_new (language);
  g_autoptr (GPtrArray) stems =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  GPtrArray *clusters = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_cluster_free);
  guint n = MIN (texts->len, PN_CLUSTER_TEXTS_MAX);

  for (guint i = 0; i < n; i++) {
    PnCluster *nearest;

    g_ptr_array_add (stems, stems_of (texts->pdata[i], stemmer, language));
    nearest = find_nearest (clusters, stems, i);
    if (nearest != NULL)
      g_array_append_val (nearest->members, i);
    else
      g_ptr_array_add (clusters, begin (i));
  }
  for (guint i = 0; i < clusters->len; i++)
    name_cluster (clusters->pdata[i], stems);
  g_ptr_array_sort (clusters, largest_first);
  return clusters;
}
