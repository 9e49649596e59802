/* Bodies: which leaves of a mail are its text, which its HTML, and which are attachments. One thread. */
#pragma once

#include "gateway/mail/bounce.h"
#include "gateway/mail/mime_parts.h"
#include "ticketing/core/mail.h"

/* Sets @mail's text (made from HTML: with the marks of html_text.h), html and attachments. */
void pn_mime_body_read (PnMail *mail, const PnMimeParts *parts);

/* Texts of the parts of a report; free with pn_mime_report_free (). */
PnReport *pn_mime_report_read (const PnMimeParts *parts, const char *text);
void pn_mime_report_free (PnReport *report);

/* Returns: the charset of the first text, for 8-bit headers; NULL when it says none. */
const char *pn_mime_body_charset (const PnMimeParts *parts);

/* Returns: (owned) the method of a text/calendar part ("request"), NULL when there is no such part. */
char *pn_mime_body_calendar (const PnMimeParts *parts);
