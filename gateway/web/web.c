#include "gateway/web/web.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "gateway/web/call.h"
#include "gateway/web/routes.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/room.h"
#include "ticketing/schema.h"

#define BODY_BYTES (64 * 1024)
#define TEXT_BODY_BYTES (PN_FORM_MAX_VALUE_BYTES + 64 * 1024)
#define PER_CLIENT 100
#define QUEUE_SECONDS 60

/* A worker's own; its connection is opened when it is first needed, and by the library again when it was lost. */
typedef struct {
  PnDb *db;
  gint64 synced_at; /* monotonic */
} Worker;

static void
refuse (PnRequest *request, PnResponse *response, int status, const char *detail, gpointer data)
{
  pn_problem_fill (data, request, response, status, detail);
}

/* On this machine the names of loopback will do too: for probes, and for whoever looks without the proxy. */
static gboolean
is_loopback_name (const char *host)
{
  static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    gsize size = strlen (names[i]);

    if (g_ascii_strncasecmp (host, names[i], size) == 0
        && (host[size] == '\0' || host[size] == ':'))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_our_host (const PnWeb *web, const PnRequest *request)
{
  const char *host = pn_request_header (request, "host");

  return !web->config.checks_host || g_ascii_strcasecmp (host, web->host) == 0
         || (request->is_local && is_loopback_name (host));
}

/* What is not there, asked for by somebody who may be logged in: a worker looks whether it has to be a page of the desk. */
static const PnRoute lost_route = { PN_METHOD_GET, "-", pn_call_not_found, PN_WHO_ANYONE, 0,
                                    NULL,          NULL };

static gboolean
may_be_staff (const PnRequest *request)
{
  return request->method == PN_METHOD_GET && g_str_has_prefix (request->path, "/desk/")
         && pn_request_header (request, "cookie") != NULL;
}

/* HEAD and GET share their routes; other methods on a known path are 405. */
static gboolean
begin (PnRequest *request, PnResponse *response, gint64 *body_limit, gpointer data)
{
  PnWeb *web = data;
  gboolean is_known;

  g_atomic_int_inc (&web->requests);
  request->route = pn_router_find (pn_routes, pn_n_routes, request->method, request->path,
                                   &request->match, &is_known);
  request->near = request->route != NULL
                      ? request->route->flags
                      : pn_router_flags_near (pn_routes, pn_n_routes, request->path);
  if (!is_our_host (web, request)) {
    refuse (request, response, 421, "this is not the host that you asked for", web);
    return FALSE;
  }
  if (!pn_limit_take (web->limit, PN_LIMIT_ANY, request->client)) {
    refuse (request, response, 429, "", web);
    return FALSE;
  }
  if (request->route == NULL && !is_known && may_be_staff (request))
    request->route = &lost_route;
  if (request->route == NULL) {
    refuse (request, response, is_known ? 405 : 404, "", web);
    return FALSE;
  }
  if (request->route->flags & PN_ROUTE_UPLOAD)
    *body_limit = web->config.upload_limit_bytes;
  else
    *body_limit = BODY_BYTES;
  return TRUE;
}

/* Where the database could not be prepared, web alone is started, to say so. Asked until all is well, and then never
 * again: another node may be upgraded first.
 * FALSE with PERMANENT and a sentence for staff. */
static gboolean
check_schema (PnWeb *web, PnDb *db, GError **error)
{
  gsize n = 0;
  gsize pending = 0;
  const PnMigration *migrations = pn_schema (&n);

  if (g_atomic_int_get (&web->knows_schema))
    return TRUE;
  if (!pn_migrate_pending (db, migrations, n, &pending, error))
    return FALSE;
  if (pending > 0) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the database is older than this program");
    return FALSE;
  }
  g_atomic_int_set (&web->knows_schema, 1);
  return TRUE;
}

static gboolean
open_database (PnWeb *web, Worker *worker, GError **error)
{
  gint64 now = g_get_monotonic_time ();

  if (worker->db == NULL)
    worker->db = pn_db_open (&web->config.target, error);
  if (worker->db == NULL || !check_schema (web, worker->db, error))
    return FALSE;
  if (worker->synced_at == 0 || now - worker->synced_at > QUEUE_SECONDS * G_TIME_SPAN_SECOND) {
    if (!pn_db_sync_clock (worker->db, error))
      return FALSE;
    worker->synced_at = now;
  }
  return TRUE;
}

static gboolean
check_fields (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  const PnRoute *route = call->request->route;

  if (pn_form_allow (call->request->query, route->query, &error)
      && pn_form_allow (call->request->form, route->form, &error))
    return TRUE;
  pn_call_problem (call, 400, error->message);
  return FALSE;
}

static gboolean
check_rate (PnCall *call)
{
  if (call->request->form->uploads->len == 0
      || pn_limit_take (call->web->limit, PN_LIMIT_UPLOAD, call->request->client))
    return TRUE;
  pn_call_problem (call, 429, "");
  return FALSE;
}

/* What a program asks for; an agent's own; else what the address or a cookie asks for; else the browser's. */
static void
choose_language (PnCall *call)
{
  PnTemplates *templates = call->web->config.templates;
  const char *asked = call->is_api ? pn_request_header (call->request, "accept-language")
                                   : pn_call_query (call, "language");
  g_autofree char *kept = pn_auth_chosen_language (call);

  if (call->is_api && asked != NULL)
    call->language = g_strdup (pn_templates_negotiate (templates, asked));
  else if (call->agent != NULL && call->agent->language != NULL && *call->agent->language != '\0')
    call->language = g_strdup (call->agent->language);
  else if (asked != NULL || kept != NULL)
    call->language = g_strdup (pn_templates_negotiate (templates, asked != NULL ? asked : kept));
  else
    call->language = g_strdup (
        pn_templates_negotiate (templates, pn_request_header (call->request, "accept-language")));
}

/* Is there room for a change, and for the files with it? Who logs in may want to see what is wrong. */
static gboolean
check_room (PnCall *call)
{
  const PnRequest *request = call->request;
  gint64 needed_bytes = request->form->uploads->len > 0 ? PN_ROOM_TAKE_BYTES : PN_ROOM_RUN_BYTES;
  g_autoptr (GError) error = NULL;

  if (request->method == PN_METHOD_GET || strcmp (request->path, "/desk/login") == 0
      || pn_room_check (call->web->config.room_path, needed_bytes, &error))
    return TRUE;
  pn_log_error (PN_LOG_WARNING, "disk-full", error, "request=%s", request->id);
  pn_call_unavailable (call, "the disk of this server is nearly full; nothing was changed");
  return FALSE;
}

static void
run_lost (PnCall *call)
{
  if (call->db != NULL)
    pn_auth_look (call);
  if (call->agent != NULL)
    choose_language (call);
  pn_call_not_found (call);
}

static void
run (PnCall *call)
{
  if (call->request->route == &lost_route) {
    run_lost (call);
    return;
  }
  if (!pn_auth_check (call))
    return;
  choose_language (call);
  if (call->request->method != PN_METHOD_GET && !pn_auth_check_origin (call))
    return;
  if (check_fields (call) && check_rate (call) && check_room (call))
    call->request->route->handler (call);
}

static void
clear_call (PnCall *call)
{
  pn_agent_free (call->agent);
  pn_access_free (call->access);
  g_free (call->cookie);
  g_free (call->customer_address);
  g_free (call->customer_name);
  g_free (call->language);
  g_clear_pointer (&call->queues, g_ptr_array_unref);
  g_clear_pointer (&call->agents, g_ptr_array_unref);
}

/* Probes answer without a database. */
static gboolean
needs_database (const PnRequest *request)
{
  return ((request->route->flags & PN_ROUTE_QUIET) == 0 && request->route != &lost_route)
         || g_str_has_prefix (request->path, "/inline/") || strcmp (request->path, "/metrics") == 0
         || strcmp (request->path, "/readyz") == 0;
}

/* What is wrong with the database: staff read the reason, the public does not. */
static void
fail_database (PnCall *call, const GError *error)
{
  gboolean is_staff = call->is_api || g_str_has_prefix (call->request->path, "/desk");

  pn_log_error (PN_LOG_WARNING, "database-away", error, "request=%s", call->request->id);
  pn_call_unavailable (call, is_staff && pn_error_is (error, PN_ERROR_PERMANENT)
                                 ? error->message
                                 : "the database does not answer; nothing was lost");
}

static void
handle (PnRequest *request, PnResponse *response, gpointer state, gpointer data)
{
  Worker *worker = state;
  g_autoptr (GError) error = NULL;
  PnCall call = { .web = data, .request = request, .response = response };

  call.is_api = (request->route->flags & PN_ROUTE_API) != 0;
  if (open_database (call.web, worker, &error)) {
    call.db = worker->db;
  } else if (needs_database (request)) {
    fail_database (&call, error);
    return;
  }
  run (&call);
  clear_call (&call);
}

static gpointer
worker_begin (gpointer data)
{
  return g_new0 (Worker, 1);
}

static void
worker_end (gpointer state, gpointer data)
{
  Worker *worker = state;

  pn_db_close (worker->db);
  pn_db_thread_end ();
  g_free (worker);
}

static void
log_request (const PnRequest *request, const PnResponse *response, gpointer data)
{
  PnWeb *web = data;
  gint64 took = (g_get_monotonic_time () - request->started_at) / G_TIME_SPAN_MILLISECOND;
  g_autofree char *client = pn_log_value (request->client);

  if (response->status >= 500)
    g_atomic_int_inc (&web->failures);
  if (request->route != NULL && (request->route->flags & PN_ROUTE_QUIET) && response->status < 500)
    return;
  pn_log (PN_LOG_INFO, "http",
          "method=%s route=%s id=%" G_GINT64_FORMAT " status=%d client=%s took_ms=%" G_GINT64_FORMAT
          " request=%s",
          pn_method_name (request->method), request->route != NULL ? request->route->pattern : "-",
          request->match.id, response->status, client, took, request->id);
}

static char *
host_of (const char *url)
{
  const char *slashes = strstr (url, "://");
  const char *host = slashes != NULL ? slashes + 3 : url;

  return g_ascii_strdown (host, (gssize) strcspn (host, "/"));
}

static void
web_free (PnWeb *web)
{
  pn_live_free (web->live);
  pn_limit_free (web->limit);
  pn_expect_free (web->expect);
  pn_reading_free (web->reading);
  g_free (web->host);
  g_free (web);
}

PnWeb *
pn_web_start (const PnWebConfig *config, GError **error)
{
  PnWeb *web = g_new0 (PnWeb, 1);
  PnServerConfig server = { .listen = config->listen,
                            .listen_fd = config->listen_fd,
                            .threads = config->threads,
                            .workers = config->workers,
                            .per_client = PER_CLIENT,
                            .proxies = config->proxies,
                            .begin = begin,
                            .handle = handle,
                            .refuse = refuse,
                            .worker_begin = worker_begin,
                            .worker_end = worker_end,
                            .log = log_request,
                            .data = web };

  web->config = *config;
  web->host = host_of (config->url);
  web->is_tls = g_str_has_prefix (config->url, "https://");
  web->limit = pn_limit_new ();
  web->expect = pn_expect_new ();
  web->reading = pn_reading_new ();
  web->live = pn_live_start (&web->config.target);
  web->server = pn_server_start (&server, error);
  if (web->server == NULL) {
    pn_live_end (web->live);
    web_free (web);
    return NULL;
  }
  return web;
}

gboolean
pn_web_stop (PnWeb *web, gint64 milliseconds)
{
  pn_live_end (web->live);
  if (!pn_server_stop (web->server, milliseconds))
    return FALSE;
  web_free (web);
  return TRUE;
}
