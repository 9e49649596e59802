#include "ticketing/sla_clock.h"

#include "ticketing/sla_private.h"

/* Lines are joined beyond this; a round open for years would else be a book. */
#define LINES_MAX 60

static const char *const kind_names[] = {
  [PN_LEDGER_COUNTED] = "counted", [PN_LEDGER_CLOSED] = "closed", [PN_LEDGER_HOLIDAY] = "holiday",
  [PN_LEDGER_PAUSED] = "paused",   [PN_LEDGER_JOINED] = "joined",
};

const char *
pn_ledger_kind_name (PnLedgerKind kind)
{
  return kind_names[kind];
}

/* The statuses from the round's start to its end, or to the last one. */
static GArray *
load_segments (const PnSlaHistory *history, const PnDeadline *deadline)
{
  GArray *segments = g_array_new (FALSE, FALSE, sizeof (PnSlaSegment));
  PnSlaSegment segment = { deadline->start_at, history->status };

  g_array_append_val (segments, segment);
  for (guint i = 0; i < history->changes->len; i++) {
    const PnSlaChange *change = history->changes->pdata[i];

    if (change->kind != PN_SLA_STATUS
        || (deadline->done_at != 0 && change->at >= deadline->done_at))
      continue;
    segment = (PnSlaSegment){ change->at, (PnStatus) CLAMP (change->value, 0, PN_STATUS_CLOSED) };
    if (change->at <= deadline->start_at) {
      segment.from = deadline->start_at;
      g_array_set_size (segments, 0);
    }
    g_array_append_val (segments, segment);
  }
  return segments;
}

/* As the book has them: for a round that is over, pn_sla_book_load_then () has those that were in force. */
static gboolean
find_terms (const PnSlaBook *book, const PnDeadline *deadline, PnSlaTerms *terms)
{
  const GPtrArray *policies = pn_sla_book_policies (book);

  *terms = (PnSlaTerms){ .hours = pn_sla_book_hours (book, deadline->calendar_id),
                         .target = deadline->target };
  for (guint i = 0; i < policies->len; i++) {
    const PnPolicy *policy = policies->pdata[i];

    if (policy->id == deadline->policy_id) {
      terms->policy = policy;
      terms->pauses = policy->pauses[deadline->metric];
    }
  }
  return terms->hours != NULL;
}

PnTime
pn_sla_reach (const PnSlaBook *book, const PnSlaHistory *history, const PnDeadline *deadline,
              guint percent)
{
  g_autoptr (GArray) segments = load_segments (history, deadline);
  PnSlaTerms terms;
  PnSlaRun run;

  if (!find_terms (book, deadline, &terms))
    return PN_HOURS_NEVER;
  terms.target = deadline->target / 100 * percent;
  if (terms.target == 0)
    return deadline->start_at;
  run = pn_sla_run (&terms, (const PnSlaSegment *) segments->data, segments->len,
                    deadline->start_at, deadline->done_at);
  return deadline->done_at != 0 && run.reached > deadline->done_at ? 0 : run.reached;
}

typedef struct {
  GPtrArray *lines;
  gint64 total;
} Ledger;

void
pn_ledger_line_free (PnLedgerLine *line)
{
  if (line == NULL)
    return;
  g_free (line->name);
  g_free (line);
}

static void
free_line (gpointer line)
{
  pn_ledger_line_free (line);
}

static void
add_line (Ledger *ledger, PnTime from, PnTime to, PnLedgerKind kind, const char *name,
          PnStatus status)
{
  PnLedgerLine *last = ledger->lines->len > 0 ? ledger->lines->pdata[ledger->lines->len - 1] : NULL;

  if (kind == PN_LEDGER_COUNTED)
    ledger->total += to - from;
  if (ledger->lines->len >= LINES_MAX && last->kind != PN_LEDGER_JOINED)
    kind = PN_LEDGER_JOINED;
  if (last != NULL
      && (last->kind == PN_LEDGER_JOINED
          || (last->kind == kind && last->status == status && g_strcmp0 (last->name, name) == 0))) {
    last->to = to;
  } else {
    last = g_new0 (PnLedgerLine, 1);
    *last = (PnLedgerLine){ from, to, kind, g_strdup (name), status, 0 };
    g_ptr_array_add (ledger->lines, last);
  }
  last->total = ledger->total;
}

static void
add_piece (PnTime from, PnTime to, PnHoursKind kind, const char *name, gpointer data)
{
  static const PnLedgerKind kinds[] = {
    [PN_HOURS_OPEN] = PN_LEDGER_COUNTED,
    [PN_HOURS_CLOSED] = PN_LEDGER_CLOSED,
    [PN_HOURS_HOLIDAY] = PN_LEDGER_HOLIDAY,
  };

  add_line (data, from, to, kinds[kind], name, PN_STATUS_NEW);
}

GPtrArray *
pn_sla_ledger (const PnSlaBook *book, const PnSlaHistory *history, const PnDeadline *deadline,
               PnTime now)
{
  g_autoptr (GArray) segments = load_segments (history, deadline);
  const PnTime end = deadline->done_at != 0 ? deadline->done_at : now;
  Ledger ledger = { g_ptr_array_new_with_free_func (free_line), 0 };
  PnSlaTerms terms;

  if (!find_terms (book, deadline, &terms))
    return ledger.lines;
  for (guint i = 0; i < segments->len; i++) {
    const PnSlaSegment *segment = &g_array_index (segments, PnSlaSegment, i);
    const PnTime to = i + 1 < segments->len ? MIN (segment[1].from, end) : end;

    if (to <= segment->from)
      continue;
    if ((terms.pauses & (1u << segment->status)) != 0)
      add_line (&ledger, segment->from, to, PN_LEDGER_PAUSED, NULL, segment->status);
    else
      pn_hours_each (terms.hours, segment->from, to, add_piece, &ledger);
  }
  return ledger.lines;
}
