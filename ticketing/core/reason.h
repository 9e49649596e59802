/* Reasons: why something was done, as a small document that is put into words when somebody reads it.
 *
 *   {"v":1,"code":"thread_subject","ticket":1042}
 *
 * The codes are the closed list PN_REASON_CODES (ticketing/core/reason_codes.h); their words, and with them the
 * arguments that each has, are in templates/web/reason.txt (templates/sentence.h renders it). Arguments are texts,
 * numbers, and lists and objects of them; one may be a reason itself ("because").
 *
 * A reason travels and is stored as its text. What people write as a reason (pn_reason_said ()) has the code "said". What
 * is no document is older than the codes, and English: it is read as what was said. Pure; any thread may call.
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/reason_codes.h"

#define PN_REASON_VERSION 1
#define PN_REASON_MAX_BYTES 3500 /* of the text */

/* Returns: (borrowed, for ever) the reason @code, which has no arguments. */
const char *pn_reason (PnReasonCode code);

/* Returns: (owned) the reason @code with arguments as json_pack () makes them of @format ("{s:I}"). Long texts are
 * clipped and long lists end with "…" where it would be longer than PN_REASON_MAX_BYTES. */
char *pn_reason_make (PnReasonCode code, const char *format, ...);

/* Returns: (owned) what a person wrote, as a reason; NULL for NULL and "". */
char *pn_reason_said (const char *words);

/* Returns: (owned) the document of a stored text; null for NULL and "". */
json_t *pn_reason_read (const char *stored);

/* As pn_reason_read (), of an element of a list, which holds documents and, from before, texts. */
json_t *pn_reason_read_item (const json_t *item);

/* Adds the document of @stored to @reasons. */
void pn_reason_add (json_t *reasons, const char *stored);

const char *pn_reason_name (PnReasonCode code); /* "thread_subject" */
gboolean pn_reason_is (const json_t *document, PnReasonCode code);
