#include "gateway/web/desk_form.h"

#include <string.h>

#include "gateway/web/contact.h"
#include "gateway/web/handlers.h"
#include "gateway/web/show.h"

static const char *const file_types[] = { "picture", "pdf", "text", "archive" };

PnFormSheet *
pn_desk_form_load (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnFormSheet *sheet = NULL;

  if (!pn_show_load (call, &error)
      || !pn_form_find (call->db, call->request->match.name, 0, &sheet, &error))
    pn_call_fail (call, error);
  else if (sheet == NULL)
    pn_call_not_found (call);
  return sheet;
}

static json_t *
show_queues (const PnCall *call, gint64 queue_id)
{
  json_t *list = json_array ();

  for (guint i = 0; i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    json_array_append_new (list, json_pack ("{s:o, s:o, s:b}", "name", pn_json_text (queue->name),
                                            "title", pn_json_text (queue->title), "is_current",
                                            queue->id == queue_id));
  }
  return list;
}

static json_t *
show_head (const PnCall *call, const PnFormSheet *sheet)
{
  const PnQueue *queue = pn_show_queue (call, sheet->queue_id);
  g_autofree char *url = g_strconcat ("/desk/manage/forms/", sheet->name, NULL);
  g_autofree char *public_url = g_strconcat ("/contact/", sheet->name, NULL);

  return json_pack ("{s:s, s:o, s:s, s:s, s:o, s:o, s:b, s:I, s:o}", "name", sheet->name, "title",
                    pn_json_text (sheet->plan->title), "url", url, "public_url", public_url,
                    "queue", pn_json_text (queue != NULL ? queue->name : NULL), "queue_title",
                    pn_json_text (queue != NULL ? queue->title : NULL), "is_enabled",
                    sheet->is_enabled, "version", (json_int_t) sheet->version, "updated_at",
                    pn_json_time (sheet->updated_at));
}

void
pn_desk_form_show_list (PnCall *call, int status, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  json_t *forms;

  if (pn_show_load (call, &error))
    list = pn_form_list (call->db, &error);
  if (list == NULL) {
    pn_call_fail (call, error);
    return;
  }
  forms = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (forms, show_head (call, list->pdata[i]));
  pn_call_page (call, status, "desk-forms",
                json_pack ("{s:o, s:o, s:o, s:{s:o, s:o}}", "forms", forms, "queues",
                           show_queues (call, 0), "problem", pn_json_text (problem), "typed",
                           "name", pn_json_text (pn_call_field (call, "name")), "title",
                           pn_json_text (pn_call_field (call, "title"))));
}

void
pn_desk_forms (PnCall *call)
{
  pn_desk_form_show_list (call, 200, NULL);
}

static char *
join_lines (const GPtrArray *texts)
{
  GString *lines = g_string_new ("");

  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (lines, "%s\n", (const char *) texts->pdata[i]);
  return g_string_free (lines, FALSE);
}

static json_t *
show_types (const PnFormField *field)
{
  json_t *list = json_array ();

  for (int i = 0; i < PN_FORM_TYPES; i++) {
    if (i != PN_FORM_FILE)
      json_array_append_new (list, json_pack ("{s:s, s:b}", "type",
                                              pn_form_type_name ((PnFormType) i), "is_current",
                                              field != NULL && field->type == (PnFormType) i));
  }
  return list;
}

/* What a condition may ask: values of choices and consents before the field. */
static json_t *
show_conditions (const PnFormPlan *plan, const PnFormField *field, guint before)
{
  json_t *list = json_array ();

  for (guint i = 0; i < before; i++) {
    const PnFormField *other = plan->fields->pdata[i];
    const guint n = other->type == PN_FORM_CONSENT ? 1 : other->choices->len;

    for (guint j = 0; j < n; j++) {
      const char *value = other->type == PN_FORM_CONSENT ? "1" : other->choices->pdata[j];
      g_autofree char *key = g_strconcat (other->name, "=", value, NULL);
      gboolean is_current = field != NULL && g_strcmp0 (field->when_field, other->name) == 0
                            && g_strcmp0 (field->when_value, value) == 0;

      json_array_append_new (list,
                             json_pack ("{s:o, s:o, s:o, s:b}", "key", pn_json_text (key), "label",
                                        pn_json_text (other->label), "value",
                                        pn_json_text (other->type == PN_FORM_CONSENT ? "" : value),
                                        "is_current", is_current));
    }
  }
  return list;
}

static json_t *
show_field (const PnFormPlan *plan, guint i)
{
  const PnFormField *field = plan->fields->pdata[i];
  g_autofree char *choices = join_lines (field->choices);
  json_t *shown = json_pack (
      "{s:o, s:s, s:o, s:o, s:s, s:b, s:o, s:o, s:o}", "name", pn_json_text (field->name), "type",
      pn_form_type_name (field->type), "label", pn_json_text (field->label), "help",
      pn_json_text (field->help), "standard", pn_form_is_standard (field->name) ? field->name : "",
      "is_required", field->is_required, "choices", pn_json_text (choices), "least",
      pn_json_text (field->least), "most", pn_json_text (field->most));

  pn_json_set (shown, "is_first", json_boolean (i == 0));
  pn_json_set (shown, "is_last", json_boolean (i + 1 == plan->fields->len));
  pn_json_set (shown, "has_choices",
               json_boolean (field->type == PN_FORM_CHOICE || field->type == PN_FORM_CHOICES));
  pn_json_set (shown, "has_limits",
               json_boolean (field->type == PN_FORM_NUMBER || field->type == PN_FORM_DATE));
  pn_json_set (shown, "is_address", json_boolean (strcmp (field->name, "address") == 0));
  pn_json_set (shown, "types", show_types (field));
  pn_json_set (shown, "conditions", show_conditions (plan, field, i));
  pn_json_set (shown, "has_condition", json_boolean (field->when_field != NULL));
  return shown;
}

/* The standard fields that the form does not have: they can be put back. */
static json_t *
show_missing (const PnFormPlan *plan)
{
  static const char *const names[] = { "name", "subject", "text", "files" };
  json_t *list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (pn_form_plan_find (plan, names[i], NULL) == NULL)
      json_array_append_new (list, json_pack ("{s:s, s:s}", "standard", names[i], "label", ""));
  }
  return list;
}

static json_t *
show_files (const PnFormPlan *plan)
{
  json_t *types = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (file_types); i++) {
    gboolean is_there = FALSE;

    for (guint j = 0; j < plan->file_types->len; j++)
      is_there = is_there || strcmp (plan->file_types->pdata[j], file_types[i]) == 0;
    json_array_append_new (types,
                           json_pack ("{s:s, s:b}", "type", file_types[i], "is_current", is_there));
  }
  return json_pack ("{s:i, s:I, s:o}", "most", (int) plan->files_most, "megabytes",
                    (json_int_t) MAX (plan->file_bytes / (1024 * 1024), 1), "types", types);
}

static json_t *
show_confirm (const PnFormPlan *plan)
{
  static const PnFormConfirm all[] = { PN_FORM_CONFIRM_DOUBT, PN_FORM_CONFIRM_ALWAYS,
                                       PN_FORM_CONFIRM_NEVER };
  json_t *list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    json_array_append_new (list, json_pack ("{s:s, s:b}", "confirm", pn_form_confirm_name (all[i]),
                                            "is_current", plan->confirm == all[i]));
  return list;
}

static json_t *
show_preview (PnCall *call, const PnFormSheet *sheet)
{
  PnContact contact = { .call = call,
                        .queue = pn_show_queue (call, sheet->queue_id),
                        .sheet = (PnFormSheet *) sheet,
                        .plan = sheet->plan,
                        .key = (char *) "",
                        .language = sheet->plan->language };

  return pn_contact_show (&contact);
}

/* The words of the plan beside their translations, a list a language. */
static json_t *
show_words (const PnFormPlan *plan)
{
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GPtrArray) keys = pn_form_plan_keys (plan, &texts);
  json_t *list = json_array ();
  const char *language;
  json_t *words;

  json_object_foreach (plan->words, language, words)
  {
    json_t *rows = json_array ();
    int missing = 0;

    for (guint i = 0; i < keys->len; i++) {
      const char *word = pn_json_get_text (words, keys->pdata[i]);

      missing += word == NULL ? 1 : 0;
      json_array_append_new (rows, json_pack ("{s:i, s:o, s:o}", "number", (int) i, "text",
                                              pn_json_text (texts->pdata[i]), "word",
                                              pn_json_text (word != NULL ? word : "")));
    }
    json_array_append_new (list, json_pack ("{s:s, s:i, s:o}", "language", language, "missing",
                                            missing, "rows", rows));
  }
  return list;
}

void
pn_desk_form_show (PnCall *call, int status, const PnFormSheet *sheet, const char *problem)
{
  const PnFormPlan *plan = sheet->plan;
  g_autofree char *frames = join_lines (plan->frames);
  json_t *form = show_head (call, sheet);
  json_t *fields = json_array ();

  pn_json_set (form, "plan", pn_form_plan_write (plan));
  if (call->is_api) {
    json_decref (fields);
    pn_call_page (call, status, "desk-form", json_pack ("{s:o}", "form", form));
    return;
  }
  for (guint i = 0; i < plan->fields->len; i++)
    json_array_append_new (fields, show_field (plan, i));
  pn_json_set (form, "fields", fields);
  pn_json_set (form, "missing", show_missing (plan));
  pn_json_set (form, "types", show_types (NULL));
  pn_json_set (form, "conditions", show_conditions (plan, NULL, plan->fields->len));
  pn_json_set (form, "queues", show_queues (call, sheet->queue_id));
  pn_json_set (form, "files", show_files (plan));
  pn_json_set (form, "confirms", show_confirm (plan));
  pn_json_set (form, "frames", pn_json_text (frames));
  pn_json_set (form, "words", show_words (plan));
  pn_json_set (form, "problem", pn_json_text (problem));
  pn_json_set (form, "newest", json_integer (sheet->newest));
  pn_json_set (form, "before", json_integer (sheet->newest - 1));
  pn_call_page (call, status, "desk-form",
                json_pack ("{s:o, s:o}", "form", form, "preview", show_preview (call, sheet)));
}

void
pn_desk_form (PnCall *call)
{
  g_autoptr (PnFormSheet) sheet = pn_desk_form_load (call);

  if (sheet != NULL)
    pn_desk_form_show (call, 200, sheet, NULL);
}
