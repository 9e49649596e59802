/* Rule stems: how rules compare words, with the stemmers of the knowledge base. One thread at a time. */
#pragma once

#include "ticketing/rule_fact.h"

typedef struct PnRuleStems PnRuleStems;

PnRuleStems *pn_rule_stems_new (void); /* (owned) */
void pn_rule_stems_free (PnRuleStems *stems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRuleStems, pn_rule_stems_free)

/* A PnStemFunc; @data: PnRuleStems. */
char *pn_rule_stem (gpointer data, const char *language, const char *word);
