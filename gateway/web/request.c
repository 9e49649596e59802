#include "gateway/web/request.h"

#include <arpa/inet.h>
#include <string.h>

#define COOKIES 64

PnRequest *
pn_request_new (void)
{
  static const char digits[] = "0123456789abcdef";
  PnRequest *request = g_new0 (PnRequest, 1);

  request->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  request->path = g_strdup ("");
  request->raw_query = g_strdup ("");
  request->client = g_strdup ("");
  request->query = pn_form_new ();
  request->started_at = g_get_monotonic_time ();
  for (guint i = 0; i < sizeof request->id - 1; i++)
    request->id[i] = digits[g_random_int_range (0, 16)];
  return request;
}

void
pn_request_free (PnRequest *request)
{
  if (request == NULL)
    return;
  g_hash_table_unref (request->headers);
  g_free (request->path);
  g_free (request->raw_query);
  g_free (request->client);
  g_free (request->body_digest);
  pn_route_match_clear (&request->match);
  pn_form_free (request->query);
  pn_form_free (request->form);
  g_free (request);
}

const char *
pn_request_header (const PnRequest *request, const char *name)
{
  return g_hash_table_lookup (request->headers, name);
}

char *
pn_request_cookie (const PnRequest *request, const char *name)
{
  const char *header = pn_request_header (request, "cookie");
  g_auto (GStrv) pairs = g_strsplit (header != NULL ? header : "", ";", COOKIES);
  gsize size = strlen (name);
  char *found = NULL;

  for (guint i = 0; pairs[i] != NULL; i++) {
    char *pair = g_strstrip (pairs[i]);

    if (strncmp (pair, name, size) != 0 || pair[size] != '=')
      continue;
    if (found != NULL) {
      g_free (found);
      return NULL;
    }
    found = g_strdup (pair + size + 1);
  }
  return found;
}

char **
pn_request_cookie_names (const PnRequest *request, const char *prefix)
{
  const char *header = pn_request_header (request, "cookie");
  g_auto (GStrv) pairs = g_strsplit (header != NULL ? header : "", ";", COOKIES);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; pairs[i] != NULL; i++) {
    char *pair = g_strstrip (pairs[i]);
    char *end = strchr (pair, '=');

    if (end == NULL || !g_str_has_prefix (pair, prefix))
      continue;
    *end = '\0';
    g_strv_builder_add (names, pair);
  }
  return g_strv_builder_end (names);
}

void
pn_request_add_header (PnRequest *request, const char *name, gsize name_bytes, const char *value,
                       gsize value_bytes)
{
  char *key = g_ascii_strdown (name, (gssize) name_bytes);
  g_autofree char *text = g_strndup (value, value_bytes);
  const char *known = g_hash_table_lookup (request->headers, key);
  const char *glue = strcmp (key, "cookie") == 0 ? "; " : ", ";

  g_strchomp (text);
  g_hash_table_replace (request->headers, key,
                        known != NULL ? g_strconcat (known, glue, text, NULL)
                                      : g_steal_pointer (&text));
}

void
pn_request_set_target (PnRequest *request, const char *target)
{
  const char *mark = strchr (target, '?');

  g_free (request->path);
  g_free (request->raw_query);
  request->path = mark != NULL ? g_strndup (target, (gsize) (mark - target)) : g_strdup (target);
  request->raw_query = g_strdup (mark != NULL ? mark + 1 : "");
}

gboolean
pn_request_takes_gzip (const PnRequest *request)
{
  const char *header = pn_request_header (request, "accept-encoding");
  g_auto (GStrv) codings = g_strsplit (header != NULL ? header : "", ",", 32);

  for (guint i = 0; codings[i] != NULL; i++) {
    char *coding = g_strstrip (codings[i]);

    if (g_ascii_strncasecmp (coding, "gzip", 4) == 0 && strchr ("; \t", coding[4]) != NULL)
      return strstr (coding, "q=0") == NULL || strstr (coding, "q=0.") != NULL;
  }
  return FALSE;
}

typedef struct {
  guint8 bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
} Ip;

static gboolean
read_ip (const char *text, Ip *ip)
{
  struct in_addr v4;

  if (inet_pton (AF_INET, text, &v4) == 1) {
    memset (ip->bytes, 0, 10);
    memset (ip->bytes + 10, 0xff, 2);
    memcpy (ip->bytes + 12, &v4, 4);
    return TRUE;
  }
  return inet_pton (AF_INET6, text, ip->bytes) == 1;
}

static gboolean
shares_bits (const Ip *a, const Ip *b, guint bits)
{
  guint bytes = bits / 8;
  guint rest = bits % 8;

  if (memcmp (a->bytes, b->bytes, bytes) != 0)
    return FALSE;
  return rest == 0 || (a->bytes[bytes] ^ b->bytes[bytes]) >> (8 - rest) == 0;
}

static gboolean
is_in_network (const char *address, const char *network)
{
  const char *slash = strchr (network, '/');
  g_autofree char *base =
      slash != NULL ? g_strndup (network, (gsize) (slash - network)) : g_strdup (network);
  guint64 bits = 128;
  Ip ip;
  Ip ours;

  if (!read_ip (address, &ip) || !read_ip (base, &ours))
    return strcmp (address, network) == 0;
  if (slash != NULL) {
    guint64 longest = strchr (base, ':') != NULL ? 128 : 32;

    if (!g_ascii_string_to_unsigned (slash + 1, 10, 0, longest, &bits, NULL))
      return FALSE;
    bits += 128 - longest;
  }
  return shares_bits (&ip, &ours, (guint) bits);
}

gboolean
pn_address_in (const char *address, const char *const *networks)
{
  for (guint i = 0; networks != NULL && networks[i] != NULL; i++) {
    if (is_in_network (address, networks[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_loopback (const char *address)
{
  static const char *const loopback[] = { "127.0.0.0/8", "::1", "unix", NULL };

  return pn_address_in (address, loopback);
}

void
pn_request_set_client (PnRequest *request, const char *peer, const char *const *proxies)
{
  const char *forwarded = pn_request_header (request, "x-forwarded-for");
  const char *scheme = pn_request_header (request, "x-forwarded-proto");
  g_auto (GStrv) hops = NULL;

  g_free (request->client);
  request->client = g_strdup (peer);
  request->is_local = is_loopback (peer);
  request->is_secure = FALSE;
  if (!pn_address_in (peer, proxies))
    return;
  request->is_secure = scheme != NULL && g_ascii_strcasecmp (scheme, "https") == 0;
  if (forwarded == NULL)
    return;
  request->is_local = FALSE;
  hops = g_strsplit (forwarded, ",", 100);
  for (guint i = g_strv_length (hops); i > 0; i--) {
    const char *hop = g_strstrip (hops[i - 1]);
    Ip ip;

    if (!read_ip (hop, &ip))
      return;
    g_free (request->client);
    request->client = g_strdup (hop);
    if (!pn_address_in (hop, proxies))
      return;
  }
}
