#include "templates/sanitise_rules.h"

#include <string.h>

/* What makes gumbo slow: elements that stay open (each start tag walks the open ones, and formatting that was left open
 * is opened anew in every paragraph) and many attributes in a tag (each is compared with all before it).
 *
 * The scan goes over the bytes once, as a tokeniser does, keeping a stack of names. It errs to one side: inside
 * comments and tags, where it may have lost its place, every start tag counts and no end tag does. */
#define MAX_OPEN 2000
#define MAX_ATTRIBUTES 500
#define MAX_NAME 256
#define MAX_ATTRIBUTE_NAME 4096
#define MAX_WORK (20 * 1000 * 1000)
#define FORMATTING_WEIGHT 20

typedef enum { KIND_PLAIN, KIND_IGNORED, KIND_FORMATTING, KIND_BLOCK, KIND_BARRIER } Kind;

typedef struct {
  Kind kind;
  guint32 hash;
} Open;

typedef struct {
  const char *at;
  const char *end;
  GArray *stack;  /* of Open */
  guint64 n_lost; /* start tags whose end will not be found */
  guint64 n_formatting;
  guint64 work;
} Scan;

static const struct {
  const char *names; /* between blanks */
  Kind kind;
} kinds[] = {
  /* void, or closed by their next sibling or parent */
  { " area base basefont bgsound br col colgroup dd dt embed frame hr img input keygen li link meta option optgroup p"
    " param rp rt source tbody td tfoot th thead tr track wbr html head body ",
    KIND_IGNORED },
  { " a b big code em font i nobr s small strike strong tt u ", KIND_FORMATTING },
  { " address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hgroup listing main menu nav ol pre section summary ul ",
    KIND_BLOCK },
  { " applet button caption iframe marquee math noembed noframes noscript object plaintext script select style svg table"
    " template textarea title xmp ",
    KIND_BARRIER },
};

static Kind
kind_of (const char *name, gsize size)
{
  char word[16];

  if (size + 3 > sizeof word)
    return KIND_PLAIN;
  word[0] = ' ';
  for (gsize i = 0; i < size; i++)
    word[i + 1] = g_ascii_tolower (name[i]);
  word[size + 1] = ' ';
  word[size + 2] = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strstr (kinds[i].names, word) != NULL)
      return kinds[i].kind;
  return KIND_PLAIN;
}

static guint32
hash_of (const char *name, gsize size)
{
  guint32 hash = 5381;

  for (gsize i = 0; i < size; i++)
    hash = hash * 33 + (guchar) g_ascii_tolower (name[i]);
  return hash;
}

static gsize
name_size (const char *at, const char *end)
{
  gsize size = 0;

  while (at + size < end && size <= MAX_NAME && strchr (" \t\r\n\f/>", at[size]) == NULL
         && at[size] != '\0')
    size++;
  return size;
}

static gboolean
is_within (const Scan *scan)
{
  return scan->stack->len + scan->n_lost <= MAX_OPEN && scan->work <= MAX_WORK;
}

static void
count_open (Scan *scan, const char *name, gsize size, gboolean is_lost)
{
  Open open = { kind_of (name, size), hash_of (name, size) };

  scan->work += 1 + scan->stack->len + scan->n_lost + FORMATTING_WEIGHT * scan->n_formatting;
  if (open.kind == KIND_FORMATTING)
    scan->n_formatting++;
  if (open.kind == KIND_IGNORED)
    return;
  if (is_lost)
    scan->n_lost++;
  else
    g_array_append_val (scan->stack, open);
}

/* An end tag closes what the parser would close: not beyond a table and its like, and from an unknown element not
 * beyond a block. */
static void
count_close (Scan *scan, const char *name, gsize size)
{
  Open closed = { kind_of (name, size), hash_of (name, size) };

  scan->work += 1 + scan->stack->len;
  for (guint i = scan->stack->len; i > 0; i--) {
    const Open *open = &g_array_index (scan->stack, Open, i - 1);

    if (open->hash == closed.hash && open->kind == closed.kind) {
      if (closed.kind == KIND_FORMATTING && scan->n_formatting > 0)
        scan->n_formatting--;
      if (closed.kind == KIND_FORMATTING)
        g_array_remove_index (scan->stack, i - 1);
      else
        g_array_set_size (scan->stack, i - 1);
      return;
    }
    if (open->kind == KIND_BARRIER && closed.kind != KIND_BARRIER)
      return;
    if (open->kind == KIND_BLOCK && (closed.kind == KIND_PLAIN || closed.kind == KIND_FORMATTING))
      return;
  }
}

/* Moves over one attribute. Returns: FALSE at the tag's end. */
static gboolean
skip_attribute (const char **at, const char *end, gboolean *is_bad)
{
  const char *c = *at;
  const char *start;

  while (c < end && strchr (" \t\r\n\f/", *c) != NULL && *c != '\0')
    c++;
  *at = c;
  if (c == end || *c == '>')
    return FALSE;
  start = c++;
  while (c < end && (*c == '\0' || strchr (" \t\r\n\f/>=", *c) == NULL)
         && c - start <= MAX_ATTRIBUTE_NAME)
    c++;
  *is_bad = c - start > MAX_ATTRIBUTE_NAME;
  while (c < end && g_ascii_isspace (*c))
    c++;
  *at = c;
  if (c == end || *c != '=')
    return TRUE;
  for (c++; c < end && g_ascii_isspace (*c); c++)
    ;
  if (c < end && (*c == '"' || *c == '\'')) {
    const char *quote = memchr (c + 1, *c, (gsize) (end - c - 1));

    c = quote == NULL ? end : quote + 1;
  } else {
    while (c < end && *c != '>' && !g_ascii_isspace (*c))
      c++;
  }
  *at = c;
  return TRUE;
}

/* Returns: where the tag that starts at @name ends; NULL when it has too much in it. */
static const char *
tag_end (const char *name, const char *end)
{
  gsize size = name_size (name, end);
  const char *at = name + size;
  gboolean is_bad = size > MAX_NAME;

  for (int n = 0; !is_bad && skip_attribute (&at, end, &is_bad); n++)
    if (n == MAX_ATTRIBUTES)
      is_bad = TRUE;
  return is_bad ? NULL : at;
}

static const char *
find (const char *at, const char *end, const char *what)
{
  const char *found = memmem (at, (gsize) (end - at), what, strlen (what));

  return found == NULL ? end : found + strlen (what);
}

/* Where a declaration, comment or bogus comment ends. */
static const char *
comment_end (const char *at, const char *end)
{
  const char *plain;
  const char *loud;

  if (end - at < 4 || strncmp (at, "<!--", 4) != 0)
    return find (at, end, ">");
  plain = find (at + 2, end, "-->");
  loud = find (at + 2, plain, "--!>");
  if (at + 4 < end && at[4] == '>')
    return at + 5;
  return MIN (plain, loud);
}

/* Counts start tags in [at, stop), where tags ought not to be. */
static gboolean
count_lost (Scan *scan, const char *at, const char *stop)
{
  while (at < stop && (at = memchr (at, '<', (gsize) (stop - at))) != NULL) {
    at++;
    if (at == scan->end || !g_ascii_isalpha (*at))
      continue;
    if (tag_end (at, scan->end) == NULL)
      return FALSE;
    count_open (scan, at, name_size (at, scan->end), TRUE);
    if (!is_within (scan))
      return FALSE;
  }
  return TRUE;
}

static gboolean
scan_tag (Scan *scan)
{
  const char *at = scan->at;
  gboolean is_end = at + 1 < scan->end && at[1] == '/';
  const char *name = at + (is_end ? 2 : 1);
  const char *stop;

  if (name < scan->end && g_ascii_isalpha (*name)) {
    stop = tag_end (name, scan->end);
    if (stop == NULL)
      return FALSE;
    if (is_end)
      count_close (scan, name, name_size (name, scan->end));
    else
      count_open (scan, name, name_size (name, scan->end), FALSE);
  } else if (name < scan->end && (is_end || *name == '!' || *name == '?')) {
    stop = comment_end (at, scan->end);
  } else {
    stop = name;
  }
  scan->at = MAX (stop, at + 1);
  return count_lost (scan, name, scan->at) && is_within (scan);
}

gboolean
pn_sanitise_is_parseable (const char *html, gsize size)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Open));
  Scan scan = { .at = html, .end = html + size, .stack = stack };

  while (scan.at < scan.end) {
    scan.at = memchr (scan.at, '<', (gsize) (scan.end - scan.at));
    if (scan.at == NULL)
      return TRUE;
    if (!scan_tag (&scan))
      return FALSE;
  }
  return TRUE;
}
