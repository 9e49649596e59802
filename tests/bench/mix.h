/* Mix: made-up mails as a support mailbox gets them; the same number and seed always give the same mail.
 *
 *   of 20 mails  11  text and HTML, with a signature; a third of them quote what they answer
 *                 4  plain text
 *                 3  with a file: a picture or a PDF of 20 to 200 kB, as base64
 *                 1  an answer to a letter of the gateway's
 *                 1  by a robot or a list
 *
 * Words are German, English, French or Polish, in UTF-8, ISO 8859-1, Windows-1252 or ISO 8859-2, as 8bit, quoted-printable
 * or base64. Seven in ten senders are new; the others write again and again. The receiving server vouches for four in five,
 * and one in six mails has a copy.
 */
#pragma once

#include <glib.h>

/* Whom PnMix's mails are to, and who says in Authentication-Results that it vouches for a sender. */
#define PN_MIX_TO "support@demo.example"
#define PN_MIX_AUTHSERV "mx.demo.example"

/* A letter that can be answered. */
typedef struct {
  const char *mid;
  const char *address;
} PnMixLetter;

/* Returns: (owned) mail @number of the backlog @seed. @letter: NULL where there is none to answer; then an earlier mail of the
 * same backlog is named. */
GBytes *pn_mix_make (guint number, guint seed, const PnMixLetter *letter);

/* Is mail @number one that answers a letter? */
gboolean pn_mix_is_answer (guint number);

/* Returns: (owned) a plain mail of about 6 KiB; 500 senders; three in ten answer an earlier mail of theirs. */
GBytes *pn_mix_make_plain (guint number, guint seed);
