/* Survey: asks customers how satisfied they are, once their ticket was solved for a while (ticketing/survey.h). It goes to
 * the requester alone, by the rules for automatic letters (TRUST.md 3): never to machines, our own addresses, staff or
 * suspended addresses; where nobody vouches for the address, it counts as the one letter a day that such an address may
 * get. Text only, without what anybody wrote. Why somebody is not asked is kept.
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"

typedef struct {
  PnDb *db;
  const PnSecret *key;  /* of PN_KEY_TOKEN */
  const char *site_url; /* without a slash at its end; "": nobody is asked */
} PnSurveyClerk;

/* Decides on up to @limit surveys that are due, each in a transaction of its own. @done: how many. */
gboolean pn_survey_round (const PnSurveyClerk *clerk, guint limit, guint *done, GError **error);
