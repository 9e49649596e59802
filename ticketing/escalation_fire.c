#include "ticketing/escalation_private.h"

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/core/reason.h"
#include "ticketing/ladder_effect.h"

#define SHOWN 500

static const char due_sql[] =
    "SELECT " PN_ESCALATION_DUE_COLUMNS " FROM escalation_due FORCE INDEX (escalation_due_at)"
    " WHERE due_at <= ?"
    " ORDER BY due_at, ticket_id, metric, round"
    " LIMIT ?";

static const char load_due_sql[] = "SELECT " PN_ESCALATION_DUE_COLUMNS " FROM escalation_due"
                                   " WHERE ticket_id = ? AND metric = ? AND round = ?";

static const char claim_sql[] = "UPDATE escalation_due SET gen = gen + 1"
                                " WHERE ticket_id = ? AND metric = ? AND round = ? AND gen = ?";

static const char has_fired_sql[] =
    "SELECT 1 FROM escalation"
    " WHERE ticket_id = ? AND metric = ? AND round = ? AND step = ?";

static const char park_sql[] = "UPDATE escalation_due SET gen = gen + 1, due_at = ?"
                               " WHERE ticket_id = ? AND metric = ? AND round = ? AND gen = ?";

static const char forget_sql[] = "DELETE FROM escalation_due WHERE ticket_id = ?";

static const char fire_sql[] =
    "INSERT INTO escalation (ticket_id, metric, round, step, ladder_id, ladder_version, policy_id,"
    " policy_version, deadline_at, reached_at, due_at, fired_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char of_ticket_sql[] =
    "SELECT metric, round, step, ladder_id, ladder_version, policy_id, policy_version, deadline_at,"
    " reached_at, due_at, fired_at"
    " FROM escalation"
    " WHERE ticket_id = ?"
    " ORDER BY fired_at, reached_at, metric, step"
    " LIMIT ?";

static const char *const metric_words[] = {
  [PN_METRIC_FIRST_RESPONSE] = "first response",
  [PN_METRIC_NEXT_RESPONSE] = "next response",
  [PN_METRIC_PERIODIC_UPDATE] = "periodic update",
  [PN_METRIC_RESOLUTION] = "resolution",
};

/* One firing, which its transaction may try several times. */
typedef struct {
  const PnSlaBook *book;
  GHashTable *rooms;
  PnEscalationDue due;
  PnSlaHistory *history; /* of the ticket, up to date */
  gboolean has_fired;
} Attempt;

static void
attempt_clear (Attempt *attempt)
{
  g_clear_pointer (&attempt->history, pn_sla_history_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attempt, attempt_clear)

/* Returns: (owned) "75 % of the first response". */
static char *
make_words (const PnFiring *firing)
{
  g_autofree char *place = pn_ladder_step_words (firing->step);

  return g_strdup_printf ("%s: %s", metric_words[firing->deadline->metric], place);
}

/* Returns: (owned) the whole "why?": which deadline, which policy, which ladder and step, how late, and what it did. */
static char *
write_reason (const PnFiring *firing, const char *policy, json_t *done)
{
  const PnDeadline *deadline = firing->deadline;
  const PnTime late = firing->now - firing->due->due_at;
  g_autofree char *place = pn_ladder_step_words (firing->step);

  return pn_reason_make (
      PN_WHY_ESCALATION_FIRED, "{s:s, s:o, s:i, s:o, s:o, s:I, s:o, s:I, s:i, s:o, s:I, s:O}",
      "metric", pn_metric_name (deadline->metric), "place", pn_ladder_words_parts (place), "round",
      deadline->round, "due_at", pn_json_time (deadline->due_at), "policy", pn_json_text (policy),
      "policy_version", (json_int_t) deadline->policy_version, "ladder",
      pn_json_text (firing->ladder->title), "ladder_version", (json_int_t) firing->ladder->version,
      "step", firing->step->key, "reached_at", pn_json_time (firing->due->reached_at),
      "late_minutes", (json_int_t) (late > PN_ESCALATION_LATE ? late / PN_MINUTE : 0), "done",
      done);
}

static char *
find_policy_title (const PnSlaBook *book, gint64 policy_id)
{
  const GPtrArray *policies = pn_sla_book_policies (book);

  for (guint i = 0; i < policies->len; i++) {
    const PnPolicy *policy = policies->pdata[i];

    if (policy->id == policy_id)
      return g_strdup (policy->title);
  }
  return g_strdup_printf ("%" G_GINT64_FORMAT, policy_id);
}

static gboolean
record (const PnFiring *firing, GError **error)
{
  const PnDeadline *deadline = firing->deadline;
  const PnEscalationDue *due = firing->due;

  return pn_db_exec (firing->db, fire_sql,
                     PN_ARGS (pn_int (due->ticket_id), pn_int (due->metric), pn_int (due->round),
                              pn_int (due->step), pn_int (firing->ladder->id),
                              pn_int (firing->ladder->version), pn_int (deadline->policy_id),
                              pn_int (deadline->policy_version), pn_int_or_null (deadline->due_at),
                              pn_int (due->reached_at), pn_int (due->due_at), pn_int (firing->now)),
                     NULL, error);
}

static gboolean
fire_step (PnDb *db, const Attempt *attempt, const PnEscalationDue *due, const PnDeadline *deadline,
           const PnLadder *ladder, const PnLadderStep *step, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, due->ticket_id, error);
  const PnFiring firing = {
    db, ticket, deadline, ladder, step, due, attempt->rooms, pn_clock_now ()
  };
  g_autofree char *policy = find_policy_title (attempt->book, deadline->policy_id);
  g_autofree char *words = NULL;
  g_autoptr (json_t) done = json_array ();
  g_autofree char *reason = NULL;

  if (ticket == NULL || !record (&firing, error))
    return FALSE;
  PN_CRASH_POINT ("escalation-inserted");
  if (!pn_firing_act (&firing, done, error))
    return FALSE;
  words = make_words (&firing);
  reason = write_reason (&firing, policy, done);
  return pn_event_add (db, ticket->id, PN_EVENT_ESCALATION, PN_ACTOR_IS_SYSTEM, "fired", words,
                       reason, error);
}

static gboolean
load_due (PnDb *db, PnEscalationDue *due, gboolean *is_there, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, load_due_sql,
      PN_ARGS (pn_int (due->ticket_id), pn_int (due->metric), pn_int (due->round)), error);

  if (rows == NULL)
    return FALSE;
  *is_there = pn_rows_next (rows);
  if (*is_there)
    pn_escalation_read_due (rows, due);
  return TRUE;
}

/* What happened to the ticket a moment ago counts: its deadlines are computed, and so steps planned, anew before one
 * fires. @is_due: something is still to fire now, and @due says what. */
static gboolean
bring_up_to_date (PnDb *db, Attempt *attempt, PnEscalationDue *due, gboolean *is_due,
                  GError **error)
{
  g_autoptr (GError) problem = NULL;

  attempt_clear (attempt);
  attempt->history = pn_deadline_refresh (db, attempt->book, due->ticket_id, &problem);
  if (attempt->history == NULL) {
    if (pn_error_is (problem, PN_ERROR_NOT_FOUND)) /* the ticket was erased */
      return pn_db_exec (db, forget_sql, PN_ARGS (pn_int (due->ticket_id)), NULL, error);
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (!load_due (db, due, is_due, error))
    return FALSE;
  *is_due = *is_due && due->due_at <= pn_clock_now ();
  return TRUE;
}

/* What a step changes may move its deadline and others: they are computed, and their steps planned, before another fires. */
static gboolean
plan_moved (PnDb *db, const PnSlaBook *book, PnDeadline *deadline, GError **error)
{
  g_autoptr (PnSlaHistory) history = pn_deadline_refresh (db, book, deadline->ticket_id, error);
  g_autoptr (GError) problem = NULL;

  if (history == NULL)
    return FALSE;
  if (pn_deadline_load (db, deadline->ticket_id, deadline->metric, deadline->round, deadline,
                        &problem))
    return pn_escalation_follow (db, book, history, deadline, error);
  if (pn_error_is (problem, PN_ERROR_NOT_FOUND)) /* nothing is promised any more */
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* A ladder that was changed a moment ago has no such step any more: then only the next one is planned. */
static gboolean
fire_planned (PnDb *db, Attempt *attempt, const PnEscalationDue *due, GError **error)
{
  g_autoptr (PnLadder) ladder = NULL;
  const PnLadderStep *step = NULL;
  PnDeadline deadline;

  if (!pn_deadline_load (db, due->ticket_id, due->metric, due->round, &deadline, error)
      || !pn_ladder_for_policy (db, deadline.policy_id, &ladder, error))
    return FALSE;
  if (ladder != NULL && ladder->id == due->ladder_id && deadline.done_at == 0)
    step = pn_ladder_find_step (ladder, due->step);
  if (step != NULL && !fire_step (db, attempt, due, &deadline, ladder, step, error))
    return FALSE;
  attempt->has_fired = step != NULL;
  return step != NULL && pn_ladder_step_moves (step)
             ? plan_moved (db, attempt->book, &deadline, error)
             : pn_escalation_follow (db, attempt->book, attempt->history, &deadline, error);
}

static gboolean
fire_in_transaction (PnDb *db, gpointer data, GError **error)
{
  Attempt *attempt = data;
  PnEscalationDue due = attempt->due;
  gboolean is_due = FALSE;
  gint64 affected = 0;

  attempt->has_fired = FALSE;
  PN_CRASH_POINT ("escalation-begin");
  if (!pn_db_exec (db, claim_sql,
                   PN_ARGS (pn_int (due.ticket_id), pn_int (due.metric), pn_int (due.round),
                            pn_int (due.gen)),
                   &affected, error))
    return FALSE;
  if (affected == 0)
    return TRUE; /* another node was faster, or it was planned anew */
  if (!bring_up_to_date (db, attempt, &due, &is_due, error))
    return FALSE;
  return !is_due || fire_planned (db, attempt, &due, error);
}

/* What can't be fired is put off and told, so that neither it is tried all the time nor all others wait for it. */
static gboolean
park (PnDb *db, const PnEscalationDue *due, const GError *problem, GError **error)
{
  gint64 affected;

  if (!pn_db_exec (db, park_sql,
                   PN_ARGS (pn_int (pn_clock_now () + PN_ESCALATION_PARKED),
                            pn_int (due->ticket_id), pn_int (due->metric), pn_int (due->round),
                            pn_int (due->gen)),
                   &affected, error))
    return FALSE;
  if (affected > 0)
    pn_log_error (PN_LOG_ERROR, "escalation-parked", problem,
                  "ticket=%" G_GINT64_FORMAT " metric=%s round=%d step=%d", due->ticket_id,
                  pn_metric_name (due->metric), due->round, due->step);
  return TRUE;
}

/* A conflict is that another computes or fires it at this moment, who then plans what comes next; unless the step fired
 * before and is planned all the same. */
static gboolean
put_off (PnDb *db, const PnEscalationDue *due, GError *problem, GError **error)
{
  g_autoptr (PnRows) rows = NULL;

  if (pn_error_is (problem, PN_ERROR_TEMPORARY) || pn_error_is (problem, PN_ERROR_UNCERTAIN)) {
    g_propagate_error (error, g_error_copy (problem));
    return FALSE;
  }
  if (!pn_error_is (problem, PN_ERROR_CONFLICT))
    return park (db, due, problem, error);
  rows = pn_db_query (db, has_fired_sql,
                      PN_ARGS (pn_int (due->ticket_id), pn_int (due->metric), pn_int (due->round),
                               pn_int (due->step)),
                      error);
  return rows != NULL && (!pn_rows_next (rows) || park (db, due, problem, error));
}

/* @is_done: the step fired, or something else was planned instead. */
static gboolean
fire_one (PnDb *db, Attempt *attempt, gboolean *is_done, GError **error)
{
  const PnEscalationDue *due = &attempt->due;
  g_autoptr (GError) problem = NULL;

  *is_done = pn_db_run (db, fire_in_transaction, attempt, &problem);
  if (!*is_done) {
    attempt->has_fired = FALSE;
    return put_off (db, due, problem, error);
  }
  PN_CRASH_POINT ("escalation-committed");
  if (attempt->has_fired)
    pn_log (PN_LOG_INFO, "escalated", "ticket=%" G_GINT64_FORMAT " metric=%s round=%d step=%d",
            due->ticket_id, pn_metric_name (due->metric), due->round, due->step);
  return TRUE;
}

int
pn_escalation_by_due (gconstpointer a, gconstpointer b)
{
  const PnEscalationDue *one = a;
  const PnEscalationDue *two = b;

  if (one->due_at != two->due_at)
    return one->due_at < two->due_at ? -1 : 1;
  if (one->ticket_id != two->ticket_id)
    return one->ticket_id < two->ticket_id ? -1 : 1;
  if (one->metric != two->metric)
    return one->metric < two->metric ? -1 : 1;
  return one->round - two->round;
}

static GArray *
load_portion (PnDb *db, guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, due_sql, PN_ARGS (pn_int (pn_clock_now ()), pn_int (limit)), error);
  GArray *portion;

  if (rows == NULL)
    return NULL;
  portion = g_array_new (FALSE, FALSE, sizeof (PnEscalationDue));
  while (pn_rows_next (rows)) {
    PnEscalationDue due;

    pn_escalation_read_due (rows, &due);
    g_array_append_val (portion, due);
  }
  return portion;
}

/* What is planned for the ticket of the entry @at now takes its place in the order, up to @last, the portion's end as it
 * was loaded; what was there of it goes. */
static gboolean
reorder (PnDb *db, GArray *portion, guint at, const PnEscalationDue *last, GError **error)
{
  const gint64 ticket_id = g_array_index (portion, PnEscalationDue, at).ticket_id;
  g_autoptr (GArray) planned = pn_escalation_next (db, ticket_id, error);
  guint kept = at + 1;

  if (planned == NULL)
    return FALSE;
  for (guint i = at + 1; i < portion->len; i++) {
    const PnEscalationDue each = g_array_index (portion, PnEscalationDue, i);

    if (each.ticket_id != ticket_id)
      g_array_index (portion, PnEscalationDue, kept++) = each;
  }
  g_array_set_size (portion, kept);
  for (guint i = 0; i < planned->len; i++) {
    const PnEscalationDue *next = &g_array_index (planned, PnEscalationDue, i);
    guint place = at + 1;

    if (next->due_at > pn_clock_now () || pn_escalation_by_due (next, last) > 0)
      continue;
    while (place < portion->len
           && pn_escalation_by_due (&g_array_index (portion, PnEscalationDue, place), next) <= 0)
      place++;
    g_array_insert_val (portion, place, *next);
  }
  return TRUE;
}

static void
free_room (gpointer room)
{
  pn_team_room_free (room);
}

gboolean
pn_escalation_fire (PnDb *db, guint limit, guint *done, GError **error)
{
  g_autoptr (GArray) portion = load_portion (db, limit, error);
  g_autoptr (GHashTable) rooms =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_room);
  g_autoptr (PnSlaBook) book = NULL;
  PnEscalationDue last;

  *done = 0;
  if (portion == NULL)
    return FALSE;
  if (portion->len == 0)
    return TRUE;
  PN_CRASH_POINT ("escalation-found");
  last = g_array_index (portion, PnEscalationDue, portion->len - 1);
  book = pn_sla_book_load (db, error);
  if (book == NULL)
    return FALSE;
  for (guint i = 0; i < portion->len && *done < limit; i++) {
    g_auto (Attempt)
        attempt = { book, rooms, g_array_index (portion, PnEscalationDue, i), NULL, FALSE };
    gboolean is_done;

    if (!fire_one (db, &attempt, &is_done, error)
        || (attempt.has_fired && !reorder (db, portion, i, &last, error)))
      return FALSE;
    *done += is_done ? 1 : 0;
  }
  return TRUE;
}

GArray *
pn_escalation_of_ticket (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, of_ticket_sql, PN_ARGS (pn_int (ticket_id), pn_int (SHOWN)), error);
  GArray *list;

  if (rows == NULL)
    return NULL;
  list = g_array_new (FALSE, FALSE, sizeof (PnEscalation));
  while (pn_rows_next (rows)) {
    PnEscalation escalation = {
      (PnMetric) pn_rows_int (rows, 0),
      (int) pn_rows_int (rows, 1),
      (int) pn_rows_int (rows, 2),
      pn_rows_int (rows, 3),
      pn_rows_int (rows, 4),
      pn_rows_int (rows, 5),
      pn_rows_int (rows, 6),
      pn_rows_int (rows, 7),
      pn_rows_int (rows, 8),
      pn_rows_int (rows, 9),
      pn_rows_int (rows, 10),
    };

    g_array_append_val (list, escalation);
  }
  return list;
}
