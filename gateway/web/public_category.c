#include <string.h>

#include "gateway/web/handlers.h"
#include "gateway/web/public_show.h"
#include "kb/address.h"

#define PAGE 60

static const PnCategory *
find_category (const GPtrArray *categories, gint64 id)
{
  for (guint i = 0; i < categories->len; i++) {
    if (((PnCategory *) categories->pdata[i])->id == id)
      return categories->pdata[i];
  }
  return NULL;
}

static void
show_page (PnCall *call, const PnCategory *category, gint64 after)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) heads =
      pn_article_shelf (call->db, category->id, call->language, after, PAGE + 1, &error);
  g_autofree char *url = pn_kb_category_address (category->id, category->title);
  g_autofree char *absolute = pn_show_absolute (call, url);
  g_autofree char *next = NULL;
  json_t *shown;

  if (heads == NULL) {
    pn_call_fail (call, error);
    return;
  }
  /* One that holds nothing for visitors does not exist for them. */
  if (heads->len == 0) {
    pn_call_not_found (call);
    return;
  }
  if (heads->len > PAGE) {
    g_ptr_array_set_size (heads, PAGE);
    next = g_strdup_printf ("%s?after=%" G_GINT64_FORMAT, url,
                            ((PnArticleHead *) heads->pdata[PAGE - 1])->original_id);
  }
  shown = pn_show_category (category);
  pn_json_set (shown, "absolute_url", pn_json_text (absolute));
  pn_json_set (shown, "articles", pn_show_heads (heads));
  pn_call_page (call, 200, "public-category",
                json_pack ("{s:o, s:o}", "category", shown, "next_url", pn_json_text (next)));
}

void
pn_public_category (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) categories = NULL;
  const char *behind = pn_call_query (call, "after");
  const PnCategory *category;
  g_autofree char *url = NULL;
  gint64 id, after = 0;

  if ((behind != NULL && !pn_call_read_number (behind, &after))
      || !pn_kb_address_read (call->request->match.name, &id)) {
    pn_call_not_found (call);
    return;
  }
  categories = pn_category_list_in (call->db, call->language, &error);
  if (categories == NULL) {
    pn_call_fail (call, error);
    return;
  }
  category = find_category (categories, id);
  if (category == NULL) {
    pn_call_not_found (call);
    return;
  }
  show_page (call, category, after);
}
