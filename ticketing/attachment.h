/* Attachments: the part of ticketing/message that owns the table attachment. Their bytes are blobs, named by @sha. */
#pragma once

#include "ticketing/message.h"

/* Adds the row of @attachment to its message, whose id is set; sets its id. Names and types are clipped to fit. */
gboolean pn_attachment_add (PnDb *db, PnStoredAttachment *attachment, GError **error);

/* Reads the attachments of @messages (of PnMessage, by rising id) into them. */
gboolean pn_attachment_load_all (PnDb *db, GPtrArray *messages, GError **error);

/* Gives @messages, in the order of their ids, attachments of which only the names are set. @ids: PN_MESSAGE_WORDS_OF values. */
gboolean pn_attachment_load_names (PnDb *db, GPtrArray *messages, const PnValue *ids,
                                   GError **error);
