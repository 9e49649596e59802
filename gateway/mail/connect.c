#include "gateway/mail/connect.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ticketing/core/error.h"

static gboolean
address_is_loopback (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET) {
    const struct sockaddr_in *in = (const void *) address;

    return ntohl (in->sin_addr.s_addr) >> 24 == 127;
  }
  return address->sa_family == AF_INET6
         && IN6_IS_ADDR_LOOPBACK (
             &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr);
}

/* Returns: a connected socket, or -1 with errno. */
static int
connect_address (const struct addrinfo *address, gint64 deadline)
{
  int failure = 0;
  socklen_t size = sizeof failure;
  int fd = socket (address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return -1;
  if (connect (fd, address->ai_addr, address->ai_addrlen) == 0)
    return fd;
  failure = errno;
  if (failure == EINPROGRESS) {
    struct pollfd fds = { .fd = fd, .events = POLLOUT };
    gint64 left = deadline - g_get_monotonic_time ();

    failure = ETIMEDOUT;
    if (left > 0 && poll (&fds, 1, (int) (left / 1000)) > 0)
      getsockopt (fd, SOL_SOCKET, SO_ERROR, &failure, &size);
  }
  if (failure == 0)
    return fd;
  close (fd);
  errno = failure;
  return -1;
}

static void
tune_socket (int fd)
{
  static const int yes = 1;
  static const int idle_seconds = 300;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
  setsockopt (fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
}

int
pn_connect (const char *host, guint port, guint seconds, gboolean *is_loopback, GError **error)
{
  const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
  gint64 deadline = g_get_monotonic_time () + (gint64) seconds * G_TIME_SPAN_SECOND;
  g_autofree char *service = g_strdup_printf ("%u", port);
  struct addrinfo *addresses = NULL;
  int status = getaddrinfo (host, service, &hints, &addresses);
  int failure = 0;
  int fd = -1;

  if (status != 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "the host %s is not found: %s", host,
                  gai_strerror (status));
    return -1;
  }
  for (const struct addrinfo *a = addresses; a != NULL && fd < 0; a = a->ai_next) {
    fd = connect_address (a, deadline);
    failure = errno;
    *is_loopback = address_is_loopback (a->ai_addr);
  }
  freeaddrinfo (addresses);
  if (fd < 0)
    pn_error_set (error, PN_ERROR_TEMPORARY, "%s:%u cannot be reached: %s", host, port,
                  g_strerror (failure));
  else
    tune_socket (fd);
  return fd;
}
