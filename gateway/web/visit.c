#include "gateway/web/visit.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/core/token.h"
#include "ticketing/link.h"
#include "ticketing/participant.h"

#define NONCE_BYTES 8

typedef struct {
  gint64 ticket_id; /* 0: all of the address */
  char *who;
  char *name;
  PnTime expiry;
} Visit;

static void
visit_free (Visit *visit)
{
  if (visit == NULL)
    return;
  g_free (visit->who);
  g_free (visit->name);
  g_free (visit);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Visit, visit_free)

/* What the names of all cookies begin with; that of all tickets is no longer than this. */
static const char *
cookie_stem (const PnCall *call)
{
  return call->web->is_tls ? "__Host-postern-my" : "postern-my";
}

static char *
cookie_name (const PnCall *call, gint64 ticket_id)
{
  return ticket_id == 0 ? g_strdup (cookie_stem (call))
                        : g_strdup_printf ("%s-%" G_GINT64_FORMAT, cookie_stem (call), ticket_id);
}

static char *
hash_address (const char *address)
{
  guint8 sha[PN_SHA256_BYTES];

  pn_sha256 (address, strlen (address), sha);
  return pn_hex (sha, 16);
}

static char *
make_who (gint64 ticket_id, const char *address)
{
  return ticket_id == 0 ? pn_hex ((const guint8 *) address, strlen (address))
                        : hash_address (address);
}

/* Returns: (owned) the cookie's value. */
static char *
sign (const PnCall *call, const char *name, PnTime expiry)
{
  g_autofree char *body = g_strdup_printf ("%s.%" G_GINT64_FORMAT, name, expiry / PN_SECOND);
  guint8 mac[PN_TOKEN_MAC_BYTES];
  g_autofree char *hex = NULL;

  pn_token_mac (call->web->config.token_key, "web customer visit", body, strlen (body), mac);
  hex = pn_hex (mac, sizeof mac);
  return g_strconcat (body, ".", hex, NULL);
}

static gboolean
is_same (const char *a, const char *b)
{
  gsize size = strlen (a);

  return size == strlen (b) && pn_token_equal ((const guint8 *) a, (const guint8 *) b, size);
}

char *
pn_visit_name (const char *value)
{
  const char *end = strrchr (value, '.');

  end = end != NULL ? g_strrstr_len (value, end - value, ".") : NULL;
  return end != NULL ? g_strndup (value, (gsize) (end - value)) : NULL;
}

/* Returns: (owned) the visit to that ticket that @value proves; NULL: it is another's, not ours, or ended. */
static Visit *
read_visit (const PnCall *call, gint64 ticket_id, const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value != NULL ? value : "", ".", 6);
  g_autoptr (Visit) visit = g_new0 (Visit, 1);
  g_autofree char *signed_again = NULL;
  gint64 seconds;

  if (g_strv_length (parts) != 5 || !pn_call_read_number (parts[0], &visit->ticket_id)
      || !pn_call_read_number (parts[3], &seconds) || seconds > G_MAXINT64 / PN_SECOND)
    return NULL;
  visit->expiry = seconds * PN_SECOND;
  visit->name = pn_visit_name (value);
  visit->who = g_strdup (parts[1]);
  signed_again = sign (call, visit->name, visit->expiry);
  if (!is_same (signed_again, value) || visit->ticket_id != ticket_id
      || pn_clock_now () > visit->expiry)
    return NULL;
  return g_steal_pointer (&visit);
}

static Visit *
load_visit (const PnCall *call, gint64 ticket_id)
{
  g_autofree char *cookie = cookie_name (call, ticket_id);
  g_autofree char *value = pn_request_cookie (call->request, cookie);

  return read_visit (call, ticket_id, value);
}

static void
set_cookie (PnCall *call, const char *name, const char *value)
{
  g_autofree char *cookie = g_strdup_printf (
      "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, value != NULL ? value : "",
      call->web->is_tls ? "; Secure" : "", value != NULL ? "" : "; Max-Age=0");

  pn_response_add_header (call->response, "Set-Cookie", cookie);
}

static int
by_expiry (gconstpointer a, gconstpointer b)
{
  const Visit *first = *(Visit *const *) a;
  const Visit *second = *(Visit *const *) b;

  return (first->expiry < second->expiry) - (first->expiry > second->expiry);
}

/* Takes from the browser what ended, and what is too much beside the visit that begins. */
static void
tidy (PnCall *call, gint64 ticket_id)
{
  g_autofree char *stem = g_strconcat (cookie_stem (call), "-", NULL);
  g_auto (GStrv) names = pn_request_cookie_names (call->request, stem);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) visit_free);

  for (guint i = 0; names[i] != NULL; i++) {
    gint64 id;
    Visit *visit;

    if (!pn_call_read_number (names[i] + strlen (stem), &id) || id == ticket_id || id == 0)
      continue;
    visit = load_visit (call, id);
    if (visit != NULL)
      g_ptr_array_add (kept, visit);
    else
      set_cookie (call, names[i], NULL);
  }
  g_ptr_array_sort (kept, by_expiry);
  for (guint i = PN_VISITS - 1; i < kept->len; i++) {
    g_autofree char *name = cookie_name (call, ((const Visit *) kept->pdata[i])->ticket_id);

    set_cookie (call, name, NULL);
  }
}

void
pn_visit_begin (PnCall *call, gint64 ticket_id, const char *address)
{
  g_autoptr (Visit) old = load_visit (call, ticket_id);
  g_autofree char *cookie = cookie_name (call, ticket_id);
  g_autofree char *who = make_who (ticket_id, address);
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (old != NULL && is_same (old->who, who)) {
    name = g_strdup (old->name);
  } else {
    guint8 nonce[NONCE_BYTES];
    g_autofree char *hex = NULL;

    pn_secret_random (nonce, sizeof nonce);
    hex = pn_hex (nonce, sizeof nonce);
    name = g_strdup_printf ("%" G_GINT64_FORMAT ".%s.%s", ticket_id, who, hex);
  }
  value = sign (call, name, pn_clock_now () + PN_VISIT_LIFE);
  set_cookie (call, cookie, value);
  tidy (call, ticket_id);
}

/* The address must still be a participant of the ticket. */
static gboolean
find_participant (PnCall *call, const char *hash, GError **error)
{
  g_autoptr (GPtrArray) list = pn_participant_list (call->db, call->customer_ticket, error);

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const PnParticipant *participant = list->pdata[i];
    g_autofree char *theirs = hash_address (participant->address);

    if (participant->role != PN_PARTICIPANT_STRANGER && is_same (theirs, hash)) {
      call->customer_address = g_strdup (participant->address);
      call->customer_name = g_strdup (participant->name);
      return TRUE;
    }
  }
  pn_error_set (error, PN_ERROR_NOT_FOUND, "the address takes no part any more");
  return FALSE;
}

/* Returns: (owned) the address of who may see all of its tickets; NULL when it is none. */
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
  if (call->customer_ticket != 0) {
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

static void
forget (PnCall *call)
{
  g_clear_pointer (&call->cookie, g_free);
  g_clear_pointer (&call->customer_address, g_free);
  g_clear_pointer (&call->customer_name, g_free);
  call->customer_ticket = 0;
  call->customer_has_all = FALSE;
}

static gboolean
take (PnCall *call, const Visit *visit, gint64 ticket_id, GError **error)
{
  forget (call);
  call->customer_ticket = ticket_id;
  call->cookie = g_strdup (visit->name);
  if ((visit->ticket_id == 0 ? find_owner (call, visit->who, error)
                             : find_participant (call, visit->who, error))
      && check_revoked (call, visit->expiry - PN_VISIT_LIFE, error))
    return TRUE;
  forget (call);
  return FALSE;
}

/* FALSE: the request names none that could be. */
static gboolean
read_asked (const PnCall *call, gint64 *ticket_id)
{
  const char *named = pn_call_query (call, "ticket");

  *ticket_id = 0;
  if (g_str_has_prefix (call->request->route->pattern, "/my/tickets/"))
    *ticket_id = call->request->match.id;
  else if (named != NULL)
    return pn_call_read_number (named, ticket_id);
  return TRUE;
}

/* Those that may be meant, the likeliest first: the one that the form was made in, then the newer one. */
static GPtrArray *
list_visits (const PnCall *call, gint64 ticket_id)
{
  const char *csrf = call->request->method != PN_METHOD_GET ? pn_call_field (call, "csrf") : NULL;
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) visit_free);
  Visit *own = ticket_id != 0 ? load_visit (call, ticket_id) : NULL;
  Visit *all = load_visit (call, 0);

  if (own != NULL)
    g_ptr_array_add (list, own);
  if (all != NULL)
    g_ptr_array_add (list, all);
  g_ptr_array_sort (list, by_expiry);
  if (list->len == 2 && csrf != NULL
      && pn_auth_is_csrf (call, ((const Visit *) list->pdata[1])->name, csrf))
    g_ptr_array_insert (list, 0, g_ptr_array_steal_index (list, 1));
  return list;
}

gboolean
pn_visit_find (PnCall *call, GError **error)
{
  g_autoptr (GPtrArray) visits = NULL;
  gint64 ticket_id;

  if (read_asked (call, &ticket_id)) {
    visits = list_visits (call, ticket_id);
    for (guint i = 0; i < visits->len; i++) {
      g_autoptr (GError) reason = NULL;

      if (take (call, visits->pdata[i], ticket_id, &reason))
        return TRUE;
      if (!pn_error_is (reason, PN_ERROR_NOT_FOUND)) {
        g_propagate_error (error, g_steal_pointer (&reason));
        return FALSE;
      }
    }
  }
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no visit of a customer");
  return FALSE;
}
