#include "gateway/mail/imap_guard.h"

#define NOT_IN_BRACES (-1)
#define BRACES_CLOSED (-2)

static const char forbidden[] = "[BADCHARSET";

void
pn_imap_guard_init (PnImapGuard *guard, gint64 literal_limit_bytes)
{
  *guard = (PnImapGuard){ .literal_limit_bytes = literal_limit_bytes, .announced = NOT_IN_BRACES };
}

/* "{123}" just before the line's end announces a literal; anything else does not. */
static void
follow_braces (PnImapGuard *guard, char c, gint64 *closed)
{
  gint64 announced = guard->announced;

  guard->announced = NOT_IN_BRACES;
  if (c == '{')
    guard->announced = 0;
  else if (announced >= 0 && g_ascii_isdigit (c))
    guard->announced = MIN (announced * 10 + (c - '0'), G_MAXINT32 * G_GINT64_CONSTANT (1000));
  else if (announced >= 0 && c == '+')
    guard->announced = announced;
  else if (announced >= 0 && c == '}') {
    guard->announced = BRACES_CLOSED;
    *closed = announced;
  } else if (announced == BRACES_CLOSED && c == '\r') {
    guard->announced = BRACES_CLOSED;
  }
}

/* "* 7 FETCH " */
static gboolean
line_is_fetch (const PnImapGuard *guard)
{
  guint i = 2;

  if (guard->start_bytes < i || guard->start[0] != '*' || guard->start[1] != ' ')
    return FALSE;
  while (i < guard->start_bytes && g_ascii_isdigit (guard->start[i]))
    i++;
  return i > 2 && guard->start_bytes - i >= 7
         && g_ascii_strncasecmp (guard->start + i, " FETCH ", 7) == 0;
}

static const char *
end_line (PnImapGuard *guard, gboolean is_literal)
{
  guard->quoted = FALSE;
  guard->escaped = FALSE;
  guard->matched = 0;
  if (!is_literal) {
    guard->depth = 0;
    guard->start_bytes = 0;
    return NULL;
  }
  if (guard->literal_left_bytes > guard->literal_limit_bytes)
    return "a literal longer than was asked for";
  return NULL;
}

static const char *
follow_text (PnImapGuard *guard, char c)
{
  if (guard->start_bytes < sizeof guard->start)
    guard->start[guard->start_bytes++] = c;
  if (g_ascii_toupper (c) == forbidden[guard->matched])
    guard->matched++;
  else
    guard->matched = c == forbidden[0] ? 1 : 0;
  if (guard->matched == sizeof forbidden - 1)
    return "a list of charsets";
  if (guard->escaped) {
    guard->escaped = FALSE;
  } else if (guard->quoted) {
    guard->escaped = c == '\\';
    guard->quoted = c != '"';
  } else if (c == '"') {
    guard->quoted = TRUE;
  } else if (c == '(') {
    if (++guard->depth > PN_IMAP_GUARD_DEPTH)
      return "too many nested parentheses";
  } else if (c == ')' && guard->depth > 0) {
    guard->depth--;
  }
  return NULL;
}

const char *
pn_imap_guard_feed (PnImapGuard *guard, const char *bytes, gsize size_bytes)
{
  for (gsize i = 0; i < size_bytes; i++) {
    const char *refused = NULL;

    if (guard->literal_left_bytes > 0) {
      gsize skipped = (gsize) MIN (guard->literal_left_bytes, (gint64) (size_bytes - i));

      guard->literal_left_bytes -= (gint64) skipped;
      i += skipped - 1;
    } else if (bytes[i] == '\n') {
      gboolean is_literal = guard->announced == BRACES_CLOSED && line_is_fetch (guard);

      guard->announced = NOT_IN_BRACES;
      guard->literal_left_bytes = is_literal ? guard->pending_bytes : 0;
      refused = end_line (guard, is_literal);
    } else {
      follow_braces (guard, bytes[i], &guard->pending_bytes);
      refused = follow_text (guard, bytes[i]);
    }
    if (refused != NULL)
      return refused;
  }
  return NULL;
}
