/* due:, organisation: and team: find what they say, in the order of the list, at a cost that does not grow. */
#include <string.h>

#include "tests/db/searcher.h"
#include "tests/lib/cost.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/organisation.h"
#include "ticketing/team.h"

#define MANY 40000

/* Of queue seq % 2 (in @queues), of person seq % 500, each hundredth promised, an hour apart, the first 40 over. */
static const char tickets_sql[] =
    "INSERT INTO ticket (id, queue_id, status, priority, person_id, subject, created_at, updated_at,"
    " due_at, urgency_at)"
    " SELECT seq, IF(seq % 2 = 0, ?, ?), 1, 1, 1 + seq % 500, CONCAT('Ticket ', seq), seq,"
    " 1000000 + seq * 7 % 40009, IF(seq % 100 = 0, ? + seq DIV 100 * 3600000000 - 144000000000, NULL),"
    " 5000000 - seq"
    " FROM seq_1_to_40000";

/* Two promises of each, the later one as well. Tickets 51, 151, … are paused. */
static const char deadlines_sql[] =
    "INSERT INTO deadline (ticket_id, metric, round, state, policy_id, policy_version, calendar_id,"
    " priority, target, start_at, due_at)"
    " SELECT id, 0, 1, 0, 1, 1, 1, 1, 60, 1, due_at FROM ticket WHERE due_at IS NOT NULL"
    " UNION ALL SELECT id, 3, 1, 0, 1, 1, 1, 1, 60, 1, due_at + 60000000 FROM ticket"
    " WHERE due_at IS NOT NULL"
    " UNION ALL SELECT id, 0, 1, 1, 1, 1, 1, 1, 60, 1, NULL FROM ticket WHERE id % 100 = 51";

static const char words_sql[] = "INSERT INTO search_term (term, ticket_id)"
                                " SELECT 'common', seq FROM seq_1_to_40000";

static const char persons_sql[] =
    "INSERT INTO person (id, name, created_at, merged_into)"
    " SELECT seq, CONCAT('Person ', seq), 1, IF(seq = 4, 3, NULL) FROM seq_1_to_500";

/* The mill has person 3 (and 4, who is the same), the harbour nine tenths of all. */
static const char placed_sql[] =
    "INSERT INTO organisation_person (person_id, organisation_id)"
    " SELECT seq, IF(seq = 3, ?, ?) FROM seq_1_to_500 WHERE seq = 3 OR seq > 50";

static const char analyze_sql[] =
    "ANALYZE TABLE ticket, deadline, organisation_person, person, search_term";

static gint64
add_organisation (PnDb *db, const char *name, const char *domain)
{
  g_autoptr (PnOrganisation) organisation = pn_organisation_new (name);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (organisation->domains, g_strdup (domain));
  g_assert_true (pn_organisation_save (db, organisation, FALSE, &error));
  pn_assert_no_error (error);
  return organisation->id;
}

static void
run (PnDb *db, const char *sql, const PnValue *args, gsize n_args)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_db_exec (db, sql, args, n_args, NULL, &error));
  pn_assert_no_error (error);
}

static void
fill (PnDb *db, gint64 sales, gint64 support)
{
  const gint64 mill = add_organisation (db, "Mill & Sons", "mill.example");
  const gint64 harbour = add_organisation (db, "Harbour", "harbour.example");
  g_autoptr (PnTeam) team = pn_team_new ("traders");
  g_autoptr (GError) error = NULL;

  g_array_append_val (team->queues, sales);
  g_assert_true (pn_team_save (db, team, &error));
  run (db, tickets_sql, PN_ARGS (pn_int (sales), pn_int (support), pn_int (pn_clock_now ())));
  run (db, deadlines_sql, PN_NO_ARGS);
  run (db, words_sql, PN_NO_ARGS);
  run (db, persons_sql, PN_NO_ARGS);
  run (db, placed_sql, PN_ARGS (pn_int (mill), pn_int (harbour)));
  pn_rows_free (pn_db_query_built (db, analyze_sql, PN_NO_ARGS, &error));
  pn_assert_no_error (error);
}

static gboolean
open_filled (PnSearcher *world)
{
  if (!pn_searcher_open (world))
    return FALSE;
  fill (world->db, world->queues[1], world->queues[0]);
  return TRUE;
}

static void
test_find (void)
{
  static const struct {
    const char *text;
    guint admin;
    guint agent;
  } cases[] = {
    { "due:over", 40, 40 },
    { "due:soon", 24, 24 },
    { "due:<2h", 2, 2 },
    { "due:<120m,over", 42, 42 },
    { "due:>2h", 400 - 42, 400 - 42 },
    { "due:any", 400, 400 },
    { "due:paused", 400, 0 },
    { "due:none", MANY - 800, MANY / 2 - 400 },
    { "due:over queue:sales", 40, 40 },
    { "due:over status:open common", 40, 40 },
    { "due:over status:solved", 0, 0 },
    { "organisation:mill.example", 160, 80 },
    { "organisation:\"Mill & Sons\" common", 160, 80 },
    { "organisation:harbour", MANY * 9 / 10, MANY * 9 / 20 },
    { "organisation:harbour,mill.example", MANY * 9 / 10 + 160, MANY * 9 / 20 + 80 },
    { "organisation:none", MANY / 10 - 160, MANY / 20 - 80 },
    { "organisation:harbour due:over", 32, 32 },
    { "team:traders", MANY / 2, MANY / 2 },
    { "team:traders queue:sales", MANY / 2, MANY / 2 },
    { "team:traders due:soon organisation:none common", 4, 4 },
  };
  PnSearcher world;

  if (!open_filled (&world))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].text);
    g_assert_cmpuint (pn_searcher_walk (&world, world.admin, cases[i].text, 200, FALSE), ==,
                      cases[i].admin);
    g_assert_cmpuint (pn_searcher_walk (&world, world.admin, cases[i].text, 199, TRUE), ==,
                      cases[i].admin);
    g_assert_cmpuint (pn_searcher_walk (&world, world.agent, cases[i].text, 200, FALSE), ==,
                      cases[i].agent);
  }
  g_assert_cmpuint (pn_searcher_walk (&world, world.admin, "team:traders queue:support", 50, FALSE),
                    ==, 0);
  pn_searcher_close (&world);
}

/* A set is in the list's order, whichever that is: newest, oldest, urgent. */
static void
test_order (void)
{
  PnSearcher world;

  if (!open_filled (&world))
    return;
  for (guint order = 0; order < 3; order++) {
    g_autoptr (GError) error = NULL;
    const PnSearchRequest request = { .text = (char *) "due:over",
                                      .limit = 20,
                                      .is_oldest_first = order == 1,
                                      .is_urgent_first = order == 2 };
    g_autoptr (PnSearchResult) result = pn_search_tickets (world.db, world.admin, &request, &error);

    pn_assert_no_error (error);
    g_assert_cmpuint (result->hits->len, ==, 20);
    for (guint i = 1; i < result->hits->len; i++) {
      const PnTicket *before = ((PnSearchHit *) result->hits->pdata[i - 1])->ticket;
      const PnTicket *ticket = ((PnSearchHit *) result->hits->pdata[i])->ticket;

      if (order == 0)
        g_assert_cmpint (before->updated_at, >, ticket->updated_at);
      else if (order == 1)
        g_assert_cmpint (before->updated_at, <, ticket->updated_at);
      else
        g_assert_cmpint (before->id, >, ticket->id); /* their urgencies fall with the number */
    }
  }
  pn_searcher_close (&world);
}

/* What a page of 50 costs among 40,000 tickets, in rows read: what is found, not what there is. */
static void
test_cost (void)
{
  static const struct {
    const char *text;
    gint64 rows;
  } cases[] = {
    { "due:over", 800 },
    { "due:soon", 800 },
    { "due:over common", 1500 },
    { "organisation:mill.example", 1800 },
    { "organisation:mill.example common", 3500 },
    { "organisation:harbour", 6000 }, /* too many to be a set: 4,097 are counted */
    { "team:traders", 1500 },
  };
  PnSearcher world;

  if (!open_filled (&world))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    const PnSearchRequest request = { .text = (char *) cases[i].text };
    const PnTestCost before = pn_test_cost (world.db);
    g_autoptr (PnSearchResult) result = pn_search_tickets (world.db, world.admin, &request, &error);

    g_test_message ("%s", cases[i].text);
    pn_assert_no_error (error);
    pn_test_assert_cost (world.db, &before, cases[i].rows, 400);
  }
  pn_testdb_assert_key (world.db,
                        "EXPLAIN SELECT STRAIGHT_JOIN t.id FROM organisation_person o"
                        " FORCE INDEX (person_organisation)"
                        " JOIN ticket t FORCE INDEX (ticket_person) ON t.person_id = o.person_id"
                        " WHERE o.organisation_id = ? LIMIT 9",
                        PN_ARGS (pn_int (1)), "person_organisation");
  pn_searcher_close (&world);
}

static void
test_bad (void)
{
  static const struct {
    const char *text;
    const char *says;
  } cases[] = {
    { "organisation:mill", "organisation \"mill\" is neither" },
    { "organisation:\"x' OR 1\"", "is neither a whole name" },
    { "team:night", "team \"night\" is none of traders" },
    { "due:when", "is none of over, soon" },
  };
  PnSearcher world;

  if (!open_filled (&world))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    const PnSearchRequest request = { .text = (char *) cases[i].text };
    g_autoptr (PnSearchResult) result = pn_search_tickets (world.db, world.admin, &request, &error);

    g_test_message ("%s", cases[i].text);
    g_assert_null (result);
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
    g_assert_nonnull (strstr (error->message, cases[i].says));
  }
  pn_searcher_close (&world);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/search-scope/find", test_find);
  g_test_add_func ("/search-scope/order", test_order);
  g_test_add_func ("/search-scope/cost", test_cost);
  g_test_add_func ("/search-scope/bad", test_bad);
  return g_test_run ();
}
