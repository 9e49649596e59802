#include "ticketing/rule_due.h"

#include "ticketing/deadline.h"
#include "ticketing/rule_event.h"

#define NEWS PN_DAY
#define KEPT (3 * PN_DAY)
#define SWEPT 1000

static const char note_sql[] =
    "INSERT IGNORE INTO rule_due (ticket_id, metric, round, due_at) VALUES (?, ?, ?, ?)";

static const char sweep_sql[] = "DELETE FROM rule_due WHERE due_at < ? LIMIT ?";

typedef struct {
  const GArray *due; /* of PnDeadline */
  guint news;
} Work;

static gboolean
note (PnDb *db, const PnDeadline *deadline, guint *news, GError **error)
{
  const PnRuleNews event = { .on = PN_RULE_ON_SLA,
                             .actor = PN_ACTOR_IS_SYSTEM,
                             .new_value = pn_metric_name (deadline->metric) };
  gint64 affected;

  if (!pn_db_exec (db, note_sql,
                   PN_ARGS (pn_int (deadline->ticket_id), pn_int (deadline->metric),
                            pn_int (deadline->round), pn_int (deadline->due_at)),
                   &affected, error))
    return FALSE;
  *news += affected == 1 ? 1 : 0;
  return affected == 0 || pn_rule_event_add (db, deadline->ticket_id, &event, error);
}

static gboolean
note_all (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;

  work->news = 0;
  for (guint i = 0; i < work->due->len; i++) {
    if (!note (db, &g_array_index (work->due, PnDeadline, i), &work->news, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_rule_due_work (PnDb *db, guint limit, guint *done, GError **error)
{
  const PnTime now = pn_clock_now ();
  PnDeadline after = { .due_at = now - NEWS };

  for (guint seen = 0; seen < limit;) {
    g_autoptr (GArray) due = pn_deadline_due (db, now, &after, MIN (limit - seen, 100), error);
    Work work = { due, 0 };

    if (due == NULL)
      return FALSE;
    if (due->len == 0)
      break;
    if (!pn_db_run (db, note_all, &work, error))
      return FALSE;
    *done += work.news;
    seen += due->len;
    after = g_array_index (due, PnDeadline, due->len - 1);
  }
  return pn_db_exec (db, sweep_sql, PN_ARGS (pn_int (now - KEPT), pn_int (SWEPT)), NULL, error);
}
