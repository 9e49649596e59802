#include "kb/article_list.h"

#include <string.h>

#include "kb/article_private.h"
#include "kb/category.h"
#include "ticketing/core/db_where.h"
#include "ticketing/core/error.h"

#define WORDS_MAX 8
#define CHOICES 200
#define TRANSLATIONS 100

#define ROW                                                                                        \
  "SELECT a.id, a.external_id, a.title, a.language, COALESCE(c.name, ''), a.state, a.is_internal," \
  " a.owner, a.version, a.updated_at, a.publish_at, a.review_at,"                                  \
  " COALESCE(o.updated_at > a.translated_at, 0),"                                                  \
  " EXISTS(SELECT 1 FROM kb_link l WHERE l.article_id = a.id AND " BROKEN "),"                     \
  " EXISTS(SELECT 1 FROM kb_proposal p WHERE p.article_id = a.id)"                                 \
  " FROM kb_article a"                                                                             \
  " LEFT JOIN kb_category c ON c.id = a.category_id"                                               \
  " LEFT JOIN kb_article o ON o.external_id = a.translation_of"

/* Of a link "l" of an article "a": its target is not there for those who read the article. */
#define BROKEN                                                                                     \
  "NOT EXISTS(SELECT 1 FROM kb_article t"                                                          \
  " WHERE t.id = l.target_id AND t.state = 1 AND t.is_internal <= a.is_internal)"

static const char select_sql[] = ROW;

static const char translations_sql[] = ROW " WHERE (a.external_id = ? OR a.translation_of = ?)"
                                           " AND a.state <> ?"
                                           " ORDER BY a.translation_of <> '', a.language, a.id"
                                           " LIMIT ?";

static const char broken_condition[] =
    "EXISTS(SELECT 1 FROM kb_link l WHERE l.article_id = a.id AND " BROKEN ")";

static const char languages_sql[] =
    "SELECT DISTINCT language FROM kb_article ORDER BY language LIMIT ?";

static const char owners_sql[] = "SELECT DISTINCT owner FROM kb_article ORDER BY owner LIMIT ?";

static const char due_sql[] = "SELECT id"
                              " FROM kb_article"
                              " WHERE publish_at <= ? AND state IN (?, ?)"
                              " ORDER BY publish_at, id"
                              " LIMIT ?";

static const char remind_sql[] = "SELECT id"
                                 " FROM kb_article"
                                 " WHERE review_at <= ? AND state = ? AND owner <> ''"
                                 " AND (reminded_at IS NULL OR reminded_at < review_at)"
                                 " ORDER BY review_at, id"
                                 " LIMIT ?";

static const char reminded_sql[] = "UPDATE kb_article SET reminded_at = ?"
                                   " WHERE id = ? AND review_at <= ?"
                                   " AND (reminded_at IS NULL OR reminded_at < review_at)";

static const PnOrder orders[] = {
  { "a.updated_at", "a.id", TRUE },
  { "a.updated_at", "a.id", FALSE },
};

static const char *const mark_names[] = {
  [PN_ARTICLE_MARK_NONE] = "",
  [PN_ARTICLE_MARK_REVIEW_DUE] = "review_due",
  [PN_ARTICLE_MARK_OUTDATED] = "outdated",
  [PN_ARTICLE_MARK_BROKEN] = "broken",
  [PN_ARTICLE_MARK_PROPOSED] = "proposed",
  [PN_ARTICLE_MARK_SCHEDULED] = "scheduled",
  [PN_ARTICLE_MARK_INTERNAL] = "internal",
};

void
pn_article_row_free (PnArticleRow *row)
{
  if (row == NULL)
    return;
  g_free (row->external_id);
  g_free (row->title);
  g_free (row->language);
  g_free (row->category);
  g_free (row->owner);
  g_free (row);
}

const char *
pn_article_mark_name (PnArticleMark mark)
{
  return mark_names[mark];
}

gboolean
pn_article_mark_read (const char *word, PnArticleMark *mark)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mark_names); i++) {
    if (strcmp (word, mark_names[i]) == 0) {
      *mark = (PnArticleMark) i;
      return TRUE;
    }
  }
  return FALSE;
}

static PnArticleRow *
read_row (const PnRows *rows)
{
  PnArticleRow *row = g_new0 (PnArticleRow, 1);

  row->id = pn_rows_int (rows, 0);
  row->external_id = g_strdup (pn_rows_text (rows, 1));
  row->title = g_strdup (pn_rows_text (rows, 2));
  row->language = g_strdup (pn_rows_text (rows, 3));
  row->category = g_strdup (pn_rows_text (rows, 4));
  row->state = (PnArticleState) CLAMP (pn_rows_int (rows, 5), 0, PN_ARTICLE_ARCHIVED);
  row->is_internal = pn_rows_int (rows, 6) != 0;
  row->owner = g_strdup (pn_rows_text (rows, 7));
  row->version = pn_rows_int (rows, 8);
  row->updated_at = pn_rows_int (rows, 9);
  row->publish_at = pn_rows_int (rows, 10);
  row->review_at = pn_rows_int (rows, 11);
  row->is_review_due = row->review_at != 0 && row->review_at <= pn_clock_now ();
  row->is_outdated = pn_rows_int (rows, 12) != 0;
  row->is_broken = pn_rows_int (rows, 13) != 0;
  row->is_proposed = pn_rows_int (rows, 14) != 0;
  return row;
}

static GPtrArray *
read_rows (PnRows *rows)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_article_row_free);

  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}

/* Returns: (owned) "%word%" where the word's own signs mean themselves. */
static char *
like (const char *word)
{
  GString *pattern = g_string_new ("%");

  for (const char *c = word; *c != '\0'; c++) {
    if (strchr ("%_\\", *c) != NULL)
      g_string_append_c (pattern, '\\');
    g_string_append_c (pattern, *c);
  }
  g_string_append_c (pattern, '%');
  return g_string_free (pattern, FALSE);
}

/* @patterns keeps what was bound until the query has run. */
static void
add_words (PnWhere *where, const char *words, GPtrArray *patterns)
{
  g_auto (GStrv) list = g_strsplit_set (words, " \t\r\n", -1);

  for (gsize i = 0; list[i] != NULL && patterns->len < WORDS_MAX; i++) {
    const char *pattern;

    if (*list[i] == '\0')
      continue;
    g_ptr_array_add (patterns, like (list[i]));
    pattern = patterns->pdata[patterns->len - 1];
    pn_where_add (where, "a.title LIKE ? OR a.body LIKE ? OR a.external_id LIKE ?",
                  PN_ARGS (pn_text (pattern), pn_text (pattern), pn_text (pattern)));
  }
}

static void
add_mark (PnWhere *where, PnArticleMark mark)
{
  switch (mark) {
  case PN_ARTICLE_MARK_NONE: break;
  case PN_ARTICLE_MARK_REVIEW_DUE:
    pn_where_add (where, "a.review_at <= ?", PN_ARGS (pn_int (pn_clock_now ())));
    break;
  case PN_ARTICLE_MARK_OUTDATED:
    pn_where_add (where, "o.updated_at > a.translated_at", PN_NO_ARGS);
    break;
  case PN_ARTICLE_MARK_BROKEN: pn_where_add (where, broken_condition, PN_NO_ARGS); break;
  case PN_ARTICLE_MARK_PROPOSED:
    pn_where_add (where, "EXISTS(SELECT 1 FROM kb_proposal p WHERE p.article_id = a.id)",
                  PN_NO_ARGS);
    break;
  case PN_ARTICLE_MARK_SCHEDULED:
    pn_where_add (where, "a.publish_at IS NOT NULL", PN_NO_ARGS);
    break;
  case PN_ARTICLE_MARK_INTERNAL: pn_where_add (where, "a.is_internal = 1", PN_NO_ARGS); break;
  }
}

static void
add_choices (PnWhere *where, const PnArticleFilter *filter)
{
  if (filter->state >= 0)
    pn_where_add (where, "a.state = ?", PN_ARGS (pn_int (filter->state)));
  else
    pn_where_add (where, "a.state IN (?, ?, ?)",
                  PN_ARGS (pn_int (PN_ARTICLE_DRAFT), pn_int (PN_ARTICLE_PUBLISHED),
                           pn_int (PN_ARTICLE_REVIEW)));
  if (filter->category != NULL && *filter->category == '\0')
    pn_where_add (where, "a.category_id IS NULL", PN_NO_ARGS);
  else if (filter->category != NULL)
    pn_where_add (where, "c.name = ?", PN_ARGS (pn_text (filter->category)));
  if (filter->language != NULL)
    pn_where_add (where, "a.language = ?", PN_ARGS (pn_text (filter->language)));
  if (filter->owner != NULL)
    pn_where_add (where, "a.owner = ?", PN_ARGS (pn_text (filter->owner)));
}

GPtrArray *
pn_article_filter (PnDb *db, const PnArticleFilter *filter, guint limit, GError **error)
{
  PnWhere *where = pn_where_new (select_sql);
  g_autoptr (GPtrArray) patterns = g_ptr_array_new_with_free_func (g_free);
  const PnValue after = pn_int (filter->after);
  g_autoptr (PnRows) rows = NULL;

  add_choices (where, filter);
  add_mark (where, filter->mark);
  if (filter->words != NULL)
    add_words (where, filter->words, patterns);
  pn_where_page (where, &orders[filter->is_oldest_first ? 1 : 0],
                 filter->after_id != 0 ? &after : NULL, filter->after_id, limit);
  rows = pn_where_query (where, db, error);
  pn_where_free (where);
  return rows != NULL ? read_rows (rows) : NULL;
}

GPtrArray *
pn_article_list_translations (PnDb *db, const PnArticle *article, GError **error)
{
  const char *original =
      *article->translation_of != '\0' ? article->translation_of : article->external_id;
  g_autoptr (PnRows) rows =
      pn_db_query (db, translations_sql,
                   PN_ARGS (pn_text (original), pn_text (original), pn_int (PN_ARTICLE_REMOVED),
                            pn_int (TRANSLATIONS)),
                   error);

  return rows != NULL ? read_rows (rows) : NULL;
}

static GPtrArray *
list_words (PnDb *db, const char *sql, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_ARGS (pn_int (CHOICES)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (g_free);
  while (pn_rows_next (rows)) {
    if (*pn_rows_text (rows, 0) != '\0')
      g_ptr_array_add (list, g_strdup (pn_rows_text (rows, 0)));
  }
  return list;
}

GPtrArray *
pn_article_list_languages (PnDb *db, GError **error)
{
  return list_words (db, languages_sql, error);
}

GPtrArray *
pn_article_list_owners (PnDb *db, GError **error)
{
  return list_words (db, owners_sql, error);
}

GPtrArray *
pn_article_list_to_publish (PnDb *db, PnTime now, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_article_free);
  g_autoptr (PnRows) rows = pn_db_query (
      db, due_sql,
      PN_ARGS (pn_int (now), pn_int (PN_ARTICLE_DRAFT), pn_int (PN_ARTICLE_REVIEW), pn_int (limit)),
      error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    PnArticle *article = NULL;

    if (!pn_article_find (db, pn_rows_int (rows, 0), &article, error))
      return NULL;
    if (article != NULL)
      g_ptr_array_add (list, article);
  }
  return g_steal_pointer (&list);
}

GArray *
pn_article_list_to_remind (PnDb *db, PnTime now, guint limit, GError **error)
{
  return pn_db_query_ids (
      db, remind_sql, PN_ARGS (pn_int (now), pn_int (PN_ARTICLE_PUBLISHED), pn_int (limit)), error);
}

gboolean
pn_article_set_reminded (PnDb *db, gint64 id, PnTime now, gboolean *is_first, GError **error)
{
  gint64 affected = 0;

  if (!pn_db_exec (db, reminded_sql, PN_ARGS (pn_int (now), pn_int (id), pn_int (now)), &affected,
                   error))
    return FALSE;
  *is_first = affected > 0;
  return TRUE;
}
