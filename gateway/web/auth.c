#include "gateway/web/auth.h"

#include <string.h>

#include "ticketing/core/blob.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/token.h"
#include "ticketing/core/text.h"
#include "ticketing/link.h"
#include "ticketing/participant.h"
#include "ticketing/session.h"

#define CUSTOMER_LIFE PN_HOUR
#define CSRF_BYTES 16

static const char *
cookie_name (const PnCall *call, gboolean is_customer)
{
  if (call->web->is_tls)
    return is_customer ? "__Host-postern-my" : "__Host-postern";
  return is_customer ? "postern-my" : "postern";
}

static void
set_cookie (PnCall *call, gboolean is_customer, const char *value)
{
  g_autofree char *cookie =
      g_strdup_printf ("%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", cookie_name (call, is_customer),
                       value != NULL ? value : "", call->web->is_tls ? "; Secure" : "",
                       value != NULL ? "" : "; Max-Age=0");

  pn_response_add_header (call->response, "Set-Cookie", cookie);
}

void
pn_auth_set_staff_cookie (PnCall *call, const char *session)
{
  set_cookie (call, FALSE, session);
}

/* Returns: (owned) what a customer's cookie says, signed. */
static char *
sign_customer (const PnCall *call, gint64 ticket_id, const char *address_hash, PnTime expiry)
{
  g_autofree char *body = g_strdup_printf ("%" G_GINT64_FORMAT ".%s.%" G_GINT64_FORMAT, ticket_id,
                                           address_hash, expiry / PN_SECOND);
  guint8 mac[PN_TOKEN_MAC_BYTES];
  g_autofree char *hex = NULL;

  pn_token_mac (call->web->config.token_key, "web customer cookie", body, strlen (body), mac);
  hex = pn_hex (mac, sizeof mac);
  return g_strconcat (body, ".", hex, NULL);
}

static char *
hash_address (const char *address)
{
  guint8 sha[PN_SHA256_BYTES];

  pn_sha256 (address, strlen (address), sha);
  return pn_hex (sha, 16);
}

void
pn_auth_set_customer_cookie (PnCall *call, gint64 ticket_id, const char *address)
{
  g_autofree char *hash = hash_address (address);
  g_autofree char *value = sign_customer (call, ticket_id, hash, pn_clock_now () + CUSTOMER_LIFE);

  set_cookie (call, TRUE, value);
}

void
pn_auth_set_owner_cookie (PnCall *call, const char *address)
{
  g_autofree char *hex = pn_hex ((const guint8 *) address, strlen (address));
  g_autofree char *value = sign_customer (call, 0, hex, pn_clock_now () + CUSTOMER_LIFE);

  set_cookie (call, TRUE, value);
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
is_same (const char *a, const char *b)
{
  gsize size = strlen (a);

  return size == strlen (b) && pn_token_equal ((const guint8 *) a, (const guint8 *) b, size);
}

/* The address of a cookie must still be a participant of its ticket. */
static gboolean
find_participant (PnCall *call, const char *address_hash, GError **error)
{
  g_autoptr (GPtrArray) list = pn_participant_list (call->db, call->customer_ticket, error);

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const PnParticipant *participant = list->pdata[i];
    g_autofree char *hash = hash_address (participant->address);

    if (participant->role != PN_PARTICIPANT_STRANGER && is_same (hash, address_hash)) {
      call->customer_address = g_strdup (participant->address);
      call->customer_name = g_strdup (participant->name);
      return TRUE;
    }
  }
  pn_error_set (error, PN_ERROR_NOT_FOUND, "the address takes no part any more");
  return FALSE;
}

/* Returns: (owned) the address in the cookie of who may see all of its tickets; NULL when it is none. */
static char *
read_owner (const char *hex)
{
  gsize size = strlen (hex) / 2;
  g_autofree guint8 *bytes = g_malloc0 (size + 1);

  if (size == 0 || size > PN_ADDRESS_MAX_BYTES || !pn_hex_read (hex, bytes, size))
    return NULL;
  return (char *) g_steal_pointer (&bytes);
}

/* Of all tickets: on the page of one, it must take part in that. */
static gboolean
find_owner (PnCall *call, const char *hex, GError **error)
{
  g_autofree char *address = read_owner (hex);
  g_autofree char *hash = NULL;

  if (address == NULL) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "the cookie of a customer holds no address");
    return FALSE;
  }
  call->customer_has_all = TRUE;
  if (g_str_has_prefix (call->request->route->pattern, "/my/tickets/")) {
    call->customer_ticket = call->request->match.id;
    hash = hash_address (address);
    return find_participant (call, hash, error);
  }
  call->customer_address = g_steal_pointer (&address);
  call->customer_name = g_strdup ("");
  return TRUE;
}

/* Was what it was exchanged for called back meanwhile? */
static gboolean
check_revoked (PnCall *call, PnTime made_at, GError **error)
{
  gboolean is_revoked = FALSE;

  if (!pn_link_is_revoked (call->db, call->customer_address, made_at, &is_revoked, error))
    return FALSE;
  if (is_revoked)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "the links of the address were called back");
  return !is_revoked;
}

static gboolean
read_customer (PnCall *call, GError **error)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *signed_again = NULL;
  gint64 expiry;

  call->cookie = pn_request_cookie (call->request, cookie_name (call, TRUE));
  parts = g_strsplit (call->cookie != NULL ? call->cookie : "", ".", 5);
  if (g_strv_length (parts) != 4 || !pn_call_read_number (parts[0], &call->customer_ticket)
      || !pn_call_read_number (parts[2], &expiry)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no cookie of a customer");
    return FALSE;
  }
  signed_again = sign_customer (call, call->customer_ticket, parts[1], expiry * PN_SECOND);
  if (!is_same (signed_again, call->cookie) || pn_clock_now () > expiry * PN_SECOND) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "the cookie of a customer is not ours or too old");
    return FALSE;
  }
  return (call->customer_ticket == 0 ? find_owner (call, parts[1], error)
                                     : find_participant (call, parts[1], error))
         && check_revoked (call, expiry * PN_SECOND - CUSTOMER_LIFE, error);
}

static gboolean
check_customer (PnCall *call)
{
  g_autoptr (GError) error = NULL;

  if (read_customer (call, &error))
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
  call->cookie = pn_request_cookie (call->request, cookie_name (call, FALSE));
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
csrf_mac (const PnCall *call, guint8 mac[PN_TOKEN_MAC_BYTES])
{
  pn_token_mac (call->web->config.token_key, "web csrf", call->cookie, strlen (call->cookie), mac);
}

char *
pn_auth_csrf (const PnCall *call)
{
  guint8 mac[PN_TOKEN_MAC_BYTES];
  guint8 masked[2 * CSRF_BYTES];

  if (call->cookie == NULL)
    return NULL;
  csrf_mac (call, mac);
  pn_secret_random (masked, CSRF_BYTES);
  for (int i = 0; i < CSRF_BYTES; i++)
    masked[CSRF_BYTES + i] = masked[i] ^ mac[i];
  return pn_hex (masked, sizeof masked);
}

static gboolean
is_csrf (const PnCall *call, const char *token)
{
  guint8 mac[PN_TOKEN_MAC_BYTES];
  guint8 masked[2 * CSRF_BYTES];

  if (token == NULL || call->cookie == NULL || !pn_hex_read (token, masked, sizeof masked))
    return FALSE;
  csrf_mac (call, mac);
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
      || (needs_token && !is_csrf (call, pn_call_field (call, "csrf")))) {
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
