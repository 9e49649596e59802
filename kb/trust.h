/* Trust: whether this base may answer by itself, and from which confidence on.
 *
 *   nothing learned yet      the safe start: answers from PN_TRUST_SAFE_THRESHOLD on; so too where what was learned is of
 *                            other confidences than today's (PN_KB_MEASURE)
 *   learned (kb/study)       from the least confidence at which, by its own feedback, PN_TRUST_GOAL of the answers are
 *                            right as far as chance allows to say; above 1: never
 *   switched off             by itself, once recent answers turned out wrong; by staff; stays so until somebody on the
 *                            staff switches it on
 *
 * Owns the table kb_trust, of one row.
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/db.h"

#define PN_TRUST_GOAL 0.95
#define PN_TRUST_SAFE_THRESHOLD 0.95
#define PN_TRUST_NEVER 2.0  /* a threshold that no confidence reaches */
#define PN_TRUST_RECENT 100 /* answers that are looked at */
#define PN_TRUST_FEWEST 10  /* judged answers before anything is said about them */

typedef struct {
  gboolean is_learned;
  double threshold;
  double precision; /* expected at the threshold */
  double coverage;  /* share of questions that reach it */
  double error;     /* expected calibration error, on questions that were not learned from */
  gint64 samples;   /* questions with feedback */
  json_t *weights;  /* kb/confidence; NULL: the general ones */
  PnTime learned_at;
  gint64 learned_to; /* the last feedback that was looked at */
  PnTime off_at;     /* 0: it may answer */
  PnTime on_at;      /* when staff switched it on again; 0: never off */
  char *off_reason;  /* core/reason; NULL */
} PnTrust;

PnTrust *pn_trust_new (void); /* (owned) the safe start */
void pn_trust_free (PnTrust *trust);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnTrust, pn_trust_free)

PnTrust *pn_trust_load (PnDb *db, GError **error); /* (owned) */

/* Stores what was learned; whether it is switched off stays as it is. */
gboolean pn_trust_save (PnDb *db, const PnTrust *trust, GError **error);

/* @is_news: it was not so before. */
gboolean pn_trust_switch_off (PnDb *db, const char *reason, gboolean *is_news, GError **error);
gboolean pn_trust_switch_on (PnDb *db, GError **error);

/* Looks at the newest answers that customers said something about, and switches off when fewer than PN_TRUST_GOAL of
 * them can have been right, beyond chance. @reason: (owned) why, when it did so just now; else NULL. */
gboolean pn_trust_watch (PnDb *db, char **reason, GError **error);
