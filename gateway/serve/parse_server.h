/* Parse server: a small process with one thread that has everything loaded, and forks a throw-away child for each mail.
 *
 *   client ──mail as a descriptor──► child (locked in, reads the mail, answers, ends)
 *                                    parent: says how the child died, if it did; ends it when its client is gone
 *
 * As many mails at a time as there are processors; they are taken in the order in which they came. Nothing that a mail
 * does to its child reaches another: a child holds no descriptor but its own connection.
 * gateway/mail/parse_wire.h says what goes over the socket.
 */
#pragma once

#include <glib.h>

#define PN_PARSE_MEMORY_BYTES (256 * 1024 * 1024)
#define PN_PARSE_CPU_SECONDS 2 /* and one more for each 16 MiB of mail */

typedef struct PnParseServer PnParseServer;

/* Loads what the children need and listens at @socket_path (mode 0600; an old socket there is removed).
 * Returns: (owned) NULL with PERMANENT. */
PnParseServer *pn_parse_server_new (const char *socket_path, GError **error);
void pn_parse_server_free (PnParseServer *self); /* the socket goes, and so do the children */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnParseServer, pn_parse_server_free)

int pn_parse_server_fd (const PnParseServer *self); /* readable: there is something to serve */

/* Does what there is to do and does not wait. FALSE with TEMPORARY when no child can be made. */
gboolean pn_parse_server_serve (PnParseServer *self, GError **error);
