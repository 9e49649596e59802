#include <string.h>

#include "ticketing/agent.h"
#include "ticketing/core/error.h"
#include "ticketing/mailbox.h"
#include "ticketing/queue.h"
#include "ticketing/rule_store.h"
#include "ticketing/team.h"
#include "ticketing/webhook.h"

typedef gboolean (*Finder) (PnDb *db, const char *name, gboolean *is_there, GError **error);

static gboolean
find_queue (PnDb *db, const char *name, gboolean *is_there, GError **error)
{
  g_autoptr (PnQueue) queue = NULL;
  const gboolean is_read = pn_queue_find (db, name, &queue, error);

  *is_there = queue != NULL;
  return is_read;
}

static gboolean
find_mailbox (PnDb *db, const char *name, gboolean *is_there, GError **error)
{
  g_autoptr (PnMailbox) mailbox = NULL;
  const gboolean is_read = pn_mailbox_find (db, name, &mailbox, error);

  *is_there = mailbox != NULL;
  return is_read;
}

static gboolean
find_agent (PnDb *db, const char *name, gboolean *is_there, GError **error)
{
  g_autoptr (PnAgent) agent = NULL;
  const gboolean is_read = pn_agent_find (db, name, &agent, error);

  *is_there = agent != NULL;
  return is_read;
}

static gboolean
find_team (PnDb *db, const char *name, gboolean *is_there, GError **error)
{
  g_autoptr (PnTeam) team = NULL;
  const gboolean is_read = pn_team_find (db, name, &team, error);

  *is_there = team != NULL;
  return is_read;
}

static gboolean
find_webhook (PnDb *db, const char *name, gboolean *is_there, GError **error)
{
  g_autoptr (PnWebhook) webhook = NULL;
  const gboolean is_read = pn_webhook_find (db, name, &webhook, error);

  *is_there = webhook != NULL;
  return is_read;
}

static gboolean
check_name (PnDb *db, Finder finder, const char *what, const char *name, GError **error)
{
  gboolean is_there = FALSE;

  if (!finder (db, name, &is_there, error))
    return FALSE;
  if (!is_there)
    pn_error_set (error, PN_ERROR_INVALID, "there is no %s \"%s\"", what, name);
  return is_there;
}

static Finder
finder_of (const PnRuleNode *node, const char **what)
{
  if (node->kind != PN_NODE_TEST)
    return NULL;
  *what = pn_field_info (node->field)->name;
  if (node->field == PN_FIELD_QUEUE)
    return find_queue;
  if (node->field == PN_FIELD_MAILBOX)
    return find_mailbox;
  return node->field == PN_FIELD_ASSIGNEE ? find_agent : NULL;
}

/* @place says where it got to. */
static gboolean
check_node (PnDb *db, const PnRuleNode *node, GString *place, GError **error)
{
  const gsize length = place->len;
  const char *what = NULL;
  Finder finder = finder_of (node, &what);

  for (guint i = 0; finder != NULL && i < node->values->len; i++) {
    if (!check_name (db, finder, what, node->values->pdata[i], error))
      return FALSE;
  }
  for (guint i = 0; i < node->children->len; i++) {
    g_string_append_printf (place, ".%u", i);
    if (!check_node (db, node->children->pdata[i], place, error))
      return FALSE;
    g_string_truncate (place, length);
  }
  return TRUE;
}

static gboolean
check_action (PnDb *db, const PnRuleAction *action, GError **error)
{
  switch (action->what) {
  case PN_DO_QUEUE: return check_name (db, find_queue, "queue", action->value, error);
  case PN_DO_ASSIGN:
    return strcmp (action->value, "none") == 0
           || check_name (db, find_agent, "agent", action->value, error);
  case PN_DO_ASSIGN_TEAM: return check_name (db, find_team, "team", action->value, error);
  case PN_DO_WEBHOOK: return check_name (db, find_webhook, "webhook", action->value, error);
  case PN_DO_NOTIFY:
    return pn_choices_have ("assignee queue leads", action->value)
           || check_name (db, find_agent, "agent", action->value, error);
  case PN_DO_PRIORITY:
  case PN_DO_RAISE:
  case PN_DO_LOWER:
  case PN_DO_STATUS:
  case PN_DO_TAG:
  case PN_DO_UNTAG:
  case PN_DO_NOTE:
  case PN_DO_LETTER:
  case PN_DO_NO_ANSWER: return TRUE;
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
check_rule (PnDb *db, const PnRule *rule, GString *place, GError **error)
{
  g_string_assign (place, "if");
  if (!check_node (db, rule->condition, place, error))
    return FALSE;
  for (guint i = 0; i < rule->actions->len; i++) {
    g_string_printf (place, "then.%u", i);
    if (!check_action (db, rule->actions->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_rule_check (PnDb *db, const PnRule *rule, char **place, GError **error)
{
  g_autoptr (GString) where = g_string_new (NULL);

  if (check_rule (db, rule, where, error))
    return TRUE;
  if (place != NULL)
    *place = g_strdup (where->str);
  else
    g_prefix_error (error, "%s: ", where->str);
  return FALSE;
}
