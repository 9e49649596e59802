#include "tests/lib/cost.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/rate.h"

#define THREADS 8
#define HITS 125
#define LIMIT 10

typedef struct {
  const PnDbTarget *target;
  gint allowed; /* atomic */
} Storm;

static gpointer
hit_many (gpointer data)
{
  Storm *storm = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_db_open (storm->target, &error);

  for (guint i = 0; db != NULL && error == NULL && i < HITS; i++) {
    gboolean is_allowed = FALSE;

    if (pn_rate_hit (db, "ack:7:ada@example.com", PN_DAY, LIMIT, &is_allowed, &error) && is_allowed)
      g_atomic_int_inc (&storm->allowed);
  }
  g_assert_no_error (error);
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

/* A day in ten steps: the test may cross the border of one, which changes nothing. */
static void
test_storm (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  Storm storm = { .target = pn_testdb_target () };
  GThread *threads[THREADS];

  if (db == NULL)
    return;
  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("storm", hit_many, &storm);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (storm.allowed, ==, LIMIT);
}

static void
test_keys (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  static const struct {
    const char *key;
    PnTime window;
    gint64 limit;
    gboolean is_allowed;
  } cases[] = {
    { "a", PN_DAY, 1, TRUE },     { "a", PN_DAY, 1, FALSE }, { "A", PN_DAY, 1, TRUE },
    { "a", 7 * PN_DAY, 1, TRUE }, { "a", PN_DAY, 2, TRUE },  { "a", PN_DAY, 2, FALSE },
    { "b", PN_DAY, 0, FALSE },
  };

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean is_allowed = FALSE;

    g_assert_true (
        pn_rate_hit (db, cases[i].key, cases[i].window, cases[i].limit, &is_allowed, &error));
    pn_assert_no_error (error);
    g_assert_cmpint (is_allowed, ==, cases[i].is_allowed);
  }
}

static const char age_sql[] = "UPDATE rate SET bucket = bucket - ?";
static const char count_sql[] = "SELECT COUNT(*) FROM rate";
static const char fill_sql[] =
    "INSERT INTO rate (rate_key, bucket, hits)"
    " SELECT UNHEX(SHA2(seq, 256)), IF(seq <= 2500, seq, ?), 1 FROM seq_1_to_20000";
static const char analyze_sql[] = "ANALYZE TABLE rate";

static void
test_window (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  gboolean is_allowed = FALSE;

  if (db == NULL)
    return;
  g_assert_true (pn_rate_hit (db, "a", PN_DAY, 1, &is_allowed, &error));
  g_assert_true (is_allowed);
  g_assert_true (
      pn_db_exec (db, age_sql, PN_ARGS (pn_int (PN_DAY / 10 * 8)), NULL, &error)); /* 8 steps ago */
  g_assert_true (pn_rate_hit (db, "a", PN_DAY, 1, &is_allowed, &error));
  g_assert_false (is_allowed);
  g_assert_true (pn_db_exec (db, age_sql, PN_ARGS (pn_int (PN_DAY / 10 * 2)), NULL, &error));
  g_assert_true (pn_rate_hit (db, "a", PN_DAY, 1, &is_allowed, &error));
  g_assert_true (is_allowed);
  pn_assert_no_error (error);
}

/* Two clerks' transactions that both saw, in one question for many keys, that nobody had hit the key. */
typedef struct {
  PnDb *rival;
  guint runs;
  gboolean is_allowed;
} Ahead;

static gboolean
hit_after_look (PnDb *db, gpointer data, GError **error)
{
  Ahead *ahead = data;
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint8 hash[PN_SHA256_BYTES];
  gboolean is_allowed = FALSE;

  ahead->runs++;
  for (guint i = 0; i < 40; i++) {
    g_autofree char *key = g_strdup_printf ("ack:%u", i);

    pn_rate_key (key, PN_DAY, hash);
    g_ptr_array_add (keys, g_bytes_new (hash, sizeof hash));
  }
  if (!pn_rate_look_ahead (db, keys, error))
    return FALSE;
  if (ahead->rival != NULL) {
    g_assert_true (pn_rate_hit (ahead->rival, "ack:39", PN_DAY, 1, &is_allowed, error));
    g_assert_true (is_allowed);
    ahead->rival = NULL;
  }
  return pn_rate_hit (db, "ack:39", PN_DAY, 1, &ahead->is_allowed, error);
}

static void
test_ahead (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnDb) rival = db != NULL ? pn_db_open (pn_testdb_target (), NULL) : NULL;
  g_autoptr (GError) error = NULL;
  Ahead ahead = { 0 };

  if (db == NULL)
    return;
  ahead.rival = rival;
  g_assert_true (pn_db_run (db, hit_after_look, &ahead, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (ahead.runs, ==, 2); /* told that a row had changed, it looked again */
  g_assert_false (ahead.is_allowed);
}

/* Whoever is hit twice by one transaction is counted twice. */
static gboolean
hit_twice (PnDb *db, gpointer data, GError **error)
{
  Ahead *ahead = data;
  gboolean is_allowed;

  return hit_after_look (db, ahead, error)
         && pn_rate_hit (db, "ack:39", PN_DAY, 1, &is_allowed, error)
         && (is_allowed || pn_rate_hit (db, "ack:38", PN_DAY, 1, &ahead->is_allowed, error));
}

static void
test_ahead_twice (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = NULL;
  Ahead ahead = { 0 };

  if (db == NULL)
    return;
  g_assert_true (pn_db_run (db, hit_twice, &ahead, &error));
  pn_assert_no_error (error);
  g_assert_true (ahead.is_allowed);
  rows = pn_db_query (db, count_sql, PN_NO_ARGS, &error);
  g_assert_true (pn_rows_next (rows));
  g_assert_cmpint (pn_rows_int (rows, 0), ==,
                   2); /* both keys; the hit beyond the limit is not counted */
}

static void
test_sweep (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  gboolean is_allowed = FALSE;
  PnTestCost before;

  if (db == NULL)
    return;
  g_assert_true (pn_rate_hit (db, "young", PN_DAY, 1, &is_allowed, &error));
  g_assert_true (pn_db_exec (db, fill_sql, PN_ARGS (pn_int (pn_clock_now ())), NULL, &error));
  pn_rows_free (pn_db_query_built (db, analyze_sql, PN_NO_ARGS, &error));
  before = pn_test_cost (db);
  g_assert_true (pn_rate_hit (db, "young", PN_DAY, 2, &is_allowed, &error));
  pn_test_assert_cost (db, &before, 20, 0);
  before = pn_test_cost (db);
  g_assert_true (pn_rate_sweep (db, &error));
  pn_test_assert_cost (db, &before, 1010, 0);
  for (guint i = 0; i < 2; i++)
    g_assert_true (pn_rate_sweep (db, &error));
  pn_assert_no_error (error);
  {
    g_autoptr (PnRows) rows = pn_db_query (db, count_sql, PN_NO_ARGS, &error);

    pn_rows_next (rows);
    g_assert_cmpint (pn_rows_int (rows, 0), ==, 17501);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/rate/storm", test_storm);
  g_test_add_func ("/rate/keys", test_keys);
  g_test_add_func ("/rate/window", test_window);
  g_test_add_func ("/rate/sweep", test_sweep);
  g_test_add_func ("/rate/ahead", test_ahead);
  g_test_add_func ("/rate/ahead-twice", test_ahead_twice);
  return g_test_run ();
}
