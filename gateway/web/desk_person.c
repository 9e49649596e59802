#include "gateway/web/handlers.h"

#include "gateway/web/show.h"

#define TICKETS 100

/* Who has no ticket in queues that the caller may see is nobody to them. */
void
pn_desk_person (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnPerson) person = pn_person_load (call->db, pn_call_id (call), &error);
  g_autoptr (GPtrArray) list = NULL;
  const char *address;
  json_t *tickets;

  if (person == NULL || !pn_show_load (call, &error)
      || (list = pn_ticket_of_person (call->db, person->id, pn_access_queues (call->access),
                                      TICKETS, &error))
             == NULL) {
    pn_call_fail (call, error);
    return;
  }
  if (list->len == 0 && !pn_access_is_admin (call->access)) {
    pn_call_not_found (call);
    return;
  }
  address = person->addresses->len > 0 ? person->addresses->pdata[0] : NULL;
  tickets = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (tickets,
                           pn_show_ticket (call, list->pdata[i], person->name, address, NULL));
  pn_call_page (call, 200, "desk-person",
                json_pack ("{s:o, s:o}", "person", pn_show_person (person), "tickets", tickets));
}
