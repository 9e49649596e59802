#include "gateway/cli/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ticketing/core/error.h"

#define PORTION 65536

static int
open_path (const char *path, GError **error)
{
  const int fd = strcmp (path, "-") == 0 ? dup (STDIN_FILENO) : open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "%s: %s", path, g_strerror (errno));
  return fd;
}

char *
pn_cli_read_file (const char *path, gsize *size_bytes, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 portion[PORTION];
  const int fd = open_path (path, error);
  ssize_t n = 0;

  if (fd < 0)
    return NULL;
  while (bytes->len <= PN_CLI_FILE_BYTES && (n = read (fd, portion, sizeof portion)) > 0)
    g_byte_array_append (bytes, portion, (guint) n);
  close (fd);
  if (n < 0 || bytes->len > PN_CLI_FILE_BYTES) {
    pn_error_set (error, n < 0 ? PN_ERROR_NOT_FOUND : PN_ERROR_INVALID, "%s: %s", path,
                  n < 0 ? "it can't be read" : "it has more than 4 MiB");
    return NULL;
  }
  *size_bytes = bytes->len;
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

json_t *
pn_cli_read_json (const char *path, GError **error)
{
  gsize size = 0;
  g_autofree char *text = pn_cli_read_file (path, &size, error);
  json_error_t where;
  json_t *document;

  if (text == NULL)
    return NULL;
  document = json_loadb (text, size, JSON_REJECT_DUPLICATES, &where);
  if (document == NULL)
    pn_error_set (error, PN_ERROR_INVALID, "%s, line %d: %s", path, where.line, where.text);
  return document;
}
