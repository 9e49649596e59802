#include "kb/front_matter.h"

#include <jansson.h>
#include <string.h>

#include "ticketing/core/error.h"

#define FENCE "---"

typedef struct {
  PnArticle *article;
  gboolean in_questions; /* "- value" lines belong to it */
} Reader;

static char *
read_double_quoted (const char *text, const char **end, GError **error)
{
  json_error_t where;
  json_t *value =
      json_loads (text, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &where); /* ends at the quote */
  char *result;

  if (value == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "the text in quotes is wrong: %s", where.text);
    return NULL;
  }
  result = g_strdup (json_string_value (value));
  *end = text + where.position;
  json_decref (value);
  return result;
}

static char *
read_single_quoted (const char *text, const char **end, GError **error)
{
  GString *result = g_string_new (NULL);
  const char *c = text + 1;

  for (; *c != '\0' && (*c != '\'' || c[1] == '\''); c++) {
    if (*c == '\'')
      c++;
    g_string_append_c (result, *c);
  }
  if (*c == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "the closing ' is missing");
    g_string_free (result, TRUE);
    return NULL;
  }
  *end = c + 1;
  return g_string_free (result, FALSE);
}

/* Reads a value that ends at one of @stops (besides the end); @end is where. */
static char *
read_scalar (const char *text, const char *stops, const char **end, GError **error)
{
  gsize length;

  if (*text == '"')
    return read_double_quoted (text, end, error);
  if (*text == '\'')
    return read_single_quoted (text, end, error);
  if (*text == '|' || *text == '>') {
    pn_error_set (error, PN_ERROR_INVALID, "texts over several lines are not read: use quotes");
    return NULL;
  }
  length = strcspn (text, stops);
  *end = text + length;
  return g_strchomp (g_strndup (text, length));
}

static const char *
skip_blanks (const char *text)
{
  return text + strspn (text, " \t");
}

static gboolean
is_end_of_line (const char *text)
{
  text = skip_blanks (text);
  return *text == '\0' || *text == '#';
}

/* Reads a whole value. Returns: (owned) NULL with INVALID. */
static char *
read_value (const char *text, GError **error)
{
  const char *end = NULL;
  g_autofree char *value = read_scalar (text, "", &end, error);

  if (value != NULL && !is_end_of_line (end)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%.20s\" follows the closing quote", end);
    return NULL;
  }
  return g_steal_pointer (&value);
}

/* Reads "[a, "b"]" into @list. */
static gboolean
read_flow (const char *text, GPtrArray *list, GError **error)
{
  const char *c = skip_blanks (text + 1);

  while (*c != ']' && *c != '\0') {
    char *value = read_scalar (c, ",]", &c, error);

    if (value == NULL)
      return FALSE;
    g_ptr_array_add (list, value);
    c = skip_blanks (c);
    if (*c == ',')
      c = skip_blanks (c + 1);
    else if (*c != ']')
      break;
  }
  if (*c != ']' || !is_end_of_line (c + 1)) {
    pn_error_set (error, PN_ERROR_INVALID, "the list does not end with ]");
    return FALSE;
  }
  return TRUE;
}

static void
take (char **field, char *value)
{
  g_free (*field);
  *field = value;
}

static gboolean
set_field (PnArticle *article, const char *key, const char *text, GError **error)
{
  struct {
    const char *key;
    char **field;
  } texts[] = {
    { "id", &article->external_id },
    { "title", &article->title },
    { "language", &article->language },
    { "category", &article->category },
  };
  g_autofree char *value = read_value (text, error);

  if (value == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (strcmp (key, texts[i].key) == 0) {
      take (texts[i].field, g_steal_pointer (&value));
      return TRUE;
    }
  }
  if (strcmp (key, "state") == 0)
    return pn_article_state_read (value, &article->state, error);
  return pn_clock_read (
      value, strcmp (key, "created") == 0 ? &article->created_at : &article->updated_at, error);
}

static gboolean
is_known_field (const char *key)
{
  static const char *const keys[] = { "id",    "title",   "language", "category",
                                      "state", "created", "updated",  NULL };

  return g_strv_contains (keys, key);
}

static gboolean
read_pair (Reader *reader, const char *line, GError **error)
{
  const char *colon = strchr (line, ':');
  g_autofree char *key = NULL;
  const char *value;

  if (colon == NULL || (colon[1] != '\0' && colon[1] != ' ' && colon[1] != '\t')) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%.40s\" is not \"key: value\"", line);
    return FALSE;
  }
  key = g_strchomp (g_strndup (line, (gsize) (colon - line)));
  value = skip_blanks (colon + 1);
  reader->in_questions = strcmp (key, "questions") == 0;
  if (reader->in_questions && *value == '[')
    return read_flow (value, reader->article->questions, error);
  if (reader->in_questions && !is_end_of_line (value)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"questions\" takes a list");
    return FALSE;
  }
  return !is_known_field (key) || set_field (reader->article, key, value, error);
}

static gboolean
read_line (Reader *reader, const char *line, GError **error)
{
  const char *start = skip_blanks (line);
  char *value;

  if (*start == '\0' || *start == '#')
    return TRUE;
  if (start[0] == '-' && (start[1] == ' ' || start[1] == '\t')) {
    if (!reader->in_questions)
      return TRUE;
    value = read_value (skip_blanks (start + 1), error);
    if (value != NULL)
      g_ptr_array_add (reader->article->questions, value);
    return value != NULL;
  }
  if (start != line) /* the inside of a key that is passed over */
    return TRUE;
  return read_pair (reader, line, error);
}

/* Returns: (owned) the line that starts at *@text, without its end; *@text goes behind it, to NULL after the last. */
static char *
next_line (const char **text)
{
  const char *end = strchr (*text, '\n');
  gsize length = end != NULL ? (gsize) (end - *text) : strlen (*text);
  char *line = g_strndup (*text, length);

  if (length > 0 && line[length - 1] == '\r')
    line[length - 1] = '\0';
  *text = end != NULL ? end + 1 : NULL;
  return line;
}

/* Reads the lines up to the closing fence; *@text is behind it then. */
static gboolean
read_head (Reader *reader, const char **text, GError **error)
{
  guint number = 1;

  g_free (next_line (text));
  while (*text != NULL) {
    g_autofree char *line = next_line (text);

    number++;
    if (strcmp (line, FENCE) == 0)
      return TRUE;
    if (!read_line (reader, line, error)) {
      g_prefix_error (error, "line %u: ", number);
      return FALSE;
    }
  }
  pn_error_set (error, PN_ERROR_INVALID, "the front matter has no closing " FENCE);
  return FALSE;
}

/* Returns: (owned) the first heading of @body; @fallback where there is none. */
static char *
first_heading (const char *body, const char *fallback)
{
  while (body != NULL) {
    g_autofree char *line = next_line (&body);
    gsize marks = strspn (line, "#");

    if (marks >= 1 && marks <= 6 && line[marks] == ' ')
      return g_strdup (g_strstrip (line + marks));
  }
  return g_strdup (fallback);
}

PnArticle *
pn_front_matter_read (const char *text, const char *fallback_id, GError **error)
{
  g_autoptr (PnArticle) article = pn_article_new ();
  Reader reader = { .article = article };

  if (!g_utf8_validate (text, -1, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "the text is not UTF-8");
    return NULL;
  }
  if (g_str_has_prefix (text, FENCE "\n") || g_str_has_prefix (text, FENCE "\r\n")) {
    if (!read_head (&reader, &text, error))
      return NULL;
  }
  take (&article->body, g_strdup (text != NULL ? text : ""));
  if (*article->external_id == '\0')
    take (&article->external_id, g_strdup (fallback_id));
  if (*article->title == '\0')
    take (&article->title, first_heading (article->body, article->external_id));
  return pn_article_check (article, error) ? g_steal_pointer (&article) : NULL;
}

static void
append_quoted (GString *out, const char *text)
{
  json_t *value = json_string (text);
  char *quoted = json_dumps (value, JSON_ENCODE_ANY);

  g_string_append (out, quoted);
  g_string_append_c (out, '\n');
  free (quoted);
  json_decref (value);
}

static void
append_field (GString *out, const char *key, const char *text)
{
  g_string_append_printf (out, "%s: ", key);
  append_quoted (out, text);
}

static void
append_time (GString *out, const char *key, PnTime time)
{
  g_autofree char *text = pn_clock_write (time);

  if (text != NULL)
    g_string_append_printf (out, "%s: %s\n", key, text);
}

char *
pn_front_matter_write (const PnArticle *article)
{
  GString *out = g_string_new (FENCE "\n");

  append_field (out, "id", article->external_id);
  append_field (out, "title", article->title);
  append_field (out, "language", article->language);
  append_field (out, "category", article->category);
  g_string_append_printf (out, "state: %s\n", pn_article_state_name (article->state));
  append_time (out, "created", article->created_at);
  append_time (out, "updated", article->updated_at);
  if (article->questions->len > 0)
    g_string_append (out, "questions:\n");
  for (guint i = 0; i < article->questions->len; i++) {
    g_string_append (out, "  - ");
    append_quoted (out, article->questions->pdata[i]);
  }
  g_string_append (out, FENCE "\n");
  g_string_append (out, article->body);
  return g_string_free (out, FALSE);
}
