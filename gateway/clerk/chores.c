#include "gateway/clerk/chores.h"

#include "gateway/clerk/kb_chores.h"
#include "gateway/clerk/removal.h"
#include "gateway/clerk/replay.h"
#include "gateway/clerk/rules.h"
#include "gateway/clerk/survey.h"
#include "gateway/clerk/tutor.h"
#include "kb/asked.h"
#include "ticketing/core/log.h"
#include "ticketing/deadline.h"
#include "ticketing/digest.h"
#include "ticketing/escalation.h"
#include "ticketing/fact.h"
#include "ticketing/form.h"
#include "ticketing/link.h"
#include "ticketing/op.h"
#include "ticketing/organisation.h"
#include "ticketing/outbox.h"
#include "ticketing/rate.h"
#include "ticketing/report_plan.h"
#include "ticketing/search.h"
#include "ticketing/session.h"
#include "ticketing/sla_job.h"

#define WORDS_OF 100     /* messages indexed at a time */
#define STEPS_OF 50      /* fired at a time */
#define READERS_OF 25    /* told at a time */
#define PLANS_OF 50      /* deadlines planned anew at a time */
#define DEADLINES_OF 100 /* tickets computed at a time */
#define FACTS_OF 256     /* marks */
#define SURVEYS_OF 20    /* that are due */
#define SWEEP_AT_ONCE (100 * G_TIME_SPAN_MILLISECOND)
#define PACKED 8 /* segments of facts */

static gboolean
sync_clock (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_db_sync_clock (context->db, error);
}

static gboolean
index_words (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_search_index (context->db, WORDS_OF, done, error);
}

static gboolean
sweep_outbox (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_outbox_sweep (context->db, error);
}

static gboolean
sweep_marks (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_session_sweep (context->db, error) && pn_rate_sweep (context->db, error)
         && pn_op_sweep (context->db, error) && pn_replays_sweep (context->db, error)
         && pn_link_sweep (context->db, error);
}

static gboolean
work_replays (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_replays_work (context->db, 0, done, error);
}

static gboolean
sweep_forms (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_form_upload_sweep (context->db, NULL, error) && pn_asked_sweep (context->db, error);
}

static gboolean
compute_deadlines (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_deadline_work (context->db, DEADLINES_OF, done, error);
}

static gboolean
recompute_deadlines (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_sla_job_work (context->db, PN_SLA_JOB_BUDGET, done, error);
}

static gboolean
make_facts (const PnChoreContext *context, guint *done, GError **error)
{
  guint rebuilt = 0;

  if (!pn_fact_refresh (context->db, FACTS_OF, done, error)
      || !pn_fact_rebuild_step (context->db, &rebuilt, error))
    return FALSE;
  *done += rebuilt;
  return TRUE;
}

static gboolean
pack_facts (const PnChoreContext *context, guint *done, GError **error)
{
  guint packed;

  return pn_fact_pack (context->db, PACKED, &packed, error);
}

/* Is the clock to be trusted? What is due waits for it. */
static gboolean
ask_guard (const PnChoreContext *context, gboolean *may_fire, GError **error)
{
  gint64 monotonic;
  PnTime now;

  *may_fire = TRUE;
  if (context->guard == NULL)
    return TRUE;
  pn_clock_look (&now, &monotonic);
  return pn_clock_guard_look (context->guard, context->db, now, monotonic, may_fire, error);
}

/* Readers are told when nothing more fires, so that one letter tells of all that was missed. */
static gboolean
escalate (const PnChoreContext *context, guint *done, GError **error)
{
  gboolean may_fire;
  guint told = 0;

  if (!ask_guard (context, &may_fire, error))
    return FALSE;
  if (!may_fire)
    return TRUE;
  if (!pn_escalation_fire (context->db, STEPS_OF, done, error))
    return FALSE;
  if (*done >= STEPS_OF)
    return TRUE;
  if (!pn_escalation_tell (context->db, READERS_OF, &told, error))
    return FALSE;
  *done += told;
  return TRUE;
}

static gboolean
plan_escalations (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_escalation_walk (context->db, PLANS_OF, PN_ESCALATION_BUDGET, done, error);
}

/* Not under a clock that leapt, which makes all blobs old. */
static gboolean
sweep_blobs (const PnChoreContext *context, guint *done, GError **error)
{
  const gint64 enough = g_get_monotonic_time () + SWEEP_AT_ONCE;
  gboolean is_more = context->sweep != NULL;
  gboolean may_fire;

  if (!ask_guard (context, &may_fire, error))
    return FALSE;
  while (may_fire && is_more && g_get_monotonic_time () < enough) {
    if (!pn_blob_sweep_work (context->sweep, context->db, &is_more, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
send_digests (const PnChoreContext *context, guint *done, GError **error)
{
  gboolean may_fire;

  return ask_guard (context, &may_fire, error)
         && (!may_fire || pn_digest_send (context->db, done, error));
}

static gboolean
send_reports (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_report_plan_send (context->db, done, error);
}

static gboolean
call_webhooks (const PnChoreContext *context, guint *done, GError **error)
{
  return context->webhooks == NULL
         || pn_webhook_sender_round (context->webhooks, context->db, done, error);
}

static gboolean
place_persons (const PnChoreContext *context, guint *done, GError **error)
{
  gboolean is_done = TRUE;

  if (!pn_organisation_sweep (context->db, &is_done, error))
    return FALSE;
  *done = is_done ? 0 : 1;
  return TRUE;
}

static gboolean
ask_customers (const PnChoreContext *context, guint *done, GError **error)
{
  const PnSurveyClerk clerk = { context->db, context->key, context->site_url };

  return pn_survey_round (&clerk, SURVEYS_OF, done, error);
}

/* clang-format off */
static const struct {
  const char *name; /* in the log */
  gboolean (*run) (const PnChoreContext *context, guint *done, GError **error);
  gint64 period; /* 0: in every round, so about once a second when nothing else happens */
  gboolean has_turns; /* every clerk finds the same rows to work on first */
} chores[] = {
  { "rule-dues", pn_rules_work_dues, 20 * PN_SECOND },
  { "rule-events", pn_rules_work_events, 0 },
  { "replays", work_replays, 0 },
  { "rule-schedules", pn_rules_work_schedules, 5 * PN_SECOND },
  { "watch-answers", pn_tutor_watch, PN_MINUTE },
  { "learn-answers", pn_tutor_learn, PN_HOUR },
  { "remove-persons", pn_removal_work, PN_SECOND },
  { "sync-clock", sync_clock, PN_MINUTE },
  { "index-words", index_words, 0, TRUE },
  { "compute-deadlines", compute_deadlines, 0, TRUE },
  { "recompute-deadlines", recompute_deadlines, 0 },
  { "sweep-outbox", sweep_outbox, PN_MINUTE },
  { "sweep-marks", sweep_marks, PN_MINUTE },
  { "sweep-forms", sweep_forms, PN_MINUTE },
  { "sweep-blobs", sweep_blobs, PN_SECOND },
  { "make-facts", make_facts, 0, TRUE },
  { "ask-customers", ask_customers, 5 * PN_SECOND },
  { "pack-facts", pack_facts, 10 * PN_SECOND },
  { "plan-escalations", plan_escalations, 0 },
  { "escalate", escalate, 0 },
  { "send-digests", send_digests, 0 },
  { "send-reports", send_reports, 5 * PN_SECOND },
  { "call-webhooks", call_webhooks, 0 },
  { "place-persons", place_persons, 0 },
  { "publish-articles", pn_kb_chore_publish, 10 * PN_SECOND },
  { "check-links", pn_kb_chore_links, 0 },
  { "sweep-pictures", pn_kb_chore_pictures, 10 * PN_SECOND },
  { "remind-owners", pn_kb_chore_remind, PN_MINUTE },
};
/* clang-format on */

struct PnChores {
  gint64 ran_at[G_N_ELEMENTS (chores)]; /* monotonic; 0: never */
};

PnChores *
pn_chores_new (void)
{
  return g_new0 (PnChores, 1);
}

void
pn_chores_free (PnChores *self)
{
  g_free (self);
}

static gboolean
is_due (const PnChores *self, gsize i)
{
  return self->ran_at[i] == 0 || g_get_monotonic_time () - self->ran_at[i] >= chores[i].period;
}

static gboolean
is_ours (const PnChoreContext *context, gsize i)
{
  return !chores[i].has_turns || context->turns == NULL
         || pn_turns_may (context->turns, chores[i].name);
}

static gboolean
run (const PnChoreContext *context, gsize i, guint *portion, GError **error)
{
  return chores[i].run (context, portion, error)
         && (!chores[i].has_turns || context->turns == NULL
             || pn_turns_done (context->turns, context->db, chores[i].name,
                               *portion >= PN_CHORES_MUCH, error));
}

gboolean
pn_chores_round (PnChores *self, const PnChoreContext *context, guint *done, GError **error)
{
  gboolean is_well = TRUE;

  *done = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (chores); i++) {
    g_autoptr (GError) problem = NULL;
    guint portion = 0;

    if (!is_due (self, i) || !is_ours (context, i))
      continue;
    self->ran_at[i] = g_get_monotonic_time ();
    if (run (context, i, &portion, &problem)) {
      *done += portion;
      continue;
    }
    pn_log_error (PN_LOG_WARNING, "chore-failed", problem, "chore=%s", chores[i].name);
    if (is_well)
      g_propagate_error (error, g_steal_pointer (&problem));
    is_well = FALSE;
  }
  return is_well;
}
