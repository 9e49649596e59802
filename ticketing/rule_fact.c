#include "ticketing/rule_fact.h"

#include <string.h>

#define WORDS_MAX 20000
#define WORD_BYTES 128

static void
word_free (gpointer data)
{
  PnFactWord *word = data;

  g_free (word->folded);
  g_free (word->stem);
  g_free (word);
}

static void
fact_clear (PnFact *fact)
{
  g_clear_pointer (&fact->texts, g_ptr_array_unref);
  g_clear_pointer (&fact->words, g_ptr_array_unref);
}

static void
param_free (gpointer data)
{
  fact_clear (data);
  g_free (data);
}

PnFacts *
pn_facts_new (PnStemFunc stem, gpointer stem_data)
{
  PnFacts *facts = g_new0 (PnFacts, 1);

  facts->params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, param_free);
  facts->stem = stem;
  facts->stem_data = stem_data;
  return facts;
}

void
pn_facts_free (PnFacts *facts)
{
  if (facts == NULL)
    return;
  for (guint i = 0; i < PN_FIELD_COUNT; i++)
    fact_clear (&facts->facts[i]);
  g_hash_table_unref (facts->params);
  g_free (facts->stem_language);
  g_free (facts);
}

char *
pn_fact_fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *lower = g_utf8_casefold (valid, -1);
  g_autofree char *apart = g_utf8_normalize (lower, -1, G_NORMALIZE_NFKD);
  g_autoptr (GString) folded = g_string_sized_new (strlen (apart));

  for (const char *c = apart; *c != '\0'; c = g_utf8_next_char (c)) {
    const gunichar letter = g_utf8_get_char (c);

    if (letter < 0x0300 || letter > 0x036f)
      g_string_append_unichar (folded, letter);
  }
  return g_utf8_normalize (folded->str, -1, G_NORMALIZE_NFC);
}

/* Scripts without spaces: each character is a word, so that a phrase is a run of them. */
static gboolean
is_dense (gunichar letter)
{
  return (letter >= 0x0e00 && letter <= 0x0eff) || (letter >= 0x3040 && letter <= 0x30ff)
         || (letter >= 0x3400 && letter <= 0x9fff) || (letter >= 0xac00 && letter <= 0xd7af)
         || (letter >= 0x20000 && letter <= 0x3ffff);
}

static const char *
word_end (const char *start)
{
  const char *end = g_utf8_next_char (start);

  if (is_dense (g_utf8_get_char (start)))
    return end;
  while (*end != '\0' && end - start < WORD_BYTES) {
    const gunichar letter = g_utf8_get_char (end);

    if ((!g_unichar_isalnum (letter) && !g_unichar_ismark (letter)) || is_dense (letter))
      break;
    end = g_utf8_next_char (end);
  }
  return end;
}

GPtrArray *
pn_fact_words (const char *text, const char *language, PnStemFunc stem, gpointer data)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (word_free);
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_autofree char *lower = g_utf8_strdown (valid, -1);
  const char *end;

  for (const char *c = lower; *c != '\0' && words->len < WORDS_MAX; c = end) {
    g_autofree char *raw = NULL;
    PnFactWord *word;

    end = g_utf8_next_char (c);
    if (!g_unichar_isalnum (g_utf8_get_char (c)))
      continue;
    end = word_end (c);
    raw = g_strndup (c, end - c);
    word = g_new0 (PnFactWord, 1);
    word->folded = pn_fact_fold (raw);
    word->stem = stem != NULL ? stem (data, language, raw) : g_strdup (word->folded);
    g_ptr_array_add (words, word);
  }
  return words;
}

static PnFact *
find_param (PnFacts *facts, PnRuleField field, const char *param)
{
  g_autofree char *folded = pn_fact_fold (param);
  char *key = g_strdup_printf ("%d:%s", (int) field, folded);
  PnFact *fact = g_hash_table_lookup (facts->params, key);

  if (fact != NULL) {
    g_free (key);
    return fact;
  }
  fact = g_new0 (PnFact, 1);
  g_hash_table_insert (facts->params, key, fact);
  return fact;
}

static void
add_text (PnFact *fact, const char *text)
{
  fact->is_known = TRUE;
  if (fact->texts == NULL)
    fact->texts = g_ptr_array_new_with_free_func (g_free);
  if (text != NULL && *text != '\0')
    g_ptr_array_add (fact->texts, pn_fact_fold (text));
}

void
pn_facts_clear (PnFacts *facts, PnRuleField field)
{
  fact_clear (&facts->facts[field]);
  facts->facts[field].is_known = TRUE;
}

void
pn_facts_add (PnFacts *facts, PnRuleField field, const char *text)
{
  add_text (&facts->facts[field], text);
}

void
pn_facts_set (PnFacts *facts, PnRuleField field, const char *text)
{
  pn_facts_clear (facts, field);
  pn_facts_add (facts, field, text);
}

void
pn_facts_remove (PnFacts *facts, PnRuleField field, const char *text)
{
  const GPtrArray *texts = facts->facts[field].texts;
  g_autofree char *folded = pn_fact_fold (text);

  for (guint i = 0; texts != NULL && i < texts->len; i++) {
    if (strcmp (texts->pdata[i], folded) == 0) {
      g_ptr_array_remove_index (facts->facts[field].texts, i);
      return;
    }
  }
}

void
pn_facts_set_number (PnFacts *facts, PnRuleField field, gint64 number)
{
  facts->facts[field].is_known = TRUE;
  facts->facts[field].number = number;
}

void
pn_facts_set_words (PnFacts *facts, PnRuleField field, const char *text)
{
  pn_facts_clear (facts, field);
  facts->facts[field].words =
      pn_fact_words (text, facts->stem_language, facts->stem, facts->stem_data);
}

void
pn_facts_set_language (PnFacts *facts, const char *language, const char *fallback)
{
  g_free (facts->stem_language);
  facts->stem_language = g_strdup (language != NULL ? language : fallback);
  pn_facts_set (facts, PN_FIELD_LANGUAGE, language);
}

void
pn_facts_add_param (PnFacts *facts, PnRuleField field, const char *param, const char *text)
{
  add_text (find_param (facts, field, param), text);
}

void
pn_facts_set_param_number (PnFacts *facts, PnRuleField field, const char *param, gint64 number)
{
  PnFact *fact = find_param (facts, field, param);

  fact->is_known = TRUE;
  fact->number = number;
}

const PnFact *
pn_facts_get (const PnFacts *facts, PnRuleField field, const char *param)
{
  g_autofree char *folded = NULL;
  g_autofree char *key = NULL;
  const PnFact *fact;

  if (param == NULL)
    return &facts->facts[field];
  folded = pn_fact_fold (param);
  key = g_strdup_printf ("%d:%s", (int) field, folded);
  fact = g_hash_table_lookup (facts->params, key);
  return fact != NULL ? fact : &facts->facts[field];
}
