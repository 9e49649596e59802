/* SLA preview: what a policy would have done to the tickets of the last weeks, before it counts. Their recorded histories
 * are computed twice, without the policy and with it, both as if policies had always been there. Nothing is written.
 */
#pragma once

#include "ticketing/deadline.h"

#define PN_SLA_PREVIEW_TICKETS 500 /* the newest; so a page answers soon */
#define PN_SLA_PREVIEW_SHOWN 100   /* differences */

/* Rounds of a metric. */
typedef struct {
  guint met;
  guint missed;
  guint open;
  guint over; /* of the open ones: due already */
  guint dropped;
} PnSlaTally;

/* A round that comes out differently. Without a promise, the target is 0. */
typedef struct {
  PnDeadline without;
  PnDeadline with;
} PnSlaDifference;

typedef struct {
  guint tickets; /* looked at */
  guint matched; /* that the policy fits now */
  PnSlaTally without[PN_METRIC_COUNT];
  PnSlaTally with[PN_METRIC_COUNT];
  guint different;
  GArray *differences; /* of PnSlaDifference, newest ticket first */
} PnSlaPreview;

void pn_sla_preview_free (PnSlaPreview *preview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSlaPreview, pn_sla_preview_free)

/* Tries the policy as it is stored, enabled or not, on tickets opened since @since that are in @queues now (of gint64;
 * NULL: all). (owned) NOT_FOUND. */
PnSlaPreview *pn_sla_preview (PnDb *db, gint64 policy_id, PnTime since, const GArray *queues,
                              GError **error);
