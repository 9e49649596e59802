/* Exchange: a request on its way in and its answer, as the server's threads see them. Private to server.c and server_answer.c.
 *
 *   new ──head──► reading ──body──► running ──► done ──► answered
 *                                      └─ the server stops ─► abandoned ──► answered
 *
 * The connection holds a reference, and so does the worker. While it runs, the state belongs to the server's lock and
 * the request to the worker; else all belongs to the connection's thread.
 */
#pragma once

#include "gateway/web/form_reader.h"
#include "gateway/web/head.h"
#include "gateway/web/response.h"

struct MHD_Connection;
struct PnServer;

typedef enum {
  PN_EXCHANGE_NEW,
  PN_EXCHANGE_READING,
  PN_EXCHANGE_RUNNING,
  PN_EXCHANGE_DONE,
  PN_EXCHANGE_ABANDONED, /* to be answered in its handler's stead */
  PN_EXCHANGE_ANSWERED,
} PnExchangeState;

typedef struct {
  gint references;
  struct PnServer *server;
  struct MHD_Connection *connection;
  PnExchangeState state;
  gboolean is_active; /* counted by the server */
  GError *problem;    /* of the body: the rest of it is not kept */
  int problem_status;
  PnRequest *request;
  PnResponse *response;
  PnFormReader *reader;
  gint64 body_limit;
  gint64 body_bytes;
  gint64 grace_bytes; /* beyond the limit, that are read and thrown away */
} PnExchange;

PnExchange *pn_exchange_new (struct PnServer *server, struct MHD_Connection *connection,
                             const char *target); /* (owned) one reference */
void pn_exchange_unref (PnExchange *exchange);

/* Fills the request from its head. INVALID when it is ambiguous. */
gboolean pn_exchange_read_head (PnExchange *exchange, const char *method, const char *version,
                                const GArray *fields, PnBodyShape *shape, GError **error);

/* Sets problem for a body that is too long. Returns: TRUE when it should be read all the same, and thrown away: a browser
 * looks at the answer only after it has sent all, and shows an error of its own when the connection ends before. FALSE
 * when it is far too long, or its sender waits to be told. */
gboolean pn_exchange_will_read (PnExchange *exchange, const PnBodyShape *shape);

/* Returns: FALSE when so much too much came that the connection should end. */
gboolean pn_exchange_take_body (PnExchange *exchange, const char *bytes, gsize size_bytes);

/* Makes the request's form. Returns: FALSE with problem and problem_status. */
gboolean pn_exchange_end_body (PnExchange *exchange);
