#include "gateway/web/head.h"

#include <string.h>

#include "ticketing/core/error.h"

/* Headers that may come once only. */
static const char *const single[] = {
  "host",          "content-length", "content-type",    "transfer-encoding",
  "authorization", "origin",         "idempotency-key",
};

static gboolean
refuse (GError **error, const char *what)
{
  pn_error_set (error, PN_ERROR_INVALID, "%s", what);
  return FALSE;
}

static gboolean
is_token (const char *text, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isalnum (text[i])
        && (text[i] == '\0' || strchr ("!#$%&'*+-.^_`|~", text[i]) == NULL))
      return FALSE;
  }
  return size > 0;
}

static gboolean
is_value (const char *text, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    guchar c = (guchar) text[i];

    if ((c < 0x20 && c != '\t') || c == 0x7f)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_named (const PnHeadField *field, const char *name)
{
  return field->name_bytes == strlen (name)
         && g_ascii_strncasecmp (field->name, name, field->name_bytes) == 0;
}

static const PnHeadField *
find (const GArray *fields, const char *name, guint *count)
{
  const PnHeadField *found = NULL;

  *count = 0;
  for (guint i = 0; i < fields->len; i++) {
    const PnHeadField *field = &g_array_index (fields, PnHeadField, i);

    if (!is_named (field, name))
      continue;
    found = field;
    (*count)++;
  }
  return found;
}

/* As a name in a host must be; the rest is compared with the configured one. */
static gboolean
is_host (const char *text, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isalnum (text[i]) && strchr (".-:[]_", text[i]) == NULL)
      return FALSE;
  }
  return size > 0 && size <= 260;
}

static gboolean
check_fields (const GArray *fields, GError **error)
{
  gsize total = 0;
  guint count;
  const PnHeadField *host;

  if (fields->len > PN_HEAD_LIMIT_FIELDS)
    return refuse (error, "the request has too many headers");
  for (guint i = 0; i < fields->len; i++) {
    const PnHeadField *field = &g_array_index (fields, PnHeadField, i);

    total += field->name_bytes + field->value_bytes + 4;
    if (!is_token (field->name, field->name_bytes))
      return refuse (error, "the name of a header is no token");
    if (!is_value (field->value, field->value_bytes))
      return refuse (error, "a header holds control characters");
  }
  if (total > PN_HEAD_LIMIT_BYTES)
    return refuse (error, "the head of the request is too long");
  for (gsize i = 0; i < G_N_ELEMENTS (single); i++) {
    find (fields, single[i], &count);
    if (count > 1)
      return refuse (error, "a header that may come once came twice");
  }
  host = find (fields, "host", &count);
  if (host == NULL || !is_host (host->value, host->value_bytes))
    return refuse (error, "the request names no host");
  return TRUE;
}

static gboolean
check_body (const char *version, const GArray *fields, PnBodyShape *shape, GError **error)
{
  guint count;
  const PnHeadField *length = find (fields, "content-length", &count);
  const PnHeadField *coding = find (fields, "transfer-encoding", &count);

  shape->content_length = -1;
  shape->is_chunked = coding != NULL;
  if (coding != NULL
      && (coding->value_bytes != 7 || g_ascii_strncasecmp (coding->value, "chunked", 7) != 0))
    return refuse (error, "the transfer encoding is not \"chunked\"");
  if (coding != NULL && (length != NULL || strcmp (version, "HTTP/1.1") != 0))
    return refuse (error, "the length of the body is said in two ways");
  if (length == NULL)
    return TRUE;
  if (length->value_bytes == 0 || length->value_bytes > 15)
    return refuse (error, "Content-Length is no length");
  shape->content_length = 0;
  for (gsize i = 0; i < length->value_bytes; i++) {
    if (!g_ascii_isdigit (length->value[i]))
      return refuse (error, "Content-Length is no length");
    shape->content_length = shape->content_length * 10 + (length->value[i] - '0');
  }
  return TRUE;
}

static gboolean
check_target (const char *target, GError **error)
{
  if (target[0] != '/')
    return refuse (error, "the target does not begin with \"/\"");
  for (const char *c = target; *c != '\0'; c++) {
    if (*c <= 0x20 || *c == 0x7f || strchr ("\"<>\\^`{|}#", *c) != NULL)
      return refuse (error, "the target holds characters that must be escaped");
    if (c[0] == '%' && c[1] == '0' && c[2] == '0')
      return refuse (error, "the target holds %00");
  }
  return TRUE;
}

gboolean
pn_head_check (const char *method, const char *target, const char *version, const GArray *fields,
               PnBodyShape *shape, GError **error)
{
  if (!is_token (method, strlen (method)))
    return refuse (error, "the method is no token");
  if (strcmp (version, "HTTP/1.1") != 0 && strcmp (version, "HTTP/1.0") != 0)
    return refuse (error, "the version of HTTP is neither 1.0 nor 1.1");
  return check_target (target, error) && check_fields (fields, error)
         && check_body (version, fields, shape, error);
}
