#include "ticketing/ticket.h"

#include "tests/lib/cost.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/agent.h"
#include "ticketing/core/error.h"
#include "ticketing/queue.h"

#define AGENT ((PnActor){ PN_ACTOR_AGENT, 3 })

static gint64
add_queue (PnDb *db, const char *name)
{
  g_autoptr (PnQueue) queue = pn_queue_new (name);

  g_assert_true (pn_queue_save (db, queue, NULL));
  return queue->id;
}

static gboolean
open_body (PnDb *db, gpointer data, GError **error)
{
  return pn_ticket_open (db, data, PN_ACTOR_IS_SYSTEM, "A test wrote.", error);
}

/* Returns: (owned) */
static PnTicket *
open_ticket (PnDb *db, gint64 queue_id, gint64 person_id)
{
  PnTicket *ticket = g_new0 (PnTicket, 1);
  g_autoptr (GError) error = NULL;

  ticket->queue_id = queue_id;
  ticket->priority = PN_PRIORITY_NORMAL;
  ticket->person_id = person_id;
  ticket->subject = g_strdup ("The engine stops");
  ticket->preview = g_strdup ("After card 7");
  g_assert_true (pn_db_run (db, open_body, ticket, &error));
  pn_assert_no_error (error);
  return ticket;
}

typedef struct {
  PnTicket *ticket;
  PnTicketChange change;
  PnActor actor;
} Change;

static gboolean
change_body (PnDb *db, gpointer data, GError **error)
{
  Change *work = data;

  return pn_ticket_change (db, work->ticket, &work->change, work->actor, error);
}

static gboolean
change (PnDb *db, PnTicket *ticket, PnTicketChange wanted, GError **error)
{
  Change work = { ticket, wanted, AGENT };

  return pn_db_run (db, change_body, &work, error);
}

static gint64
count_of (PnDb *db, gint64 queue_id, PnStatus status)
{
  g_autoptr (GArray) counts = pn_queue_counts (db, NULL);
  gint64 n = 0;

  for (guint i = 0; i < counts->len; i++) {
    const PnQueueCount *count = &g_array_index (counts, PnQueueCount, i);

    n += count->queue_id == queue_id && count->status == (int) status ? count->tickets : 0;
  }
  return n;
}

static guint
events_of (PnDb *db, gint64 ticket_id, PnEventKind kind)
{
  g_autoptr (GPtrArray) events = pn_event_list (db, ticket_id, NULL);
  guint n = 0;

  for (guint i = 0; i < events->len; i++)
    n += ((PnEvent *) events->pdata[i])->kind == kind;
  return n;
}

static void
test_open_and_load (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (PnTicket) loaded = NULL;
  g_autoptr (PnTicket) none = NULL;
  g_autoptr (GError) error = NULL;
  gint64 queue_id;

  if (db == NULL)
    return;
  queue_id = add_queue (db, "support");
  ticket = open_ticket (db, queue_id, 7);
  loaded = pn_ticket_load (db, ticket->id, &error);
  pn_assert_no_error (error);
  g_assert_cmpstr (loaded->subject, ==, "The engine stops");
  g_assert_cmpint (loaded->status, ==, PN_STATUS_NEW);
  g_assert_cmpint (loaded->version, ==, 1);
  g_assert_cmpint (loaded->message_count, ==, 0);
  g_assert_cmpint (loaded->assignee_id, ==, 0);
  g_assert_cmpint (count_of (db, queue_id, PN_STATUS_NEW), ==, 1);
  g_assert_cmpuint (events_of (db, ticket->id, PN_EVENT_CREATED), ==, 1);
  none = pn_ticket_load (db, 4711, &error);
  g_assert_null (none);
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
}

static void
test_change (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;
  PnTicketChange wanted = PN_TICKET_CHANGE_NONE;
  gint64 support;
  gint64 sales;

  if (db == NULL)
    return;
  support = add_queue (db, "support");
  sales = add_queue (db, "sales");
  ticket = open_ticket (db, support, 7);
  wanted.status = PN_STATUS_CLOSED;
  wanted.priority = PN_PRIORITY_URGENT;
  wanted.queue_id = sales;
  wanted.subject = "Another\r\nsubject";
  wanted.reason = "A test wants it.";
  g_assert_true (change (db, ticket, wanted, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (ticket->status, ==, PN_STATUS_CLOSED);
  g_assert_cmpint (ticket->priority, ==, PN_PRIORITY_URGENT);
  g_assert_cmpint (ticket->queue_id, ==, sales);
  g_assert_cmpstr (ticket->subject, ==, "Another subject");
  g_assert_cmpint (ticket->closed_at, >, 0);
  g_assert_cmpint (ticket->version, ==, 2);
  g_assert_cmpint (count_of (db, support, PN_STATUS_NEW), ==, 0);
  g_assert_cmpint (count_of (db, sales, PN_STATUS_CLOSED), ==, 1);
  g_assert_cmpuint (events_of (db, ticket->id, PN_EVENT_STATUS), ==, 1);
  g_assert_cmpuint (events_of (db, ticket->id, PN_EVENT_PRIORITY), ==, 1);
  g_assert_cmpuint (events_of (db, ticket->id, PN_EVENT_QUEUE), ==, 1);
  g_assert_cmpuint (events_of (db, ticket->id, PN_EVENT_SUBJECT), ==, 1);
  g_assert_true (change (db, ticket, wanted, &error)); /* nothing is left to change */
  g_assert_cmpint (ticket->version, ==, 2);
  g_assert_cmpuint (events_of (db, ticket->id, PN_EVENT_STATUS), ==, 1);
}

static void
test_wrong_changes (void)
{
  static const struct {
    PnTicketChange change;
    PnErrorCode code;
  } cases[] = {
    { { .status = 6, .priority = -1, .queue_id = -1, .assignee_id = -1 }, PN_ERROR_INVALID },
    { { .status = -1, .priority = 4, .queue_id = -1, .assignee_id = -1 }, PN_ERROR_INVALID },
    { { .status = -1, .priority = -1, .queue_id = 99, .assignee_id = -1 }, PN_ERROR_NOT_FOUND },
    { { .status = -1, .priority = -1, .queue_id = -1, .assignee_id = 99 }, PN_ERROR_NOT_FOUND },
    { { .status = 1, .priority = -1, .queue_id = -1, .assignee_id = -1, .if_version = 9 },
      PN_ERROR_CONFLICT },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnTicket) ticket = NULL;
  gint64 queue_id;

  if (db == NULL)
    return;
  queue_id = add_queue (db, "support");
  ticket = open_ticket (db, queue_id, 7);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnTicket) loaded = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_false (change (db, ticket, cases[i].change, &error));
    g_assert_true (pn_error_is (error, cases[i].code));
    loaded = pn_ticket_load (db, ticket->id, NULL);
    g_assert_cmpint (loaded->version, ==, 1);
    g_assert_cmpint (count_of (db, queue_id, PN_STATUS_NEW), ==, 1);
  }
}

static void
test_assign (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  const PnAgent agent = { .login = (char *) "mill",
                          .name = (char *) "Mill",
                          .address = (char *) "mill@demo.example",
                          .is_enabled = TRUE };
  PnTicketChange wanted = PN_TICKET_CHANGE_NONE;
  const PnEvent *last;

  if (db == NULL)
    return;
  g_assert_true (pn_agent_add (db, &agent, "x", &wanted.assignee_id, &error));
  ticket = open_ticket (db, add_queue (db, "support"), 7);
  g_assert_true (change (db, ticket, wanted, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (ticket->assignee_id, ==, wanted.assignee_id);
  wanted.assignee_id = 0;
  g_assert_true (change (db, ticket, wanted, &error));
  g_assert_cmpint (ticket->assignee_id, ==, 0);
  events = pn_event_list (db, ticket->id, &error);
  last = events->pdata[events->len - 1];
  g_assert_cmpstr (last->old_value, ==, "mill");
  g_assert_null (last->new_value);
}

typedef struct {
  gint64 id;
  PnTouch touch;
  gboolean reopened;
} Touch;

static gboolean
touch_body (PnDb *db, gpointer data, GError **error)
{
  Touch *work = data;

  return pn_ticket_touch (db, work->id, work->touch, "New words", PN_ACTOR_IS_SYSTEM,
                          &work->reopened, error);
}

static void
test_touch (void)
{
  static const struct {
    PnStatus before;
    PnTouch touch;
    PnStatus after;
    gboolean reopened;
  } cases[] = {
    { PN_STATUS_NEW, PN_TOUCH_CUSTOMER, PN_STATUS_NEW, FALSE },
    { PN_STATUS_WAITING, PN_TOUCH_CUSTOMER, PN_STATUS_OPEN, FALSE },
    { PN_STATUS_SOLVED, PN_TOUCH_CUSTOMER, PN_STATUS_OPEN, TRUE },
    { PN_STATUS_CLOSED, PN_TOUCH_CUSTOMER, PN_STATUS_OPEN, TRUE },
    { PN_STATUS_SOLVED, PN_TOUCH_MACHINE, PN_STATUS_SOLVED, FALSE },
    { PN_STATUS_CLOSED, PN_TOUCH_NOTE, PN_STATUS_CLOSED, FALSE },
    { PN_STATUS_NEW, PN_TOUCH_AGENT, PN_STATUS_OPEN, FALSE },
    { PN_STATUS_SOLVED, PN_TOUCH_AGENT, PN_STATUS_SOLVED, FALSE },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  gint64 queue_id;

  if (db == NULL)
    return;
  queue_id = add_queue (db, "support");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnTicket) ticket = open_ticket (db, queue_id, 7);
    g_autoptr (PnTicket) loaded = NULL;
    g_autoptr (GError) error = NULL;
    PnTicketChange wanted = PN_TICKET_CHANGE_NONE;
    Touch work = { ticket->id, cases[i].touch, FALSE };
    gint64 before;

    wanted.status = (int) cases[i].before;
    g_assert_true (change (db, ticket, wanted, &error));
    before = count_of (db, queue_id, cases[i].after);
    g_assert_true (pn_db_run (db, touch_body, &work, &error));
    pn_assert_no_error (error);
    loaded = pn_ticket_load (db, ticket->id, &error);
    g_assert_cmpint (loaded->status, ==, cases[i].after);
    g_assert_cmpint (work.reopened, ==, cases[i].reopened);
    g_assert_cmpint (loaded->message_count, ==, 1);
    g_assert_cmpstr (loaded->preview, ==, "New words");
    g_assert_cmpint (loaded->customer_at != 0, ==, cases[i].touch == PN_TOUCH_CUSTOMER);
    g_assert_cmpint (loaded->agent_at != 0, ==, cases[i].touch == PN_TOUCH_AGENT);
    g_assert_cmpint (count_of (db, queue_id, cases[i].after), ==,
                     before + (cases[i].before != cases[i].after));
  }
}

static void
test_tags_and_links (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnTicket) one = NULL;
  g_autoptr (PnTicket) two = NULL;
  g_autoptr (GPtrArray) tags = NULL;
  g_autoptr (GPtrArray) links = NULL;
  g_autoptr (GError) error = NULL;
  gint64 queue_id;

  if (db == NULL)
    return;
  queue_id = add_queue (db, "support");
  one = open_ticket (db, queue_id, 7);
  two = open_ticket (db, queue_id, 7);
  g_assert_true (pn_ticket_tag (db, one->id, "Würfel", TRUE, AGENT, &error));
  g_assert_true (pn_ticket_tag (db, one->id, "würfel", TRUE, AGENT, &error));
  g_assert_true (pn_ticket_tag (db, one->id, "b", TRUE, AGENT, &error));
  g_assert_true (pn_ticket_tag (db, one->id, "b", FALSE, AGENT, &error));
  pn_assert_no_error (error);
  tags = pn_ticket_tags (db, one->id, &error);
  g_assert_cmpuint (tags->len, ==, 1);
  g_assert_cmpstr (tags->pdata[0], ==, "würfel");
  g_assert_cmpuint (events_of (db, one->id, PN_EVENT_TAG), ==, 3);
  g_assert_false (pn_ticket_tag (db, one->id, " ", TRUE, AGENT, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_true (pn_ticket_link (db, one->id, two->id, "The same engine.", AGENT, &error));
  g_assert_true (pn_ticket_link (db, one->id, two->id, "Again.", AGENT, &error));
  pn_assert_no_error (error);
  links = pn_ticket_links (db, two->id, &error);
  g_assert_cmpuint (links->len, ==, 1);
  g_assert_cmpint (((PnTicketLink *) links->pdata[0])->other_id, ==, one->id);
  g_assert_cmpuint (events_of (db, two->id, PN_EVENT_LINK), ==, 1);
  g_assert_false (pn_ticket_link (db, one->id, one->id, "Itself.", AGENT, &error));
}

static void
test_of_person (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GArray) queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) some = NULL;
  gint64 ids[2];

  if (db == NULL)
    return;
  ids[0] = add_queue (db, "support");
  ids[1] = add_queue (db, "sales");
  for (guint i = 0; i < 6; i++)
    pn_ticket_free (open_ticket (db, ids[i % 2], i < 4 ? 7 : 8));
  all = pn_ticket_of_person (db, 7, NULL, 3, NULL);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpint (((PnTicket *) all->pdata[0])->id, >, ((PnTicket *) all->pdata[1])->id);
  g_array_append_val (queues, ids[1]);
  some = pn_ticket_of_person (db, 7, queues, 10, NULL);
  g_assert_cmpuint (some->len, ==, 2);
  g_array_set_size (queues, 0);
  g_ptr_array_unref (some);
  some = pn_ticket_of_person (db, 7, queues, 10, NULL);
  g_assert_cmpuint (some->len, ==, 0);
}

static const char fill_sql[] =
    "INSERT INTO ticket (queue_id, status, priority, person_id, subject, created_at, updated_at)"
    " SELECT 1, seq % 6, 1, seq % 500, CONCAT('Ticket ', seq), seq, seq FROM seq_1_to_10000";

/* Fewer than the limit, so that whoever reads on for more reads everybody's; with statistics and without. */
static void
test_of_person_cost (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  g_assert_true (pn_db_exec (db, fill_sql, PN_NO_ARGS, NULL, &error));
  for (guint i = 0; i < 2; i++) {
    PnTestCost before = pn_test_cost (db);
    g_autoptr (GPtrArray) tickets = pn_ticket_of_person (db, 7, NULL, 50, &error);

    pn_assert_no_error (error);
    g_assert_cmpuint (tickets->len, ==, 20);
    pn_test_assert_cost (db, &before, 25, 0);
    pn_rows_free (pn_db_query_built (db, "ANALYZE TABLE ticket", PN_NO_ARGS, &error));
  }
}

/* What can grow is read by an index. */
static void
test_indexes (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  gint64 queue_id;

  if (db == NULL)
    return;
  queue_id = add_queue (db, "support");
  for (gint64 i = 0; i < 100; i++)
    pn_ticket_free (open_ticket (db, queue_id, i % 25));
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT id FROM ticket t WHERE t.person_id = ?"
                        " ORDER BY t.id DESC LIMIT 10",
                        PN_ARGS (pn_int (3)), "ticket_person");
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT at FROM event WHERE ticket_id = ? ORDER BY id DESC LIMIT 9",
                        PN_ARGS (pn_int (3)), "event_ticket");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/ticket/open-and-load", test_open_and_load);
  g_test_add_func ("/ticket/change", test_change);
  g_test_add_func ("/ticket/wrong-changes", test_wrong_changes);
  g_test_add_func ("/ticket/assign", test_assign);
  g_test_add_func ("/ticket/touch", test_touch);
  g_test_add_func ("/ticket/tags-and-links", test_tags_and_links);
  g_test_add_func ("/ticket/of-person", test_of_person);
  g_test_add_func ("/ticket/of-person-cost", test_of_person_cost);
  g_test_add_func ("/ticket/indexes", test_indexes);
  return g_test_run ();
}
