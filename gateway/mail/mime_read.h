/* Reading mail: bytes in, the one record out, for any bytes.
 *
 *   guard → GMime → header, bodies, attachments → reply, language → report, robot, sender
 *
 * Nothing is unprocessable: what is broken is told in defects. May still crash or grow in the libraries below it, so it
 * runs in the jail (gateway/serve/role_parse) for mail of strangers. One thread.
 */
#pragma once

#include "ticketing/core/mail.h"

#define PN_PARSE_TEXT_BYTES_MAX                                                                    \
  (2 * 1024 * 1024) /* of one body that is made text; the rest is in the attachment */
#define PN_PARSE_HTML_BYTES_MAX (1024 * 1024) /* above, HTML is shown as text only */

typedef struct {
  const char *
      authserv_ids; /* whose Authentication-Results are believed, separated by commas; NULL: nobody's */
} PnParseOptions;

/* Loads what takes time or files, once: GMime, charsets, the database of types. */
void pn_mime_warm_up (void);

/* Returns: (owned) the record, attachments with their bytes; never NULL. @options may be NULL. */
PnMail *pn_mime_read (GBytes *raw, const PnParseOptions *options);

/* Returns: (owned) the record of a mail that must not be parsed (its parser died): From, Subject, Date and Message-ID by a
 * search of the bytes, the raw mail as an attachment, the defect told. Never NULL. */
PnMail *pn_mime_read_unparsed (GBytes *raw);
