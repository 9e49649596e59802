/* Changes of forms, by plain posts: each is a new version, so each can be taken back. */
#include <string.h>

#include "gateway/web/desk_form.h"
#include "gateway/web/handlers.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

static void
take_text (const PnCall *call, const char *name, char **text)
{
  const char *typed = pn_call_field (call, name);

  if (typed == NULL)
    return;
  g_free (*text);
  *text = g_strstrip (g_strdup (typed));
}

/* The lines of a field that are not empty. */
static void
take_lines (const PnCall *call, const char *name, GPtrArray *lines)
{
  const char *typed = pn_call_field (call, name);
  g_auto (GStrv) parts = g_strsplit (typed != NULL ? typed : "", "\n", 0);

  if (typed == NULL)
    return;
  g_ptr_array_set_size (lines, 0);
  for (char **part = parts; *part != NULL; part++) {
    if (*g_strstrip (*part) != '\0')
      g_ptr_array_add (lines, g_strdup (*part));
  }
}

static gboolean
is_set (const PnCall *call, const char *name)
{
  return g_strcmp0 (pn_call_field (call, name), "1") == 0;
}

/* Saves, and goes back to the builder; what is wrong is shown there, with everything as it was typed. */
static void
save (PnCall *call, PnFormSheet *sheet)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *location = NULL;

  if (!pn_form_save (call->db, sheet, call->agent->id, &error)) {
    if (pn_error_is (error, PN_ERROR_INVALID) || pn_error_is (error, PN_ERROR_CONFLICT))
      pn_desk_form_show (call, pn_error_http_status (error), sheet, error->message);
    else
      pn_call_fail (call, error);
    return;
  }
  location = g_strconcat ("/desk/manage/forms/", sheet->name, NULL);
  pn_call_done (call, location, "saved", 200,
                json_pack ("{s:{s:s, s:I}}", "form", "name", sheet->name, "version",
                           (json_int_t) sheet->version));
}

/* Loads the form, as the page that posts has seen it. */
static PnFormSheet *
load (PnCall *call)
{
  PnFormSheet *sheet = pn_desk_form_load (call);
  gint64 newest;

  if (sheet != NULL && pn_call_field (call, "newest") != NULL
      && pn_call_read_number (pn_call_field (call, "newest"), &newest))
    sheet->newest = newest;
  return sheet;
}

void
pn_desk_form_add (PnCall *call)
{
  g_autoptr (PnFormSheet) sheet = g_new0 (PnFormSheet, 1);
  g_autoptr (GError) error = NULL;
  const PnQueue *queue;
  g_autofree char *location = NULL;

  if (!pn_show_load (call, &error)) {
    pn_call_fail (call, error);
    return;
  }
  queue = pn_show_find_queue (
      call, pn_call_field (call, "queue") != NULL ? pn_call_field (call, "queue") : "");
  sheet->name = pn_call_line (call, "name", 64);
  sheet->plan = pn_form_plan_new ();
  sheet->queue_id = queue != NULL ? queue->id : 0;
  take_text (call, "title", &sheet->plan->title);
  if (queue == NULL) {
    pn_desk_form_show_list (call, 400, "please choose the queue that its messages go to");
    return;
  }
  if (!pn_form_save (call->db, sheet, call->agent->id, &error)) {
    if (pn_error_is (error, PN_ERROR_INVALID) || pn_error_is (error, PN_ERROR_CONFLICT))
      pn_desk_form_show_list (call, pn_error_http_status (error), error->message);
    else
      pn_call_fail (call, error);
    return;
  }
  location = g_strconcat ("/desk/manage/forms/", sheet->name, NULL);
  pn_call_done (call, location, "saved", 201, NULL);
}

static void
take_files (const PnCall *call, PnFormPlan *plan)
{
  static const char *const types[] = { "picture", "pdf", "text", "archive" };
  gint64 number;

  if (pn_call_read_number (pn_call_field (call, "files_most"), &number))
    plan->files_most = (guint) CLAMP (number, 1, PN_FORM_FILES_MAX);
  if (pn_call_read_number (pn_call_field (call, "megabytes"), &number))
    plan->file_bytes = CLAMP (number, 1, 25) * 1024 * 1024;
  g_ptr_array_set_size (plan->file_types, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *name = g_strconcat ("type_", types[i], NULL);

    if (is_set (call, name))
      g_ptr_array_add (plan->file_types, g_strdup (types[i]));
  }
}

void
pn_desk_form_save (PnCall *call)
{
  g_autoptr (PnFormSheet) sheet = load (call);
  const PnQueue *queue;
  PnFormPlan *plan;

  if (sheet == NULL)
    return;
  plan = sheet->plan;
  queue = pn_show_find_queue (
      call, pn_call_field (call, "queue") != NULL ? pn_call_field (call, "queue") : "");
  if (queue != NULL)
    sheet->queue_id = queue->id;
  sheet->is_enabled = is_set (call, "is_enabled");
  take_text (call, "title", &plan->title);
  take_text (call, "intro", &plan->intro);
  take_text (call, "thanks", &plan->thanks);
  take_text (call, "language", &plan->language);
  plan->suggests = is_set (call, "suggests");
  pn_form_confirm_read (pn_call_field (call, "confirm"), &plan->confirm);
  take_lines (call, "frames", plan->frames);
  take_files (call, plan);
  save (call, sheet);
}

static void
take_condition (const PnCall *call, PnFormField *field)
{
  const char *when = pn_call_field (call, "when");
  const char *equals = when != NULL ? strchr (when, '=') : NULL;

  g_clear_pointer (&field->when_field, g_free);
  g_clear_pointer (&field->when_value, g_free);
  if (equals == NULL)
    return;
  field->when_field = g_strndup (when, (gsize) (equals - when));
  field->when_value = g_strdup (equals + 1);
}

static void
take_field (const PnCall *call, PnFormField *field)
{
  PnFormType type;

  if (!pn_form_is_standard (field->name) && pn_form_type_read (pn_call_field (call, "type"), &type))
    field->type = type;
  take_text (call, "label", &field->label);
  take_text (call, "help", &field->help);
  take_text (call, "least", &field->least);
  take_text (call, "most", &field->most);
  take_lines (call, "choices", field->choices);
  field->is_required = is_set (call, "required");
  take_condition (call, field);
}

/* A field that is new: one of the five gets its own type. */
static void
add_field (const PnCall *call, PnFormPlan *plan, const char *name)
{
  g_autoptr (PnFormPlan) all = pn_form_plan_new ();
  const PnFormField *known = pn_form_plan_find (all, name, NULL);
  PnFormField *field = pn_form_field_new (name, known != NULL ? known->type : PN_FORM_TEXT);

  take_field (call, field);
  g_ptr_array_add (plan->fields, field);
}

static void
move (GPtrArray *fields, guint from, guint to)
{
  gpointer moved = fields->pdata[from];

  fields->pdata[from] = fields->pdata[to];
  fields->pdata[to] = moved;
}

void
pn_desk_form_field (PnCall *call)
{
  g_autoptr (PnFormSheet) sheet = load (call);
  g_autofree char *name = pn_call_line (call, "name", 64);
  const char *what = pn_call_field (call, "do");
  PnFormField *field;
  guint at = 0;

  if (sheet == NULL)
    return;
  field = pn_form_plan_find (sheet->plan, name, &at);
  if (g_strcmp0 (what, "add") == 0) {
    add_field (call, sheet->plan, name);
  } else if (field == NULL) {
    pn_call_not_found (call);
    return;
  } else if (g_strcmp0 (what, "up") == 0 && at > 0) {
    move (sheet->plan->fields, at, at - 1);
  } else if (g_strcmp0 (what, "down") == 0 && at + 1 < sheet->plan->fields->len) {
    move (sheet->plan->fields, at, at + 1);
  } else if (g_strcmp0 (what, "remove") == 0) {
    g_ptr_array_remove_index (sheet->plan->fields, at);
  } else {
    take_field (call, field);
  }
  save (call, sheet);
}

/* Words in another language: "w.0" is of the first text that can be translated. */
void
pn_desk_form_words (PnCall *call)
{
  g_autoptr (PnFormSheet) sheet = load (call);
  g_autofree char *language = pn_call_line (call, "language", 16);
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  json_t *words;

  if (sheet == NULL)
    return;
  if (!pn_form_is_language (language)) {
    pn_desk_form_show (call, 400, sheet, "a language is written like \"de\" or \"pt-BR\"");
    return;
  }
  keys = pn_form_plan_keys (sheet->plan, &texts);
  words = json_object ();
  for (guint i = 0; i < keys->len; i++) {
    g_autofree char *field = g_strdup_printf ("w.%u", i);
    const char *typed = pn_call_field (call, field);

    if (typed == NULL && pn_call_field (call, "start") != NULL)
      typed = texts->pdata[i]; /* a language begins with what there is */
    if (typed != NULL)
      pn_json_set (words, keys->pdata[i], pn_json_text (typed));
  }
  pn_json_set (sheet->plan->words, language, words);
  save (call, sheet);
}

void
pn_desk_form_restore (PnCall *call)
{
  g_autoptr (PnFormSheet) sheet = load (call);
  g_autoptr (PnFormSheet) old = NULL;
  g_autoptr (GError) error = NULL;
  gint64 version;

  if (sheet == NULL)
    return;
  if (!pn_call_read_number (pn_call_field (call, "version"), &version)
      || !pn_form_find (call->db, sheet->name, version, &old, &error)) {
    pn_call_problem (call, 400, "\"version\" is a number");
    return;
  }
  if (old == NULL || version == 0) {
    pn_call_not_found (call);
    return;
  }
  pn_form_plan_free (sheet->plan);
  sheet->plan = g_steal_pointer (&old->plan);
  save (call, sheet);
}

void
pn_desk_form_remove (PnCall *call)
{
  g_autoptr (PnFormSheet) sheet = pn_desk_form_load (call);
  g_autoptr (GError) error = NULL;

  if (sheet == NULL)
    return;
  if (pn_form_remove (call->db, sheet->id, &error))
    pn_call_done (call, "/desk/manage/forms", "saved", 200, json_object ());
  else
    pn_call_fail (call, error);
}

/* Takes the plan together again from the fields that its members became; as text it may stand in one. */
static json_t *
gather_plan (const PnCall *call)
{
  static const char *const texts[] = { "title", "intro", "thanks", "language", "confirm", NULL };
  static const char *const documents[] = { "fields", "files", "words", NULL };
  const char *whole = pn_call_field (call, "plan");
  const char *frames = pn_call_field (call, "plan.frames");
  json_t *plan;

  if (whole != NULL)
    return json_loads (whole, JSON_REJECT_DUPLICATES, NULL);
  plan = pn_call_gather (call, "plan", texts, documents);
  if (frames != NULL) {
    g_auto (GStrv) origins = g_strsplit (frames, ",", -1);
    json_t *list = json_array ();

    for (guint i = 0; origins[i] != NULL && *origins[i] != '\0'; i++)
      json_array_append_new (list, pn_json_text (origins[i]));
    pn_json_set (plan, "frames", list);
  }
  if (pn_call_field (call, "plan.suggests") != NULL)
    pn_json_set (plan, "suggests", json_boolean (is_set (call, "plan.suggests")));
  return plan;
}

static gboolean
has_plan (const PnCall *call)
{
  return pn_call_field (call, "plan") != NULL || pn_call_field (call, "plan.fields") != NULL;
}

/* API: makes a form or replaces it. "plan" is what GET shows as such. */
void
pn_api_form_save (PnCall *call)
{
  g_autoptr (PnFormSheet) sheet = NULL;
  g_autoptr (GError) error = NULL;
  const char *queue_name = pn_call_field (call, "queue");
  const char *name = pn_call_field (call, "name");
  const PnQueue *queue;
  g_autoptr (json_t) document = NULL;
  PnFormPlan *plan;

  if (name == NULL || !has_plan (call)) {
    pn_call_problem (call, 400, "\"name\" and \"plan\" are needed");
    return;
  }
  document = gather_plan (call);
  plan = pn_form_plan_read (document, &error);
  if (plan == NULL || !pn_show_load (call, &error)
      || !pn_form_find (call->db, name, 0, &sheet, &error)) {
    pn_form_plan_free (plan);
    pn_call_fail (call, error);
    return;
  }
  if (sheet == NULL) {
    sheet = g_new0 (PnFormSheet, 1);
    sheet->name = g_strdup (name);
    sheet->is_enabled = TRUE;
  }
  pn_form_plan_free (sheet->plan);
  sheet->plan = plan;
  queue = queue_name != NULL ? pn_show_find_queue (call, queue_name) : NULL;
  if (queue != NULL)
    sheet->queue_id = queue->id;
  if (sheet->queue_id == 0) {
    pn_call_problem (call, 400, "\"queue\" is the name of a queue");
    return;
  }
  if (pn_call_field (call, "is_enabled") != NULL)
    sheet->is_enabled = is_set (call, "is_enabled");
  save (call, sheet);
}
