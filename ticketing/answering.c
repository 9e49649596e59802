#include "ticketing/answering.h"

#include <string.h>

#include "ticketing/calendar.h"
#include "ticketing/core/error.h"

#define COLUMNS                                                                                    \
  "queue_id, mode, threshold, languages, hours, closed_text, away_from, away_until, away_text,"    \
  " calendar_id"
#define LIST_MAX "1000"

static const char load_sql[] = "SELECT " COLUMNS " FROM queue_answer WHERE queue_id = ?";

static const char list_sql[] = "SELECT " COLUMNS " FROM queue_answer"
                               " ORDER BY queue_id"
                               " LIMIT " LIST_MAX;

static const char save_sql[] =
    "INSERT INTO queue_answer (" COLUMNS ")"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE mode = VALUES(mode), threshold = VALUES(threshold),"
    " languages = VALUES(languages), hours = VALUES(hours), closed_text = VALUES(closed_text),"
    " away_from = VALUES(away_from), away_until = VALUES(away_until),"
    " away_text = VALUES(away_text), calendar_id = VALUES(calendar_id)";

static const char *const modes[] = {
  [PN_ANSWERING_OFF] = "off",
  [PN_ANSWERING_SUGGEST] = "suggest",
  [PN_ANSWERING_ANSWER] = "answer",
};

static const char *const hours_names[] = {
  [PN_ANSWERING_ALWAYS] = "always",
  [PN_ANSWERING_CLOSED] = "closed",
  [PN_ANSWERING_OPEN] = "open",
};

PnAnswering *
pn_answering_new (gint64 queue_id)
{
  PnAnswering *answering = g_new0 (PnAnswering, 1);

  answering->queue_id = queue_id;
  answering->mode = PN_ANSWERING_SUGGEST;
  answering->languages = g_strdup ("");
  answering->closed_text = g_strdup ("");
  answering->away_text = g_strdup ("");
  return answering;
}

void
pn_answering_free (PnAnswering *answering)
{
  if (answering == NULL)
    return;
  g_free (answering->languages);
  g_free (answering->closed_text);
  g_free (answering->away_text);
  g_free (answering);
}

static void
free_answering (gpointer data)
{
  pn_answering_free (data);
}

static PnAnswering *
read_answering (const PnRows *rows)
{
  PnAnswering *answering = g_new0 (PnAnswering, 1);

  answering->queue_id = pn_rows_int (rows, 0);
  answering->mode = (PnAnsweringMode) pn_rows_int (rows, 1);
  answering->threshold = pn_rows_real (rows, 2);
  answering->languages = g_strdup (pn_rows_text (rows, 3));
  answering->hours = (PnAnsweringHours) pn_rows_int (rows, 4);
  answering->closed_text = g_strdup (pn_rows_text (rows, 5));
  answering->away_from = pn_rows_int (rows, 6);
  answering->away_until = pn_rows_int (rows, 7);
  answering->away_text = g_strdup (pn_rows_text (rows, 8));
  answering->calendar_id = pn_rows_int (rows, 9);
  return answering;
}

PnAnswering *
pn_answering_load (PnDb *db, gint64 queue_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (queue_id)), error);

  if (rows == NULL)
    return NULL;
  return pn_rows_next (rows) ? read_answering (rows) : pn_answering_new (queue_id);
}

GPtrArray *
pn_answering_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_NO_ARGS, error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (free_answering);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_answering (rows));
  return list;
}

static gboolean
check_languages (const char *languages, GError **error)
{
  g_auto (GStrv) words = g_strsplit (languages, " ", -1);

  for (char **word = words; *word != NULL; word++) {
    gsize size = strlen (*word);

    if (size != strspn (*word, "abcdefghijklmnopqrstuvwxyz") || size == 1 || size > 3) {
      pn_error_set (error, PN_ERROR_INVALID,
                    "language \"%s\": codes such as \"en\" or \"de\" with blanks between", *word);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check (const PnAnswering *answering, GError **error)
{
  if (answering->threshold != 0
      && !(answering->threshold >= PN_ANSWERING_THRESHOLD_MIN && answering->threshold <= 1)) {
    pn_error_set (error, PN_ERROR_INVALID, "threshold %g: 0.5 to 1, or 0 for the learned one",
                  answering->threshold);
    return FALSE;
  }
  if (strlen (answering->closed_text) > PN_ANSWERING_TEXT_MAX_BYTES
      || strlen (answering->away_text) > PN_ANSWERING_TEXT_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the text is longer than %d bytes",
                  PN_ANSWERING_TEXT_MAX_BYTES);
    return FALSE;
  }
  if (answering->away_until != 0 && answering->away_until <= answering->away_from) {
    pn_error_set (error, PN_ERROR_INVALID, "the holidays end before they begin");
    return FALSE;
  }
  return check_languages (answering->languages, error);
}

gboolean
pn_answering_save (PnDb *db, const PnAnswering *answering, GError **error)
{
  return check (answering, error)
         && pn_db_exec (
             db, save_sql,
             PN_ARGS (pn_int (answering->queue_id), pn_int (answering->mode),
                      pn_real (answering->threshold), pn_text (answering->languages),
                      pn_int (answering->hours), pn_text (answering->closed_text),
                      pn_int_or_null (answering->away_from), pn_int_or_null (answering->away_until),
                      pn_text (answering->away_text), pn_int_or_null (answering->calendar_id)),
             NULL, error);
}

gboolean
pn_answering_has_language (const PnAnswering *answering, const char *language)
{
  g_auto (GStrv) words = g_strsplit (answering->languages, " ", -1);
  g_autofree char *first = NULL;

  if (*answering->languages == '\0')
    return TRUE;
  if (language == NULL)
    return FALSE;
  first = g_ascii_strdown (language, -1);
  first[strcspn (first, "-_")] = '\0';
  return g_strv_contains ((const char *const *) words, first);
}

gboolean
pn_answering_is_away (const PnAnswering *answering, PnTime now)
{
  return answering->away_until != 0 && now >= answering->away_from && now < answering->away_until;
}

gboolean
pn_answering_check_open (PnDb *db, const PnAnswering *answering, PnTime now, gboolean *is_open,
                         GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (PnCalendar) calendar = NULL;
  g_autoptr (PnHours) hours = NULL;

  *is_open = TRUE;
  if (answering->calendar_id == 0)
    return TRUE;
  calendar = pn_calendar_load (db, answering->calendar_id, &problem);
  if (calendar == NULL) {
    if (pn_error_is (problem, PN_ERROR_NOT_FOUND))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  hours = pn_calendar_hours (calendar, error);
  if (hours == NULL)
    return FALSE;
  *is_open = pn_hours_between (hours, now, now + 1) > 0;
  return TRUE;
}

const char *
pn_answering_mode_name (PnAnsweringMode mode)
{
  return modes[mode];
}

static gboolean
find_name (const char *const *names, gsize n, const char *name, gsize *at)
{
  for (*at = 0; *at < n; (*at)++) {
    if (g_strcmp0 (names[*at], name) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_answering_mode_read (const char *name, PnAnsweringMode *mode)
{
  gsize at;

  if (!find_name (modes, G_N_ELEMENTS (modes), name, &at))
    return FALSE;
  *mode = (PnAnsweringMode) at;
  return TRUE;
}

const char *
pn_answering_hours_name (PnAnsweringHours hours)
{
  return hours_names[hours];
}

gboolean
pn_answering_hours_read (const char *name, PnAnsweringHours *hours)
{
  gsize at;

  if (!find_name (hours_names, G_N_ELEMENTS (hours_names), name, &at))
    return FALSE;
  *hours = (PnAnsweringHours) at;
  return TRUE;
}
