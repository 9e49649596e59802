#include "ticketing/core/ids.h"

gboolean
pn_ids_have (const GArray *ids, gint64 id)
{
  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_ids_allow (const GArray *ids, gint64 id)
{
  return ids == NULL || pn_ids_have (ids, id);
}
