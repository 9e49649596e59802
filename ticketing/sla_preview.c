#include "ticketing/sla_preview.h"

#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"

typedef struct {
  PnSlaBook *without;
  PnSlaBook *with;
  gint64 policy_id;
  PnTime now;
} Books;

static void
books_clear (Books *books)
{
  pn_sla_book_free (books->without);
  pn_sla_book_free (books->with);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Books, books_clear)

void
pn_sla_preview_free (PnSlaPreview *preview)
{
  if (preview == NULL)
    return;
  g_array_unref (preview->differences);
  g_free (preview);
}

/* As if its policies had always been there; the one that is tried on or off. FALSE: it is not there. */
static gboolean
arrange (PnSlaBook *book, gint64 policy_id, gboolean is_enabled)
{
  const GPtrArray *policies = pn_sla_book_policies (book);
  gboolean is_found = FALSE;

  for (guint i = 0; i < policies->len; i++) {
    PnPolicy *policy = policies->pdata[i];

    policy->created_at = 0;
    if (policy->id != policy_id)
      continue;
    policy->is_enabled = is_enabled;
    is_found = TRUE;
  }
  return is_found;
}

static gboolean
load_books (PnDb *db, Books *books, GError **error)
{
  books->without = pn_sla_book_load (db, error);
  books->with = books->without != NULL ? pn_sla_book_load (db, error) : NULL;
  if (books->with == NULL)
    return FALSE;
  if (arrange (books->without, books->policy_id, FALSE)
      && arrange (books->with, books->policy_id, TRUE))
    return TRUE;
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no policy %" G_GINT64_FORMAT,
                books->policy_id);
  return FALSE;
}

static void
count (PnSlaTally *tally, const PnDeadline *round, PnTime now)
{
  if (round->target == 0)
    return;
  switch (round->state) {
  case PN_DEADLINE_RUNNING:
  case PN_DEADLINE_PAUSED:
    tally->open++;
    tally->over += pn_deadline_due_state (round, now) == PN_DUE_OVER;
    break;
  case PN_DEADLINE_MET: tally->met++; break;
  case PN_DEADLINE_MISSED: tally->missed++; break;
  case PN_DEADLINE_DROPPED: tally->dropped++; break;
  }
}

static gboolean
is_different (const PnDeadline *a, const PnDeadline *b)
{
  return a->target != b->target || a->state != b->state || a->due_at != b->due_at;
}

/* Both lists have the same rounds: those do not depend on policies. */
static void
compare (PnSlaPreview *preview, const GArray *without, const GArray *with, PnTime now)
{
  for (guint i = 0; i < without->len && i < with->len; i++) {
    const PnSlaDifference difference = { g_array_index (without, PnDeadline, i),
                                         g_array_index (with, PnDeadline, i) };

    count (&preview->without[difference.without.metric], &difference.without, now);
    count (&preview->with[difference.with.metric], &difference.with, now);
    if (!is_different (&difference.without, &difference.with))
      continue;
    preview->different++;
    if (preview->differences->len < PN_SLA_PREVIEW_SHOWN)
      g_array_append_val (preview->differences, difference);
  }
}

static gboolean
try_ticket (PnDb *db, const Books *books, gint64 ticket_id, const GArray *queues,
            PnSlaPreview *preview, GError **error)
{
  g_autoptr (PnSlaHistory) history = pn_sla_history_load (db, ticket_id, error);
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  g_autoptr (GArray) without = NULL;
  g_autoptr (GArray) with = NULL;
  const PnPolicy *policy;
  PnSlaFacts facts;

  if (history == NULL)
    return FALSE;
  pn_sla_history_facts (history, tags, &facts);
  if (!pn_ids_allow (queues, facts.queue_id))
    return TRUE;
  preview->tickets++;
  policy = pn_sla_match (books->with, &facts);
  preview->matched += policy != NULL && policy->id == books->policy_id;
  without = pn_sla_rounds (books->without, history);
  with = pn_sla_rounds (books->with, history);
  compare (preview, without, with, books->now);
  return TRUE;
}

PnSlaPreview *
pn_sla_preview (PnDb *db, gint64 policy_id, PnTime since, const GArray *queues, GError **error)
{
  g_autoptr (PnSlaPreview) preview = g_new0 (PnSlaPreview, 1);
  g_auto (Books) books = { .policy_id = policy_id, .now = pn_clock_now () };
  g_autoptr (GArray) ids = NULL;

  preview->differences = g_array_new (FALSE, FALSE, sizeof (PnSlaDifference));
  if (!load_books (db, &books, error)
      || (ids = pn_ticket_recent (db, since, PN_SLA_PREVIEW_TICKETS, error)) == NULL)
    return NULL;
  for (guint i = 0; i < ids->len; i++) {
    if (!try_ticket (db, &books, g_array_index (ids, gint64, i), queues, preview, error))
      return NULL;
  }
  return g_steal_pointer (&preview);
}
