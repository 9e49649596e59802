/* IMAP lines: reads the few answers that we read ourselves, during AUTHENTICATE and IDLE (RFC 3501, 7).
 *
 *   line = "+" [SP text]                                        continue
 *        / "*" SP "BYE" …                                       bye
 *        / "*" SP …                                             untagged
 *        / tag SP ("OK" / "NO" / "BAD") SP ["[" code "]" SP] text
 */
#pragma once

#include <glib.h>

typedef enum {
  PN_IMAP_LINE_JUNK,
  PN_IMAP_LINE_CONTINUE,
  PN_IMAP_LINE_BYE,
  PN_IMAP_LINE_UNTAGGED,
  PN_IMAP_LINE_OK,
  PN_IMAP_LINE_NO,
  PN_IMAP_LINE_BAD,
} PnImapLineKind;

/* @code (owned): the first word of the response code, "" when there is none. @words (owned): the text after it.
 * @tag is the tag that belongs to us. */
PnImapLineKind pn_imap_line_read (const char *line, const char *tag, char **code, char **words);
