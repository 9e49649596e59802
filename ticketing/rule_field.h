/* Rule fields: the closed lists that rules are made of: when a rule is asked, what it may ask for, how it may compare,
 * and what it may do. The JSON form, the editor's choices and the matcher all read these tables.
 *
 *   kind      is a set of       operators
 *   NAME      folded names      is is_not exists absent
 *   TEXT      folded texts      is is_not contains begins ends exists absent
 *   DOMAIN    domains           is is_not within
 *   WORDS     words, in order   has has_exact lacks
 *   NUMBER    a number          is at_least at_most
 *   DURATION  seconds           at_least at_most               "90 min", "2 h", "3 d", "1 w"
 *   RANK      one of a ladder   is is_not at_least at_most     priorities
 *
 * A field with a parameter is written with a colon: "form:product", "contacts:7" (tickets of this person in 7 days).
 */
#pragma once

#include <glib.h>

#include "ticketing/core/clock.h"

/* When a rule is asked. Their numbers are stored. */
typedef enum {
  PN_RULE_ON_ARRIVAL, /* a new ticket is filed */
  PN_RULE_ON_REPLY,   /* the customer wrote again */
  PN_RULE_ON_ANSWER,  /* an agent answered */
  PN_RULE_ON_STATUS,
  PN_RULE_ON_PRIORITY,
  PN_RULE_ON_QUEUE,
  PN_RULE_ON_ASSIGNEE,
  PN_RULE_ON_TAG,
  PN_RULE_ON_SLA,      /* a deadline came near or passed */
  PN_RULE_ON_SURVEY,   /* the customer gave a score */
  PN_RULE_ON_SCHEDULE, /* every so often, over all unsolved tickets */
} PnRuleOn;
#define PN_RULE_ON_COUNT 11

typedef enum {
  PN_FACT_NAME,
  PN_FACT_TEXT,
  PN_FACT_DOMAIN,
  PN_FACT_WORDS,
  PN_FACT_NUMBER,
  PN_FACT_DURATION,
  PN_FACT_RANK,
} PnFactKind;

typedef enum {
  PN_FIELD_EVENT,
  PN_FIELD_BY,     /* who caused the event: system, agent, person, rule */
  PN_FIELD_BEFORE, /* the event's old value */
  PN_FIELD_AFTER,
  PN_FIELD_QUEUE,
  PN_FIELD_MAILBOX,
  PN_FIELD_CHANNEL,
  PN_FIELD_KIND,
  PN_FIELD_SENDER,
  PN_FIELD_SENDER_DOMAIN,
  PN_FIELD_RECIPIENT,
  PN_FIELD_VERDICT,
  PN_FIELD_ORGANISATION,
  PN_FIELD_ORGANISATION_LEVEL,
  PN_FIELD_PERSON,
  PN_FIELD_CONTACTS, /* with a parameter: days */
  PN_FIELD_SUBJECT,
  PN_FIELD_BODY,
  PN_FIELD_FORM,
  PN_FIELD_FORM_FIELD, /* "form" with a parameter: the field's name */
  PN_FIELD_TAG,
  PN_FIELD_STATUS,
  PN_FIELD_PRIORITY,
  PN_FIELD_ASSIGNEE,
  PN_FIELD_LANGUAGE,
  PN_FIELD_WAITING, /* since the customer waits for us; 0 when they do not */
  PN_FIELD_IDLE,    /* since anything happened */
  PN_FIELD_AGE,
  PN_FIELD_MESSAGES,
  PN_FIELD_SENTIMENT,
  PN_FIELD_ATTACHMENTS,
  PN_FIELD_ATTACHMENT_TYPE,
  PN_FIELD_HOURS,
  PN_FIELD_SLA,
  PN_FIELD_SCORE,
} PnRuleField;
#define PN_FIELD_COUNT 35
#define PN_FIELD_BIT(field) (G_GUINT64_CONSTANT (1) << (field))

typedef enum {
  PN_OP_IS,
  PN_OP_IS_NOT,
  PN_OP_CONTAINS,
  PN_OP_BEGINS,
  PN_OP_ENDS,
  PN_OP_WITHIN,
  PN_OP_HAS,
  PN_OP_HAS_EXACT,
  PN_OP_LACKS,
  PN_OP_AT_LEAST,
  PN_OP_AT_MOST,
  PN_OP_EXISTS,
  PN_OP_ABSENT,
} PnRuleOp;
#define PN_OP_COUNT 13

typedef enum {
  PN_DO_PRIORITY,
  PN_DO_RAISE,
  PN_DO_LOWER,
  PN_DO_QUEUE,
  PN_DO_ASSIGN,
  PN_DO_ASSIGN_TEAM,
  PN_DO_STATUS,
  PN_DO_TAG,
  PN_DO_UNTAG,
  PN_DO_NOTE,
  PN_DO_NOTIFY,
  PN_DO_LETTER,
  PN_DO_NO_ANSWER,
  PN_DO_WEBHOOK,
} PnRuleDo;
#define PN_DO_COUNT 14

typedef struct {
  const char *name; /* of the contract: "organisation_level" */
  PnFactKind kind;
  const char *choices; /* the names there are, with blanks between; NULL: any */
  gboolean has_param;
} PnFieldInfo;

typedef struct {
  const char *name;
  gboolean has_value; /* a name or number goes with it */
  gboolean has_text;  /* a text goes with it */
} PnDoInfo;

const PnFieldInfo *pn_field_info (PnRuleField field);
const char *pn_op_name (PnRuleOp op);
gboolean pn_op_fits (PnRuleOp op, PnFactKind kind);
gboolean pn_op_takes_values (PnRuleOp op);
const PnDoInfo *pn_do_info (PnRuleDo what);
const char *pn_rule_on_name (PnRuleOn on);

gboolean pn_rule_on_read (const char *name, PnRuleOn *on);
gboolean pn_op_read (const char *name, PnRuleOp *op);
gboolean pn_do_read (const char *name, PnRuleDo *what);

/* Reads "subject" or "form:product". @param: (owned) behind the colon, NULL. FALSE: there is no such field, or a parameter
 * too many, too few or wrong. */
gboolean pn_field_read (const char *text, PnRuleField *field, char **param);

/* Is @name one of @choices (blanks between)? NULL takes everything. */
gboolean pn_choices_have (const char *choices, const char *name);

/* Returns: (owned) the operators of a kind, or all choices, for messages: "is, is_not". */
char *pn_op_list (PnFactKind kind);
char *pn_choices_list (const char *choices);

/* "2 h" gives 7200. FALSE when it is none, or longer than ten years. */
gboolean pn_rule_duration_read (const char *text, gint64 *seconds);
