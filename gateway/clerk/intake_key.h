/* Intake key: level 3 of "one mail is one message" (TRUST.md 5.2): the same mail by another mailbox, as a Bcc or a copy
 * from a list has the same key.
 *
 *   mail      SHA-256 ("p1", group, Message-ID, date, from, subject, digest of the decoded leaf parts)
 *             without a Message-ID the topmost Received field counts too; without a date the server's own
 *   unparsed  SHA-256 ("raw", SHA-256 of its bytes)
 *   form      SHA-256 ("form", its form key, or the spool row where it has none)
 *
 * The group says which queues share mails: there is one for all. Pure.
 */
#pragma once

#include "ticketing/core/mail.h"
#include "ticketing/spool.h"

void pn_intake_key (const PnDelivery *delivery, const PnMail *mail, guint8 key[PN_SHA256_BYTES]);
