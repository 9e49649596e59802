#include "ticketing/core/wake.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ticketing/core/error.h"

#define NAME_MAX_BYTES 40

struct PnWake {
  int fd;
  struct sockaddr_un address;
};

/* Long names are replaced by their sum, so that the path always fits. */
static gboolean
make_address (const char *run, const char *name, struct sockaddr_un *address)
{
  g_autofree char *short_name = strlen (name) > NAME_MAX_BYTES
                                    ? g_compute_checksum_for_string (G_CHECKSUM_MD5, name, -1)
                                    : g_strdup (name);
  int length = 0;

  *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
  length = g_snprintf (address->sun_path, sizeof address->sun_path, "%s/wake-%s", run, short_name);
  return length < (int) sizeof address->sun_path;
}

PnWake *
pn_wake_open (const char *run, const char *name, GError **error)
{
  g_autoptr (PnWake) wake = g_new0 (PnWake, 1);

  wake->fd = -1;
  if (!make_address (run, name, &wake->address)) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the path %s/wake-%s is too long for a socket", run,
                  name);
    wake->address.sun_path[0] = '\0';
    return NULL;
  }
  wake->fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  (void) unlink (wake->address.sun_path);
  if (wake->fd < 0
      || bind (wake->fd, (const struct sockaddr *) &wake->address, sizeof wake->address) != 0) {
    pn_error_set (error, PN_ERROR_PERMANENT, "socket %s: %s", wake->address.sun_path,
                  g_strerror (errno));
    return NULL;
  }
  return g_steal_pointer (&wake);
}

void
pn_wake_close (PnWake *wake)
{
  if (wake == NULL)
    return;
  if (wake->fd >= 0) {
    close (wake->fd);
    (void) unlink (wake->address.sun_path);
  }
  g_free (wake);
}

int
pn_wake_fd (const PnWake *wake)
{
  return wake->fd;
}

void
pn_wake_drain (PnWake *wake)
{
  char bytes[16];

  while (recv (wake->fd, bytes, sizeof bytes, MSG_DONTWAIT) >= 0 || errno == EINTR)
    continue;
}

void
pn_wake_send (const char *run, const char *name)
{
  struct sockaddr_un address;
  int fd = -1;

  if (!make_address (run, name, &address))
    return;
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return;
  /* Nobody there, or so many nudges that the socket is full: both are fine. */
  (void) sendto (fd, "w", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *) &address,
                 sizeof address);
  close (fd);
}

/* A socket's file outlives a process that was killed; connecting to it then fails. */
gboolean
pn_wake_is_there (const char *run, const char *name)
{
  struct sockaddr_un address;
  gboolean is_there = FALSE;
  int fd = -1;

  if (!make_address (run, name, &address))
    return FALSE;
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return FALSE;
  is_there = connect (fd, (const struct sockaddr *) &address, sizeof address) == 0;
  close (fd);
  return is_there;
}
