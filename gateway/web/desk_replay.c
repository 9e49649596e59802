/* What rules or a policy would have done: a replay's progress, what it found, and ending it early. */
#include "gateway/web/desk_replay.h"

#include "gateway/web/handlers.h"
#include "gateway/web/reason.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/rule_replay.h"
#include "ticketing/sla_replay.h"

#define SHOWN 100
#define POLICY_SHOWN 50

static char *
make_url (const PnReplay *replay)
{
  return g_strdup_printf ("/desk/manage/replays/%" G_GINT64_FORMAT, replay->id);
}

json_t *
pn_desk_replay_show (const PnReplay *replay)
{
  g_autofree char *url = make_url (replay);
  json_t *shown = pn_replay_write (replay);

  pn_json_set (shown, "url", pn_json_text (url));
  return shown;
}

gboolean
pn_desk_replay_may_see (const PnCall *call, const PnReplay *replay)
{
  if (pn_access_is_admin (call->access))
    return TRUE;
  switch (replay->kind) {
  case PN_REPLAY_RULES: return FALSE;
  case PN_REPLAY_POLICY:
    return replay->agent_id == call->agent->id
           && pn_sla_replay_is_within (replay, pn_access_queues (call->access));
  }
  g_return_val_if_reached (FALSE);
}

/* Returns: (owned) NULL: answered already. */
static PnReplay *
load (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnReplay) replay = pn_replay_load (call->db, pn_call_id (call), &error);

  if (replay == NULL)
    pn_call_fail (call, error);
  else if (!pn_desk_replay_may_see (call, replay))
    pn_call_not_found (call);
  else
    return g_steal_pointer (&replay);
  return NULL;
}

static json_t *
show_next_url (const PnReplay *replay, const char *after)
{
  g_autofree char *url = make_url (replay);
  g_autofree char *next = after != NULL ? g_strconcat (url, "?after=", after, NULL) : NULL;

  return pn_json_text (next);
}

static json_t *
show_hits (const PnCall *call, const GPtrArray *hits)
{
  json_t *list = json_array ();

  for (guint i = 0; i < hits->len; i++) {
    const PnRuleHit *hit = hits->pdata[i];
    g_autofree char *url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, hit->ticket_id);

    json_t *shown =
        json_pack ("{s:I, s:s, s:o, s:o, s:o}", "ticket", (json_int_t) hit->ticket_id, "url", url,
                   "at", pn_json_time (hit->at), "rule", pn_json_text (hit->rule), "effects",
                   pn_reason_show_effects (call, hit->effects));

    pn_reason_put (call, shown, "explanation", hit->explanation);
    json_array_append_new (list, shown);
  }
  return list;
}

static void
show_rules (PnCall *call, const PnReplay *replay)
{
  const char *text = pn_call_query (call, "after");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = NULL;
  g_autofree char *next = NULL;
  gint64 after = 0;
  gint64 last = 0;

  if (text != NULL && !pn_call_read_number (text, &after)) {
    pn_call_problem (call, 400, "\"after\" is a ticket's number");
    return;
  }
  hits = pn_rule_replay_hits (call->db, replay->id, after, SHOWN, &error);
  if (hits == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (hits->len == SHOWN) {
    last = ((const PnRuleHit *) hits->pdata[SHOWN - 1])->ticket_id;
    next = g_strdup_printf ("%" G_GINT64_FORMAT, last);
  }
  pn_call_page (call, 200, "desk-replay",
                json_pack ("{s:o, s:o, s:o, s:o}", "replay", pn_desk_replay_show (replay), "hits",
                           show_hits (call, hits), "next", pn_json_id (last), "next_url",
                           show_next_url (replay, next)));
}

/* Says whose tickets these are; those that are in other queues by now are left out. */
static gboolean
name_tickets (PnCall *call, json_t *hits, GError **error)
{
  for (gsize i = json_array_size (hits); i-- > 0;) {
    json_t *hit = json_array_get (hits, i);
    const gint64 id = json_integer_value (json_object_get (hit, "ticket"));
    g_autofree char *url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, id);
    g_autoptr (GError) problem = NULL;
    g_autoptr (PnTicket) ticket = pn_ticket_load (call->db, id, &problem);

    if (ticket == NULL && !pn_error_is (problem, PN_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    if (ticket == NULL || !pn_access_may (call->access, PN_RIGHT_SEE, ticket->queue_id)) {
      json_array_remove (hits, i);
      continue;
    }
    pn_json_set (hit, "url", pn_json_text (url));
    pn_json_set (hit, "subject", pn_json_text (ticket->subject));
  }
  return TRUE;
}

/* A page shows nothing of what nobody is promised either way. */
static void
mark_metrics (json_t *metrics)
{
  gsize i;
  json_t *metric;

  json_array_foreach (metrics, i, metric)
  {
    pn_json_set (metric, "is_any",
                 json_boolean (json_array_size (json_object_get (metric, "priorities")) > 0));
  }
}

static void
show_policy (PnCall *call, const PnReplay *replay)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) document =
      pn_sla_replay_write (call->db, replay, pn_call_query (call, "after"), POLICY_SHOWN, &error);
  g_autofree char *url = make_url (replay);
  g_autofree char *policy_url =
      g_strdup_printf ("/desk/manage/sla/%" G_GINT64_FORMAT, replay->subject_id);
  json_t *head;

  if (document == NULL || !name_tickets (call, json_object_get (document, "hits"), &error)) {
    pn_call_fail (call, error);
    return;
  }
  head = json_object_get (document, "replay");
  pn_json_set (head, "url", pn_json_text (url));
  pn_json_set (json_object_get (head, "policy"), "url", pn_json_text (policy_url));
  pn_json_set (document, "next_url", show_next_url (replay, pn_json_get_text (document, "next")));
  if (!call->is_api)
    mark_metrics (json_object_get (document, "metrics"));
  pn_call_page (call, 200, "desk-policy-replay", json_incref (document));
}

void
pn_desk_replay (PnCall *call)
{
  g_autoptr (PnReplay) replay = load (call);

  if (replay == NULL)
    return;
  switch (replay->kind) {
  case PN_REPLAY_RULES: show_rules (call, replay); break;
  case PN_REPLAY_POLICY: show_policy (call, replay); break;
  }
}

void
pn_desk_replay_cancel (PnCall *call)
{
  g_autoptr (PnReplay) replay = load (call);
  g_autoptr (PnReplay) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  if (replay == NULL)
    return;
  /* What was over just before is as good. */
  if (!pn_replay_cancel (call->db, replay->id, &error)
      && (call->is_api || !pn_error_is (error, PN_ERROR_CONFLICT))) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, "replay-cancelled", "replay=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT,
          replay->id, call->agent->id);
  g_clear_error (&error);
  after = pn_replay_load (call->db, replay->id, &error);
  if (after == NULL) {
    pn_call_fail (call, error);
    return;
  }
  url = make_url (replay);
  pn_call_done (call, url, NULL, 200, json_pack ("{s:o}", "replay", pn_desk_replay_show (after)));
}
