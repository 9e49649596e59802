/* Compose: letters that the outbox orders become bytes, once; a retry sends the same bytes.
 *
 *   From         the queue's name at the mailbox's address
 *   Reply-To     local+t.TOKEN@domain  who writes there belongs to the ticket; only where the mailbox takes such addresses
 *   MAIL FROM    local+b.TOKEN@domain  so a bounce proves which letter it is about; else the mailbox, or <> for machines
 *   Message-ID   p1.TOKEN@domain       signed, so an answer proves that it answers a letter of ours
 *   X-Postern-Id TOKEN                 signed, so we know our own mail when it comes back
 *
 * Tokens name the outbox row (Reply-To: the ticket) and have a purpose each (ticketing/core/token). The subject stays
 * the ticket's with its number behind it; references are those of the message that is answered (RFC 5322, 3.6.4).
 */
#pragma once

#include "templates/template.h"
#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"

typedef struct {
  PnDb *db;
  const PnSecret *key; /* of PN_KEY_TOKEN */
  PnTemplates *templates;
  const char *site_url; /* of the help centre and the desk, without a slash at its end; "" : none */
} PnCompose;

/* Renders up to @limit letters, oldest first; one that can't be rendered fails, with its reason on the ticket.
 * @looked_at: how many; 0: nothing waits. */
gboolean pn_compose_round (const PnCompose *compose, guint limit, guint *looked_at, GError **error);
