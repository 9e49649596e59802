#include "ticketing/rule_field.h"

#include <string.h>

#define PARAM_BYTES 64
#define CONTACT_DAYS_MAX 90
#define DURATION_MAX_SECONDS (G_GINT64_CONSTANT (10) * 366 * 24 * 3600)
#define SECONDS_A_DAY (24 * 3600)

static const char *const on_names[PN_RULE_ON_COUNT] = {
  [PN_RULE_ON_ARRIVAL] = "arrival",   [PN_RULE_ON_REPLY] = "reply",
  [PN_RULE_ON_ANSWER] = "answer",     [PN_RULE_ON_STATUS] = "status",
  [PN_RULE_ON_PRIORITY] = "priority", [PN_RULE_ON_QUEUE] = "queue",
  [PN_RULE_ON_ASSIGNEE] = "assignee", [PN_RULE_ON_TAG] = "tag",
  [PN_RULE_ON_SLA] = "sla",           [PN_RULE_ON_SURVEY] = "survey",
  [PN_RULE_ON_SCHEDULE] = "schedule",
};

#define EVENTS "arrival reply answer status priority queue assignee tag sla survey schedule"
#define STATUSES "new open waiting on_hold solved closed"
#define PRIORITIES "low normal high urgent"
#define KINDS "message auto_reply bounce delivery_report feedback_report disposition list calendar"

static const PnFieldInfo fields[PN_FIELD_COUNT] = {
  [PN_FIELD_EVENT] = { "event", PN_FACT_NAME, EVENTS, FALSE },
  [PN_FIELD_BY] = { "by", PN_FACT_NAME, "system agent person rule", FALSE },
  [PN_FIELD_BEFORE] = { "before", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_AFTER] = { "after", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_QUEUE] = { "queue", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_MAILBOX] = { "mailbox", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_CHANNEL] = { "channel", PN_FACT_NAME, "imap pipe form api desk link", FALSE },
  [PN_FIELD_KIND] = { "kind", PN_FACT_NAME, KINDS, FALSE },
  [PN_FIELD_SENDER] = { "sender", PN_FACT_TEXT, NULL, FALSE },
  [PN_FIELD_SENDER_DOMAIN] = { "sender_domain", PN_FACT_DOMAIN, NULL, FALSE },
  [PN_FIELD_RECIPIENT] = { "recipient", PN_FACT_TEXT, NULL, FALSE },
  [PN_FIELD_VERDICT] = { "verdict", PN_FACT_NAME, "pass fail none", FALSE },
  [PN_FIELD_ORGANISATION] = { "organisation", PN_FACT_TEXT, NULL, FALSE },
  [PN_FIELD_ORGANISATION_LEVEL] = { "organisation_level", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_PERSON] = { "person", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_CONTACTS] = { "contacts", PN_FACT_NUMBER, NULL, TRUE },
  [PN_FIELD_SUBJECT] = { "subject", PN_FACT_WORDS, NULL, FALSE },
  [PN_FIELD_BODY] = { "body", PN_FACT_WORDS, NULL, FALSE },
  [PN_FIELD_FORM] = { "form", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_FORM_FIELD] = { "form", PN_FACT_TEXT, NULL, TRUE },
  [PN_FIELD_TAG] = { "tag", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_STATUS] = { "status", PN_FACT_NAME, STATUSES, FALSE },
  [PN_FIELD_PRIORITY] = { "priority", PN_FACT_RANK, PRIORITIES, FALSE },
  [PN_FIELD_ASSIGNEE] = { "assignee", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_LANGUAGE] = { "language", PN_FACT_NAME, NULL, FALSE },
  [PN_FIELD_WAITING] = { "waiting", PN_FACT_DURATION, NULL, FALSE },
  [PN_FIELD_IDLE] = { "idle", PN_FACT_DURATION, NULL, FALSE },
  [PN_FIELD_AGE] = { "age", PN_FACT_DURATION, NULL, FALSE },
  [PN_FIELD_MESSAGES] = { "messages", PN_FACT_NUMBER, NULL, FALSE },
  [PN_FIELD_SENTIMENT] = { "sentiment", PN_FACT_NAME, "negative neutral positive", FALSE },
  [PN_FIELD_ATTACHMENTS] = { "attachments", PN_FACT_NUMBER, NULL, FALSE },
  [PN_FIELD_ATTACHMENT_TYPE] = { "attachment_type", PN_FACT_TEXT, NULL, FALSE },
  [PN_FIELD_HOURS] = { "hours", PN_FACT_NAME, "inside outside", FALSE },
  [PN_FIELD_SLA] = { "sla", PN_FACT_NAME, "none ok due_soon breached paused", FALSE },
  [PN_FIELD_SCORE] = { "score", PN_FACT_NUMBER, NULL, FALSE },
};

#define BIT(kind) (1u << (kind))
#define NAMES (BIT (PN_FACT_NAME) | BIT (PN_FACT_TEXT))

static const struct {
  const char *name;
  guint kinds;
  gboolean takes_values;
} ops[PN_OP_COUNT] = {
  [PN_OP_IS] = { "is", NAMES | BIT (PN_FACT_DOMAIN) | BIT (PN_FACT_NUMBER) | BIT (PN_FACT_RANK),
                 TRUE },
  [PN_OP_IS_NOT] = { "is_not", NAMES | BIT (PN_FACT_DOMAIN) | BIT (PN_FACT_RANK), TRUE },
  [PN_OP_CONTAINS] = { "contains", BIT (PN_FACT_TEXT), TRUE },
  [PN_OP_BEGINS] = { "begins", BIT (PN_FACT_TEXT), TRUE },
  [PN_OP_ENDS] = { "ends", BIT (PN_FACT_TEXT), TRUE },
  [PN_OP_WITHIN] = { "within", BIT (PN_FACT_DOMAIN), TRUE },
  [PN_OP_HAS] = { "has", BIT (PN_FACT_WORDS), TRUE },
  [PN_OP_HAS_EXACT] = { "has_exact", BIT (PN_FACT_WORDS), TRUE },
  [PN_OP_LACKS] = { "lacks", BIT (PN_FACT_WORDS), TRUE },
  [PN_OP_AT_LEAST] = { "at_least",
                       BIT (PN_FACT_NUMBER) | BIT (PN_FACT_DURATION) | BIT (PN_FACT_RANK), TRUE },
  [PN_OP_AT_MOST] = { "at_most", BIT (PN_FACT_NUMBER) | BIT (PN_FACT_DURATION) | BIT (PN_FACT_RANK),
                      TRUE },
  [PN_OP_EXISTS] = { "exists", NAMES, FALSE },
  [PN_OP_ABSENT] = { "absent", NAMES, FALSE },
};

static const PnDoInfo dos[PN_DO_COUNT] = {
  [PN_DO_PRIORITY] = { "priority", TRUE, FALSE },
  [PN_DO_RAISE] = { "raise", FALSE, FALSE },
  [PN_DO_LOWER] = { "lower", FALSE, FALSE },
  [PN_DO_QUEUE] = { "queue", TRUE, FALSE },
  [PN_DO_ASSIGN] = { "assign", TRUE, FALSE },
  [PN_DO_ASSIGN_TEAM] = { "assign_team", TRUE, FALSE },
  [PN_DO_STATUS] = { "status", TRUE, FALSE },
  [PN_DO_TAG] = { "tag", TRUE, FALSE },
  [PN_DO_UNTAG] = { "untag", TRUE, FALSE },
  [PN_DO_NOTE] = { "note", FALSE, TRUE },
  [PN_DO_NOTIFY] = { "notify", TRUE, FALSE },
  [PN_DO_LETTER] = { "letter", FALSE, TRUE },
  [PN_DO_NO_ANSWER] = { "no_answer", FALSE, FALSE },
  [PN_DO_WEBHOOK] = { "webhook", TRUE, FALSE },
};

const PnFieldInfo *
pn_field_info (PnRuleField field)
{
  return &fields[field];
}

const char *
pn_op_name (PnRuleOp op)
{
  return ops[op].name;
}

gboolean
pn_op_fits (PnRuleOp op, PnFactKind kind)
{
  return (ops[op].kinds & BIT (kind)) != 0;
}

gboolean
pn_op_takes_values (PnRuleOp op)
{
  return ops[op].takes_values;
}

const PnDoInfo *
pn_do_info (PnRuleDo what)
{
  return &dos[what];
}

const char *
pn_rule_on_name (PnRuleOn on)
{
  return on_names[on];
}

gboolean
pn_rule_on_read (const char *name, PnRuleOn *on)
{
  for (guint i = 0; i < PN_RULE_ON_COUNT; i++) {
    if (g_strcmp0 (name, on_names[i]) == 0) {
      *on = (PnRuleOn) i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
pn_op_read (const char *name, PnRuleOp *op)
{
  for (guint i = 0; i < PN_OP_COUNT; i++) {
    if (g_strcmp0 (name, ops[i].name) == 0) {
      *op = (PnRuleOp) i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
pn_do_read (const char *name, PnRuleDo *what)
{
  for (guint i = 0; i < PN_DO_COUNT; i++) {
    if (g_strcmp0 (name, dos[i].name) == 0) {
      *what = (PnRuleDo) i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
is_param (PnRuleField field, const char *param)
{
  const gsize size = strlen (param);

  if (field == PN_FIELD_CONTACTS)
    return size >= 1 && size <= 2 && strspn (param, "0123456789") == size && *param != '0'
           && g_ascii_strtoll (param, NULL, 10) <= CONTACT_DAYS_MAX;
  return size >= 1 && size <= PARAM_BYTES && g_utf8_validate (param, -1, NULL);
}

gboolean
pn_field_read (const char *text, PnRuleField *field, char **param)
{
  const char *colon = strchr (text, ':');
  g_autofree char *name = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);

  for (guint i = 0; i < PN_FIELD_COUNT; i++) {
    if (strcmp (fields[i].name, name) != 0 || fields[i].has_param != (colon != NULL))
      continue;
    if (colon != NULL && !is_param ((PnRuleField) i, colon + 1))
      return FALSE;
    *field = (PnRuleField) i;
    *param = colon != NULL ? g_strdup (colon + 1) : NULL;
    return TRUE;
  }
  return FALSE;
}

gboolean
pn_choices_have (const char *choices, const char *name)
{
  const gsize size = strlen (name);

  if (choices == NULL)
    return TRUE;
  for (const char *at = choices; *at != '\0';) {
    const gsize length = strcspn (at, " ");

    if (length == size && strncmp (at, name, size) == 0)
      return TRUE;
    at += length;
    at += strspn (at, " ");
  }
  return FALSE;
}

char *
pn_op_list (PnFactKind kind)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < PN_OP_COUNT; i++) {
    if (pn_op_fits ((PnRuleOp) i, kind))
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", ops[i].name);
  }
  return g_string_free (list, FALSE);
}

char *
pn_choices_list (const char *choices)
{
  g_auto (GStrv) names = g_strsplit (choices, " ", -1);

  return g_strjoinv (", ", names);
}

gboolean
pn_rule_duration_read (const char *text, gint64 *seconds)
{
  static const struct {
    const char *name;
    gint64 seconds;
  } units[] = {
    { "min", 60 }, { "m", 60 }, { "h", 3600 }, { "d", SECONDS_A_DAY }, { "w", 7 * SECONDS_A_DAY }
  };
  char *unit = NULL;
  gint64 number;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  number = g_ascii_strtoll (text, &unit, 10);
  unit += strspn (unit, " ");
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    if (strcmp (unit, units[i].name) == 0 && number <= DURATION_MAX_SECONDS / units[i].seconds) {
      *seconds = number * units[i].seconds;
      return TRUE;
    }
  }
  return FALSE;
}
