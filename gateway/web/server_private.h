/* Server, inside: what server.c (connections, requests, workers, stopping) and server_answer.c (how answers go out, and
 * streams) share. */
#pragma once

#include <microhttpd.h>

#include "gateway/web/acceptor.h"
#include "gateway/web/exchange.h"
#include "gateway/web/reaper.h"
#include "gateway/web/server.h"
#include "gateway/web/workers.h"

struct PnServer {
  PnServerConfig config;
  struct MHD_Daemon *daemon;
  PnAcceptor *acceptor;
  guint port;
  PnReaper *reaper;
  PnWorkers *workers;
  GMutex lock; /* all below, and the state of running exchanges */
  GCond idle;
  guint active;
  GHashTable *running;  /* PnExchange *, their connections are suspended */
  GHashTable *streams;  /* PnExchange * -> PnStream (a reference) */
  gboolean is_stopping; /* answers close their connections */
  gboolean is_closing;  /* no handler is started any more */
};

/* Ends the connection unless the exchange's next step is done by then: @milliseconds and the time that @bytes take on a
 * slow line; 0: no deadline. */
void pn_server_set_deadline (PnExchange *exchange, gint64 milliseconds, gint64 bytes);

/* Queues the answer. @is_last: the connection ends after it. In the connection's thread. */
enum MHD_Result pn_server_answer (PnExchange *exchange, PnResponse *response, gboolean is_last);

/* Answers what no handler will see, and ends the connection. */
enum MHD_Result pn_server_refuse (PnExchange *exchange, int status, const char *detail);
