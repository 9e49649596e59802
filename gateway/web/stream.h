/* Streams: an answer that stays open, for server-sent events. One side writes, the connection reads; when there is
 * nothing to read the connection sleeps, without a thread.
 *
 * Any thread may write or end. A reader who does not read is cut off at PN_STREAM_LIMIT_BYTES.
 */
#pragma once

#include <glib.h>

#define PN_STREAM_LIMIT_BYTES (64 * 1024)

typedef struct PnStream PnStream;

PnStream *pn_stream_new (void); /* (owned) one reference */
PnStream *pn_stream_ref (PnStream *stream);
void pn_stream_unref (PnStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnStream, pn_stream_unref)

void pn_stream_write (PnStream *stream, const char *text);
void pn_stream_end (PnStream *stream);         /* what is written is still sent */
gboolean pn_stream_is_over (PnStream *stream); /* ended, or nobody reads any more */

/* For the server. The waker is called, with the stream's lock held, when a sleeping reader has something to do. */
typedef void (*PnStreamWake) (gpointer data);
void pn_stream_attach (PnStream *stream, PnStreamWake wake, gpointer data);
void pn_stream_detach (PnStream *stream);

/* Reads up to @size bytes. Returns: their number; 0 and @is_over; or 0 after calling @sleep with the lock held, so that
 * no wake-up falls between. */
gsize pn_stream_read (PnStream *stream, char *buffer, gsize size, PnStreamWake sleep,
                      gboolean *is_over);
