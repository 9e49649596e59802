/* Sentence: a reason (ticketing/core/reason.h) in somebody's language, by web/reason.txt. Any thread. */
#pragma once

#include "templates/template.h"

/* Returns: (owned) the words of @reason, one line, plain text; its code where that has no words (a newer program's), NULL
 * for null. The options' mode is not used. */
char *pn_sentence_write (PnTemplates *templates, const json_t *reason,
                         const PnRenderOptions *options);
