#include "gateway/mail/quote.h"

#include <string.h>

#include "gateway/mail/html_text.h"
#include "gateway/mail/quote_field.h"
#include "gateway/mail/quote_intro.h"
#include "gateway/mail/quote_words.h"

#define ATTRIBUTION_LINES_MAX 6
#define HEADER_LINES_MAX 12
#define INTRO_BLANKS_MAX 2
#define LETTER_LINES_MAX                                                                           \
  20000 /* beyond, no letter: only ">" lines are known, the rest would take minutes */
#define SIGNATURE_LINES_MAX 30
#define CLOSING_LINES_MAX 2
#define STRANGE_LINES_MIN 3
#define HEADING_BYTES_MAX 80
#define CITE_LINES_MAX 6
#define FRAME_LINES_MAX 12
#define LINE_BYTES_MAX 400

typedef enum { LINE_BLANK, LINE_TEXT, LINE_QUOTE, LINE_ATTRIBUTION } LineKind;

typedef struct {
  char **lines;
  LineKind *kinds;
  guint n;          /* lines that count; the rest is cut off */
  guint first_text; /* the first line of text, G_MAXUINT without */
} Letter;

static const char *
skip_space (const char *line)
{
  while (*line == ' ' || *line == '\t' || (line[0] == '\xC2' && line[1] == '\xA0'))
    line += *line == '\xC2' ? 2 : 1;
  return line;
}

static gboolean
is_blank (const char *line)
{
  return *skip_space (line) == '\0';
}

static gboolean
is_rule (const char *line)
{
  const char *c = skip_space (line);

  return *c != '\0' && strspn (c, "-_=*~ \t") == strlen (c);
}

/* "> text", and "C> text" as some old programs quote. */
static gboolean
is_quoted (const char *line)
{
  const char *c = skip_space (line);
  guint letters = 0;

  if (g_str_has_prefix (c, "&gt;"))
    return TRUE;
  while (letters < 4 && g_ascii_isupper (c[letters]))
    letters++;
  return c[letters] == '>'
         && (letters == 0 || c[letters + 1] == '\0' || c[letters + 1] == ' '
             || c[letters + 1] == '>');
}

static guint
next_filled (const Letter *letter, guint i)
{
  while (i < letter->n && is_blank (letter->lines[i]))
    i++;
  return i;
}

/* Returns: where the header block from @i on ends that has its last field above @last. */
static guint
block_end (const Letter *letter, guint i, guint last)
{
  while (last < letter->n && last <= i + HEADER_LINES_MAX && !is_blank (letter->lines[last])
         && (letter->lines[last][0] == ' ' || letter->lines[last][0] == '\t'))
    last++; /* a folded field */
  if (last < letter->n && !is_blank (letter->lines[last])) {
    guint end = last; /* a subject over two lines, up to the blank line */

    while (end < letter->n && end < last + 2 && !is_blank (letter->lines[end]))
      end++;
    if (end < letter->n && is_blank (letter->lines[end]) && next_filled (letter, end) < letter->n)
      last = end;
  }
  return last;
}

/* Returns: how many lines from @i on are the fields of a quoted mail; 0 when they are none. */
static guint
header_block (const Letter *letter, guint i)
{
  PnField first = pn_quote_field (letter->lines[i]);
  guint seen = 0;
  guint last = i;
  guint strange = 0;
  gboolean is_broken = FALSE; /* a line that is no field stands between */
  gboolean has_address = FALSE;
  gboolean has_year = FALSE;

  if (first == PN_FIELD_NONE || first == PN_FIELD_TO || first == PN_FIELD_OTHER)
    return 0;
  for (guint k = i; k < MIN (letter->n, i + HEADER_LINES_MAX); k++) {
    PnField field = pn_quote_field (letter->lines[k]);

    if (is_blank (letter->lines[k]))
      break;
    if (field == PN_FIELD_NONE) {
      if (++strange > 2)
        break;
      continue;
    }
    is_broken |= strange > 0;
    has_address |= strchr (letter->lines[k], '@') != NULL;
    has_year |= pn_quote_has_year (letter->lines[k]);
    strange = 0;
    last = k;
    seen |= 1u << field;
  }
  seen &= ~(1u << PN_FIELD_OTHER);
  guint kinds = (guint) __builtin_popcount (seen);
  if (kinds < 2 || (kinds == 2 && first == PN_FIELD_SUBJECT && (seen & 1u << PN_FIELD_FROM) == 0))
    return 0;
  if (kinds == 2 && seen == (1u << PN_FIELD_FROM | 1u << PN_FIELD_DATE) && !has_address
      && (is_broken || !has_year))
    return 0; /* of a journey or a range */
  return block_end (letter, i, last + 1) - i;
}

/* A header block in a language that is not known: paragraphs of "word: value" from @i on, the first with a name and an
 * address, another with a day and time. Returns: how many lines. */
static guint
strange_block (const Letter *letter, guint i)
{
  const char *angle = strchr (letter->lines[i], '<');
  const char *at = angle != NULL ? strchr (angle, '@') : NULL;
  gboolean has_moment = FALSE;
  guint k = i;

  if (at == NULL || strchr (at, '>') == NULL
      || (i > 0 && !is_blank (letter->lines[i - 1]) && !is_rule (letter->lines[i - 1])))
    return 0;
  for (; k < letter->n && k < i + HEADER_LINES_MAX && !is_blank (letter->lines[k]); k++) {
    if (strlen (letter->lines[k]) > LINE_BYTES_MAX || !pn_quote_is_labelled (letter->lines[k]))
      return 0;
    has_moment |= k > i && pn_quote_has_moment (letter->lines[k]);
  }
  return k - i >= STRANGE_LINES_MIN && has_moment ? k - i : 0;
}

/* "----- any words -----" right above the fields of a quoted mail. */
static gboolean
is_heading (const Letter *letter, guint i)
{
  const char *line = skip_space (letter->lines[i]);
  gsize n = strlen (line);
  guint next;

  if (n < 8 || n > HEADING_BYTES_MAX || !g_str_has_prefix (line, "---")
      || !g_str_has_suffix (line, "---"))
    return FALSE;
  next = next_filled (letter, i + 1);
  return next < letter->n && next <= i + 2 && header_block (letter, next) > 0;
}

/* Returns: how many lines from @i on introduce a quote; 0 when they do not. */
static guint
attribution (const Letter *letter, guint i)
{
  g_autoptr (GString) joined = g_string_new (NULL);
  guint blanks = 0;

  if (strlen (letter->lines[i]) > LINE_BYTES_MAX
      || !pn_quote_may_begin_attribution (letter->lines[i]))
    return 0;
  for (guint k = i; k < MIN (letter->n, i + ATTRIBUTION_LINES_MAX + 2); k++) {
    const char *line = skip_space (letter->lines[k]);

    if (*line == '\0') {
      guint next = next_filled (letter, k);

      if (++blanks > 1 || next >= letter->n || *skip_space (letter->lines[next]) != '<')
        return 0;
      continue;
    }
    if (strlen (line) > LINE_BYTES_MAX || joined->len > LINE_BYTES_MAX)
      return 0;
    g_string_append (joined, line);
    if (pn_quote_is_attribution (joined->str))
      return k - i + 1;
    g_string_append_c (joined, ' ');
  }
  return 0;
}

/* Returns: how many lines from @i on are an informal attribution right above a quote; 0 when they are none. */
static guint
informal_attribution (const Letter *letter, guint i)
{
  const char *const *lines = (const char *const *) letter->lines + i;
  guint n = 1;

  while (n < PN_INTRO_LINES_MAX && i + n < letter->n && !pn_quote_ends_in_colon (lines[n - 1])
         && !is_blank (lines[n]) && !is_quoted (lines[n]))
    n++;
  if (!pn_quote_ends_in_colon (lines[n - 1]) || is_quoted (lines[0]))
    return 0;
  guint quote = i + n;
  while (quote < letter->n && quote - i - n < INTRO_BLANKS_MAX && is_blank (letter->lines[quote]))
    quote++;
  if (quote >= letter->n || !is_quoted (letter->lines[quote]))
    return 0;
  gboolean is_intro =
      n == 1 ? pn_quote_intro (lines[0]) != PN_INTRO_NONE : pn_quote_is_folded_intro (lines, n);
  return is_intro ? n : 0;
}

static void
mark (Letter *letter, guint i, guint n, LineKind kind)
{
  for (guint k = i; k < MIN (letter->n, i + n); k++)
    letter->kinds[k] = kind;
}

/* A single line with ">" right between two lines of text is no quote but an arrow or a prompt. */
static gboolean
is_lone_mark (const Letter *letter, guint i)
{
  const char *before = i > 0 ? letter->lines[i - 1] : "";
  const char *after = i + 1 < letter->n ? letter->lines[i + 1] : "";

  return letter->kinds[i > 0 ? i - 1 : 0] == LINE_TEXT && !is_blank (before) && !is_blank (after)
         && !is_quoted (before) && !is_quoted (after) && strstr (letter->lines[i], "<<") != NULL;
}

/* The HTML said that an attribution stands below its mark at line @i, in whatever language.
 * Returns: how many lines mark and attribution are; only the mark, when the lines are known for what they are. */
static guint
html_citation (Letter *letter, guint i)
{
  guint first = next_filled (letter, i + 1);
  guint end = first;

  mark (letter, i, first - i, LINE_ATTRIBUTION);
  if (first >= letter->n || is_quoted (letter->lines[first]) || header_block (letter, first) > 0
      || pn_quote_is_separator (letter->lines[first]) || attribution (letter, first) > 0)
    return first - i;
  while (end < letter->n && end - first < CITE_LINES_MAX && !is_blank (letter->lines[end])
         && !is_quoted (letter->lines[end]))
    end++;
  mark (letter, first, end - first, LINE_ATTRIBUTION);
  return end - i;
}

/* Marks what stands around a quoted mail from line @i on.
 * Returns: how many lines that are; 0 when line @i is an ordinary one. The letter may end at @i. */
static guint
frame (Letter *letter, guint i)
{
  gboolean has_text = letter->first_text < letter->n;
  guint n;

  if (letter->lines[i][0] == PN_HTML_MARK_CITE)
    return html_citation (letter, i);
  if (letter->lines[i][0] == PN_HTML_MARK_MAIL) {
    if (has_text)
      letter->n = i;
    mark (letter, i, 1, LINE_ATTRIBUTION);
    return 1;
  }
  n = header_block (letter, i);
  if (n == 0)
    n = is_heading (letter, i) ? 1 : strange_block (letter, i);
  if ((n > 0 && !is_quoted (letter->lines[i]))
      || (n == 0 && pn_quote_is_separator (letter->lines[i]))) {
    if (has_text)
      letter->n = i;
    mark (letter, i, MAX (n, 1), LINE_ATTRIBUTION);
    return MAX (n, 1);
  }
  if ((n = attribution (letter, i)) > 0) {
    guint next = next_filled (letter, i + n);

    if (!has_text && next == i + n && next < letter->n && !is_quoted (letter->lines[next])
        && !is_quoted (letter->lines[i]))
      return 0; /* a sentence, which its own words follow */

    if (has_text && (next >= letter->n || !is_quoted (letter->lines[next]))
        && !is_quoted (letter->lines[i]))
      letter->n = i;
    mark (letter, i, n, LINE_ATTRIBUTION);
    return n;
  }
  if ((n = informal_attribution (letter, i)) > 0) {
    /* Below text, the person may have written it: it stays where the quote stays. */
    mark (letter, i, n, has_text ? LINE_QUOTE : LINE_ATTRIBUTION);
    return n;
  }
  if (has_text && pn_quote_is_program_line (letter->lines[i])) {
    letter->n = i;
    return 1;
  }
  return 0;
}

/* Lines of "---" above a forwarded mail are no text of the letter. */
static void
forget_rules (Letter *letter, guint end)
{
  for (guint i = end; i > 0; i--) {
    LineKind kind = letter->kinds[i - 1];

    if (kind == LINE_QUOTE || kind == LINE_ATTRIBUTION)
      return;
    if (kind == LINE_TEXT)
      letter->kinds[i - 1] = LINE_ATTRIBUTION;
  }
}

/* Gives each line its kind and cuts the letter where a foreign mail begins. */
static void
classify (Letter *letter)
{
  for (guint i = 0; i < letter->n;) {
    if (is_blank (letter->lines[i])) {
      letter->kinds[i++] = LINE_BLANK;
      continue;
    }
    guint n = i < LETTER_LINES_MAX ? frame (letter, i) : 0;
    if (n > 0) {
      if (letter->first_text > i)
        forget_rules (letter, i);
      i += n;
      continue;
    }
    letter->kinds[i] =
        is_quoted (letter->lines[i]) && !is_lone_mark (letter, i) ? LINE_QUOTE : LINE_TEXT;
    if (letter->kinds[i] == LINE_TEXT && !is_rule (letter->lines[i]))
      letter->first_text = MIN (letter->first_text, i);
    i++;
  }
}

/* Whether a rule at @i frames something with another one like it, and text goes on below. */
static gboolean
is_frame (const Letter *letter, guint i)
{
  if (letter->lines[i][0] != '_')
    return FALSE;
  for (guint k = i > FRAME_LINES_MAX ? i - FRAME_LINES_MAX : 0;
       k < MIN (letter->n, i + FRAME_LINES_MAX); k++) {
    if (k != i && strcmp (letter->lines[k], letter->lines[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Ends the letter before the signature, if there is text before it. */
static void
cut_signature (Letter *letter)
{
  for (guint i = letter->n; i > 0 && letter->n - i < SIGNATURE_LINES_MAX; i--) {
    if (letter->kinds[i - 1] == LINE_TEXT && pn_quote_is_signature_mark (letter->lines[i - 1])
        && !is_frame (letter, i - 1) && letter->first_text < i - 1)
      letter->n = i - 1;
  }
}

/* Ends the letter before blank lines, rules, attributions, quotes and lines of telephones. */
static void
cut_tail (Letter *letter)
{
  while (letter->n > 0) {
    LineKind kind = letter->kinds[letter->n - 1];
    const char *line = letter->lines[letter->n - 1];

    if (kind == LINE_TEXT && !is_rule (line)
        && !(pn_quote_is_device_line (line) && letter->first_text < letter->n - 1))
      return;
    letter->n--;
  }
}

/* Whether the person wrote between the lines: then the quotes stay. A lone greeting below a quote does not count. */
static gboolean
is_interleaved (const Letter *letter)
{
  guint quote_blocks = 0;
  guint text_after = 0;
  gboolean in_quote = FALSE;
  gboolean has_text = FALSE;
  guint answers = 0; /* blocks of text with quotes above and below */

  for (guint i = 0; i < letter->n; i++) {
    if (letter->kinds[i] == LINE_QUOTE || letter->kinds[i] == LINE_ATTRIBUTION) {
      if (!in_quote && letter->kinds[i] == LINE_QUOTE) {
        quote_blocks++;
        answers += text_after > 0;
        text_after = 0;
      }
      in_quote = letter->kinds[i] == LINE_QUOTE;
    } else if (letter->kinds[i] == LINE_TEXT) {
      in_quote = FALSE;
      if (quote_blocks > 0)
        text_after++;
      else
        has_text = TRUE;
    }
  }
  return quote_blocks > 0
         && (answers > 0 || (text_after > CLOSING_LINES_MAX && (has_text || quote_blocks > 1)));
}

static char *
compose (const Letter *letter, gboolean quotes)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint blanks = 0;

  for (guint i = 0; i < letter->n; i++) {
    LineKind kind = letter->kinds[i];

    if (kind == LINE_ATTRIBUTION || (kind == LINE_QUOTE && !quotes))
      continue;
    if (kind == LINE_BLANK) {
      blanks++;
      continue;
    }
    for (; out->len > 0 && blanks > 0; blanks--)
      g_string_append_c (out, '\n');
    blanks = 0;
    gsize size = strlen (letter->lines[i]);
    while (size > 0 && g_ascii_isspace (letter->lines[i][size - 1]))
      size--;
    g_string_append_len (out, letter->lines[i], (gssize) size);
    g_string_append_c (out, '\n');
  }
  while (out->len > 0 && out->str[out->len - 1] == '\n')
    g_string_truncate (out, out->len - 1);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Returns: (owned) the lines of @text, which loses its line ends, and how many they are in @n. */
static char **
split_lines (char *text, guint *n)
{
  guint count = 1;
  char **lines;

  for (const char *c = strchr (text, '\n'); c != NULL; c = strchr (c + 1, '\n'))
    count++;
  lines = g_new (char *, count);
  *n = 0;
  for (char *c = text; c != NULL;) {
    char *end = strchr (c, '\n');

    lines[(*n)++] = c;
    if (end != NULL)
      *end++ = '\0';
    c = end;
  }
  return lines;
}

void
pn_quote_take_marks (char *text)
{
  char *to = text;

  for (const char *from = text; *from != '\0';) {
    if ((*from == PN_HTML_MARK_MAIL || *from == PN_HTML_MARK_CITE)) {
      from += from[1] == '\n' ? 2 : 1;
      continue;
    }
    *to++ = *from++;
  }
  *to = '\0';
}

char *
pn_quote_reply (const char *text)
{
  g_autofree char *copy = g_strdup (text);
  guint n;
  g_autofree char **lines = split_lines (copy, &n);
  g_autofree LineKind *kinds = g_new0 (LineKind, n);
  Letter letter = { .lines = lines, .kinds = kinds, .n = n, .first_text = G_MAXUINT };
  char *reply;

  classify (&letter);
  cut_tail (&letter);
  cut_signature (&letter);
  cut_tail (&letter);
  reply = compose (&letter, is_interleaved (&letter));
  if (reply[0] == '\0') {
    g_free (reply);
    reply = g_strdup (text);
    pn_quote_take_marks (reply);
    return g_strstrip (reply);
  }
  return reply;
}
