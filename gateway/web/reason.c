#include "gateway/web/reason.h"

#include <string.h>

#define HOLE "{number}"
#define NUMBERS_MAX 4

/* @numbers: (of char *, owned) what stood in the holes, in their order. Returns: (owned) the pattern. */
static char *
make_pattern (const char *sentence, GPtrArray *numbers)
{
  GString *pattern = g_string_new (NULL);

  for (const char *at = sentence; *at != '\0';) {
    gsize n = *at == '#' ? strspn (at + 1, "0123456789") : 0;

    if (n == 0 || numbers->len == NUMBERS_MAX) {
      g_string_append_c (pattern, *at++);
      continue;
    }
    g_ptr_array_add (numbers, g_strndup (at + 1, n));
    g_string_append (pattern, "#" HOLE);
    at += 1 + n;
  }
  return g_string_free (pattern, FALSE);
}

/* (owned) */
static char *
fill (const char *text, const GPtrArray *numbers)
{
  GString *filled = g_string_new (NULL);
  guint used = 0;

  while (*text != '\0') {
    if (used < numbers->len && g_str_has_prefix (text, HOLE)) {
      g_string_append (filled, numbers->pdata[used++]);
      text += strlen (HOLE);
    } else {
      g_string_append_c (filled, *text++);
    }
  }
  return g_string_free (filled, FALSE);
}

json_t *
pn_reason_show (const PnCall *call, const char *sentence)
{
  g_autoptr (GPtrArray) numbers = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *pattern = NULL;
  g_autofree char *filled = NULL;
  const char *found;

  if (sentence == NULL || call->is_api)
    return pn_json_text (sentence);
  pattern = make_pattern (sentence, numbers);
  found = pn_templates_translate (call->web->config.templates, call->language, pattern);
  filled = fill (found, numbers);
  return pn_json_text (filled);
}

json_t *
pn_reasons_show (const PnCall *call, const json_t *sentences)
{
  json_t *list = json_array ();
  const json_t *sentence;
  gsize i;

  json_array_foreach (sentences, i, sentence)
  {
    json_array_append_new (list, pn_reason_show (call, json_string_value (sentence)));
  }
  return list;
}
