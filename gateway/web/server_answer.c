#include "gateway/web/server_private.h"

#define BYTES_PER_SECOND (32 * 1024) /* of the slowest line */

static PnWatch *
watch_of (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

  return info != NULL ? info->socket_context : NULL;
}

void
pn_server_set_deadline (PnExchange *exchange, gint64 milliseconds, gint64 bytes)
{
  PnWatch *watch = watch_of (exchange->connection);

  if (watch != NULL)
    pn_reaper_set_deadline (exchange->server->reaper, watch,
                            milliseconds == 0 ? 0 : milliseconds + bytes * 1000 / BYTES_PER_SECOND);
}

static void
stream_wake (gpointer data)
{
  MHD_resume_connection (data);
}

static void
stream_sleep (gpointer data)
{
  MHD_suspend_connection (data);
}

static ssize_t
stream_read (void *data, uint64_t position, char *buffer, size_t size)
{
  gboolean is_over = FALSE;
  gsize n = pn_stream_read (data, buffer, size, stream_sleep, &is_over);

  return is_over ? (ssize_t) MHD_CONTENT_READER_END_OF_STREAM : (ssize_t) n;
}

static void
stream_free (void *data)
{
  pn_stream_unref (data);
}

/* Registers the stream, so that stopping ends it; when that has begun it ends at once. */
static void
attach_stream (PnExchange *exchange, PnStream *stream)
{
  PnServer *server = exchange->server;
  gboolean is_late;

  pn_stream_attach (stream, stream_wake, exchange->connection);
  g_mutex_lock (&server->lock);
  is_late = server->is_stopping;
  g_hash_table_insert (server->streams, exchange, pn_stream_ref (stream));
  g_mutex_unlock (&server->lock);
  if (is_late)
    pn_stream_end (stream);
}

static void
release_bytes (void *bytes)
{
  g_bytes_unref (bytes);
}

static struct MHD_Response *
make_answer (PnExchange *exchange, PnResponse *response, gint64 *size_bytes)
{
  *size_bytes = 0;
  if (response->stream != NULL && !exchange->request->is_head) {
    attach_stream (exchange, response->stream);
    return MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, 4096, stream_read,
                                              pn_stream_ref (response->stream), stream_free);
  }
  if (response->fd >= 0) {
    int fd = response->fd;

    response->fd = -1;
    *size_bytes = response->fd_bytes;
    return MHD_create_response_from_fd64 ((uint64_t) response->fd_bytes, fd);
  }
  if (response->bytes != NULL) {
    gsize size;
    gconstpointer data = g_bytes_get_data (response->bytes, &size);

    *size_bytes = (gint64) size;
    return MHD_create_response_from_buffer_with_free_callback_cls (
        size, (void *) data, release_bytes, g_bytes_ref (response->bytes));
  }
  return MHD_create_response_from_buffer (0, NULL, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result
pn_server_answer (PnExchange *exchange, PnResponse *response, gboolean is_last)
{
  PnServer *server = exchange->server;
  gint64 size_bytes;
  struct MHD_Response *reply;
  enum MHD_Result result;
  gboolean is_stopping;

  g_mutex_lock (&server->lock);
  is_stopping = server->is_stopping;
  g_mutex_unlock (&server->lock);
  exchange->state = PN_EXCHANGE_ANSWERED;
  reply = make_answer (exchange, response, &size_bytes);
  for (guint i = 0; i < response->headers->len; i++) {
    const PnResponseHeader *header = response->headers->pdata[i];

    MHD_add_response_header (reply, header->name, header->value);
  }
  if ((is_last || is_stopping) && response->stream == NULL)
    MHD_add_response_header (reply, "Connection", "close");
  pn_server_set_deadline (
      exchange, response->stream != NULL ? 0 : server->config.answer_milliseconds, size_bytes);
  result = MHD_queue_response (exchange->connection, (unsigned int) response->status, reply);
  MHD_destroy_response (reply);
  server->config.log (exchange->request, response, server->config.data);
  return result;
}

enum MHD_Result
pn_server_refuse (PnExchange *exchange, int status, const char *detail)
{
  g_autoptr (PnResponse) response = pn_response_new ();
  PnServer *server = exchange->server;

  server->config.refuse (exchange->request, response, status, detail, server->config.data);
  pn_response_finish (response, exchange->request);
  return pn_server_answer (exchange, response, TRUE);
}
