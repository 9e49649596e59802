/* Parse client: has a mail read by the jailed parser (role parse). Blocks for PN_PARSE_WALL_SECONDS and a little more at
 * most. Any thread; each call is a connection of its own. */
#pragma once

#include "gateway/mail/mime_read.h"

/* Returns: (owned) the record, attachments with their bytes (sizes and hashes were checked); or NULL with
 *   TEMPORARY  no parser listens at @socket_path, or it does not answer: try again later
 *   PERMANENT  "the parser died (signal 11)": this mail kills its parser; after the second time file it by
 *              pn_mime_read_unparsed () */
PnMail *pn_parse_client_parse (const char *socket_path, GBytes *raw, const PnParseOptions *options,
                               GError **error);
