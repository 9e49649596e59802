#include "ticketing/core/reason.h"

#include <string.h>

#include "ticketing/core/json.h"
#include "ticketing/core/text.h"

#define TEXT_BYTES 1000
#define LIST_LENGTH 64
#define LEAST_TEXT_BYTES 15
#define CUT "…"

#define NAME(symbol, name) [PN_WHY_##symbol] = name,
static const char *const names[] = { PN_REASON_CODES (NAME) };
#undef NAME

#define PLAIN(symbol, name) [PN_WHY_##symbol] = "{\"v\":1,\"code\":\"" name "\"}",
static const char *const plain[] = { PN_REASON_CODES (PLAIN) };
#undef PLAIN

G_STATIC_ASSERT (PN_REASON_VERSION == 1);
G_STATIC_ASSERT (G_N_ELEMENTS (names) == PN_REASON_COUNT);

const char *
pn_reason (PnReasonCode code)
{
  return plain[code];
}

const char *
pn_reason_name (PnReasonCode code)
{
  return names[code];
}

static json_t *
clip_text (const char *text, gsize most)
{
  g_autofree char *clipped = NULL;
  g_autofree char *shown = NULL;

  if (strlen (text) <= most)
    return json_string (text);
  clipped = pn_text_clip (text, most - strlen (CUT));
  shown = g_strconcat (clipped, CUT, NULL);
  return json_string (shown);
}

/* Returns: (owned) a copy of @value whose texts and lists are at most so long. */
static json_t *
clip (const json_t *value, gsize bytes, gsize length)
{
  json_t *copy;
  const json_t *child;
  const char *key;
  gsize i;

  if (json_is_string (value))
    return clip_text (json_string_value (value), bytes);
  if (json_is_array (value)) {
    copy = json_array ();
    json_array_foreach (value, i, child)
    {
      if (i == length) {
        json_array_append_new (copy, json_string (CUT));
        break;
      }
      json_array_append_new (copy, clip (child, bytes, length));
    }
    return copy;
  }
  if (!json_is_object (value))
    return json_deep_copy (value);
  copy = json_object ();
  json_object_foreach ((json_t *) value, key, child)
  {
    json_object_set_new (copy, key, clip (child, bytes, length));
  }
  return copy;
}

/* Returns: (owned) @document as text that is short enough. */
static char *
write_short (const json_t *document)
{
  gsize bytes = TEXT_BYTES;
  gsize length = LIST_LENGTH;

  for (;;) {
    g_autoptr (json_t) copy = clip (document, bytes, length);
    g_autofree char *text = pn_json_write (copy);

    if (strlen (text) <= PN_REASON_MAX_BYTES || bytes <= LEAST_TEXT_BYTES)
      return g_steal_pointer (&text);
    bytes /= 2;
    length = MAX (length / 2, 1);
  }
}

char *
pn_reason_make (PnReasonCode code, const char *format, ...)
{
  g_autoptr (json_t) document =
      json_pack ("{s:i, s:s}", "v", PN_REASON_VERSION, "code", pn_reason_name (code));
  g_autoptr (json_t) arguments = NULL;
  json_error_t problem;
  va_list args;

  va_start (args, format);
  arguments = json_vpack_ex (&problem, 0, format, args);
  va_end (args);
  if (arguments == NULL)
    g_critical ("the arguments of the reason %s: %s", pn_reason_name (code), problem.text);
  json_object_update_missing (document, arguments);
  return write_short (document);
}

char *
pn_reason_said (const char *words)
{
  if (words == NULL || *words == '\0')
    return NULL;
  return pn_reason_make (PN_WHY_SAID, "{s:o}", "text", pn_json_text (words));
}

/* Returns: (owned) what is no document, as words. */
static json_t *
read_words (const char *words)
{
  return json_pack ("{s:s, s:o}", "code", pn_reason_name (PN_WHY_SAID), "text",
                    pn_json_text (words));
}

json_t *
pn_reason_read (const char *stored)
{
  g_autoptr (json_t) document = NULL;

  if (stored == NULL || *stored == '\0')
    return json_null ();
  if (g_str_has_prefix (stored, "{\"v\":"))
    document = json_loads (stored, JSON_REJECT_DUPLICATES, NULL);
  if (pn_json_get_text (document, "code") == NULL)
    return read_words (stored);
  return g_steal_pointer (&document);
}

json_t *
pn_reason_read_item (const json_t *item)
{
  if (json_is_string (item))
    return pn_reason_read (json_string_value (item));
  return pn_json_get_text (item, "code") != NULL ? json_incref ((json_t *) item) : json_null ();
}

void
pn_reason_add (json_t *reasons, const char *stored)
{
  json_array_append_new (reasons, pn_reason_read (stored));
}

gboolean
pn_reason_is (const json_t *document, PnReasonCode code)
{
  return g_strcmp0 (pn_json_get_text (document, "code"), pn_reason_name (code)) == 0;
}
