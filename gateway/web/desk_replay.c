/* What rules would have done: a replay's progress and its tickets. */
#include "gateway/web/handlers.h"
#include "gateway/web/show.h"
#include "ticketing/rule_replay.h"

#define SHOWN 100

static json_t *
show_hits (const GPtrArray *hits)
{
  json_t *list = json_array ();

  for (guint i = 0; i < hits->len; i++) {
    const PnRuleHit *hit = hits->pdata[i];
    g_autofree char *url = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, hit->ticket_id);

    json_array_append_new (
        list, json_pack ("{s:I, s:s, s:o, s:o, s:o, s:O}", "ticket", (json_int_t) hit->ticket_id,
                         "url", url, "at", pn_json_time (hit->at), "rule", pn_json_text (hit->rule),
                         "explanation", pn_json_text (hit->explanation), "effects", hit->effects));
  }
  return list;
}

static json_t *
show_replay (const PnRuleReplay *replay)
{
  g_autofree char *url = g_strdup_printf ("/desk/manage/replays/%" G_GINT64_FORMAT, replay->id);

  return json_pack (
      "{s:I, s:s, s:o, s:s, s:i, s:o, s:I, s:I, s:o, s:o, s:o, s:b}", "id", (json_int_t) replay->id,
      "url", url, "title", pn_json_text (replay->title), "state",
      pn_rule_replay_state_name (replay->state), "percent", pn_rule_replay_percent (replay),
      "since", pn_json_time (replay->since), "tickets", (json_int_t) replay->tickets, "changed",
      (json_int_t) replay->changed, "trouble", pn_json_text (replay->trouble), "created_at",
      pn_json_time (replay->created_at), "finished_at", pn_json_time (replay->finished_at),
      "is_running", replay->state == PN_REPLAY_RUNNING);
}

void
pn_desk_replay (PnCall *call)
{
  const char *text = pn_call_query (call, "after");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRuleReplay) replay = pn_rule_replay_load (call->db, pn_call_id (call), &error);
  g_autoptr (GPtrArray) hits = NULL;
  g_autofree char *next_url = NULL;
  gint64 after = 0;
  gint64 next = 0;

  if (text != NULL && !pn_call_read_number (text, &after)) {
    pn_call_problem (call, 400, "\"after\" is a ticket's number");
    return;
  }
  if (replay != NULL)
    hits = pn_rule_replay_hits (call->db, replay->id, after, SHOWN, &error);
  if (hits == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (hits->len == SHOWN) {
    next = ((const PnRuleHit *) hits->pdata[SHOWN - 1])->ticket_id;
    next_url = g_strdup_printf ("/desk/manage/replays/%" G_GINT64_FORMAT "?after=%" G_GINT64_FORMAT,
                                replay->id, next);
  }
  pn_call_page (call, 200, "desk-replay",
                json_pack ("{s:o, s:o, s:o, s:o}", "replay", show_replay (replay), "hits",
                           show_hits (hits), "next", pn_json_id (next), "next_url",
                           pn_json_text (next_url)));
}
