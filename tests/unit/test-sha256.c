#include "ticketing/core/sha256.h"

#include <string.h>

#include "tests/lib/test.h"

#define LONGEST 300

/* FIPS 180-4's own examples. */
static const struct {
  const char *piece;
  gsize times;
  const char *hex;
} cases[] = {
  { "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
  { "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
  { "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

static void
test_examples (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnSha256) sum = pn_sha256_new ();
    g_autofree char *hex = NULL;

    for (gsize k = 0; k < cases[i].times; k++)
      pn_sha256_add (sum, cases[i].piece, strlen (cases[i].piece));
    hex = pn_sha256_end_hex (sum);
    g_assert_cmpstr (hex, ==, cases[i].hex);
  }
}

/* Every length, in two pieces that are cut at every place, is what GLib says. */
static void
test_as_glib (void)
{
  guint8 bytes[LONGEST];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * 7 + 3);
  for (gsize n = 0; n <= sizeof bytes; n++) {
    g_autofree char *right = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes, n);

    for (gsize cut = 0; cut <= n; cut++) {
      g_autoptr (PnSha256) sum = pn_sha256_new ();
      g_autofree char *hex = NULL;

      pn_sha256_add (sum, bytes, cut);
      pn_sha256_add (sum, bytes + cut, n - cut);
      hex = pn_sha256_end_hex (sum);
      if (strcmp (hex, right) != 0)
        g_test_fail_printf ("%" G_GSIZE_FORMAT " bytes cut at %" G_GSIZE_FORMAT ": %s", n, cut,
                            hex);
    }
  }
}

static void
test_bytes (void)
{
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) some = g_bytes_new_static ("abc", 3);
  g_autofree char *of_none = pn_sha256_of (none);
  g_autofree char *of_some = pn_sha256_of (some);

  g_assert_cmpstr (of_none, ==, cases[0].hex);
  g_assert_cmpstr (of_some, ==, cases[1].hex);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/sha256/examples", test_examples);
  g_test_add_func ("/sha256/as-glib", test_as_glib);
  g_test_add_func ("/sha256/bytes", test_bytes);
  return g_test_run ();
}
