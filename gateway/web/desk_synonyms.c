/* /desk/manage/synonyms: words that mean the same to the site's customers, a group a line. */
#include "gateway/web/handlers.h"

#include "kb/synonym.h"
#include "ticketing/core/error.h"

static void
show_page (PnCall *call, int status, const char *text, const char *problem)
{
  pn_call_page (call, status, "desk-synonyms",
                json_pack ("{s:{s:o, s:o}}", "synonyms", "text", pn_json_text (text), "problem",
                           pn_json_text (problem)));
}

void
pn_desk_synonyms (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) groups = pn_synonym_list (call->db, &error);
  g_autofree char *text = NULL;

  if (groups == NULL) {
    pn_call_fail (call, error);
    return;
  }
  g_ptr_array_add (groups, NULL);
  text = g_strjoinv ("\n", (char **) groups->pdata);
  show_page (call, 200, text, NULL);
}

void
pn_desk_synonyms_save (PnCall *call)
{
  const char *text = pn_call_field (call, "text");
  g_autoptr (GError) error = NULL;

  if (pn_synonym_save (call->db, text != NULL ? text : "", &error))
    pn_call_done (call, "/desk/manage/synonyms", "saved", 200, json_object ());
  else if (pn_error_is (error, PN_ERROR_INVALID) && !call->is_api)
    show_page (call, 400, text, error->message);
  else
    pn_call_fail (call, error);
}
