#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/op.h"

typedef struct {
  const char *scope;
  const char *key;
  const char *body;
  gboolean fails;
  char *result; /* (owned) what begin gave */
} Work;

static gboolean
work_once (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;

  g_clear_pointer (&work->result, g_free);
  if (!pn_op_begin (db, work->scope, work->key, work->body, strlen (work->body), &work->result,
                    error))
    return FALSE;
  if (work->fails) {
    pn_error_set (error, PN_ERROR_PERMANENT, "it fails");
    return FALSE;
  }
  return work->result != NULL || pn_op_finish (db, work->scope, work->key, "done 7", error);
}

static void
test_once (void)
{
  static const struct {
    const char *scope;
    const char *key;
    const char *body;
    gboolean fails;
    int code; /* -1: none */
    const char *result;
  } steps[] = {
    { "agent:1", "k", "body", TRUE, PN_ERROR_PERMANENT, NULL }, /* rolled back: it never was */
    { "agent:1", "k", "body", FALSE, -1, NULL },
    { "agent:1", "k", "body", FALSE, -1, "done 7" },
    { "agent:1", "k", "other", FALSE, PN_ERROR_CONFLICT, NULL },
    { "agent:1", "K", "other", FALSE, -1, NULL },
    { "agent:2", "k", "other", FALSE, -1, NULL },
    { "agent:", "1k", "other", FALSE, -1, NULL },
    { "agent:1", "", "", FALSE, -1, NULL },
    { "agent:1", "", "", FALSE, -1, "done 7" },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    Work work = { steps[i].scope, steps[i].key, steps[i].body, steps[i].fails, NULL };
    g_autoptr (GError) error = NULL;

    g_test_message ("step %zu", i);
    g_assert_cmpint (pn_db_run (db, work_once, &work, &error), ==, steps[i].code == -1);
    if (steps[i].code == -1)
      g_assert_no_error (error);
    else
      g_assert_true (pn_error_is (error, (PnErrorCode) steps[i].code));
    g_assert_cmpstr (work.result, ==, steps[i].result);
    g_free (work.result);
  }
}

typedef struct {
  const PnDbTarget *target;
  gint first; /* atomic: how many were told that they are the first */
} Race;

static gpointer
race (gpointer data)
{
  Race *shared = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_db_open (shared->target, &error);

  for (guint i = 0; db != NULL && error == NULL && i < 50; i++) {
    char key[16];
    Work work = { "form", key, "body", FALSE, NULL };

    g_snprintf (key, sizeof key, "%u", i);
    if (pn_db_run (db, work_once, &work, &error) && work.result == NULL)
      g_atomic_int_inc (&shared->first);
    g_free (work.result);
  }
  g_assert_no_error (error);
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

static void
test_race (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  Race shared = { .target = pn_testdb_target () };
  GThread *threads[4];

  if (db == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("race", race, &shared);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (shared.first, ==, 50);
}

static const char age_sql[] = "UPDATE op SET created_at = created_at - ?";

static void
test_sweep (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  Work work = { "a", "k", "body", FALSE, NULL };

  if (db == NULL)
    return;
  g_assert_true (pn_db_run (db, work_once, &work, &error));
  g_assert_true (pn_op_sweep (db, &error));
  g_assert_true (pn_db_run (db, work_once, &work, &error));
  g_assert_cmpstr (work.result, ==, "done 7");
  g_assert_true (pn_db_exec (db, age_sql, PN_ARGS (pn_int (4 * PN_DAY)), NULL, &error));
  g_assert_true (pn_op_sweep (db, &error));
  g_assert_true (pn_db_run (db, work_once, &work, &error));
  g_assert_null (work.result);
  pn_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/op/once", test_once);
  g_test_add_func ("/op/race", test_race);
  g_test_add_func ("/op/sweep", test_sweep);
  return g_test_run ();
}
