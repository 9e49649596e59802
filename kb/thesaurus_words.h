/* The groups of words of kb/thesaurus. */
#pragma once

/* Returns: (borrowed) the groups of @language ("en"), apart by "|", their words by spaces; NULL where there are none. */
const char *pn_thesaurus_words (const char *language);
