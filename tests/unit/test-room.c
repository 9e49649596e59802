#include "ticketing/core/room.h"

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

static const struct {
  const char *path;
  gint64 needed_bytes;
  gboolean has_room;
} cases[] = {
  { "/", 0, TRUE },
  { "/", G_MAXINT64, FALSE },
  { NULL, G_MAXINT64, TRUE }, /* the database is elsewhere */
  { "/there/is/no/such/place", G_MAXINT64, TRUE },
};

static void
test_check (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s, %" G_GINT64_FORMAT, cases[i].path, cases[i].needed_bytes);
    g_assert_cmpint (pn_room_check (cases[i].path, cases[i].needed_bytes, &error), ==,
                     cases[i].has_room);
    if (cases[i].has_room) {
      g_assert_no_error (error);
    } else {
      g_assert_true (pn_error_is (error, PN_ERROR_TEMPORARY));
      g_assert_true (g_str_has_prefix (error->message, PN_ROOM_FULL));
    }
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/room/check", test_check);
  return g_test_run ();
}
