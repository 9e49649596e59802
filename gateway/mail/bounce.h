/* Bounces: mails about mails. Which recipient got what, and why not.
 *
 *   RFC 3464/6522  message/delivery-status: fields a recipient          → bounce or delivery_report
 *   RFC 5965       message/feedback-report                              → feedback_report
 *   RFC 8098       message/disposition-notification                     → disposition
 *   prose          from a mailer daemon, or in its words: the recipient, the codes and the words of the text
 *
 * A code in the text that is more exact than a Status field (5.0.0) wins; where there is none, the words give it ("user
 * unknown" is 5.1.1). Linear in the size of the texts. Pure; any thread.
 */
#pragma once

#include "ticketing/core/mail.h"

/* The parts of a report, as text; any may be NULL. */
typedef struct {
  const char *report_type; /* of multipart/report, lower case */
  const char *delivery_status;
  const char *feedback;
  const char *disposition;
  const char *text;     /* the prose */
  const char *original; /* the header of the mail it is about */
} PnReport;

/* Sets @mail's kind, bounce and auto_reasons if it is a report of any kind. Call it when from, subject, headers and
 * return_path are there. */
void pn_bounce_judge (PnMail *mail, const PnReport *report);
