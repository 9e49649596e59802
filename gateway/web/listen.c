#include "gateway/web/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ticketing/core/error.h"

#define BACKLOG 512

static gboolean
fail (const char *where, int fd, GError **error)
{
  pn_error_set (error, PN_ERROR_TEMPORARY, "can't listen on %s: %s", where, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return FALSE;
}

static gboolean
open_unix (const char *where, const char *path, int *fd, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int socket_fd;

  if (strlen (path) >= sizeof address.sun_path) {
    pn_error_set (error, PN_ERROR_INVALID, "the path of the socket %s is too long", path);
    return FALSE;
  }
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  socket_fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  unlink (path);
  if (socket_fd < 0 || bind (socket_fd, (struct sockaddr *) &address, sizeof address) != 0
      || chmod (path, 0660) != 0 || listen (socket_fd, BACKLOG) != 0)
    return fail (where, socket_fd, error);
  *fd = socket_fd;
  return TRUE;
}

static gboolean
split (const char *where, char **host, char **port)
{
  const char *colon = strrchr (where, ':');

  if (colon == NULL) {
    *host = g_strdup ("127.0.0.1");
    *port = g_strdup (where);
  } else if (where[0] == '[' && colon > where && colon[-1] == ']') {
    *host = g_strndup (where + 1, (gsize) (colon - where - 2));
    *port = g_strdup (colon + 1);
  } else {
    *host = g_strndup (where, (gsize) (colon - where));
    *port = g_strdup (colon + 1);
  }
  return **port != '\0';
}

gboolean
pn_listen_open (const char *where, int *fd, GError **error)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
  struct addrinfo *found = NULL;
  g_autofree char *host = NULL;
  g_autofree char *port = NULL;
  int yes = 1;
  int socket_fd;
  gboolean is_bound;

  if (g_str_has_prefix (where, "unix:"))
    return open_unix (where, where + 5, fd, error);
  if (!split (where, &host, &port)
      || getaddrinfo (*host != '\0' ? host : NULL, port, &hints, &found) != 0) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no address to listen on", where);
    return FALSE;
  }
  socket_fd = socket (found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  is_bound = socket_fd >= 0
             && setsockopt (socket_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0
             && bind (socket_fd, found->ai_addr, found->ai_addrlen) == 0
             && listen (socket_fd, BACKLOG) == 0;
  freeaddrinfo (found);
  if (!is_bound)
    return fail (where, socket_fd, error);
  *fd = socket_fd;
  return TRUE;
}

guint
pn_listen_port (int fd)
{
  struct sockaddr_storage address = { 0 };
  socklen_t size = sizeof address;

  if (getsockname (fd, (struct sockaddr *) &address, &size) != 0)
    return 0;
  if (address.ss_family == AF_INET)
    return ntohs (((struct sockaddr_in *) &address)->sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs (((struct sockaddr_in6 *) &address)->sin6_port);
  return 0;
}

char *
pn_listen_address_text (const struct sockaddr *address)
{
  char text[NI_MAXHOST];
  socklen_t size = address != NULL && address->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6)
                                                                     : sizeof (struct sockaddr_in);

  if (address == NULL || (address->sa_family != AF_INET && address->sa_family != AF_INET6))
    return g_strdup ("unix");
  if (getnameinfo (address, size, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
    return g_strdup ("?");
  if (g_str_has_prefix (text, "::ffff:") && strchr (text, '.') != NULL)
    return g_strdup (text + 7);
  return g_strdup (text);
}
