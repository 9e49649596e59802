#include "ticketing/core/secret.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

static void
test_key_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("pn-secret-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "key", NULL);
  g_autoptr (PnSecret) master = NULL;
  g_autoptr (PnSecret) again = NULL;
  g_autoptr (PnSecret) seal = NULL;
  g_autoptr (PnSecret) token = NULL;
  struct stat info;

  g_assert_null (pn_key_load_file (path, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_clear_error (&error);
  g_assert_true (pn_key_make_file (path, &error));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
  g_assert_false (pn_key_make_file (path, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);

  master = pn_key_load_file (path, &error);
  again = pn_key_load_file (path, &error);
  pn_assert_no_error (error);
  g_assert_true (pn_secret_equal (master, again));
  seal = pn_key_derive (master, PN_KEY_SEAL);
  token = pn_key_derive (master, PN_KEY_TOKEN);
  g_assert_false (pn_secret_equal (seal, token));
  g_assert_false (pn_secret_equal (seal, master));

  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  g_assert_null (pn_key_load_file (path, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_DENIED));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "abc", 3, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_null (pn_key_load_file (path, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_unlink (path);
  g_rmdir (folder);
}

static PnSecret *
unseal (const PnSecret *key, const char *context, const guint8 *bytes, gsize size_bytes,
        GError **error)
{
  g_autoptr (GBytes) sealed = g_bytes_new (bytes, size_bytes);

  return pn_unseal (key, context, sealed, error);
}

static void
test_seal (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnSecret) other = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnSecret) plain = pn_secret_new_text ("h\u00fcnter2");
  g_autoptr (GBytes) sealed = pn_seal (key, "mailbox 7 imap", plain);
  g_autoptr (GBytes) twice = pn_seal (key, "mailbox 7 imap", plain);
  g_autoptr (PnSecret) opened = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize size_bytes = 0;

  g_assert_false (g_bytes_equal (sealed, twice));
  bytes = g_memdup2 (g_bytes_get_data (sealed, &size_bytes), g_bytes_get_size (sealed));
  opened = unseal (key, "mailbox 7 imap", bytes, size_bytes, &error);
  pn_assert_no_error (error);
  g_assert_cmpstr (pn_secret_text (opened), ==, "h\u00fcnter2");
  g_assert_null (unseal (other, "mailbox 7 imap", bytes, size_bytes, NULL));
  g_assert_null (unseal (key, "mailbox 8 imap", bytes, size_bytes, NULL));
  g_assert_null (unseal (key, "mailbox 7 imap", bytes, 10, NULL));
  g_assert_null (unseal (key, "mailbox 7 imap", NULL, 0, NULL));
  for (gsize i = 0; i < size_bytes * 8; i++) {
    bytes[i / 8] ^= (guint8) (1 << i % 8);
    g_assert_null (unseal (key, "mailbox 7 imap", bytes, size_bytes, &error));
    g_assert_true (pn_error_is (error, PN_ERROR_DENIED));
    g_assert_null (strstr (error->message, "nter2"));
    g_clear_error (&error);
    bytes[i / 8] ^= (guint8) (1 << i % 8);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_secret_library_start ();
  g_test_add_func ("/secret/key-file", test_key_file);
  g_test_add_func ("/secret/seal", test_seal);
  return g_test_run ();
}
