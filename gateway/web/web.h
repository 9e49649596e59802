/* Web: the pages and the API as a whole: what every request needs, and the way a request takes.
 *
 *   head ─► host known? ─► route ─► (body) ─► who asks ─► fields allowed ─► CSRF ─► handler ─► document ─► page or JSON
 *
 * Everything here is set before the server starts and only read afterwards, but for what has a lock of its own.
 */
#pragma once

#include "gateway/web/expect.h"
#include "gateway/web/limit.h"
#include "gateway/web/live.h"
#include "gateway/web/reading.h"
#include "gateway/web/server.h"
#include "templates/template.h"
#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"

typedef struct {
  PnDbTarget target;         /* (borrowed) */
  const PnSecret *token_key; /* (borrowed) of PN_KEY_TOKEN */
  PnTemplates *templates;    /* (borrowed) */
  const char *listen;
  int listen_fd;        /* -1: none */
  const char *url;      /* "https://help.example.org": links begin with it */
  gboolean checks_host; /* requests for another host than that of @url get 421 */
  const char *const *proxies;
  const char *const *webhook_hosts; /* that may be private; NULL: none */
  const char *run_path;             /* for health and wake-ups; NULL: none */
  const char *room_path;            /* where the private database lies (room.h); NULL: none */
  gint64 upload_limit_bytes;
  guint threads;
  guint workers;
} PnWebConfig;

typedef struct {
  PnWebConfig config;
  char *host;      /* of the url, in lower case, with the port where it stands there */
  gboolean is_tls; /* the url begins with https: cookies are __Host- and Secure */
  PnLimit *limit;
  PnLive *live;
  PnExpect *expect;
  PnReading *reading;
  PnServer *server;
  gint requests; /* atomic, for /metrics */
  gint failures;
  gint patient;      /* atomic: workers that wait for the clerk */
  gint knows_schema; /* atomic: the database was seen to be as this program wants it */
} PnWeb;

/* Starts to serve. @config and what it borrows outlive it. Returns: (owned) NULL as pn_server_start (). */
PnWeb *pn_web_start (const PnWebConfig *config, GError **error);

/* Ends event streams and the server. FALSE: a handler hangs, the process should end. */
gboolean pn_web_stop (PnWeb *web, gint64 milliseconds);
