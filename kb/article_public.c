#include "kb/article_public.h"

#include <math.h>
#include <string.h>

#include "ticketing/core/error.h"

#define LANGUAGES_MAX 50
#define SCORE_LIFE (30.0 * (double) PN_DAY)
#define SCORE_EPOCH (G_GINT64_CONSTANT (1767225600) * PN_SECOND) /* 2026: e^709 is in 2084 */

#define HEAD(row) row ".id, " row ".external_id, " row ".title, " row ".language, " row ".shown_at"

/* "t" is "a" in the reader's language. A translation whose original is not public stands for itself. */
#define SHOWN_ONCE                                                                                 \
  " LEFT JOIN kb_article t ON t.translation_of = a.external_id AND t.language = ?"                 \
  " AND t.state = 1 AND t.is_internal = 0"                                                         \
  " LEFT JOIN kb_article o ON o.external_id = a.translation_of"                                    \
  " AND o.state = 1 AND o.is_internal = 0"                                                         \
  " WHERE a.state = 1 AND a.is_internal = 0 AND o.id IS NULL"

static const char shelf_sql[] =
    "SELECT " HEAD ("a") ", " HEAD ("t") " FROM kb_article a" SHOWN_ONCE
                                         " AND a.category_id = ? AND a.id > ?"
                                         " ORDER BY a.id"
                                         " LIMIT ?";

static const char languages_sql[] = "SELECT " HEAD (
    "a") " FROM kb_article a"
         " WHERE (a.external_id = ? OR a.translation_of = ?) AND a.state = 1 AND a.is_internal = 0"
         " ORDER BY a.language, a.id"
         " LIMIT ?";

static const char newest_sql[] = "SELECT " HEAD ("a") " FROM kb_article a"
                                                      " WHERE a.state = 1 AND a.is_internal = 0"
                                                      " ORDER BY a.shown_at DESC, a.id DESC"
                                                      " LIMIT ?";

static const char read_sql[] = "SELECT " HEAD ("a") ", " HEAD (
    "t") " FROM kb_read r JOIN kb_article a ON a.id = r.article_id" SHOWN_ONCE
         " ORDER BY r.score DESC"
         " LIMIT ?";

static const char heads_sql[] = "SELECT " HEAD ("a") " FROM kb_article a"
                                                     " WHERE a.id IN (?, ?, ?, ?, ?)"
                                                     " AND a.state = 1 AND a.is_internal = 0"
                                                     " ORDER BY FIELD(a.id, ?, ?, ?, ?, ?)"
                                                     " LIMIT 5";

static const char add_sql[] = "INSERT INTO kb_read (article_id, readings, score)"
                              " VALUES (?, ?, ?)"
                              " ON DUPLICATE KEY UPDATE readings = readings + VALUES (readings),"
                              " score = score + VALUES (score)";

static const char readings_sql[] = "SELECT readings FROM kb_read WHERE article_id = ?";

void
pn_article_head_free (PnArticleHead *head)
{
  if (head == NULL)
    return;
  g_free (head->external_id);
  g_free (head->title);
  g_free (head->language);
  g_free (head);
}

/* @with_translation: the columns of "t" follow those of "a", and win where they are there. */
static PnArticleHead *
read_head (const PnRows *rows, gboolean with_translation)
{
  guint at = with_translation && !pn_rows_is_null (rows, 5) ? 5 : 0;
  PnArticleHead *head = g_new0 (PnArticleHead, 1);

  head->original_id = pn_rows_int (rows, 0);
  head->id = pn_rows_int (rows, at);
  head->external_id = g_strdup (pn_rows_text (rows, at + 1));
  head->title = g_strdup (pn_rows_text (rows, at + 2));
  head->language = g_strdup (pn_rows_text (rows, at + 3));
  head->shown_at = pn_rows_int (rows, at + 4);
  return head;
}

/* Of two translations into one language the first counts. */
static GPtrArray *
read_heads (PnRows *rows, gboolean with_translation)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_article_head_free);

  while (pn_rows_next (rows)) {
    const PnArticleHead *last = list->len > 0 ? list->pdata[list->len - 1] : NULL;

    if (last == NULL || last->original_id != pn_rows_int (rows, 0))
      g_ptr_array_add (list, read_head (rows, with_translation));
  }
  return list;
}

GPtrArray *
pn_article_shelf (PnDb *db, gint64 category_id, const char *language, gint64 after, guint limit,
                  GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, shelf_sql,
      PN_ARGS (pn_text (language), pn_int (category_id), pn_int (after), pn_int (limit)), error);

  return rows != NULL ? read_heads (rows, TRUE) : NULL;
}

GPtrArray *
pn_article_languages (PnDb *db, const PnArticle *article, GError **error)
{
  const char *original =
      *article->translation_of != '\0' ? article->translation_of : article->external_id;
  g_autoptr (PnRows) rows =
      pn_db_query (db, languages_sql,
                   PN_ARGS (pn_text (original), pn_text (original), pn_int (LANGUAGES_MAX)), error);

  return rows != NULL ? read_heads (rows, FALSE) : NULL;
}

GPtrArray *
pn_article_newest (PnDb *db, guint limit, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, newest_sql, PN_ARGS (pn_int (limit)), error);

  return rows != NULL ? read_heads (rows, FALSE) : NULL;
}

GPtrArray *
pn_article_heads (PnDb *db, const gint64 ids[PN_ARTICLE_HEADS], GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, heads_sql,
      PN_ARGS (pn_int (ids[0]), pn_int (ids[1]), pn_int (ids[2]), pn_int (ids[3]), pn_int (ids[4]),
               pn_int (ids[0]), pn_int (ids[1]), pn_int (ids[2]), pn_int (ids[3]), pn_int (ids[4])),
      error);

  return rows != NULL ? read_heads (rows, FALSE) : NULL;
}

/* Returns: (owned) where the article of that id is; "" where that is not for everybody. */
static char *
address_of (PnDb *db, const char *external_id, const char *site_url, GError **error)
{
  g_autoptr (PnArticle) article = NULL;

  if (!pn_article_find_external (db, external_id, &article, error))
    return NULL;
  if (article == NULL || !pn_article_is_public (article))
    return g_strdup ("");
  return g_strdup_printf ("%s/kb/%" G_GINT64_FORMAT, site_url, article->id);
}

char *
pn_article_write_outside (PnDb *db, const PnArticle *article, const char *site_url, GError **error)
{
  static const char mark[] = "](article:";
  g_autofree char *local = g_strdup_printf ("](%s/", site_url);
  g_autofree char *image = g_strdup_printf ("](%s/kb/images/", site_url);
  g_autoptr (GString) text = g_string_new (article->body);
  char *start;

  g_string_replace (text, "](/", local, 0);
  g_string_replace (text, "](image:", image, 0);
  while ((start = strstr (text->str, mark)) != NULL) {
    gsize id_size = strcspn (start + strlen (mark), " )\n");
    g_autofree char *id = g_strndup (start + strlen (mark), id_size);
    g_autofree char *address = address_of (db, id, site_url, error);
    gssize at = start + strlen ("](") - text->str;

    if (address == NULL)
      return NULL;
    g_string_erase (text, at, (gssize) (strlen ("article:") + id_size));
    g_string_insert (text, at, address);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
pn_article_add_readings (PnDb *db, gint64 id, guint count, GError **error)
{
  double weight = exp ((double) (pn_clock_now () - SCORE_EPOCH) / SCORE_LIFE);

  return pn_db_exec (db, add_sql, PN_ARGS (pn_int (id), pn_int (count), pn_real (weight * count)),
                     NULL, error);
}

GPtrArray *
pn_article_most_read (PnDb *db, const char *language, guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, read_sql, PN_ARGS (pn_text (language), pn_int (limit)), error);

  return rows != NULL ? read_heads (rows, TRUE) : NULL;
}

gboolean
pn_article_readings (PnDb *db, gint64 id, gint64 *readings, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, readings_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return FALSE;
  *readings = pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
  return TRUE;
}
