/* SMTP: hands one mail to one recipient at a time to a submission server, and knows how far it came (RFC 5321).
 *
 *   open ─► send ─► send … ─► free
 *
 *   in send:  MAIL ─► RCPT ─► DATA ─► body ─► before_dot () ─► "." ─► answer
 *                                             │                 └── from here on the mail may have been accepted
 *                                             └── FALSE: the connection is closed without the dot
 *
 * libetpan speaks the plain commands; EHLO under a name of ours, AUTH without SASL plug-ins, and a body whose end is
 * held back are sent by us over the same stream. Errors of pn_smtp_send (): INVALID for an address; PERMANENT and
 * TEMPORARY as the server says or the connection goes; CONFLICT when before_dot () said no; UNCERTAIN when the dot went
 * out and no answer came back. A session belongs to one thread.
 */
#pragma once

#include "gateway/mail/server.h"
#include "gateway/mail/smtp_line.h"

#define PN_SMTP_MAILS 100 /* by one connection */
#define PN_SMTP_IDLE_SECONDS 30

typedef struct PnSmtp PnSmtp;

typedef enum {
  PN_SMTP_STAGE_START,
  PN_SMTP_STAGE_MAIL,
  PN_SMTP_STAGE_RCPT,
  PN_SMTP_STAGE_DATA,
  PN_SMTP_STAGE_BODY,
  PN_SMTP_STAGE_DOT, /* the dot may have left: without an answer nobody knows */
  PN_SMTP_STAGE_ANSWERED,
} PnSmtpStage;

typedef enum { PN_SMTP_NOTIFY_FAILURE, PN_SMTP_NOTIFY_NEVER } PnSmtpNotify;

/* Gives the next piece of the body. Returns: (owned) NULL without error at its end. */
typedef GBytes *(*PnSmtpRead) (gpointer data, GError **error);

/* Called when all but the final dot is sent. Returns: FALSE (error set or not) to let it be. */
typedef gboolean (*PnSmtpBeforeDot) (gpointer data, GError **error);

typedef struct {
  const char *from; /* "": the empty sender */
  const char *to;
  const char *envid;   /* NULL: none */
  PnSmtpNotify notify; /* where the server offers DSN */
  gint64 size_bytes;   /* 0: not known */
  PnSmtpRead read;
  PnSmtpBeforeDot before_dot;
  gpointer data; /* for both */
} PnSmtpMail;

typedef struct {
  PnSmtpStage stage; /* the last one that was begun */
  PnSmtpReply reply; /* the last one; code 0: none came */
} PnSmtpResult;

void pn_smtp_result_clear (PnSmtpResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnSmtpResult, pn_smtp_result_clear)

/* Connects and logs in. @name: what EHLO calls us, a host name; NULL uses our address on this connection.
 * Returns: (owned) NULL with DENIED for a refused log-in, PERMANENT for certificates, TLS or a mechanism that is
 * missing, TEMPORARY otherwise. */
PnSmtp *pn_smtp_open (const PnServer *server, const char *name, GError **error);

/* Says QUIT when that is still possible, and closes. */
void pn_smtp_free (PnSmtp *smtp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSmtp, pn_smtp_free)

/* Returns: TRUE when another mail may go over this connection. */
gboolean pn_smtp_is_usable (const PnSmtp *smtp);

/* Sends one mail. TRUE: the server has taken it. @result starts as zeros and is always filled in. */
gboolean pn_smtp_send (PnSmtp *smtp, const PnSmtpMail *mail, PnSmtpResult *result, GError **error);
