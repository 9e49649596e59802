/* Rules: what is to happen to tickets of which certain things are true. Data, never a script.
 *
 *   {"name": "VIP", "note": "Gold customers do not wait",
 *    "on": ["arrival", "reply"],                       or ["schedule"] with one of
 *    "schedule": {"every": "30 min"} / {"daily": "08:00", "zone": "Europe/Berlin"},
 *    "if": {"all": [{"field": "organisation_level", "op": "is", "values": ["gold"]},
 *                   {"not": {"any": […, …]}}]},
 *    "then": [{"do": "priority", "value": "high"}, {"do": "note", "text": "Hurry."}],
 *    "stop": false}                                    true: later rules are not asked about this event
 *
 * "value" may stand for "values" of one; texts are kept as typed and folded when they are compared. What a rule may say
 * is in ticketing/rule_field; unknown keys are errors, so a typing error is never a rule that does something else.
 * Reading is pure; any thread may read.
 */
#pragma once

#include <jansson.h>

#include "ticketing/rule_field.h"

#define PN_RULE_NAME_BYTES 100
#define PN_RULE_NOTE_BYTES 500
#define PN_RULE_TEXT_BYTES 5000
#define PN_RULE_VALUE_BYTES 200
#define PN_RULE_VALUES_MAX 50
#define PN_RULE_DEPTH_MAX 6
#define PN_RULE_NODES_MAX 60
#define PN_RULE_ACTIONS_MAX 20
#define PN_RULE_JSON_BYTES (64 * 1024)

typedef enum { PN_NODE_ALL, PN_NODE_ANY, PN_NODE_NOT, PN_NODE_TEST } PnRuleNodeKind;

/* "all" of nothing is true, "any" of nothing is false. */
typedef struct {
  PnRuleNodeKind kind;
  GPtrArray *children; /* of PnRuleNode; one for NOT, none for a test */
  PnRuleField field;
  char *param; /* NULL */
  PnRuleOp op;
  GPtrArray *values; /* of char *, as typed */
  gint64 number;     /* of numbers (seconds for durations) and of ranks */
} PnRuleNode;

typedef struct {
  PnRuleDo what;
  char *value; /* NULL */
  char *text;  /* NULL */
} PnRuleAction;

typedef struct {
  gint64 id;      /* 0: not stored */
  gint64 version; /* 1, 2 … */
  gint64 position;
  gboolean is_enabled;
  char *name;
  char *note;       /* "" */
  guint events;     /* a bit for each PnRuleOn */
  gint64 every;     /* seconds; 0: not so */
  int daily_minute; /* of the local day; -1: not so */
  char *zone;       /* of daily_minute; NULL */
  PnRuleNode *condition;
  GPtrArray *actions; /* of PnRuleAction */
  gboolean stops;
} PnRule;

PnRule *pn_rule_new (void); /* (owned) named "", on nothing, "all" of nothing, enabled */
void pn_rule_free (PnRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRule, pn_rule_free)

PnRuleNode *pn_rule_node_new (PnRuleNodeKind kind); /* (owned) */
void pn_rule_node_free (PnRuleNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRuleNode, pn_rule_node_free)

PnRuleAction *pn_rule_action_new (PnRuleDo what); /* (owned) */
void pn_rule_action_free (PnRuleAction *action);

/* Returns: (owned) the rule; NULL with INVALID. @place (may be NULL): (owned) where it is wrong: "name", "on", "schedule",
 * "if.0.2" (the third of the first), "then.1"; without it the message says so. */
PnRule *pn_rule_read (const json_t *document, char **place, GError **error);

/* As pn_rule_read () for text, which may be anything. */
PnRule *pn_rule_parse (const char *text, gsize size_bytes, char **place, GError **error);

/* Returns: (owned) @rule in the form above; reading it gives the same rule. */
json_t *pn_rule_write (const PnRule *rule);

/* Checks a test or an action and fills in what follows from it (numbers). INVALID says what is wrong and what there is. */
gboolean pn_rule_node_check (PnRuleNode *node, GError **error);
gboolean pn_rule_action_check (PnRuleAction *action, GError **error);

/* Which fields its condition asks, PN_FIELD_BIT () each. */
guint64 pn_rule_fields (const PnRuleNode *node);

static inline gboolean
pn_rule_listens (const PnRule *rule, PnRuleOn on)
{
  return (rule->events >> on & 1) != 0;
}
