#include "ticketing/core/json.h"

#include <stdlib.h>

#include "ticketing/core/error.h"

json_t *
pn_json_text (const char *text)
{
  json_t *value;
  char *valid;

  if (text == NULL)
    return json_null ();
  value = json_string (text);
  if (value != NULL)
    return value;
  valid = g_utf8_make_valid (text, -1);
  value = json_string (valid);
  g_free (valid);
  return value;
}

json_t *
pn_json_time (PnTime time)
{
  g_autofree char *text = pn_clock_write (time);

  return pn_json_text (text);
}

json_t *
pn_json_id (gint64 id)
{
  return id != 0 ? json_integer (id) : json_null ();
}

json_t *
pn_json_texts (const GPtrArray *texts)
{
  json_t *list = json_array ();

  for (guint i = 0; texts != NULL && i < texts->len; i++)
    json_array_append_new (list, pn_json_text (texts->pdata[i]));
  return list;
}

void
pn_json_set (json_t *object, const char *key, json_t *value)
{
  json_object_set_new (object, key, value);
}

const char *
pn_json_get_text (const json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

void
pn_json_take_text (const json_t *object, const char *key, char **field)
{
  const char *text = pn_json_get_text (object, key);

  if (text == NULL)
    return;
  g_free (*field);
  *field = g_strdup (text);
}

void
pn_json_take_flag (const json_t *object, const char *key, gboolean *field)
{
  const json_t *flag = json_object_get (object, key);

  if (json_is_boolean (flag))
    *field = json_is_true (flag);
}

gboolean
pn_json_check_keys (const json_t *document, const char *const *known, const char *what,
                    GError **error)
{
  const char *key;
  json_t *value;

  if (!json_is_object (document)) {
    pn_error_set (error, PN_ERROR_INVALID, "a %s is a JSON object", what);
    return FALSE;
  }
  json_object_foreach ((json_t *) document, key, value)
  {
    g_autofree char *words = NULL;

    if (g_strv_contains (known, key))
      continue;
    words = g_strjoinv (", ", (char **) known);
    pn_error_set (error, PN_ERROR_INVALID, "a %s has no \"%s\"; there are %s", what, key, words);
    return FALSE;
  }
  return TRUE;
}

char *
pn_json_write (const json_t *document)
{
  char *text = json_dumps (document, JSON_COMPACT | JSON_ENCODE_ANY);
  char *copy = g_strdup (text);

  free (text);
  return copy;
}
