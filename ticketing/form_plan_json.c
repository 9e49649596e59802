#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/form_plan.h"

static json_t *
write_field (const PnFormField *field)
{
  json_t *object = json_pack ("{s:s, s:s, s:o, s:o, s:b}", "name", field->name, "type",
                              pn_form_type_name (field->type), "label", pn_json_text (field->label),
                              "help", pn_json_text (field->help), "required", field->is_required);

  if (field->choices->len > 0)
    pn_json_set (object, "choices", pn_json_texts (field->choices));
  if (*field->least != '\0')
    pn_json_set (object, "least", pn_json_text (field->least));
  if (*field->most != '\0')
    pn_json_set (object, "most", pn_json_text (field->most));
  if (field->when_field != NULL)
    pn_json_set (object, "when",
                 json_pack ("{s:o, s:o}", "field", pn_json_text (field->when_field), "is",
                            pn_json_text (field->when_value)));
  return object;
}

json_t *
pn_form_plan_write (const PnFormPlan *plan)
{
  json_t *fields = json_array ();

  for (guint i = 0; i < plan->fields->len; i++)
    json_array_append_new (fields, write_field (plan->fields->pdata[i]));
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:{s:i, s:I, s:o}, s:b, s:s, s:o, s:O}", "title",
                    pn_json_text (plan->title), "intro", pn_json_text (plan->intro), "thanks",
                    pn_json_text (plan->thanks), "language", pn_json_text (plan->language),
                    "fields", fields, "files", "most", (int) plan->files_most, "bytes",
                    (json_int_t) plan->file_bytes, "types", pn_json_texts (plan->file_types),
                    "suggests", plan->suggests, "confirm", pn_form_confirm_name (plan->confirm),
                    "frames", pn_json_texts (plan->frames), "words", plan->words);
}

static gboolean
refuse (GError **error, const char *key, const char *what)
{
  pn_error_set (error, PN_ERROR_INVALID, "\"%.60s\" %s", key, what);
  return FALSE;
}

static gboolean
read_text (const json_t *value, const char *key, char **text, GError **error)
{
  if (!json_is_string (value) || strlen (json_string_value (value)) != json_string_length (value))
    return refuse (error, key, "must be a text");
  g_free (*text);
  *text = g_strdup (json_string_value (value));
  return TRUE;
}

static gboolean
read_texts (const json_t *value, const char *key, GPtrArray *texts, GError **error)
{
  if (!json_is_array (value))
    return refuse (error, key, "must be a list of texts");
  g_ptr_array_set_size (texts, 0);
  for (gsize i = 0; i < json_array_size (value); i++) {
    char *text = NULL;

    if (!read_text (json_array_get (value, i), key, &text, error))
      return FALSE;
    g_ptr_array_add (texts, text);
  }
  return TRUE;
}

static gboolean
read_flag (const json_t *value, const char *key, gboolean *flag, GError **error)
{
  if (!json_is_boolean (value))
    return refuse (error, key, "must be true or false");
  *flag = json_is_true (value);
  return TRUE;
}

static gboolean
read_condition (const json_t *value, PnFormField *field, GError **error)
{
  if (json_is_null (value))
    return TRUE;
  return read_text (json_object_get (value, "field"), "when", &field->when_field, error)
         && read_text (json_object_get (value, "is"), "when", &field->when_value, error);
}

/* One member of a field. */
static gboolean
read_member (PnFormField *field, const char *key, const json_t *value, GError **error)
{
  if (strcmp (key, "name") == 0 || strcmp (key, "type") == 0)
    return TRUE;
  if (strcmp (key, "label") == 0)
    return read_text (value, key, &field->label, error);
  if (strcmp (key, "help") == 0)
    return read_text (value, key, &field->help, error);
  if (strcmp (key, "least") == 0)
    return read_text (value, key, &field->least, error);
  if (strcmp (key, "most") == 0)
    return read_text (value, key, &field->most, error);
  if (strcmp (key, "required") == 0)
    return read_flag (value, key, &field->is_required, error);
  if (strcmp (key, "choices") == 0)
    return read_texts (value, key, field->choices, error);
  if (strcmp (key, "when") == 0)
    return read_condition (value, field, error);
  return refuse (error, key, "is nothing that a field has");
}

static gboolean
read_field (const json_t *object, GPtrArray *fields, GError **error)
{
  const char *name = pn_json_get_text (object, "name");
  const char *word = pn_json_get_text (object, "type");
  PnFormField *field;
  PnFormType type;
  const char *key;
  json_t *value;

  if (name == NULL || !pn_form_type_read (word, &type)) {
    pn_error_set (error, PN_ERROR_INVALID, "a field needs a name and a type");
    return FALSE;
  }
  field = pn_form_field_new (name, type);
  g_ptr_array_add (fields, field);
  json_object_foreach ((json_t *) object, key, value)
  {
    if (!read_member (field, key, value, error)) {
      g_prefix_error (error, "field \"%.40s\": ", name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_fields (const json_t *list, PnFormPlan *plan, GError **error)
{
  if (!json_is_array (list) || json_array_size (list) > PN_FORM_FIELDS_MAX)
    return refuse (error, "fields", "must be a list of at most 40 fields");
  g_ptr_array_set_size (plan->fields, 0);
  for (gsize i = 0; i < json_array_size (list); i++) {
    if (!read_field (json_array_get (list, i), plan->fields, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_files (const json_t *object, PnFormPlan *plan, GError **error)
{
  const json_t *most = json_object_get (object, "most");
  const json_t *bytes = json_object_get (object, "bytes");
  const json_t *types = json_object_get (object, "types");

  if (!json_is_object (object) || (most != NULL && !json_is_integer (most))
      || (bytes != NULL && !json_is_integer (bytes)))
    return refuse (error, "files", "must be {\"most\": number, \"bytes\": number, \"types\": []}");
  if (most != NULL)
    plan->files_most = (guint) CLAMP (json_integer_value (most), 1, PN_FORM_FILES_MAX);
  if (bytes != NULL)
    plan->file_bytes = json_integer_value (bytes);
  return types == NULL || read_texts (types, "types", plan->file_types, error);
}

static gboolean
read_words (json_t *object, PnFormPlan *plan, GError **error)
{
  const char *key;
  json_t *words;

  if (!json_is_object (object))
    return refuse (error, "words", "must be {language: {key: text}}");
  json_object_foreach (object, key, words)
  {
    const char *inner;
    json_t *word;

    if (!json_is_object (words))
      return refuse (error, key, "must be {key: text}");
    json_object_foreach (words, inner, word)
    {
      if (!json_is_string (word) || json_string_length (word) > PN_FORM_INTRO_BYTES)
        return refuse (error, inner, "must be a text that is not too long");
    }
  }
  json_decref (plan->words);
  plan->words = json_deep_copy (object);
  return TRUE;
}

static gboolean
read_key (PnFormPlan *plan, const char *key, json_t *value, GError **error)
{
  if (strcmp (key, "title") == 0)
    return read_text (value, key, &plan->title, error);
  if (strcmp (key, "intro") == 0)
    return read_text (value, key, &plan->intro, error);
  if (strcmp (key, "thanks") == 0)
    return read_text (value, key, &plan->thanks, error);
  if (strcmp (key, "language") == 0)
    return read_text (value, key, &plan->language, error);
  if (strcmp (key, "fields") == 0)
    return read_fields (value, plan, error);
  if (strcmp (key, "files") == 0)
    return read_files (value, plan, error);
  if (strcmp (key, "suggests") == 0)
    return read_flag (value, key, &plan->suggests, error);
  if (strcmp (key, "confirm") == 0)
    return pn_form_confirm_read (json_string_value (value), &plan->confirm)
           || refuse (error, key, "must be \"doubt\", \"always\" or \"never\"");
  if (strcmp (key, "frames") == 0)
    return read_texts (value, key, plan->frames, error);
  if (strcmp (key, "words") == 0)
    return read_words (value, plan, error);
  return refuse (error, key, "is nothing that a form has");
}

PnFormPlan *
pn_form_plan_read (const json_t *document, GError **error)
{
  g_autoptr (PnFormPlan) plan = pn_form_plan_new ();
  const char *key;
  json_t *value;

  if (!json_is_object (document)) {
    pn_error_set (error, PN_ERROR_INVALID, "a form is a JSON object");
    return NULL;
  }
  json_object_foreach ((json_t *) document, key, value)
  {
    if (!read_key (plan, key, value, error))
      return NULL;
  }
  return pn_form_plan_check (plan, error) ? g_steal_pointer (&plan) : NULL;
}
