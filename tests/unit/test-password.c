#include "ticketing/core/password.h"

#include <string.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/core/secret.h"

static void
test_check (void)
{
  static const struct {
    const char *password;
    gboolean good;
  } cases[] = {
    { "correct horse battery", TRUE },
    { "\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc",
      TRUE }, /* 12 characters */
    { "vq8z-1xkm-77p", TRUE },
    { "sadness of 12 monkeys", TRUE },
    { "eleven char", FALSE },
    { "\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc", FALSE }, /* 12 bytes, 6 characters */
    { "", FALSE },
    { "password1234", FALSE },
    { "summer2026-11-22", FALSE },
    { "93a812-44f071-907b5", TRUE },
    { "Password2026!", FALSE },
    { "123456789012", FALSE },
    { "aaaaaaaaaaaa", FALSE },
    { "qwertyuiop123", FALSE },
    { "Welcome-2026-Admin", FALSE },
    { "ann@firm.example", FALSE }, /* the log-in itself */
    { "twelve bytes\xff", FALSE },
  };
  g_autofree char *large = g_strnfill (PN_PASSWORD_MAX_BYTES + 1, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", cases[i].password);
    g_assert_cmpint (pn_password_check (cases[i].password, "ann@firm.example", &error), ==,
                     cases[i].good);
    g_assert_cmpint (error == NULL, ==, cases[i].good);
  }
  g_assert_false (pn_password_check (large, NULL, NULL));
}

static void
test_hash (void)
{
  g_autofree char *hash = pn_password_hash ("correct horse battery");
  g_autofree char *again = pn_password_hash ("correct horse battery");
  gboolean needs_rehash = TRUE;

  g_assert_true (g_str_has_prefix (hash, "$argon2id$v=19$m=65536,t=2,p=1$"));
  g_assert_cmpuint (strlen (hash), <, 128);
  g_assert_cmpstr (hash, !=, again);
  g_assert_true (pn_password_verify (hash, "correct horse battery", &needs_rehash));
  g_assert_false (needs_rehash);
  g_assert_false (pn_password_verify (hash, "correct horse batter", NULL));
  g_assert_false (pn_password_verify (hash, "", NULL));
  g_assert_false (pn_password_verify ("", "correct horse battery", NULL));
  g_assert_false (pn_password_verify ("nonsense", "correct horse battery", NULL));
  g_assert_false (pn_password_verify (NULL, "correct horse battery", NULL));
}

static gpointer
verify_in_thread (gpointer hash)
{
  return GINT_TO_POINTER (pn_password_verify (hash, "correct horse battery", NULL));
}

static void
test_threads (void)
{
  g_autofree char *hash = pn_password_hash ("correct horse battery");
  GThread *threads[6];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("verify", verify_in_thread, hash);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_true (GPOINTER_TO_INT (g_thread_join (threads[i])));
}

static void
test_make (void)
{
  g_autofree char *one = pn_password_make ();
  g_autofree char *two = pn_password_make ();

  g_assert_cmpstr (one, !=, two);
  g_assert_cmpuint (strlen (one), ==, 23);
  g_assert_true (pn_password_check (one, "ann", NULL));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_secret_library_start ();
  g_test_add_func ("/password/check", test_check);
  g_test_add_func ("/password/hash", test_hash);
  g_test_add_func ("/password/threads", test_threads);
  g_test_add_func ("/password/make", test_make);
  return g_test_run ();
}
