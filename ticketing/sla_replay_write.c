#include <stdlib.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/sla_replay_private.h"

/* Weights: what is worse first, among the same by how far the due time moves. */
#define RANK (G_GINT64_CONSTANT (10000000000))

static const char tallies_sql[] =
    "SELECT metric, priority, side, met, missed, running, late, dropped, changed"
    " FROM sla_replay_tally"
    " WHERE replay_id = ?"
    " ORDER BY metric, priority DESC, side";

static const char hits_sql[] = "SELECT weight, ticket_id, changes FROM sla_replay_hit"
                               " WHERE replay_id = ?"
                               " AND (weight < ? OR (weight = ? AND ticket_id < ?))"
                               " ORDER BY weight DESC, ticket_id DESC"
                               " LIMIT ?";

static const char *const tally_names[] = { "met", "missed", "running", "late", "dropped" };
#define TALLY_NAMES G_N_ELEMENTS (tally_names)

/* How it stands with a promise. */
typedef enum { NO_PROMISE, KEPT, BROKEN } Standing;

static Standing
stand (const PnDeadline *round, PnTime now)
{
  if (round->target == 0)
    return NO_PROMISE;
  if (round->state == PN_DEADLINE_MISSED || pn_deadline_due_state (round, now) == PN_DUE_OVER)
    return BROKEN;
  return KEPT;
}

static const char *
find_reason (const PnDeadline *without, const PnDeadline *with)
{
  if (without->target == 0)
    return "new_promise";
  if (with->target == 0)
    return "no_promise";
  if (without->policy_id != with->policy_id)
    return "other_policy";
  if (without->target != with->target)
    return "target";
  return without->calendar_id != with->calendar_id ? "calendar" : "pauses";
}

static gboolean
has_due (const PnDeadline *round)
{
  return round->target != 0 && round->due_at != 0 && round->due_at != PN_HOURS_NEVER;
}

static json_t *
write_side (const PnSlaReplayBooks *books, const PnSlaBook *book, const PnDeadline *round,
            PnTime now)
{
  if (round->target == 0)
    return json_null ();
  return json_pack ("{s:o, s:o, s:s, s:s, s:o, s:I}", "policy",
                    pn_json_text (pn_sla_replay_policy_title (book, round)), "calendar",
                    pn_json_text (g_hash_table_lookup (books->calendars, &round->calendar_id)),
                    "state", pn_deadline_state_name (round->state), "due",
                    pn_due_name (pn_deadline_due_state (round, now)), "due_at",
                    has_due (round) ? pn_json_time (round->due_at) : json_null (), "target_seconds",
                    (json_int_t) (round->target / PN_SECOND));
}

json_t *
pn_sla_replay_compare (const PnSlaReplayBooks *books, const PnDeadline *without,
                       const PnDeadline *with, PnTime now, gint64 *weight)
{
  const Standing before = stand (without, now);
  const Standing after = stand (with, now);
  const gboolean is_moved = has_due (without) && has_due (with);
  gint64 shift = is_moved ? (with->due_at - without->due_at) / PN_SECOND : 0;
  json_t *change;

  if (without->target == with->target && without->state == with->state
      && without->due_at == with->due_at)
    return NULL;
  change = json_pack ("{s:s, s:i, s:s, s:s, s:o, s:o, s:o}", "metric",
                      pn_metric_name (with->metric), "round", with->round, "priority",
                      pn_priority_name (with->priority), "reason", find_reason (without, with),
                      "shift_seconds", is_moved ? json_integer ((json_int_t) shift) : json_null (),
                      "without", write_side (books, books->without, without, now), "with",
                      write_side (books, books->with, with, now));
  if (before != after && (before == BROKEN || after == BROKEN))
    *weight = 3 * RANK;
  else
    *weight = before != after ? 2 * RANK : RANK;
  *weight += MIN (llabs (shift), RANK - 1);
  return change;
}

static json_t *
new_tally (void)
{
  json_t *tally = json_object ();

  for (gsize i = 0; i < TALLY_NAMES; i++)
    pn_json_set (tally, tally_names[i], json_integer (0));
  return tally;
}

static json_t *
new_sides (const char *key, const char *name)
{
  return json_pack ("{s:s, s:o, s:o, s:i}", key, name, "without", new_tally (), "with",
                    new_tally (), "changed", 0);
}

static void
add (json_t *object, const char *key, gint64 number)
{
  pn_json_set (object, key,
               json_integer (json_integer_value (json_object_get (object, key)) + number));
}

/* Adds a row of tallies_sql to what both sides of @sides come to. */
static void
add_row (json_t *sides, const PnRows *rows)
{
  json_t *tally = json_object_get (sides, pn_rows_int (rows, 2) == 0 ? "without" : "with");

  for (guint i = 0; i < TALLY_NAMES; i++)
    add (tally, tally_names[i], pn_rows_int (rows, 3 + i));
  add (sides, "changed", pn_rows_int (rows, 3 + TALLY_NAMES));
}

/* Rows come by metric and, the most urgent first, by priority. */
static json_t *
write_tallies (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, tallies_sql, PN_ARGS (pn_int (id)), error);
  json_t *metrics = json_array ();

  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    json_t *metric = new_sides ("metric", pn_metric_name ((PnMetric) m));

    pn_json_set (metric, "priorities", json_array ());
    json_array_append_new (metrics, metric);
  }
  while (rows != NULL && pn_rows_next (rows)) {
    json_t *metric =
        json_array_get (metrics, (gsize) CLAMP (pn_rows_int (rows, 0), 0, PN_METRIC_COUNT - 1));
    json_t *list = json_object_get (metric, "priorities");
    json_t *last = json_array_get (list, json_array_size (list) - 1);
    const char *name =
        pn_priority_name ((PnPriority) CLAMP (pn_rows_int (rows, 1), 0, PN_PRIORITY_COUNT - 1));

    if (g_strcmp0 (pn_json_get_text (last, "priority"), name) != 0) {
      last = new_sides ("priority", name);
      json_array_append_new (list, last);
    }
    add_row (metric, rows);
    add_row (last, rows);
  }
  if (rows != NULL)
    return metrics;
  json_decref (metrics);
  return NULL;
}

static gboolean
read_after (const char *after, gint64 *weight, gint64 *ticket, GError **error)
{
  char *end = NULL;

  *weight = G_MAXINT64;
  *ticket = 0;
  if (after == NULL)
    return TRUE;
  *weight = g_ascii_strtoll (after, &end, 10);
  if (end != after && *end == '.' && g_ascii_isdigit (end[1])) {
    *ticket = g_ascii_strtoll (end + 1, &end, 10);
    if (*end == '\0')
      return TRUE;
  }
  pn_error_set (error, PN_ERROR_INVALID, "\"after\" is what was \"next\"");
  return FALSE;
}

/* @next: (owned) NULL: there are no more. */
static json_t *
write_hits (PnDb *db, gint64 id, const char *after, guint limit, char **next, GError **error)
{
  g_autoptr (PnRows) rows = NULL;
  gint64 weight;
  gint64 ticket;
  json_t *hits;

  if (!read_after (after, &weight, &ticket, error))
    return NULL;
  rows = pn_db_query (
      db, hits_sql,
      PN_ARGS (pn_int (id), pn_int (weight), pn_int (weight), pn_int (ticket), pn_int (limit)),
      error);
  if (rows == NULL)
    return NULL;
  hits = json_array ();
  while (pn_rows_next (rows)) {
    json_t *changes = json_loads (pn_rows_text (rows, 2), 0, NULL);

    weight = pn_rows_int (rows, 0);
    ticket = pn_rows_int (rows, 1);
    json_array_append_new (hits, json_pack ("{s:I, s:o}", "ticket", (json_int_t) ticket, "changes",
                                            changes != NULL ? changes : json_array ()));
  }
  if (json_array_size (hits) == limit)
    *next = g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, weight, ticket);
  return hits;
}

json_t *
pn_sla_replay_write (PnDb *db, const PnReplay *replay, const char *after, guint limit,
                     GError **error)
{
  g_autoptr (json_t) definition = json_loads (replay->definition, 0, NULL);
  g_autoptr (json_t) metrics = write_tallies (db, replay->id, error);
  g_autofree char *next = NULL;
  json_t *hits = metrics != NULL ? write_hits (db, replay->id, after, limit, &next, error) : NULL;
  json_t *head;

  if (hits == NULL)
    return NULL;
  head = pn_replay_write (replay);
  pn_json_set (head, "policy",
               json_pack ("{s:I, s:o}", "id", (json_int_t) replay->subject_id, "title",
                          pn_json_text (replay->title)));
  pn_json_set (head, "is_change",
               json_boolean (json_is_true (json_object_get (definition, "is_change"))));
  return json_pack ("{s:o, s:O, s:o, s:o}", "replay", head, "metrics", metrics, "hits", hits,
                    "next", pn_json_text (next));
}
