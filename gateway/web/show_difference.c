#include "gateway/web/show_difference.h"

#include "kb/difference.h"
#include "ticketing/core/json.h"

static const char *const difference_names[] = {
  [PN_DIFFERENCE_SAME] = "same",
  [PN_DIFFERENCE_REMOVED] = "removed",
  [PN_DIFFERENCE_ADDED] = "added",
  [PN_DIFFERENCE_GAP] = "gap",
};

json_t *
pn_show_difference (const char *before, const char *after)
{
  g_autoptr (GPtrArray) lines = pn_difference (before, after);
  json_t *list = json_array ();

  for (guint i = 0; i < lines->len; i++) {
    const PnDifferenceLine *line = lines->pdata[i];
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint k = 0; line->parts != NULL && k < line->parts->len; k++)
      g_string_append (text, g_array_index (line->parts, PnDifferencePart, k).text);
    json_array_append_new (list, json_pack ("{s:s, s:o}", "kind", difference_names[line->kind],
                                            "text", pn_json_text (text->str)));
  }
  return list;
}
