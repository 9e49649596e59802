#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/search.h"
#include "ticketing/turn.h"

#define PORTION 40
#define MUCH 16
#define WORK "index-words"

/* Notes of messages that are gone: there is a note to work off, and no words. */
static const char fill_sql[] = "INSERT INTO search_pending (message_id, ticket_id)"
                               " SELECT seq, seq FROM seq_1_to_200";
static const char few_sql[] = "INSERT INTO search_pending (message_id, ticket_id)"
                              " SELECT seq, seq FROM seq_1_to_3";
static const char left_sql[] = "SELECT COUNT(*) FROM search_pending";
static const char held_sql[] = "SELECT COUNT(*) FROM turn WHERE until_at > ?";

typedef struct {
  PnDb *db;
  PnTurns *turns;
} Clerk;

static void
clerk_start (Clerk *clerk, PnDb *db, const char *owner)
{
  clerk->db = db;
  clerk->turns = pn_turns_new (owner);
}

/* A round as the clerk does it. Returns: how much it did. */
static guint
work (Clerk *clerk)
{
  g_autoptr (GError) error = NULL;
  guint done = 0;

  g_assert_true (pn_turns_look (clerk->turns, clerk->db, &error));
  if (pn_turns_may (clerk->turns, WORK)) {
    g_assert_true (pn_search_index (clerk->db, PORTION, &done, &error));
    g_assert_true (pn_turns_done (clerk->turns, clerk->db, WORK, done >= MUCH, &error));
  }
  pn_assert_no_error (error);
  return done;
}

static gint64
count (PnDb *db, const char *sql, const PnValue *args, gsize n_args)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query (db, sql, args, n_args, &error);

  pn_assert_no_error (error);
  g_assert_true (pn_rows_next (rows));
  return pn_rows_int (rows, 0);
}

/* The first who finds much to do does it; when it dies, the other goes on. */
static void
test_share (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnDb) second = db != NULL ? pn_db_open (pn_testdb_target (), NULL) : NULL;
  g_autoptr (GError) error = NULL;
  const PnTime start = pn_clock_now ();
  Clerk anna, ben;

  if (db == NULL)
    return;
  pn_clock_freeze (start);
  clerk_start (&anna, db, "clerk:anna");
  clerk_start (&ben, second, "clerk:ben");
  g_assert_true (pn_db_exec (db, fill_sql, PN_NO_ARGS, NULL, &error));
  g_assert_cmpuint (work (&anna), ==, PORTION);
  g_assert_cmpuint (work (&ben), ==, 0);
  pn_clock_freeze (start + PN_TURN_LIFE - PN_SECOND); /* near its end the turn is kept for longer */
  g_assert_cmpuint (work (&anna), ==, PORTION);
  pn_clock_freeze (start + PN_TURN_LIFE + PN_SECOND);
  g_assert_cmpuint (work (&ben), ==, 0);
  pn_clock_freeze (start + 2 * PN_TURN_LIFE); /* Anna says nothing any more */
  g_assert_cmpuint (work (&ben), ==, PORTION);
  g_assert_cmpuint (work (&anna), ==, 0);
  while (work (&ben) > 0)
    ;
  g_assert_cmpint (count (db, left_sql, PN_NO_ARGS), ==, 0);
  g_assert_cmpint (count (db, held_sql, PN_ARGS (pn_int (pn_clock_now ()))), ==, 0);
  pn_assert_no_error (error);
  pn_turns_free (anna.turns);
  pn_turns_free (ben.turns);
}

/* For a few marks nobody takes a turn: whoever comes first does them at once. */
static void
test_little (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnDb) second = db != NULL ? pn_db_open (pn_testdb_target (), NULL) : NULL;
  g_autoptr (GError) error = NULL;
  Clerk anna, ben;

  if (db == NULL)
    return;
  clerk_start (&anna, db, "clerk:anna");
  clerk_start (&ben, second, "clerk:ben");
  for (guint i = 0; i < 2; i++) {
    g_assert_true (pn_db_exec (db, few_sql, PN_NO_ARGS, NULL, &error));
    g_assert_cmpuint (work (i == 0 ? &anna : &ben), ==, 3);
  }
  g_assert_cmpint (count (db, held_sql, PN_ARGS (pn_int (0))), ==, 0);
  pn_assert_no_error (error);
  pn_turns_free (anna.turns);
  pn_turns_free (ben.turns);
}

/* Both looked before either took the turn: one gets it. */
static void
test_race (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnTurns) anna = pn_turns_new ("clerk:anna");
  g_autoptr (PnTurns) ben = pn_turns_new ("clerk:ben");
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  g_assert_true (pn_turns_look (anna, db, &error));
  g_assert_true (pn_turns_look (ben, db, &error));
  g_assert_true (pn_turns_may (anna, WORK));
  g_assert_true (pn_turns_may (ben, WORK));
  g_assert_true (pn_turns_done (anna, db, WORK, TRUE, &error));
  g_assert_true (pn_turns_done (ben, db, WORK, TRUE, &error));
  g_assert_true (pn_turns_may (anna, WORK));
  g_assert_false (pn_turns_may (ben, WORK));
  g_assert_true (pn_turns_may (ben, "letters"));
  g_assert_true (pn_turns_done (ben, db, WORK, FALSE, &error)); /* gives back nothing of Anna's */
  g_assert_true (pn_turns_look (ben, db, &error));
  g_assert_false (pn_turns_may (ben, WORK));
  g_assert_true (pn_turns_done (anna, db, WORK, FALSE, &error));
  g_assert_true (pn_turns_look (ben, db, &error));
  g_assert_true (pn_turns_may (ben, WORK));
  pn_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/turn/share", test_share);
  g_test_add_func ("/turn/little", test_little);
  g_test_add_func ("/turn/race", test_race);
  return g_test_run ();
}
