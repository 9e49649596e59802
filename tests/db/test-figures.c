#include "ticketing/report.h"

#include <math.h>
#include <string.h>

#include "ticketing/fact.h"
#include "ticketing/ticket.h"

#include "tests/db/histories.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

#define ZONE "Europe/Berlin"
#define FIRST_DAY "2025-10-13" /* summer time ends within */
#define LAST_DAY "2025-11-16"

/* The plain way: what happened when, to which ticket, with which value. */
typedef struct {
  const History *history;
  guint series;
  PnTime at;
  gint64 agent;
  gint64 value;
  char day[16]; /* there and then, by GLib's own words */
  char week[16];
  char month[16];
} Sample;

static void
write_local (PnTime at, const char *format, char *text, gsize size)
{
  static GTimeZone *zone = NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / PN_SECOND);
  g_autoptr (GDateTime) there = NULL;
  g_autofree char *written = NULL;

  if (zone == NULL)
    zone = g_time_zone_new_identifier (ZONE);
  there = g_date_time_to_timezone (utc, zone);
  written = g_date_time_format (there, format);
  g_strlcpy (text, written, size);
}

static void
add_sample (GArray *samples, const History *history, guint series, PnTime at, gint64 agent,
            gint64 value)
{
  Sample sample = { history, series, at, agent, value, "", "", "" };

  write_local (at, "%Y-%m-%d", sample.day, sizeof sample.day);
  write_local (at, "%G-W%V", sample.week, sizeof sample.week);
  write_local (at, "%Y-%m", sample.month, sizeof sample.month);
  g_array_append_val (samples, sample);
}

static gint64
seconds (PnTime from, PnTime to)
{
  return (to - from) / PN_SECOND;
}

static void
sample_messages (const char *report, const History *history, GArray *samples)
{
  PnTime waiting = 0;
  gboolean is_first = TRUE;

  for (guint i = 0; i < history->messages->len; i++) {
    const Message *message = &g_array_index (history->messages, Message, i);

    if (message->is_in) {
      waiting = waiting != 0 ? waiting : message->at;
      continue;
    }
    if (strcmp (report, "volume") == 0)
      add_sample (samples, history, 2, message->at, message->agent, 0);
    if (strcmp (report, "next-response") == 0 && waiting != 0 && !is_first)
      add_sample (samples, history, 0, message->at, message->agent, seconds (waiting, message->at));
    if (strcmp (report, "first-response") == 0 && is_first)
      add_sample (samples, history, 0, message->at, history->agent,
                  seconds (history->created, message->at));
    is_first = FALSE;
    waiting = 0;
  }
}

static gint64
count_answers (const History *history)
{
  gint64 n = 0;

  for (guint i = 0; i < history->messages->len; i++)
    n += g_array_index (history->messages, Message, i).is_in ? 0 : 1;
  return n;
}

static void
sample_history (const char *report, const History *history, GArray *samples)
{
  const guint turns = history->turns->len;
  const PnTime solved = turns % 2 == 1 ? g_array_index (history->turns, Turn, turns - 1).at : 0;
  const gint64 answers = count_answers (history);

  sample_messages (report, history, samples);
  if (strcmp (report, "volume") == 0)
    add_sample (samples, history, 0, history->created, history->agent, 0);
  if (strcmp (report, "volume") == 0 && solved != 0)
    add_sample (samples, history, 1, solved, history->agent, 0);
  if (strcmp (report, "resolution") == 0 && solved != 0)
    add_sample (samples, history, 0, solved, history->agent, seconds (history->created, solved));
  if (strcmp (report, "replies") == 0 && solved != 0) {
    add_sample (samples, history, 0, solved, history->agent, answers);
    if (answers == 1)
      add_sample (samples, history, 1, solved, history->agent, 0);
  }
  if (strcmp (report, "reopened") == 0 && turns > 0) {
    PnTime first = g_array_index (history->turns, Turn, 0).at;

    add_sample (samples, history, 0, first, history->agent, 0);
    if (turns > 1)
      add_sample (samples, history, 1, first, history->agent, 0);
  }
}

/* Does the sample belong to the row @label? */
static gboolean
belongs (const Sample *sample, PnReportBy by, const char *label)
{
  g_autofree char *own = NULL;

  if (by == PN_BY_TAG) {
    for (guint i = 0; i < TAGS; i++) {
      if ((sample->history->tags >> i & 1) != 0 && strcmp (label, pn_history_tags[i]) == 0)
        return TRUE;
    }
    return sample->history->tags == 0 && *label == '\0';
  }
  if (by == PN_BY_QUEUE)
    return strcmp (pn_history_queues[sample->history->queue - 1], label) == 0;
  if (by == PN_BY_PRIORITY)
    return strcmp (pn_priority_name ((PnPriority) sample->history->priority), label) == 0;
  if (by == PN_BY_CHANNEL)
    return strcmp ("form", label) == 0;
  if (by >= PN_BY_DAY)
    return strcmp (by == PN_BY_MONTH  ? sample->month
                   : by == PN_BY_WEEK ? sample->week
                                      : sample->day,
                   label)
           == 0;
  own = sample->agent == 0 ? g_strdup ("") : g_strdup_printf ("agent %d", (int) sample->agent);
  return strcmp (own, label) == 0;
}

static gboolean
is_in_span (const Sample *sample)
{
  return strcmp (sample->day, FIRST_DAY) >= 0 && strcmp (sample->day, LAST_DAY) <= 0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* Values of a series in a row, sorted. @label NULL: in all. */
static GArray *
values_of (const GArray *samples, guint series, PnReportBy by, const char *label, int priority)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < samples->len; i++) {
    const Sample *sample = &g_array_index (samples, Sample, i);

    if (sample->series == series && is_in_span (sample)
        && (priority < 0 || sample->history->priority == priority)
        && (label == NULL || belongs (sample, by, label)))
      g_array_append_val (values, sample->value);
  }
  g_array_sort (values, compare);
  return values;
}

static double
plain_value (const GArray *values, const char *column)
{
  guint share = strcmp (column, "p50") == 0 ? 500 : strcmp (column, "p90") == 0 ? 900 : 950;
  double sum = 0;

  for (guint i = 0; i < values->len; i++)
    sum += (double) g_array_index (values, gint64, i);
  if (strcmp (column, "mean") == 0)
    return values->len > 0 ? sum / values->len : NAN;
  if (strcmp (column, "sum") == 0)
    return sum;
  if (*column == 'p')
    return values->len > 0 ? (double) g_array_index (
               values, gint64, MAX ((values->len * share + 999) / 1000, 1) - 1)
                           : NAN;
  return values->len;
}

/* What each column says, in words of the plain way; "share" is of series 1 in series 0. */
static const struct {
  const char *report;
  guint n_columns;
  struct {
    const char *kind;
    guint series;
  } column[6];
} plain[] = {
  { "volume", 3, { { "count", 0 }, { "count", 1 }, { "count", 2 } } },
  { "first-response",
    5,
    { { "count", 0 }, { "p50", 0 }, { "p90", 0 }, { "p95", 0 }, { "mean", 0 } } },
  { "next-response",
    5,
    { { "count", 0 }, { "p50", 0 }, { "p90", 0 }, { "p95", 0 }, { "mean", 0 } } },
  { "resolution", 5, { { "count", 0 }, { "p50", 0 }, { "p90", 0 }, { "p95", 0 }, { "mean", 0 } } },
  { "replies",
    6,
    { { "count", 0 }, { "sum", 0 }, { "mean", 0 }, { "p50", 0 }, { "p90", 0 }, { "share", 1 } } },
  { "reopened", 3, { { "count", 0 }, { "count", 1 }, { "share", 1 } } },
};

static void
check_row (const GArray *samples, gsize i, PnReportBy by, const char *label, int priority,
           const double *got)
{
  for (guint j = 0; j < plain[i].n_columns; j++) {
    g_autoptr (GArray) values = values_of (samples, plain[i].column[j].series, by, label, priority);
    g_autoptr (GArray) whole = values_of (samples, 0, by, label, priority);
    double right = plain_value (values, plain[i].column[j].kind);

    if (strcmp (plain[i].column[j].kind, "share") == 0)
      right = whole->len > 0 ? (double) values->len / whole->len : NAN;
    if (isnan (right) ? !isnan (got[j]) : fabs (got[j] - right) > 1e-9 * MAX (right, 1)) {
      g_test_message ("%s by %s, row \"%s\", column %u: %f, counted %f", plain[i].report,
                      pn_report_by_name (by), label != NULL ? label : "(total)", j, got[j], right);
      g_test_fail ();
    }
  }
}

static PnReportRequest *
ask (const char *report, PnReportBy by)
{
  PnReportRequest *request = pn_report_request_new (report, ZONE);

  g_free (request->from);
  request->from = g_strdup (FIRST_DAY);
  g_free (request->to);
  request->to = g_strdup (LAST_DAY);
  request->by = by;
  return request;
}

static void
check_report (PnDb *db, const GArray *world, gsize i, PnReportBy by, int priority)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  g_autoptr (PnReportRequest) request = ask (plain[i].report, by);
  g_autoptr (PnReport) report = NULL;
  g_autoptr (GArray) all = NULL;

  for (guint j = 0; j < world->len; j++)
    sample_history (plain[i].report, &g_array_index (world, History, j), samples);
  request->filter[PN_BY_PRIORITY] = priority;
  report = pn_report_run (db, request, &error);
  pn_assert_no_error (error);
  g_assert_true (report->is_exact);
  g_assert_cmpuint (report->n_columns, ==, plain[i].n_columns);
  for (guint j = 0; j < report->rows->len; j++) {
    const PnReportRow *row = report->rows->pdata[j];

    check_row (samples, i, by, row->label, priority, row->value);
  }
  check_row (samples, i, by, NULL, priority, report->total.value);
}

static const PnReportBy ways[] = { PN_BY_QUEUE,   PN_BY_AGENT, PN_BY_TAG,  PN_BY_PRIORITY,
                                   PN_BY_CHANNEL, PN_BY_DAY,   PN_BY_WEEK, PN_BY_MONTH };

/* Packed, half packed and not at all: the same numbers. */
static void
test_counts (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GArray) world = NULL;

  if (db == NULL)
    return;
  world = pn_histories_make (db);
  for (guint packed = 0; packed < 3; packed++) {
    pn_histories_make_facts (db, packed == 2 ? 100 : packed);
    for (gsize i = 0; i < G_N_ELEMENTS (plain); i++) {
      for (gsize j = 0; j < G_N_ELEMENTS (ways); j++) {
        if ((i + j + packed) % 3 == 0)
          check_report (db, world, i, ways[j], (i + j) % 2 == 0 ? -1 : (int) (j % 4));
      }
    }
  }
}

static gboolean
was_open (const History *history, PnTime at)
{
  const guint turns = history->turns->len;

  return history->created < at
         && (turns % 2 == 0
             || g_array_index (history->turns, Turn, turns - 1).at / PN_SECOND >= at / PN_SECOND);
}

static void
check_backlog_row (const GArray *world, const PnReportRow *row, PnTime at, gint64 queue)
{
  static const gint64 ages[] = { 1, 3, 7, 30 };
  gint64 counts[6] = { 0 };

  for (guint i = 0; i < world->len; i++) {
    const History *history = &g_array_index (world, History, i);
    guint age = 1;

    if (!was_open (history, at) || (queue != 0 && history->queue != queue))
      continue;
    while (age < 5 && at / PN_SECOND - history->created / PN_SECOND >= ages[age - 1] * 86400)
      age++;
    counts[0]++;
    counts[age]++;
  }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_cmpfloat (row->value[i], ==, (double) counts[i]);
}

static void
test_backlog (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GArray) world = NULL;
  g_autoptr (PnReportRequest) days = ask ("backlog", PN_BY_DAY);
  g_autoptr (PnReportRequest) queues = ask ("backlog", PN_BY_QUEUE);
  g_autoptr (PnReport) by_day = NULL;
  g_autoptr (PnReport) by_queue = NULL;

  if (db == NULL)
    return;
  world = pn_histories_make (db);
  pn_histories_make_facts (db, 1);
  by_day = pn_report_run (db, days, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (by_day->rows->len, ==, 35);
  for (guint i = 0; i < by_day->rows->len; i++) {
    const PnReportRow *next = i + 1 < by_day->rows->len ? by_day->rows->pdata[i + 1] : NULL;

    check_backlog_row (world, by_day->rows->pdata[i],
                       (next != NULL ? next->key : by_day->to) * PN_SECOND, 0);
  }
  check_backlog_row (world, &by_day->total, by_day->to * PN_SECOND, 0);
  by_queue = pn_report_run (db, queues, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (by_queue->rows->len, ==, 3);
  for (guint i = 0; i < by_queue->rows->len; i++) {
    const PnReportRow *row = by_queue->rows->pdata[i];

    check_backlog_row (world, row, by_queue->to * PN_SECOND, row->key);
  }
}

/* The tickets behind each number are as many as the number says; of queues that may not be seen, there is none. */
static void
test_tickets (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GArray) world = NULL;
  g_autoptr (PnReportRequest) request = ask ("volume", PN_BY_DAY);
  g_autoptr (PnReport) report = NULL;
  g_autoptr (GArray) queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  const gint64 queue = 2;

  if (db == NULL)
    return;
  world = pn_histories_make (db);
  pn_histories_make_facts (db, 1);
  g_array_append_val (queues, queue);
  request->queues = queues;
  report = pn_report_run (db, request, &error);
  pn_assert_no_error (error);
  for (guint i = 0; i <= report->rows->len; i++) {
    const PnReportRow *row = i < report->rows->len ? report->rows->pdata[i] : &report->total;
    g_autoptr (GArray) ids = pn_report_tickets (
        db, request, "created", i < report->rows->len ? (gint64) row->key : -1, &error);

    pn_assert_no_error (error);
    g_assert_cmpfloat (row->value[0], ==, (double) ids->len);
    for (guint j = 0; j < ids->len; j++) {
      for (guint k = 0; k < world->len; k++) {
        const History *history = &g_array_index (world, History, k);

        if (history->id == g_array_index (ids, gint64, j))
          g_assert_cmpint (history->queue, ==, queue);
      }
    }
  }
  g_assert_null (pn_report_tickets (db, request, "nonsense", -1, &error));
  g_clear_error (&error);
}

static gint64
count_rows (PnDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_NO_ARGS, &error);

  pn_assert_no_error (error);
  pn_rows_next (rows);
  return pn_rows_int (rows, 0);
}

static gboolean
change (PnDb *db, gpointer data, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, *(gint64 *) data, error);
  PnTicketChange wanted = PN_TICKET_CHANGE_NONE;

  wanted.status = PN_STATUS_SOLVED;
  return ticket != NULL && pn_ticket_change (db, ticket, &wanted, PN_ACTOR_IS_SYSTEM, error)
         && pn_ticket_tag (db, ticket->id, "brass", TRUE, PN_ACTOR_IS_SYSTEM, error);
}

/* A change leaves a mark; the chore takes it away, and what was packed is read from its rows. */
static void
test_marks (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GArray) world = NULL;
  g_autoptr (PnReportRequest) request = pn_report_request_new ("resolution", ZONE);
  g_autoptr (PnReport) before = NULL;
  g_autoptr (PnReport) after = NULL;
  gint64 id = 0;
  guint done;

  if (db == NULL)
    return;
  world = pn_histories_make (db);
  pn_histories_make_facts (db, 100);
  g_assert_cmpint (count_rows (db, "SELECT COUNT(*) FROM fact_dirty"), ==, 0);
  for (guint i = 0; i < world->len && id == 0; i++) {
    if (g_array_index (world, History, i).turns->len % 2 == 0)
      id = g_array_index (world, History, i).id;
  }
  request->by = PN_BY_TAG;
  before = pn_report_run (db, request, &error);
  pn_assert_no_error (error);
  g_assert_cmpfloat (before->total.value[0], ==, 0);
  pn_db_run (db, change, &id, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (count_rows (db, "SELECT COUNT(*) FROM fact_mark"), ==, 2);
  pn_fact_refresh (db, 100, &done, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (done, ==, 2);
  g_assert_cmpint (count_rows (db, "SELECT COUNT(*) FROM fact_mark"), ==, 0);
  g_assert_cmpint (count_rows (db, "SELECT COUNT(*) FROM fact_dirty"), ==, 1);
  after = pn_report_run (db, request, &error);
  pn_assert_no_error (error);
  g_assert_cmpfloat (after->total.value[0], ==, 1);
  g_assert_cmpuint (after->rows->len, >=, 1);
}

static void
test_refused (void)
{
  static const struct {
    const char *report;
    const char *from;
    const char *to;
    const char *zone;
    PnReportBy by;
  } cases[] = {
    { "nonsense", FIRST_DAY, LAST_DAY, ZONE, PN_BY_QUEUE },
    { "volume", "2025-13-01", LAST_DAY, ZONE, PN_BY_QUEUE },
    { "volume", FIRST_DAY, "2025-02-30", ZONE, PN_BY_QUEUE },
    { "volume", LAST_DAY, FIRST_DAY, ZONE, PN_BY_QUEUE },
    { "volume", FIRST_DAY, "yesterday", ZONE, PN_BY_QUEUE },
    { "volume", FIRST_DAY, "2025-11-16x", ZONE, PN_BY_QUEUE },
    { "volume", FIRST_DAY, LAST_DAY, "Europe/Atlantis", PN_BY_QUEUE },
    { "volume", "1990-01-01", LAST_DAY, ZONE, PN_BY_DAY },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnReportRequest) request = pn_report_request_new (cases[i].report, cases[i].zone);
    g_autoptr (PnReport) report = NULL;

    g_free (request->from);
    request->from = g_strdup (cases[i].from);
    g_free (request->to);
    request->to = g_strdup (cases[i].to);
    request->by = cases[i].by;
    report = pn_report_run (db, request, &error);
    g_assert_null (report);
    g_assert_nonnull (error);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/figures/counts", test_counts);
  g_test_add_func ("/figures/backlog", test_backlog);
  g_test_add_func ("/figures/tickets", test_tickets);
  g_test_add_func ("/figures/marks", test_marks);
  g_test_add_func ("/figures/refused", test_refused);
  return g_test_run ();
}
