#include "gateway/web/server.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/web/listen.h"
#include "gateway/web/server_private.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

#define QUEUE_LIMIT 512
#define IDLE_SECONDS 60
/* libmicrohttpd keeps a request's head and its own bookkeeping of it here. */
#define CONNECTION_MEMORY_BYTES (PN_HEAD_LIMIT_BYTES + 16 * 1024)

static char *
peer_of (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

  return pn_listen_address_text (info != NULL ? info->client_addr : NULL);
}

typedef struct {
  GArray *fields; /* of PnHeadField */
  gboolean is_folded;
} HeadScan;

/* A folded line is glued to the header's name, which moves it away from its value (SPIKES: obs-fold): in what was read
 * as it stands, the value follows its name after a NUL in the colon's place and blanks. */
static enum MHD_Result
scan_field (void *data, enum MHD_ValueKind kind, const char *name, size_t name_bytes,
            const char *value, size_t value_bytes)
{
  HeadScan *scan = data;
  PnHeadField field = { name, name_bytes, value != NULL ? value : "", value_bytes };
  const char *at = name + name_bytes + 1;

  if (value != NULL) {
    guintptr gap = (guintptr) value - (guintptr) at;

    if ((guintptr) value < (guintptr) at || gap > PN_HEAD_LIMIT_BYTES)
      scan->is_folded = TRUE;
    for (guintptr i = 0; !scan->is_folded && i < gap; i++)
      scan->is_folded = at[i] != ' ' && at[i] != '\t' && at[i] != '\0';
  }
  g_array_append_val (scan->fields, field);
  return MHD_YES;
}

static gboolean
read_head (PnExchange *exchange, const char *method, const char *version, PnBodyShape *shape,
           GError **error)
{
  g_autoptr (GArray) fields = g_array_new (FALSE, FALSE, sizeof (PnHeadField));
  HeadScan scan = { fields, FALSE };
  g_autofree char *peer = peer_of (exchange->connection);

  MHD_get_connection_values_n (exchange->connection, MHD_HEADER_KIND, scan_field, &scan);
  if (!pn_exchange_read_head (exchange, method, version, fields, shape, error))
    return FALSE;
  if (scan.is_folded) {
    pn_error_set (error, PN_ERROR_INVALID, "a header goes over several lines");
    return FALSE;
  }
  pn_request_set_client (exchange->request, peer, exchange->server->config.proxies);
  return TRUE;
}

static enum MHD_Result
begin_exchange (PnExchange *exchange, const char *method, const char *version)
{
  PnServer *server = exchange->server;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnResponse) response = pn_response_new ();
  PnBodyShape shape;

  g_mutex_lock (&server->lock);
  server->active++;
  g_mutex_unlock (&server->lock);
  exchange->is_active = TRUE;
  if (!read_head (exchange, method, version, &shape, &error))
    return pn_server_refuse (exchange, 400, error->message);
  if (!server->config.begin (exchange->request, response, &exchange->body_limit,
                             server->config.data)) {
    pn_response_finish (response, exchange->request);
    return pn_server_answer (exchange, response, shape.is_chunked || shape.content_length > 0);
  }
  if (!pn_exchange_will_read (exchange, &shape))
    return pn_server_refuse (exchange, 413, "the body is too long");
  exchange->reader = pn_form_reader_new (pn_request_header (exchange->request, "content-type"),
                                         exchange->body_limit, &error);
  if (exchange->reader == NULL)
    return pn_server_refuse (exchange, 415, error->message);
  exchange->state = PN_EXCHANGE_READING;
  pn_server_set_deadline (exchange, server->config.body_milliseconds,
                          MAX (shape.content_length, shape.is_chunked ? exchange->body_limit : 0));
  return MHD_YES;
}

/* Gives a whole request to a worker, and its connection to sleep. */
static enum MHD_Result
start_handler (PnExchange *exchange)
{
  PnServer *server = exchange->server;
  gboolean is_started = FALSE;

  pn_server_set_deadline (exchange, 0, 0);
  g_mutex_lock (&server->lock);
  if (!server->is_closing) {
    exchange->state = PN_EXCHANGE_RUNNING;
    g_atomic_int_inc (&exchange->references);
    /* a worker that is done at once waits for the lock, and so for the connection to be asleep */
    is_started = pn_workers_add (server->workers, exchange);
    if (is_started) {
      MHD_suspend_connection (exchange->connection);
      g_hash_table_add (server->running, exchange);
    } else {
      g_atomic_int_add (&exchange->references, -1);
    }
  }
  g_mutex_unlock (&server->lock);
  return is_started ? MHD_YES
                    : pn_server_refuse (exchange, 503,
                                        "the gateway has more to do than it can manage now");
}

static enum MHD_Result
end_body (PnExchange *exchange)
{
  if (!pn_exchange_end_body (exchange))
    return pn_server_refuse (exchange, exchange->problem_status, exchange->problem->message);
  return start_handler (exchange);
}

static void
run_handler (gpointer job, gpointer state, gpointer data)
{
  PnExchange *exchange = job;
  PnServer *server = exchange->server;
  PnRequest *request;

  g_mutex_lock (&server->lock);
  request = g_hash_table_contains (server->running, exchange) ? exchange->request : NULL;
  g_mutex_unlock (&server->lock);
  if (request == NULL) { /* abandoned before it began */
    pn_exchange_unref (exchange);
    return;
  }
  exchange->response = pn_response_new ();
  server->config.handle (request, exchange->response, state, server->config.data);
  pn_response_finish (exchange->response,
                      request); /* here, so that no other connection waits for gzip */
  g_mutex_lock (&server->lock);
  if (g_hash_table_remove (server->running, exchange)) {
    exchange->state = PN_EXCHANGE_DONE;
    MHD_resume_connection (exchange->connection);
  }
  g_mutex_unlock (&server->lock);
  pn_exchange_unref (exchange);
}

static gpointer
worker_begin (gpointer data)
{
  PnServer *server = data;

  return server->config.worker_begin (server->config.data);
}

static void
worker_end (gpointer state, gpointer data)
{
  PnServer *server = data;

  server->config.worker_end (state, server->config.data);
}

static PnExchangeState
state_of (PnExchange *exchange)
{
  PnExchangeState state;

  g_mutex_lock (&exchange->server->lock);
  state = exchange->state;
  g_mutex_unlock (&exchange->server->lock);
  return state;
}

static enum MHD_Result
abandon (PnExchange *exchange)
{
  g_autoptr (PnRequest) request = pn_request_new ();
  PnRequest *kept = exchange->request;
  enum MHD_Result result;

  /* the handler still reads its own */
  exchange->request = request;
  result = pn_server_refuse (exchange, 503, "the gateway is stopping");
  exchange->request = kept;
  return result;
}

static enum MHD_Result
on_request (void *data, struct MHD_Connection *connection, const char *url, const char *method,
            const char *version, const char *upload, size_t *upload_bytes, void **context)
{
  PnExchange *exchange = *context;
  gboolean is_fine;

  switch (state_of (exchange)) {
  case PN_EXCHANGE_NEW: return begin_exchange (exchange, method, version);
  case PN_EXCHANGE_READING:
    if (*upload_bytes == 0)
      return end_body (exchange);
    is_fine = pn_exchange_take_body (exchange, upload, *upload_bytes);
    *upload_bytes = 0;
    return is_fine ? MHD_YES : MHD_NO;
  case PN_EXCHANGE_DONE: return pn_server_answer (exchange, exchange->response, FALSE);
  case PN_EXCHANGE_ABANDONED: return abandon (exchange);
  case PN_EXCHANGE_RUNNING:
  case PN_EXCHANGE_ANSWERED: *upload_bytes = 0; return MHD_YES;
  }
  return MHD_NO;
}

static void *
on_target (void *data, const char *target, struct MHD_Connection *connection)
{
  return pn_exchange_new (data, connection, target);
}

static void
on_completed (void *data, struct MHD_Connection *connection, void **context,
              enum MHD_RequestTerminationCode code)
{
  PnServer *server = data;
  PnExchange *exchange = *context;
  g_autoptr (PnStream) stream = NULL;

  if (exchange == NULL)
    return;
  *context = NULL;
  pn_server_set_deadline (exchange, server->config.head_milliseconds, 0);
  g_mutex_lock (&server->lock);
  stream = g_hash_table_lookup (server->streams, exchange);
  g_hash_table_steal (server->streams, exchange);
  if (exchange->is_active && --server->active == 0)
    g_cond_broadcast (&server->idle);
  g_mutex_unlock (&server->lock);
  if (stream != NULL)
    pn_stream_detach (stream);
  pn_exchange_unref (exchange);
}

static void
on_connection (void *data, struct MHD_Connection *connection, void **context,
               enum MHD_ConnectionNotificationCode code)
{
  PnServer *server = data;

  switch (code) {
  case MHD_CONNECTION_NOTIFY_STARTED: {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    g_autofree char *peer = peer_of (connection);

    *context = pn_reaper_join (server->reaper, info->connect_fd,
                               pn_address_in (peer, server->config.proxies) ? NULL : peer);
    pn_reaper_set_deadline (server->reaper, *context, server->config.head_milliseconds);
    break;
  }
  case MHD_CONNECTION_NOTIFY_CLOSED:
    if (*context != NULL)
      pn_reaper_leave (server->reaper, *context);
    *context = NULL;
    break;
  }
}

G_GNUC_PRINTF (2, 0)
static void
on_log (void *data, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_autofree char *value = pn_log_value (g_strchomp (text));

  pn_log (PN_LOG_DEBUG, "http-library", "text=%s", value);
}

/* The library closes the connection itself when it can't take it. */
static void
on_accept (int fd, const struct sockaddr *address, socklen_t size, gpointer data)
{
  PnServer *server = data;

  MHD_add_connection (server->daemon, fd, address, size);
}

static gboolean
start_daemon (PnServer *server, GError **error)
{
  const PnServerConfig *config = &server->config;
  struct MHD_OptionItem options[] = {
    { MHD_OPTION_CONNECTION_LIMIT, config->connections, NULL },
    { MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES, NULL },
    { MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL },
    { MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
    { config->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, config->threads, NULL },
    { MHD_OPTION_END, 0, NULL },
  };

  server->daemon = MHD_start_daemon (MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME
                                         | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG,
                                     0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER,
                                     on_log, server, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
                                     MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
                                     MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
                                     MHD_OPTION_ARRAY, options, MHD_OPTION_END);
  if (server->daemon == NULL) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "can't start the web server: %s", g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

static void
server_free (PnServer *server)
{
  pn_reaper_free (server->reaper);
  g_hash_table_unref (server->running);
  g_hash_table_unref (server->streams);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->idle);
  g_free (server);
}

PnServer *
pn_server_start (const PnServerConfig *config, GError **error)
{
  PnServer *server = g_new0 (PnServer, 1);
  int listen_fd = config->listen_fd;

  server->config = *config;
  server->config.connections = config->connections ?: 1000;
  server->config.head_milliseconds = config->head_milliseconds ?: 30 * 1000;
  server->config.body_milliseconds = config->body_milliseconds ?: 30 * 1000;
  server->config.answer_milliseconds = config->answer_milliseconds ?: 60 * 1000;
  g_mutex_init (&server->lock);
  g_cond_init (&server->idle);
  server->running = g_hash_table_new (NULL, NULL);
  server->streams = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) pn_stream_unref);
  server->reaper = pn_reaper_new (config->per_client);
  if (listen_fd < 0 && !pn_listen_open (config->listen, &listen_fd, error)) {
    server_free (server);
    return NULL;
  }
  server->port = pn_listen_port (listen_fd);
  server->workers = pn_workers_new (&(PnWorkersConfig){ worker_begin, run_handler, worker_end,
                                                        server, config->workers, QUEUE_LIMIT });
  if (!start_daemon (server, error)) {
    close (listen_fd);
    pn_workers_end (server->workers, G_MAXINT32);
    server_free (server);
    return NULL;
  }
  server->acceptor = pn_acceptor_start (listen_fd, on_accept, server);
  return server;
}

guint
pn_server_port (const PnServer *server)
{
  return server->port;
}

static void
end_streams (PnServer *server)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_stream_unref);
  GHashTableIter iter;
  gpointer stream;

  g_mutex_lock (&server->lock);
  g_hash_table_iter_init (&iter, server->streams);
  while (g_hash_table_iter_next (&iter, NULL, &stream))
    g_ptr_array_add (streams, pn_stream_ref (stream));
  g_mutex_unlock (&server->lock);
  for (guint i = 0; i < streams->len; i++)
    pn_stream_end (streams->pdata[i]);
}

/* From here on nothing is suspended: what runs is answered in its stead, what comes is refused. */
static void
close_exchanges (PnServer *server, gint64 until)
{
  GHashTableIter iter;
  gpointer key;

  g_mutex_lock (&server->lock);
  while (server->active > 0 && g_cond_wait_until (&server->idle, &server->lock, until))
    ;
  server->is_closing = TRUE;
  g_hash_table_iter_init (&iter, server->running);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    PnExchange *exchange = key;

    exchange->state = PN_EXCHANGE_ABANDONED;
    MHD_resume_connection (exchange->connection);
    g_hash_table_iter_remove (&iter);
  }
  g_mutex_unlock (&server->lock);
}

gboolean
pn_server_stop (PnServer *server, gint64 milliseconds)
{
  gint64 until = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;
  gint64 left;

  g_mutex_lock (&server->lock);
  server->is_stopping = TRUE;
  g_mutex_unlock (&server->lock);
  pn_acceptor_end (server->acceptor);
  end_streams (server);
  close_exchanges (server, until);
  MHD_stop_daemon (server->daemon);
  left = (until - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;
  if (!pn_workers_end (server->workers, MAX (left, 100)))
    return FALSE;
  server_free (server);
  return TRUE;
}

void
pn_server_count (PnServer *server, PnServerCounts *counts)
{
  counts->connections = pn_reaper_count (server->reaper);
  g_mutex_lock (&server->lock);
  counts->active = server->active;
  counts->suspended = g_hash_table_size (server->running);
  g_mutex_unlock (&server->lock);
}
