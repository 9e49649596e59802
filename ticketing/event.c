#include "ticketing/event.h"

#include "ticketing/core/text.h"
#include "ticketing/rule_event.h"
#include "ticketing/news.h"

#define VALUE_BYTES 500
#define REASON_BYTES 4000
#define SHOWN 1000

static const char add_sql[] =
    "INSERT INTO event (ticket_id, at, kind, actor_kind, actor_id, old_value, new_value, reason)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

static const char list_sql[] =
    "SELECT id, at, kind, actor_kind, actor_id, old_value, new_value, reason"
    " FROM event"
    " WHERE ticket_id = ?"
    " ORDER BY id DESC"
    " LIMIT ?";

static const char changes_sql[] =
    "SELECT id, at, kind, actor_kind, actor_id, old_value, new_value, reason"
    " FROM event"
    " WHERE ticket_id = ? AND kind IN (?, ?, ?, ?)"
    " ORDER BY at, id"
    " LIMIT 10000";

static const char find_new_sql[] = "SELECT id, ticket_id FROM event"
                                   " WHERE id > ?"
                                   " ORDER BY id"
                                   " LIMIT ?";

static const char newest_id_sql[] = "SELECT COALESCE(MAX(id), 0) FROM event";

static const char by_agent_sql[] =
    "SELECT 1 FROM event WHERE ticket_id = ? AND kind = ? AND actor_kind = ? LIMIT 1";

static const char *const kind_names[] = {
  [PN_EVENT_CREATED] = "created",   [PN_EVENT_STATUS] = "status",
  [PN_EVENT_PRIORITY] = "priority", [PN_EVENT_QUEUE] = "queue",
  [PN_EVENT_ASSIGNEE] = "assignee", [PN_EVENT_SUBJECT] = "subject",
  [PN_EVENT_TAG] = "tag",           [PN_EVENT_PARTICIPANT] = "participant",
  [PN_EVENT_LINK] = "link",         [PN_EVENT_ANSWER] = "answer",
  [PN_EVENT_DELIVERY] = "delivery", [PN_EVENT_SECURITY] = "security",
  [PN_EVENT_LOOP] = "loop",         [PN_EVENT_MERGE] = "merge",
  [PN_EVENT_RULE] = "rule",         [PN_EVENT_ESCALATION] = "escalation",
  [PN_EVENT_SURVEY] = "survey",
};

void
pn_event_free (PnEvent *event)
{
  if (event == NULL)
    return;
  g_free (event->old_value);
  g_free (event->new_value);
  g_free (event->reason);
  g_free (event);
}

static char *
line_or_null (const char *text, gsize max_bytes)
{
  return text != NULL ? pn_text_clean_line (text, max_bytes) : NULL;
}

/* What rules can listen for. FALSE: nothing of the kind. */
static gboolean
find_news (PnEventKind kind, PnRuleOn *on)
{
  switch (kind) {
  case PN_EVENT_STATUS: *on = PN_RULE_ON_STATUS; return TRUE;
  case PN_EVENT_PRIORITY: *on = PN_RULE_ON_PRIORITY; return TRUE;
  case PN_EVENT_QUEUE: *on = PN_RULE_ON_QUEUE; return TRUE;
  case PN_EVENT_ASSIGNEE: *on = PN_RULE_ON_ASSIGNEE; return TRUE;
  case PN_EVENT_TAG: *on = PN_RULE_ON_TAG; return TRUE;
  case PN_EVENT_SURVEY: *on = PN_RULE_ON_SURVEY; return TRUE;
  case PN_EVENT_CREATED:
  case PN_EVENT_SUBJECT:
  case PN_EVENT_PARTICIPANT:
  case PN_EVENT_LINK:
  case PN_EVENT_ANSWER:
  case PN_EVENT_DELIVERY:
  case PN_EVENT_SECURITY:
  case PN_EVENT_LOOP:
  case PN_EVENT_MERGE:
  case PN_EVENT_RULE:
  case PN_EVENT_ESCALATION: return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

gboolean
pn_event_add (PnDb *db, gint64 ticket_id, PnEventKind kind, PnActor actor, const char *old_value,
              const char *new_value, const char *reason, GError **error)
{
  g_autofree char *old_line = line_or_null (old_value, VALUE_BYTES);
  g_autofree char *new_line = line_or_null (new_value, VALUE_BYTES);
  g_autofree char *why = line_or_null (reason, REASON_BYTES);
  PnRuleNews news = { .actor = actor, .old_value = old_line, .new_value = new_line };

  if (!pn_db_later (db, add_sql,
                    PN_ARGS (pn_int (ticket_id), pn_int (pn_clock_now ()), pn_int (kind),
                             pn_int (actor.kind), pn_int_or_null (actor.id), pn_text (old_line),
                             pn_text (new_line), pn_text (why)),
                    FALSE, error))
    return FALSE;
  return !find_news (kind, &news.on) || pn_rule_event_add (db, ticket_id, &news, error);
}

static PnEvent *
read_row (const PnRows *rows, gint64 ticket_id)
{
  PnEvent *event = g_new0 (PnEvent, 1);

  event->id = pn_rows_int (rows, 0);
  event->ticket_id = ticket_id;
  event->at = pn_rows_int (rows, 1);
  event->kind =
      (PnEventKind) CLAMP (pn_rows_int (rows, 2), 0, (gint64) G_N_ELEMENTS (kind_names) - 1);
  event->actor.kind = (PnActorKind) CLAMP (pn_rows_int (rows, 3), 0, PN_ACTOR_RULE);
  event->actor.id = pn_rows_int (rows, 4);
  event->old_value = g_strdup (pn_rows_text (rows, 5));
  event->new_value = g_strdup (pn_rows_text (rows, 6));
  event->reason = g_strdup (pn_rows_text (rows, 7));
  return event;
}

GPtrArray *
pn_event_list (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_event_free);
  g_autoptr (PnRows) rows =
      pn_db_query (db, list_sql, PN_ARGS (pn_int (ticket_id), pn_int (SHOWN)), error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows))
    g_ptr_array_insert (list, 0, read_row (rows, ticket_id));
  return g_steal_pointer (&list);
}

GPtrArray *
pn_event_changes (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, changes_sql,
                                         PN_ARGS (pn_int (ticket_id), pn_int (PN_EVENT_STATUS),
                                                  pn_int (PN_EVENT_PRIORITY),
                                                  pn_int (PN_EVENT_QUEUE), pn_int (PN_EVENT_TAG)),
                                         error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_event_free);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows, ticket_id));
  return list;
}

gboolean
pn_event_is_by_agent (PnDb *db, gint64 ticket_id, PnEventKind kind, gboolean *is_by_agent,
                      GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, by_agent_sql,
                   PN_ARGS (pn_int (ticket_id), pn_int (kind), pn_int (PN_ACTOR_AGENT)), error);

  if (rows == NULL)
    return FALSE;
  *is_by_agent = pn_rows_next (rows);
  return TRUE;
}

gboolean
pn_event_find_new (PnDb *db, gint64 *after, GHashTable *tickets, guint limit, GError **error)
{
  static const PnNews news = { newest_id_sql, find_new_sql };

  return pn_news_find (db, &news, after, tickets, limit, error);
}

const char *
pn_event_kind_name (PnEventKind kind)
{
  return kind_names[kind];
}
