/* Words: reasons (core/reason) as English sentences, for what commands print; codes where the templates are broken. */
#pragma once

#include "gateway/cli/context.h"

/* Returns: (owned) the sentence of the document @reason; its code where @templates is NULL, "" for null. */
char *pn_words_write (PnTemplates *templates, const json_t *reason);

/* Returns: (owned) the sentence of what is stored; "" for none. */
char *pn_cli_sentence (PnCli *cli, const char *stored);

/* Returns: (owned) the sentences of a list of reasons; [] for NULL. */
json_t *pn_cli_sentences (PnCli *cli, const json_t *reasons);
