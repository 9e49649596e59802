#include "ticketing/sla_clock.h"

#include <string.h>

#include "ticketing/sla_private.h"

/* A round that runs; start 0: none does. */
typedef struct {
  PnTime start;
  int number;    /* of rounds so far */
  guint segment; /* of the walk's statuses in which it started */
} Round;

/* The ticket as it was at one moment of its history. */
typedef struct {
  const PnSlaBook *book;
  const PnSlaHistory *history;
  PnStatus status;
  PnPriority priority;
  gint64 queue_id;
  GPtrArray *tags;  /* of char *, borrowed */
  GArray *statuses; /* of PnSlaSegment, from the opening on */
  gboolean is_asked;
  gboolean is_answered;
  Round rounds[PN_METRIC_COUNT];
  GArray *found; /* of PnDeadline */
} Walk;

static const char *const state_names[] = {
  [PN_DEADLINE_RUNNING] = "running", [PN_DEADLINE_PAUSED] = "paused",   [PN_DEADLINE_MET] = "met",
  [PN_DEADLINE_MISSED] = "missed",   [PN_DEADLINE_DROPPED] = "dropped",
};

static void
change_free (gpointer data)
{
  PnSlaChange *change = data;

  g_free (change->tag);
  g_free (change);
}

PnSlaHistory *
pn_sla_history_new (void)
{
  PnSlaHistory *history = g_new0 (PnSlaHistory, 1);

  history->priority = PN_PRIORITY_NORMAL;
  history->tags = g_ptr_array_new_with_free_func (g_free);
  history->changes = g_ptr_array_new_with_free_func (change_free);
  return history;
}

void
pn_sla_history_free (PnSlaHistory *history)
{
  if (history == NULL)
    return;
  g_ptr_array_unref (history->tags);
  g_ptr_array_unref (history->changes);
  g_free (history->level);
  g_free (history->form);
  g_free (history->language);
  g_free (history);
}

void
pn_sla_history_add (PnSlaHistory *history, PnTime at, PnSlaChangeKind kind, gint64 value,
                    const char *tag)
{
  PnSlaChange *change = g_new0 (PnSlaChange, 1);

  *change = (PnSlaChange){ at, kind, value, g_strdup (tag) };
  g_ptr_array_add (history->changes, change);
}

static gboolean
is_unsolved (PnStatus status)
{
  return status != PN_STATUS_SOLVED && status != PN_STATUS_CLOSED;
}

static PnSlaFacts
facts_of (const Walk *walk)
{
  return (PnSlaFacts){
    .queue_id = walk->queue_id,
    .organisation_id = walk->history->organisation_id,
    .level = walk->history->level,
    .tags = walk->tags,
    .form = walk->history->form,
    .language = walk->history->language,
  };
}

/* Without a policy, a target or its calendar: FALSE, nothing was promised. */
static gboolean
choose_terms (const Walk *walk, PnMetric metric, PnTime end, PnSlaTerms *terms)
{
  const PnSlaFacts facts = facts_of (walk);
  const PnPolicy *policy = pn_sla_match (walk->book, &facts);

  if (policy == NULL || (end != 0 && end < policy->created_at))
    return FALSE;
  terms->policy = policy;
  terms->hours = pn_sla_book_hours (walk->book, policy->calendar_id);
  terms->pauses = policy->pauses[metric];
  terms->target = policy->minutes[metric][walk->priority] * PN_MINUTE;
  return terms->hours != NULL && terms->target > 0;
}

PnSlaRun
pn_sla_run (const PnSlaTerms *terms, const PnSlaSegment *segments, gsize n, PnTime start,
            PnTime end)
{
  PnSlaRun run = { 0 };
  gint64 left = terms->target;

  for (gsize i = 0; i < n; i++) {
    const PnTime from = MAX (segments[i].from, start);
    const gboolean is_last = i + 1 == n;
    const PnTime to = is_last ? end : segments[i + 1].from;
    gint64 counted;

    if (!is_last && to <= from)
      continue;
    if ((terms->pauses & (1u << segments[i].status)) != 0) {
      if (run.paused_at == 0)
        run.paused_at = from;
      continue;
    }
    run.paused_at = 0;
    counted = to != 0 ? pn_hours_between (terms->hours, from, to) : 0;
    if (run.reached == 0 && (is_last || counted >= left))
      run.reached = pn_hours_add (terms->hours, from, left);
    left -= counted;
    run.counted += counted;
  }
  return run;
}

static void
fill_times (const Walk *walk, const PnSlaTerms *terms, const Round *round, PnDeadline *deadline)
{
  const PnSlaSegment *segments = &g_array_index (walk->statuses, PnSlaSegment, round->segment);
  const gsize n = walk->statuses->len - round->segment;
  PnSlaTerms soon = *terms;
  PnSlaRun run = pn_sla_run (terms, segments, n, round->start, deadline->done_at);

  soon.target = terms->target / 4 * 3;
  deadline->soon_at = pn_sla_run (&soon, segments, n, round->start, deadline->done_at).reached;
  deadline->due_at = run.reached;
  deadline->paused_at = run.paused_at;
  deadline->counted = deadline->done_at != 0 || run.paused_at != 0 ? run.counted : 0;
  deadline->policy_id = terms->policy->id;
  deadline->policy_version = terms->policy->version;
  deadline->calendar_id = terms->policy->calendar_id;
  deadline->target = terms->target;
}

static PnDeadlineState
judge (const PnDeadline *deadline, gboolean is_fulfilled)
{
  if (deadline->done_at == 0)
    return deadline->due_at == 0 && deadline->target > 0 ? PN_DEADLINE_PAUSED : PN_DEADLINE_RUNNING;
  if (deadline->due_at != 0 && deadline->due_at < deadline->done_at)
    return PN_DEADLINE_MISSED;
  return is_fulfilled ? PN_DEADLINE_MET : PN_DEADLINE_DROPPED;
}

/* Writes down the round as it stands. @end: 0 for one that runs on. */
static void
note_round (Walk *walk, PnMetric metric, PnTime end, gboolean is_fulfilled)
{
  const Round *round = &walk->rounds[metric];
  PnDeadline deadline = {
    .ticket_id = walk->history->ticket_id,
    .metric = metric,
    .round = round->number,
    .priority = walk->priority,
    .start_at = round->start,
    .done_at = end,
  };
  PnSlaTerms terms;

  if (choose_terms (walk, metric, end, &terms))
    fill_times (walk, &terms, round, &deadline);
  deadline.state = judge (&deadline, is_fulfilled);
  g_array_append_val (walk->found, deadline);
}

static void
end_round (Walk *walk, PnMetric metric, PnTime at, gboolean is_fulfilled)
{
  if (walk->rounds[metric].start == 0)
    return;
  note_round (walk, metric, at, is_fulfilled);
  walk->rounds[metric].start = 0;
}

static void
start_round (Walk *walk, PnMetric metric, PnTime at)
{
  Round *round = &walk->rounds[metric];

  if (round->start != 0)
    return;
  round->start = at;
  round->number++;
  round->segment = walk->statuses->len - 1;
}

static void
start_response (Walk *walk, PnTime at)
{
  if (walk->is_asked && is_unsolved (walk->status))
    start_round (walk, walk->is_answered ? PN_METRIC_NEXT_RESPONSE : PN_METRIC_FIRST_RESPONSE, at);
}

static void
end_responses (Walk *walk, PnTime at, gboolean is_fulfilled)
{
  end_round (walk, PN_METRIC_FIRST_RESPONSE, at, is_fulfilled);
  end_round (walk, PN_METRIC_NEXT_RESPONSE, at, is_fulfilled);
  end_round (walk, PN_METRIC_PERIODIC_UPDATE, at, is_fulfilled);
}

static void
take_answer (Walk *walk, PnTime at)
{
  end_responses (walk, at, TRUE);
  walk->is_asked = FALSE;
  walk->is_answered = TRUE;
  if (is_unsolved (walk->status))
    start_round (walk, PN_METRIC_PERIODIC_UPDATE, at);
}

static void
add_segment (Walk *walk, PnTime at, PnStatus status)
{
  const PnSlaSegment segment = { at, status };

  g_array_append_val (walk->statuses, segment);
  walk->status = status;
}

static void
take_status (Walk *walk, PnTime at, PnStatus status)
{
  const gboolean was_unsolved = is_unsolved (walk->status);

  if (was_unsolved && !is_unsolved (status)) {
    end_responses (walk, at, FALSE);
    end_round (walk, PN_METRIC_RESOLUTION, at, at != walk->history->merged_at);
    walk->is_asked = FALSE;
  }
  add_segment (walk, at, status);
  if (was_unsolved || !is_unsolved (status))
    return;
  start_round (walk, PN_METRIC_RESOLUTION, at);
  if (walk->is_answered)
    start_round (walk, PN_METRIC_PERIODIC_UPDATE, at);
  start_response (walk, at);
}

static void
drop_tag (GPtrArray *tags, const char *tag)
{
  for (guint i = 0; i < tags->len; i++) {
    if (strcmp (tags->pdata[i], tag) == 0) {
      g_ptr_array_remove_index (tags, i);
      return;
    }
  }
}

static void
take_fact (PnSlaChange *change, PnPriority *priority, gint64 *queue_id, GPtrArray *tags)
{
  switch (change->kind) {
  case PN_SLA_PRIORITY:
    *priority = (PnPriority) CLAMP (change->value, 0, PN_PRIORITY_URGENT);
    break;
  case PN_SLA_QUEUE: *queue_id = change->value; break;
  case PN_SLA_TAG:
    drop_tag (tags, change->tag);
    g_ptr_array_add (tags, change->tag);
    break;
  case PN_SLA_UNTAG: drop_tag (tags, change->tag); break;
  case PN_SLA_CUSTOMER:
  case PN_SLA_ANSWER:
  case PN_SLA_STATUS: break;
  }
}

static void
take_change (Walk *walk, PnSlaChange *change)
{
  switch (change->kind) {
  case PN_SLA_CUSTOMER:
    walk->is_asked = TRUE;
    start_response (walk, change->at);
    break;
  case PN_SLA_ANSWER: take_answer (walk, change->at); break;
  case PN_SLA_STATUS:
    take_status (walk, change->at, (PnStatus) CLAMP (change->value, 0, PN_STATUS_CLOSED));
    break;
  case PN_SLA_PRIORITY:
  case PN_SLA_QUEUE:
  case PN_SLA_TAG:
  case PN_SLA_UNTAG: take_fact (change, &walk->priority, &walk->queue_id, walk->tags); break;
  }
}

static int
compare_rounds (gconstpointer a, gconstpointer b)
{
  const PnDeadline *one = a;
  const PnDeadline *other = b;

  return one->metric != other->metric ? (int) one->metric - (int) other->metric
                                      : one->round - other->round;
}

static GPtrArray *
borrow_tags (const PnSlaHistory *history, GPtrArray *tags)
{
  for (guint i = 0; i < history->tags->len; i++)
    g_ptr_array_add (tags, history->tags->pdata[i]);
  return tags;
}

GArray *
pn_sla_rounds (const PnSlaBook *book, const PnSlaHistory *history)
{
  Walk walk = {
    .book = book,
    .history = history,
    .priority = history->priority,
    .queue_id = history->queue_id,
    .tags = borrow_tags (history, g_ptr_array_new ()),
    .statuses = g_array_new (FALSE, FALSE, sizeof (PnSlaSegment)),
    .found = g_array_new (FALSE, FALSE, sizeof (PnDeadline)),
  };

  add_segment (&walk, history->opened_at, history->status);
  if (is_unsolved (walk.status))
    start_round (&walk, PN_METRIC_RESOLUTION, history->opened_at);
  for (guint i = 0; i < history->changes->len; i++)
    take_change (&walk, history->changes->pdata[i]);
  for (int metric = 0; metric < PN_METRIC_COUNT; metric++) {
    if (walk.rounds[metric].start != 0)
      note_round (&walk, (PnMetric) metric, 0, FALSE);
  }
  g_array_sort (walk.found, compare_rounds);
  g_ptr_array_unref (walk.tags);
  g_array_unref (walk.statuses);
  return walk.found;
}

GArray *
pn_sla_compute (const PnSlaBook *book, const PnSlaHistory *history)
{
  GArray *rounds = pn_sla_rounds (book, history);
  guint kept = 0;

  for (guint i = 0; i < rounds->len; i++) {
    const PnDeadline round = g_array_index (rounds, PnDeadline, i);

    if (round.target > 0)
      g_array_index (rounds, PnDeadline, kept++) = round;
  }
  return g_array_set_size (rounds, kept);
}

void
pn_sla_history_facts (const PnSlaHistory *history, GPtrArray *tags, PnSlaFacts *facts)
{
  PnPriority priority = history->priority;

  *facts = (PnSlaFacts){ history->queue_id, history->organisation_id, history->level, tags,
                         history->form,     history->language };
  borrow_tags (history, tags);
  for (guint i = 0; i < history->changes->len; i++)
    take_fact (history->changes->pdata[i], &priority, &facts->queue_id, tags);
}

const char *
pn_deadline_state_name (PnDeadlineState state)
{
  return state_names[state];
}
