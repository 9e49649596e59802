/* Rule book: the enabled rules in their order and the names that their facts are made of, loaded once for many tickets.
 * One thread at a time. */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/rule.h"
#include "ticketing/rule_fact.h"

typedef struct PnRuleBook PnRuleBook;

/* @stem may be NULL: words are then compared folded. */
PnRuleBook *pn_rule_book_load (PnDb *db, PnStemFunc stem, gpointer stem_data,
                               GError **error); /* (owned) */

/* A book of @rules (of PnRule, taken) instead of the enabled ones: for a replay. */
PnRuleBook *pn_rule_book_new (GPtrArray *rules, PnStemFunc stem, gpointer stem_data);
void pn_rule_book_free (PnRuleBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRuleBook, pn_rule_book_free)

const GPtrArray *pn_rule_book_rules (const PnRuleBook *book); /* of PnRule */
gboolean pn_rule_book_listens (const PnRuleBook *book, PnRuleOn on);
const PnRule *pn_rule_book_find (const PnRuleBook *book, gint64 id); /* NULL: is not enabled */
guint64 pn_rule_book_fields (const PnRuleBook *book); /* that any condition asks, PN_FIELD_BIT () */
PnFacts *pn_rule_book_facts (const PnRuleBook *book); /* (owned) nothing is known */

/* Names by id and the site's words of mood, loaded when first asked for; NULL with an error. */
gboolean pn_rule_book_load_names (PnRuleBook *book, PnDb *db, GError **error);
const char *pn_rule_book_queue (const PnRuleBook *book, gint64 id);          /* NULL: unknown */
const char *pn_rule_book_language (const PnRuleBook *book, gint64 queue_id); /* NULL: unknown */
const char *pn_rule_book_mailbox (const PnRuleBook *book, gint64 id);        /* NULL: unknown */
const char *pn_rule_book_agent (const PnRuleBook *book, gint64 id);          /* NULL: unknown */
const PnMood *pn_rule_book_mood (const PnRuleBook *book);                    /* NULL: not loaded */
