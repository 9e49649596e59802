#include "gateway/web/handlers.h"

#include "gateway/web/contact.h"
#include "gateway/web/public_show.h"
#include "gateway/web/show.h"

#define CATEGORIES 30
#define CATEGORIES_TRIED 60 /* each costs a query, also those with nothing public in them */
#define ARTICLES 8
#define MOST_READ 6

/* Returns: (owned) the first categories that have public articles. */
static json_t *
show_categories (PnCall *call, GError **error)
{
  g_autoptr (json_t) list = json_array ();
  g_autoptr (GPtrArray) categories = pn_category_list_in (call->db, call->language, error);

  if (categories == NULL)
    return NULL;
  for (guint i = 0; i < MIN (categories->len, CATEGORIES_TRIED); i++) {
    const PnCategory *category = categories->pdata[i];
    g_autoptr (GPtrArray) articles =
        pn_article_shelf (call->db, category->id, call->language, 0, ARTICLES, error);

    if (articles == NULL)
      return NULL;
    if (articles->len > 0) {
      json_t *shown = pn_show_category (category);

      pn_json_set (shown, "articles", pn_show_heads (articles));
      json_array_append_new (list, shown);
    }
    if (json_array_size (list) == CATEGORIES)
      break;
  }
  return g_steal_pointer (&list);
}

static json_t *
show_contact (const GPtrArray *queues)
{
  json_t *contact = json_array ();

  for (guint i = 0; i < queues->len; i++) {
    const PnQueue *queue = queues->pdata[i];
    g_autofree char *url = g_strconcat ("/contact/", queue->name, NULL);

    if (queue->is_public)
      json_array_append_new (contact,
                             json_pack ("{s:o, s:o, s:s}", "name", pn_json_text (queue->name),
                                        "title", pn_json_text (queue->title), "url", url));
  }
  return contact;
}

void
pn_public_front (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) queues = pn_queue_list (call->db, &error);
  g_autoptr (GPtrArray) read =
      queues != NULL ? pn_article_most_read (call->db, call->language, MOST_READ, &error) : NULL;
  json_t *categories = read != NULL ? show_categories (call, &error) : NULL;
  g_autofree char *absolute = pn_show_absolute (call, "/");

  if (categories == NULL) {
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (call, 200, "public-front",
                json_pack ("{s:o, s:o, s:o, s:o, s:s}", "forms", pn_contact_show_forms (call),
                           "contact", show_contact (queues), "categories", categories, "most_read",
                           pn_show_heads (read), "absolute_url", absolute));
}
