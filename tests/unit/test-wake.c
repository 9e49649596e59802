#include "ticketing/core/wake.h"

#include <glib/gstdio.h>
#include <poll.h>

#include "tests/lib/test.h"

static gboolean
is_readable (const PnWake *wake)
{
  struct pollfd poller = { .fd = pn_wake_fd (wake), .events = POLLIN };

  return poll (&poller, 1, 0) == 1;
}

static void
test_wake (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *run = g_dir_make_tmp ("pn-wake-XXXXXX", NULL);
  g_autofree char *mailbox = g_strnfill (64, 'm');
  g_autofree char *fetch = g_strconcat ("fetch:", mailbox, NULL);
  g_autoptr (PnWake) clerk = pn_wake_open (run, "clerk", &error);
  g_autoptr (PnWake) fetcher = pn_wake_open (run, fetch, &error);

  pn_assert_no_error (error);
  pn_wake_send (run, "nobody");
  g_assert_false (pn_wake_is_there (run, "nobody"));
  g_assert_true (pn_wake_is_there (run, "clerk"));
  g_assert_false (is_readable (clerk));
  pn_wake_send (run, "clerk");
  g_assert_true (is_readable (clerk));
  g_assert_false (is_readable (fetcher));
  pn_wake_drain (clerk);
  g_assert_false (is_readable (clerk));
  for (guint i = 0; i < 10000; i++)
    pn_wake_send (run, "clerk");
  pn_wake_drain (clerk);
  g_assert_false (is_readable (clerk));
  pn_wake_send (run, fetch);
  g_assert_true (is_readable (fetcher));

  g_clear_pointer (&clerk, pn_wake_close);
  pn_wake_send (run, "clerk");
  clerk = pn_wake_open (run, "clerk", &error);
  pn_assert_no_error (error);
  g_assert_false (is_readable (clerk));
  g_clear_pointer (&clerk, pn_wake_close);
  g_clear_pointer (&fetcher, pn_wake_close);
  g_assert_cmpint (g_rmdir (run), ==, 0);
}

static void
test_no_folder (void)
{
  g_autofree char *deep = g_strnfill (100, 'a');

  g_assert_null (pn_wake_open ("/nonexistent", "clerk", NULL));
  g_assert_null (pn_wake_open (deep, "clerk", NULL));
  pn_wake_send ("/nonexistent", "clerk");
  pn_wake_send (deep, "clerk");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/wake/wake", test_wake);
  g_test_add_func ("/wake/no-folder", test_no_folder);
  return g_test_run ();
}
