#include "ticketing/core/file.h"

#include <errno.h>
#include <unistd.h>

#include "ticketing/core/error.h"

gboolean
pn_file_write (int fd, const void *bytes, gsize size_bytes, const char *what, GError **error)
{
  const char *at = bytes;

  while (size_bytes > 0) {
    ssize_t n = write (fd, at, size_bytes);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      pn_error_set (error, PN_ERROR_TEMPORARY, "can't keep %s: %s", what, g_strerror (errno));
      return FALSE;
    }
    at += n;
    size_bytes -= (gsize) n;
  }
  return TRUE;
}
