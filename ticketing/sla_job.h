/* SLA jobs: after a change of policies, calendars or what they are matched by, all unsolved tickets get their due times
 * anew, in the background and in small portions. Owns the table sla_job.
 * A later job takes over from those before it. The walk goes by id and stops where the tickets ended when it began:
 * newer tickets know the change already.
 */
#pragma once

#include "ticketing/sla.h"

typedef struct {
  gint64 id;
  char *reason;    /* "policy gold" */
  gint64 agent_id; /* 0: nobody */
  gint64 after_id; /* tickets up to this one are done */
  gint64 last_id;
  gint64 tickets; /* that were computed */
  gint64 changed; /* that got other due times */
  PnTime created_at;
  PnTime finished_at; /* 0: it goes on */
  gint64
      longest; /* microseconds that a transaction held locks at the most, from its first to its COMMIT */
  gint64 pace; /* tickets of the next portion */
} PnSlaJob;

void pn_sla_job_free (PnSlaJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSlaJob, pn_sla_job_free)

/* In the caller's transaction. */
gboolean pn_sla_job_start (PnDb *db, const char *reason, gint64 agent_id, GError **error);

#define PN_SLA_JOB_BUDGET (50 * PN_MILLISECOND)

/* One portion of the newest job, each ticket in its own transactions; as many as will fit into @budget (microseconds of the
 * monotonic clock) by what the last ones took, and it ends with the one that uses it up. @done: tickets looked at; 0: nothing is to do. Two may work at once: only one
 * moves on. */
gboolean pn_sla_job_work (PnDb *db, gint64 budget, guint *done, GError **error);

/* (owned) the newest job, finished or not; NULL: there was none. */
gboolean pn_sla_job_newest (PnDb *db, PnSlaJob **job, GError **error);
