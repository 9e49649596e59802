/* Dot: turns stored mail into what DATA carries (RFC 5321, 4.5.2 and 2.3.8), in pieces of any size.
 *
 *   CR LF, LF, CR  → CR LF          a line's first "." → ".."          NUL → nothing          no end of line → CR LF
 *
 * So nothing in a mail can look like its end, whatever a relay takes for a line (SMTP smuggling).
 */
#pragma once

#include <glib.h>

typedef struct {
  gboolean is_midline;
  gboolean has_cr; /* the last byte was CR: an LF now belongs to it */
} PnDot;

/* Appends what @bytes become to @out: at most twice their size. */
void pn_dot_feed (PnDot *dot, const char *bytes, gsize size_bytes, GString *out);

/* Ends the last line. What follows is the final dot, which the caller sends. */
void pn_dot_end (PnDot *dot, GString *out);
