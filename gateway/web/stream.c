#include "gateway/web/stream.h"

#include <string.h>

struct PnStream {
  gint references;
  GMutex lock; /* all below */
  GString *pending;
  gboolean is_ended;
  gboolean is_detached; /* nobody reads */
  gboolean is_asleep;
  PnStreamWake wake;
  gpointer data;
};

PnStream *
pn_stream_new (void)
{
  PnStream *stream = g_new0 (PnStream, 1);

  stream->references = 1;
  g_mutex_init (&stream->lock);
  stream->pending = g_string_new ("");
  return stream;
}

PnStream *
pn_stream_ref (PnStream *stream)
{
  g_atomic_int_inc (&stream->references);
  return stream;
}

void
pn_stream_unref (PnStream *stream)
{
  if (stream == NULL || !g_atomic_int_dec_and_test (&stream->references))
    return;
  g_mutex_clear (&stream->lock);
  g_string_free (stream->pending, TRUE);
  g_free (stream);
}

static void
wake_reader (PnStream *stream)
{
  if (!stream->is_asleep)
    return;
  stream->is_asleep = FALSE;
  stream->wake (stream->data);
}

void
pn_stream_write (PnStream *stream, const char *text)
{
  g_mutex_lock (&stream->lock);
  if (!stream->is_ended && !stream->is_detached) {
    g_string_append (stream->pending, text);
    if (stream->pending->len > PN_STREAM_LIMIT_BYTES)
      stream->is_ended = TRUE;
    wake_reader (stream);
  }
  g_mutex_unlock (&stream->lock);
}

void
pn_stream_end (PnStream *stream)
{
  g_mutex_lock (&stream->lock);
  stream->is_ended = TRUE;
  wake_reader (stream);
  g_mutex_unlock (&stream->lock);
}

gboolean
pn_stream_is_over (PnStream *stream)
{
  gboolean is_over;

  g_mutex_lock (&stream->lock);
  is_over = stream->is_ended || stream->is_detached;
  g_mutex_unlock (&stream->lock);
  return is_over;
}

void
pn_stream_attach (PnStream *stream, PnStreamWake wake, gpointer data)
{
  g_mutex_lock (&stream->lock);
  stream->wake = wake;
  stream->data = data;
  g_mutex_unlock (&stream->lock);
}

void
pn_stream_detach (PnStream *stream)
{
  g_mutex_lock (&stream->lock);
  stream->is_detached = TRUE;
  stream->is_asleep = FALSE;
  g_mutex_unlock (&stream->lock);
}

gsize
pn_stream_read (PnStream *stream, char *buffer, gsize size, PnStreamWake sleep, gboolean *is_over)
{
  gsize n;

  g_mutex_lock (&stream->lock);
  n = MIN (size, stream->pending->len);
  *is_over = n == 0 && stream->is_ended;
  if (n > 0) {
    memcpy (buffer, stream->pending->str, n);
    g_string_erase (stream->pending, 0, (gssize) n);
  } else if (!stream->is_ended) {
    stream->is_asleep = TRUE;
    sleep (stream->data);
  }
  g_mutex_unlock (&stream->lock);
  return n;
}
