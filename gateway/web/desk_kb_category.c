#include <string.h>

#include "gateway/web/handlers.h"
#include "gateway/web/language_name.h"
#include "kb/article.h"
#include "kb/category.h"
#include "ticketing/core/error.h"

static json_t *
show_titles (const PnCategory *category, const GPtrArray *titles)
{
  json_t *list = json_array ();

  for (guint i = 0; i < titles->len; i++) {
    const PnCategoryTitle *title = titles->pdata[i];

    if (title->category_id == category->id)
      json_array_append_new (list, json_pack ("{s:s, s:s, s:o}", "language", title->language,
                                              "language_name", pn_language_name (title->language),
                                              "title", pn_json_text (title->title)));
  }
  return list;
}

static void
show_page (PnCall *call, int status, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) categories = pn_category_list (call->db, &error);
  g_autoptr (GPtrArray) titles =
      categories != NULL ? pn_category_list_titles (call->db, &error) : NULL;
  json_t *list;

  if (titles == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < categories->len; i++) {
    const PnCategory *category = categories->pdata[i];

    json_array_append_new (list, json_pack ("{s:I, s:o, s:I, s:o}", "id", (json_int_t) category->id,
                                            "name", pn_json_text (category->name), "position",
                                            (json_int_t) category->position, "titles",
                                            show_titles (category, titles)));
  }
  pn_call_page (call, status, "desk-kb-categories",
                json_pack ("{s:o, s:o}", "categories", list, "problem", pn_json_text (problem)));
}

void
pn_desk_kb_categories (PnCall *call)
{
  show_page (call, 200, NULL);
}

typedef struct {
  gint64 id;            /* 0: a new one */
  const char *name;     /* NULL: as it is */
  const char *language; /* NULL: no title */
  const char *title;
  gboolean has_position;
  gint64 position;
  gboolean is_removed;
} Change;

/* The index knows a category by its name. */
static gboolean
rename_category (PnDb *db, const Change *change, GError **error)
{
  gint64 change_no;

  return pn_category_rename (db, change->id, change->name, error)
         && pn_article_begin_change (db, &change_no, error)
         && pn_article_touch_category (db, change->id, change_no, error);
}

static gboolean
carry_out (PnDb *db, gpointer data, GError **error)
{
  const Change *wanted = data;
  Change change = *wanted;

  if (change.is_removed)
    return pn_category_remove (db, change.id, error);
  if (change.id == 0 && !pn_category_need (db, change.name, &change.id, error))
    return FALSE;
  if (wanted->id != 0 && change.name != NULL && !rename_category (db, &change, error))
    return FALSE;
  if (change.has_position && !pn_category_place (db, change.id, change.position, error))
    return FALSE;
  return change.language == NULL || *change.language == '\0'
         || pn_category_set_title (db, change.id, change.language, change.title, error);
}

static void
finish (PnCall *call, const Change *change)
{
  g_autoptr (GError) error = NULL;

  if (pn_db_run (call->db, carry_out, (gpointer) change, &error))
    pn_call_done (call, "/desk/kb/categories", "saved", change->id == 0 ? 201 : 200,
                  json_object ());
  else if (!call->is_api
           && (pn_error_is (error, PN_ERROR_INVALID) || pn_error_is (error, PN_ERROR_CONFLICT)))
    show_page (call, pn_error_http_status (error), error->message);
  else
    pn_call_fail (call, error);
}

static void
take_change (PnCall *call, gint64 id)
{
  g_autofree char *name = pn_call_line (call, "name", 4 * PN_CATEGORY_NAME_MAX_CHARS);
  g_autofree char *title = pn_call_line (call, "title", 4 * PN_CATEGORY_NAME_MAX_CHARS);
  const char *position = pn_call_field (call, "position");
  Change change = { .id = id,
                    .name = id == 0 || pn_call_field (call, "name") != NULL ? name : NULL,
                    .language = pn_call_field (call, "language"),
                    .title = title };

  change.has_position = position != NULL && *position != '\0';
  if (change.has_position
      && (!pn_call_read_number (position, &change.position) || change.position > G_MAXINT32)) {
    pn_call_problem (call, 400, "position is a number");
    return;
  }
  if (change.name != NULL && *change.name == '\0') {
    if (call->is_api)
      pn_call_problem (call, 400, "a category needs a name");
    else
      show_page (call, 400, "a category needs a name");
    return;
  }
  finish (call, &change);
}

void
pn_desk_kb_category_add (PnCall *call)
{
  take_change (call, 0);
}

void
pn_desk_kb_category_save (PnCall *call)
{
  take_change (call, pn_call_id (call));
}

void
pn_desk_kb_category_remove (PnCall *call)
{
  finish (call, &(Change){ .id = pn_call_id (call), .is_removed = TRUE });
}
