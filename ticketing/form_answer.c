#include "ticketing/form_answer.h"

#include <math.h>
#include <string.h>

#include "ticketing/core/text.h"

#define LINE_BYTES 200 /* of a name and a subject */

char *
pn_form_post_name (const char *name)
{
  return pn_form_is_standard (name) ? g_strdup (name) : g_strconcat ("f.", name, NULL);
}

const char *
pn_form_reading_text (const PnFormReading *reading, const char *name)
{
  const char *text = g_hash_table_lookup (reading->lines, name);

  return text != NULL ? text : "";
}

gboolean
pn_form_reading_shows (const PnFormReading *reading, const char *name)
{
  return g_hash_table_contains (reading->lines, name);
}

static gboolean
has_choice (const PnFormReading *reading, const char *name, const char *choice)
{
  g_auto (GStrv) chosen = g_strsplit (pn_form_reading_text (reading, name), "\n", 0);

  return g_strv_contains ((const char *const *) chosen, choice);
}

void
pn_form_reading_complain (PnFormReading *reading, const char *post_name, const char *label,
                          const char *problem, const char *limit)
{
  json_t *complaint = json_pack ("{s:s, s:o, s:s}", "field", post_name, "label",
                                 pn_json_text (label), "problem", problem);
  gint64 number;

  if (limit != NULL && g_ascii_string_to_signed (limit, 10, G_MININT64, G_MAXINT64, &number, NULL))
    pn_json_set (complaint, "limit", json_integer (number));
  else if (limit != NULL)
    pn_json_set (complaint, "limit", pn_json_text (limit));
  json_array_append_new (reading->problems, complaint);
}

typedef struct {
  const PnFormField *field;
  PnFormReading *reading;
  char *post_name; /* (owned) */
} Place;

static void
complain (const Place *place, const char *problem, const char *limit)
{
  pn_form_reading_complain (place->reading, place->post_name, place->field->label, problem, limit);
}

static gboolean
is_blank (const char *text)
{
  return strspn (text, " \t\n") == strlen (text);
}

/* Returns: (owned) what was posted for a field, as it is kept. */
static char *
gather (const PnFormField *field, const char *post_name, PnFormPosted posted, gconstpointer data)
{
  g_autoptr (GString) chosen = g_string_new ("");
  const char *text = posted (post_name, data);

  switch (field->type) {
  case PN_FORM_LONG_TEXT: return g_strdup (text != NULL && !is_blank (text) ? text : "");
  case PN_FORM_CHOICES:
    for (guint i = 0; i < field->choices->len; i++) {
      g_autofree char *name = g_strdup_printf ("%s.%u", post_name, i + 1);

      if (posted (name, data) != NULL)
        g_string_append_printf (chosen, "%s%s", chosen->len > 0 ? "\n" : "",
                                (const char *) field->choices->pdata[i]);
    }
    return g_string_free (g_steal_pointer (&chosen), FALSE);
  case PN_FORM_CONSENT: return g_strdup (text != NULL && strcmp (text, "1") == 0 ? "1" : "");
  case PN_FORM_FILE: return g_strdup ("");
  case PN_FORM_EMAIL: return pn_text_clean_line (text, PN_ADDRESS_MAX_BYTES + 1);
  case PN_FORM_TEXT:
    return pn_text_clean_line (text,
                               pn_form_is_standard (field->name) ? LINE_BYTES : PN_FORM_LINE_BYTES);
  case PN_FORM_CHOICE:
  case PN_FORM_DATE:
  case PN_FORM_NUMBER: return pn_text_clean_line (text, PN_FORM_LINE_BYTES);
  }
  g_return_val_if_reached (g_strdup (""));
}

/* "3", "-1.5", also "1,5"; limits are what the plan says. Returns: (owned) NULL when it is no number. */
static json_t *
read_number (const Place *place, const char *text)
{
  const PnFormField *field = place->field;
  g_autofree char *plain = g_strdelimit (g_strdup (text), ",", '.');
  char *end = NULL;
  double number = g_ascii_strtod (plain, &end);

  if (strspn (plain, "+-0123456789.") != strlen (plain) || *end != '\0' || strlen (plain) > 20
      || !isfinite (number)) {
    complain (place, "number", NULL);
    return NULL;
  }
  if (*field->least != '\0' && number < g_ascii_strtod (field->least, NULL))
    complain (place, "small", field->least);
  if (*field->most != '\0' && number > g_ascii_strtod (field->most, NULL))
    complain (place, "large", field->most);
  return fabs (number) < 1e15 && number == floor (number) ? json_integer ((json_int_t) number)
                                                          : json_real (number);
}

/* Dates are written year first, so texts compare as days do. */
static json_t *
read_date (const Place *place, const char *text)
{
  const PnFormField *field = place->field;
  g_autofree char *stamp = g_strconcat (text, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) day = strlen (text) == 10 && strspn (text, "0123456789-") == 10
                                  ? g_date_time_new_from_iso8601 (stamp, NULL)
                                  : NULL;

  if (day == NULL) {
    complain (place, "date", NULL);
    return NULL;
  }
  if (*field->least != '\0' && strcmp (text, field->least) < 0)
    complain (place, "small", field->least);
  if (*field->most != '\0' && strcmp (text, field->most) > 0)
    complain (place, "large", field->most);
  return pn_json_text (text);
}

static json_t *
read_choice (const Place *place, const char *text)
{
  for (guint i = 0; i < place->field->choices->len; i++) {
    if (strcmp (place->field->choices->pdata[i], text) == 0)
      return pn_json_text (text);
  }
  complain (place, "choice", NULL);
  return NULL;
}

static json_t *
read_choices (const char *text)
{
  g_auto (GStrv) chosen = g_strsplit (text, "\n", 0);
  json_t *list = json_array ();

  for (char **choice = chosen; *choice != NULL; choice++)
    json_array_append_new (list, pn_json_text (*choice));
  return list;
}

static json_t *
read_address (const Place *place, const char *text)
{
  g_autofree char *address = pn_text_read_address (text, NULL);

  if (address == NULL)
    complain (place, "address", NULL);
  return address != NULL ? pn_json_text (address) : NULL;
}

/* Returns: (owned) the value of what was typed, which is not empty; NULL, with a complaint, when it is wrong. */
static json_t *
read_value (const Place *place, const char *text)
{
  switch (place->field->type) {
  case PN_FORM_TEXT: return pn_json_text (text);
  case PN_FORM_LONG_TEXT:
    if (strlen (text) <= PN_FORM_TEXT_BYTES)
      return pn_json_text (text);
    complain (place, "long", NULL);
    return NULL;
  case PN_FORM_CHOICE: return read_choice (place, text);
  case PN_FORM_CHOICES: return read_choices (text);
  case PN_FORM_DATE: return read_date (place, text);
  case PN_FORM_NUMBER: return read_number (place, text);
  case PN_FORM_EMAIL: return read_address (place, text);
  case PN_FORM_CONSENT: return json_true ();
  case PN_FORM_FILE: return NULL;
  }
  g_return_val_if_reached (NULL);
}

static void
read_field (PnFormReading *reading, const PnFormField *field, const char *text)
{
  g_autofree char *post_name = pn_form_post_name (field->name);
  const Place place = { field, reading, post_name };
  json_t *value = *text != '\0' ? read_value (&place, text) : NULL;

  if (*text == '\0' && field->is_required && field->type != PN_FORM_FILE) {
    if (strcmp (field->name, "address") == 0)
      complain (&place, "address", NULL);
    else
      complain (&place, field->type == PN_FORM_CONSENT ? "consent" : "needed", NULL);
  }
  if (value != NULL && !pn_form_is_standard (field->name))
    json_array_append_new (reading->answers,
                           json_pack ("{s:s, s:o, s:s, s:O}", "name", field->name, "label",
                                      pn_json_text (field->label), "type",
                                      pn_form_type_name (field->type), "value", value));
  json_decref (value);
}

static gboolean
is_asked (const PnFormReading *reading, const PnFormField *field)
{
  return field->when_field == NULL || has_choice (reading, field->when_field, field->when_value);
}

PnFormReading *
pn_form_reading_new (const PnFormPlan *plan, PnFormPosted posted, gconstpointer data)
{
  PnFormReading *reading = g_new0 (PnFormReading, 1);

  reading->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  reading->answers = json_array ();
  reading->problems = json_array ();
  for (guint i = 0; i < plan->fields->len; i++) {
    const PnFormField *field = plan->fields->pdata[i];
    g_autofree char *post_name = pn_form_post_name (field->name);
    char *text;

    if (!is_asked (reading, field))
      continue;
    text = gather (field, post_name, posted, data);
    g_hash_table_insert (reading->lines, g_strdup (field->name), text);
    read_field (reading, field, text);
  }
  return reading;
}

void
pn_form_reading_free (PnFormReading *reading)
{
  if (reading == NULL)
    return;
  g_hash_table_unref (reading->lines);
  json_decref (reading->answers);
  json_decref (reading->problems);
  g_free (reading);
}

static void
append_value (GString *text, const json_t *value)
{
  switch (json_typeof (value)) {
  case JSON_STRING: g_string_append (text, json_string_value (value)); break;
  case JSON_INTEGER:
    g_string_append_printf (text, "%" JSON_INTEGER_FORMAT, json_integer_value (value));
    break;
  case JSON_REAL: {
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append (text,
                     g_ascii_formatd (number, sizeof number, "%.12g", json_real_value (value)));
    break;
  }
  case JSON_TRUE: g_string_append (text, "✓"); break;
  case JSON_ARRAY:
    for (gsize i = 0; i < json_array_size (value); i++) {
      if (i > 0)
        g_string_append (text, ", ");
      if (json_is_string (json_array_get (value, i)))
        g_string_append (text, json_string_value (json_array_get (value, i)));
    }
    break;
  case JSON_OBJECT:
  case JSON_FALSE:
  case JSON_NULL: break;
  }
}

char *
pn_form_value_text (const json_t *value)
{
  GString *text = g_string_new ("");

  append_value (text, value);
  return g_string_free (text, FALSE);
}

char *
pn_form_answers_text (const json_t *answers)
{
  GString *text = g_string_new ("");

  for (gsize i = 0; i < json_array_size (answers); i++) {
    const json_t *answer = json_array_get (answers, i);
    const char *label = pn_json_get_text (answer, "label");
    const json_t *value = json_object_get (answer, "value");

    g_string_append_printf (text, "%s: ", label != NULL ? label : "");
    if (value != NULL)
      append_value (text, value);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}
