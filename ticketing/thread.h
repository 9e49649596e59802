/* Threading: which ticket may a mail belong to, and why. It only proposes (DESIGN.md 1.3); what the mail may do is for
 * the caller to decide from @verdict, @is_participant and @has_token.
 *
 *   order of evidence: 1 signed reply token in a recipient address (local+t.TOKEN@)   2 own Message-ID with a valid mark
 *   (p1.TOKEN@domain)   3 known Message-ID and the sender takes part   4 subject tag [#1042] and the sender takes part
 *   A known Message-ID or a tag of somebody who does not take part proposes a link, not a place.
 *   Known is also an id that an earlier mail answers: an answer may overtake, and two may answer what never came here.
 */
#pragma once

#include "ticketing/core/mail.h"
#include "ticketing/core/token.h"
#include "ticketing/ticket.h"

typedef enum {
  PN_EVIDENCE_NONE,
  PN_EVIDENCE_TOKEN,
  PN_EVIDENCE_OWN_ID,
  PN_EVIDENCE_KNOWN_ID,
  PN_EVIDENCE_TAG
} PnEvidence;

typedef struct {
  PnEvidence evidence;
  gint64 ticket_id; /* proposed; 0: none */
  gint64 linked_id; /* known, but the sender may not join it: link a new ticket to it; 0: none */
  gboolean is_participant; /* the sender, on ticket_id */
  gboolean has_token;      /* a valid token for ticket_id came with the mail */
  gboolean has_bad_token;  /* something looked like a token of ours and was not valid */
  char *reason;            /* for "why?" (core/reason) */
  GArray *related;         /* of gint64: tickets of other mails that it names, not ticket_id */
  GPtrArray *ids; /* of char *, borrowed from the mail: what others may name and find it by */
} PnThread;

/* @key: of PN_KEY_TOKEN. @our_addresses: (of char *) of our mailboxes, folded. In the filing transaction.
 * Returns: (owned). */
PnThread *pn_thread_find (PnDb *db, const PnSecret *key, const PnMail *mail,
                          const GPtrArray *our_addresses, GError **error);
void pn_thread_free (PnThread *thread);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnThread, pn_thread_free)

#define PN_THREAD_AGENT_TAG                                                                        \
  's' /* of notices: local+s.TOKEN@; not evidence, but the clerk's to judge */

/* The tag of a recipient address: "support+t.abc@x" gives "abc" for 't', (owned); NULL when there is none. */
char *pn_thread_address_tag (const char *address, char letter);
char *pn_thread_tagged_address (const char *address, char letter, const char *token); /* (owned) */

/* The ticket number of a subject tag "[#1042]"; 0: none. */
gint64 pn_thread_subject_number (const char *subject);

/* (owned) the subject without "Re:", "AW:", "Fwd:" and our tag. */
char *pn_thread_bare_subject (const char *subject);
