/* Parse server: a small process with one thread that has everything loaded, and forks a throw-away child for each mail.
 *
 *   client ──mail as a descriptor──► child (locked in, reads the mail, answers, ends)
 *                                    parent: says how the child died, if it did
 *
 * One mail at a time. Nothing that a mail does to its child reaches the next one. gateway/mail/parse_wire.h says what
 * goes over the socket.
 */
#pragma once

#include <glib.h>

#define PN_PARSE_MEMORY_BYTES (256 * 1024 * 1024)
#define PN_PARSE_CPU_SECONDS 2 /* and one more for each 16 MiB of mail */

/* Loads what the children need and listens at @socket_path (mode 0600; an old socket there is removed).
 * Returns: the descriptor; -1 with PERMANENT. */
int pn_parse_server_listen (const char *socket_path, GError **error);

/* Accepts one client and serves it to its end (some 20 s at most). FALSE with TEMPORARY when no child can be made. */
gboolean pn_parse_server_serve (int listen_fd, GError **error);
