/* For sla-oracle.py: computes deadlines of histories that come as JSON lines, without a database.
 *
 *   {"calendars": {"7": {…hours.h…}}, "policies": [{"id", "calendar", "created_at", "is_enabled", …sla.h with ids…}]}
 *   {"opened_at", "merged_at", "status", "priority", "queue", "organisation", "level", "form", "language", "tags": […],
 *    "changes": [[at, "customer"], [at, "status", "waiting"], [at, "queue", 3], [at, "tag", "vip"], …]}
 *
 * The first form is a book, for all that follow; for each of the second a line comes back:
 * [[metric, round, state, policy, start, soon, due, paused, counted, done]…], "never" as -1. */
#include <stdio.h>
#include <string.h>

#include "ticketing/core/json.h"
#include "ticketing/sla_clock.h"

static gint64
number (const json_t *object, const char *key)
{
  return json_integer_value (json_object_get (object, key));
}

static PnPolicy *
read_policy (const json_t *document)
{
  PnPolicy *policy = pn_policy_new ("x");
  g_autoptr (GError) error = NULL;

  if (!pn_policy_read (policy, document, &error))
    g_error ("%s", error->message);
  policy->id = number (document, "id");
  policy->calendar_id = number (document, "calendar");
  policy->created_at = number (document, "created_at");
  policy->is_enabled = json_is_true (json_object_get (document, "is_enabled"));
  return policy;
}

static PnSlaBook *
read_book (const json_t *document)
{
  PnSlaBook *book = pn_sla_book_new ();
  const char *id;
  json_t *each;
  gsize i;

  json_object_foreach (json_object_get (document, "calendars"), id, each)
  {
    g_autoptr (GError) error = NULL;
    PnHours *hours = pn_hours_read (each, &error);

    if (hours == NULL)
      g_error ("%s", error->message);
    pn_sla_book_add_calendar (book, g_ascii_strtoll (id, NULL, 10), hours);
  }
  json_array_foreach (json_object_get (document, "policies"), i, each)
      pn_sla_book_add_policy (book, read_policy (each));
  return book;
}

static void
read_change (PnSlaHistory *history, const json_t *change)
{
  const PnTime at = json_integer_value (json_array_get (change, 0));
  const char *kind = json_string_value (json_array_get (change, 1));
  const json_t *value = json_array_get (change, 2);
  const char *word = json_string_value (value);
  PnStatus status = PN_STATUS_NEW;
  PnPriority priority = PN_PRIORITY_LOW;

  if (strcmp (kind, "customer") == 0)
    pn_sla_history_add (history, at, PN_SLA_CUSTOMER, 0, NULL);
  else if (strcmp (kind, "answer") == 0)
    pn_sla_history_add (history, at, PN_SLA_ANSWER, 0, NULL);
  else if (strcmp (kind, "queue") == 0)
    pn_sla_history_add (history, at, PN_SLA_QUEUE, json_integer_value (value), NULL);
  else if (strcmp (kind, "tag") == 0)
    pn_sla_history_add (history, at, PN_SLA_TAG, 0, word);
  else if (strcmp (kind, "untag") == 0)
    pn_sla_history_add (history, at, PN_SLA_UNTAG, 0, word);
  else if (strcmp (kind, "status") == 0 && pn_status_read (word, &status))
    pn_sla_history_add (history, at, PN_SLA_STATUS, status, NULL);
  else if (strcmp (kind, "priority") == 0 && pn_priority_read (word, &priority))
    pn_sla_history_add (history, at, PN_SLA_PRIORITY, priority, NULL);
  else
    g_error ("no such change: %s", kind);
}

static PnSlaHistory *
read_history (const json_t *document)
{
  PnSlaHistory *history = pn_sla_history_new ();
  json_t *each;
  gsize i;

  history->opened_at = number (document, "opened_at");
  history->merged_at = number (document, "merged_at");
  pn_status_read (pn_json_get_text (document, "status"), &history->status);
  pn_priority_read (pn_json_get_text (document, "priority"), &history->priority);
  history->queue_id = number (document, "queue");
  history->organisation_id = number (document, "organisation");
  history->level = g_strdup (pn_json_get_text (document, "level"));
  history->form = g_strdup (pn_json_get_text (document, "form"));
  history->language = g_strdup (pn_json_get_text (document, "language"));
  json_array_foreach (json_object_get (document, "tags"), i, each)
      g_ptr_array_add (history->tags, g_strdup (json_string_value (each)));
  json_array_foreach (json_object_get (document, "changes"), i, each) read_change (history, each);
  return history;
}

static json_int_t
known (PnTime time)
{
  return time == PN_HOURS_NEVER ? -1 : time;
}

static void
answer (const PnSlaBook *book, const json_t *document)
{
  g_autoptr (PnSlaHistory) history = read_history (document);
  g_autoptr (GArray) deadlines = pn_sla_compute (book, history);
  g_autoptr (json_t) list = json_array ();
  g_autofree char *text = NULL;

  for (guint i = 0; i < deadlines->len; i++) {
    const PnDeadline *each = &g_array_index (deadlines, PnDeadline, i);

    json_array_append_new (
        list, json_pack ("[s, i, s, I, I, I, I, I, I, I]", pn_metric_name (each->metric),
                         each->round, pn_deadline_state_name (each->state),
                         (json_int_t) each->policy_id, (json_int_t) each->start_at,
                         known (each->soon_at), known (each->due_at), (json_int_t) each->paused_at,
                         (json_int_t) each->counted, (json_int_t) each->done_at));
  }
  text = pn_json_write (list);
  puts (text);
}

int
main (void)
{
  g_autoptr (PnSlaBook) book = pn_sla_book_new ();
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  char *line = NULL;

  while (g_io_channel_read_line (input, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL) {
    g_autofree char *text = line;
    g_autoptr (json_t) document = json_loads (text, 0, NULL);

    g_assert (document != NULL);
    if (json_object_get (document, "policies") == NULL) {
      answer (book, document);
      continue;
    }
    pn_sla_book_free (book);
    book = read_book (document);
  }
  return 0;
}
