/* Study: what a base makes of its feedback; `postern kb learn`, and a chore for small bases.
 *
 *   feedback ─► words    an article is known by the questions it answered, unless it was refused for them as often
 *            ─► weights  the questions put to indexes that don't know them (PN_KB_FOLDS parts, each left out once)
 *            ─► threshold for automatic answers (kb/fit, kb/trust)
 *
 * Plain counting and one logistic regression; all of it can be made again at any time from what stands in the database,
 * and what somebody who was removed had written is no part of it. Every process follows by the change number.
 */
#pragma once

#include "kb/trust.h"

#define PN_STUDY_QUESTIONS_MAX 20000 /* of the newest feedback */
#define PN_STUDY_WORDS_OF_ARTICLE 200
#define PN_STUDY_SMALL 2000 /* articles: up to here it takes a few seconds */

typedef struct {
  gboolean is_too_large; /* nothing was done */
  guint questions;       /* feedback that was looked at */
  guint learned;         /* articles' words now */
  guint changed;         /* of these, new or gone */
  guint samples;         /* questions that tell whether the first answer is right */
  double error_before;   /* calibration error with the general weights, on the samples */
  PnTrust *trust;        /* (owned) as it is stored now */
} PnStudyReport;

void pn_study_report_clear (PnStudyReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnStudyReport, pn_study_report_clear)

/* Reads, thinks without a transaction, and stores in one. @most: does nothing where there are more articles (then
 * @report says so); 0: whatever there is. */
gboolean pn_study (PnDb *db, guint most, PnStudyReport *report, GError **error);

/* Is there enough new feedback (@least) since it was done last? */
gboolean pn_study_is_due (PnDb *db, gint64 least, gboolean *is_due, GError **error);
