/* The groups of words of kb/thesaurus. */
#pragma once

/* Those of the languages that fill a file. */
extern const char pn_thesaurus_english[];
extern const char pn_thesaurus_french[];
extern const char pn_thesaurus_german[];
extern const char pn_thesaurus_portuguese[];

/* Returns: (borrowed) the groups of @language ("en"), apart by "|", their words by spaces; NULL where there are none.
 * "united+states" is one of several words; what begins with a capital ("US") is known in capitals only. */
const char *pn_thesaurus_words (const char *language);
