#include "gateway/web/handlers.h"

#include "gateway/web/show.h"
#include "kb/article_public.h"
#include "kb/category.h"

#define CATEGORIES 12
#define CATEGORIES_TRIED 40 /* each costs a query, also those with nothing public in them */
#define ARTICLES 8

static json_t *
show_articles (const GPtrArray *articles)
{
  json_t *list = json_array ();

  for (guint i = 0; i < articles->len; i++) {
    const PnArticleHead *article = articles->pdata[i];
    g_autofree char *url = g_strdup_printf ("/kb/%" G_GINT64_FORMAT, article->id);

    json_array_append_new (list,
                           json_pack ("{s:o, s:o, s:s}", "title", pn_json_text (article->title),
                                      "language", pn_json_text (article->language), "url", url));
  }
  return list;
}

/* Returns: (owned) the first categories that have public articles. */
static json_t *
show_categories (PnCall *call, GError **error)
{
  g_autoptr (json_t) list = json_array ();
  g_autoptr (GPtrArray) categories = pn_category_list (call->db, error);

  if (categories == NULL)
    return NULL;
  for (guint i = 0; i < MIN (categories->len, CATEGORIES_TRIED); i++) {
    const PnCategory *category = categories->pdata[i];
    g_autoptr (GPtrArray) articles =
        pn_article_shelf (call->db, category->id, call->language, 0, ARTICLES, error);

    if (articles == NULL)
      return NULL;
    if (articles->len > 0)
      json_array_append_new (list, json_pack ("{s:o, s:o}", "name", pn_json_text (category->name),
                                              "articles", show_articles (articles)));
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
  json_t *categories = queues != NULL ? show_categories (call, &error) : NULL;

  if (categories == NULL) {
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (
      call, 200, "public-front",
      json_pack ("{s:o, s:o}", "contact", show_contact (queues), "categories", categories));
}
