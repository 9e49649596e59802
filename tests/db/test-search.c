#include <string.h>

#include "tests/db/searcher.h"
#include "tests/lib/cost.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/message.h"
#include "ticketing/person.h"
#include "ticketing/queue.h"
#include "ticketing/search.h"

typedef struct {
  const PnSearcher *world;
  guint queue;
  const char *subject;
  const char *text;
  const char *address;
  gint64 id; /* (out) */
} Story;

static gboolean
tell (PnDb *db, gpointer data, GError **error)
{
  Story *story = data;
  g_autoptr (PnMessage) message = pn_message_new ();
  PnTicket ticket = { .queue_id = story->world->queues[story->queue],
                      .priority = PN_PRIORITY_NORMAL,
                      .subject = (char *) story->subject,
                      .preview = (char *) "" };

  if (!pn_person_for_address (db, story->address, "Ada Lovelace", &ticket.person_id, error)
      || !pn_ticket_open (db, &ticket, PN_ACTOR_IS_SYSTEM, "test", error))
    return FALSE;
  message->ticket_id = ticket.id;
  message->from_name = g_strdup ("Ada Lovelace");
  message->from_address = g_strdup (story->address);
  message->subject = g_strdup (story->subject);
  message->text = g_strdup (story->text);
  if (!pn_message_add (db, message, error) || !pn_search_note (db, ticket.id, message->id, error))
    return FALSE;
  story->id = ticket.id;
  return TRUE;
}

static gint64
file (const PnSearcher *world, guint queue, const char *subject, const char *text,
      const char *address)
{
  Story story = { world, queue, subject, text, address, 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_db_run (world->db, tell, &story, &error));
  g_assert_no_error (error);
  return story.id;
}

static void
index_all (const PnSearcher *world)
{
  g_autoptr (GError) error = NULL;
  guint indexed = 1;

  while (indexed > 0 && error == NULL)
    pn_search_index (world->db, 3, &indexed, &error);
  g_assert_no_error (error);
}

/* What a query finds, as "3 1 2"; "INVALID" where it is. */
static char *
find (const PnSearcher *world, const PnAccess *access, const char *text)
{
  g_autoptr (GError) error = NULL;
  const PnSearchRequest request = { .text = (char *) text };
  g_autoptr (PnSearchResult) result = pn_search_tickets (world->db, access, &request, &error);
  GString *ids = g_string_new (NULL);

  if (pn_error_is (error, PN_ERROR_INVALID))
    return g_string_free (g_string_assign (ids, "INVALID"), FALSE);
  g_assert_no_error (error);
  for (guint i = 0; result != NULL && i < result->hits->len; i++) {
    const PnSearchHit *hit = result->hits->pdata[i];

    g_string_append_printf (ids, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", hit->ticket->id);
  }
  return g_string_free (ids, FALSE);
}

static void
test_find (void)
{
  static const struct {
    const char *text;
    const char *admin;
    const char *agent;
  } cases[] = {
    { "", "6 5 4 3 2 1", "4 2" },
    { "printer", "4 3 1", "4" },
    { "PRINTER fire", "1", "" },
    { "prin", "4 3 1", "4" },
    { "rin", "", "" },
    { "straße", "2", "2" },
    { "STRASSE", "2", "2" },
    { "cafe", "2", "2" },
    { "東京", "5", "" },
    { "京都", "5", "" },
    { "100%", "3", "" },
    { "%", "3", "" },
    { "_", "4", "4" },
    { "\\", "6", "" },
    { "*", "", "" },
    { "?", "", "" },
    { "printer -fire", "1", "" }, /* text is never an operator */
    { "1", "1", "" },
    { "#1", "1", "" },
    { "#2", "2", "2" },
    { "#4711", "", "" },
    { "from:bob@example.com", "3", "" },
    { "from:@example.org", "4", "4" },
    { "from:lovelace", "6 5 4 3 2 1", "4 2" },
    { "from:ada", "6 5 4 3 2 1", "4 2" },
    { "from:%", "", "" },
    { "queue:sales", "4 2", "4 2" },
    { "queue:sales printer", "4", "4" },
    { "queue:support", "6 5 3 1", "INVALID" },
    { "queue:nosuch", "INVALID", "INVALID" },
    { "status:new", "6 5 4 2 1", "4 2" },
    { "status:open", "3", "" },
    { "status:unsolved printer", "4 3 1", "4" },
    { "status:closed", "", "" },
    { "priority:urgent", "3", "" },
    { "assignee:none", "6 5 4 2 1", "4 2" },
    { "assignee:sam", "3", "" },
    { "assignee:me", "", "" },
    { "is:mine", "", "" },
    { "assignee:nobody", "INVALID", "INVALID" },
    { "tag:vip", "4 1", "4" },
    { "tag:vip printer", "4 1", "4" },
    { "tag:vip,\"big one\"", "4 2 1", "4 2" },
    { "tag:vip tag:other", "1", "" },
    { "tag:v%", "", "" },
    { "before:2020-01-01", "", "" },
    { "after:2020-01-01", "6 5 4 3 2 1", "4 2" },
    { "after:2020-01-01 printer", "4 3 1", "4" },
    { "before:2020-01-01 printer", "", "" },
    { "after:2999-01-01", "", "" },
    { "foo:bar", "INVALID", "INVALID" },
  };
  PnSearcher world;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (!pn_searcher_open (&world))
    return;
  file (&world, 0, "Printer on fire", "It burns - help", "ada@example.com");
  file (&world, 1, "Café", "Meine Straße ist weg", "ada@example.com");
  id = file (&world, 0, "Discount", "100% of printers", "bob@example.com");
  file (&world, 1, "my_printer", "x", "eve@example.org");
  file (&world, 0, "東京都", "住所", "ada@example.com");
  file (&world, 0, "c:\\windows", "1000 units", "ada@example.com");
  index_all (&world);
  g_assert_true (pn_ticket_tag (world.db, 1, "vip", TRUE, PN_ACTOR_IS_SYSTEM, &error));
  g_assert_true (pn_ticket_tag (world.db, 1, "other", TRUE, PN_ACTOR_IS_SYSTEM, &error));
  g_assert_true (pn_ticket_tag (world.db, 4, "vip", TRUE, PN_ACTOR_IS_SYSTEM, &error));
  g_assert_true (pn_ticket_tag (world.db, 2, "big one", TRUE, PN_ACTOR_IS_SYSTEM, &error));
  pn_assert_no_error (error);
  {
    static const char set_sql[] =
        "UPDATE ticket SET status = 1, priority = 3, assignee_id = ? WHERE id = ?";
    static const char order_sql[] = "UPDATE ticket SET updated_at = 1700000000000000 + id";

    g_assert_true (pn_db_exec (world.db, set_sql, PN_ARGS (pn_int (world.agents[1]), pn_int (id)),
                               NULL, &error));
    g_assert_true (pn_db_exec (world.db, order_sql, PN_NO_ARGS, NULL, &error));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *admin = find (&world, world.admin, cases[i].text);
    g_autofree char *agent = find (&world, world.agent, cases[i].text);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (admin, ==, cases[i].admin);
    g_assert_cmpstr (agent, ==, cases[i].agent);
  }
  pn_searcher_close (&world);
}

/* A ticket is found by the subject that somebody gave it later. */
static void
test_new_subject (void)
{
  PnSearcher world;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = g_new0 (PnTicket, 1);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  if (!pn_searcher_open (&world))
    return;
  ticket->id = file (&world, 0, "Help", "It burns", "ada@example.com");
  index_all (&world);
  before = find (&world, world.admin, "lighthouse");
  g_assert_cmpstr (before, ==, "");
  change.subject = "The lighthouse of the north";
  g_assert_true (pn_ticket_change (world.db, ticket, &change, PN_ACTOR_IS_SYSTEM, &error));
  g_assert_no_error (error);
  index_all (&world);
  after = find (&world, world.admin, "lighthouse burns");
  g_assert_cmpstr (after, ==, "1");
  pn_searcher_close (&world);
}

static void
test_hit (void)
{
  PnSearcher world;
  g_autoptr (GError) error = NULL;
  const PnSearchRequest request = { 0 };
  g_autoptr (PnSearchResult) result = NULL;
  const PnSearchHit *hit;
  gint64 id;

  if (!pn_searcher_open (&world))
    return;
  id = file (&world, 0, "Printer", "x", "ada@example.com");
  g_assert_true (pn_ticket_tag (world.db, id, "vip", TRUE, PN_ACTOR_IS_SYSTEM, &error));
  result = pn_search_tickets (world.db, world.admin, &request, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (result->hits->len, ==, 1);
  g_assert_null (result->next);
  hit = result->hits->pdata[0];
  g_assert_cmpstr (hit->ticket->subject, ==, "Printer");
  g_assert_cmpstr (hit->person_name, ==, "Ada Lovelace");
  g_assert_cmpstr (hit->person_address, ==, "ada@example.com");
  g_assert_null (hit->assignee_name);
  g_assert_cmpuint (hit->tags->len, ==, 1);
  pn_searcher_close (&world);
}

#define MANY 12000

static const char fill_tickets_sql[] =
    "INSERT INTO ticket (id, queue_id, status, priority, assignee_id, person_id, subject,"
    " created_at, updated_at)"
    " SELECT seq, IF(seq % 1000 = 0, ?, ?), seq % 6, seq % 3, IF(seq % 5 = 0, ?, NULL), 1,"
    " CONCAT('Ticket ', seq), seq, 1000000 + seq * 7 % 12007"
    " FROM seq_1_to_12000";

static const char fill_terms_sql[] =
    "INSERT INTO search_term (term, ticket_id)"
    " SELECT 'common', seq FROM seq_1_to_12000"
    " UNION ALL SELECT 'even', seq FROM seq_1_to_12000 WHERE seq % 2 = 0"
    " UNION ALL SELECT 'odd', seq FROM seq_1_to_12000 WHERE seq % 2 = 1"
    " UNION ALL SELECT 'rare', seq FROM seq_1_to_12000 WHERE seq % 4000 = 0"
    " UNION ALL SELECT CONCAT('word', seq % 100), seq FROM seq_1_to_12000";

static const char analyze_sql[] = "ANALYZE TABLE ticket, search_term";

static void
test_pages (void)
{
  static const struct {
    const char *text;
    guint limit;
    guint admin;
    guint agent;
  } cases[] = {
    { "", 200, MANY, 12 },
    { "common", 200, MANY, 12 },
    { "even common", 200, MANY / 2, 12 },
    { "odd even", 50, 0, 0 },
    { "rare", 1, 3, 3 },
    { "common rare ", 2, 3, 3 },
    { "word7", 50, 12 * 120 - 120 * 0 - 120, 0 },
    { "status:open", 199, MANY / 6, 0 },
    { "status:open,new priority:low", 50, MANY / 6, 4 },
    { "assignee:sam status:open", 50, MANY / 30, 0 },
    { "queue:sales", 5, 12, 12 },
    { "before:1970-01-01T00:00:02Z", 200, MANY, 12 },
    { "after:1970-01-01T00:00:02Z", 200, 0, 0 },
  };
  PnSearcher world;
  g_autoptr (GError) error = NULL;

  if (!pn_searcher_open (&world))
    return;
  g_assert_true (pn_db_exec (
      world.db, fill_tickets_sql,
      PN_ARGS (pn_int (world.queues[1]), pn_int (world.queues[0]), pn_int (world.agents[1])), NULL,
      &error));
  g_assert_true (pn_db_exec (world.db, fill_terms_sql, PN_NO_ARGS, NULL, &error));
  pn_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].text);
    if (strcmp (cases[i].text, "word7") == 0) { /* also word70 to word79 */
      g_assert_cmpuint (pn_searcher_walk (&world, world.admin, "word7", 200, FALSE), ==, 11 * 120);
      g_assert_cmpuint (pn_searcher_walk (&world, world.admin, "word7 ", 200, FALSE), ==, 120);
      continue;
    }
    g_assert_cmpuint (pn_searcher_walk (&world, world.admin, cases[i].text, cases[i].limit, FALSE),
                      ==, cases[i].admin);
    g_assert_cmpuint (pn_searcher_walk (&world, world.admin, cases[i].text, cases[i].limit, TRUE),
                      ==, cases[i].admin);
    g_assert_cmpuint (pn_searcher_walk (&world, world.agent, cases[i].text, cases[i].limit, FALSE),
                      ==, cases[i].agent);
  }
  pn_searcher_close (&world);
}

/* What a page of 50 costs among 12,000 tickets, in rows read. */
static void
test_cost (void)
{
  static const struct {
    const char *text;
    gint64 admin;
    gint64 agent;
  } cases[] = {
    { "", 500, 1500 },
    { "common", 700, 1500 },
    { "comm", 700, 1500 },
    { "common even", 1500, 1500 },
    { "common rare", 2500, 2500 },
    { "rare", 500, 700 },
    { "word", 5000, 5000 },
    { "status:open", 700, 1500 },
    { "status:unsolved", 1200, 1500 },
    { "status:open common", 4500, 1500 },
    { "queue:sales common", 1500, 1500 },
    { "assignee:sam", 1500, 1500 },
    { "tag:nothing", 700, 1500 },
    { "before:1970-01-01T00:00:01.005Z", 700, 1500 },
  };
  PnSearcher world;
  g_autoptr (GError) error = NULL;

  if (!pn_searcher_open (&world))
    return;
  g_assert_true (pn_db_exec (
      world.db, fill_tickets_sql,
      PN_ARGS (pn_int (world.queues[1]), pn_int (world.queues[0]), pn_int (world.agents[1])), NULL,
      &error));
  g_assert_true (pn_db_exec (world.db, fill_terms_sql, PN_NO_ARGS, NULL, &error));
  pn_rows_free (pn_db_query_built (world.db, analyze_sql, PN_NO_ARGS, &error));
  pn_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint who = 0; who < 2; who++) {
      const PnSearchRequest request = { .text = (char *) cases[i].text };
      PnTestCost before = pn_test_cost (world.db);
      g_autoptr (PnSearchResult) result =
          pn_search_tickets (world.db, who == 0 ? world.admin : world.agent, &request, &error);

      g_test_message ("%s, %s", cases[i].text, who == 0 ? "admin" : "agent");
      pn_assert_no_error (error);
      pn_test_assert_cost (world.db, &before, who == 0 ? cases[i].admin : cases[i].agent, 200);
    }
  }
  pn_searcher_close (&world);
}

static void
test_bad_requests (void)
{
  static const struct {
    const char *text;
    const char *after;
    guint limit;
  } cases[] = {
    { "", "x", 0 },         { "", "", 0 },      { "", "i5", 0 },
    { "", "t5", 0 },        { "", "t5.", 0 },   { "", "t5.6.7", 0 },
    { "", "t5.6 or 1", 0 }, { "x", "t5.6", 0 }, { "x", "i-99999999999999999999", 0 },
    { "x", "i%", 0 },       { "", NULL, 201 },  { "", NULL, 1000000000 },
  };
  PnSearcher world;

  if (!pn_searcher_open (&world))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    const PnSearchRequest request = { (char *) cases[i].text, cases[i].after, cases[i].limit,
                                      FALSE };
    g_autoptr (PnSearchResult) result = pn_search_tickets (world.db, world.admin, &request, &error);

    g_test_message ("%s %s", cases[i].text, cases[i].after);
    g_assert_null (result);
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  }
  pn_searcher_close (&world);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/search/find", test_find);
  g_test_add_func ("/search/new-subject", test_new_subject);
  g_test_add_func ("/search/hit", test_hit);
  g_test_add_func ("/search/pages", test_pages);
  g_test_add_func ("/search/cost", test_cost);
  g_test_add_func ("/search/bad-requests", test_bad_requests);
  return g_test_run ();
}
