#include "gateway/web/server.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"

/* A server whose handler can be held at a gate: tests wait for states, never for time. */
typedef struct {
  PnServerConfig config;
  PnServer *server;
  guint port;
  GMutex lock;
  GCond changed;
  guint held;       /* handlers that stand at the gate */
  gboolean is_open; /* the gate */
  guint handled;
  guint workers;
  PnStream *stream;
} Fixture;

static gboolean
begin (PnRequest *request, PnResponse *response, gint64 *body_limit, gpointer data)
{
  *body_limit = 1000;
  return TRUE;
}

static void
handle (PnRequest *request, PnResponse *response, gpointer state, gpointer data)
{
  Fixture *fixture = data;

  g_mutex_lock (&fixture->lock);
  fixture->handled++;
  if (strcmp (request->path, "/held") == 0) {
    fixture->held++;
    g_cond_broadcast (&fixture->changed);
    while (!fixture->is_open)
      g_cond_wait (&fixture->changed, &fixture->lock);
    fixture->held--;
  }
  g_mutex_unlock (&fixture->lock);
  if (strcmp (request->path, "/stream") == 0)
    pn_response_set_stream (response, "text/event-stream", fixture->stream);
  else
    pn_response_set_text (response, 200, "text/plain; charset=utf-8",
                          g_strdup_printf ("%s %s %u\n", pn_method_name (request->method),
                                           request->path, request->form->fields->len));
}

static void
refuse (PnRequest *request, PnResponse *response, int status, const char *detail, gpointer data)
{
  pn_response_set_text (response, status, "text/plain; charset=utf-8", g_strdup (detail));
}

static gpointer
worker_begin (gpointer data)
{
  Fixture *fixture = data;

  g_mutex_lock (&fixture->lock);
  fixture->workers++;
  g_mutex_unlock (&fixture->lock);
  return fixture;
}

static void
worker_end (gpointer state, gpointer data)
{
  Fixture *fixture = data;

  g_mutex_lock (&fixture->lock);
  fixture->workers--;
  g_mutex_unlock (&fixture->lock);
}

static void
log_nothing (const PnRequest *request, const PnResponse *response, gpointer data)
{
}

static void
start (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_mutex_init (&fixture->lock);
  g_cond_init (&fixture->changed);
  fixture->stream = pn_stream_new ();
  fixture->config.listen = "127.0.0.1:0";
  fixture->config.listen_fd = -1;
  fixture->config.threads = 2;
  if (fixture->config.workers == 0)
    fixture->config.workers = 2;
  fixture->config.begin = begin;
  fixture->config.handle = handle;
  fixture->config.refuse = refuse;
  fixture->config.worker_begin = worker_begin;
  fixture->config.worker_end = worker_end;
  fixture->config.log = log_nothing;
  fixture->config.data = fixture;
  fixture->server = pn_server_start (&fixture->config, &error);
  pn_assert_no_error (error);
  fixture->port = pn_server_port (fixture->server);
}

static void
open_gate (Fixture *fixture)
{
  g_mutex_lock (&fixture->lock);
  fixture->is_open = TRUE;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

static void
wait_held (Fixture *fixture, guint n)
{
  gint64 until = g_get_monotonic_time () + PN_TEST_PATIENCE_SECONDS * G_TIME_SPAN_SECOND;

  g_mutex_lock (&fixture->lock);
  while (fixture->held < n)
    g_assert_true (g_cond_wait_until (&fixture->changed, &fixture->lock, until));
  g_mutex_unlock (&fixture->lock);
}

/* Polls until the server's counts are as wanted: the only way to see libmicrohttpd's own threads. */
static void
wait_active (Fixture *fixture, guint active, guint connections)
{
  gint64 until = g_get_monotonic_time () + PN_TEST_PATIENCE_SECONDS * G_TIME_SPAN_SECOND;
  PnServerCounts counts;

  do {
    pn_server_count (fixture->server, &counts);
    g_assert_cmpint (g_get_monotonic_time (), <, until);
    g_usleep (2000);
  } while (counts.active != active || counts.connections != connections);
}

static void
stop (Fixture *fixture)
{
  open_gate (fixture);
  g_assert_true (pn_server_stop (fixture->server, PN_TEST_PATIENCE_SECONDS * 1000));
  g_assert_cmpuint (fixture->workers, ==, 0);
  pn_stream_unref (fixture->stream);
  g_mutex_clear (&fixture->lock);
  g_cond_clear (&fixture->changed);
}

#define HEAD "Host: a\r\nConnection: close\r\n"

static void
test_smuggling (void)
{
  static const struct {
    const char *request;
    int status;
  } cases[] = {
    { "GET /a HTTP/1.1\r\n" HEAD "\r\n", 200 },
    { "HEAD /a HTTP/1.1\r\n" HEAD "\r\n", 200 },
    { "GET /a?b=c HTTP/1.1\r\n" HEAD "\r\n", 200 },
    { "POST /a HTTP/1.1\r\n" HEAD "Content-Type: application/x-www-form-urlencoded\r\n"
      "Content-Length: 3\r\n\r\nb=c",
      200 },
    { "POST /a HTTP/1.1\r\n" HEAD "Content-Type: application/x-www-form-urlencoded\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\nb=c\r\n0\r\n\r\n",
      200 },
    { "GET /a HTTP/1.1\r\n\r\n", 400 },
    { "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
    { "GET /a HTTP/1.1\r\nHost : a\r\n\r\n", 400 },
    { "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", 400 },
    { "GET /a%00b HTTP/1.1\r\n" HEAD "\r\n", 400 },
    { "GET http://evil/ HTTP/1.1\r\n" HEAD "\r\n", 400 },
    { "GET /a?b=%00 HTTP/1.1\r\n" HEAD "\r\n", 400 },
    { "GET /a?b=%zz HTTP/1.1\r\n" HEAD "\r\n", 400 },
    { "GET /a?b=1&b=2 HTTP/1.1\r\n" HEAD "\r\n", 400 },
    { "POST /a HTTP/1.1\r\n" HEAD "Content-Length: 3\r\nContent-Length: 3\r\n\r\nb=c", 400 },
    { "POST /a HTTP/1.1\r\n" HEAD "Content-Length: 3\r\nContent-Length: 4\r\n\r\nb=c", 400 },
    { "POST /a HTTP/1.1\r\n" HEAD
      "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400 },
    { "POST /a HTTP/1.1\r\n" HEAD "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400 },
    { "POST /a HTTP/1.1\r\n" HEAD
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"
      "0\r\n\r\n",
      400 },
    { "POST /a HTTP/1.1\r\n" HEAD "Content-Length: +3\r\n\r\nb=c", 400 },
    { "POST /a HTTP/1.1\r\n" HEAD "Content-Length: 3, 3\r\n\r\nb=c", 400 },
    { "GET /a HTTP/1.1\r\n" HEAD "X-A: b\r\n c\r\n\r\n", 400 },
    { "GET /a HTTP/1.1\r\n" HEAD "Content-Le: 5\r\n ngth\r\n\r\nabcde", 400 },
    { "GET /a HTTP/1.1\r\n" HEAD "Transfer-Enc: chunked\r\n\toding\r\n\r\n0\r\n\r\n", 400 },
    { "GET /a HTTP/1.1\r\n" HEAD "X(A: b\r\n\r\n", 400 },
    { "GET /a HTTP/1.1\r\n" HEAD "Content-Length: 5\r\n\r\nabcde", 400 },
    { "POST /a HTTP/1.1\r\n" HEAD "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nb=c", 415 },
    { "POST /a HTTP/1.1\r\n" HEAD "Content-Type: application/x-www-form-urlencoded\r\n"
      "Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n",
      413 },
    { "POST /a HTTP/1.1\r\n" HEAD "Content-Type: application/x-www-form-urlencoded\r\n"
      "Content-Length: 99999999999\r\n\r\n",
      413 },
  };
  Fixture fixture = { 0 };

  start (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *answer = pn_testhttp_ask (fixture.port, cases[i].request);

    g_test_message ("%s", cases[i].request);
    g_assert_cmpint (pn_testhttp_status (answer), ==, cases[i].status);
  }
  stop (&fixture);
}

/* Row 66 for people: who sends too much is heard to the end, and then reads why it was refused. */
static void
test_long_body_is_heard (void)
{
  enum { SIZE = 3 * 1024 * 1024 };
  Fixture fixture = { 0 };
  g_autofree char *body = g_strnfill (SIZE, 'x');
  g_autofree char *request = NULL;
  g_autofree char *answer = NULL;

  start (&fixture);
  request = g_strdup_printf ("POST /a HTTP/1.1\r\n" HEAD
                             "Content-Type: application/x-www-form-urlencoded\r\n"
                             "Content-Length: %d\r\n\r\n%s",
                             SIZE, body);
  answer = pn_testhttp_ask (fixture.port, request);
  g_assert_cmpint (pn_testhttp_status (answer), ==, 413);
  g_assert_nonnull (strstr (pn_testhttp_body (answer), "too long"));
  g_assert_cmpuint (fixture.handled, ==, 0);
  stop (&fixture);
}

static void
test_strict_headers (void)
{
  static const char *const names[] = { "Content-Security-Policy", "X-Content-Type-Options",
                                       "Referrer-Policy", "Cache-Control" };
  Fixture fixture = { 0 };
  g_autofree char *answer = NULL;

  start (&fixture);
  answer = pn_testhttp_ask (fixture.port, "GET /a HTTP/1.1\r\n" HEAD "\r\n");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *value = pn_testhttp_header (answer, names[i]);

    g_assert_nonnull (value);
  }
  g_assert_cmpstr (pn_testhttp_body (answer), ==, "GET /a 0\n");
  stop (&fixture);
}

static void
test_keeps_connection (void)
{
  Fixture fixture = { 0 };
  int fd;

  start (&fixture);
  fd = pn_testhttp_connect (fixture.port);
  for (int i = 0; i < 5; i++) {
    g_autofree char *answer = NULL;

    pn_testhttp_send (fd, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = pn_testhttp_read_answer (fd);
    g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
  }
  close (fd);
  stop (&fixture);
}

/* A client that goes on sending a byte now and then, whatever is said to it, loses its connection. */
static void
drip (Fixture *fixture, const char *start_text)
{
  int fd = pn_testhttp_connect (fixture->port);
  gint64 until = g_get_monotonic_time () + PN_TEST_PATIENCE_SECONDS * G_TIME_SPAN_SECOND;
  gboolean is_over = FALSE;

  pn_testhttp_send (fd, start_text);
  while (!is_over && g_get_monotonic_time () < until) {
    char c;

    is_over = send (fd, "a", 1, MSG_NOSIGNAL) != 1;
    g_usleep (20000);
    is_over = is_over || recv (fd, &c, 1, MSG_DONTWAIT) == 0;
  }
  g_assert_true (is_over);
  close (fd);
}

static void
test_slow_head (void)
{
  Fixture fixture = { .config = { .head_milliseconds = 300 } };

  start (&fixture);
  drip (&fixture, "GET /a HTTP/1.1\r\nHost: ");
  drip (&fixture, "GET /");
  wait_active (&fixture, 0, 0);
  stop (&fixture);
}

static void
test_slow_body (void)
{
  Fixture fixture = { .config = { .body_milliseconds = 300 } };

  start (&fixture);
  drip (&fixture,
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 900\r\n\r\nb=");
  wait_active (&fixture, 0, 0);
  g_assert_cmpuint (fixture.handled, ==, 0);
  stop (&fixture);
}

static void
test_connections_per_client (void)
{
  Fixture fixture = { .config = { .per_client = 4 } };
  int fds[10];
  int answered = 0;

  start (&fixture);
  for (int i = 0; i < 10; i++) {
    g_autofree char *answer = NULL;

    fds[i] = pn_testhttp_connect (fixture.port);
    pn_testhttp_send (fds[i], "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = pn_testhttp_read_answer (fds[i]);
    answered += pn_testhttp_status (answer) == 200 ? 1 : 0;
  }
  g_assert_cmpint (answered, ==, 4);
  for (int i = 0; i < 10; i++)
    close (fds[i]);
  stop (&fixture);
}

static void
test_stream (void)
{
  Fixture fixture = { 0 };
  g_autoptr (GString) all = g_string_new ("");
  g_autofree char *rest = NULL;
  int fd;
  char c;

  start (&fixture);
  fd = pn_testhttp_connect (fixture.port);
  pn_testhttp_send (fd, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 3; i++) {
    g_autofree char *event = g_strdup_printf ("data: %d\n\n", i);

    pn_stream_write (fixture.stream, event);
    while (strstr (all->str, event) == NULL && recv (fd, &c, 1, 0) == 1)
      g_string_append_c (all, c);
    g_assert_nonnull (strstr (all->str, event));
  }
  pn_stream_end (fixture.stream);
  rest = pn_testhttp_read_all (fd);
  g_assert_nonnull (strstr (rest, "0\r\n\r\n"));
  close (fd);
  stop (&fixture);
}

/* The listener has gone quiet: what connects now gets nothing, whatever else goes on. */
static void
test_stop_idle_and_streams (void)
{
  Fixture fixture = { 0 };
  int idle;
  int streaming;
  g_autofree char *head = NULL;
  g_autofree char *rest = NULL;

  start (&fixture);
  idle = pn_testhttp_connect (fixture.port);
  pn_testhttp_send (idle, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  head = pn_testhttp_read_answer (idle);
  g_assert_cmpint (pn_testhttp_status (head), ==, 200);
  streaming = pn_testhttp_connect (fixture.port);
  pn_testhttp_send (streaming, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  wait_active (&fixture, 1, 2);
  stop (&fixture);
  rest = pn_testhttp_read_all (streaming);
  g_assert_cmpint (pn_testhttp_status (rest), ==, 200);
  g_assert_true (g_str_has_suffix (rest, "0\r\n\r\n"));
  close (idle);
  close (streaming);
}

static gpointer
stop_in_thread (gpointer data)
{
  Fixture *fixture = data;

  return GINT_TO_POINTER (pn_server_stop (fixture->server, PN_TEST_PATIENCE_SECONDS * 1000));
}

/* Stopping waits for handlers that run: their clients get whole answers. */
static void
test_stop_waits_for_handlers (void)
{
  Fixture fixture = { .config = { .workers = 3 } };
  GThread *thread;
  int fds[3];

  start (&fixture);
  for (int i = 0; i < 3; i++) {
    fds[i] = pn_testhttp_connect (fixture.port);
    pn_testhttp_send (fds[i], "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  wait_held (&fixture, 3);
  thread = g_thread_new ("stop", stop_in_thread, &fixture);
  open_gate (&fixture);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  for (int i = 0; i < 3; i++) {
    g_autofree char *answer = pn_testhttp_read_answer (fds[i]);

    g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
    close (fds[i]);
  }
  pn_stream_unref (fixture.stream);
}

/* A server whose handlers did not end is never freed: they may still look at it. */
static PnServer *abandoned;

/* A handler that hangs, and one that waits behind it, are answered in their stead; their results are dropped later. */
static void
test_stop_abandons_handlers (void)
{
  Fixture fixture = { .config = { .workers = 1 } };
  int fds[2];
  gint64 until = g_get_monotonic_time () + PN_TEST_PATIENCE_SECONDS * G_TIME_SPAN_SECOND;
  guint workers = 1;

  start (&fixture);
  for (int i = 0; i < 2; i++) {
    fds[i] = pn_testhttp_connect (fixture.port);
    pn_testhttp_send (fds[i], "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  wait_held (&fixture, 1);
  wait_active (&fixture, 2, 2);
  g_assert_false (pn_server_stop (fixture.server, 1));
  abandoned = fixture.server;
  for (int i = 0; i < 2; i++) {
    g_autofree char *answer = pn_testhttp_read_all (fds[i]);

    g_assert_true (pn_testhttp_status (answer) == 503 || *answer == '\0');
    close (fds[i]);
  }
  open_gate (&fixture);
  while (workers > 0) {
    g_mutex_lock (&fixture.lock);
    workers = fixture.workers;
    g_mutex_unlock (&fixture.lock);
    g_assert_cmpint (g_get_monotonic_time (), <, until);
    g_usleep (2000);
  }
  g_assert_cmpuint (fixture.handled, ==, 1);
  g_assert_nonnull (abandoned);
  pn_stream_unref (fixture.stream);
}

typedef struct {
  guint port;
  gint is_over;
  gint answers;
} Load;

static void
ask_once (Load *load)
{
  int fd = pn_testhttp_try_connect (load->port);

  if (fd < 0)
    return; /* it has stopped */
  for (int i = 0; i < 10; i++) {
    g_autofree char *answer = NULL;

    pn_testhttp_send (fd, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = pn_testhttp_read_answer (fd);
    if (answer == NULL)
      break;
    g_atomic_int_inc (&load->answers);
  }
  close (fd);
}

static gpointer
make_load (gpointer data)
{
  Load *load = data;

  while (!g_atomic_int_get (&load->is_over))
    ask_once (load);
  return NULL;
}

/* Under load, again and again: it ends, and so does every thread of it. */
static void
test_stop_under_load (void)
{
  for (int round = 0; round < 5; round++) {
    Fixture fixture = { 0 };
    Load load = { 0 };
    GThread *threads[4];

    start (&fixture);
    fixture.is_open = TRUE;
    load.port = fixture.port;
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      threads[i] = g_thread_new ("load", make_load, &load);
    while (g_atomic_int_get (&load.answers) < 50)
      g_usleep (1000);
    stop (&fixture);
    g_atomic_int_set (&load.is_over, 1);
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      g_thread_join (threads[i]);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/server/row-66-long-body-is-heard", test_long_body_is_heard);
  g_test_add_func ("/web/server/smuggling", test_smuggling);
  g_test_add_func ("/web/server/strict-headers", test_strict_headers);
  g_test_add_func ("/web/server/keeps-connection", test_keeps_connection);
  g_test_add_func ("/web/server/slow-head", test_slow_head);
  g_test_add_func ("/web/server/slow-body", test_slow_body);
  g_test_add_func ("/web/server/connections-per-client", test_connections_per_client);
  g_test_add_func ("/web/server/stream", test_stream);
  g_test_add_func ("/web/server/stop/idle-and-streams", test_stop_idle_and_streams);
  g_test_add_func ("/web/server/stop/waits-for-handlers", test_stop_waits_for_handlers);
  g_test_add_func ("/web/server/stop/abandons-handlers", test_stop_abandons_handlers);
  g_test_add_func ("/web/server/stop/under-load", test_stop_under_load);
  return g_test_run ();
}
