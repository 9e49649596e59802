#include "gateway/web/desk_ladder_version.h"

#include <stdlib.h>

#include "gateway/web/show.h"
#include "gateway/web/show_difference.h"
#include "ticketing/core/json.h"
#include "ticketing/ladder.h"

/* Returns: (owned, by malloc) the document over several lines. */
static char *
spread (const PnLadderVersion *version)
{
  g_autoptr (json_t) document = json_loads (version->document, 0, NULL);

  json_object_del (document, "last_key");
  return json_dumps (document, JSON_INDENT (2));
}

static json_t *
show_version (const PnCall *call, const PnLadderVersion *version, const PnLadderVersion *before,
              gboolean is_current)
{
  const PnAgent *agent = pn_show_agent (call, version->agent_id);
  char *text = spread (version);
  char *old = before != NULL ? spread (before) : NULL;
  json_t *shown =
      json_pack ("{s:I, s:b, s:o, s:o, s:o, s:o}", "version", (json_int_t) version->version,
                 "is_current", is_current, "at", pn_json_time (version->at), "agent",
                 pn_json_text (agent != NULL ? agent->name : NULL), "ladder",
                 json_loads (version->document, 0, NULL), "difference",
                 pn_show_difference (old != NULL ? old : text, text));

  free (text);
  free (old);
  return shown;
}

json_t *
pn_desk_ladder_versions (PnCall *call, gint64 ladder_id, GError **error)
{
  g_autoptr (GPtrArray) versions = pn_ladder_versions (call->db, ladder_id, error);
  g_autofree char *url = g_strdup_printf ("/desk/manage/ladders/%" G_GINT64_FORMAT, ladder_id);
  json_t *list;

  if (versions == NULL)
    return NULL;
  list = json_array ();
  for (guint i = 0; i < versions->len; i++) {
    json_t *shown = show_version (call, versions->pdata[i],
                                  i + 1 < versions->len ? versions->pdata[i + 1] : NULL, i == 0);

    /* "ladder" is what it was here, not the one that the page is about. */
    if (!call->is_api)
      pn_json_set (shown, "url", pn_json_text (url));
    json_array_append_new (list, shown);
  }
  return list;
}
