#include "kb/asked.h"

#include <string.h>

#include "ticketing/core/text.h"

#define TEXT_BYTES 150
#define DIGITS_MAX 5
#define TEXTS_A_DAY 1000

static const char add_sql[] = "INSERT INTO kb_asked (day, text, times)"
                              " VALUES (?, ?, 1)"
                              " ON DUPLICATE KEY UPDATE times = times + 1";

static const char count_sql[] = "SELECT COUNT(*) FROM kb_asked WHERE day = ?";

static const char list_sql[] = "SELECT text, SUM(times) AS n FROM kb_asked"
                               " WHERE day >= ?"
                               " GROUP BY text"
                               " ORDER BY n DESC, text"
                               " LIMIT ?";

static const char total_sql[] = "SELECT COALESCE(SUM(times), 0) FROM kb_asked WHERE day >= ?";

static const char sweep_sql[] = "DELETE FROM kb_asked WHERE day < ? LIMIT 1000";

void
pn_asked_free (PnAsked *asked)
{
  if (asked == NULL)
    return;
  g_free (asked->text);
  g_free (asked);
}

gboolean
pn_asked_is_fit (const char *text)
{
  guint digits = 0;
  gsize letters = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (letter == '@')
      return FALSE;
    if (g_unichar_isdigit (letter) && ++digits > DIGITS_MAX)
      return FALSE;
    letters += g_unichar_isalpha (letter) ? 1 : 0;
  }
  return letters >= 2 && strlen (text) <= TEXT_BYTES;
}

gboolean
pn_asked_add (PnDb *db, const char *text, GError **error)
{
  g_autofree char *line = pn_text_clean_line (text, TEXT_BYTES + 1);
  g_autofree char *folded = g_utf8_strdown (line, -1);
  const gint64 day = pn_clock_now () / PN_DAY;
  g_autoptr (PnRows) rows = NULL;

  if (!pn_asked_is_fit (folded))
    return TRUE;
  rows = pn_db_query (db, count_sql, PN_ARGS (pn_int (day)), error);
  if (rows == NULL)
    return FALSE;
  pn_rows_next (rows);
  return pn_rows_int (rows, 0) >= TEXTS_A_DAY /* somebody tries words by the thousand */
         || pn_db_exec (db, add_sql, PN_ARGS (pn_int (day), pn_text (folded)), NULL, error);
}

GPtrArray *
pn_asked_list (PnDb *db, PnTime from, guint limit, gint64 *total, GError **error)
{
  const gint64 day = from / PN_DAY;
  g_autoptr (PnRows) sum = pn_db_query (db, total_sql, PN_ARGS (pn_int (day)), error);
  g_autoptr (PnRows) rows = NULL;
  GPtrArray *list;

  if (sum == NULL)
    return NULL;
  rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (day), pn_int (limit)), error);
  if (rows == NULL)
    return NULL;
  pn_rows_next (sum);
  *total = pn_rows_int (sum, 0);
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_asked_free);
  while (pn_rows_next (rows)) {
    PnAsked *asked = g_new0 (PnAsked, 1);

    asked->text = g_strdup (pn_rows_text (rows, 0));
    asked->times = pn_rows_int (rows, 1);
    g_ptr_array_add (list, asked);
  }
  return list;
}

gboolean
pn_asked_sweep (PnDb *db, GError **error)
{
  const gint64 day = (pn_clock_now () - PN_ASKED_LIFE) / PN_DAY;

  return pn_db_exec (db, sweep_sql, PN_ARGS (pn_int (day)), NULL, error);
}
