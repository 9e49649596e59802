#include "gateway/web/call.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "gateway/web/nav.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/room.h"
#include "ticketing/core/text.h"

#define HTML "text/html; charset=utf-8"
#define JSON "application/json"
#define SAYS_DISK_FULL "the disk of this server is full; nothing was lost"

static const struct {
  int status;
  const char *kind;
  const char *title;
} problems[] = {
  { 400, "invalid", "This can't be understood" },
  { 401, "login", "A valid token is needed" },
  { 403, "denied", "This is not allowed" },
  { 404, "not_found", "There is nothing here" },
  { 405, "method", "This can't be done here" },
  { 409, "conflict", "Somebody else was faster" },
  { 413, "too_large", "This is too large" },
  { 415, "invalid", "This can't be read" },
  { 421, "invalid", "This is another server" },
  { 422, "invalid", "This was used for something else" },
  { 429, "too_many", "Too many requests" },
  { 503, "busy", "Not now" },
  { 500, "failed", "Something went wrong" },
};

const char *
pn_call_field (const PnCall *call, const char *name)
{
  return pn_form_value (call->request->form, name);
}

json_t *
pn_call_gather (const PnCall *call, const char *prefix, const char *const *texts,
                const char *const *documents)
{
  json_t *object = json_object ();

  for (gsize i = 0; texts[i] != NULL; i++) {
    g_autofree char *name = g_strconcat (prefix, ".", texts[i], NULL);

    if (pn_call_field (call, name) != NULL)
      pn_json_set (object, texts[i], pn_json_text (pn_call_field (call, name)));
  }
  for (gsize i = 0; documents[i] != NULL; i++) {
    g_autofree char *name = g_strconcat (prefix, ".", documents[i], NULL);
    const char *text = pn_call_field (call, name);
    json_t *document =
        text != NULL ? json_loads (text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL) : NULL;

    if (text != NULL)
      pn_json_set (object, documents[i], document != NULL ? document : pn_json_text (text));
  }
  return object;
}

char *
pn_call_line (const PnCall *call, const char *name, gsize max_bytes)
{
  return pn_text_clean_line (pn_call_field (call, name), max_bytes);
}

const char *
pn_call_query (const PnCall *call, const char *name)
{
  return pn_form_value (call->request->query, name);
}

gint64
pn_call_id (const PnCall *call)
{
  return call->request->match.id;
}

gboolean
pn_call_read_number (const char *text, gint64 *number)
{
  return g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, number, NULL);
}

static gboolean
is_machine (const PnRequest *request)
{
  return g_str_has_prefix (request->path, "/api/")
         || (request->route != NULL && (request->route->flags & PN_ROUTE_API) != 0);
}

/* Is it part of another page, which has the desk around it already? */
static gboolean
is_frame (const PnRequest *request)
{
  return request->route != NULL && (request->route->flags & PN_ROUTE_FRAME) != 0;
}

static char *
render (PnWeb *web, const char *template, json_t *document, const char *language, GError **error)
{
  PnRenderOptions options = { .mode = PN_RENDER_HTML,
                              .language = language,
                              .now = pn_clock_now () };
  g_autofree char *name = g_strdup_printf ("web/%s.html", template);

  return pn_templates_render (web->config.templates, name, document, &options, error);
}

static const char *
language_of (PnWeb *web, const PnRequest *request)
{
  return pn_templates_negotiate (web->config.templates,
                                 pn_request_header (request, "accept-language"));
}

/* Is it a form in the frame of another site? What went wrong there is shown there: the page says nothing of anybody. */
static gboolean
is_foreign_frame (const PnRequest *request)
{
  return (request->near & PN_ROUTE_EMBED) != 0 && request->query != NULL
         && pn_form_value (request->query, "frame") != NULL;
}

static void
fill_problem_page (PnWeb *web, const PnRequest *request, PnResponse *response, json_t *problem,
                   const char *language)
{
  const gboolean is_foreign = is_foreign_frame (request);
  g_autoptr (json_t) document =
      json_pack ("{s:{s:s, s:n, s:n, s:n}, s:{s:b}, s:O}", "page", "language", language, "title",
                 "csrf", "flash", "form", "is_frame", is_foreign, "problem", problem);
  g_autoptr (GError) error = NULL;
  char *page =
      render (web, is_frame (request) ? "frame-problem" : "problem", document, language, &error);
  int status = (int) json_integer_value (json_object_get (problem, "status"));

  if (page == NULL) {
    pn_log_error (PN_LOG_ERROR, "page-broken", error, "page=problem");
    page = g_strdup ("");
  }
  if (is_frame (request))
    response->policy = PN_POLICY_MAIL;
  if (is_foreign)
    pn_response_set_frames (response, "*");
  pn_response_set_text (response, status, HTML, page);
}

/* Returns: what somebody wrote into the form that is refused, to be shown again; NULL: nothing. */
static const char *
typed_text (const PnRequest *request)
{
  const char *text = NULL;

  if (request->form != NULL)
    text = pn_form_value (request->form, "text");
  if (request->form != NULL && text == NULL)
    text = pn_form_value (request->form, "body");
  return text != NULL && *text != '\0' ? text : NULL;
}

/* Returns: (owned) what is said of @status; a status that we have no words for is 500. */
static json_t *
make_problem (const PnRequest *request, int status, const char *detail)
{
  const gboolean is_desk = g_str_has_prefix (request->path, "/desk");
  /* There, a 404 is a link that was cut short, or a visit that ended, far more often than a wrong address. It looks so
   * whatever is there. */
  const gboolean is_link = status == 404 && (request->near & PN_ROUTE_MAILED) != 0;
  g_autofree char *again =
      is_foreign_frame (request) ? g_strconcat (request->path, "?frame=1", NULL) : NULL;
  gsize row = G_N_ELEMENTS (problems) - 1;

  for (gsize i = 0; i < G_N_ELEMENTS (problems); i++) {
    if (problems[i].status == status)
      row = i;
  }
  return json_pack ("{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "type", "about:blank",
                    "status", problems[row].status, "title", problems[row].title, "kind",
                    is_link ? "link" : problems[row].kind, "detail", detail != NULL ? detail : "",
                    "request", request->id, "back",
                    again != NULL ? again
                    : is_desk     ? "/desk"
                                  : "/",
                    "is_public", !is_desk && again == NULL, "typed",
                    pn_json_text (typed_text (request)));
}

static void
fill_problem_headers (PnResponse *response, int status)
{
  if (status == 401)
    pn_response_add_header (response, "WWW-Authenticate", "Bearer");
  if (status == 429 || status == 503)
    pn_response_add_header (response, "Retry-After", "30");
}

static void
fill_problem (PnWeb *web, const PnRequest *request, PnResponse *response, int status,
              const char *detail, const char *language)
{
  g_autoptr (json_t) problem = make_problem (request, status, detail);

  fill_problem_headers (response, status);
  if (!is_machine (request)) {
    fill_problem_page (web, request, response, problem, language);
    return;
  }
  json_object_del (problem, "back");
  json_object_del (problem, "is_public");
  json_object_del (problem, "typed");
  pn_response_set_text (response, (int) json_integer_value (json_object_get (problem, "status")),
                        "application/problem+json", pn_json_write (problem));
}

void
pn_problem_fill (PnWeb *web, const PnRequest *request, PnResponse *response, int status,
                 const char *detail)
{
  fill_problem (web, request, response, status, detail, language_of (web, request));
}

/* Whoever is logged in stays on the desk. FALSE: that page can't be made, the plain one has to do. */
static gboolean
fill_desk_problem (PnCall *call, int status, const char *detail)
{
  g_autoptr (json_t) document =
      json_pack ("{s:o}", "problem", make_problem (call->request, status, detail));
  g_autoptr (GError) error = NULL;
  char *page = NULL;

  if (call->language == NULL)
    call->language = g_strdup (language_of (call->web, call->request));
  if (pn_nav_add_problem_page (call, document, &error))
    page = render (call->web, "desk-problem", document, call->language, &error);
  if (page == NULL) {
    pn_log_error (PN_LOG_WARNING, "page-broken", error, "page=desk-problem request=%s",
                  call->request->id);
    return FALSE;
  }
  fill_problem_headers (call->response, status);
  pn_response_set_text (call->response, status, HTML, page);
  return TRUE;
}

void
pn_call_problem (PnCall *call, int status, const char *detail)
{
  g_autofree char *kept = pn_auth_chosen_language (call);
  const char *language = call->language;

  if (call->access != NULL && status < 500 && !is_machine (call->request)
      && !is_frame (call->request) && fill_desk_problem (call, status, detail))
    return;
  if (language == NULL)
    language = kept != NULL ? pn_templates_negotiate (call->web->config.templates, kept)
                            : language_of (call->web, call->request);
  fill_problem (call->web, call->request, call->response, status, detail, language);
}

void
pn_call_not_found (PnCall *call)
{
  pn_call_problem (call, 404, "");
}

static gboolean
is_disk_full (const PnWeb *web)
{
  return !pn_room_check (web->config.room_path, PN_ROOM_RUN_BYTES, NULL);
}

PnHealth *
pn_call_health (const PnCall *call)
{
  const PnWebConfig *config = &call->web->config;
  g_autoptr (PnHealth) health =
      config->run_path != NULL ? pn_health_load (config->run_path, NULL) : NULL;
  g_autoptr (GError) full = NULL;
  PnHealthRow *row;

  if (pn_room_check (config->room_path, PN_ROOM_RUN_BYTES, &full))
    return g_steal_pointer (&health);
  if (health == NULL)
    health = pn_health_new ();
  row = pn_health_add (health, "disk");
  row->state = PN_HEALTH_RUNNING;
  row->sentence = g_strdup (full->message);
  return g_steal_pointer (&health);
}

void
pn_call_unavailable (PnCall *call, const char *detail)
{
  pn_call_problem (call, 503, is_disk_full (call->web) ? SAYS_DISK_FULL : detail);
}

void
pn_call_fail (PnCall *call, const GError *error)
{
  int status = pn_error_http_status (error);
  const char *detail = status < 500 ? error->message : "";

  if (status >= 500)
    pn_log_error (status == 503 ? PN_LOG_WARNING : PN_LOG_ERROR, "request-failed", error,
                  "request=%s", call->request->id);
  if (status == 403 || status == 404)
    pn_call_not_found (call);
  else if (status == 503)
    pn_call_unavailable (call, detail);
  else
    pn_call_problem (call, status, detail);
}

void
pn_call_page (PnCall *call, int status, const char *template, json_t *document)
{
  g_autoptr (json_t) kept = document;
  g_autoptr (GError) error = NULL;
  char *page;

  if (call->is_api) {
    pn_response_set_text (call->response, status, JSON, pn_json_write (kept));
    return;
  }
  if (!pn_nav_add_page (call, kept, &error)) {
    pn_call_fail (call, error);
    return;
  }
  page = render (call->web, template, kept, call->language, &error);
  if (page == NULL) {
    pn_log_error (PN_LOG_ERROR, "page-broken", error, "page=%s request=%s", template,
                  call->request->id);
    pn_call_problem (call, 500, "");
    return;
  }
  pn_response_set_text (call->response, status, HTML, page);
}

void
pn_call_done (PnCall *call, const char *location, const char *flash, int status, json_t *document)
{
  g_autoptr (json_t) kept = document;
  const char *hash = strchr (location, '#');
  g_autofree char *path =
      hash != NULL ? g_strndup (location, (gsize) (hash - location)) : g_strdup (location);
  g_autofree char *target = NULL;

  if (call->is_api) {
    pn_response_set_text (call->response, status, JSON, pn_json_write (kept));
    return;
  }
  target = flash == NULL
               ? g_strdup (location)
               : g_strconcat (path, strchr (path, '?') != NULL ? "&done=" : "?done=", flash,
                              hash != NULL ? hash : "", NULL);
  pn_response_set_redirect (call->response, target);
}

/* May the caller see what is part of a ticket of another queue now? */
static gboolean
sees_target (PnCall *call, const PnTicket *ticket)
{
  g_autoptr (PnTicket) target =
      ticket->merged_into != 0 ? pn_ticket_load (call->db, ticket->merged_into, NULL) : NULL;

  return target != NULL && pn_access_may (call->access, PN_RIGHT_SEE, target->queue_id);
}

static void
send_to_target (PnCall *call, const PnTicket *ticket)
{
  g_autofree char *words = g_strdup_printf (
      "#%" G_GINT64_FORMAT " was merged into #%" G_GINT64_FORMAT ": work on that one", ticket->id,
      ticket->merged_into);

  pn_call_problem (call, 409, words);
}

PnTicket *
pn_call_ticket (PnCall *call, gint64 id, PnRight right)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = pn_ticket_load (call->db, id, &error);

  if (ticket == NULL) {
    pn_call_fail (call, error);
    return NULL;
  }
  if (right == PN_RIGHT_SEE && sees_target (call, ticket))
    return g_steal_pointer (&ticket);
  if (!pn_access_may (call->access, PN_RIGHT_SEE, ticket->queue_id)
      || !pn_access_may (call->access, right, ticket->queue_id)) {
    pn_call_not_found (call);
    return NULL;
  }
  if (right == PN_RIGHT_WORK && ticket->merged_into != 0) {
    send_to_target (call, ticket);
    return NULL;
  }
  return g_steal_pointer (&ticket);
}
