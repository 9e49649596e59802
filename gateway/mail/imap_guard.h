/* IMAP guard: looks at a server's bytes before libetpan's parser does, and refuses what would crash or bloat it.
 *
 *   line    = text *( "{" digits ["+"] "}" CRLF literal text ) CRLF
 *   refused   more than 100 open parentheses (the parser recurses), a literal longer than the limit (it allocates
 *             what is announced), "[BADCHARSET" (its greeting parser follows a NULL; we never send a charset)
 *
 * Literals are taken for such in "* 7 FETCH" lines only: elsewhere the braces may be words in a text, which must not
 * hide the bytes after them. It is a state machine over any cutting of the bytes.
 */
#pragma once

#include <glib.h>

#define PN_IMAP_GUARD_DEPTH 100

typedef struct {
  gint64 literal_limit_bytes; /* set by the caller before each command */
  gint64 literal_left_bytes;
  gint64 announced;     /* the number in braces so far; -1: not in braces; -2: braces closed */
  gint64 pending_bytes; /* the number of the braces that closed last */
  char start[24];       /* of the line */
  guint start_bytes;
  guint depth;
  guint matched; /* letters of "[BADCHARSET" seen */
  gboolean quoted;
  gboolean escaped;
} PnImapGuard;

void pn_imap_guard_init (PnImapGuard *guard, gint64 literal_limit_bytes);

/* Returns: NULL when @bytes may pass, else why not (a literal); the guard is of no use after that. */
const char *pn_imap_guard_feed (PnImapGuard *guard, const char *bytes, gsize size_bytes);
