#include "ticketing/rule_event.h"

#define ATTEMPTS 5
#define PAUSE (10 * PN_SECOND)

/* A change by a rule is one generation older than the firing that made it. */
static const char add_sql[] =
    "INSERT INTO rule_event (ticket_id, event, message_id, actor_kind, old_value, new_value,"
    " generation, not_before, created_at)"
    " SELECT ?, ?, ?, ?, ?, ?,"
    " COALESCE((SELECT generation + 1 FROM rule_firing WHERE id = ?), 0), ?, ?"
    " FROM rule_listen"
    " WHERE event = ? AND rules > 0";

static const char due_sql[] = "SELECT id, ticket_id, event, message_id, actor_kind, old_value,"
                              " new_value, generation, attempts, created_at"
                              " FROM rule_event"
                              " WHERE not_before <= ?"
                              " ORDER BY not_before, id"
                              " LIMIT ?";

static const char take_sql[] = "DELETE FROM rule_event WHERE id = ?";

static const char postpone_sql[] = "UPDATE rule_event"
                                   " SET attempts = attempts + 1, not_before = ?"
                                   " WHERE id = ? AND attempts = ?";

void
pn_rule_event_free (PnRuleEvent *event)
{
  if (event == NULL)
    return;
  g_free (event->old_value);
  g_free (event->new_value);
  g_free (event);
}

gboolean
pn_rule_event_add (PnDb *db, gint64 ticket_id, const PnRuleNews *news, GError **error)
{
  const PnTime now = pn_clock_now ();
  const gint64 firing_id = news->actor.kind == PN_ACTOR_RULE ? news->actor.id : 0;

  return pn_db_exec (
      db, add_sql,
      PN_ARGS (pn_int (ticket_id), pn_int (news->on), pn_int_or_null (news->message_id),
               pn_int (news->actor.kind), pn_text (news->old_value), pn_text (news->new_value),
               pn_int_or_null (firing_id), pn_int (now), pn_int (now), pn_int (news->on)),
      NULL, error);
}

GPtrArray *
pn_rule_event_due (PnDb *db, guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, due_sql, PN_ARGS (pn_int (pn_clock_now ()), pn_int (limit)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_event_free);
  while (pn_rows_next (rows)) {
    PnRuleEvent *event = g_new0 (PnRuleEvent, 1);

    event->id = pn_rows_int (rows, 0);
    event->ticket_id = pn_rows_int (rows, 1);
    event->on = (PnRuleOn) CLAMP (pn_rows_int (rows, 2), 0, PN_RULE_ON_SCHEDULE);
    event->message_id = pn_rows_int (rows, 3);
    event->by = (PnActorKind) CLAMP (pn_rows_int (rows, 4), 0, PN_ACTOR_RULE);
    event->old_value = g_strdup (pn_rows_text (rows, 5));
    event->new_value = g_strdup (pn_rows_text (rows, 6));
    event->generation = (int) pn_rows_int (rows, 7);
    event->attempts = (int) pn_rows_int (rows, 8);
    event->at = pn_rows_int (rows, 9);
    g_ptr_array_add (list, event);
  }
  return list;
}

gboolean
pn_rule_event_take (PnDb *db, gint64 id, gboolean *is_taken, GError **error)
{
  gint64 affected = 0;

  if (!pn_db_exec (db, take_sql, PN_ARGS (pn_int (id)), &affected, error))
    return FALSE;
  *is_taken = affected == 1;
  return TRUE;
}

gboolean
pn_rule_event_postpone (PnDb *db, const PnRuleEvent *event, gboolean *is_over, GError **error)
{
  *is_over = event->attempts + 1 >= ATTEMPTS;
  if (*is_over)
    return pn_db_exec (db, take_sql, PN_ARGS (pn_int (event->id)), NULL, error);
  return pn_db_exec (db, postpone_sql,
                     PN_ARGS (pn_int (pn_clock_now () + (PAUSE << event->attempts)),
                              pn_int (event->id), pn_int (event->attempts)),
                     NULL, error);
}
