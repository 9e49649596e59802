/* Removing a person on request: a page that says what goes, asked once more; and who removed whom, for the record. */
#include "gateway/web/handlers.h"

#include "gateway/web/desk_person.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/wake.h"
#include "ticketing/removal.h"

#define SHOWN 200

static json_t *
show_removal (const PnCall *call, const PnRemoval *removal)
{
  const PnAgent *agent = pn_show_agent (call, removal->agent_id);

  return json_pack (
      "{s:I, s:o, s:s, s:b, s:I, s:I, s:I, s:I, s:o, s:o}", "person",
      (json_int_t) removal->person_id, "by", pn_json_text (agent != NULL ? agent->name : NULL),
      "step", pn_removal_step_name (removal->step), "is_done", removal->finished_at != 0, "tickets",
      (json_int_t) removal->tickets, "messages", (json_int_t) removal->messages, "letters",
      (json_int_t) removal->letters, "files", (json_int_t) removal->files, "created_at",
      pn_json_time (removal->created_at), "finished_at", pn_json_time (removal->finished_at));
}

void
pn_desk_removals (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) removals = NULL;
  json_t *list;

  if (!pn_show_load (call, &error)
      || (removals = pn_removal_list (call->db, SHOWN, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < removals->len; i++)
    json_array_append_new (list, show_removal (call, removals->pdata[i]));
  pn_call_page (call, 200, "desk-removals", json_pack ("{s:o}", "removals", list));
}

static void
show_question (PnCall *call, int status, const PnPerson *person)
{
  g_autoptr (GError) error = NULL;
  PnRemovalCount count;

  if (!pn_removal_count (call->db, person->id, &count, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (call, status, "desk-removal",
                json_pack ("{s:o, s:{s:I, s:I, s:I}, s:b}", "person", pn_show_person (person),
                           "goes", "tickets", (json_int_t) count.tickets, "messages",
                           (json_int_t) count.messages, "elsewhere", (json_int_t) count.elsewhere,
                           "is_unsure", status != 200));
}

void
pn_desk_removal (PnCall *call)
{
  g_autoptr (PnPerson) person = pn_desk_load_person (call, pn_call_id (call));

  if (person != NULL)
    show_question (call, 200, person);
}

typedef struct {
  gint64 person_id;
  gint64 agent_id;
} Order;

static gboolean
order_removal (PnDb *db, gpointer data, GError **error)
{
  const Order *order = data;
  gint64 id;

  return pn_removal_order (db, order->person_id, order->agent_id, &id, error);
}

static void
refuse (PnCall *call, const PnPerson *person)
{
  if (call->is_api)
    pn_call_problem (call, 400, "sure has to be 1: a removal can't be undone");
  else
    show_question (call, 400, person);
}

void
pn_desk_removal_order (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnPerson) person = pn_desk_load_person (call, pn_call_id (call));
  const char *sure = pn_call_field (call, "sure");
  g_autoptr (PnRemoval) removal = NULL;
  Order order;

  if (person == NULL)
    return;
  if (g_strcmp0 (sure, "1") != 0 && g_strcmp0 (sure, "true") != 0) {
    refuse (call, person);
    return;
  }
  order = (Order){ person->id, call->agent->id };
  if (!pn_show_load (call, &error) || !pn_db_run (call->db, order_removal, &order, &error)
      || !pn_removal_find (call->db, person->id, &removal, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, "person-removal-ordered",
          "person=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT, person->id, call->agent->id);
  if (call->web->config.run_path != NULL)
    pn_wake_send (call->web->config.run_path, "clerk");
  pn_call_done (call, "/desk/manage/removals", "removed", 202,
                json_pack ("{s:o}", "removal", show_removal (call, removal)));
}
