/* Auto: whether a person wrote a mail or a machine, by what its header says (RFC 3834, RFC 2369 and habit).
 *
 * Every finding is kept as a sentence in auto_reasons: whoever finds any there sends no automatic answer. The kind only
 * changes on strong signs, since a person taken for a robot is a customer without an answer. Pure; any thread.
 */
#pragma once

#include "ticketing/core/mail.h"

/* Sets @mail's kind (AUTO_REPLY, LIST, CALENDAR, or what it is) and appends its auto_reasons. Call it when from, subject,
 * text, reply, headers and return_path are there. @calendar_method: of a text/calendar part ("request"), or NULL. */
void pn_auto_judge (PnMail *mail, const char *calendar_method);

/* Returns: TRUE when @address is one that programs send from: mailer-daemon, no-reply, owner-list. */
gboolean pn_auto_is_robot_address (const char *address);
