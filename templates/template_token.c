#include "templates/template_token.h"

#include <string.h>

#define MAX_DELIMITER 16

typedef struct {
  const char *name;
  const char *at;
  const char *end;
  char open[MAX_DELIMITER];
  char close[MAX_DELIMITER];
  guint line;
  gboolean is_extended;
  GPtrArray *tokens; /* (owned) of PnToken */
  GPtrArray *opened; /* (borrowed) tokens not yet closed */
} Scanner;

static const struct {
  char sigil;
  PnTokenKind kind;
} sigils[] = {
  { '&', PN_TOKEN_RAW },   { '#', PN_TOKEN_SECTION }, { '^', PN_TOKEN_INVERTED },
  { '/', PN_TOKEN_CLOSE }, { '>', PN_TOKEN_PARTIAL }, { '<', PN_TOKEN_PARENT },
  { '$', PN_TOKEN_BLOCK }, { '!', PN_TOKEN_COMMENT }, { '=', PN_TOKEN_DELIMITER },
};

void
pn_token_free (PnToken *token)
{
  if (token == NULL)
    return;
  g_free (token->text);
  g_free (token->body);
  g_free (token->indent);
  g_free (token);
}

static gboolean
fail (const Scanner *scanner, GError **error, const char *what, const char *value)
{
  g_set_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX, "%s:%u: %s%s%s", scanner->name,
               scanner->line, what, value == NULL ? "" : ": ", value == NULL ? "" : value);
  return FALSE;
}

static PnToken *
add_token (Scanner *scanner, PnTokenKind kind, char *text)
{
  PnToken *token = g_new0 (PnToken, 1);

  token->kind = kind;
  token->line = scanner->line;
  token->text = text;
  g_ptr_array_add (scanner->tokens, token);
  return token;
}

/* Literals are cut after each line break, so that lines can be looked at one by one. */
static void
add_literal (Scanner *scanner, const char *end)
{
  while (scanner->at < end) {
    const char *newline = memchr (scanner->at, '\n', (gsize) (end - scanner->at));
    const char *stop = newline == NULL ? end : newline + 1;

    add_token (scanner, PN_TOKEN_TEXT, g_strndup (scanner->at, (gsize) (stop - scanner->at)));
    scanner->at = stop;
    if (newline != NULL)
      scanner->line++;
  }
}

static void
count_lines (Scanner *scanner, const char *from, const char *to)
{
  for (const char *c = from; c < to; c++)
    if (*c == '\n')
      scanner->line++;
}

static gboolean
set_delimiters (Scanner *scanner, const char *inner, GError **error)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *text =
      g_strndup (inner, strlen (inner) - (g_str_has_suffix (inner, "=") ? 1 : 0));
  const char *found[2] = { NULL, NULL };
  int n = 0;

  parts = g_strsplit_set (text, " \t\r\n", -1);
  for (char **part = parts; *part != NULL; part++) {
    if (**part == '\0')
      continue;
    if (n == 2 || strlen (*part) >= MAX_DELIMITER || strchr (*part, '=') != NULL)
      return fail (scanner, error, "delimiters are two short words without =", text);
    found[n++] = *part;
  }
  if (n != 2)
    return fail (scanner, error, "delimiters are two short words without =", text);
  g_strlcpy (scanner->open, found[0], MAX_DELIMITER);
  g_strlcpy (scanner->close, found[1], MAX_DELIMITER);
  return TRUE;
}

/* {{#x=word}} and {{#x?}} may be closed by {{/x}}. */
static gboolean
is_closed_by (const Scanner *scanner, const PnToken *opener, const char *text)
{
  gsize size = strlen (text);

  if (!scanner->is_extended || strncmp (opener->text, text, size) != 0)
    return strcmp (opener->text, text) == 0;
  return strchr ("?= ", opener->text[size]) != NULL;
}

static gboolean
note_nesting (Scanner *scanner, PnToken *token, GError **error)
{
  PnToken *opener;

  if (token->kind == PN_TOKEN_SECTION || token->kind == PN_TOKEN_INVERTED
      || token->kind == PN_TOKEN_PARENT || token->kind == PN_TOKEN_BLOCK) {
    if (scanner->opened->len == PN_TEMPLATE_MAX_NESTING)
      return fail (scanner, error, "tags are nested too deep", token->text);
    g_ptr_array_add (scanner->opened, token);
    return TRUE;
  }
  if (token->kind != PN_TOKEN_CLOSE)
    return TRUE;
  if (scanner->opened->len == 0)
    return fail (scanner, error, "nothing is open here that this could close", token->text);
  opener = g_ptr_array_index (scanner->opened, scanner->opened->len - 1);
  if (!is_closed_by (scanner, opener, token->text))
    return fail (scanner, error, "this is not what must be closed first", token->text);
  token->closes = opener->kind;
  token->opened_line = opener->line;
  g_ptr_array_set_size (scanner->opened, (int) scanner->opened->len - 1);
  return TRUE;
}

/* {{#t}}…{{/t}}: the text between is a message, not a template. */
static gboolean
add_message (Scanner *scanner, const char *after, char *inner, GError **error)
{
  g_autofree char *owned = inner;
  g_autofree char *closing = g_strconcat (scanner->open, "/t", scanner->close, NULL);
  g_autofree char *body = NULL;
  const char *end = strstr (after, closing);

  if (end == NULL)
    return fail (scanner, error, "a text to translate ends with {{/t}}", NULL);
  body = g_strndup (after, (gsize) (end - after));
  if (strstr (body, scanner->open) != NULL)
    return fail (scanner, error, "a text to translate has {holes}, not tags", body);
  add_token (scanner, PN_TOKEN_TRANSLATE, g_strstrip (g_strdup (owned + 1)))->body =
      g_steal_pointer (&body);
  count_lines (scanner, after, end);
  scanner->at = end + strlen (closing);
  return TRUE;
}

static gboolean
is_message (const Scanner *scanner, PnTokenKind kind, const char *inner)
{
  return scanner->is_extended && kind == PN_TOKEN_SECTION && inner[0] == 't'
         && (inner[1] == '\0' || g_ascii_isspace (inner[1]));
}

static PnTokenKind
take_sigil (const char **inner, gsize *size)
{
  for (gsize i = 0; *size > 0 && i < G_N_ELEMENTS (sigils); i++) {
    if (sigils[i].sigil != **inner)
      continue;
    (*inner)++;
    (*size)--;
    return sigils[i].kind;
  }
  return PN_TOKEN_VALUE;
}

static gboolean
add_tag (Scanner *scanner, GError **error)
{
  const char *inner = scanner->at + strlen (scanner->open);
  gboolean is_triple = *inner == '{' && strcmp (scanner->open, "{{") == 0;
  const char *close = is_triple ? "}}}" : scanner->close;
  const char *end = strstr (inner, close);
  PnTokenKind kind = PN_TOKEN_RAW;
  g_autofree char *text = NULL;
  PnToken *token;
  gsize size;

  if (end == NULL)
    return fail (scanner, error, "a tag is never closed", NULL);
  size = (gsize) (end - inner);
  if (is_triple)
    inner++, size--;
  else
    kind = take_sigil (&inner, &size);
  text = g_strstrip (g_strndup (inner, size));
  if (is_message (scanner, kind, text))
    return add_message (scanner, end + strlen (close), g_steal_pointer (&text), error);
  if (*text == '\0' && kind != PN_TOKEN_COMMENT)
    return fail (scanner, error, "a tag is empty", NULL);
  token = add_token (scanner, kind, g_steal_pointer (&text));
  count_lines (scanner, scanner->at, end);
  scanner->at = end + strlen (close);
  if (kind == PN_TOKEN_DELIMITER)
    return set_delimiters (scanner, token->text, error);
  return note_nesting (scanner, token, error);
}

static gboolean
is_blank (const PnToken *token)
{
  return token->kind == PN_TOKEN_TEXT && token->text[strspn (token->text, " \t\r\n")] == '\0';
}

static gboolean
is_inheritance (const PnToken *token)
{
  return token->kind == PN_TOKEN_PARENT || token->kind == PN_TOKEN_BLOCK
         || (token->kind == PN_TOKEN_CLOSE
             && (token->closes == PN_TOKEN_PARENT || token->closes == PN_TOKEN_BLOCK));
}

static gboolean
may_stand_alone (const PnToken *token)
{
  return token->kind != PN_TOKEN_VALUE && token->kind != PN_TOKEN_RAW
         && token->kind != PN_TOKEN_TRANSLATE;
}

/* Returns: whether the tokens [from, to) are a standalone line. */
static gboolean
is_standalone (GPtrArray *tokens, guint from, guint to)
{
  guint n_tags = 0;
  guint n_inheritance = 0;

  for (guint i = from; i < to; i++) {
    const PnToken *token = g_ptr_array_index (tokens, i);

    if (token->kind == PN_TOKEN_TEXT && !is_blank (token))
      return FALSE;
    if (token->kind == PN_TOKEN_TEXT)
      continue;
    if (!may_stand_alone (token))
      return FALSE;
    n_tags++;
    n_inheritance += is_inheritance (token) ? 1 : 0;
  }
  return n_tags == 1 || (n_tags > 1 && n_tags == n_inheritance);
}

/* A block that opens and closes on one line keeps the line's break: the break belongs to what stands around it. */
static gboolean
keeps_break (const PnToken *last)
{
  return last->kind == PN_TOKEN_CLOSE && last->closes == PN_TOKEN_BLOCK
         && last->opened_line == last->line;
}

static gboolean
takes_indent (const PnToken *token)
{
  return token->kind == PN_TOKEN_PARTIAL || token->kind == PN_TOKEN_PARENT
         || token->kind == PN_TOKEN_BLOCK;
}

static void
drop (GPtrArray *tokens, guint i)
{
  PnToken *token = g_ptr_array_index (tokens, i);

  g_free (token->text);
  token->text = g_strdup ("");
}

/* A line's first token may be white space before a partial, a parent or a block: their indent. */
static void
trim_line (GPtrArray *tokens, guint from, guint to)
{
  gboolean is_alone = is_standalone (tokens, from, to);
  PnToken *first = g_ptr_array_index (tokens, from);
  PnToken *second = is_blank (first) && from + 1 < to ? g_ptr_array_index (tokens, from + 1) : NULL;
  PnToken *tag = second != NULL ? second : first;
  PnToken *last_tag = NULL;

  first->starts_line = TRUE;
  tag->starts_line = TRUE;
  if (takes_indent (tag) && (is_alone || tag->kind == PN_TOKEN_BLOCK)) {
    tag->indent = g_strdup (second != NULL ? first->text : "");
    if (second != NULL)
      drop (tokens, from);
  }
  if (!is_alone)
    return;
  for (guint i = from; i < to; i++)
    if (((PnToken *) g_ptr_array_index (tokens, i))->kind != PN_TOKEN_TEXT)
      last_tag = g_ptr_array_index (tokens, i);
  last_tag->ends_line = !keeps_break (last_tag);
  for (guint i = from; i < to; i++)
    if (((PnToken *) g_ptr_array_index (tokens, i))->kind == PN_TOKEN_TEXT
        && (last_tag->ends_line || i + 1 < to))
      drop (tokens, i);
}

static void
trim_lines (GPtrArray *tokens)
{
  guint from = 0;

  for (guint i = 0; i < tokens->len; i++) {
    const PnToken *token = g_ptr_array_index (tokens, i);

    if (i + 1 < tokens->len
        && !(token->kind == PN_TOKEN_TEXT && g_str_has_suffix (token->text, "\n")))
      continue;
    trim_line (tokens, from, i + 1);
    from = i + 1;
  }
}

static gboolean
scan (Scanner *scanner, GError **error)
{
  while (scanner->at < scanner->end) {
    const char *tag = strstr (scanner->at, scanner->open);

    add_literal (scanner, tag == NULL ? scanner->end : tag);
    if (tag != NULL && !add_tag (scanner, error))
      return FALSE;
  }
  if (scanner->opened->len > 0) {
    const PnToken *opener = g_ptr_array_index (scanner->opened, scanner->opened->len - 1);

    scanner->line = opener->line;
    return fail (scanner, error, "this is never closed", opener->text);
  }
  return TRUE;
}

GPtrArray *
pn_template_tokens (const char *name, const char *text, PnRenderMode mode, GError **error)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_token_free);
  g_autoptr (GPtrArray) opened = g_ptr_array_new ();
  Scanner scanner = { .name = name,
                      .at = text,
                      .end = text + strlen (text),
                      .open = "{{",
                      .close = "}}",
                      .line = 1,
                      .is_extended = mode != PN_RENDER_PLAIN,
                      .tokens = tokens,
                      .opened = opened };

  if (scanner.end - text > PN_TEMPLATE_MAX_BYTES) {
    fail (&scanner, error, "a template has at most 1 MiB", NULL);
    return NULL;
  }
  if (!scan (&scanner, error))
    return NULL;
  trim_lines (tokens);
  return g_steal_pointer (&tokens);
}
