/* Rule tickets: the facts of stored tickets and messages. What costs a statement (tags, organisation, contacts …) is
 * looked up only when somebody asks for it. */
#pragma once

#include "ticketing/message.h"
#include "ticketing/rule_book.h"
#include "ticketing/ticket.h"

/* What the ticket's own row tells, as of @now. */
void pn_rule_ticket_set (PnFacts *facts, const PnRuleBook *book, const PnTicket *ticket,
                         PnTime now);

/* What a message that came in tells: sender, text, files. */
void pn_rule_ticket_set_message (PnFacts *facts, const PnMessage *message);

/* Words of text that somebody wrote: body and sentiment. */
void pn_rule_ticket_set_body (PnFacts *facts, const char *text);

/* An address as sender, with its domain. */
void pn_rule_ticket_set_sender (PnFacts *facts, const char *address);

/* Answers of a form ({"name", "value"} each, or a flat object); NULL: no form was posted. */
void pn_rule_ticket_set_form (PnFacts *facts, const char *form, const json_t *answers);

/* Whose facts are looked up. */
typedef struct {
  PnDb *db;
  const PnTicket *ticket;
  gint64 message_id; /* that the event is about; 0: the newest that came in */
  PnTime now;
  gboolean is_past; /* now lies in the past: what is only known of the present stays unknown */
} PnRuleAsk;

/* Looks up what @condition asks for and nobody knows yet. What can't be known stays unknown. */
gboolean pn_rule_ticket_load (PnFacts *facts, const PnRuleAsk *ask, const PnRuleNode *condition,
                              GError **error);
