#include "gateway/web/download.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "gateway/web/uploads.h"
#include "ticketing/core/error.h"
#include "ticketing/core/file.h"

#define IN_MEMORY_BYTES PN_BLOB_CHUNK_BYTES

static const char *
safe_type (const char *type)
{
  if (pn_uploads_is_picture (type) || strcmp (type, "application/pdf") == 0)
    return type;
  return strcmp (type, "text/plain") == 0 ? "text/plain; charset=utf-8"
                                          : "application/octet-stream";
}

/* Copies a large blob, chunk by chunk, to a nameless file: memory stays small however large it is, and the database's
 * connection is free while a slow client reads. */
static int
copy_to_file (PnDb *db, const guint8 sha[PN_SHA256_BYTES], GError **error)
{
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  GError *problem = NULL;

  if (fd < 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "can't keep a download: %s", g_strerror (errno));
    return -1;
  }
  for (guint seq = 0;; seq++) {
    g_autoptr (GBytes) chunk = pn_blob_load_chunk (db, sha, seq, &problem);
    const void *bytes = NULL;
    gsize size = 0;

    if (chunk == NULL && problem == NULL)
      return fd;
    if (chunk != NULL)
      bytes = g_bytes_get_data (chunk, &size);
    if (chunk == NULL || !pn_file_write (fd, bytes, size, "a download", &problem)) {
      g_propagate_error (error, problem);
      close (fd);
      return -1;
    }
  }
}

void
pn_download (PnCall *call, const guint8 sha[PN_SHA256_BYTES], const char *type,
             const char *file_name, gboolean is_inline)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gint64 size_bytes;
  int fd;

  if (!pn_blob_size (call->db, sha, &size_bytes, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (size_bytes <= IN_MEMORY_BYTES) {
    bytes = pn_blob_load (call->db, sha, IN_MEMORY_BYTES, &error);
    if (bytes != NULL)
      pn_response_set_bytes (call->response, 200, safe_type (type), bytes);
  } else if ((fd = copy_to_file (call->db, sha, &error)) >= 0) {
    pn_response_set_file (call->response, safe_type (type), fd, size_bytes);
  }
  if (error != NULL) {
    pn_call_fail (call, error);
    return;
  }
  call->response->policy = PN_POLICY_ATTACHMENT;
  pn_response_set_file_name (call->response, file_name, is_inline);
}
