#include "gateway/web/public_show.h"

#include <string.h>

#include "gateway/web/language_name.h"
#include "kb/address.h"

json_t *
pn_show_heads (const GPtrArray *heads)
{
  json_t *list = json_array ();

  for (guint i = 0; i < heads->len; i++) {
    const PnArticleHead *head = heads->pdata[i];
    g_autofree char *url = pn_kb_address (head->id, head->title, head->language);

    json_array_append_new (
        list, json_pack ("{s:I, s:o, s:o, s:s, s:s, s:o}", "id", (json_int_t) head->id, "title",
                         pn_json_text (head->title), "language", pn_json_text (head->language),
                         "language_name", pn_language_name (head->language), "url", url,
                         "updated_at", pn_json_time (head->shown_at)));
  }
  return list;
}

json_t *
pn_show_category (const PnCategory *category)
{
  g_autofree char *url = pn_kb_category_address (category->id, category->title);

  return json_pack ("{s:I, s:o, s:o, s:s}", "id", (json_int_t) category->id, "name",
                    pn_json_text (category->name), "title", pn_json_text (category->title), "url",
                    url);
}

char *
pn_show_absolute (const PnCall *call, const char *path)
{
  const char *base = call->web->config.url;
  gsize size = strlen (base);

  while (size > 0 && base[size - 1] == '/')
    size--;
  return g_strdup_printf ("%.*s%s", (int) size, base, path);
}

void
pn_show_moved (PnCall *call, const char *path)
{
  const char *query = call->request->raw_query;
  g_autofree char *target = *query != '\0' ? g_strconcat (path, "?", query, NULL) : g_strdup (path);

  pn_response_set_redirect (call->response, target);
  call->response->status = 301;
}
