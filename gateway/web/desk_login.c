#include "gateway/web/handlers.h"

#include "gateway/web/auth.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/text.h"
#include "ticketing/session.h"

#define LOCK_MINUTES 15

static void
show_login (PnCall *call, int status, const char *next, const char *name, const char *problem)
{
  g_autofree char *safe = pn_auth_safe_next (next);

  if (!pn_auth_is_protected (call))
    problem = "plain_http";
  pn_call_page (call, status, "desk-login",
                json_pack ("{s:{s:o, s:o, s:o, s:i}}", "login", "next", pn_json_text (safe), "name",
                           pn_json_text (name), "error", pn_json_text (problem), "minutes",
                           LOCK_MINUTES));
}

void
pn_desk_login_page (PnCall *call)
{
  show_login (call, 200, pn_call_query (call, "next"), "", NULL);
}

static void
start_session (PnCall *call, const PnAgent *agent, const char *next)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *safe = pn_auth_safe_next (next);

  if (!pn_session_start (call->db, agent->id, call->request->client, &cookie, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, "logged-in", "agent=%" G_GINT64_FORMAT, agent->id);
  pn_auth_set_staff_cookie (call, cookie);
  pn_response_set_redirect (call->response, safe);
}

/* A cookie that the browser brings is of no account: the session is always a new one, and an old one ends. */
void
pn_desk_login (PnCall *call)
{
  const char *next = pn_call_field (call, "next");
  const char *password = pn_call_field (call, "password");
  g_autofree char *login = pn_call_line (call, "login", 100);
  g_autofree char *old =
      pn_request_cookie (call->request, call->web->is_tls ? "__Host-postern" : "postern");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) agent = NULL;

  if (!pn_auth_is_protected (call)) {
    show_login (call, 403, next, "", NULL);
    return;
  }
  if (!pn_limit_take (call->web->limit, PN_LIMIT_LOGIN, call->request->client)) {
    show_login (call, 429, next, login, "locked");
    return;
  }
  agent = pn_agent_log_in (call->db, login, password != NULL ? password : "", &error);
  if (agent == NULL && pn_error_is (error, PN_ERROR_DENIED)) {
    gboolean is_locked = strstr (error->message, "lock") != NULL;

    pn_log (PN_LOG_WARNING, "log-in-refused", "request=%s", call->request->id);
    show_login (call, 403, next, login, is_locked ? "locked" : "wrong");
    return;
  }
  if (agent == NULL
      || (old != NULL && !pn_session_end (call->db, old, &error)
          && !pn_error_is (error, PN_ERROR_NOT_FOUND))) {
    pn_call_fail (call, error);
    return;
  }
  start_session (call, agent, next);
}

void
pn_desk_logout (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (!pn_session_end (call->db, call->cookie, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, "logged-out", "agent=%" G_GINT64_FORMAT, call->agent->id);
  pn_auth_set_staff_cookie (call, NULL);
  pn_response_add_header (call->response, "Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
  pn_response_set_redirect (call->response, "/desk/login");
}
