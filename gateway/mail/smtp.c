#include "gateway/mail/smtp.h"

#include <libetpan/mailsmtp.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/mail/dot.h"
#include "gateway/mail/stream.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"

/* RFC 5321, 4.5.3.2, and RFC 1047 for the dot: a shorter wait there makes duplicates. */
#define GREETING_SECONDS 300
#define COMMAND_SECONDS 300
#define DATA_SECONDS 120
#define BLOCK_SECONDS 180
#define DOT_SECONDS 600
#define QUIT_SECONDS 5
#define REPLY_BYTES (64 * 1024)

struct PnSmtp {
  mailsmtp *etpan;
  PnStream *stream;
  PnSmtpOffer offer;
  char *host; /* for messages */
  char *name; /* for EHLO */
  guint mails;
  gint64 used_at; /* g_get_monotonic_time () */
};

void
pn_smtp_result_clear (PnSmtpResult *result)
{
  pn_smtp_reply_clear (&result->reply);
  result->stage = PN_SMTP_STAGE_START;
}

/* -- commands --------------------------------------------------------------------------------------------------- */

static void
begin (PnSmtp *smtp, guint seconds)
{
  pn_stream_begin (smtp->stream, seconds, REPLY_BYTES);
}

/* No reply, or half of one: the connection is of no use any more. */
static gboolean
set_broken (PnSmtp *smtp, PnSmtpReply *reply, GError **error)
{
  pn_smtp_reply_clear (reply);
  pn_stream_give_up (smtp->stream, "sent something that is not SMTP");
  pn_stream_set_error (smtp->stream, error);
  return FALSE;
}

/* What libetpan read: "text LF text LF", and the code. */
static gboolean
take_reply (PnSmtp *smtp, PnSmtpReply *reply, GError **error)
{
  int code = smtp->etpan->response_code;
  g_auto (GStrv) lines = NULL;
  gboolean is_last;

  pn_smtp_reply_clear (reply);
  if (pn_stream_has_failed (smtp->stream) || smtp->etpan->response == NULL)
    return set_broken (smtp, reply, error);
  lines = g_strsplit (smtp->etpan->response, "\n", PN_SMTP_LINES);
  for (char **line = lines; *line != NULL; line++) {
    g_autofree char *whole = g_strdup_printf ("%03d %s", code, *line);

    if (!pn_smtp_reply_read_line (reply, whole, &is_last))
      return set_broken (smtp, reply, error);
  }
  return TRUE;
}

/* Reads a reply to what we sent ourselves. @offer (NULL): every line but the first is read into it. */
static gboolean
read_reply (PnSmtp *smtp, PnSmtpReply *reply, PnSmtpOffer *offer, GError **error)
{
  gboolean is_last = FALSE;

  pn_smtp_reply_clear (reply);
  for (guint lines = 0; !is_last; lines++) {
    const char *line =
        mailstream_read_line_remove_eol (smtp->etpan->stream, smtp->etpan->line_buffer);

    if (line == NULL || pn_stream_has_failed (smtp->stream) || lines >= PN_SMTP_LINES
        || !pn_smtp_reply_read_line (reply, line, &is_last))
      return set_broken (smtp, reply, error);
    if (offer != NULL && lines > 0 && strlen (line) > 4)
      pn_smtp_offer_read_line (offer, line + 4);
  }
  return TRUE;
}

static gboolean
write_text (PnSmtp *smtp, const char *text, gsize size_bytes)
{
  return !pn_stream_has_failed (smtp->stream)
         && mailstream_write (smtp->etpan->stream, text, size_bytes) == (ssize_t) size_bytes;
}

static gboolean
command (PnSmtp *smtp, const char *text, PnSmtpReply *reply, GError **error)
{
  begin (smtp, COMMAND_SECONDS);
  if (!write_text (smtp, text, strlen (text)) || !write_text (smtp, "\r\n", 2)
      || mailstream_flush (smtp->etpan->stream) != 0)
    return set_broken (smtp, reply, error);
  return read_reply (smtp, reply, NULL, error);
}

static void
set_refused (const PnSmtp *smtp, const char *what, const PnSmtpReply *reply, PnErrorCode code,
             GError **error)
{
  pn_error_set (error, code, "%s refused %s: %d %s%s%s", smtp->host, what, reply->code,
                reply->enhanced, *reply->enhanced != '\0' ? " " : "", reply->text);
}

/* -- connecting ------------------------------------------------------------------------------------------------- */

static gboolean
say_hello (PnSmtp *smtp, GError **error)
{
  g_auto (PnSmtpReply) reply = { 0 };
  g_autofree char *text = g_strconcat ("EHLO ", smtp->name, "\r\n", NULL);

  smtp->offer = (PnSmtpOffer){ 0 };
  begin (smtp, COMMAND_SECONDS);
  if (!write_text (smtp, text, strlen (text)) || mailstream_flush (smtp->etpan->stream) != 0)
    return set_broken (smtp, &reply, error);
  if (!read_reply (smtp, &reply, &smtp->offer, error))
    return FALSE;
  if (reply.code != 250) {
    set_refused (smtp, "our greeting", &reply,
                 reply.code < 500 ? PN_ERROR_TEMPORARY : PN_ERROR_PERMANENT, error);
    return FALSE;
  }
  /* libetpan adds parameters by its own record of the offer. */
  smtp->etpan->esmtp = MAILSMTP_ESMTP | (smtp->offer.has_dsn ? MAILSMTP_ESMTP_DSN : 0)
                       | (smtp->offer.has_size ? MAILSMTP_ESMTP_SIZE : 0)
                       | (smtp->offer.has_starttls ? MAILSMTP_ESMTP_STARTTLS : 0);
  return TRUE;
}

static gboolean
start_tls (PnSmtp *smtp, GError **error)
{
  g_auto (PnSmtpReply) reply = { 0 };
  int result;

  if (!smtp->offer.has_starttls) {
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "%s does not offer STARTTLS, and nothing is sent without it", smtp->host);
    return FALSE;
  }
  begin (smtp, COMMAND_SECONDS);
  result = mailesmtp_starttls (smtp->etpan);
  if (!take_reply (smtp, &reply, error))
    return FALSE;
  if (result != MAILSMTP_NO_ERROR) {
    set_refused (smtp, "STARTTLS", &reply, PN_ERROR_TEMPORARY, error);
    return FALSE;
  }
  return pn_stream_start_tls (smtp->stream, error) && say_hello (smtp, error);
}

/* Sends the parts of a log-in, each when the server asks for it. */
static gboolean
authenticate (PnSmtp *smtp, const PnServer *server, const char *const *parts, GError **error)
{
  g_auto (PnSmtpReply) reply = { 0 };
  const char *const *part = parts;

  if (!command (smtp, *part++, &reply, error))
    return FALSE;
  while (reply.code == 334) {
    /* A question too many carries the reasons of a refusal; an empty answer ends it. */
    if (!command (smtp, *part != NULL ? *part++ : "", &reply, error))
      return FALSE;
  }
  if (reply.code == 235)
    return TRUE;
  pn_error_set (error, reply.code < 500 ? PN_ERROR_TEMPORARY : PN_ERROR_DENIED,
                "%s did not let %s in: %d %s %s", smtp->host, server->user, reply.code,
                reply.enhanced, reply.text);
  return FALSE;
}

static char *
encode (const char *text, gsize size_bytes)
{
  return g_base64_encode ((const guchar *) text, size_bytes);
}

static gboolean
log_in_password (PnSmtp *smtp, const PnServer *server, GError **error)
{
  g_autofree char *user = encode (server->user, strlen (server->user));
  g_autofree char *secret = encode (server->secret, strlen (server->secret));

  if (smtp->offer.has_auth_plain) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *message = NULL;
    g_autofree char *first = NULL;

    g_string_append_c (text, '\0');
    g_string_append (text, server->user);
    g_string_append_c (text, '\0');
    g_string_append (text, server->secret);
    message = encode (text->str, text->len);
    explicit_bzero (text->str, text->len);
    first = g_strconcat ("AUTH PLAIN ", message, NULL);
    return authenticate (smtp, server, (const char *const[]){ first, NULL }, error);
  }
  if (smtp->offer.has_auth_login)
    return authenticate (smtp, server, (const char *const[]){ "AUTH LOGIN", user, secret, NULL },
                         error);
  pn_error_set (error, PN_ERROR_PERMANENT, "%s offers no log-in with a password", smtp->host);
  return FALSE;
}

static gboolean
log_in_token (PnSmtp *smtp, const PnServer *server, GError **error)
{
  gboolean is_bearer = !smtp->offer.has_auth_xoauth2;
  g_autofree char *text = pn_server_token_response (server, is_bearer);
  g_autofree char *message = encode (text, strlen (text));
  g_autofree char *first =
      g_strconcat (is_bearer ? "AUTH OAUTHBEARER " : "AUTH XOAUTH2 ", message, NULL);

  if (is_bearer && !smtp->offer.has_auth_oauthbearer) {
    pn_error_set (error, PN_ERROR_PERMANENT, "%s offers no log-in with a token", smtp->host);
    return FALSE;
  }
  return authenticate (smtp, server, (const char *const[]){ first, NULL }, error);
}

static gboolean
log_in (PnSmtp *smtp, const PnServer *server, GError **error)
{
  if (server->login != PN_LOGIN_NONE && !pn_stream_is_private (smtp->stream)) {
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "%s: no password is sent over a connection without TLS", smtp->host);
    return FALSE;
  }
  switch (server->login) {
  case PN_LOGIN_NONE: return TRUE;
  case PN_LOGIN_PASSWORD: return log_in_password (smtp, server, error);
  case PN_LOGIN_TOKEN: return log_in_token (smtp, server, error);
  }
  g_return_val_if_reached (FALSE);
}

/* Our address on this connection as "[192.0.2.1]" or "[IPv6:2001:db8::1]". */
static char *
name_by_address (const PnSmtp *smtp)
{
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  char text[NI_MAXHOST];
  int fd = mailstream_low_get_fd (mailstream_get_low (smtp->etpan->stream));

  if (getsockname (fd, (struct sockaddr *) &address, &size) != 0
      || getnameinfo ((struct sockaddr *) &address, size, text, sizeof text, NULL, 0,
                      NI_NUMERICHOST)
             != 0)
    return g_strdup ("localhost");
  text[strcspn (text, "%")] = '\0';
  return g_strdup_printf (address.ss_family == AF_INET6 ? "[IPv6:%s]" : "[%s]", text);
}

static gboolean
greet (PnSmtp *smtp, GError **error)
{
  g_auto (PnSmtpReply) reply = { 0 };

  begin (smtp, GREETING_SECONDS);
  if (mailsmtp_connect (smtp->etpan, pn_stream_mailstream (smtp->stream)) == MAILSMTP_NO_ERROR)
    return take_reply (smtp, &reply, error);
  /* libetpan has closed the stream; its record of the answer is still there. */
  if (smtp->etpan->response_code >= 400 && smtp->etpan->response_code <= 599) {
    g_autofree char *words = pn_stream_clean_words (smtp->etpan->response);

    pn_error_set (error, PN_ERROR_TEMPORARY, "%s does not talk to us: %d %s", smtp->host,
                  smtp->etpan->response_code, words);
    return FALSE;
  }
  return set_broken (smtp, &reply, error);
}

PnSmtp *
pn_smtp_open (const PnServer *server, const char *name, GError **error)
{
  g_autoptr (PnSmtp) smtp = g_new0 (PnSmtp, 1);

  smtp->host = g_strdup (server->host);
  smtp->stream = pn_stream_open (server, -1, error);
  if (smtp->stream == NULL)
    return NULL;
  smtp->etpan = mailsmtp_new (0, NULL);
  if (!greet (smtp, error))
    return NULL;
  smtp->name =
      name != NULL && pn_smtp_is_word (name, 255) ? g_strdup (name) : name_by_address (smtp);
  if (!say_hello (smtp, error))
    return NULL;
  if (server->transport == PN_TRANSPORT_STARTTLS && !start_tls (smtp, error))
    return NULL;
  if (!log_in (smtp, server, error))
    return NULL;
  smtp->used_at = g_get_monotonic_time ();
  PN_CRASH_POINT ("send-connected");
  return g_steal_pointer (&smtp);
}

void
pn_smtp_free (PnSmtp *smtp)
{
  if (smtp == NULL)
    return;
  if (smtp->etpan != NULL) {
    begin (smtp, QUIT_SECONDS);
    mailsmtp_free (smtp->etpan);
  }
  pn_stream_free (smtp->stream);
  g_free (smtp->host);
  g_free (smtp->name);
  g_free (smtp);
}

gboolean
pn_smtp_is_usable (const PnSmtp *smtp)
{
  return !pn_stream_has_failed (smtp->stream) && smtp->mails < PN_SMTP_MAILS
         && g_get_monotonic_time () - smtp->used_at < PN_SMTP_IDLE_SECONDS * G_TIME_SPAN_SECOND;
}

/* -- a mail ----------------------------------------------------------------------------------------------------- */

/* What the reply in @result means; FALSE sets @error and clears the way for the next mail. */
static gboolean
judge (PnSmtp *smtp, const char *what, PnSmtpResult *result, GError **error)
{
  g_auto (PnSmtpReply) ignored = { 0 };
  gboolean is_before_body = result->stage < PN_SMTP_STAGE_BODY;

  switch (pn_smtp_reply_meaning (&result->reply, is_before_body)) {
  case PN_SMTP_GOOD: return TRUE;
  case PN_SMTP_PASSING: set_refused (smtp, what, &result->reply, PN_ERROR_TEMPORARY, error); break;
  case PN_SMTP_FINAL: set_refused (smtp, what, &result->reply, PN_ERROR_PERMANENT, error); break;
  }
  if (result->reply.code == 421)
    pn_stream_give_up (smtp->stream, "is closing the connection");
  else if (is_before_body)
    command (smtp, "RSET", &ignored, NULL);
  return FALSE;
}

static gboolean
send_mail_from (PnSmtp *smtp, const PnSmtpMail *mail, const char *from, gboolean is_ascii,
                PnSmtpResult *result, GError **error)
{
  result->stage = PN_SMTP_STAGE_MAIL;
  begin (smtp, COMMAND_SECONDS);
  if (is_ascii) {
    mailesmtp_mail_size (smtp->etpan, from, FALSE, mail->envid, (size_t) mail->size_bytes);
    if (!take_reply (smtp, &result->reply, error))
      return FALSE;
  } else {
    g_autofree char *text = g_strdup_printf ("MAIL FROM:<%s> SMTPUTF8", from);

    if (!command (smtp, text, &result->reply, error))
      return FALSE;
  }
  PN_CRASH_POINT ("send-mail");
  return judge (smtp, "the sender", result, error);
}

static gboolean
send_rcpt_to (PnSmtp *smtp, const PnSmtpMail *mail, const char *to, PnSmtpResult *result,
              GError **error)
{
  int notify = mail->notify == PN_SMTP_NOTIFY_NEVER
                   ? MAILSMTP_DSN_NOTIFY_NEVER
                   : MAILSMTP_DSN_NOTIFY_FAILURE | MAILSMTP_DSN_NOTIFY_DELAY;

  result->stage = PN_SMTP_STAGE_RCPT;
  begin (smtp, COMMAND_SECONDS);
  mailesmtp_rcpt (smtp->etpan, to, notify, NULL);
  if (!take_reply (smtp, &result->reply, error))
    return FALSE;
  PN_CRASH_POINT ("send-rcpt");
  return judge (smtp, "the recipient", result, error);
}

static gboolean
send_data (PnSmtp *smtp, PnSmtpResult *result, GError **error)
{
  result->stage = PN_SMTP_STAGE_DATA;
  begin (smtp, DATA_SECONDS);
  mailsmtp_data (smtp->etpan);
  if (!take_reply (smtp, &result->reply, error))
    return FALSE;
  PN_CRASH_POINT ("send-data");
  if (!judge (smtp, "the mail", result, error))
    return FALSE;
  if (result->reply.code == 354)
    return TRUE;
  return set_broken (smtp, &result->reply, error);
}

/* From 354 on, only closing the connection tells the server that no mail comes. */
static gboolean
send_body (PnSmtp *smtp, const PnSmtpMail *mail, PnSmtpResult *result, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) failure = NULL;
  PnDot dot = { 0 };
  gboolean is_end = FALSE;

  result->stage = PN_SMTP_STAGE_BODY;
  while (!is_end) {
    g_autoptr (GBytes) piece = mail->read (mail->data, &failure);
    gsize size_bytes = 0;
    const char *bytes = piece != NULL ? g_bytes_get_data (piece, &size_bytes) : NULL;

    if (failure != NULL) {
      pn_stream_give_up (smtp->stream, "was left in the middle of a mail");
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    is_end = piece == NULL;
    if (is_end)
      pn_dot_end (&dot, out);
    else
      pn_dot_feed (&dot, bytes, size_bytes, out);
    begin (smtp, BLOCK_SECONDS);
    if (!write_text (smtp, out->str, out->len) || mailstream_flush (smtp->etpan->stream) != 0)
      return set_broken (smtp, &result->reply, error);
    g_string_truncate (out, 0);
    PN_CRASH_POINT ("send-half-body");
  }
  return TRUE;
}

static gboolean
send_dot (PnSmtp *smtp, const PnSmtpMail *mail, PnSmtpResult *result, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!mail->before_dot (mail->data, &failure)) {
    pn_stream_give_up (smtp->stream, "was left before the end of a mail");
    if (failure != NULL)
      g_propagate_error (error, g_steal_pointer (&failure));
    else
      pn_error_set (error, PN_ERROR_CONFLICT, "somebody else sends this mail");
    return FALSE;
  }
  PN_CRASH_POINT ("send-dotted");
  result->stage = PN_SMTP_STAGE_DOT;
  begin (smtp, DOT_SECONDS);
  if (!write_text (smtp, ".\r\n", 3) || mailstream_flush (smtp->etpan->stream) != 0)
    set_broken (smtp, &result->reply, &failure);
  PN_CRASH_POINT ("send-dot-sent");
  if (failure == NULL)
    read_reply (smtp, &result->reply, NULL, &failure);
  /* 421 says that the server goes away, not what becomes of the mail. */
  if (failure != NULL || result->reply.code == 421) {
    pn_stream_give_up (smtp->stream, "did not say what became of a mail");
    pn_error_set (error, PN_ERROR_UNCERTAIN, "%s did not say whether it took the mail: %s",
                  smtp->host, failure != NULL ? failure->message : result->reply.text);
    return FALSE;
  }
  PN_CRASH_POINT ("send-answer-read");
  result->stage = PN_SMTP_STAGE_ANSWERED;
  return judge (smtp, "the mail", result, error);
}

/* Addresses as commands carry them; "" stays. */
static char *
check_address (const PnSmtp *smtp, const char *address, gboolean may_be_empty, gboolean *is_ascii,
               GError **error)
{
  g_autofree char *written = NULL;

  *is_ascii = TRUE;
  if (may_be_empty && *address == '\0')
    return g_strdup ("");
  written = pn_smtp_write_address (address, is_ascii, error);
  if (written != NULL && !*is_ascii && !smtp->offer.has_smtputf8) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "the address \"%s\" has letters that %s does not take (5.6.7, no SMTPUTF8)",
                  written, smtp->host);
    return NULL;
  }
  return g_steal_pointer (&written);
}

gboolean
pn_smtp_send (PnSmtp *smtp, const PnSmtpMail *mail, PnSmtpResult *result, GError **error)
{
  gboolean is_ascii_from;
  gboolean is_ascii_to;
  g_autofree char *from = check_address (smtp, mail->from, TRUE, &is_ascii_from, error);
  g_autofree char *to =
      from != NULL ? check_address (smtp, mail->to, FALSE, &is_ascii_to, error) : NULL;
  gboolean is_accepted;

  pn_smtp_result_clear (result);
  if (to == NULL)
    return FALSE;
  if (mail->envid != NULL && !pn_smtp_is_word (mail->envid, PN_SMTP_ENVID_BYTES)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no envelope id", mail->envid);
    return FALSE;
  }
  if (pn_stream_has_failed (smtp->stream)) {
    pn_stream_set_error (smtp->stream, error);
    return FALSE;
  }
  smtp->mails++;
  is_accepted = send_mail_from (smtp, mail, from, is_ascii_from && is_ascii_to, result, error)
                && send_rcpt_to (smtp, mail, to, result, error) && send_data (smtp, result, error)
                && send_body (smtp, mail, result, error) && send_dot (smtp, mail, result, error);
  smtp->used_at = g_get_monotonic_time ();
  return is_accepted;
}
