/* Connect: a TCP connection to a name and port within a time. */
#pragma once

#include <glib.h>

/* Tries all addresses of @host, in the resolver's order. @is_loopback: whether the peer's address is this machine's.
 * Returns: a socket that does not block, with keep-alive; or -1 with TEMPORARY and a sentence that names the host. */
int pn_connect (const char *host, guint port, guint seconds, gboolean *is_loopback, GError **error);
