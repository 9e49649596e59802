/* SMTP lines: reads replies and what a server offers, and checks the addresses we put into commands.
 *
 *   reply = 3DIGIT ("-" / " ") [enhanced SP] text         enhanced = ("2" / "4" / "5") "." 1*3DIGIT "." 1*3DIGIT
 *
 * All functions are pure.
 */
#pragma once

#include <glib.h>

#define PN_SMTP_LINES 100 /* in one reply */
#define PN_SMTP_ADDRESS_BYTES 254
#define PN_SMTP_ENVID_BYTES 100

typedef struct {
  int code;          /* 200 to 599; 0: none */
  char enhanced[12]; /* "5.1.1"; "" when there is none */
  char *text; /* (owned) the server's words, the lines joined by blanks; never NULL once read */
} PnSmtpReply;

/* Reads one line without its end into @reply, which starts as zeros.
 * @is_last: whether the reply ends here. Returns: FALSE when it is no reply line, or has another code than the lines
 * before it; @reply is then unchanged. */
gboolean pn_smtp_reply_read_line (PnSmtpReply *reply, const char *line, gboolean *is_last);
void pn_smtp_reply_clear (PnSmtpReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnSmtpReply, pn_smtp_reply_clear)

/* What a reply means for the mail. A full mailbox (5.2.2) and 552 before the body are passing troubles. */
typedef enum { PN_SMTP_GOOD, PN_SMTP_PASSING, PN_SMTP_FINAL } PnSmtpMeaning;
PnSmtpMeaning pn_smtp_reply_meaning (const PnSmtpReply *reply, gboolean is_before_body);

typedef struct {
  gboolean has_starttls;
  gboolean has_dsn;
  gboolean has_size;
  gboolean has_smtputf8;
  gboolean has_auth_plain;
  gboolean has_auth_login;
  gboolean has_auth_xoauth2;
  gboolean has_auth_oauthbearer;
  gint64 size_limit_bytes; /* 0: none told */
} PnSmtpOffer;

/* Reads one line of EHLO's answer, behind its code: "AUTH PLAIN LOGIN". Unknown ones are ignored. */
void pn_smtp_offer_read_line (PnSmtpOffer *offer, const char *line);

/* Checks an address for a command and writes its domain in ASCII.
 * @is_ascii: whether the local part is, too. Returns: (owned) NULL with INVALID for anything that could be two
 * commands, two recipients or none: control characters, blanks, <>, a missing or double part, too long. */
char *pn_smtp_write_address (const char *address, gboolean *is_ascii, GError **error);

/* Returns: TRUE when @text may be an ENVID or a host name in EHLO: 1 to @limit printing ASCII, no "+=<> ". */
gboolean pn_smtp_is_word (const char *text, gsize limit);
