#include "gateway/clerk/rule_stem.h"

#include "kb/stem.h"

struct PnRuleStems {
  GHashTable *stemmers; /* language → PnStemmer */
};

PnRuleStems *
pn_rule_stems_new (void)
{
  PnRuleStems *stems = g_new0 (PnRuleStems, 1);

  stems->stemmers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) pn_stemmer_free);
  return stems;
}

void
pn_rule_stems_free (PnRuleStems *stems)
{
  if (stems == NULL)
    return;
  g_hash_table_unref (stems->stemmers);
  g_free (stems);
}

char *
pn_rule_stem (gpointer data, const char *language, const char *word)
{
  PnRuleStems *stems = data;
  const char *tag = language != NULL ? language : "";
  PnStemmer *stemmer = g_hash_table_lookup (stems->stemmers, tag);

  if (stemmer == NULL) {
    stemmer = pn_stemmer_new (tag);
    g_hash_table_insert (stems->stemmers, g_strdup (tag), stemmer);
  }
  return pn_stemmer_stem (stemmer, word);
}
