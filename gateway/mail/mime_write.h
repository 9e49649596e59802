/* MIME writing: one letter as the bytes of an RFC 5322 message, made once and sent as often as it takes.
 *
 *   From To Cc Reply-To Subject Date Message-ID In-Reply-To References (Auto-Submitted …) own headers, MIME
 *   └ multipart/mixed             only with files
 *      └ multipart/alternative    only with HTML
 *         ├ text/plain            UTF-8, quoted-printable
 *         └ text/html             the same
 *      └ files                    base64; never shown inline
 *
 * Lines end with CRLF and have at most 998 bytes; there is no bare CR or LF, no NUL and no 8-bit byte. What people wrote
 * (names, subject, names of files) is cleaned: line breaks and controls become blanks. What machines gave (addresses,
 * ids, types, own headers) is refused when it is wrong. So no field can add a header (TRUST.md 1.10).
 *
 * A letter that no person wrote says so (RFC 3834): Auto-Submitted, and for old responders Precedence: bulk and
 * X-Auto-Response-Suppress: All. The envelope is no matter of the letter. Any thread.
 */
#pragma once

#include "ticketing/core/clock.h"
#include "ticketing/core/mail.h"

#define PN_MIME_LINE_BYTES 998 /* RFC 5322, 2.1.1 */
#define PN_MIME_REFERENCES 9   /* the first and the last eight (RFC 5322, 3.6.4) */

typedef enum {
  PN_LETTER_BY_PERSON,
  PN_LETTER_AUTO_REPLIED,   /* acknowledgements and answers of ours */
  PN_LETTER_AUTO_GENERATED, /* notices, reminders */
} PnLetterOrigin;

typedef struct {
  const char *name; /* a label; cleaned */
  const char *type; /* "image/png"; text/html and its like go out as application/octet-stream */
  GBytes *bytes;
} PnLetterFile;

typedef struct {
  const PnAddress *from;
  const PnAddress *to;
  const GPtrArray *cc;       /* of PnAddress; NULL */
  const PnAddress *reply_to; /* NULL */
  const char *subject;
  const char *message_id;  /* without <>: dot-atoms around one @ */
  const char *in_reply_to; /* without <>, NULL; left out when it is no id */
  const char *const *
      references; /* without <>, oldest first, NULL-terminated, NULL; others' ids, so wrong ones are
                                    left out; trimmed to the first and the last eight */
  PnTime date;
  PnLetterOrigin origin;
  const PnHeader
      *headers; /* more: names of letters, digits and "-", values of one line of printable ASCII */
  gsize n_headers;
  const char *text;
  const char *html; /* NULL */
  const PnLetterFile *files;
  gsize n_files;
} PnLetter;

/* Returns: (owned) @letter as a message; NULL with INVALID naming the field that is wrong. */
GBytes *pn_mime_write (const PnLetter *letter, GError **error);
