#include "kb/suggest.h"

GPtrArray *
pn_kb_suggest (PnDb *db, const char *subject, const char *text, const char *language,
               gboolean with_internal, GError **error)
{
  g_autofree char *whole =
      g_strdup_printf ("%s\n%s", subject != NULL ? subject : "", text != NULL ? text : "");
  const PnKbQuery query = {
    .text = whole,
    .language = language,
    .limit = PN_KB_SUGGESTIONS,
    .with_internal = with_internal,
    .wants_why = TRUE,
  };

  return pn_kb_search (db, &query, error);
}
