#include "gateway/web/auth.h"

#include <string.h>

#include "gateway/web/visit.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/token.h"
#include "ticketing/session.h"

#define CSRF_BYTES 16

static const char *
cookie_name (const PnCall *call)
{
  return call->web->is_tls ? "__Host-postern" : "postern";
}

void
pn_auth_set_staff_cookie (PnCall *call, const char *session)
{
  g_autofree char *cookie =
      g_strdup_printf ("%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", cookie_name (call),
                       session != NULL ? session : "", call->web->is_tls ? "; Secure" : "",
                       session != NULL ? "" : "; Max-Age=0");

  pn_response_add_header (call->response, "Set-Cookie", cookie);
}

static const char *
language_cookie_name (const PnCall *call)
{
  return call->web->is_tls ? "__Host-postern-language" : "postern-language";
}

char *
pn_auth_chosen_language (const PnCall *call)
{
  return pn_request_cookie (call->request, language_cookie_name (call));
}

void
pn_auth_set_language_cookie (PnCall *call, const char *language)
{
  g_autofree char *cookie =
      g_strdup_printf ("%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=15552000%s",
                       language_cookie_name (call), language, call->web->is_tls ? "; Secure" : "");

  pn_response_add_header (call->response, "Set-Cookie", cookie);
}

static gboolean
check_customer (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (pn_visit_find (call, &error))
    return TRUE;
  pn_call_fail (call, error);
  return FALSE;
}

static gboolean
find_by_token (PnCall *call, GError **error)
{
  const char *header = pn_request_header (call->request, "authorization");

  if (header == NULL || g_ascii_strncasecmp (header, "Bearer ", 7) != 0)
    return TRUE;
  return pn_api_token_find (call->db, header + 7, &call->agent, error);
}

static gboolean
find_by_cookie (PnCall *call, GError **error)
{
  call->cookie = pn_request_cookie (call->request, cookie_name (call));
  if (call->cookie == NULL)
    return TRUE;
  return pn_session_find (call->db, call->cookie, &call->agent, error);
}

/* Nobody is logged in: machines are told so, people come to the log-in and from there back. */
static void
ask_to_log_in (PnCall *call)
{
  g_autofree char *path = NULL;
  g_autofree char *next = NULL;
  g_autofree char *target = NULL;

  if (call->is_api) {
    if (pn_limit_take (call->web->limit, PN_LIMIT_TOKEN, call->request->client))
      pn_call_problem (call, 401, "the Authorization header brings no valid token");
    else
      pn_call_problem (call, 429, "");
    return;
  }
  if (call->request->method != PN_METHOD_GET || (call->request->route->flags & PN_ROUTE_STREAM)) {
    pn_call_problem (call, 403, "you are not logged in any more");
    return;
  }
  path = g_strconcat (call->request->path, *call->request->raw_query != '\0' ? "?" : "",
                      call->request->raw_query, NULL);
  next = g_uri_escape_string (path, "/", FALSE);
  target = g_strconcat ("/desk/login?next=", next, NULL);
  pn_response_set_redirect (call->response, target);
}

static gboolean
check_staff (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnAgentRole needed = PN_ROLE_AGENT;
  gboolean is_found;

  is_found = call->is_api ? find_by_token (call, &error) : find_by_cookie (call, &error);
  if (is_found && call->agent == NULL) {
    ask_to_log_in (call);
    return FALSE;
  }
  if (is_found)
    call->access = pn_access_load (call->db, call->agent, &error);
  if (call->access == NULL) {
    pn_call_fail (call, error);
    return FALSE;
  }
  if (call->request->route->who == PN_WHO_LEAD)
    needed = PN_ROLE_LEAD;
  if (call->request->route->who == PN_WHO_ADMIN)
    needed = PN_ROLE_ADMIN;
  if (call->agent->role < needed) {
    pn_call_not_found (call);
    return FALSE;
  }
  return TRUE;
}

void
pn_auth_look (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (find_by_cookie (call, &error) && call->agent != NULL)
    call->access = pn_access_load (call->db, call->agent, &error);
  if (error != NULL)
    pn_log_error (PN_LOG_WARNING, "session-unread", error, "request=%s", call->request->id);
}

gboolean
pn_auth_check (PnCall *call)
{
  switch (call->request->route->who) {
  case PN_WHO_ANYONE: return TRUE;
  case PN_WHO_CUSTOMER: return check_customer (call);
  case PN_WHO_STAFF:
  case PN_WHO_LEAD:
  case PN_WHO_ADMIN: return check_staff (call);
  }
  return FALSE;
}

static void
csrf_mac (const PnCall *call, const char *cookie, guint8 mac[PN_TOKEN_MAC_BYTES])
{
  pn_token_mac (call->web->config.token_key, "web csrf", cookie, strlen (cookie), mac);
}

char *
pn_auth_csrf (const PnCall *call)
{
  guint8 mac[PN_TOKEN_MAC_BYTES];
  guint8 masked[2 * CSRF_BYTES];

  if (call->cookie == NULL)
    return NULL;
  csrf_mac (call, call->cookie, mac);
  pn_secret_random (masked, CSRF_BYTES);
  for (int i = 0; i < CSRF_BYTES; i++)
    masked[CSRF_BYTES + i] = masked[i] ^ mac[i];
  return pn_hex (masked, sizeof masked);
}

gboolean
pn_auth_is_csrf (const PnCall *call, const char *cookie, const char *token)
{
  guint8 mac[PN_TOKEN_MAC_BYTES];
  guint8 masked[2 * CSRF_BYTES];

  if (token == NULL || cookie == NULL || !pn_hex_read (token, masked, sizeof masked))
    return FALSE;
  csrf_mac (call, cookie, mac);
  for (int i = 0; i < CSRF_BYTES; i++)
    masked[CSRF_BYTES + i] ^= masked[i];
  return pn_token_equal (masked + CSRF_BYTES, mac, CSRF_BYTES);
}

/* An origin is ours when its host is the one that was asked for. "null" says nothing: browsers send it from our own pages
 * too, because of our Referrer-Policy (Fetch, "append a request Origin header"); Sec-Fetch-Site and the token decide. */
static gboolean
is_own_origin (const PnRequest *request, const char *origin)
{
  const char *host = pn_request_header (request, "host");
  const char *slashes = strstr (origin, "://");

  if (strcmp (origin, "null") == 0)
    return TRUE;
  return host != NULL && slashes != NULL && g_ascii_strcasecmp (slashes + 3, host) == 0;
}

gboolean
pn_auth_check_origin (PnCall *call)
{
  const char *site = pn_request_header (call->request, "sec-fetch-site");
  const char *origin = pn_request_header (call->request, "origin");
  gboolean needs_token = call->request->route->who != PN_WHO_ANYONE;

  if (call->is_api)
    return TRUE;
  if ((site != NULL && strcmp (site, "same-origin") != 0 && strcmp (site, "none") != 0)
      || (origin != NULL && !is_own_origin (call->request, origin))
      || (needs_token && !pn_auth_is_csrf (call, call->cookie, pn_call_field (call, "csrf")))) {
    pn_log (PN_LOG_WARNING, "csrf-refused", "request=%s route=%s", call->request->id,
            call->request->route->pattern);
    pn_call_problem (call, 403,
                     "this form is too old, or came from another site: load the page again");
    return FALSE;
  }
  return TRUE;
}

gboolean
pn_auth_is_protected (const PnCall *call)
{
  return call->request->is_secure || call->request->is_local;
}

char *
pn_auth_safe_next (const char *next)
{
  gsize size = next != NULL ? strlen (next) : 0;

  if (size == 0 || size > 1000 || strncmp (next, "/desk", 5) != 0
      || (next[5] != '\0' && next[5] != '/' && next[5] != '?'))
    return g_strdup ("/desk");
  for (gsize i = 0; i < size; i++) {
    if ((guchar) next[i] <= 0x20 || (guchar) next[i] >= 0x7f || next[i] == '\\')
      return g_strdup ("/desk");
  }
  return g_strdup (next);
}
