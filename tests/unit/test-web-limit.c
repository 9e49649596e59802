#include "gateway/web/limit.h"

#include <string.h>

#include "gateway/web/stream.h"

#include "tests/lib/test.h"

/* The bucket for forms holds twenty and fills by one in half a minute: a thousand can't all pass. */
static void
test_bucket (void)
{
  g_autoptr (PnLimit) limit = pn_limit_new ();
  int passed = 0;

  for (int i = 0; i < 20; i++)
    g_assert_true (pn_limit_take (limit, PN_LIMIT_FORM, "192.0.2.1"));
  for (int i = 0; i < 1000; i++)
    passed += pn_limit_take (limit, PN_LIMIT_FORM, "192.0.2.1") ? 1 : 0;
  g_assert_cmpint (passed, <, 1000);
  g_assert_true (pn_limit_take (limit, PN_LIMIT_FORM, "192.0.2.2"));
  g_assert_true (pn_limit_take (limit, PN_LIMIT_LOGIN, "192.0.2.1"));
}

static void
test_network (void)
{
  g_autoptr (PnLimit) limit = pn_limit_new ();
  int passed = 0;

  for (int i = 0; i < 1000; i++) {
    g_autofree char *client = g_strdup_printf ("2001:db8:1:2:%x::1", i);

    passed += pn_limit_take (limit, PN_LIMIT_FORM, client) ? 1 : 0;
  }
  g_assert_cmpint (passed, <, 1000);
  g_assert_true (pn_limit_take (limit, PN_LIMIT_FORM, "2001:db8:1:3::1"));
}

static void
note (gpointer data)
{
  (*(int *) data)++;
}

/* What was written is read, a sleeping reader is woken once, and an end comes after all that was written. */
static void
test_stream (void)
{
  g_autoptr (PnStream) stream = pn_stream_new ();
  char buffer[16];
  gboolean is_over = FALSE;
  int calls = 0; /* of sleep and wake alike */

  pn_stream_attach (stream, note, &calls);
  pn_stream_write (stream, "hello");
  g_assert_cmpuint (pn_stream_read (stream, buffer, 3, note, &is_over), ==, 3);
  g_assert_cmpuint (pn_stream_read (stream, buffer, 3, note, &is_over), ==, 2);
  g_assert_cmpint (calls, ==, 0);
  g_assert_cmpuint (pn_stream_read (stream, buffer, 3, note, &is_over), ==, 0);
  g_assert_cmpint (calls, ==, 1);
  g_assert_false (is_over);
  pn_stream_write (stream, "a");
  pn_stream_write (stream, "b");
  pn_stream_end (stream);
  g_assert_cmpint (calls, ==, 2);
  g_assert_cmpuint (pn_stream_read (stream, buffer, 16, note, &is_over), ==, 2);
  g_assert_false (is_over);
  g_assert_cmpuint (pn_stream_read (stream, buffer, 16, note, &is_over), ==, 0);
  g_assert_true (is_over);
}

/* Who does not read is cut off, and nobody is woken who went away. */
static void
test_stream_limits (void)
{
  g_autoptr (PnStream) stream = pn_stream_new ();
  g_autofree char *much = g_strnfill (PN_STREAM_LIMIT_BYTES + 1, 'a');
  g_autoptr (PnStream) left = pn_stream_new ();
  char c;
  gboolean is_over;
  int calls = 0;

  pn_stream_write (stream, much);
  g_assert_true (pn_stream_is_over (stream));
  pn_stream_attach (left, note, &calls);
  pn_stream_read (left, &c, 1, note, &is_over);
  pn_stream_detach (left);
  pn_stream_write (left, "x");
  g_assert_cmpint (calls, ==, 1);
  g_assert_true (pn_stream_is_over (left));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/limit/bucket", test_bucket);
  g_test_add_func ("/web/limit/network", test_network);
  g_test_add_func ("/web/stream/read", test_stream);
  g_test_add_func ("/web/stream/limits", test_stream_limits);
  return g_test_run ();
}
