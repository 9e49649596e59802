/* Facts: what is known about a ticket at a moment, as rules ask for it. Filled by whoever knows (a mail that is being
 * filed, a stored ticket, a replay of the past), read by ticketing/rule_match.
 *
 *   unknown   nobody said anything yet: a test of it is neither true nor false
 *   known     a set of folded texts (perhaps empty), words in their order, or a number
 *
 * Words are compared folded (no case, no accents), and by their stems where there is a stemmer for the language.
 */
#pragma once

#include "ticketing/mood.h"
#include "ticketing/rule_field.h"

/* Stems a word that is in lower case: (owned). @language may be NULL. */
typedef char *(*PnStemFunc) (gpointer data, const char *language, const char *word);

typedef struct {
  char *folded;
  char *stem;
} PnFactWord;

typedef struct {
  gboolean is_known;
  GPtrArray *texts; /* of char *, folded; NULL: none yet */
  GPtrArray *words; /* of PnFactWord; NULL: none yet */
  gint64 number;
} PnFact;

typedef struct {
  PnFact facts[PN_FIELD_COUNT];
  GHashTable *params;  /* "form:product", "contacts:7" → PnFact */
  char *stem_language; /* NULL: unknown */
  PnStemFunc stem;     /* NULL: words are only folded */
  gpointer stem_data;
  const PnMood *mood; /* the site's own words; NULL: none */
} PnFacts;

PnFacts *pn_facts_new (PnStemFunc stem, gpointer stem_data); /* (owned) nothing is known */
void pn_facts_free (PnFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnFacts, pn_facts_free)

/* Makes a field known and empty. */
void pn_facts_clear (PnFacts *facts, PnRuleField field);

/* Adds to the set of a field, which is known from then on; NULL and "" only make it known. */
void pn_facts_add (PnFacts *facts, PnRuleField field, const char *text);

/* Sets a field to one text. */
void pn_facts_set (PnFacts *facts, PnRuleField field, const char *text);
void pn_facts_remove (PnFacts *facts, PnRuleField field, const char *text);
void pn_facts_set_number (PnFacts *facts, PnRuleField field, gint64 number);

/* Takes @text apart; set the language before. At most 20,000 words count. */
void pn_facts_set_words (PnFacts *facts, PnRuleField field, const char *text);

/* @language: of the ticket, NULL where nobody knows; words are then stemmed as in @fallback (NULL: not at all). */
void pn_facts_set_language (PnFacts *facts, const char *language, const char *fallback);

/* Fields with a parameter. */
void pn_facts_add_param (PnFacts *facts, PnRuleField field, const char *param, const char *text);
void pn_facts_set_param_number (PnFacts *facts, PnRuleField field, const char *param,
                                gint64 number);

/* A form was posted, or none: its other fields are known to be empty. */
#define pn_facts_set_form_known(facts) pn_facts_clear ((facts), PN_FIELD_FORM_FIELD)

const PnFact *pn_facts_get (const PnFacts *facts, PnRuleField field, const char *param);

/* Returns: (owned) of PnFactWord. */
GPtrArray *pn_fact_words (const char *text, const char *language, PnStemFunc stem, gpointer data);
char *pn_fact_fold (const char *text); /* (owned) no case, no accents */
