/* Expect: when an answer can be expected, from what was answered in the last days; counted anew after some minutes. Any
 * thread may call. */
#pragma once

#include "ticketing/core/db.h"

typedef struct PnExpect PnExpect;

PnExpect *pn_expect_new (void); /* (owned) */
void pn_expect_free (PnExpect *expect);

typedef struct {
  gint64
      seconds; /* within which nine of ten first answers came, in office hours where there are some; 0: too few to say */
  PnTime
      by; /* when that is from now, by the queue's calendar and not before its holidays end; 0: no calendar */
  char *note; /* what the queue says while nobody is there; NULL */
} PnExpectation;

void pn_expectation_clear (PnExpectation *expectation);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnExpectation, pn_expectation_clear)

/* What somebody who writes to the queue now can expect. What can't be told is left out, and logged. */
void pn_expect (PnExpect *expect, PnDb *db, gint64 queue_id, PnExpectation *expectation);
