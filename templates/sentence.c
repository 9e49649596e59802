#include "templates/sentence.h"

#include <string.h>

#define TEMPLATE "web/reason.txt"

static json_t *prepare (const json_t *value);

/* Returns: (owned) @text without line breaks, which the templates have for their own reader only. */
static json_t *
prepare_text (const char *text)
{
  g_autofree char *line = g_strdelimit (g_strdup (text), "\r\n", ' ');

  return json_string (line);
}

static void
set (json_t *object, const char *key, json_t *value)
{
  json_object_set_new (object, key, value);
}

/* A list's texts become objects, and each element knows whether one stands before it. */
static json_t *
prepare_list (const json_t *list)
{
  json_t *prepared = json_array ();
  const json_t *element;
  gsize i;

  json_array_foreach (list, i, element)
  {
    json_t *item = prepare (element);

    if (json_is_string (element))
      item = json_pack ("{s:s, s:s, s:s, s:O, s:o}", "code", "said", "group", "said", "kind",
                        "text", "name", item, "text", item);
    if (json_is_object (item))
      set (item, "is_more", json_boolean (i > 0));
    json_array_append_new (prepared, item);
  }
  return prepared;
}

/* A rule's test, {"field": "form:product", "op", "values"} or {"not": {"tests"}}, as the words of the rule editor want it. */
static void
add_test_words (json_t *object)
{
  const char *field = json_string_value (json_object_get (object, "field"));
  const char *op = json_string_value (json_object_get (object, "op"));
  const char *colon = field != NULL ? strchr (field, ':') : NULL;

  if (json_object_get (object, "not") != NULL)
    set (object, "kind", json_string ("not"));
  if (field == NULL || op == NULL)
    return;
  set (object, "kind", json_string ("test"));
  set (object, "word",
       json_stringn (field, colon != NULL ? (gsize) (colon - field) + 1 : strlen (field)));
  set (object, "param", json_string (colon != NULL ? colon + 1 : ""));
  set (object, "name", json_string (op));
}

static json_t *
prepare_object (const json_t *object)
{
  json_t *prepared = json_object ();
  const char *code = json_string_value (json_object_get (object, "code"));
  const char *new_value = json_string_value (json_object_get (object, "new"));
  const char *key;
  json_t *value;

  json_object_foreach ((json_t *) object, key, value)
  {
    set (prepared, key, prepare (value));
  }
  if (code != NULL)
    set (prepared, "group", json_stringn (code, strcspn (code, "_")));
  if (new_value != NULL)
    set (prepared, "shown", json_pack ("{s:s}", "name", new_value));
  add_test_words (prepared);
  return prepared;
}

/* Returns: (owned) @value as the template wants it. */
static json_t *
prepare (const json_t *value)
{
  switch (json_typeof (value)) {
  case JSON_OBJECT: return prepare_object (value);
  case JSON_ARRAY: return prepare_list (value);
  case JSON_STRING: return prepare_text (json_string_value (value));
  case JSON_INTEGER:
  case JSON_REAL:
  case JSON_TRUE:
  case JSON_FALSE:
  case JSON_NULL: return json_deep_copy (value);
  }
  g_return_val_if_reached (NULL);
}

/* Takes the line breaks of the templates out of @text. */
static char *
join_lines (char *text)
{
  char *to = text;

  for (const char *from = text; *from != '\0'; from++) {
    if (*from != '\n')
      *to++ = *from;
  }
  *to = '\0';
  return g_strstrip (text);
}

char *
pn_sentence_write (PnTemplates *templates, const json_t *reason, const PnRenderOptions *options)
{
  const char *code = json_string_value (json_object_get (reason, "code"));
  PnRenderOptions text_options = *options;
  json_t *document;
  g_autofree char *text = NULL;

  if (code == NULL)
    return NULL;
  document = prepare (reason);
  text_options.mode = PN_RENDER_TEXT;
  text = pn_templates_render (templates, TEMPLATE, document, &text_options, NULL);
  json_decref (document);
  if (text == NULL || *join_lines (text) == '\0')
    return g_strdup (code);
  return g_steal_pointer (&text);
}
