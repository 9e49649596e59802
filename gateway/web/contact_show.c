#include "gateway/web/contact.h"

#include <string.h>

#include "gateway/web/language_name.h"
#include "ticketing/core/log.h"

static const struct {
  const char *word;
  const char *accept;
} accepts[] = {
  { "picture", "image/*" },
  { "pdf", "application/pdf" },
  { "text", "text/*" },
  { "archive", "application/zip" },
};

const char *
pn_contact_value (const PnContact *contact, const char *field)
{
  const char *typed = pn_call_field (contact->call, field);

  return typed != NULL ? typed : "";
}

static const char *
word (const PnContact *contact, const char *text, const char *format, const char *name)
{
  g_autofree char *key = g_strconcat (format, name, NULL);

  return pn_form_plan_word (contact->plan, contact->language, key, text);
}

static const char *
field_word (const PnContact *contact, const PnFormField *field, const char *part, const char *text)
{
  g_autofree char *key = g_strdup_printf ("field.%s.%s", field->name, part);

  return pn_form_plan_word (contact->plan, contact->language, key, text);
}

static const char *
choice_word (const PnContact *contact, const PnFormField *field, const char *choice)
{
  g_autofree char *key = g_strconcat ("choice.", field->name, ".", choice, NULL);

  return pn_form_plan_word (contact->plan, contact->language, key, choice);
}

static json_t *
find_complaint (const PnContact *contact, const char *post_name)
{
  gsize i;
  json_t *problem;

  if (contact->reading == NULL)
    return json_null ();
  json_array_foreach (contact->reading->problems, i, problem)
  {
    if (g_strcmp0 (pn_json_get_text (problem, "field"), post_name) == 0)
      return json_incref (problem);
  }
  return json_null ();
}

/* What was typed stays as it was typed, also where the plan's condition hides it now. */
static gboolean
is_chosen (const PnContact *contact, const PnFormField *field, const char *post_name, guint i)
{
  g_autofree char *box = g_strdup_printf ("%s.%u", post_name, i + 1);

  if (field->type == PN_FORM_CHOICES)
    return pn_call_field (contact->call, box) != NULL;
  return strcmp (pn_contact_value (contact, post_name), field->choices->pdata[i]) == 0;
}

static json_t *
show_choices (const PnContact *contact, const PnFormField *field, const char *post_name)
{
  json_t *list = json_array ();

  for (guint i = 0; i < field->choices->len; i++) {
    const char *choice = field->choices->pdata[i];
    g_autofree char *box = g_strdup_printf ("%s.%u", post_name, i + 1);

    json_array_append_new (
        list, json_pack ("{s:s, s:o, s:o, s:b}", "box", box, "value", pn_json_text (choice),
                         "label", pn_json_text (choice_word (contact, field, choice)), "is_current",
                         is_chosen (contact, field, post_name, i)));
  }
  return list;
}

static json_t *
show_condition (const PnContact *contact, const PnFormField *field)
{
  const PnFormField *other = pn_form_plan_find (contact->plan, field->when_field, NULL);
  g_autofree char *post_name = NULL;
  gboolean is_consent;

  if (other == NULL)
    return json_null ();
  post_name = pn_form_post_name (other->name);
  is_consent = other->type == PN_FORM_CONSENT;
  return json_pack (
      "{s:s, s:o, s:o, s:o}", "field", post_name, "is", pn_json_text (field->when_value), "label",
      pn_json_text (field_word (contact, other, "label", other->label)), "value",
      pn_json_text (is_consent ? "" : choice_word (contact, other, field->when_value)));
}

static char *
make_id (const char *post_name)
{
  return g_strdelimit (g_strdup (post_name), "._", '-');
}

static json_t *
show_field (const PnContact *contact, const PnFormField *field)
{
  g_autofree char *post_name = pn_form_post_name (field->name);
  g_autofree char *id = make_id (post_name);
  json_t *shown =
      json_pack ("{s:s, s:s, s:s, s:o, s:o, s:s, s:b, s:o, s:s, s:s}", "name", post_name, "id", id,
                 "type", pn_form_type_name (field->type), "label",
                 pn_json_text (field_word (contact, field, "label", field->label)), "help",
                 pn_json_text (field_word (contact, field, "help", field->help)), "standard",
                 pn_form_is_standard (field->name) ? field->name : "", "is_required",
                 field->is_required, "value", pn_json_text (pn_contact_value (contact, post_name)),
                 "least", field->least, "most", field->most);

  pn_json_set (shown, "is_ticked", json_boolean (*pn_contact_value (contact, post_name) != '\0'));
  pn_json_set (shown, "choices", show_choices (contact, field, post_name));
  pn_json_set (shown, "when", show_condition (contact, field));
  pn_json_set (shown, "complaint", find_complaint (contact, post_name));
  return shown;
}

static json_t *
show_queues (const PnContact *contact)
{
  const PnCall *call = contact->call;
  json_t *list = json_array ();

  for (guint i = 0; !contact->is_fixed && i < call->queues->len; i++) {
    const PnQueue *queue = call->queues->pdata[i];

    if (queue->is_public)
      json_array_append_new (list, json_pack ("{s:o, s:o, s:b}", "name", pn_json_text (queue->name),
                                              "title", pn_json_text (queue->title), "is_current",
                                              queue == contact->queue));
  }
  return list;
}

static json_t *
show_files (const PnContact *contact)
{
  const PnFormPlan *plan = contact->plan;
  g_autoptr (GString) accept = g_string_new ("");
  json_t *kept = json_array ();
  json_t *types = json_array ();

  for (guint i = 0; i < plan->file_types->len; i++) {
    for (gsize j = 0; j < G_N_ELEMENTS (accepts); j++) {
      if (strcmp (plan->file_types->pdata[i], accepts[j].word) == 0)
        g_string_append_printf (accept, "%s%s", accept->len > 0 ? "," : "", accepts[j].accept);
    }
    json_array_append_new (types, json_pack ("{s:s}", "type", plan->file_types->pdata[i]));
  }
  for (guint i = 0; contact->uploads != NULL && i < contact->uploads->len; i++) {
    const PnFormUpload *upload = contact->uploads->pdata[i];

    json_array_append_new (kept, json_pack ("{s:I, s:o, s:I}", "id", (json_int_t) upload->id,
                                            "name", pn_json_text (upload->name), "size",
                                            (json_int_t) upload->size_bytes));
  }
  return json_pack ("{s:i, s:I, s:o, s:s, s:o}", "most", (int) plan->files_most, "bytes",
                    (json_int_t) plan->file_bytes, "types", types, "accept", accept->str, "kept",
                    kept);
}

/* Where the form posts to, and what the address says of frame and language. */
static char *
make_action (const PnContact *contact, const char *language)
{
  const char *asked = language != NULL ? language : pn_call_query (contact->call, "language");
  g_autoptr (GString) action = g_string_new (contact->call->request->path);

  if (contact->is_frame)
    g_string_append (action, "?frame=1");
  if (asked != NULL && pn_form_is_language (asked))
    g_string_append_printf (action, "%slanguage=%s", contact->is_frame ? "&" : "?", asked);
  return g_string_free (g_steal_pointer (&action), FALSE);
}

static json_t *
show_languages (const PnContact *contact)
{
  json_t *list = json_array ();
  const char *base = contact->plan->language;
  const char *language;
  json_t *words;

  if (*base == '\0' || json_object_size (contact->plan->words) == 0)
    return list;
  {
    g_autofree char *url = make_action (contact, base);

    json_array_append_new (list, json_pack ("{s:s, s:s, s:s, s:b}", "name", base, "title",
                                            pn_language_name (base), "url", url, "is_current",
                                            strcmp (contact->language, base) == 0));
  }
  json_object_foreach (contact->plan->words, language, words)
  {
    g_autofree char *url = make_action (contact, language);

    json_array_append_new (list, json_pack ("{s:s, s:s, s:s, s:b}", "name", language, "title",
                                            pn_language_name (language), "url", url, "is_current",
                                            strcmp (contact->language, language) == 0));
  }
  return list;
}

/* All that was typed, for a step in between. */
static json_t *
show_hidden (const PnContact *contact)
{
  static const char *const own[] = {
    "key", "version", "step", "website", "work", "solved", "words"
  };
  const GPtrArray *fields = contact->call->request->form->fields;
  json_t *list = json_array ();

  for (guint i = 0; i < fields->len; i++) {
    const PnField *field = fields->pdata[i];
    gboolean is_own = g_str_has_prefix (field->name, "drop.");

    for (gsize j = 0; j < G_N_ELEMENTS (own); j++)
      is_own = is_own || strcmp (own[j], field->name) == 0;
    if (!is_own)
      json_array_append_new (list, json_pack ("{s:s, s:o}", "name", field->name, "value",
                                              pn_json_text (field->value)));
  }
  return list;
}

static json_t *
show_fields (const PnContact *contact, gboolean *has_conditions)
{
  json_t *fields = json_array ();

  *has_conditions = FALSE;
  for (guint i = 0; i < contact->plan->fields->len; i++) {
    const PnFormField *field = contact->plan->fields->pdata[i];

    *has_conditions = *has_conditions || field->when_field != NULL;
    json_array_append_new (fields, show_field (contact, field));
  }
  return fields;
}

/* Only where it is clear who answers; nothing while too little was answered to say. */
static json_t *
show_expectation (const PnContact *contact)
{
  const PnCall *call = contact->call;
  g_auto (PnExpectation) expectation = { 0 };

  if (!contact->is_fixed || contact->queue == NULL)
    return json_null ();
  pn_expect (call->web->expect, call->db, contact->queue->id, &expectation);
  if (expectation.seconds == 0 && expectation.note == NULL)
    return json_null ();
  return json_pack ("{s:I, s:o, s:o}", "seconds", (json_int_t) expectation.seconds, "by",
                    pn_json_time (expectation.by), "note", pn_json_text (expectation.note));
}

json_t *
pn_contact_show (const PnContact *contact)
{
  const PnFormPlan *plan = contact->plan;
  g_autofree char *action = make_action (contact, NULL);
  const char *title = word (contact, plan->title, "title", "");
  gboolean has_conditions;
  json_t *shown = json_pack (
      "{s:o, s:o, s:o, s:s, s:o, s:s, s:s, s:I, s:i, s:b, s:b}", "queue",
      pn_json_text (contact->is_fixed ? contact->queue->name : NULL), "title",
      pn_json_text (*title != '\0'      ? title
                    : contact->is_fixed ? contact->queue->title
                                        : NULL),
      "intro", pn_json_text (word (contact, plan->intro, "intro", "")), "language",
      contact->language, "sheet",
      pn_json_text (contact->sheet != NULL ? contact->sheet->name : NULL), "action", action, "key",
      contact->key, "version", (json_int_t) (contact->sheet != NULL ? contact->sheet->version : 0),
      "work_bits", PN_CONTACT_WORK_BITS, "is_frame", contact->is_frame, "suggests", plan->suggests);

  pn_json_set (shown, "errors",
               contact->reading != NULL ? json_incref (contact->reading->problems) : json_array ());
  pn_json_set (shown, "has_errors",
               json_boolean (json_array_size (json_object_get (shown, "errors")) > 0));
  pn_json_set (shown, "queue_complaint", find_complaint (contact, "queue"));
  pn_json_set (shown, "fields", show_fields (contact, &has_conditions));
  pn_json_set (shown, "has_conditions", json_boolean (has_conditions));
  pn_json_set (shown, "queues", show_queues (contact));
  pn_json_set (shown, "files", show_files (contact));
  pn_json_set (shown, "languages", show_languages (contact));
  pn_json_set (shown, "hidden", show_hidden (contact));
  pn_json_set (shown, "expects", show_expectation (contact));
  return shown;
}

json_t *
pn_contact_show_forms (const PnCall *call)
{
  json_t *list = json_array ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) forms = pn_form_list (call->db, &error);

  if (error != NULL)
    pn_log_error (PN_LOG_WARNING, "forms-unknown", error, "request=%s", call->request->id);
  for (guint i = 0; forms != NULL && i < forms->len; i++) {
    const PnFormSheet *sheet = forms->pdata[i];
    const char *title =
        pn_form_plan_word (sheet->plan, call->language, "title", sheet->plan->title);
    g_autofree char *url = g_strconcat ("/contact/", sheet->name, NULL);

    if (sheet->is_enabled)
      json_array_append_new (list,
                             json_pack ("{s:o, s:s}", "title", pn_json_text (title), "url", url));
  }
  return list;
}

void
pn_contact_show_page (PnContact *contact, int status)
{
  json_t *form = pn_contact_show (contact);

  pn_json_set (form, "forms",
               contact->is_fixed ? json_array () : pn_contact_show_forms (contact->call));
  pn_call_page (contact->call, status, "public-contact", json_pack ("{s:o}", "form", form));
}
