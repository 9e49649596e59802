/* The past of a ticket, told again to rules: what would they have done? Nothing is written.
 *
 * Status, priority, queue, assignee and tags are as they were at each moment, from the recorded events; messages as they
 * came; persons' tickets as they were then. Organisations, forms and calendars are those of today, and the state of past
 * deadlines is not known. What a rule would have set stays so until somebody set it otherwise. Rules with a schedule are
 * asked every hour at the most.
 */
#pragma once

#include "ticketing/rule_ticket.h"

typedef struct {
  gint64 ticket_id;
  PnTime at;
  char *rule;
  char *explanation;
  json_t *effects; /* as in a firing; at least one is "done" */
} PnRuleHit;

void pn_rule_hit_free (PnRuleHit *hit);

/* Adds to @hits (of PnRuleHit) what @book's rules would have done to @ticket since @since. Names must be loaded. */
gboolean pn_rule_past_tell (PnDb *db, PnRuleBook *book, const PnTicket *ticket, PnTime since,
                            GPtrArray *hits, GError **error);
