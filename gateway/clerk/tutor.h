/* Tutor: keeps an eye on what the knowledge base answers by itself, and lets it learn.
 *
 *   watch   answers that turned out wrong stop all of them, at once; leads and administrators get a letter
 *   learn   a small base studies its feedback once there is enough that is new; a larger one is left to
 *           `postern kb learn`, which takes its time outside of the clerk
 */
#pragma once

#include "gateway/clerk/chores.h"

gboolean pn_tutor_watch (const PnChoreContext *context, guint *done, GError **error);
gboolean pn_tutor_learn (const PnChoreContext *context, guint *done, GError **error);
