#include "gateway/mail/stream.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <libetpan/mailstream.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/mail/connect.h"
#include "ticketing/core/error.h"

#define CONNECT_SECONDS 30
#define HANDSHAKE_SECONDS 60
#define AHEAD_BYTES 16384
#define ETPAN_BUFFER_BYTES 8192
#define WORDS_BYTES 300
#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct PnStream {
  char *host; /* without a final dot; GnuTLS keeps this pointer */
  char *name; /* host:port, for messages */
  char *ca_file;
  PnTransport transport;
  int fd;
  int wake_fd;
  gboolean is_loopback;
  gboolean (*beat) (gpointer data); /* NULL */
  gpointer beat_data;
  gnutls_certificate_credentials_t credentials;
  gnutls_session_t tls; /* NULL: plain */
  mailstream *etpan;    /* (borrowed) NULL once libetpan closed it */
  gint64 deadline;      /* g_get_monotonic_time () */
  gint64 budget_bytes;
  PnStreamGuard guard;
  gpointer guard_data;
  char ahead[AHEAD_BYTES]; /* read while waiting, not yet given to libetpan */
  gsize ahead_bytes;
  PnErrorCode code; /* of the first failure */
  char *reason;     /* NULL: no failure */
};

static void G_GNUC_PRINTF (3, 4) fail (PnStream *stream, PnErrorCode code, const char *format, ...)
{
  va_list args;

  if (stream->reason != NULL)
    return;
  stream->code = code;
  va_start (args, format);
  stream->reason = g_strdup_vprintf (format, args);
  va_end (args);
}

/* Waits for one of @fds, a second at most or until @left microseconds passed. Returns: as poll (); -1 with EINTR after
 * a failure, too. */
static int
wait_a_bit (PnStream *stream, struct pollfd *fds, nfds_t n_fds, gint64 left)
{
  if (stream->beat != NULL && !stream->beat (stream->beat_data)) {
    fail (stream, PN_ERROR_TEMPORARY, "the conversation with %s was ended", stream->name);
    errno = EINTR;
    return -1;
  }
  return poll (fds, n_fds, (int) MIN ((left + 999) / 1000, 1000));
}

/* Waits until @events or the deadline. */
static gboolean
wait_fd (PnStream *stream, short events)
{
  for (;;) {
    struct pollfd fds = { .fd = stream->fd, .events = events };
    gint64 left = stream->deadline - g_get_monotonic_time ();
    int ready;

    if (left <= 0) {
      fail (stream, PN_ERROR_TEMPORARY, "%s did not answer in time", stream->name);
      return FALSE;
    }
    ready = wait_a_bit (stream, &fds, 1, left);
    if (stream->reason != NULL)
      return FALSE;
    if (ready > 0)
      return TRUE;
    if (ready < 0 && errno != EINTR) {
      fail (stream, PN_ERROR_TEMPORARY, "%s: %s", stream->name, g_strerror (errno));
      return FALSE;
    }
  }
}

/* One attempt. Returns: bytes, 0 at the end, -1 with errno EAGAIN when there is nothing yet, -1 after fail (). */
static gssize
receive (PnStream *stream, void *bytes, gsize size_bytes)
{
  gssize n;

  errno = 0;
  if (stream->tls == NULL) {
    do
      n = recv (stream->fd, bytes, size_bytes, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EAGAIN)
      fail (stream, PN_ERROR_TEMPORARY, "%s: %s", stream->name, g_strerror (errno));
    return n;
  }
  do
    n = gnutls_record_recv (stream->tls, bytes, size_bytes);
  while (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_WARNING_ALERT_RECEIVED);
  if (n >= 0)
    return n;
  if (n == GNUTLS_E_AGAIN) {
    errno = EAGAIN;
    return -1;
  }
  if (n == GNUTLS_E_PREMATURE_TERMINATION)
    return 0;
  fail (stream, PN_ERROR_TEMPORARY, "%s: TLS: %s", stream->name, gnutls_strerror ((int) n));
  errno = EIO;
  return -1;
}

static gssize
transmit (PnStream *stream, const void *bytes, gsize size_bytes)
{
  gssize n;

  errno = 0;
  if (stream->tls == NULL) {
    do
      n = send (stream->fd, bytes, size_bytes, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EAGAIN)
      fail (stream, PN_ERROR_TEMPORARY, "%s: %s", stream->name, g_strerror (errno));
    return n;
  }
  do
    n = gnutls_record_send (stream->tls, bytes, size_bytes);
  while (n == GNUTLS_E_INTERRUPTED);
  if (n >= 0)
    return n;
  if (n == GNUTLS_E_AGAIN) {
    errno = EAGAIN;
    return -1;
  }
  fail (stream, PN_ERROR_TEMPORARY, "%s: TLS: %s", stream->name, gnutls_strerror ((int) n));
  errno = EIO;
  return -1;
}

static short
tls_direction (const PnStream *stream, short plain)
{
  if (stream->tls == NULL)
    return plain;
  return gnutls_record_get_direction (stream->tls) != 0 ? POLLOUT : POLLIN;
}

/* What arrived counts against the budget and passes the guard. */
static gboolean
admit (PnStream *stream, const char *bytes, gsize size_bytes)
{
  const char *refused = NULL;

  stream->budget_bytes -= (gint64) size_bytes;
  if (stream->guard != NULL)
    refused = stream->guard (stream->guard_data, bytes, size_bytes);
  if (refused != NULL) {
    fail (stream, PN_ERROR_TEMPORARY, "%s sent something no mail server should: %s", stream->name,
          refused);
    return FALSE;
  }
  return TRUE;
}

/* -- libetpan's driver ------------------------------------------------------------------------------------------ */

static ssize_t
driver_read (mailstream_low *low, void *buffer, size_t count)
{
  PnStream *stream = low->data;
  gssize n;

  if (stream->reason != NULL)
    return -1;
  if (stream->ahead_bytes > 0) {
    n = (gssize) MIN (count, stream->ahead_bytes);
    memcpy (buffer, stream->ahead, (gsize) n);
    stream->ahead_bytes -= (gsize) n;
    memmove (stream->ahead, stream->ahead + n, stream->ahead_bytes);
    return n;
  }
  if (stream->budget_bytes <= 0) {
    fail (stream, PN_ERROR_TEMPORARY, "%s answered with more than was asked for", stream->name);
    return -1;
  }
  count = (size_t) MIN ((gint64) count, stream->budget_bytes);
  while ((n = receive (stream, buffer, count)) < 0) {
    if (errno != EAGAIN || !wait_fd (stream, tls_direction (stream, POLLIN)))
      return -1;
  }
  if (n == 0) {
    /* libetpan takes 0 for "try again" and would loop. */
    fail (stream, PN_ERROR_TEMPORARY, "%s ended the connection", stream->name);
    return -1;
  }
  return admit (stream, buffer, (gsize) n) ? n : -1;
}

static ssize_t
driver_write (mailstream_low *low, const void *buffer, size_t count)
{
  PnStream *stream = low->data;
  gssize n;

  if (stream->reason != NULL)
    return -1;
  while ((n = transmit (stream, buffer, count)) < 0) {
    if (errno != EAGAIN || !wait_fd (stream, tls_direction (stream, POLLOUT)))
      return -1;
  }
  return n;
}

static int
driver_close (mailstream_low *low)
{
  PnStream *stream = low->data;

  fail (stream, PN_ERROR_TEMPORARY, "the connection to %s is closed", stream->name);
  stream->etpan = NULL;
  return 0;
}

static int
driver_get_fd (mailstream_low *low)
{
  const PnStream *stream = low->data;

  return stream->fd;
}

static void
driver_free (mailstream_low *low)
{
  free (low);
}

static void
driver_cancel (mailstream_low *low)
{
}

static struct mailstream_cancel *
driver_get_cancel (mailstream_low *low)
{
  return NULL;
}

static mailstream_low_driver driver = {
  .mailstream_read = driver_read,
  .mailstream_write = driver_write,
  .mailstream_close = driver_close,
  .mailstream_get_fd = driver_get_fd,
  .mailstream_free = driver_free,
  .mailstream_cancel = driver_cancel,
  .mailstream_get_cancel = driver_get_cancel,
};

struct _mailstream *
pn_stream_mailstream (PnStream *stream)
{
  if (stream->etpan == NULL)
    stream->etpan = mailstream_new (mailstream_low_new (stream, &driver), ETPAN_BUFFER_BYTES);
  return stream->etpan;
}

/* -- TLS -------------------------------------------------------------------------------------------------------- */

static gboolean
load_trust (PnStream *stream, GError **error)
{
  int count;

  gnutls_certificate_allocate_credentials (&stream->credentials);
  if (stream->ca_file == NULL)
    count = gnutls_certificate_set_x509_system_trust (stream->credentials);
  else
    count = gnutls_certificate_set_x509_trust_file (stream->credentials, stream->ca_file,
                                                    GNUTLS_X509_FMT_PEM);
  if (count > 0)
    return TRUE;
  if (stream->ca_file == NULL)
    pn_error_set (error, PN_ERROR_PERMANENT,
                  "this machine trusts no certificate authority: install ca-certificates");
  else
    pn_error_set (error, PN_ERROR_PERMANENT, "no certificate authority can be read from %s",
                  stream->ca_file);
  return FALSE;
}

static void
fail_certificate (PnStream *stream)
{
  unsigned status = gnutls_session_get_verify_cert_status (stream->tls);
  gnutls_datum_t text = { NULL, 0 };

  gnutls_certificate_verification_status_print (status, GNUTLS_CRT_X509, &text, 0);
  fail (stream, PN_ERROR_PERMANENT, "the certificate of %s is not accepted: %s", stream->name,
        text.data != NULL ? g_strchomp ((char *) text.data) : "it could not be verified");
  gnutls_free (text.data);
}

static gboolean
shake_hands (PnStream *stream)
{
  int status;

  pn_stream_begin (stream, HANDSHAKE_SECONDS, stream->budget_bytes);
  for (;;) {
    status = gnutls_handshake (stream->tls);
    if (status == GNUTLS_E_SUCCESS)
      return TRUE;
    if (status == GNUTLS_E_AGAIN) {
      if (!wait_fd (stream, tls_direction (stream, POLLIN)))
        return FALSE;
    } else if (gnutls_error_is_fatal (status)) {
      break;
    }
  }
  if (status == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
    fail_certificate (stream);
  else if (status == GNUTLS_E_PREMATURE_TERMINATION || status == GNUTLS_E_PULL_ERROR
           || status == GNUTLS_E_PUSH_ERROR)
    fail (stream, PN_ERROR_TEMPORARY, "%s ended the connection during the TLS handshake",
          stream->name);
  else
    fail (stream, PN_ERROR_PERMANENT, "%s does not speak TLS 1.2 or later: %s", stream->name,
          gnutls_strerror (status));
  return FALSE;
}

static gboolean
secure (PnStream *stream, GError **error)
{
  if (!load_trust (stream, error))
    return FALSE;
  gnutls_init (&stream->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
  gnutls_priority_set_direct (stream->tls, PRIORITIES, NULL);
  gnutls_credentials_set (stream->tls, GNUTLS_CRD_CERTIFICATE, stream->credentials);
  if (!g_hostname_is_ip_address (stream->host))
    gnutls_server_name_set (stream->tls, GNUTLS_NAME_DNS, stream->host, strlen (stream->host));
  gnutls_session_set_verify_cert (stream->tls, stream->host, 0);
  gnutls_transport_set_int (stream->tls, stream->fd);
  if (shake_hands (stream))
    return TRUE;
  pn_stream_set_error (stream, error);
  return FALSE;
}

gboolean
pn_stream_start_tls (PnStream *stream, GError **error)
{
  g_return_val_if_fail (stream->tls == NULL, FALSE);

  if (stream->reason == NULL
      && (stream->ahead_bytes > 0 || (stream->etpan != NULL && stream->etpan->read_buffer_len > 0)))
    fail (stream, PN_ERROR_PERMANENT,
          "somebody put words into the connection to %s before TLS began", stream->name);
  if (stream->reason != NULL) {
    pn_stream_set_error (stream, error);
    return FALSE;
  }
  return secure (stream, error);
}

gboolean
pn_stream_is_private (const PnStream *stream)
{
  return stream->tls != NULL || (stream->transport == PN_TRANSPORT_PLAIN && stream->is_loopback);
}

PnStream *
pn_stream_open (const PnServer *server, int wake_fd, GError **error)
{
  g_autoptr (PnStream) stream = NULL;

  g_return_val_if_fail (server->host != NULL && *server->host != '\0', NULL);

  stream = g_new0 (PnStream, 1);
  stream->fd = -1;
  stream->wake_fd = wake_fd;
  stream->beat = server->beat;
  stream->beat_data = server->beat_data;
  stream->transport = server->transport;
  stream->ca_file = g_strdup (server->ca_file);
  stream->host = g_strdup (server->host);
  if (g_str_has_suffix (stream->host, "."))
    stream->host[strlen (stream->host) - 1] = '\0';
  stream->name = g_strdup_printf ("%s:%u", stream->host, server->port);
  stream->budget_bytes = G_MAXINT32;
  stream->fd =
      pn_connect (stream->host, server->port, CONNECT_SECONDS, &stream->is_loopback, error);
  if (stream->fd < 0)
    return NULL;
  if (server->transport == PN_TRANSPORT_PLAIN && !stream->is_loopback) {
    pn_error_set (
        error, PN_ERROR_PERMANENT,
        "%s is not this machine, so the connection must be encrypted: choose TLS or STARTTLS",
        stream->name);
    return NULL;
  }
  if (server->transport == PN_TRANSPORT_TLS && !secure (stream, error))
    return NULL;
  return g_steal_pointer (&stream);
}

void
pn_stream_free (PnStream *stream)
{
  if (stream == NULL)
    return;
  if (stream->tls != NULL) {
    gnutls_bye (stream->tls, GNUTLS_SHUT_WR);
    gnutls_deinit (stream->tls);
  }
  if (stream->credentials != NULL)
    gnutls_certificate_free_credentials (stream->credentials);
  if (stream->fd >= 0)
    close (stream->fd);
  g_free (stream->host);
  g_free (stream->name);
  g_free (stream->ca_file);
  g_free (stream->reason);
  g_free (stream);
}

/* -- use -------------------------------------------------------------------------------------------------------- */

void
pn_stream_set_guard (PnStream *stream, PnStreamGuard guard, gpointer data)
{
  stream->guard = guard;
  stream->guard_data = data;
}

#ifdef PN_TEST_HOOKS
/* Tests of silent servers do not wait for ten minutes. */
static guint
shorten (guint seconds)
{
  const char *limit = g_getenv ("POSTERN_WIRE_SECONDS");

  return limit != NULL ? MIN (seconds, (guint) g_ascii_strtoull (limit, NULL, 10)) : seconds;
}
#else
#define shorten(seconds) (seconds)
#endif

void
pn_stream_begin (PnStream *stream, guint seconds, gint64 budget_bytes)
{
  stream->deadline = g_get_monotonic_time () + (gint64) shorten (seconds) * G_TIME_SPAN_SECOND;
  stream->budget_bytes = budget_bytes;
}

/* Reads ahead what is there. Returns: FALSE when it was nothing for us, such as a TLS ticket. */
static gboolean
read_ahead (PnStream *stream)
{
  gssize n;

  if (stream->budget_bytes <= 0) {
    fail (stream, PN_ERROR_TEMPORARY, "%s sends without being asked", stream->name);
    return TRUE;
  }
  n = receive (stream, stream->ahead,
               (gsize) MIN ((gint64) sizeof stream->ahead, stream->budget_bytes));
  if (n < 0 && errno == EAGAIN)
    return FALSE;
  if (n == 0)
    fail (stream, PN_ERROR_TEMPORARY, "%s ended the connection", stream->name);
  if (n > 0 && admit (stream, stream->ahead, (gsize) n))
    stream->ahead_bytes = (gsize) n;
  return TRUE;
}

PnStreamEvent
pn_stream_wait (PnStream *stream, guint seconds)
{
  gint64 until = g_get_monotonic_time () + (gint64) seconds * G_TIME_SPAN_SECOND;

  if (stream->reason != NULL || stream->ahead_bytes > 0
      || (stream->etpan != NULL && stream->etpan->read_buffer_len > 0))
    return PN_STREAM_DATA;
  if (stream->tls != NULL && gnutls_record_check_pending (stream->tls) > 0 && read_ahead (stream))
    return PN_STREAM_DATA;
  for (;;) {
    struct pollfd fds[] = { { .fd = stream->fd, .events = POLLIN },
                            { .fd = stream->wake_fd, .events = POLLIN } };
    gint64 left = until - g_get_monotonic_time ();

    if (left <= 0)
      return PN_STREAM_TIMEOUT;
    if (wait_a_bit (stream, fds, G_N_ELEMENTS (fds), left) <= 0) {
      if (stream->reason != NULL)
        return PN_STREAM_DATA;
      continue;
    }
    if (fds[1].revents != 0)
      return PN_STREAM_WOKEN;
    if (fds[0].revents != 0 && read_ahead (stream))
      return PN_STREAM_DATA;
  }
}

void
pn_stream_give_up (PnStream *stream, const char *reason)
{
  fail (stream, PN_ERROR_TEMPORARY, "%s %s", stream->name, reason);
}

gboolean
pn_stream_has_failed (const PnStream *stream)
{
  return stream->reason != NULL;
}

void
pn_stream_set_error (const PnStream *stream, GError **error)
{
  if (stream->reason != NULL)
    pn_error_set (error, stream->code, "%s", stream->reason);
  else
    pn_error_set (error, PN_ERROR_TEMPORARY, "%s ended the connection", stream->name);
}

char *
pn_stream_clean_words (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_autoptr (GString) words = g_string_new (NULL);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (words->len + 4 > WORDS_BYTES)
      break;
    g_string_append_unichar (words, g_unichar_isprint (character) ? character : ' ');
  }
  return g_strdup (g_strstrip (words->str));
}
