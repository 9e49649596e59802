/* Server: HTTP over libmicrohttpd, which does the reading and writing in a few epoll threads. A handler runs in a worker
 * while its connection is suspended, so that no query holds up other connections.
 *
 *   head ─► begin () ─► body into a form ─► worker: handle () ─► answer
 *      └ ambiguous, too large, unknown host: refused without a handler, and the connection ends
 *
 * Stopping is a sequence, each step complete before the next, so that it neither hangs nor pulls anything away from under
 * a running handler: 1 no new connections, answers close theirs; 2 event streams end; 3 running handlers finish, until
 * the deadline; 4 what still runs is answered 503 in its stead and its result is dropped; 5 the threads of I/O end;
 * 6 the workers end. libmicrohttpd must have no suspended connection at 5: 4 is what makes that sure.
 */
#pragma once

#include "gateway/web/response.h"

typedef struct PnServer PnServer;

typedef struct {
  const char *
      listen; /* "127.0.0.1:8800", "[::1]:0" (0: any free port), "unix:/path"; not used with listen_fd */
  int listen_fd;              /* -1, or a listening socket (taken) */
  guint threads;              /* of I/O */
  guint workers;              /* handlers at a time */
  guint connections;          /* at a time; 0: 1,000 */
  guint per_client;           /* connections of one address that is no proxy; 0: no limit */
  gint64 head_milliseconds;   /* for a head to come, and for idling between requests; 0: 30 s */
  gint64 body_milliseconds;   /* for a body, and 1 s more for each 32 KiB of it; 0: 30 s */
  gint64 answer_milliseconds; /* for taking the answer, likewise; 0: 60 s */
  const char *const *proxies; /* see pn_request_set_client () */

  /* In a thread of I/O: may not block. Sets request->route and the limit of the body. FALSE: @response is the answer. */
  gboolean (*begin) (PnRequest *request, PnResponse *response, gint64 *body_limit, gpointer data);
  /* In a worker. */
  void (*handle) (PnRequest *request, PnResponse *response, gpointer state, gpointer data);
  /* In a thread of I/O: fills @response for what the server itself refuses. */
  void (*refuse) (PnRequest *request, PnResponse *response, int status, const char *detail,
                  gpointer data);
  gpointer (*worker_begin) (gpointer data);
  void (*worker_end) (gpointer state, gpointer data);
  /* When an answer is on its way, for the access log. In any thread. */
  void (*log) (const PnRequest *request, const PnResponse *response, gpointer data);
  gpointer data;
} PnServerConfig;

/* Starts to listen. @config and what it borrows must outlive the server. Returns: (owned) NULL with TEMPORARY when the
 * address can't be used, INVALID when it is none. */
PnServer *pn_server_start (const PnServerConfig *config, GError **error);

/* The port that it listens on; 0 for a Unix socket. */
guint pn_server_port (const PnServer *server);

/* Steps 1 to 6. Returns: TRUE when everything ended and is freed; FALSE when a handler hangs: then the process should
 * end, its memory is left alone. */
gboolean pn_server_stop (PnServer *server, gint64 milliseconds);

typedef struct {
  guint connections;
  guint active;    /* requests between head and the end of their answer */
  guint suspended; /* of them, with a handler at work or waiting for one */
} PnServerCounts;

void pn_server_count (PnServer *server, PnServerCounts *counts);
