/* Said: sentences that the program makes in English, with values in them, in the language of who reads them.
 *
 *   "there is no queue \"x\""   is   there is no queue "{1}"   which is   es gibt keine Warteschlange „{1}“
 *
 * Errors, and what was stored of them, are such sentences; tools and the API show them as they are. A catalogue
 * (templates/said/de.po, kept by contrib/messages) has each with a hole for each value. A value that is not in quotes may be
 * such a sentence itself ("line 3: …"). What is not known stays as it is: servers' words, what people wrote.
 *
 * Never changes after it was made: any thread may use it.
 */
#pragma once

#include "templates/catalogue.h"

typedef struct PnSaid PnSaid;

/* Returns: (owned) what is needed to read the sentences of @catalogue (taken). */
PnSaid *pn_said_new (PnCatalogue *catalogue);
void pn_said_free (PnSaid *said);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSaid, pn_said_free)

/* Returns: (owned) @sentence in the language of @said (NULL: English). */
char *pn_said_write (const PnSaid *said, const char *sentence);
