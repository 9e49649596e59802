/* Question: what somebody asks, out of all they write. People write mails: a greeting, the matter, thanks, a signature,
 * what they answer to. The first line (a mail's subject) and the sentences with a question mark say it; a greeting, a
 * closing, quoted lines and a signature say nothing; the rest counts a little.
 *
 *   piece = a sentence or line, and what it counts (0 < weight <= 1)
 *
 * A text of one sentence is one piece that counts fully. Pure; any thread may call.
 */
#pragma once

#include <glib.h>

#define PN_QUESTION_MAX_BYTES (64 * 1024) /* the rest is not read */

typedef struct {
  char *text;
  double weight;
} PnPiece;

/* Returns: (owned) the pieces of @text (UTF-8), of PnPiece, in order; none for a text without words. */
GArray *pn_question_read (const char *text);

/* Returns: (owned) what @text (a subject, a line break, a text) asks, one line: its subject and questions, without greeting, closing, signature and
 * quotation, at most @max_chars characters. */
char *pn_question_gist (const char *text, guint max_chars);
