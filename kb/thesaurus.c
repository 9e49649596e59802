#include "kb/thesaurus.h"

#include <string.h>

#include "kb/stem.h"
#include "kb/thesaurus_words.h"

static GMutex lock;
static GHashTable *languages; /* tag -> GHashTable: entry -> GPtrArray of entries */

/* Returns: (owned) the entry that @word of a group stands for. */
static char *
make_entry (PnStemmer *stemmer, const char *word)
{
  g_auto (GStrv) parts = NULL;

  if (g_ascii_isupper (*word))
    return g_strdup (word);
  parts = g_strsplit (word, "+", -1);
  for (char **part = parts; *part != NULL; part++) {
    char *stem = pn_stemmer_stem (stemmer, *part);

    g_free (*part);
    *part = stem;
  }
  return g_strjoinv ("+", parts);
}

/* All words of @group (apart by spaces) are known by each other. */
static void
add_group (GHashTable *stems, PnStemmer *stemmer, const char *group)
{
  g_auto (GStrv) words = g_strsplit (group, " ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    char *entry = make_entry (stemmer, words[i]);

    g_free (words[i]);
    words[i] = entry;
  }
  for (guint i = 0; words[i] != NULL; i++) {
    GPtrArray *others = g_hash_table_lookup (stems, words[i]);

    if (others == NULL) {
      others = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (stems, g_strdup (words[i]), others);
    }
    for (guint k = 0; words[k] != NULL; k++) {
      if (strcmp (words[k], words[i]) != 0 && !g_ascii_isupper (*words[k])
          && !g_ptr_array_find_with_equal_func (others, words[k], g_str_equal, NULL))
        g_ptr_array_add (others, g_strdup (words[k]));
    }
  }
}

static GHashTable *
load (const char *language)
{
  g_auto (GStrv) groups = g_strsplit (pn_thesaurus_words (language), "|", -1);
  g_autoptr (PnStemmer) stemmer = pn_stemmer_new (language);
  GHashTable *stems =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; groups[i] != NULL; i++)
    add_group (stems, stemmer, groups[i]);
  return stems;
}

const GPtrArray *
pn_thesaurus_of (const char *language, const char *entry)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GHashTable *stems;

  if (pn_thesaurus_words (language) == NULL)
    return NULL;
  if (languages == NULL)
    languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_hash_table_unref);
  stems = g_hash_table_lookup (languages, language);
  if (stems == NULL) {
    stems = load (language);
    g_hash_table_insert (languages, g_strdup (language), stems);
  }
  return g_hash_table_lookup (stems, entry);
}
