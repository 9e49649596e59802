#include "gateway/web/handlers.h"

#include "gateway/web/show.h"

void
pn_public_front (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) queues = pn_queue_list (call->db, &error);
  json_t *contact;

  if (queues == NULL) {
    pn_call_fail (call, error);
    return;
  }
  contact = json_array ();
  for (guint i = 0; i < queues->len; i++) {
    const PnQueue *queue = queues->pdata[i];
    g_autofree char *url = g_strconcat ("/contact/", queue->name, NULL);

    if (queue->is_public)
      json_array_append_new (contact,
                             json_pack ("{s:o, s:o, s:s}", "name", pn_json_text (queue->name),
                                        "title", pn_json_text (queue->title), "url", url));
  }
  pn_call_page (call, 200, "public-front", json_pack ("{s:o}", "contact", contact));
}
