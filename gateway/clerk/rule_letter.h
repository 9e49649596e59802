/* Rule letters: what a rule writes to the customer, under the guards of every automatic letter (TRUST.md 3): never to
 * machines, lists, our own or suspended addresses, strangers, forged senders or looping tickets; ten automatic letters a
 * day an address, one a day to an address that nobody vouches for. It quotes nothing that the customer wrote. */
#pragma once

#include "gateway/clerk/book.h"
#include "ticketing/ticket.h"

typedef struct {
  PnDb *db;
  const PnBook *book;
} PnRuleLetters;

/* The port of ticketing/rule_run; @data: PnRuleLetters. */
gboolean pn_rule_letter (gpointer data, const PnTicket *ticket, const char *text, gint64 firing_id,
                         char **refusal, GError **error);
