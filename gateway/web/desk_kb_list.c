#include <string.h>

#include "gateway/web/desk_kb.h"
#include "gateway/web/handlers.h"
#include "gateway/web/language_name.h"
#include "gateway/web/link.h"
#include "gateway/web/show.h"
#include "kb/category.h"

#define PAGE 50
#define PAGE_MAX 200
#define WORDS_MAX_CHARS 200
#define ANY_STATE "any"

static const char *const states[] = { "draft", "review", "published", "archived" };

static const PnArticleMark marks[] = {
  PN_ARTICLE_MARK_PROPOSED, PN_ARTICLE_MARK_REVIEW_DUE, PN_ARTICLE_MARK_OUTDATED,
  PN_ARTICLE_MARK_BROKEN,   PN_ARTICLE_MARK_SCHEDULED,  PN_ARTICLE_MARK_INTERNAL,
};

/* A choice that is "any" or not made at all is NULL; "none" is "". */
static const char *
read_choice (PnCall *call, const char *name)
{
  const char *value = pn_call_query (call, name);

  if (value == NULL || *value == '\0')
    return NULL;
  return strcmp (value, "none") == 0 ? "" : value;
}

static gboolean
read_after (PnCall *call, PnArticleFilter *filter)
{
  const char *after = pn_call_query (call, "after");
  const char *dot = after != NULL ? strchr (after, '.') : NULL;
  g_autofree char *key = NULL;

  if (after == NULL || *after == '\0')
    return TRUE;
  if (dot == NULL)
    return FALSE;
  key = g_strndup (after, (gsize) (dot - after));
  return pn_call_read_number (key, &filter->after)
         && pn_call_read_number (dot + 1, &filter->after_id);
}

static gboolean
read_filter (PnCall *call, PnArticleFilter *filter, const char **problem)
{
  const char *state = read_choice (call, "state");
  const char *mark = pn_call_query (call, "mark");
  const char *order = pn_call_query (call, "order");
  PnArticleState read = PN_ARTICLE_DRAFT;

  *filter = (PnArticleFilter){ .state = -1,
                               .words = pn_call_query (call, "query"),
                               .category = read_choice (call, "category"),
                               .language = read_choice (call, "language"),
                               .owner = read_choice (call, "owner") };
  filter->is_oldest_first = g_strcmp0 (order, "oldest") == 0;
  if (state != NULL && strcmp (state, ANY_STATE) != 0) {
    *problem = "there is no such state";
    if (!pn_article_state_read (state, &read, NULL))
      return FALSE;
    filter->state = (int) read;
  }
  *problem = "there is no such mark";
  if (mark != NULL && !pn_article_mark_read (mark, &filter->mark))
    return FALSE;
  *problem = "query has at most 200 characters";
  if (filter->words != NULL && g_utf8_strlen (filter->words, -1) > WORDS_MAX_CHARS)
    return FALSE;
  *problem = "after is the cursor of another page";
  return read_after (call, filter);
}

static char *
make_next (const GPtrArray *rows, guint limit)
{
  const PnArticleRow *last = rows->len > limit ? rows->pdata[limit - 1] : NULL;

  return last != NULL ? g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, last->updated_at,
                                         last->id)
                      : NULL;
}

static char *
make_next_url (PnCall *call, const char *next)
{
  static const char *const kept[] = { "query", "state", "category", "language",
                                      "owner", "mark",  "order" };
  GString *url = g_string_new ("/desk/kb");

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    pn_link_append (url, kept[i], pn_call_query (call, kept[i]));
  pn_link_append (url, "after", next);
  return g_string_free (url, FALSE);
}

static json_t *
show_choice (const char *name, const char *label, const char *chosen)
{
  return json_pack ("{s:o, s:o, s:b}", "name", pn_json_text (name), "label", pn_json_text (label),
                    "is_current", g_strcmp0 (name, chosen) == 0);
}

static gboolean
add_choices (PnCall *call, json_t *list, GError **error)
{
  g_autoptr (GPtrArray) categories = pn_category_list (call->db, error);
  g_autoptr (GPtrArray) languages =
      categories != NULL ? pn_article_list_languages (call->db, error) : NULL;
  g_autoptr (GPtrArray) owners =
      languages != NULL ? pn_article_list_owners (call->db, error) : NULL;
  json_t *shown[5];

  if (owners == NULL || !pn_show_load (call, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (shown); i++)
    shown[i] = json_array ();
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    json_array_append_new (shown[0],
                           show_choice (states[i], states[i], pn_call_query (call, "state")));
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    json_array_append_new (
        shown[1], show_choice (pn_article_mark_name (marks[i]), "", pn_call_query (call, "mark")));
  for (guint i = 0; i < categories->len; i++) {
    const char *name = ((PnCategory *) categories->pdata[i])->name;

    json_array_append_new (shown[2], show_choice (name, name, pn_call_query (call, "category")));
  }
  for (guint i = 0; i < languages->len; i++)
    json_array_append_new (shown[3],
                           show_choice (languages->pdata[i], pn_language_name (languages->pdata[i]),
                                        pn_call_query (call, "language")));
  for (guint i = 0; i < owners->len; i++)
    json_array_append_new (shown[4],
                           show_choice (owners->pdata[i], pn_desk_kb_name (call, owners->pdata[i]),
                                        pn_call_query (call, "owner")));
  pn_json_set (list, "states", shown[0]);
  pn_json_set (list, "marks", shown[1]);
  pn_json_set (list, "categories", shown[2]);
  pn_json_set (list, "languages", shown[3]);
  pn_json_set (list, "owners", shown[4]);
  return TRUE;
}

static json_t *
show_rows (const GPtrArray *rows, guint limit)
{
  json_t *list = json_array ();

  for (guint i = 0; i < MIN (rows->len, limit); i++)
    json_array_append_new (list, pn_desk_kb_show_row (rows->pdata[i]));
  return list;
}

static gboolean
read_limit (PnCall *call, guint *limit)
{
  const char *text = pn_call_query (call, "limit");
  gint64 number = PAGE;

  if (text != NULL && (!pn_call_read_number (text, &number) || number < 1 || number > PAGE_MAX))
    return FALSE;
  *limit = (guint) number;
  return TRUE;
}

/* Whoever may publish sees how many changes wait for them. */
static gboolean
add_waiting (PnCall *call, json_t *list, GError **error)
{
  gint64 count = 0;

  if (pn_desk_kb_may_publish (call) && !pn_proposal_count (call->db, &count, error))
    return FALSE;
  pn_json_set (list, "waiting", json_integer (count));
  return TRUE;
}

static void
show_list (PnCall *call, const GPtrArray *rows, guint limit)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *next = make_next (rows, limit);
  g_autofree char *next_url = next != NULL ? make_next_url (call, next) : NULL;
  const char *query = pn_call_query (call, "query");
  g_autoptr (json_t) list = json_object ();
  g_autoptr (json_t) articles = NULL;

  if (call->is_api) {
    pn_call_page (
        call, 200, NULL,
        json_pack ("{s:o, s:o}", "articles", show_rows (rows, limit), "next", pn_json_text (next)));
    return;
  }
  pn_json_set (list, "query", pn_json_text (query != NULL ? query : ""));
  pn_json_set (list, "is_narrowed", json_boolean (*call->request->raw_query != '\0'));
  pn_json_set (list, "is_empty", json_boolean (rows->len == 0));
  pn_json_set (list, "may_publish", json_boolean (pn_desk_kb_may_publish (call)));
  articles = show_rows (rows, limit);
  if (!add_waiting (call, list, &error) || !add_choices (call, list, &error)
      || !pn_desk_kb_localise (call, articles, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (call, 200, "desk-kb",
                json_pack ("{s:O, s:O, s:o}", "list", list, "articles", articles, "next_url",
                           pn_json_text (next_url)));
}

void
pn_desk_kb (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  const char *problem = NULL;
  PnArticleFilter filter;
  guint limit;

  if (!read_filter (call, &filter, &problem)) {
    pn_call_problem (call, 400, problem);
    return;
  }
  if (!read_limit (call, &limit)) {
    pn_call_problem (call, 400, "limit is a number from 1 to 200");
    return;
  }
  rows = pn_article_filter (call->db, &filter, limit + 1, &error);
  if (rows == NULL)
    pn_call_fail (call, error);
  else
    show_list (call, rows, limit);
}
