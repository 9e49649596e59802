#include "gateway/web/desk_person.h"

#include "gateway/web/desk_organisation.h"
#include "gateway/web/desk_survey.h"
#include "gateway/web/handlers.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/person_merge.h"

#define TICKETS 100

gboolean
pn_desk_may_know (PnCall *call, gint64 id, gint64 *known_id, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (PnPerson) person = pn_person_load (call->db, id, &problem);
  g_autoptr (GPtrArray) list = NULL;

  *known_id = 0;
  if (person == NULL && pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return TRUE;
  if (person == NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  list = pn_ticket_of_person (call->db, person->id, pn_access_queues (call->access), 1, error);
  if (list != NULL && (list->len > 0 || pn_access_is_admin (call->access)))
    *known_id = person->id;
  return list != NULL;
}

PnPerson *
pn_desk_load_person (PnCall *call, gint64 id)
{
  g_autoptr (GError) error = NULL;
  PnPerson *person = NULL;
  gint64 known_id;

  if (!pn_desk_may_know (call, id, &known_id, &error)) {
    pn_call_fail (call, error);
    return NULL;
  }
  if (known_id == 0) {
    pn_call_not_found (call);
    return NULL;
  }
  person = pn_person_load (call->db, known_id, &error);
  if (person == NULL)
    pn_call_fail (call, error);
  return person;
}

static json_t *
show_merged (const PnCall *call, const GPtrArray *members)
{
  json_t *list = json_array ();

  for (guint i = 0; i < members->len; i++) {
    const PnPersonMember *member = members->pdata[i];
    const PnAgent *agent = pn_show_agent (call, member->agent_id);

    json_array_append_new (
        list, json_pack ("{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t) member->id, "name",
                         pn_json_text (member->name), "address", pn_json_text (member->address),
                         "at", pn_json_time (member->merged_at), "by",
                         pn_json_text (agent != NULL ? agent->name : NULL)));
  }
  return list;
}

static json_t *
show_tickets (const PnCall *call, const PnPerson *person, const GPtrArray *list)
{
  const char *address = person->addresses->len > 0 ? person->addresses->pdata[0] : NULL;
  json_t *tickets = json_array ();

  for (guint i = 0; i < list->len; i++)
    json_array_append_new (tickets,
                           pn_show_ticket (call, list->pdata[i], person->name, address, NULL));
  return tickets;
}

void
pn_desk_show_person (PnCall *call, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnPerson) person = pn_desk_load_person (call, id);
  g_autoptr (GPtrArray) tickets = NULL;
  g_autoptr (GPtrArray) members = NULL;
  json_t *organisation = NULL;
  json_t *document;

  if (person == NULL)
    return;
  if (!pn_show_load (call, &error)
      || (tickets = pn_ticket_of_person (call->db, person->id, pn_access_queues (call->access),
                                         TICKETS, &error))
             == NULL
      || (members = pn_person_merged (call->db, person->id, &error)) == NULL
      || (organisation = pn_desk_show_organisation (call, person->id, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  document = json_pack ("{s:o, s:o, s:o, s:o}", "person", pn_show_person (person), "merged",
                        show_merged (call, members), "tickets",
                        show_tickets (call, person, tickets), "organisation", organisation);
  if (pn_desk_add_surveys (call, person->id, document, &error)) {
    pn_call_page (call, 200, "desk-person", document);
    return;
  }
  json_decref (document);
  pn_call_fail (call, error);
}

void
pn_desk_person (PnCall *call)
{
  pn_desk_show_person (call, pn_call_id (call));
}
