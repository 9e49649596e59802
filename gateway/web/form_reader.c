#include "gateway/web/form_reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ticketing/core/error.h"
#include "ticketing/core/file.h"
#include "ticketing/core/sha256.h"

/* Urlencoded and JSON bodies are held in memory, whatever a route allows for files. */
#define GATHERED_LIMIT_BYTES (PN_FORM_MAX_VALUE_BYTES + 64 * 1024)
#define PART_HEAD_LIMIT_BYTES (8 * 1024)
#define BOUNDARY_LIMIT_BYTES 70

typedef enum { KIND_NONE, KIND_PAIRS, KIND_JSON, KIND_MULTIPART } BodyKind;
typedef enum { STATE_START, STATE_AFTER, STATE_HEAD, STATE_BODY, STATE_END } State;

struct PnFormReader {
  BodyKind kind;
  gint64 limit_bytes;
  gint64 seen_bytes;
  PnSha256 *digest;
  GByteArray *pending; /* gathered body, or what of a multipart is not understood yet */
  PnForm *form;
  State state;
  char *delimiter;   /* CR LF "--" boundary */
  char *part_name;   /* of the part that is being read */
  PnUpload *upload;  /* where it has a file name */
  GByteArray *value; /* where it has none */
};

/* Returns: (owned) the parameter @name of a header value such as  form-data; name="a"; filename="b\"c"; or NULL. */
static char *
find_parameter (const char *value, const char *name)
{
  gsize name_size = strlen (name);
  const char *at = strchr (value, ';');

  while (at != NULL) {
    g_autoptr (GString) text = g_string_new ("");
    gboolean is_it;

    at++;
    at += strspn (at, " \t");
    is_it = g_ascii_strncasecmp (at, name, name_size) == 0 && at[name_size] == '=';
    at += strcspn (at, "=;");
    if (*at == '=') {
      at++;
      if (*at == '"') {
        for (at++; *at != '\0' && *at != '"'; at++) {
          if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
          g_string_append_c (text, *at);
        }
        at += *at == '"' ? 1 : 0;
      } else {
        gsize size = strcspn (at, "; \t");

        g_string_append_len (text, at, (gssize) size);
        at += size;
      }
    }
    if (is_it)
      return g_string_free (g_steal_pointer (&text), FALSE);
    at = strchr (at, ';');
  }
  return NULL;
}

static gboolean
has_type (const char *content_type, const char *type)
{
  gsize size = strlen (type);

  return g_ascii_strncasecmp (content_type, type, size) == 0
         && (content_type[size] == '\0' || strchr ("; \t", content_type[size]) != NULL);
}

static gboolean
set_boundary (PnFormReader *reader, const char *content_type, GError **error)
{
  g_autofree char *boundary = find_parameter (content_type, "boundary");
  gsize size = boundary != NULL ? strlen (boundary) : 0;

  if (size == 0 || size > BOUNDARY_LIMIT_BYTES
      || strspn (boundary,
                 "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ")
             != size) {
    pn_error_set (error, PN_ERROR_INVALID, "the multipart body has no usable boundary");
    return FALSE;
  }
  reader->delimiter = g_strconcat ("\r\n--", boundary, NULL);
  g_byte_array_append (reader->pending, (const guint8 *) "\r\n", 2);
  return TRUE;
}

PnFormReader *
pn_form_reader_new (const char *content_type, gint64 limit_bytes, GError **error)
{
  g_autoptr (PnFormReader) reader = g_new0 (PnFormReader, 1);

  reader->limit_bytes = limit_bytes;
  reader->digest = pn_sha256_new ();
  reader->pending = g_byte_array_new ();
  reader->value = g_byte_array_new ();
  reader->form = pn_form_new ();
  if (content_type == NULL || *content_type == '\0') {
    reader->kind = KIND_NONE;
  } else if (has_type (content_type, "application/x-www-form-urlencoded")) {
    reader->kind = KIND_PAIRS;
  } else if (has_type (content_type, "application/json")) {
    reader->kind = KIND_JSON;
  } else if (has_type (content_type, "multipart/form-data")) {
    reader->kind = KIND_MULTIPART;
    if (!set_boundary (reader, content_type, error))
      return NULL;
  } else {
    pn_error_set (error, PN_ERROR_INVALID,
                  "the body is neither a form (urlencoded or multipart) nor JSON");
    return NULL;
  }
  return g_steal_pointer (&reader);
}

void
pn_form_reader_free (PnFormReader *reader)
{
  if (reader == NULL)
    return;
  pn_sha256_free (reader->digest);
  g_byte_array_unref (reader->pending);
  g_byte_array_unref (reader->value);
  pn_form_free (reader->form);
  pn_upload_free (reader->upload);
  g_free (reader->part_name);
  g_free (reader->delimiter);
  g_free (reader);
}

static gboolean
take_body (PnFormReader *reader, const guint8 *bytes, gsize size_bytes, GError **error)
{
  if (reader->upload != NULL) {
    reader->upload->size_bytes += (gint64) size_bytes;
    return pn_file_write (reader->upload->fd, bytes, size_bytes, "an upload", error);
  }
  if (reader->value->len + size_bytes > PN_FORM_MAX_VALUE_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the field \"%s\" is longer than %d bytes",
                  reader->part_name, PN_FORM_MAX_VALUE_BYTES);
    return FALSE;
  }
  g_byte_array_append (reader->value, bytes, (guint) size_bytes);
  return TRUE;
}

static gboolean
end_part (PnFormReader *reader, GError **error)
{
  gboolean is_added = TRUE;

  if (reader->upload != NULL) {
    /* a file field that was left empty comes as a nameless empty file */
    if (reader->upload->size_bytes > 0 || strcmp (reader->upload->file_name, "file") != 0) {
      lseek (reader->upload->fd, 0, SEEK_SET);
      g_ptr_array_add (reader->form->uploads, g_steal_pointer (&reader->upload));
    }
    g_clear_pointer (&reader->upload, pn_upload_free);
  } else {
    is_added = pn_form_add (reader->form, reader->part_name,
                            reader->value->len > 0 ? (const char *) reader->value->data : "",
                            reader->value->len, error);
    g_byte_array_set_size (reader->value, 0);
  }
  g_clear_pointer (&reader->part_name, g_free);
  return is_added;
}

static gboolean
begin_upload (PnFormReader *reader, const char *file_name, const char *type, GError **error)
{
  g_autofree char *readable = g_utf8_make_valid (file_name, -1);

  if (strcmp (reader->part_name, "files") != 0) {
    pn_error_set (error, PN_ERROR_INVALID, "a file came in a field other than \"files\"");
    return FALSE;
  }
  if (reader->form->uploads->len >= PN_FORM_MAX_UPLOADS) {
    pn_error_set (error, PN_ERROR_INVALID, "more than %d files", PN_FORM_MAX_UPLOADS);
    return FALSE;
  }
  reader->upload = pn_upload_new (readable, type);
  if (reader->upload->fd < 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "can't keep an upload: %s", g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

/* Browsers write a quote and line breaks of a name as %22, %0D and %0A; filename* is RFC 5987. */
static char *
file_name_of (const char *disposition)
{
  g_autofree char *extended = find_parameter (disposition, "filename*");
  g_autofree char *plain = find_parameter (disposition, "filename");

  if (extended != NULL && g_ascii_strncasecmp (extended, "utf-8''", 7) == 0)
    return g_uri_unescape_string (extended + 7, NULL);
  return g_steal_pointer (&plain);
}

static gboolean
read_part_head (PnFormReader *reader, const char *head, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  const char *disposition = "";
  const char *type = "";
  g_autofree char *file_name = NULL;

  for (guint i = 0; lines[i] != NULL; i++) {
    if (g_ascii_strncasecmp (lines[i], "content-disposition:", 20) == 0)
      disposition = g_strchug (lines[i] + 20);
    else if (g_ascii_strncasecmp (lines[i], "content-type:", 13) == 0)
      type = g_strstrip (lines[i] + 13);
    else if (g_ascii_strncasecmp (lines[i], "content-transfer-encoding:", 26) == 0) {
      pn_error_set (error, PN_ERROR_INVALID, "a part has a transfer encoding");
      return FALSE;
    }
  }
  reader->part_name = find_parameter (disposition, "name");
  if (g_ascii_strncasecmp (disposition, "form-data", 9) != 0 || reader->part_name == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "a part of the form has no name");
    return FALSE;
  }
  file_name = file_name_of (disposition);
  if (file_name != NULL) {
    g_autofree char *bare = g_strndup (type, strcspn (type, "; \t"));

    return begin_upload (reader, file_name, bare, error);
  }
  return TRUE;
}

/* Reads up to the next delimiter. Returns: FALSE with @error, or with none when more bytes are needed. */
static gboolean
step_body (PnFormReader *reader, GError **error)
{
  gsize delimiter_bytes = strlen (reader->delimiter);
  const guint8 *data = reader->pending->data;
  gsize size = reader->pending->len;
  const guint8 *found = memmem (data, size, reader->delimiter, delimiter_bytes);
  gsize usable = found != NULL ? (gsize) (found - data)
                               : (size >= delimiter_bytes ? size - delimiter_bytes + 1 : 0);

  if (usable > 0 && !take_body (reader, data, usable, error))
    return FALSE;
  g_byte_array_remove_range (reader->pending, 0,
                             (guint) (usable + (found != NULL ? delimiter_bytes : 0)));
  if (found == NULL)
    return FALSE;
  reader->state = STATE_AFTER;
  return end_part (reader, error);
}

static gboolean
step_start (PnFormReader *reader, GError **error)
{
  gsize delimiter_bytes = strlen (reader->delimiter);

  if (reader->pending->len < delimiter_bytes)
    return FALSE;
  if (memcmp (reader->pending->data, reader->delimiter, delimiter_bytes) != 0) {
    pn_error_set (error, PN_ERROR_INVALID, "the multipart body does not begin with its boundary");
    return FALSE;
  }
  g_byte_array_remove_range (reader->pending, 0, (guint) delimiter_bytes);
  reader->state = STATE_AFTER;
  return TRUE;
}

/* After a boundary stands "--" at the end of all parts, else a line break. */
static gboolean
step_after (PnFormReader *reader, GError **error)
{
  if (reader->pending->len < 2)
    return FALSE;
  if (memcmp (reader->pending->data, "--", 2) == 0) {
    reader->state = STATE_END;
  } else if (memcmp (reader->pending->data, "\r\n", 2) == 0) {
    reader->state = STATE_HEAD;
  } else {
    pn_error_set (error, PN_ERROR_INVALID, "the multipart body is damaged");
    return FALSE;
  }
  g_byte_array_remove_range (reader->pending, 0, 2);
  return TRUE;
}

static gboolean
step_head (PnFormReader *reader, GError **error)
{
  const guint8 *data = reader->pending->data;
  const guint8 *end = memmem (data, reader->pending->len, "\r\n\r\n", 4);
  gsize size = end != NULL ? (gsize) (end - data) : reader->pending->len;
  g_autofree char *head = NULL;

  if (size > PART_HEAD_LIMIT_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the head of a part is too long");
    return FALSE;
  }
  if (end == NULL)
    return FALSE;
  if (memchr (data, '\0', size) != NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "the head of a part holds NUL");
    return FALSE;
  }
  head = g_strndup ((const char *) data, size);
  g_byte_array_remove_range (reader->pending, 0, (guint) size + 4);
  reader->state = STATE_BODY;
  return read_part_head (reader, head, error);
}

static gboolean
step (PnFormReader *reader, GError **error)
{
  switch (reader->state) {
  case STATE_START: return step_start (reader, error);
  case STATE_AFTER: return step_after (reader, error);
  case STATE_HEAD: return step_head (reader, error);
  case STATE_BODY: return step_body (reader, error);
  case STATE_END: g_byte_array_set_size (reader->pending, 0); return FALSE;
  }
  return FALSE;
}

gboolean
pn_form_reader_feed (PnFormReader *reader, const char *bytes, gsize size_bytes, GError **error)
{
  gint64 limit = reader->kind == KIND_MULTIPART ? reader->limit_bytes
                                                : MIN (reader->limit_bytes, GATHERED_LIMIT_BYTES);
  GError *problem = NULL;

  reader->seen_bytes += (gint64) size_bytes;
  if (reader->kind == KIND_NONE && size_bytes > 0) {
    pn_error_set (error, PN_ERROR_INVALID, "the body has no content type");
    return FALSE;
  }
  if (reader->seen_bytes > limit) {
    pn_error_set (error, PN_ERROR_INVALID, "the body is longer than %" G_GINT64_FORMAT " bytes",
                  limit);
    return FALSE;
  }
  pn_sha256_add (reader->digest, bytes, size_bytes);
  g_byte_array_append (reader->pending, (const guint8 *) bytes, (guint) size_bytes);
  if (reader->kind != KIND_MULTIPART)
    return TRUE;
  while (step (reader, &problem))
    ;
  if (problem != NULL) {
    g_propagate_error (error, problem);
    return FALSE;
  }
  return TRUE;
}

PnForm *
pn_form_reader_finish (PnFormReader *reader, GError **error)
{
  const char *text = (const char *) reader->pending->data;
  gsize size = reader->pending->len;

  switch (reader->kind) {
  case KIND_NONE: break;
  case KIND_PAIRS:
    if (size > 0 && !pn_form_read_pairs (reader->form, text, size, error))
      return NULL;
    break;
  case KIND_JSON:
    if (size > 0 && !pn_form_read_json (reader->form, text, size, error))
      return NULL;
    break;
  case KIND_MULTIPART:
    if (reader->state != STATE_END) {
      pn_error_set (error, PN_ERROR_INVALID, "the multipart body ends too early");
      return NULL;
    }
    break;
  }
  return g_steal_pointer (&reader->form);
}

char *
pn_form_reader_digest (PnFormReader *reader)
{
  return pn_sha256_end_hex (reader->digest);
}
