#include "ticketing/core/health.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/core/wake.h"

static void
test_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *run = g_dir_make_tmp ("pn-health-XXXXXX", NULL);
  g_autoptr (PnHealth) health = pn_health_new ();
  g_autoptr (PnHealth) loaded = NULL;
  g_autoptr (PnWake) supervisor = NULL;
  PnHealthRow *row = NULL;

  g_assert_null (pn_health_load (run, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_clear_error (&error);

  health->pid = getpid ();
  health->started_at = 12345;
  pn_health_add (health, "clerk")->state = PN_HEALTH_RUNNING;
  row = pn_health_add (health, "fetch:support");
  row->state = PN_HEALTH_BACKOFF;
  row->pid = 7;
  row->restarts = 3;
  row->since = 100;
  row->next_at = 200;
  row->sentence = g_strdup ("the password was refused \"so\"");
  g_assert_true (pn_health_save (health, run, &error));
  pn_assert_no_error (error);

  g_assert_null (pn_health_load (run, NULL)); /* left by a supervisor that was killed */
  supervisor = pn_wake_open (run, PN_HEALTH_SUPERVISOR, &error);
  pn_assert_no_error (error);
  loaded = pn_health_load (run, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (loaded->pid, ==, getpid ());
  g_assert_cmpint (loaded->started_at, ==, 12345);
  g_assert_cmpuint (loaded->rows->len, ==, 2);
  row = g_ptr_array_index (loaded->rows, 1);
  g_assert_cmpstr (row->role, ==, "fetch:support");
  g_assert_cmpint (row->state, ==, PN_HEALTH_BACKOFF);
  g_assert_cmpint (row->restarts, ==, 3);
  g_assert_cmpint (row->next_at, ==, 200);
  g_assert_cmpstr (row->sentence, ==, "the password was refused \"so\"");
  g_assert_false (pn_health_is_well (loaded));

  g_clear_pointer (&supervisor, pn_wake_close);
  g_assert_null (pn_health_load (run, NULL));
  pn_health_remove (run);
  g_assert_cmpint (g_rmdir (run), ==, 0);
}

static void
test_sentences (void)
{
  static const struct {
    PnHealthState state;
    const char *sentence;
    const char *part; /* NULL: well */
  } cases[] = {
    { PN_HEALTH_RUNNING, NULL, NULL },
    { PN_HEALTH_RUNNING, "no password", "send: no password" },
    { PN_HEALTH_STARTING, NULL, "is starting" },
    { PN_HEALTH_BACKOFF, "killed by signal 9",
      "send has died and will be started again (2 times so far): killed" },
    { PN_HEALTH_STOPPING, NULL, "is stopping" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnHealth) health = pn_health_new ();
    PnHealthRow *row = pn_health_add (health, "send");
    g_autofree char *sentence = NULL;

    row->state = cases[i].state;
    row->restarts = 2;
    row->sentence = g_strdup (cases[i].sentence);
    sentence = pn_health_row_sentence (row);
    g_assert_cmpint (sentence == NULL, ==, cases[i].part == NULL);
    g_assert_true (sentence == NULL || strstr (sentence, cases[i].part) != NULL);
    g_assert_cmpint (pn_health_is_well (health), ==, cases[i].part == NULL);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/health/file", test_file);
  g_test_add_func ("/health/sentences", test_sentences);
  return g_test_run ();
}
