#include "gateway/web/uploads.h"

#include <string.h>
#include <unistd.h>

#include "ticketing/core/error.h"

#define SNIFFED_BYTES 512
#define OTHER "application/octet-stream"

static const struct {
  const char *bytes;
  gsize size;
  gsize at;
  const char *type;
} marks[] = {
  { "\x89PNG\r\n\x1a\n", 8, 0, "image/png" },
  { "\xff\xd8\xff", 3, 0, "image/jpeg" },
  { "GIF87a", 6, 0, "image/gif" },
  { "GIF89a", 6, 0, "image/gif" },
  { "WEBPVP8", 7, 8, "image/webp" },
  { "%PDF-", 5, 0, "application/pdf" },
  { "PK\x03\x04", 4, 0, "application/zip" },
};

static gboolean
is_text (const guint8 *bytes, gsize size)
{
  const char *end;

  for (gsize i = 0; i < size; i++) {
    if (bytes[i] < 0x20 && strchr ("\t\n\r\f", bytes[i]) == NULL)
      return FALSE;
    if (bytes[i] == '\0')
      return FALSE;
  }
  if (g_utf8_validate_len ((const char *) bytes, size, &end))
    return TRUE;
  /* a character may have been cut at the end */
  return size == SNIFFED_BYTES && end + 4 > (const char *) bytes + size;
}

const char *
pn_uploads_sniff (const guint8 *bytes, gsize size_bytes)
{
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++) {
    if (size_bytes >= marks[i].at + marks[i].size
        && memcmp (bytes + marks[i].at, marks[i].bytes, marks[i].size) == 0)
      return marks[i].type;
  }
  return size_bytes > 0 && is_text (bytes, size_bytes) ? "text/plain" : OTHER;
}

gboolean
pn_uploads_is_picture (const char *type)
{
  static const char *const types[] = { "image/png", "image/jpeg", "image/gif", "image/webp" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    if (strcmp (type, types[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

GPtrArray *
pn_uploads_store (PnCall *call, GError **error)
{
  const GPtrArray *uploads = call->request->form->uploads;
  g_autoptr (GPtrArray) stored =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pn_stored_attachment_free);

  for (guint i = 0; i < uploads->len; i++) {
    const PnUpload *upload = uploads->pdata[i];
    PnStoredAttachment *attachment = pn_stored_attachment_new ();
    guint8 head[SNIFFED_BYTES];
    ssize_t n = pread (upload->fd, head, sizeof head, 0);

    g_ptr_array_add (stored, attachment);
    attachment->name = g_strdup (upload->file_name);
    attachment->declared_type = g_strdup (upload->declared_type);
    attachment->type = g_strdup (pn_uploads_sniff (head, n > 0 ? (gsize) n : 0));
    if (!pn_blob_store_fd (call->db, upload->fd, call->web->config.upload_limit_bytes,
                           attachment->sha, &attachment->size_bytes, error))
      return NULL;
  }
  return g_steal_pointer (&stored);
}
