#include "kb/feedback.h"

#include <string.h>

#include "kb/article.h"
#include "kb/question.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/error.h"

#define FORGOTTEN_MAX "1000"

#define COLUMNS "id, kind, article_id, question, language, person_id, message_id, is_learned"

static const char insert_sql[] =
    "INSERT IGNORE INTO kb_feedback (dedupe_key, kind, article_id, question, language, person_id,"
    " message_id, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

static const char list_sql[] = "SELECT " COLUMNS " FROM kb_feedback"
                               " WHERE id > ? AND question IS NOT NULL"
                               " ORDER BY id"
                               " LIMIT ?";

static const char last_sql[] = "SELECT COALESCE(MAX(id), 0) FROM kb_feedback";

static const char set_learned_sql[] = "UPDATE kb_feedback"
                                      " SET is_learned = ?"
                                      " WHERE id = ? AND question IS NOT NULL";

static const char learned_sql[] = "SELECT question"
                                  " FROM kb_feedback"
                                  " WHERE article_id = ? AND is_learned = 1"
                                  " ORDER BY id DESC"
                                  " LIMIT ?";

static const char list_learned_sql[] = "SELECT " COLUMNS " FROM kb_feedback"
                                       " WHERE is_learned = 1 AND id > ?"
                                       " ORDER BY id"
                                       " LIMIT ?";

static const char count_sql[] = "SELECT kind, COUNT(*)"
                                " FROM kb_feedback"
                                " WHERE article_id = ?"
                                " GROUP BY kind";

static const char find_person_sql[] = "SELECT DISTINCT article_id"
                                      " FROM kb_feedback"
                                      " WHERE person_id = ? AND is_learned = 1"
                                      " LIMIT " FORGOTTEN_MAX;

static const char forget_sql[] = "UPDATE kb_feedback"
                                 " SET question = NULL, person_id = NULL, message_id = NULL,"
                                 " is_learned = 0"
                                 " WHERE person_id = ?"
                                 " LIMIT " FORGOTTEN_MAX;

static const struct {
  const char *name;
  gboolean is_good;
} kinds[PN_FEEDBACK_KINDS] = {
  [PN_FEEDBACK_STAFF] = { "staff", TRUE },
  [PN_FEEDBACK_SEARCH] = { "search", TRUE },
  [PN_FEEDBACK_FORM] = { "form", TRUE },
  [PN_FEEDBACK_SOLVED] = { "solved", TRUE },
  [PN_FEEDBACK_HELPFUL] = { "helpful", TRUE },
  [PN_FEEDBACK_REFUSED] = { "refused", FALSE },
  [PN_FEEDBACK_UNHELPFUL] = { "unhelpful", FALSE },
  [PN_FEEDBACK_NONE] = { "none", FALSE },
};

void
pn_feedback_free (PnFeedback *feedback)
{
  if (feedback == NULL)
    return;
  g_free (feedback->question);
  g_free (feedback->language);
  g_free (feedback);
}

gboolean
pn_feedback_is_good (PnFeedbackKind kind)
{
  return kinds[kind].is_good;
}

gboolean
pn_feedback_add (PnDb *db, const PnFeedback *feedback, const char *key, GError **error)
{
  g_autofree char *whole = g_strdup_printf ("%s:%s", kinds[feedback->kind].name, key);
  g_autofree char *question =
      feedback->question != NULL
          ? pn_question_gist (feedback->question, PN_FEEDBACK_QUESTION_MAX_CHARS)
          : NULL;
  g_autofree char *language = g_strndup (feedback->language != NULL ? feedback->language : "", 16);
  guint8 hash[PN_SHA256_BYTES];

  pn_sha256 (whole, strlen (whole), hash);
  return pn_db_exec (db, insert_sql,
                     PN_ARGS (pn_bytes (hash, sizeof hash), pn_int (feedback->kind),
                              pn_int_or_null (feedback->article_id),
                              pn_text (question != NULL && *question != '\0' ? question : NULL),
                              pn_text (language), pn_int_or_null (feedback->person_id),
                              pn_int_or_null (feedback->message_id), pn_int (pn_clock_now ())),
                     NULL, error);
}

static void
free_feedback (gpointer data)
{
  pn_feedback_free (data);
}

static PnFeedback *
read_feedback (const PnRows *rows)
{
  PnFeedback *feedback = g_new0 (PnFeedback, 1);

  feedback->id = pn_rows_int (rows, 0);
  feedback->kind = (PnFeedbackKind) CLAMP (pn_rows_int (rows, 1), 0, PN_FEEDBACK_KINDS - 1);
  feedback->article_id = pn_rows_int (rows, 2);
  feedback->question = g_strdup (pn_rows_text (rows, 3));
  feedback->language = g_strdup (pn_rows_text (rows, 4));
  feedback->person_id = pn_rows_int (rows, 5);
  feedback->message_id = pn_rows_int (rows, 6);
  feedback->is_learned = pn_rows_int (rows, 7) != 0;
  return feedback;
}

static GPtrArray *
list_by (PnDb *db, const char *sql, gint64 after_id, guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, sql, PN_ARGS (pn_int (after_id), pn_int (limit)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (free_feedback);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_feedback (rows));
  return list;
}

GPtrArray *
pn_feedback_list (PnDb *db, gint64 after_id, guint limit, GError **error)
{
  return list_by (db, list_sql, after_id, limit, error);
}

GPtrArray *
pn_feedback_list_learned (PnDb *db, gint64 after_id, guint limit, GError **error)
{
  return list_by (db, list_learned_sql, after_id, limit, error);
}

gboolean
pn_feedback_last (PnDb *db, gint64 *id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, last_sql, PN_NO_ARGS, error);

  if (rows == NULL)
    return FALSE;
  *id = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}

gboolean
pn_feedback_set_learned (PnDb *db, gint64 id, gboolean is_learned, GError **error)
{
  return pn_db_exec (db, set_learned_sql, PN_ARGS (pn_int (is_learned), pn_int (id)), NULL, error);
}

GPtrArray *
pn_feedback_learned (PnDb *db, gint64 article_id, guint limit, GError **error)
{
  return pn_db_query_texts (db, learned_sql, PN_ARGS (pn_int (article_id), pn_int (limit)), error);
}

gboolean
pn_feedback_count (PnDb *db, gint64 article_id, gint64 counts[PN_FEEDBACK_KINDS], GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, count_sql, PN_ARGS (pn_int (article_id)), error);

  if (rows == NULL)
    return FALSE;
  memset (counts, 0, PN_FEEDBACK_KINDS * sizeof *counts);
  while (pn_rows_next (rows))
    counts[CLAMP (pn_rows_int (rows, 0), 0, PN_FEEDBACK_KINDS - 1)] = pn_rows_int (rows, 1);
  return TRUE;
}

gboolean
pn_feedback_forget_person (PnDb *db, gint64 person_id, gint64 *count, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_person_sql, PN_ARGS (pn_int (person_id)), error);
  gint64 change_no;

  if (rows == NULL)
    return FALSE;
  if (pn_rows_count (rows) > 0 && !pn_article_begin_change (db, &change_no, error))
    return FALSE;
  while (pn_rows_next (rows)) {
    if (!pn_article_touch (db, pn_rows_int (rows, 0), change_no, error))
      return FALSE;
  }
  return pn_db_exec (db, forget_sql, PN_ARGS (pn_int (person_id)), count, error);
}
