#include "gateway/web/acceptor.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "ticketing/core/log.h"

/* Out of descriptors, say: what waits stays in the queue, and is looked at again. */
#define PAUSE_MILLISECONDS 50

struct PnAcceptor {
  int listen_fd;
  int end_fd;
  PnAccept accept;
  gpointer data;
  GThread *thread;
};

/* Returns: FALSE when it can't go on at once. */
static gboolean
take_connection (PnAcceptor *acceptor)
{
  struct sockaddr_storage address = { 0 };
  socklen_t size = sizeof address;
  int fd = accept4 (acceptor->listen_fd, (struct sockaddr *) &address, &size,
                    SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd >= 0)
    acceptor->accept (fd, (struct sockaddr *) &address, size, acceptor->data);
  else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
    pn_log (PN_LOG_WARNING, "accept-failed", "errno=%d", errno);
  return fd >= 0 || errno == EINTR || errno == ECONNABORTED;
}

static gpointer
run (gpointer data)
{
  PnAcceptor *acceptor = data;
  struct pollfd fds[] = { { acceptor->end_fd, POLLIN, 0 }, { acceptor->listen_fd, POLLIN, 0 } };

  for (;;) {
    if (poll (fds, G_N_ELEMENTS (fds), -1) < 0 && errno != EINTR)
      break;
    if (fds[0].revents != 0)
      break;
    if (fds[1].revents != 0 && !take_connection (acceptor))
      poll (fds, 1, PAUSE_MILLISECONDS);
  }
  return NULL;
}

PnAcceptor *
pn_acceptor_start (int listen_fd, PnAccept accept, gpointer data)
{
  PnAcceptor *acceptor = g_new0 (PnAcceptor, 1);

  acceptor->listen_fd = listen_fd;
  acceptor->end_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  acceptor->accept = accept;
  acceptor->data = data;
  acceptor->thread = g_thread_new ("acceptor", run, acceptor);
  return acceptor;
}

void
pn_acceptor_end (PnAcceptor *acceptor)
{
  if (acceptor == NULL)
    return;
  eventfd_write (acceptor->end_fd, 1);
  g_thread_join (acceptor->thread);
  close (acceptor->end_fd);
  close (acceptor->listen_fd);
  g_free (acceptor);
}
