#include "templates/template_value.h"

#include <math.h>
#include <string.h>
#include <sys/random.h>

#define SAFE_HTML "safe_html"
#define MARK "mark"
#define SECRET_BYTES 32

/* Known to this process alone: an object that came from outside, however it is made, is not typed as safe. */
static const guchar *
secret (void)
{
  static guchar bytes[SECRET_BYTES];
  static gsize is_made = 0;

  if (g_once_init_enter (&is_made)) {
    gssize made = getrandom (bytes, sizeof bytes, 0);

    g_assert (made == sizeof bytes);
    g_once_init_leave (&is_made, 1);
  }
  return bytes;
}

/* Returns: (owned) what proves that @html was typed by us. */
static char *
make_mark (const char *html)
{
  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, secret (), SECRET_BYTES, html, -1);
}

json_t *
pn_safe_html (const char *html)
{
  const char *text = html == NULL ? "" : html;
  g_autofree char *mark = make_mark (text);
  json_t *value = json_pack ("{s:s, s:s}", SAFE_HTML, text, MARK, mark);

  g_return_val_if_fail (value != NULL, json_null ());
  return value;
}

const char *
pn_value_safe_html (json_t *value)
{
  const char *html = json_string_value (json_object_get (value, SAFE_HTML));
  const char *mark = json_string_value (json_object_get (value, MARK));
  g_autofree char *expected = html == NULL || mark == NULL ? NULL : make_mark (html);

  return expected != NULL && strcmp (expected, mark) == 0 ? html : NULL;
}

gboolean
pn_value_is_true (json_t *value)
{
  const char *html;

  if (value == NULL)
    return FALSE;
  switch (json_typeof (value)) {
  case JSON_OBJECT: html = pn_value_safe_html (value); return html == NULL || *html != '\0';
  case JSON_ARRAY: return json_array_size (value) > 0;
  case JSON_STRING: return json_string_length (value) > 0;
  case JSON_INTEGER: return json_integer_value (value) != 0;
  case JSON_REAL: return fabs (json_real_value (value)) > 0.0;
  case JSON_TRUE: return TRUE;
  case JSON_FALSE:
  case JSON_NULL: break;
  }
  return FALSE;
}

gboolean
pn_value_equals (json_t *value, const char *word)
{
  g_autoptr (GString) text = NULL;

  if (json_is_string (value)) /* nearly always */
    return strcmp (json_string_value (value), word) == 0;
  text = g_string_new (NULL);
  return pn_value_append (text, value) && strcmp (text->str, word) == 0;
}

static json_t *
find_in (json_t *context, const char *name, size_t length)
{
  guint64 index;

  if (json_is_object (context))
    return json_object_getn (context, name, length);
  if (!json_is_array (context)
      || !g_ascii_string_to_unsigned (name, 10, 0, G_MAXINT32, &index, NULL))
    return NULL;
  return json_array_get (context, (size_t) index);
}

json_t *
pn_value_find (json_t *const *contexts, guint depth, char *const *path)
{
  json_t *value = NULL;
  size_t length;

  if (*path == NULL)
    return contexts[depth - 1];
  length = strlen (*path);
  for (guint i = depth; i > 0 && value == NULL; i--)
    value = find_in (contexts[i - 1], *path, length);
  for (path++; *path != NULL && value != NULL; path++)
    value = find_in (value, *path, strlen (*path));
  return value;
}

/* The shortest text that reads back as the same number. */
static void
append_real (GString *out, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 15; digits <= 17; digits++) {
    char form[8];

    g_snprintf (form, sizeof form, "%%.%dg", digits);
    g_ascii_formatd (buffer, sizeof buffer, form, number);
    if (fabs (g_ascii_strtod (buffer, NULL) - number) <= 0.0)
      break;
  }
  g_string_append (out, buffer);
}

gboolean
pn_value_append (GString *out, json_t *value)
{
  if (value == NULL)
    return TRUE;
  switch (json_typeof (value)) {
  case JSON_STRING:
    g_string_append_len (out, json_string_value (value), (gssize) json_string_length (value));
    return TRUE;
  case JSON_INTEGER:
    g_string_append_printf (out, "%" G_GINT64_FORMAT, (gint64) json_integer_value (value));
    return TRUE;
  case JSON_REAL: append_real (out, json_real_value (value)); return TRUE;
  case JSON_TRUE: g_string_append (out, "true"); return TRUE;
  case JSON_FALSE: g_string_append (out, "false"); return TRUE;
  case JSON_NULL: return TRUE;
  case JSON_OBJECT:
  case JSON_ARRAY: break;
  }
  return FALSE;
}

static void
append_quote (GString *out, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  for (guint i = 0; i < n; i++) {
    if (i + 1 == n && i > 0 && *lines[i] == '\0')
      break;
    g_string_append_printf (out, "%s>%s%s", i == 0 ? "" : "\n",
                            *lines[i] == '\0' || *lines[i] == '>' ? "" : " ",
                            g_strchomp (lines[i]));
  }
}

static gboolean
read_time (json_t *value, gint64 *time)
{
  if (json_is_string (value))
    return pn_format_read_time (json_string_value (value), time);
  if (!json_is_integer (value))
    return FALSE;
  *time = json_integer_value (value);
  return TRUE;
}

static gboolean
append_owned (GString *out, char *text)
{
  g_string_append (out, text);
  g_free (text);
  return TRUE;
}

static gboolean
append_time (GString *out, json_t *value, PnFilter filter, const PnFormat *format)
{
  gint64 time = 0;

  if (filter == PN_FILTER_ISO && json_is_string (value)
      && pn_format_read_iso (json_string_value (value), &time))
    return pn_value_append (out, value);
  if (!read_time (value, &time))
    return FALSE;
  if (filter == PN_FILTER_AGO)
    return append_owned (out, pn_format_ago (format, time));
  if (filter == PN_FILTER_DATE)
    return append_owned (out, pn_format_date (format, time));
  if (filter == PN_FILTER_DATETIME)
    return append_owned (out, pn_format_datetime (format, time));
  if (filter == PN_FILTER_TIME)
    return append_owned (out, pn_format_time (format, time));
  return append_owned (out, pn_format_iso (time));
}

gboolean
pn_value_append_filtered (GString *out, json_t *value, PnFilter filter, const PnFormat *format)
{
  if (value == NULL || json_is_null (value)
      || (json_is_string (value) && json_string_length (value) == 0))
    return TRUE;
  switch (filter) {
  case PN_FILTER_AGO:
  case PN_FILTER_DATE:
  case PN_FILTER_DATETIME:
  case PN_FILTER_TIME:
  case PN_FILTER_ISO: return append_time (out, value, filter, format);
  case PN_FILTER_NUMBER:
    if (json_is_real (value))
      return append_owned (out, pn_format_real (format, json_real_value (value)));
    return json_is_integer (value)
           && append_owned (out, pn_format_number (format, json_integer_value (value)));
  case PN_FILTER_SIZE:
    return json_is_integer (value)
           && append_owned (out, pn_format_size (format, json_integer_value (value)));
  case PN_FILTER_DURATION:
    return json_is_number (value)
           && append_owned (out, pn_format_duration (format, (gint64) json_number_value (value)));
  case PN_FILTER_QUOTE:
    if (json_is_string (value))
      append_quote (out, json_string_value (value));
    return json_is_string (value);
  case PN_FILTER_NONE:
  case PN_FILTER_SAID: /* needs a catalogue: template_render */
  case PN_FILTER_ASSET: break;
  }
  return pn_value_append (out, value);
}
