#include "gateway/web/response.h"

#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define GZIP_MIN_BYTES 1024
#define GZIP_LEVEL 3

static const char *const policies[] = {
  [PN_POLICY_PAGE] =
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
      "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  [PN_POLICY_MAIL] =
      "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; "
      "form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox",
  [PN_POLICY_ATTACHMENT] = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox",
};

static void
header_free (gpointer data)
{
  PnResponseHeader *header = data;

  g_free (header->name);
  g_free (header->value);
  g_free (header);
}

PnResponse *
pn_response_new (void)
{
  PnResponse *response = g_new0 (PnResponse, 1);

  response->status = 404;
  response->headers = g_ptr_array_new_with_free_func (header_free);
  response->fd = -1;
  return response;
}

static void
clear_body (PnResponse *response)
{
  g_clear_pointer (&response->bytes, g_bytes_unref);
  if (response->stream != NULL)
    pn_stream_detach (response->stream); /* nobody reads it any more, or never did */
  g_clear_pointer (&response->stream, pn_stream_unref);
  if (response->fd >= 0)
    close (response->fd);
  response->fd = -1;
}

void
pn_response_free (PnResponse *response)
{
  if (response == NULL)
    return;
  clear_body (response);
  g_ptr_array_unref (response->headers);
  g_free (response->frames);
  g_free (response);
}

void
pn_response_add_header (PnResponse *response, const char *name, const char *value)
{
  PnResponseHeader *header;

  for (const char *c = value; *c != '\0'; c++) {
    if ((guchar) *c < 0x20 || *c == 0x7f)
      return;
  }
  header = g_new0 (PnResponseHeader, 1);
  header->name = g_strdup (name);
  header->value = g_strdup (value);
  g_ptr_array_add (response->headers, header);
}

const char *
pn_response_header (const PnResponse *response, const char *name)
{
  for (guint i = 0; i < response->headers->len; i++) {
    const PnResponseHeader *header = response->headers->pdata[i];

    if (g_ascii_strcasecmp (header->name, name) == 0)
      return header->value;
  }
  return NULL;
}

static void
remove_header (PnResponse *response, const char *name)
{
  for (guint i = response->headers->len; i > 0; i--) {
    const PnResponseHeader *header = response->headers->pdata[i - 1];

    if (g_ascii_strcasecmp (header->name, name) == 0)
      g_ptr_array_remove_index (response->headers, i - 1);
  }
}

static void
set_type (PnResponse *response, int status, const char *type)
{
  clear_body (response);
  response->status = status;
  remove_header (response, "Content-Type");
  pn_response_add_header (response, "Content-Type", type);
}

void
pn_response_set_bytes (PnResponse *response, int status, const char *type, GBytes *bytes)
{
  GBytes *kept = g_bytes_ref (bytes);

  set_type (response, status, type);
  response->bytes = kept;
}

void
pn_response_set_text (PnResponse *response, int status, const char *type, char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  pn_response_set_bytes (response, status, type, bytes);
}

void
pn_response_set_file (PnResponse *response, const char *type, int fd, gint64 size_bytes)
{
  set_type (response, 200, type);
  response->fd = fd;
  response->fd_bytes = size_bytes;
}

void
pn_response_set_stream (PnResponse *response, const char *type, PnStream *stream)
{
  set_type (response, 200, type);
  response->stream = pn_stream_ref (stream);
  pn_response_add_header (response, "Connection", "close");
  pn_response_add_header (response, "X-Accel-Buffering", "no");
}

void
pn_response_set_redirect (PnResponse *response, const char *location)
{
  clear_body (response);
  response->status = 303;
  remove_header (response, "Content-Type");
  pn_response_add_header (response, "Location", location);
}

void
pn_response_set_file_name (PnResponse *response, const char *file_name, gboolean is_inline)
{
  g_autofree char *encoded = g_uri_escape_string (file_name, NULL, FALSE);
  g_autoptr (GString) ascii = g_string_new ("");
  g_autofree char *value = NULL;

  for (const char *c = file_name; *c != '\0'; c = g_utf8_next_char (c))
    g_string_append_c (ascii, g_ascii_isalnum (*c) || strchr ("._- ", *c) != NULL ? *c : '_');
  value = g_strdup_printf ("%s; filename=\"%s\"; filename*=UTF-8''%s",
                           is_inline ? "inline" : "attachment", ascii->str, encoded);
  pn_response_add_header (response, "Content-Disposition", value);
}

static void
stream_free (gpointer data)
{
  deflateEnd (data);
  g_free (data);
}

/* Returns: (borrowed) this thread's own, begun anew; NULL: there is no memory. One takes 256 KiB, so it is kept. */
static z_stream *
begin_stream (void)
{
  static GPrivate kept = G_PRIVATE_INIT (stream_free);
  z_stream *z = g_private_get (&kept);

  if (z != NULL)
    return deflateReset (z) == Z_OK ? z : NULL;
  z = g_new0 (z_stream, 1);
  if (deflateInit2 (z, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    g_free (z);
    return NULL;
  }
  g_private_set (&kept, z);
  return z;
}

/* Returns: (owned) @bytes as gzip; NULL where that would not be shorter. */
static GBytes *
compress_bytes (GBytes *bytes)
{
  z_stream *z = begin_stream ();
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *out = NULL;
  gsize out_bytes;

  if (z == NULL)
    return NULL;
  out_bytes = deflateBound (z, size);
  out = g_malloc (out_bytes);
  z->next_in = (Bytef *) data;
  z->avail_in = (uInt) size;
  z->next_out = out;
  z->avail_out = (uInt) out_bytes;
  if (deflate (z, Z_FINISH) != Z_STREAM_END || z->total_out >= size)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), z->total_out);
}

static gboolean
is_text_type (const char *type)
{
  static const char *const types[] = { "text/", "application/json", "application/problem+json",
                                       "image/svg+xml", "application/javascript" };

  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (types); i++) {
    if (g_str_has_prefix (type, types[i]))
      return TRUE;
  }
  return FALSE;
}

static void
compress_body (PnResponse *response, const PnRequest *request)
{
  g_autoptr (GBytes) smaller = NULL;

  if (response->bytes == NULL || g_bytes_get_size (response->bytes) < GZIP_MIN_BYTES
      || response->policy != PN_POLICY_PAGE
      || !is_text_type (pn_response_header (response, "Content-Type"))
      || pn_response_header (response, "Content-Encoding") != NULL)
    return;
  pn_response_add_header (response, "Vary", "Accept-Encoding");
  if (!pn_request_takes_gzip (request))
    return;
  smaller = compress_bytes (response->bytes);
  if (smaller == NULL)
    return;
  g_bytes_unref (response->bytes);
  response->bytes = g_steal_pointer (&smaller);
  pn_response_add_header (response, "Content-Encoding", "gzip");
}

void
pn_response_set_frames (PnResponse *response, const char *origins)
{
  g_free (response->frames);
  response->frames = g_strdup (origins);
}

/* The policy of the page; where it may be shown in a frame, with whose instead of 'none'. */
static void
add_policy (PnResponse *response)
{
  static const char nobody[] = "frame-ancestors 'none'";
  const char *policy = policies[response->policy];
  const char *at = response->frames != NULL ? strstr (policy, nobody) : NULL;
  g_autofree char *framed = NULL;

  if (at != NULL)
    framed = g_strdup_printf ("%.*sframe-ancestors %s%s", (int) (at - policy), policy,
                              response->frames, at + strlen (nobody));
  pn_response_add_header (response, "Content-Security-Policy", at != NULL ? framed : policy);
}

void
pn_response_finish (PnResponse *response, const PnRequest *request)
{
  add_policy (response);
  pn_response_add_header (response, "X-Content-Type-Options", "nosniff");
  /* Not "no-referrer" for pages: a browser then sends "Origin: null" with our own forms. */
  pn_response_add_header (response, "Referrer-Policy",
                          response->policy == PN_POLICY_PAGE ? "same-origin" : "no-referrer");
  pn_response_add_header (response, "Cross-Origin-Opener-Policy", "same-origin");
  if (pn_response_header (response, "Cross-Origin-Resource-Policy") == NULL)
    pn_response_add_header (response, "Cross-Origin-Resource-Policy", "same-origin");
  if (request->is_secure)
    pn_response_add_header (response, "Strict-Transport-Security", "max-age=31536000");
  if (!response->is_public && pn_response_header (response, "Cache-Control") == NULL)
    pn_response_add_header (response, "Cache-Control", "no-store");
  compress_body (response, request);
}
