/* Room: is there space where the private database lies? A server that meets a full disk in the middle of its work may give
 * up, so the gateway takes nothing in while there is little left, and says why.
 *
 *   free    TAKE ──────────── RUN ───────── 0
 *   mail    taken │ waits where it is, what was taken is filed │ nothing is written
 *
 * A database elsewhere has a disk of its own, and somebody who watches it: the path is NULL then, and there is room.
 * Any thread.
 */
#pragma once

#include "ticketing/core/settings.h"

#define PN_ROOM_TAKE_BYTES (64 * G_GINT64_CONSTANT (1048576)) /* to take mail */
#define PN_ROOM_RUN_BYTES                                                                          \
  (24 * G_GINT64_CONSTANT (1048576)) /* to start the database, to file, to change anything */
#define PN_ROOM_COPIES 3 /* of a mail: raw, its attachments, and the indexes, at the worst */
#define PN_ROOM_FULL "the disk is full" /* how each sentence begins */

/* Returns: (borrowed) the path to ask for; NULL when the database is elsewhere. */
const char *pn_room_path (const PnSettings *settings);

/* Are @needed_bytes free on the disk that @path lies on? What cannot be asked is there.
 * FALSE with TEMPORARY: a sentence that says where, and how much is wanted. */
gboolean pn_room_check (const char *path, gint64 needed_bytes, GError **error);
