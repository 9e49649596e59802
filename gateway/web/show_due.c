#include "gateway/web/show_due.h"

#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/search.h"

/* What the deadlines of a ticket are shown with. */
typedef struct {
  PnSlaBook *book;
  PnSlaHistory *history;
  GPtrArray *calendars;
} Parts;

static void
parts_clear (Parts *parts)
{
  pn_sla_book_free (parts->book);
  pn_sla_history_free (parts->history);
  g_clear_pointer (&parts->calendars, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static json_t *
show_time (PnTime time)
{
  return time == PN_HOURS_NEVER ? json_null () : pn_json_time (time);
}

void
pn_show_due (json_t *shown, gint64 ticket_id, const GArray *deadlines)
{
  const PnDeadline *next =
      deadlines != NULL
          ? pn_deadline_next ((const PnDeadline *) deadlines->data, deadlines->len, ticket_id)
          : NULL;

  if (next == NULL)
    pn_json_set (shown, "due", json_null ());
  else
    pn_json_set (shown, "due",
                 json_pack ("{s:s, s:s, s:o}", "metric", pn_metric_name (next->metric), "state",
                            pn_due_name (pn_deadline_due_state (next, pn_clock_now ())), "due_at",
                            show_time (next->due_at)));
}

static GArray *
load_due (PnCall *call, const GPtrArray *hits, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (hits->len == 0)
    return g_array_new (FALSE, FALSE, sizeof (PnDeadline));
  for (guint i = 0; i < hits->len; i++)
    g_array_append_val (ids, ((const PnSearchHit *) hits->pdata[i])->ticket->id);
  return pn_deadline_of_tickets (call->db, (const gint64 *) ids->data, ids->len, error);
}

json_t *
pn_show_hits (PnCall *call, const GPtrArray *hits, GError **error)
{
  g_autoptr (GArray) deadlines = load_due (call, hits, error);
  json_t *tickets;

  if (deadlines == NULL)
    return NULL;
  tickets = json_array ();
  for (guint i = 0; i < hits->len; i++) {
    const PnSearchHit *hit = hits->pdata[i];
    json_t *shown =
        pn_show_ticket (call, hit->ticket, hit->person_name, hit->person_address, hit->tags);

    pn_show_due (shown, hit->ticket->id, deadlines);
    json_array_append_new (tickets, shown);
  }
  return tickets;
}

char *
pn_show_local_time (PnTime time, const char *zone)
{
  g_autoptr (GTimeZone) tz = zone != NULL ? g_time_zone_new_identifier (zone) : NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / PN_SECOND);
  g_autoptr (GDateTime) local = NULL;

  if (utc == NULL || time == PN_HOURS_NEVER)
    return NULL;
  local = tz != NULL ? g_date_time_to_timezone (utc, tz) : g_date_time_ref (utc);
  return g_date_time_format (local, g_date_time_get_second (local) != 0 ? "%Y-%m-%d %H:%M:%S"
                                                                        : "%Y-%m-%d %H:%M");
}

json_t *
pn_show_ledger (const GPtrArray *lines, const char *zone)
{
  json_t *list = json_array ();

  for (guint i = 0; i < lines->len; i++) {
    const PnLedgerLine *line = lines->pdata[i];
    g_autofree char *from = pn_show_local_time (line->from, zone);
    g_autofree char *to = pn_show_local_time (line->to, zone);
    json_t *shown = json_pack (
        "{s:o, s:o, s:s, s:o, s:o, s:I, s:I}", "from", pn_json_time (line->from), "to",
        pn_json_time (line->to), "kind", pn_ledger_kind_name (line->kind), "name",
        pn_json_text (line->name), "status",
        pn_json_text (line->kind == PN_LEDGER_PAUSED ? pn_status_name (line->status) : NULL),
        "seconds", (json_int_t) ((line->to - line->from) / PN_SECOND), "total_seconds",
        (json_int_t) (line->total / PN_SECOND));

    pn_json_set (shown, "from_local", pn_json_text (from));
    pn_json_set (shown, "to_local", pn_json_text (to));
    json_array_append_new (list, shown);
  }
  return list;
}

static const PnCalendar *
find_calendar (const Parts *parts, gint64 id)
{
  for (guint i = 0; i < parts->calendars->len; i++) {
    const PnCalendar *calendar = parts->calendars->pdata[i];

    if (calendar->id == id)
      return calendar;
  }
  return NULL;
}

static json_t *
show_policy (const Parts *parts, const PnDeadline *deadline)
{
  const GPtrArray *policies = pn_sla_book_policies (parts->book);

  for (guint i = 0; i < policies->len; i++) {
    const PnPolicy *policy = policies->pdata[i];

    if (policy->id == deadline->policy_id)
      return json_pack ("{s:I, s:o, s:o, s:I}", "id", (json_int_t) policy->id, "name",
                        pn_json_text (policy->name), "title", pn_json_text (policy->title),
                        "version", (json_int_t) deadline->policy_version);
  }
  return json_null ();
}

static json_t *
show_deadline (PnDb *db, const Parts *parts, const PnDeadline *deadline, GError **error)
{
  const PnCalendar *calendar = find_calendar (parts, deadline->calendar_id);
  const char *zone = calendar != NULL ? pn_json_get_text (calendar->document, "zone") : NULL;
  g_autoptr (PnSlaBook) then = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *due_local =
      deadline->due_at != 0 ? pn_show_local_time (deadline->due_at, zone) : NULL;
  json_t *shown;

  if (!pn_sla_book_load_then (db, deadline, &then, error))
    return NULL;
  lines =
      pn_sla_ledger (then != NULL ? then : parts->book, parts->history, deadline, pn_clock_now ());
  shown =
      json_pack ("{s:s, s:i, s:s, s:s, s:s, s:I, s:I}", "metric", pn_metric_name (deadline->metric),
                 "round", deadline->round, "state", pn_deadline_state_name (deadline->state), "due",
                 pn_due_name (pn_deadline_due_state (deadline, pn_clock_now ())), "priority",
                 pn_priority_name (deadline->priority), "target_seconds",
                 (json_int_t) (deadline->target / PN_SECOND), "counted_seconds",
                 (json_int_t) (deadline->counted / PN_SECOND));

  pn_json_set (shown, "start_at", pn_json_time (deadline->start_at));
  pn_json_set (shown, "soon_at", show_time (deadline->soon_at));
  pn_json_set (shown, "due_at", show_time (deadline->due_at));
  pn_json_set (shown, "due_local", pn_json_text (due_local));
  pn_json_set (shown, "paused_at", pn_json_time (deadline->paused_at));
  pn_json_set (shown, "done_at", pn_json_time (deadline->done_at));
  pn_json_set (shown, "policy", show_policy (parts, deadline));
  pn_json_set (shown, "calendar", pn_json_text (calendar != NULL ? calendar->name : NULL));
  pn_json_set (shown, "zone", pn_json_text (zone));
  pn_json_set (shown, "ledger", pn_show_ledger (lines, zone));
  return shown;
}

static gboolean
load_parts (PnCall *call, gint64 ticket_id, Parts *parts, GError **error)
{
  parts->book = pn_sla_book_load (call->db, error);
  parts->history = parts->book != NULL ? pn_sla_history_load (call->db, ticket_id, error) : NULL;
  parts->calendars = parts->history != NULL ? pn_calendar_list (call->db, error) : NULL;
  return parts->calendars != NULL;
}

gboolean
pn_show_deadlines (PnCall *call, gint64 ticket_id, json_t *document, GError **error)
{
  g_autoptr (GArray) deadlines = pn_deadline_of_ticket (call->db, ticket_id, error);
  g_auto (Parts) parts = { NULL };
  json_t *list = NULL;
  json_t *tries = NULL;
  PnTime matched_at = 0;

  if (deadlines == NULL || !pn_deadline_match (call->db, ticket_id, &tries, &matched_at, error))
    return FALSE;
  pn_json_set (document, "sla",
               tries != NULL
                   ? json_pack ("{s:o, s:o}", "tries", tries, "at", pn_json_time (matched_at))
                   : json_null ());
  list = json_array ();
  pn_json_set (document, "deadlines", list);
  pn_show_due (json_object_get (document, "ticket"), ticket_id, deadlines);
  if (deadlines->len == 0)
    return TRUE;
  if (!load_parts (call, ticket_id, &parts, error))
    return FALSE;
  for (guint i = 0; i < deadlines->len; i++) {
    json_t *shown =
        show_deadline (call->db, &parts, &g_array_index (deadlines, PnDeadline, i), error);

    if (shown == NULL)
      return FALSE;
    json_array_append_new (list, shown);
  }
  return TRUE;
}
