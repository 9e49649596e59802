#include "gateway/mail/html_text.h"

#include <string.h>

#include "gateway/mail/html_entity.h"

#define NAME_BYTES_MAX 16
#define QUOTES_MAX 6 /* deeper quotes get no more marks */
#define LISTS_MAX 16
#define LINK_BYTES_MAX 2000

typedef enum {
  TAG_INLINE,
  TAG_BLOCK,     /* starts and ends a line */
  TAG_PARAGRAPH, /* a blank line before and after */
  TAG_BREAK,
  TAG_RULE,
  TAG_ITEM,
  TAG_LIST,
  TAG_QUOTE,
  TAG_CELL,
  TAG_ROW,
  TAG_LINK,
  TAG_IMAGE,
  TAG_PRE,
  TAG_DROP, /* with all that is in it */
} TagKind;

static const struct {
  const char *name;
  TagKind kind;
} tags[] = {
  { "a", TAG_LINK },         { "address", TAG_BLOCK },    { "article", TAG_BLOCK },
  { "aside", TAG_BLOCK },    { "blockquote", TAG_QUOTE }, { "br", TAG_BREAK },
  { "caption", TAG_BLOCK },  { "center", TAG_BLOCK },     { "dd", TAG_BLOCK },
  { "div", TAG_BLOCK },      { "dl", TAG_BLOCK },         { "dt", TAG_BLOCK },
  { "fieldset", TAG_BLOCK }, { "figure", TAG_BLOCK },     { "footer", TAG_BLOCK },
  { "form", TAG_BLOCK },     { "h1", TAG_PARAGRAPH },     { "h2", TAG_PARAGRAPH },
  { "h3", TAG_PARAGRAPH },   { "h4", TAG_PARAGRAPH },     { "h5", TAG_PARAGRAPH },
  { "h6", TAG_PARAGRAPH },   { "header", TAG_BLOCK },     { "hr", TAG_RULE },
  { "img", TAG_IMAGE },      { "li", TAG_ITEM },          { "main", TAG_BLOCK },
  { "nav", TAG_BLOCK },      { "ol", TAG_LIST },          { "option", TAG_BLOCK },
  { "p", TAG_PARAGRAPH },    { "pre", TAG_PRE },          { "script", TAG_DROP },
  { "section", TAG_BLOCK },  { "select", TAG_DROP },      { "style", TAG_DROP },
  { "svg", TAG_DROP },       { "table", TAG_BLOCK },      { "tbody", TAG_BLOCK },
  { "td", TAG_CELL },        { "template", TAG_DROP },    { "textarea", TAG_BLOCK },
  { "tfoot", TAG_BLOCK },    { "th", TAG_CELL },          { "thead", TAG_BLOCK },
  { "title", TAG_DROP },     { "tr", TAG_ROW },           { "ul", TAG_LIST },
};

typedef struct {
  char name[NAME_BYTES_MAX];
  TagKind kind;
  gboolean is_end;
  gboolean is_empty; /* <x/> */
  const char *attributes;
  gsize attributes_size;
} Tag;

typedef struct {
  GString *out;
  gsize line_start;
  int newlines;     /* wanted before the next text */
  gboolean space;   /* wanted before the next text */
  gboolean is_cell; /* the text that follows starts a cell */
  guint quotes;
  guint pre;
  guint lists;
  int numbers[LISTS_MAX]; /* the next number; -1 in an unordered list */
  char *link;             /* (owned) where the open link leads to, or NULL */
  gsize link_start;
  char drop[NAME_BYTES_MAX]; /* the element that is being left out */
  guint drop_depth;
  gboolean has_marks;
} Writer;

static TagKind
tag_kind (const char *name)
{
  gsize low = 0;
  gsize high = G_N_ELEMENTS (tags);

  while (low < high) {
    gsize middle = (low + high) / 2;
    int order = strcmp (name, tags[middle].name);

    if (order == 0)
      return tags[middle].kind;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return TAG_INLINE;
}

/* Reads the tag at @c ("<" and a letter or "/"). Returns: behind it; NULL when it never ends. */
static const char *
tag_read (const char *c, Tag *tag)
{
  gsize n = 0;
  char quote = '\0';

  tag->is_end = c[1] == '/';
  c += tag->is_end ? 2 : 1;
  for (; g_ascii_isalnum (*c) || *c == ':' || *c == '-'; c++) {
    if (n < NAME_BYTES_MAX - 1)
      tag->name[n++] = g_ascii_tolower (*c);
  }
  tag->name[n] = '\0';
  tag->attributes = c;
  for (; *c != '\0' && (quote != '\0' || *c != '>'); c++) {
    if (quote != '\0')
      quote = *c == quote ? '\0' : quote;
    else if ((*c == '"' || *c == '\'') && c[-1] == '=')
      quote = *c;
  }
  if (*c == '\0')
    return NULL;
  tag->attributes_size = (gsize) (c - tag->attributes);
  tag->is_empty = c[-1] == '/';
  tag->kind = tag_kind (tag->name);
  return c + 1;
}

/* Adds a character of an attribute's value: in one line, and without control characters, which texts do not have. */
static void
add_value (GString *out, gunichar u)
{
  if (u == '\t' || u == '\n' || u == '\r' || u == '\f')
    g_string_append_c (out, ' ');
  else if (u >= 32 && u != 127)
    g_string_append_unichar (out, u);
}

/* Returns: (owned) the value of the attribute @name, entities decoded; NULL when missing. */
static char *
attribute (const Tag *tag, const char *name)
{
  const char *end = tag->attributes + tag->attributes_size;
  gsize name_size = strlen (name);

  for (const char *c = tag->attributes; c < end;) {
    const char *start = c += strspn (c, " \t\r\n/");
    gsize n = strcspn (c, " \t\r\n=>/");

    c += n;
    if (c >= end)
      return NULL;
    if (*c != '=') {
      c += n == 0;
      continue;
    }
    char quote = c[1] == '"' || c[1] == '\'' ? c[1] : '\0';
    const char *value = c + (quote != '\0' ? 2 : 1);
    const char *stop = value;
    while (stop < end && (quote != '\0' ? *stop != quote : !g_ascii_isspace (*stop)))
      stop++;
    if (n == name_size && g_ascii_strncasecmp (start, name, n) == 0) {
      GString *out = g_string_new (NULL);

      for (c = value; c < stop && out->len < LINK_BYTES_MAX;) {
        gunichar u;
        const char *next = *c == '&' ? pn_html_entity_read (c, &u) : NULL;

        add_value (out, next != NULL ? u : g_utf8_get_char (c));
        c = next != NULL ? next : g_utf8_next_char (c);
      }
      return g_strstrip (g_string_free (out, FALSE));
    }
    c = stop + (quote != '\0');
  }
  return NULL;
}

static void
line_break (Writer *writer)
{
  while (writer->out->len > writer->line_start && writer->out->str[writer->out->len - 1] == ' ')
    g_string_truncate (writer->out, writer->out->len - 1);
  g_string_append_c (writer->out, '\n');
  for (guint i = 0; i < MIN (writer->quotes, QUOTES_MAX); i++)
    g_string_append_c (writer->out, '>');
  if (writer->quotes > 0)
    g_string_append_c (writer->out, ' ');
  writer->line_start = writer->out->len;
  writer->is_cell = FALSE;
}

/* Asks for a new line before the next text; two make a blank line. */
static void
want_lines (Writer *writer, int lines)
{
  gboolean at_start = writer->out->len == writer->line_start;

  writer->newlines =
      MAX (writer->newlines, at_start && writer->out->len > 0 && lines == 1 ? 0 : lines);
  if (writer->out->len == 0)
    writer->newlines = 0;
  writer->space = FALSE;
}

static void
before_text (Writer *writer)
{
  gboolean at_start = writer->newlines > 0 || writer->out->len == writer->line_start;

  if (writer->out->len == 0 && writer->quotes > 0 && writer->newlines == 0)
    writer->newlines = 1;
  for (; writer->newlines > 0; writer->newlines--)
    line_break (writer);
  if (!at_start && writer->is_cell)
    g_string_append (writer->out, " | ");
  else if (!at_start && writer->space && writer->out->str[writer->out->len - 1] != ' ')
    g_string_append_c (writer->out, ' ');
  writer->is_cell = FALSE;
  writer->space = FALSE;
}

static void
put_char (Writer *writer, gunichar u)
{
  if (writer->drop_depth > 0)
    return;
  if (writer->pre > 0 && u == '\n') {
    writer->newlines = writer->out->len > 0 ? MIN (writer->newlines + 1, 3) : 0;
    return;
  }
  if (u == ' ' || u == '\t' || u == '\n' || u == '\r' || u == 0xA0) {
    if (writer->pre > 0 && u != '\r') {
      before_text (writer);
      g_string_append_c (writer->out, ' ');
    } else {
      writer->space = TRUE;
    }
    return;
  }
  if (u < 32 || u == 127 || u == 0x200B || u == 0x200C || u == 0xFEFF || u == 0x34F || u == 0xAD)
    return;
  before_text (writer);
  g_string_append_unichar (writer->out, u);
}

static void
put_text (Writer *writer, const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    put_char (writer, g_utf8_get_char (text));
}

static void
link_end (Writer *writer)
{
  const char *link = writer->link;
  const char *text =
      writer->link_start <= writer->out->len ? writer->out->str + writer->link_start : "";

  if (link != NULL && writer->drop_depth == 0) {
    const char *bare = g_str_has_prefix (link, "mailto:") ? link + 7 : link;
    const char *tail = strstr (bare, "://") != NULL ? strstr (bare, "://") + 3 : bare;
    g_autofree char *plain = g_strndup (tail, strlen (tail) - g_str_has_suffix (tail, "/"));
    gboolean is_said = strstr (text, plain) != NULL;
    gboolean is_useful =
        g_str_has_prefix (link, "http://") || g_str_has_prefix (link, "https://") || bare != link;

    if (is_useful && !is_said && *text != '\0' && strlen (bare) < LINK_BYTES_MAX) {
      g_string_append (writer->out, " <");
      g_string_append (writer->out, bare);
      g_string_append_c (writer->out, '>');
    }
  }
  g_clear_pointer (&writer->link, g_free);
}

static void
put_item (Writer *writer)
{
  guint level = MIN (writer->lists, LISTS_MAX);
  char number[16];

  want_lines (writer, 1);
  before_text (writer);
  for (guint i = 1; i < level; i++)
    g_string_append (writer->out, "  ");
  if (level > 0 && writer->numbers[level - 1] >= 0) {
    g_snprintf (number, sizeof number, "%d. ", writer->numbers[level - 1]);
    writer->numbers[level - 1] = MIN (writer->numbers[level - 1] + 1, 999999);
    g_string_append (writer->out, number);
  } else {
    g_string_append (writer->out, "* ");
  }
}

static gboolean
is_void (const Tag *tag)
{
  static const char *const names[] = {
    "area",  "base",   "col",   "embed", "input", "link", "meta",
    "param", "source", "track", "wbr",   "br",    "hr",   "img"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (tag->name, names[i]) == 0)
      return TRUE;
  }
  return tag->is_empty;
}

static gboolean
is_hidden (const Tag *tag)
{
  g_autofree char *style = NULL;

  if (is_void (tag) || memmem (tag->attributes, tag->attributes_size, "none", 4) == NULL)
    return FALSE;
  style = attribute (tag, "style");
  if (style == NULL)
    return FALSE;
  for (char *c = style, *to = style;; c++) {
    if (*c != ' ')
      *to++ = g_ascii_tolower (*c);
    if (*c == '\0')
      break;
  }
  return strstr (style, "display:none") != NULL;
}

static void
put_list (Writer *writer, const Tag *tag)
{
  want_lines (writer, 1);
  if (!tag->is_end) {
    if (writer->lists < LISTS_MAX)
      writer->numbers[writer->lists] = tag->name[0] == 'o' ? 1 : -1;
    writer->lists++;
  } else if (writer->lists > 0) {
    writer->lists--;
  }
}

static void
put_quote (Writer *writer, const Tag *tag)
{
  want_lines (writer, 1);
  if (!tag->is_end)
    writer->quotes++;
  else if (writer->quotes > 0)
    writer->quotes--;
  if (writer->out->len == writer->line_start && writer->out->len > 0 && writer->newlines == 0)
    writer->newlines = 1;
}

static void
put_image (Writer *writer, const Tag *tag)
{
  g_autofree char *alternative = attribute (tag, "alt");

  if (alternative != NULL && alternative[0] != '\0')
    put_text (writer, alternative);
}

static void
put_link (Writer *writer, const Tag *tag)
{
  link_end (writer);
  if (tag->is_end)
    return;
  writer->link = attribute (tag, "href");
  writer->link_start = writer->out->len;
}

/* The elements around quotes, by the names that the programs give them. */
static const struct {
  const char *attribute;
  const char *value; /* a word of it ends in this */
  char mark;
} wraps[] = {
  { "id", "divRplyFwdMsg", PN_HTML_MARK_MAIL },
  { "id", "appendonsend", PN_HTML_MARK_MAIL },
  { "class", "OutlookMessageHeader", PN_HTML_MARK_MAIL },
  { "class", "yahoo_quoted", PN_HTML_MARK_MAIL },
  { "class", "gmail_attr", PN_HTML_MARK_CITE },
  { "class", "moz-cite-prefix", PN_HTML_MARK_CITE },
  { "class", "protonmail_quote", PN_HTML_MARK_CITE },
  { "class", "tutanota_quote", PN_HTML_MARK_CITE },
  { "class", "zmail_extra", PN_HTML_MARK_CITE },
};

static gboolean
has_word_ending (const char *value, const char *ending)
{
  gsize n = strlen (ending);

  for (const char *c = strstr (value, ending); c != NULL; c = strstr (c + 1, ending)) {
    if (c[n] == '\0' || c[n] == ' ')
      return TRUE;
  }
  return FALSE;
}

/* Whether @tag opens what a mail program wraps around a quote. Returns: its mark, or '\0'. */
static char
wrap_mark (const Tag *tag)
{
  if (tag->is_end || strcmp (tag->name, "div") != 0 || tag->attributes_size == 0)
    return '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (wraps); i++) {
    if (memmem (tag->attributes, tag->attributes_size, wraps[i].value, strlen (wraps[i].value))
        == NULL)
      continue;
    g_autofree char *value = attribute (tag, wraps[i].attribute);
    if (value != NULL && has_word_ending (value, wraps[i].value))
      return wraps[i].mark;
  }
  return '\0';
}

static void
put_mark (Writer *writer, char mark)
{
  if (mark == '\0' || writer->quotes > 0 || writer->link != NULL)
    return;
  want_lines (writer, 1);
  before_text (writer);
  g_string_append_c (writer->out, mark);
  want_lines (writer, 1);
}

static void
put_tag (Writer *writer, const Tag *tag)
{
  switch (tag->kind) {
  case TAG_INLINE:
  case TAG_DROP: break;
  case TAG_BLOCK:
  case TAG_ROW:
    want_lines (writer, 1);
    if (writer->has_marks)
      put_mark (writer, wrap_mark (tag));
    break;
  case TAG_PARAGRAPH: want_lines (writer, 2); break;
  case TAG_BREAK:
    if (!tag->is_end || writer->pre == 0) {
      writer->newlines = MIN (writer->newlines + 1, 3);
      if (writer->out->len == 0)
        writer->newlines = 0;
      writer->space = FALSE;
    }
    break;
  case TAG_RULE:
    want_lines (writer, 1);
    put_text (writer, "----------");
    want_lines (writer, 1);
    break;
  case TAG_ITEM:
    if (!tag->is_end)
      put_item (writer);
    else
      want_lines (writer, 1);
    break;
  case TAG_LIST: put_list (writer, tag); break;
  case TAG_QUOTE: put_quote (writer, tag); break;
  case TAG_CELL: writer->is_cell = TRUE; break;
  case TAG_LINK: put_link (writer, tag); break;
  case TAG_IMAGE: put_image (writer, tag); break;
  case TAG_PRE:
    want_lines (writer, 1);
    if (!tag->is_end)
      writer->pre++;
    else if (writer->pre > 0)
      writer->pre--;
    break;
  }
}

static void
take_tag (Writer *writer, const Tag *tag)
{
  if (writer->drop_depth > 0) {
    if (strcmp (tag->name, writer->drop) == 0)
      writer->drop_depth =
          tag->is_end ? writer->drop_depth - 1 : writer->drop_depth + (is_void (tag) ? 0 : 1);
    return;
  }
  if (!tag->is_end && !tag->is_empty && (tag->kind == TAG_DROP || is_hidden (tag))) {
    g_strlcpy (writer->drop, tag->name, NAME_BYTES_MAX);
    writer->drop_depth = 1;
    return;
  }
  put_tag (writer, tag);
}

/* Reads what stands at the '<' at @c. Returns: behind it; NULL when it is only a character. */
static const char *
markup_read (Writer *writer, const char *c, gboolean *tags_end)
{
  Tag tag;
  const char *end;

  if (g_str_has_prefix (c, "<!--")) {
    end = strstr (c + 4, "-->");
    return end != NULL ? end + 3 : c + strlen (c);
  }
  if (c[1] == '!' || c[1] == '?') {
    end = strchr (c, '>');
    return end != NULL ? end + 1 : c + strlen (c);
  }
  if (!*tags_end || !(g_ascii_isalpha (c[1]) || (c[1] == '/' && g_ascii_isalpha (c[2]))))
    return NULL;
  /* Inside a script or style only its own end counts. */
  if (writer->drop_depth > 0
      && (strcmp (writer->drop, "script") == 0 || strcmp (writer->drop, "style") == 0)
      && (c[1] != '/' || g_ascii_strncasecmp (c + 2, writer->drop, strlen (writer->drop)) != 0))
    return c + 1;
  end = tag_read (c, &tag);
  if (end == NULL) {
    *tags_end = FALSE;
    return NULL;
  }
  take_tag (writer, &tag);
  return end;
}

static char *
write_text (const char *html, gboolean has_marks)
{
  Writer writer = { .out = g_string_new (NULL), .has_marks = has_marks };
  gboolean tags_end = TRUE;

  for (const char *c = html; *c != '\0';) {
    const char *next = NULL;
    gunichar u = 0;

    if (*c == '<')
      next = markup_read (&writer, c, &tags_end);
    else if (*c == '&' && (next = pn_html_entity_read (c, &u)) != NULL)
      put_char (&writer, u);
    if (next == NULL) {
      put_char (&writer, g_utf8_get_char (c));
      next = g_utf8_next_char (c);
    }
    c = next;
  }
  link_end (&writer);
  if (writer.out->len > 0)
    g_string_append_c (writer.out, '\n');
  return g_string_free (writer.out, FALSE);
}

char *
pn_html_text (const char *html)
{
  return write_text (html, FALSE);
}

char *
pn_html_text_marked (const char *html)
{
  return write_text (html, TRUE);
}
