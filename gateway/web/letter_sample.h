/* Sample: a document for every letter that staff may word, made of a ticket or invented, as gateway/clerk/compose would
 * make it: for previews, and to check words before they are saved (templates/mail/README lists the fields). */
#pragma once

#include "gateway/web/call.h"

/* @ticket: NULL for an invented one. @is_bare: with nothing in it that a letter can't count on. Returns: (owned). */
json_t *pn_letter_sample (PnCall *call, const char *letter, const PnTicket *ticket,
                          gboolean is_bare, GError **error);
