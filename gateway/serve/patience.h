/* Patience: how long to leave a mail server alone that did not work, in monotonic time.
 *
 *   trouble        1 s, 2 s, 4 s … the longest, each a quarter more or less by chance
 *   log-in denied  three times so, then 15 min: a fourth try in a row may lock the account
 */
#pragma once

#include "ticketing/core/clock.h"

typedef struct {
  guint failures; /* in a row */
  guint denials;  /* in a row */
  gint64 until;   /* g_get_monotonic_time (); 0: no need to wait */
} PnPatience;

/* It worked. */
void pn_patience_reset (PnPatience *patience);

/* It did not; @error tells why. @longest: what trouble waits at most. */
void pn_patience_fail (PnPatience *patience, const GError *error, PnTime longest);

/* Returns: how long to wait from now on; 0: not at all. */
PnTime pn_patience_left (const PnPatience *patience);
