/* Parse client: has mails read by the jailed parser (role parse), which reads several at a time. Any thread; each mail
 * is a connection of its own. */
#pragma once

#include "gateway/mail/mime_read.h"

typedef struct PnParseTask PnParseTask; /* a mail that was handed to the parser */

/* Hands @raw over, and does not wait for the answer. Up to 100 at a time: the parser takes mails in their order, and
 * answers lie in small buffers, so ask for them in that order too.
 * Returns: (owned) or NULL with
 *   TEMPORARY  no parser listens at @socket_path: try again later
 *   PERMANENT  the mail is too large */
PnParseTask *pn_parse_client_start (const char *socket_path, GBytes *raw,
                                    const PnParseOptions *options, GError **error);
void pn_parse_task_free (PnParseTask *task); /* the parser drops the mail */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnParseTask, pn_parse_task_free)

/* Waits for the answer, for PN_PARSE_WALL_SECONDS and a little more at most. @task: (taken).
 * Returns: (owned) the record, attachments with their bytes (sizes and hashes were checked); or NULL with
 *   TEMPORARY  the parser does not answer: try again later
 *   PERMANENT  "the parser died (signal 11)": this mail kills its parser; after the second time file it by
 *              pn_mime_read_unparsed () */
PnMail *pn_parse_client_finish (PnParseTask *task, GError **error);

/* Both. */
PnMail *pn_parse_client_parse (const char *socket_path, GBytes *raw, const PnParseOptions *options,
                               GError **error);
