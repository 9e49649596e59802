/* Reasons: the sentences that say why something was done, in the language of the reader.
 *
 * They are kept as they were said, in English, and programs get them so. Pages look each up in the catalogue by its text,
 * ticket numbers in it by a hole ("#1042" by "#{number}"): templates/web/reasons.html lists them. What is not there is
 * shown as it was said.
 */
#pragma once

#include "gateway/web/call.h"

json_t *pn_reason_show (const PnCall *call, const char *sentence);     /* (owned) null for NULL */
json_t *pn_reasons_show (const PnCall *call, const json_t *sentences); /* (owned) [] for NULL */
