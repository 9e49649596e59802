#include "gateway/web/form.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/label.h"
#include "ticketing/core/text.h"

static void
field_free (gpointer data)
{
  PnField *field = data;

  g_free (field->name);
  g_free (field->value);
  g_free (field);
}

PnForm *
pn_form_new (void)
{
  PnForm *form = g_new0 (PnForm, 1);

  form->fields = g_ptr_array_new_with_free_func (field_free);
  form->uploads = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_upload_free);
  return form;
}

void
pn_form_free (PnForm *form)
{
  if (form == NULL)
    return;
  g_ptr_array_unref (form->fields);
  g_ptr_array_unref (form->uploads);
  g_free (form);
}

const char *
pn_form_value (const PnForm *form, const char *name)
{
  for (guint i = 0; i < form->fields->len; i++) {
    const PnField *field = form->fields->pdata[i];

    if (strcmp (field->name, name) == 0)
      return field->value;
  }
  return NULL;
}

static gboolean
is_field_name (const char *name)
{
  gsize size = strlen (name);

  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isalnum (name[i]) && strchr ("_.-", name[i]) == NULL)
      return FALSE;
  }
  return size > 0 && size <= 64;
}

/* CRLF and CR alone become LF, in place. */
static void
unify_line_breaks (char *text)
{
  char *to = text;

  for (const char *from = text; *from != '\0'; from++) {
    if (*from == '\r' && from[1] == '\n')
      continue;
    *to++ = *from == '\r' ? '\n' : *from;
  }
  *to = '\0';
}

gboolean
pn_form_add (PnForm *form, const char *name, const char *value, gsize size_bytes, GError **error)
{
  PnField *field;

  if (!is_field_name (name)) {
    g_autofree char *shown = pn_text_clean_line (name, 40);

    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no name of a field", shown);
    return FALSE;
  }
  if (pn_form_value (form, name) != NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "the field \"%s\" came twice", name);
    return FALSE;
  }
  if (form->fields->len >= PN_FORM_MAX_FIELDS) {
    pn_error_set (error, PN_ERROR_INVALID, "more than %d fields", PN_FORM_MAX_FIELDS);
    return FALSE;
  }
  if (size_bytes > PN_FORM_MAX_VALUE_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the field \"%s\" is longer than %d bytes", name,
                  PN_FORM_MAX_VALUE_BYTES);
    return FALSE;
  }
  if (!g_utf8_validate_len (value, size_bytes, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "the field \"%s\" is not UTF-8 text", name);
    return FALSE;
  }
  field = g_new0 (PnField, 1);
  field->name = g_strdup (name);
  field->value = g_strndup (value, size_bytes);
  unify_line_breaks (field->value);
  g_ptr_array_add (form->fields, field);
  return TRUE;
}

/* Returns: (owned) the decoded bytes, NUL-terminated; NULL when a "%" is not followed by two hex digits. */
static char *
decode (const char *text, gsize size_bytes, gsize *decoded_bytes)
{
  char *decoded = g_malloc (size_bytes + 1);
  gsize n = 0;

  for (gsize i = 0; i < size_bytes; i++) {
    if (text[i] == '%') {
      if (i + 2 >= size_bytes || !g_ascii_isxdigit (text[i + 1])
          || !g_ascii_isxdigit (text[i + 2])) {
        g_free (decoded);
        return NULL;
      }
      decoded[n++] =
          (char) (g_ascii_xdigit_value (text[i + 1]) * 16 + g_ascii_xdigit_value (text[i + 2]));
      i += 2;
    } else {
      decoded[n++] = text[i] == '+' ? ' ' : text[i];
    }
  }
  decoded[n] = '\0';
  *decoded_bytes = n;
  return decoded;
}

static gboolean
read_pair (PnForm *form, const char *pair, gsize size_bytes, GError **error)
{
  const char *equals = memchr (pair, '=', size_bytes);
  gsize name_bytes = equals != NULL ? (gsize) (equals - pair) : size_bytes;
  gsize decoded_name_bytes = 0;
  gsize value_bytes = 0;
  g_autofree char *name = decode (pair, name_bytes, &decoded_name_bytes);
  g_autofree char *value = equals != NULL
                               ? decode (equals + 1, size_bytes - name_bytes - 1, &value_bytes)
                               : g_strdup ("");

  if (name == NULL || value == NULL || strlen (name) != decoded_name_bytes) {
    pn_error_set (error, PN_ERROR_INVALID, "a field is not encoded as a form's fields are");
    return FALSE;
  }
  return pn_form_add (form, name, value, value_bytes, error);
}

gboolean
pn_form_read_pairs (PnForm *form, const char *text, gsize size_bytes, GError **error)
{
  const char *end = text + size_bytes;

  while (text < end) {
    const char *ampersand = memchr (text, '&', (gsize) (end - text));
    const char *stop = ampersand != NULL ? ampersand : end;

    if (stop > text && !read_pair (form, text, (gsize) (stop - text), error))
      return FALSE;
    text = ampersand != NULL ? ampersand + 1 : end;
  }
  return TRUE;
}

/* Returns: (owned) its texts with "," between; NULL where that would not tell them apart. */
static char *
join_texts (const json_t *list)
{
  g_autoptr (GString) text = g_string_new ("");

  for (gsize i = 0; i < json_array_size (list); i++) {
    const char *item = json_string_value (json_array_get (list, i));

    if (item == NULL || strchr (item, ',') != NULL || *item == '[')
      return NULL;
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", item);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Returns: (owned) the value as a field has it; NULL for a number with a fraction. */
static char *
simple_text (const json_t *value)
{
  switch (json_typeof (value)) {
  case JSON_STRING: return g_strdup (json_string_value (value));
  case JSON_INTEGER: return g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value));
  case JSON_TRUE: return g_strdup ("1");
  case JSON_FALSE: return g_strdup ("0");
  case JSON_NULL: return g_strdup ("");
  case JSON_ARRAY: {
    char *texts = join_texts (value);

    return texts != NULL ? texts : pn_json_write (value);
  }
  case JSON_OBJECT: return pn_json_write (value);
  case JSON_REAL: return NULL;
  }
  return NULL;
}

static gboolean
add_members (PnForm *form, const char *prefix, json_t *object, GError **error)
{
  const char *key;
  json_t *value;

  json_object_foreach (object, key, value)
  {
    g_autofree char *name = g_strconcat (prefix, key, NULL);
    g_autofree char *text = NULL;

    if (json_is_object (value) && *prefix == '\0') {
      g_autofree char *inner = g_strconcat (key, ".", NULL);

      if (!add_members (form, inner, value, error))
        return FALSE;
      continue;
    }
    text = simple_text (value);
    if (text == NULL) {
      g_autofree char *shown = pn_text_clean_line (name, 40);

      pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is not a text, number, boolean or null",
                    shown);
      return FALSE;
    }
    if (!pn_form_add (form, name, text, strlen (text), error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_form_read_json (PnForm *form, const char *text, gsize size_bytes, GError **error)
{
  json_error_t problem;
  json_t *document = json_loadb (text, size_bytes, JSON_REJECT_DUPLICATES, &problem);
  gboolean is_read;

  if (document == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "the body is not JSON (line %d, column %d)",
                  problem.line, problem.column);
    return FALSE;
  }
  if (json_is_object (document)) {
    is_read = add_members (form, "", document, error);
  } else {
    pn_error_set (error, PN_ERROR_INVALID, "the body is not a JSON object");
    is_read = FALSE;
  }
  json_decref (document);
  return is_read;
}

static gboolean
is_listed (const char *names, const char *name)
{
  gsize size = strlen (name);

  for (const char *at = names; at != NULL && *at != '\0';) {
    gsize length = strcspn (at, " ");

    if (length == size && strncmp (at, name, size) == 0)
      return TRUE;
    if (length > 1 && at[length - 1] == '*' && size > length - 1
        && strncmp (at, name, length - 1) == 0)
      return TRUE;
    at += length;
    at += strspn (at, " ");
  }
  return FALSE;
}

gboolean
pn_form_allow (const PnForm *form, const char *names, GError **error)
{
  for (guint i = 0; i < form->fields->len; i++) {
    const PnField *field = form->fields->pdata[i];

    if (!is_listed (names, field->name)) {
      pn_error_set (error, PN_ERROR_INVALID, "there is no field \"%s\" here", field->name);
      return FALSE;
    }
  }
  if (form->uploads->len > 0 && !is_listed (names, "files")) {
    pn_error_set (error, PN_ERROR_INVALID, "files can't be sent here");
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_media_type (const char *type)
{
  gsize size = strlen (type);
  guint slashes = 0;

  for (gsize i = 0; i < size; i++) {
    if (type[i] == '/')
      slashes++;
    else if (!g_ascii_isalnum (type[i]) && strchr ("!#$&-^_.+", type[i]) == NULL)
      return FALSE;
  }
  return size > 2 && size <= 127 && slashes == 1;
}

PnUpload *
pn_upload_new (const char *file_name, const char *declared_type)
{
  PnUpload *upload = g_new0 (PnUpload, 1);

  upload->file_name = pn_label_clean (file_name);
  if (upload->file_name == NULL)
    upload->file_name = g_strdup ("file");
  upload->declared_type =
      g_strdup (is_media_type (declared_type) ? declared_type : "application/octet-stream");
  upload->fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  return upload;
}

void
pn_upload_free (PnUpload *upload)
{
  if (upload == NULL)
    return;
  if (upload->fd >= 0)
    close (upload->fd);
  g_free (upload->file_name);
  g_free (upload->declared_type);
  g_free (upload);
}
