/* Stop words: the small words of a language, folded (no case, no diacritics). They are weighed down, not left out: "how
 * to" and "why not" tell questions apart. Unchanging data. */
#pragma once

/* @language: a tag; its first part counts. Returns: NULL-terminated; NULL for a language without a list. */
const char *const *pn_stop_words (const char *language);
