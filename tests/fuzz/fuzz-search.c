#include "tests/fuzz/target.h"

#include <string.h>

#include "ticketing/search_private.h"

/* A text of a stranger that is indexed, and a query that somebody typed. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GPtrArray) terms = pn_search_terms (text, PN_SEARCH_MESSAGE_TERMS);
  g_autoptr (PnSearchQuery) query = NULL;

  for (guint i = 0; i < terms->len; i++) {
    g_assert (strlen (terms->pdata[i]) <= PN_SEARCH_TERM_BYTES);
    g_assert (g_utf8_validate (terms->pdata[i], -1, NULL));
  }
  pn_search_add_sender_terms (terms, text, text);
  for (guint i = 0; i < terms->len; i++)
    g_assert (strlen (terms->pdata[i]) <= PN_SEARCH_TERM_BYTES);
  query = pn_search_query_read (text, NULL);
  return 0;
}
