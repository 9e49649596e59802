/* Stream: a connection to a mail server that cannot hang, grow without end, or be listened to.
 *
 *   libetpan's session ── mailstream ── our driver (this file) ── GnuTLS ── socket
 *
 * libetpan's own streams verify no certificate, wait with select() and loop for ever when a server dies (SPIKES.md);
 * this driver verifies certificate and host name, demands TLS 1.2, waits with poll, and gives each command a deadline
 * and a budget of bytes. The first failure is kept and repeated by every later call, since libetpan frees its own
 * stream on an error: the reason therefore lives here, in what the caller owns.
 *
 * A stream belongs to one thread.
 */
#pragma once

#include "gateway/mail/server.h"

typedef struct PnStream PnStream;
struct _mailstream;

typedef enum {
  PN_STREAM_DATA,  /* bytes can be read, or the connection ended: the next read tells */
  PN_STREAM_WOKEN, /* the wake descriptor is readable; the caller reads it */
  PN_STREAM_TIMEOUT,
} PnStreamEvent;

/* Looks at all bytes from the server before the parser does.
 * Returns: NULL, or why the bytes are refused (a literal). */
typedef const char *(*PnStreamGuard) (gpointer data, const char *bytes, gsize size_bytes);

/* Connects, and shakes hands where @server says TLS. @wake_fd (-1: none) only ends pn_stream_wait ().
 * Returns: (owned) NULL with TEMPORARY when the server cannot be reached, PERMANENT when its certificate is not good
 * or TLS is missing where it must be. */
PnStream *pn_stream_open (const PnServer *server, int wake_fd, GError **error);

/* Closes without asking. A mailstream made from it must be gone, or is never used again. */
void pn_stream_free (PnStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnStream, pn_stream_free)

/* @data is borrowed for the life of @stream. */
void pn_stream_set_guard (PnStream *stream, PnStreamGuard guard, gpointer data);

/* Returns: libetpan's view of @stream, made once. It becomes its session's, which closes it; @stream must outlive it. */
struct _mailstream *pn_stream_mailstream (PnStream *stream);

/* The next command may take @seconds in all and receive @budget_bytes. */
void pn_stream_begin (PnStream *stream, guint seconds, gint64 budget_bytes);

/* Shakes hands on a plain connection. Fails when bytes were received that nobody read yet: they were injected.
 * Returns: FALSE with PERMANENT for the certificate and injected bytes, TEMPORARY otherwise. */
gboolean pn_stream_start_tls (PnStream *stream, GError **error);

/* Returns: TRUE when a password may be sent: TLS is up, or the peer's address is loopback and plain was asked for. */
gboolean pn_stream_is_private (const PnStream *stream);

/* Waits up to @seconds for bytes or a wake-up. */
PnStreamEvent pn_stream_wait (PnStream *stream, guint seconds);

/* Marks @stream as unusable: all later reads and writes fail at once. */
void pn_stream_give_up (PnStream *stream, const char *reason);

gboolean pn_stream_has_failed (const PnStream *stream);

/* Sets @error from the first failure; TEMPORARY "… ended the connection" when there is none. */
void pn_stream_set_error (const PnStream *stream, GError **error);

/* Returns: (owned) @text from a server made fit for a log line and a page: valid UTF-8, one line, at most 300 bytes;
 * "" for NULL. */
char *pn_stream_clean_words (const char *text);
