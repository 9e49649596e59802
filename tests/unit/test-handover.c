#include "gateway/serve/handover.h"

#include <string.h>
#include <unistd.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

static const char settings_text[] = "[database]\nhost = db.example\npassword = hush\n"
                                    "[paths]\ndata = /somewhere\n";

/* Which role is given what: this table is the law. */
static void
test_what_each_role_is_given (void)
{
  static const struct {
    PnRoleKind kind;
    gboolean password;
    gboolean seal;
    gboolean token;
  } cases[] = {
    { PN_ROLE_DATABASE, FALSE, FALSE, FALSE }, { PN_ROLE_PREPARE, TRUE, FALSE, FALSE },
    { PN_ROLE_PARSE, FALSE, FALSE, FALSE },    { PN_ROLE_CLERK, TRUE, FALSE, TRUE },
    { PN_ROLE_SEND, TRUE, TRUE, FALSE },       { PN_ROLE_FETCH, TRUE, TRUE, FALSE },
    { PN_ROLE_WEB, TRUE, FALSE, TRUE },
  };
  g_autoptr (PnSecret) master = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnSecret) seal = pn_key_derive (master, PN_KEY_SEAL);
  g_autoptr (PnSecret) token = pn_key_derive (master, PN_KEY_TOKEN);
  g_autoptr (PnSettings) settings = pn_settings_read (settings_text, "test", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const PnRoleRow *row = pn_role_row (cases[i].kind);
    g_autoptr (GError) error = NULL;
    PnHandover handover;
    int fd = -1;

    if (row == NULL)
      continue;
    g_test_message ("%s", row->name);
    fd = pn_handover_make (row, settings, master, &error);
    pn_assert_no_error (error);
    g_assert_true (pn_handover_take (fd, &handover, &error));
    pn_assert_no_error (error);
    g_assert_cmpstr (pn_settings_text (handover.settings, PN_SETTING_PATHS_DATA), ==, "/somewhere");
    g_assert_cmpstr (pn_settings_text (handover.settings, PN_SETTING_DATABASE_PASSWORD), ==,
                     cases[i].password ? "hush" : "");
    g_assert_cmpint (handover.keys[PN_KEY_SEAL] != NULL, ==, cases[i].seal);
    g_assert_cmpint (handover.keys[PN_KEY_TOKEN] != NULL, ==, cases[i].token);
    g_assert_true (!cases[i].seal || pn_secret_equal (handover.keys[PN_KEY_SEAL], seal));
    g_assert_true (!cases[i].token || pn_secret_equal (handover.keys[PN_KEY_TOKEN], token));
    pn_handover_clear (&handover);
  }
}

static void
test_nothing_was_handed_over (void)
{
  g_autoptr (GError) error = NULL;
  PnHandover handover;
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  close (ends[1]);
  g_assert_false (pn_handover_take (ends[0], &handover, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_assert_null (handover.settings);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_secret_library_start ();
  g_test_add_func ("/handover/what-each-role-is-given", test_what_each_role_is_given);
  g_test_add_func ("/handover/nothing-was-handed-over", test_nothing_was_handed_over);
  return g_test_run ();
}
