/* Rule events: changes that rules are still to be asked about. A change writes one in its own transaction, if any rule
 * listens for that; the clerk works them off. Owns the table rule_event; reads rule_listen and rule_firing. */
#pragma once

#include "ticketing/event.h"
#include "ticketing/rule_field.h"

#define PN_RULE_GENERATION_MAX 5

typedef struct {
  gint64 id;
  gint64 ticket_id;
  PnRuleOn on;
  gint64 message_id; /* 0: none */
  PnActorKind by;
  char *old_value; /* NULL */
  char *new_value; /* NULL */
  int generation;  /* how many rules one after the other led to it; 0: none */
  int attempts;
  PnTime at;
} PnRuleEvent;

void pn_rule_event_free (PnRuleEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRuleEvent, pn_rule_event_free)

/* What happened. */
typedef struct {
  PnRuleOn on;
  PnActor actor;
  gint64 message_id;     /* 0: none */
  const char *old_value; /* NULL */
  const char *new_value; /* NULL */
} PnRuleNews;

/* In the caller's transaction: one statement, and no row where no enabled rule listens for it. */
gboolean pn_rule_event_add (PnDb *db, gint64 ticket_id, const PnRuleNews *news, GError **error);

/* Those that are due, oldest first. (owned) of PnRuleEvent. */
GPtrArray *pn_rule_event_due (PnDb *db, guint limit, GError **error);

/* First statement of the transaction that works one off. @is_taken FALSE: somebody else did. */
gboolean pn_rule_event_take (PnDb *db, gint64 id, gboolean *is_taken, GError **error);

/* Working it off failed: it is tried again later, and given up after the fifth time (@is_over). */
gboolean pn_rule_event_postpone (PnDb *db, const PnRuleEvent *event, gboolean *is_over,
                                 GError **error);
