#include "ticketing/form_plan.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define NAME_MAX_BYTES 32
#define FRAME_MAX_BYTES 200
#define FILES_BYTES ((gint64) 10 * 1024 * 1024)
#define FILE_LEAST_BYTES 1024
#define FILE_MOST_BYTES ((gint64) 25 * 1024 * 1024)

static const char *const type_names[PN_FORM_TYPES] = {
  [PN_FORM_TEXT] = "text",       [PN_FORM_LONG_TEXT] = "long_text", [PN_FORM_CHOICE] = "choice",
  [PN_FORM_CHOICES] = "choices", [PN_FORM_DATE] = "date",           [PN_FORM_NUMBER] = "number",
  [PN_FORM_EMAIL] = "email",     [PN_FORM_FILE] = "file",           [PN_FORM_CONSENT] = "consent",
};

static const char *const confirm_names[] = {
  [PN_FORM_CONFIRM_DOUBT] = "doubt",
  [PN_FORM_CONFIRM_ALWAYS] = "always",
  [PN_FORM_CONFIRM_NEVER] = "never",
};

static const struct {
  const char *name;
  PnFormType type;
  gboolean is_required;
} standard[] = {
  { "name", PN_FORM_TEXT, FALSE },   { "address", PN_FORM_EMAIL, TRUE },
  { "subject", PN_FORM_TEXT, TRUE }, { "text", PN_FORM_LONG_TEXT, TRUE },
  { "files", PN_FORM_FILE, FALSE },
};

/* What a file may be, and how its type begins. */
static const struct {
  const char *word;
  const char *type;
} file_types[] = {
  { "picture", "image/" },
  { "pdf", "application/pdf" },
  { "text", "text/" },
  { "archive", "application/zip" },
};

PnFormField *
pn_form_field_new (const char *name, PnFormType type)
{
  PnFormField *field = g_new0 (PnFormField, 1);

  field->name = g_strdup (name);
  field->type = type;
  field->label = g_strdup ("");
  field->help = g_strdup ("");
  field->least = g_strdup ("");
  field->most = g_strdup ("");
  field->choices = g_ptr_array_new_with_free_func (g_free);
  return field;
}

void
pn_form_field_free (PnFormField *field)
{
  if (field == NULL)
    return;
  g_free (field->name);
  g_free (field->label);
  g_free (field->help);
  g_free (field->least);
  g_free (field->most);
  g_free (field->when_field);
  g_free (field->when_value);
  g_ptr_array_unref (field->choices);
  g_free (field);
}

PnFormPlan *
pn_form_plan_new (void)
{
  PnFormPlan *plan = g_new0 (PnFormPlan, 1);

  plan->title = g_strdup ("");
  plan->intro = g_strdup ("");
  plan->thanks = g_strdup ("");
  plan->language = g_strdup ("");
  plan->fields = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_form_field_free);
  plan->files_most = PN_FORM_FILES_MAX;
  plan->file_bytes = FILES_BYTES;
  plan->file_types = g_ptr_array_new_with_free_func (g_free);
  plan->suggests = TRUE;
  plan->frames = g_ptr_array_new_with_free_func (g_free);
  plan->words = json_object ();
  for (gsize i = 0; i < G_N_ELEMENTS (standard); i++) {
    PnFormField *field = pn_form_field_new (standard[i].name, standard[i].type);

    field->is_required = standard[i].is_required;
    g_ptr_array_add (plan->fields, field);
  }
  return plan;
}

void
pn_form_plan_free (PnFormPlan *plan)
{
  if (plan == NULL)
    return;
  g_free (plan->title);
  g_free (plan->intro);
  g_free (plan->thanks);
  g_free (plan->language);
  g_ptr_array_unref (plan->fields);
  g_ptr_array_unref (plan->file_types);
  g_ptr_array_unref (plan->frames);
  json_decref (plan->words);
  g_free (plan);
}

const char *
pn_form_type_name (PnFormType type)
{
  return type_names[type];
}

gboolean
pn_form_type_read (const char *name, PnFormType *type)
{
  for (int i = 0; name != NULL && i < PN_FORM_TYPES; i++) {
    if (strcmp (type_names[i], name) == 0) {
      *type = (PnFormType) i;
      return TRUE;
    }
  }
  return FALSE;
}

const char *
pn_form_confirm_name (PnFormConfirm confirm)
{
  return confirm_names[confirm];
}

gboolean
pn_form_confirm_read (const char *name, PnFormConfirm *confirm)
{
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (confirm_names); i++) {
    if (strcmp (confirm_names[i], name) == 0) {
      *confirm = (PnFormConfirm) i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
pn_form_is_standard (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (standard); i++) {
    if (strcmp (standard[i].name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_field_name (const char *name)
{
  gsize size = name != NULL ? strlen (name) : 0;

  return size > 0 && size <= NAME_MAX_BYTES && g_ascii_islower (*name)
         && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

gboolean
pn_form_is_language (const char *text)
{
  gsize size = strlen (text);

  return size >= 2 && size <= 16
         && strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
                == size;
}

/* A scheme and a host, fit for frame-ancestors? */
static gboolean
is_frame (const char *origin)
{
  const char *slashes = strstr (origin, "://");
  const char *host = slashes != NULL ? slashes + 3 : "";
  gsize size = strlen (host);

  return (g_str_has_prefix (origin, "https://") || g_str_has_prefix (origin, "http://")) && size > 0
         && strlen (origin) <= FRAME_MAX_BYTES && g_ascii_isalnum (*host)
         && strspn (host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:")
                == size;
}

PnFormField *
pn_form_plan_find (const PnFormPlan *plan, const char *name, guint *at)
{
  for (guint i = 0; name != NULL && i < plan->fields->len; i++) {
    PnFormField *field = plan->fields->pdata[i];

    if (strcmp (field->name, name) != 0)
      continue;
    if (at != NULL)
      *at = i;
    return field;
  }
  return NULL;
}

gboolean
pn_form_plan_takes_type (const PnFormPlan *plan, const char *type)
{
  for (guint i = 0; i < plan->file_types->len; i++) {
    for (gsize j = 0; j < G_N_ELEMENTS (file_types); j++) {
      if (strcmp (plan->file_types->pdata[i], file_types[j].word) == 0
          && g_str_has_prefix (type, file_types[j].type))
        return TRUE;
    }
  }
  return plan->file_types->len == 0;
}

const char *
pn_form_plan_word (const PnFormPlan *plan, const char *language, const char *key, const char *text)
{
  const json_t *words = language != NULL ? json_object_get (plan->words, language) : NULL;
  const char *word = words != NULL ? pn_json_get_text (words, key) : NULL;

  return word != NULL && *word != '\0' ? word : text;
}

static void
add_text (GPtrArray *keys, GPtrArray *texts, char *key, const char *text)
{
  if (*text == '\0') {
    g_free (key);
    return;
  }
  g_ptr_array_add (keys, key);
  g_ptr_array_add (texts, g_strdup (text));
}

GPtrArray *
pn_form_plan_keys (const PnFormPlan *plan, GPtrArray **texts)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);

  *texts = g_ptr_array_new_with_free_func (g_free);
  add_text (keys, *texts, g_strdup ("title"), plan->title);
  add_text (keys, *texts, g_strdup ("intro"), plan->intro);
  add_text (keys, *texts, g_strdup ("thanks"), plan->thanks);
  for (guint i = 0; i < plan->fields->len; i++) {
    const PnFormField *field = plan->fields->pdata[i];

    add_text (keys, *texts, g_strdup_printf ("field.%s.label", field->name), field->label);
    add_text (keys, *texts, g_strdup_printf ("field.%s.help", field->name), field->help);
    for (guint j = 0; j < field->choices->len; j++)
      add_text (keys, *texts,
                g_strdup_printf ("choice.%s.%s", field->name, (char *) field->choices->pdata[j]),
                field->choices->pdata[j]);
  }
  return keys;
}

static gboolean
refuse (GError **error, const PnFormField *field, const char *why)
{
  pn_error_set (error, PN_ERROR_INVALID, "field \"%s\": %s", field->name, why);
  return FALSE;
}

static void
clean (char **text, gsize max_bytes)
{
  char *line = pn_text_clean_line (*text, max_bytes);

  g_free (*text);
  *text = line;
}

static gboolean
check_choices (PnFormField *field, GError **error)
{
  gboolean has_choices = field->type == PN_FORM_CHOICE || field->type == PN_FORM_CHOICES;

  if (!has_choices) {
    g_ptr_array_set_size (field->choices, 0);
    return TRUE;
  }
  if (field->choices->len == 0)
    return refuse (error, field, "there is nothing to choose from");
  if (field->choices->len > PN_FORM_CHOICES_MAX)
    return refuse (error, field, "there is too much to choose from (40 at most)");
  for (guint i = 0; i < field->choices->len; i++) {
    clean ((char **) &field->choices->pdata[i], PN_FORM_LABEL_BYTES);
    if (*(char *) field->choices->pdata[i] == '\0')
      return refuse (error, field, "a choice is empty");
    for (guint j = 0; j < i; j++) {
      if (strcmp (field->choices->pdata[i], field->choices->pdata[j]) == 0)
        return refuse (error, field, "a choice is there twice");
    }
  }
  return TRUE;
}

static gboolean
is_choice (const PnFormField *field, const char *value)
{
  if (field->type == PN_FORM_CONSENT)
    return strcmp (value, "1") == 0;
  for (guint i = 0; i < field->choices->len; i++) {
    if (strcmp (field->choices->pdata[i], value) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_condition (const PnFormPlan *plan, const PnFormField *field, guint place, GError **error)
{
  guint at = 0;
  const PnFormField *other = pn_form_plan_find (plan, field->when_field, &at);

  if (field->when_field == NULL)
    return TRUE;
  if (other == NULL || at >= place)
    return refuse (error, field, "its condition asks for a field that does not stand before it");
  if (field->when_value == NULL || !is_choice (other, field->when_value))
    return refuse (error, field, "its condition asks for a value that nobody can choose");
  if (strcmp (field->name, "address") == 0)
    return refuse (error, field, "it is always asked for");
  return TRUE;
}

static gboolean
is_date (const char *text)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autofree char *stamp = g_strconcat (text, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) date =
      strlen (text) == 10 ? g_date_time_new_from_iso8601 (stamp, zone) : NULL;

  return date != NULL;
}

static gboolean
is_limit (const PnFormField *field, const char *text)
{
  char *end = NULL;

  if (*text == '\0')
    return TRUE;
  if (field->type == PN_FORM_DATE)
    return is_date (text);
  g_ascii_strtod (text, &end);
  return *end == '\0' && strspn (text, "-0123456789.") == strlen (text) && strlen (text) <= 20;
}

static gboolean
check_limits (PnFormField *field, GError **error)
{
  if (field->type != PN_FORM_NUMBER && field->type != PN_FORM_DATE) {
    *field->least = '\0';
    *field->most = '\0';
    return TRUE;
  }
  clean (&field->least, 20);
  clean (&field->most, 20);
  if (!is_limit (field, field->least) || !is_limit (field, field->most))
    return refuse (error, field, "its limits can't be read");
  return TRUE;
}

static gboolean
check_kind (const PnFormField *field, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (standard); i++) {
    if (strcmp (standard[i].name, field->name) == 0)
      return field->type == standard[i].type
             || refuse (error, field, "this name belongs to a field of another type");
  }
  if (field->type == PN_FORM_FILE)
    return refuse (error, field, "the field for files is called \"files\"");
  if (*field->label == '\0')
    return refuse (error, field, "it needs a question");
  return TRUE;
}

static gboolean
check_field (PnFormPlan *plan, guint place, GError **error)
{
  PnFormField *field = plan->fields->pdata[place];
  guint first = 0;

  if (!is_field_name (field->name)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "a field's name is a small letter, then letters, digits and \"_\" (32 at most)");
    return FALSE;
  }
  pn_form_plan_find (plan, field->name, &first);
  if (first != place)
    return refuse (error, field, "it is there twice");
  clean (&field->label, PN_FORM_LABEL_BYTES);
  clean (&field->help, PN_FORM_LINE_BYTES);
  if (strcmp (field->name, "address") == 0)
    field->is_required = TRUE;
  return check_kind (field, error) && check_choices (field, error) && check_limits (field, error)
         && check_condition (plan, field, place, error);
}

static gboolean
check_files (PnFormPlan *plan, GError **error)
{
  plan->files_most = CLAMP (plan->files_most, 1, PN_FORM_FILES_MAX);
  plan->file_bytes = CLAMP (plan->file_bytes, FILE_LEAST_BYTES, FILE_MOST_BYTES);
  for (guint i = 0; i < plan->file_types->len; i++) {
    gboolean is_known = FALSE;

    for (gsize j = 0; j < G_N_ELEMENTS (file_types); j++)
      is_known = is_known || strcmp (file_types[j].word, plan->file_types->pdata[i]) == 0;
    if (!is_known) {
      pn_error_set (error, PN_ERROR_INVALID, "\"%.40s\" is no kind of file",
                    (const char *) plan->file_types->pdata[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_frames (const PnFormPlan *plan, GError **error)
{
  if (plan->frames->len > PN_FORM_FRAMES_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "at most %d sites may show a form in a frame",
                  PN_FORM_FRAMES_MAX);
    return FALSE;
  }
  for (guint i = 0; i < plan->frames->len; i++) {
    if (is_frame (plan->frames->pdata[i]))
      continue;
    pn_error_set (error, PN_ERROR_INVALID,
                  "\"%.80s\" is no site: write it as https://shop.example, without a path",
                  (const char *) plan->frames->pdata[i]);
    return FALSE;
  }
  return TRUE;
}

/* Words for texts that are gone are dropped. */
static gboolean
check_words (PnFormPlan *plan, GError **error)
{
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GPtrArray) keys = pn_form_plan_keys (plan, &texts);
  json_t *kept = json_object ();
  const char *language;
  json_t *words;

  json_object_foreach (plan->words, language, words)
  {
    json_t *some = json_object ();

    for (guint i = 0; i < keys->len; i++) {
      const char *word = pn_json_get_text (words, keys->pdata[i]);

      if (word != NULL && *word != '\0')
        pn_json_set (some, keys->pdata[i], pn_json_text (word));
    }
    if (pn_form_is_language (language) && json_object_size (some) > 0)
      pn_json_set (kept, language, json_incref (some));
    json_decref (some);
  }
  json_decref (plan->words);
  plan->words = kept;
  if (json_object_size (kept) <= 30)
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID, "a form can be in 30 languages");
  return FALSE;
}

gboolean
pn_form_plan_check (PnFormPlan *plan, GError **error)
{
  clean (&plan->title, PN_FORM_LABEL_BYTES);
  clean (&plan->language, 16);
  if (*plan->language != '\0' && !pn_form_is_language (plan->language)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no language", plan->language);
    return FALSE;
  }
  if (strlen (plan->intro) > PN_FORM_INTRO_BYTES || strlen (plan->thanks) > PN_FORM_INTRO_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the words before or after the form are too long");
    return FALSE;
  }
  if (plan->fields->len > PN_FORM_FIELDS_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "a form has at most %d fields", PN_FORM_FIELDS_MAX);
    return FALSE;
  }
  for (guint i = 0; i < plan->fields->len; i++) {
    if (!check_field (plan, i, error))
      return FALSE;
  }
  if (pn_form_plan_find (plan, "address", NULL) == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "a form asks for the address, so that we can answer");
    return FALSE;
  }
  return check_files (plan, error) && check_frames (plan, error) && check_words (plan, error);
}
