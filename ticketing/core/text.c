#include "ticketing/core/text.h"

#include <string.h>

#include "ticketing/core/error.h"

#define DISTANCE_MAX_BYTES 64
#define LOCAL_MAX_BYTES 64
#define LABEL_MAX_BYTES 63
#define NAME_MAX_BYTES 40

/* What would end a line, hide text or turn its direction. */
static gboolean
breaks_line (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
pn_text_clip (const char *text, gsize max_bytes)
{
  gsize length = strlen (text);

  if (length <= max_bytes)
    return g_strdup (text);
  length = max_bytes;
  while (length > 0 && ((guchar) text[length] & 0xc0) == 0x80)
    length--;
  return g_strndup (text, length);
}

char *
pn_text_clean_line (const char *text, gsize max_bytes)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_autoptr (GString) line = g_string_sized_new (strlen (valid));
  g_autofree char *clipped = NULL;
  gboolean space = FALSE;

  for (const char *c = valid; *c != '\0' && line->len <= max_bytes; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (breaks_line (character)) {
      space = TRUE;
      continue;
    }
    if (line->len == 0 && character < 0x80 && g_ascii_isspace ((char) character))
      continue; /* so that what is stripped below does not count */
    if (space && character != ' ' && line->len > 0 && line->str[line->len - 1] != ' ')
      g_string_append_c (line, ' ');
    space = FALSE;
    g_string_append_unichar (line, character);
  }
  clipped = pn_text_clip (g_strstrip (line->str), max_bytes);
  return g_strdup (g_strchomp (clipped));
}

/* RFC 5321 Dot-string, with UTF-8 allowed (RFC 6531). */
static gboolean
is_local_part (const char *local, gsize length)
{
  if (length == 0 || length > LOCAL_MAX_BYTES || local[0] == '.' || local[length - 1] == '.')
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    guchar c = (guchar) local[i];

    if (c == '.' && local[i + 1] == '.')
      return FALSE;
    if (c < 0x80 && !g_ascii_isalnum (c) && strchr (".!#$%&'*+-/=?^_`{|}~", c) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_address_literal (const char *domain)
{
  gsize length = strlen (domain);
  g_autofree char *inside = NULL;

  if (length < 3 || domain[0] != '[' || domain[length - 1] != ']')
    return FALSE;
  inside = g_strndup (domain + 1, length - 2);
  if (g_ascii_strncasecmp (inside, "IPv6:", 5) == 0)
    return strchr (inside + 5, ':') != NULL && g_hostname_is_ip_address (inside + 5);
  return strchr (inside, ':') == NULL && g_hostname_is_ip_address (inside);
}

static gboolean
is_host_name (const char *domain)
{
  g_auto (GStrv) labels = g_strsplit (domain, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++) {
    gsize length = strlen (labels[i]);

    if (length == 0 || length > LABEL_MAX_BYTES || labels[i][0] == '-'
        || labels[i][length - 1] == '-')
      return FALSE;
    if (strspn (labels[i], "abcdefghijklmnopqrstuvwxyz0123456789-_") != length)
      return FALSE;
  }
  return labels[0] != NULL;
}

char *
pn_text_read_address (const char *text, GError **error)
{
  const char *at = text != NULL && g_utf8_validate (text, -1, NULL) ? strrchr (text, '@') : NULL;
  g_autofree char *shown = NULL;
  g_autofree char *domain = NULL;
  g_autofree char *address = NULL;

  if (at != NULL && is_local_part (text, (gsize) (at - text))) {
    domain =
        is_address_literal (at + 1) ? g_ascii_strdown (at + 1, -1) : g_hostname_to_ascii (at + 1);
    for (char *c = domain; c != NULL && *c != '\0'; c++)
      *c = g_ascii_tolower (*c);
    if (domain != NULL && (is_address_literal (domain) || is_host_name (domain)))
      address = g_strdup_printf ("%.*s@%s", (int) (at - text), text, domain);
  }
  if (address != NULL && strlen (address) <= PN_ADDRESS_MAX_BYTES)
    return g_steal_pointer (&address);
  shown = pn_text_clean_line (text, 80);
  pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no e-mail address", shown);
  return NULL;
}

const char *
pn_text_address_domain (const char *address)
{
  const char *at = strrchr (address, '@');

  return at != NULL ? at + 1 : "";
}

gboolean
pn_text_is_name (const char *name)
{
  gsize length = name != NULL ? strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789._-") : 0;

  return length > 0 && length <= NAME_MAX_BYTES && name[length] == '\0'
         && g_ascii_isalnum (name[0]);
}

gboolean
pn_text_is_label (const char *name, gsize most)
{
  gsize length = strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-");

  return length > 0 && length <= most && name[length] == '\0';
}

gboolean
pn_text_has_any (const char *text, const char *const *list, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    if (strstr (text, list[i]) != NULL)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_text_is_loopback (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0 || strcmp (host, "::1") == 0
         || (g_str_has_prefix (host, "127.") && g_hostname_is_ip_address (host));
}

char *
pn_text_url_host (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  return g_strdup (host != NULL ? host : "");
}

guint
pn_text_distance (const char *a, const char *b)
{
  gsize a_length = MIN (strlen (a), DISTANCE_MAX_BYTES);
  gsize b_length = MIN (strlen (b), DISTANCE_MAX_BYTES);
  guint row[DISTANCE_MAX_BYTES + 1];

  for (gsize j = 0; j <= b_length; j++)
    row[j] = (guint) j;
  for (gsize i = 1; i <= a_length; i++) {
    guint corner = row[0];

    row[0] = (guint) i;
    for (gsize j = 1; j <= b_length; j++) {
      guint above = row[j];
      guint change = corner + (a[i - 1] != b[j - 1] ? 1 : 0);

      row[j] = MIN (MIN (above, row[j - 1]) + 1, change);
      corner = above;
    }
  }
  return row[b_length];
}
