#include "ticketing/clock_guard.h"

#include "tests/db/climb.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

#define START PN_CLIMB_START

/* Looks by both clocks, in minutes since the start. Returns: may anything fire? */
static gboolean
look (PnDb *db, PnClockGuard *guard, gint64 wall, gint64 monotonic)
{
  g_autoptr (GError) error = NULL;
  gboolean may_fire = FALSE;

  pn_clock_freeze (START + wall * PN_MINUTE);
  g_assert_true (pn_clock_guard_look (guard, db, START + wall * PN_MINUTE, monotonic * PN_MINUTE,
                                      &may_fire, &error));
  pn_assert_no_error (error);
  return may_fire;
}

typedef struct {
  gint64 wall; /* minutes */
  gint64 monotonic;
  gboolean may_fire;
} Look;

static void
test_leaps (void)
{
  static const struct {
    const char *name;
    Look looks[6];
  } cases[] = {
    { "time passes", { { 1, 1, TRUE }, { 600, 600, TRUE }, { 604, 601, TRUE } } },
    { "forward and back", { { 1, 1, TRUE }, { 62, 2, FALSE }, { 63, 3, FALSE }, { 4, 4, TRUE } } },
    { "backward and back", { { 99, 1, TRUE }, { 10, 2, FALSE }, { 102, 4, TRUE } } },
    { "a sleep stays",
      { { 1, 1, TRUE }, { 62, 2, FALSE }, { 121, 61, FALSE }, { 122, 62, TRUE } } },
    { "a month does not", { { 1, 1, TRUE }, { 44642, 2, FALSE }, { 44762, 122, FALSE } } },
    { "steady means steady",
      { { 1, 1, TRUE },
        { 62, 2, FALSE },
        { 101, 41, FALSE },
        { 121, 51, FALSE },
        { 151, 81, FALSE },
        { 181, 111, TRUE } } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnClockGuard) guard = pn_clock_guard_new ("one");
    PnDb *db = pn_testdb_open ();

    if (db == NULL)
      return;
    for (const Look *each = cases[i].looks; each < cases[i].looks + 6 && each->wall != 0; each++) {
      g_test_message ("%s: %d", cases[i].name, (int) each->wall);
      g_assert_cmpint (look (db, guard, each->wall, each->monotonic), ==, each->may_fire);
    }
    pn_db_close (db);
  }
  pn_clock_freeze (0);
}

/* Another node's leap pauses this one too, across a new start, until somebody says that the clock is right. */
static void
test_confirm (void)
{
  g_autoptr (PnClockGuard) one = pn_clock_guard_new ("one");
  g_autoptr (PnClockGuard) two = pn_clock_guard_new ("two");
  g_autoptr (PnClockGuard) again = pn_clock_guard_new ("one");
  g_autoptr (GError) error = NULL;
  PnDb *db = pn_testdb_open ();
  PnClockLeap leap;

  if (db == NULL)
    return;
  g_assert_true (look (db, one, 1, 1));
  g_assert_true (look (db, two, 1, 1));
  g_assert_false (look (db, one, 100000, 2));
  g_assert_false (look (db, two, 2, 2));
  g_assert_false (look (db, again, 100001, 3));
  g_assert_true (pn_clock_leap_load (db, &leap, &error));
  g_assert_cmpint (leap.by, ==, (100000 - 2) * PN_MINUTE);
  g_assert_cmpstr (leap.node, ==, "one");
  g_assert_true (pn_clock_leap_settle (db, 3, &error));
  pn_assert_no_error (error);
  g_assert_true (look (db, again, 100002, 4));
  g_assert_true (look (db, two, 4, 4));
  pn_clock_freeze (0);
  pn_db_close (db);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/clock-guard/leaps", test_leaps);
  g_test_add_func ("/clock-guard/confirm", test_confirm);
  return g_test_run ();
}
