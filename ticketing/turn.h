/* Turns: work on marks, which every clerk finds in the same order, is done by one of them while there is much of it. Without
 * turns two clerks render the same letters and read the same messages for words; unique keys and compare-and-set keep that
 * right, but all of the second one's work is thrown away. Owns the table turn.
 *
 *   little to do   nobody takes a turn: whoever comes first does it, at once
 *   much to do     whoever did a large portion has the turn for 10 s, and again as long as the portions stay large;
 *                  the others leave that work alone meanwhile and have more time for mail
 *
 * Who dies loses the turn when it lapses. One object a process; one thread.
 */
#pragma once

#include "ticketing/core/db.h"

#define PN_TURN_LIFE (10 * PN_SECOND)

typedef struct PnTurns PnTurns;

PnTurns *pn_turns_new (const char *owner); /* (owned) (copied) unlike that of any other process */
void pn_turns_free (PnTurns *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnTurns, pn_turns_free)

/* Looks whose turn it is: once before a round of work. */
gboolean pn_turns_look (PnTurns *self, PnDb *db, GError **error);

/* Is @work left to us, as far as the last look tells? */
gboolean pn_turns_may (const PnTurns *self, const char *work);

/* After a portion of @work. @is_large: there is more of it. Takes the turn, keeps it or gives it back. */
gboolean pn_turns_done (PnTurns *self, PnDb *db, const char *work, gboolean is_large,
                        GError **error);
