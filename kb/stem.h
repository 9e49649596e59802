/* Stems: a word's form for searching.
 *
 *   stem = fold (Snowball (lower-case word))     fold: no case, no diacritics, ß as ss
 *
 * Snowball reads the letters its language has, so folding comes after it. A language without a Snowball algorithm, or
 * none, is only folded. A PnStemmer belongs to one thread at a time.
 */
#pragma once

#include <glib.h>

typedef struct PnStemmer PnStemmer;

/* @language: a tag, "pt-BR"; its first part counts. May be "". */
PnStemmer *pn_stemmer_new (const char *language);
void pn_stemmer_free (PnStemmer *stemmer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnStemmer, pn_stemmer_free)

/* Returns: (owned) the stem of @word, which is UTF-8. */
char *pn_stemmer_stem (PnStemmer *stemmer, const char *word);

/* Returns: (owned) @word without case and diacritics; in German "ae", "oe" and "ue" are umlauts, too. */
char *pn_stemmer_fold (const PnStemmer *stemmer, const char *word);

/* Returns: (owned) @text without case and diacritics. */
char *pn_stem_fold (const char *text);
