/* Listen: the socket that people connect to.
 *
 *   where = host ":" port / "[" IPv6 "]" ":" port / port / "unix:" path        port 0: any that is free
 */
#pragma once

#include <glib.h>
#include <sys/socket.h>

/* @fd: (owned) non-blocking, close-on-exec. INVALID when @where is no address, TEMPORARY when it can't be used. */
gboolean pn_listen_open (const char *where, int *fd, GError **error);
guint pn_listen_port (int fd); /* 0: a Unix socket */

/* Returns: (owned) "192.0.2.1", "2001:db8::1", "unix". */
char *pn_listen_address_text (const struct sockaddr *address);
