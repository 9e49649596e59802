#include "ticketing/webhook.h"

#include <arpa/inet.h>
#include <string.h>

#include "ticketing/core/error.h"

/* What is not the public network: RFC 6890 and its registries. */
static const struct {
  guint8 bytes[4];
  guint bits;
} private_nets[] = {
  { { 0, 0, 0, 0 }, 8 },      { { 10, 0, 0, 0 }, 8 },     { { 100, 64, 0, 0 }, 10 },
  { { 127, 0, 0, 0 }, 8 },    { { 169, 254, 0, 0 }, 16 }, { { 172, 16, 0, 0 }, 12 },
  { { 192, 0, 0, 0 }, 24 },   { { 192, 0, 2, 0 }, 24 },   { { 192, 88, 99, 0 }, 24 },
  { { 192, 168, 0, 0 }, 16 }, { { 198, 18, 0, 0 }, 15 },  { { 198, 51, 100, 0 }, 24 },
  { { 203, 0, 113, 0 }, 24 }, { { 224, 0, 0, 0 }, 3 },
};

/* IPv6 networks that hold an IPv4 address, and at which byte. */
static const struct {
  guint8 bytes[12];
  guint n_bytes;
  guint at;
} holding_nets[] = {
  { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 12, 12 },    /* mapped */
  { { 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0 }, 12, 12 }, /* NAT64 */
  { { 0x20, 0x02 }, 2, 2 },                                    /* 6to4 */
};

static gboolean
is_private_4 (const guint8 *bytes)
{
  guint32 address =
      (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];

  for (gsize i = 0; i < G_N_ELEMENTS (private_nets); i++) {
    const guint8 *net = private_nets[i].bytes;
    guint32 start =
        (guint32) net[0] << 24 | (guint32) net[1] << 16 | (guint32) net[2] << 8 | net[3];

    if ((address ^ start) >> (32 - private_nets[i].bits) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_webhook_is_private (const guint8 *bytes, gsize size_bytes)
{
  if (size_bytes == 4)
    return is_private_4 (bytes);
  if (size_bytes != 16)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (holding_nets); i++) {
    if (memcmp (bytes, holding_nets[i].bytes, holding_nets[i].n_bytes) == 0)
      return is_private_4 (bytes + holding_nets[i].at);
  }
  /* 2000::/3 is what was given out; of it documentation and Teredo are not the public network */
  return bytes[0] >> 5 != 1 || (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 0x02)
         || memcmp (bytes, "\x20\x01\x0d\xb8", 4) == 0;
}

gboolean
pn_webhook_is_allowed (const char *host, const char *const *allowed)
{
  for (gsize i = 0; allowed != NULL && allowed[i] != NULL; i++) {
    if (g_ascii_strcasecmp (allowed[i], host) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whatever inet_aton () and so many programs take for an address: "2130706433", "0x7f.1", "127.1". */
static gboolean
is_private_host (const char *host)
{
  struct in_addr four;
  struct in6_addr six;

  if (inet_aton (host, &four) != 0)
    return pn_webhook_is_private ((const guint8 *) &four, sizeof four);
  if (inet_pton (AF_INET6, host, &six) == 1)
    return pn_webhook_is_private ((const guint8 *) &six, sizeof six);
  return g_ascii_strcasecmp (host, "localhost") == 0 || g_str_has_suffix (host, ".localhost");
}

static gboolean
has_control (const char *text)
{
  for (; *text != '\0'; text++) {
    if ((guchar) *text <= ' ' || *text == 0x7f || *text == '\\')
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_webhook_check_url (const char *url, const char *const *allowed, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const char *scheme;
  const char *host;

  if (strlen (url) <= PN_WEBHOOK_URL_BYTES && !has_control (url))
    uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY, NULL);
  scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  host = uri != NULL ? g_uri_get_host (uri) : NULL;
  if (host == NULL || *host == '\0'
      || (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%.200s\" is no https:// address", url);
    return FALSE;
  }
  if (g_uri_get_userinfo (uri) != NULL || g_uri_get_fragment (uri) != NULL) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "the address of a webhook has no user name, password or #fragment");
    return FALSE;
  }
  if (pn_webhook_is_allowed (host, allowed))
    return TRUE;
  if (strcmp (scheme, "https") != 0 || is_private_host (host)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "%s: webhooks go over https to public addresses; other hosts are named in"
                  " [web] webhook_hosts",
                  host);
    return FALSE;
  }
  return TRUE;
}
