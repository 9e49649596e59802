#include "ticketing/core/crash.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/test.h"

typedef struct {
  const char *wish; /* POSTERN_CRASH; NULL: not set */
  gboolean once_exists;
  int dies_at; /* pass; 0: lives */
} Case;

static const Case cases[] = {
  { NULL, FALSE, 0 },      { "point", FALSE, 1 }, { "point:1", FALSE, 1 }, { "point:3", FALSE, 3 },
  { "point:9", FALSE, 0 }, { "poi", FALSE, 0 },   { "points", FALSE, 0 },  { "point", TRUE, 0 },
};

/* In the subprocess: writes a mark before each pass. */
static void
pass_points (void)
{
  for (int i = 1; i <= 4; i++) {
    g_printerr ("pass %d\n", i);
    PN_CRASH_POINT ("point");
  }
  g_printerr ("alive\n");
}

static char **
environment (const Case *row, const char *once)
{
  char **list = g_environ_unsetenv (g_get_environ (), "POSTERN_CRASH");

  if (row->wish != NULL)
    list = g_environ_setenv (list, "POSTERN_CRASH", row->wish, TRUE);
  return g_environ_setenv (list, "POSTERN_CRASH_ONCE", once, TRUE);
}

static void
test_points (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pn-crash-XXXXXX", NULL);
  g_autofree char *once = g_build_filename (folder, "once", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) list = environment (&cases[i], once);
    const char *argv[] = { "/proc/self/exe", "--pass", NULL };
    g_autoptr (GError) error = NULL;
    g_autofree char *marks = NULL;
    g_autofree char *last = NULL;
    int status = 0;

    if (cases[i].once_exists)
      g_file_set_contents (once, "", 0, NULL);
    g_spawn_sync (NULL, (char **) argv, list, 0, NULL, NULL, NULL, &marks, &status, &error);
    pn_assert_no_error (error);
    last = g_strdup_printf ("pass %d\n", cases[i].dies_at);
    g_assert_cmpint (g_str_has_suffix (marks, "alive\n"), ==, cases[i].dies_at == 0);
    g_assert_cmpint (g_str_has_suffix (marks, last), ==, cases[i].dies_at != 0);
    g_assert_cmpint (g_unlink (once), ==, cases[i].dies_at != 0 || cases[i].once_exists ? 0 : -1);
  }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "--pass") == 0) {
    pass_points ();
    return 0;
  }
  pn_test_init (&argc, &argv);
#ifdef PN_TEST_HOOKS
  g_test_add_func ("/crash/points", test_points);
#else
  (void) test_points;
  g_test_message ("SKIPPED: built without --enable-test-hooks");
#endif
  return g_test_run ();
}
