/* Running rules: which of them hold for what happened to a ticket, and what they then do, in the caller's transaction.
 * Owns the table rule_firing.
 *
 * Rules are asked in their order; what one changes the next one sees. Each holds once for an occasion (unique: rule, source,
 * source_id, ticket), so running again is harmless. What a person has chosen (priority, queue, assignee) no rule changes
 * afterwards. Changes made here are events of the next generation; pn_rule_run () does nothing beyond
 * PN_RULE_GENERATION_MAX but say so on the ticket.
 *
 * Every firing is kept with the version, the tests that decided and each effect, done or not and why; the events that
 * come of it carry the same in words.
 */
#pragma once

#include "ticketing/notice.h"
#include "ticketing/rule_event.h"
#include "ticketing/rule_ticket.h"

typedef enum {
  PN_RULE_SOURCE_ARRIVAL,  /* source_id: the message */
  PN_RULE_SOURCE_EVENT,    /* source_id: of rule_event */
  PN_RULE_SOURCE_SCHEDULE, /* source_id: the run */
} PnRuleSource;

/* What happened. */
typedef struct {
  PnRuleOn on;
  PnRuleSource source;
  gint64 source_id;
  int generation;
  gint64 message_id; /* 0: none */
  PnActorKind by;
  const char *old_value; /* NULL */
  const char *new_value; /* NULL */
} PnRuleOccasion;

/* What the run needs from others. @refusal: (owned) why it was not done; NULL: it was. In the same transaction. */
typedef struct {
  gboolean (*letter) (gpointer data, const PnTicket *ticket, const char *text, gint64 firing_id,
                      char **refusal, GError **error);
  gpointer data;
} PnRulePorts;

typedef struct {
  PnDb *db;
  PnRuleBook *book;
  const PnRulePorts *ports; /* NULL: no letters */
  PnNotices *notices;       /* NULL: none is remembered */
  PnTicket *ticket;         /* kept up to date */
  PnFacts *facts;           /* likewise; what is unknown is looked up when a rule asks */
  PnRuleOccasion occasion;
  guint fired;              /* how many rules held */
  gboolean wants_no_answer; /* one of them asked for it */
} PnRuleRun;

/* Asks all rules that listen for the occasion. */
gboolean pn_rule_run (PnRuleRun *run, GError **error);

/* Asks one rule. @is_match: it holds. */
gboolean pn_rule_run_matches (PnRuleRun *run, const PnRule *rule, gboolean *is_match,
                              GError **error);

/* Does what @rule says, for it holds. */
gboolean pn_rule_run_fire (PnRuleRun *run, const PnRule *rule, GError **error);

/* What happened becomes facts: event, by, before, after. */
void pn_rule_run_set_occasion (PnFacts *facts, const PnRuleOccasion *occasion);

typedef struct {
  gint64 id;
  gint64 rule_id;
  gint64 version;
  char *rule; /* its name now */
  gint64 ticket_id;
  int generation;
  char *explanation;
  json_t *effects; /* [{"do", "done", "old", "new", "why"}] */
  PnTime at;
} PnRuleFiring;

void pn_rule_firing_free (PnRuleFiring *firing);

/* The newest @limit firings of a rule, or with @rule_id 0 on a ticket, newest first. (owned) of PnRuleFiring. */
GPtrArray *pn_rule_firings (PnDb *db, gint64 rule_id, gint64 ticket_id, guint limit,
                            GError **error);

/* Of each rule, how often it fired since @since: (owned) gint64 id → gint64 count, at most 100,000 firings are counted. */
GHashTable *pn_rule_firing_counts (PnDb *db, PnTime since, GError **error);
