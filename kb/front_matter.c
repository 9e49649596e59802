#include "kb/front_matter.h"

#include <jansson.h>
#include <string.h>

#include "ticketing/core/error.h"

#define FENCE "---"
#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* editors on Windows begin a file with it */

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

/* The fields of a file, in the order in which they are written. */
typedef enum { FIELD_TEXT, FIELD_STATE, FIELD_VISIBILITY, FIELD_TIME } FieldKind;

static const struct {
  const char *key;
  FieldKind kind;
  gsize at;          /* in PnArticle */
  gboolean is_spare; /* left out where there is nothing to say */
} fields[] = {
  { "id", FIELD_TEXT, G_STRUCT_OFFSET (PnArticle, external_id), FALSE },
  { "title", FIELD_TEXT, G_STRUCT_OFFSET (PnArticle, title), FALSE },
  { "language", FIELD_TEXT, G_STRUCT_OFFSET (PnArticle, language), FALSE },
  { "category", FIELD_TEXT, G_STRUCT_OFFSET (PnArticle, category), FALSE },
  { "state", FIELD_STATE, 0, FALSE },
  { "visibility", FIELD_VISIBILITY, 0, FALSE },
  { "owner", FIELD_TEXT, G_STRUCT_OFFSET (PnArticle, owner), TRUE },
  { "translation_of", FIELD_TEXT, G_STRUCT_OFFSET (PnArticle, translation_of), TRUE },
  { "translated", FIELD_TIME, G_STRUCT_OFFSET (PnArticle, translated_at), TRUE },
  { "publish", FIELD_TIME, G_STRUCT_OFFSET (PnArticle, publish_at), TRUE },
  { "published", FIELD_TIME, G_STRUCT_OFFSET (PnArticle, published_at), TRUE },
  { "review", FIELD_TIME, G_STRUCT_OFFSET (PnArticle, review_at), TRUE },
  { "created", FIELD_TIME, G_STRUCT_OFFSET (PnArticle, created_at), TRUE },
  { "updated", FIELD_TIME, G_STRUCT_OFFSET (PnArticle, updated_at), TRUE },
};

static gboolean
set_field (PnArticle *article, gsize field, const char *text, GError **error)
{
  g_autofree char *value = read_value (text, error);

  if (value == NULL)
    return FALSE;
  switch (fields[field].kind) {
  case FIELD_TEXT:
    take (&G_STRUCT_MEMBER (char *, article, fields[field].at), g_steal_pointer (&value));
    return TRUE;
  case FIELD_STATE: return pn_article_set_state (article, value, error);
  case FIELD_VISIBILITY: return pn_article_set_visibility (article, value, error);
  case FIELD_TIME:
    return pn_clock_read (value, &G_STRUCT_MEMBER (PnTime, article, fields[field].at), error);
  }
  return FALSE;
}

static gboolean
find_field (const char *key, gsize *field)
{
  for (*field = 0; *field < G_N_ELEMENTS (fields); (*field)++) {
    if (strcmp (key, fields[*field].key) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
read_pair (Reader *reader, const char *line, GError **error)
{
  const char *colon = strchr (line, ':');
  g_autofree char *key = NULL;
  const char *value;
  gsize field;

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
  if (find_field (key, &field))
    return set_field (reader->article, field, value, error);
  if (!reader->in_questions && reader->article->unread == NULL)
    take (&reader->article->unread, g_steal_pointer (&key));
  return TRUE;
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
  if (g_str_has_prefix (text, BYTE_ORDER_MARK))
    text += strlen (BYTE_ORDER_MARK);
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
append_field (GString *out, gsize field, const PnArticle *article)
{
  const char *key = fields[field].key;
  const char *text;
  g_autofree char *time = NULL;

  switch (fields[field].kind) {
  case FIELD_TEXT:
    text = G_STRUCT_MEMBER (char *, article, fields[field].at);
    if (fields[field].is_spare && *text == '\0')
      return;
    g_string_append_printf (out, "%s: ", key);
    append_quoted (out, text);
    return;
  case FIELD_STATE:
    g_string_append_printf (out, "%s: %s\n", key, pn_article_state_name (article->state));
    return;
  case FIELD_VISIBILITY:
    g_string_append_printf (out, "%s: %s\n", key, pn_article_visibility_name (article));
    return;
  case FIELD_TIME:
    time = pn_clock_write (G_STRUCT_MEMBER (PnTime, article, fields[field].at));
    if (time != NULL)
      g_string_append_printf (out, "%s: %s\n", key, time);
    return;
  }
}

char *
pn_front_matter_write (const PnArticle *article)
{
  GString *out = g_string_new (FENCE "\n");

  for (gsize field = 0; field < G_N_ELEMENTS (fields); field++)
    append_field (out, field, article);
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
