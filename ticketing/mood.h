/* Mood words: which words of its own a site takes for angry or pleased, and which of the common ones say nothing there
 * ("broken" at a workshop). They go before the common lists (rule_mood.h). Owns the table mood_words.
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/db.h"

#define PN_MOOD_WORDS_MAX 1000 /* of a kind */
#define PN_MOOD_WORD_BYTES 64

typedef enum { PN_MOOD_NEGATIVE, PN_MOOD_NEUTRAL, PN_MOOD_POSITIVE } PnMoodKind;
#define PN_MOOD_COUNT 3

/* Words with blanks between, folded; a "*" ends beginnings. Never NULL. */
typedef struct {
  char *words[PN_MOOD_COUNT];
} PnMood;

PnMood *pn_mood_new (void); /* (owned) no words */
void pn_mood_free (PnMood *mood);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnMood, pn_mood_free)

/* Reads words as people type them, with blanks, commas or line ends between. INVALID names the one that is none. */
gboolean pn_mood_read (PnMood *mood, PnMoodKind kind, const char *text, GError **error);

PnMood *pn_mood_load (PnDb *db, GError **error); /* (owned) */
gboolean pn_mood_save (PnDb *db, const PnMood *mood,
                       GError **error); /* in a transaction of its own */

/* The words as a document: {"negative": "leak* late", "neutral": "broken", "positive": ""}; (owned). What is not in one that
 * is read stays as it is. INVALID as pn_mood_read (), and for keys that there are none of. */
json_t *pn_mood_write (const PnMood *mood);
gboolean pn_mood_read_document (PnMood *mood, const json_t *document, GError **error);

const char *pn_mood_name (PnMoodKind kind); /* "negative" */

/* Is @word, folded, one of @list (words as in PnMood)? */
gboolean pn_mood_has (const char *list, const char *word);
