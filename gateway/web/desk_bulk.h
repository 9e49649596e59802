/* What can be done to several tickets of a list at once. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/queue.h"

/* Sets "bulk" of a list's @document: the choices of its bar. @queue: the list's; NULL: of several. */
gboolean pn_desk_bulk_choices (PnCall *call, const PnQueue *queue, json_t *document,
                               GError **error);
