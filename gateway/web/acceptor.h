/* Acceptor: a thread that takes connections from a listening socket and gives them away.
 *
 * libmicrohttpd can do that itself, but ending it (MHD_quiesce_daemon) takes the socket out of the epoll sets of running
 * threads from outside, and now and then aborted under load. Here, when pn_acceptor_end () returns, nobody accepts, and
 * no thread knows the socket's number any more.
 */
#pragma once

#include <glib.h>
#include <sys/socket.h>

typedef struct PnAcceptor PnAcceptor;

/* @fd is the callee's: non-blocking, close-on-exec. In the acceptor's thread. */
typedef void (*PnAccept) (int fd, const struct sockaddr *address, socklen_t size, gpointer data);

/* @listen_fd (taken): non-blocking. Returns: (owned) */
PnAcceptor *pn_acceptor_start (int listen_fd, PnAccept accept, gpointer data);

/* Waits for the thread, closes the listening socket and frees. */
void pn_acceptor_end (PnAcceptor *acceptor);
