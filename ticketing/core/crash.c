#include "ticketing/core/crash.h"

#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static gboolean
is_first_to_die (void)
{
  const char *path = g_getenv ("POSTERN_CRASH_ONCE");
  int fd;

  if (path == NULL)
    return TRUE;
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0)
    return FALSE;
  close (fd);
  return TRUE;
}

void
pn_crash_point (const char *name)
{
  static gint passes;
  const char *wish = g_getenv ("POSTERN_CRASH");
  gsize length = strlen (name);
  gint64 at = 1;

  if (wish == NULL || strncmp (wish, name, length) != 0
      || (wish[length] != '\0' && wish[length] != ':'))
    return;
  if (wish[length] == ':')
    at = g_ascii_strtoll (wish + length + 1, NULL, 10);
  if (g_atomic_int_add (&passes, 1) + 1 == at && is_first_to_die ())
    kill (getpid (), SIGKILL);
}
