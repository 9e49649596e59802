/* What the clerk does for the knowledge base by the clock: articles that publish themselves, links that are checked,
 * owners that are told of a review date. Each is a chore (chores.h). */
#pragma once

#include "gateway/clerk/chores.h"

gboolean pn_kb_chore_publish (const PnChoreContext *context, guint *done, GError **error);
gboolean pn_kb_chore_links (const PnChoreContext *context, guint *done, GError **error);
gboolean pn_kb_chore_remind (const PnChoreContext *context, guint *done, GError **error);

/* Forgets pictures that no text shows, one at a time; pn_kb_keep_pictures () keeps the bytes of the others. */
gboolean pn_kb_chore_pictures (const PnChoreContext *context, guint *done, GError **error);
gboolean pn_kb_keep_pictures (PnBlobSweep *sweep, PnDb *db, GError **error);
