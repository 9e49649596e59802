#include "ticketing/core/text.h"

#include <string.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

static void
test_clean_line (void)
{
  static const struct {
    const char *text;
    gsize max;
    const char *clean;
  } cases[] = {
    { NULL, 10, "" },
    { "", 10, "" },
    { "plain", 10, "plain" },
    { "  two  words  ", 20, "two  words" },
    { "a\r\nBcc: v@x", 50, "a Bcc: v@x" },
    { "a\tb\x7f"
      "c\x01\x02"
      "d",
      50, "a b c d" },
    { "a\u2028b\xc2\x85"
      "c",
      50, "a b c" },
    { "gpj.\u202E"
      "exe",
      50, "gpj. exe" },
    { "bad \xff byte", 50, "bad \uFFFD byte" },
    { "h\u00e9h\u00e9", 3, "h\u00e9" },
    { "h\u00e9h\u00e9", 2, "h" },
    { "a b", 2, "a" },
    { "\n\n", 5, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *clean = pn_text_clean_line (cases[i].text, cases[i].max);

    g_assert_cmpstr (clean, ==, cases[i].clean);
  }
}

static void
test_address (void)
{
  static const struct {
    const char *text;
    const char *address; /* NULL: refused */
  } cases[] = {
    { "a@b.example", "a@b.example" },
    { "Ann.Other+tag@EXAMPLE.Org", "Ann.Other+tag@example.org" },
    { "o'hara@x.example", "o'hara@x.example" },
    { "ann@m\u00fcller.example", "ann@xn--mller-kva.example" },
    { "j\u00f6rg@x.example", "j\u00f6rg@x.example" },
    { "a@localhost", "a@localhost" },
    { "a@[127.0.0.1]", "a@[127.0.0.1]" },
    { "a@[IPv6:::1]", "a@[ipv6:::1]" },
    { "a@b@c.example", NULL },
    { "x@y>\r\nRCPT TO:<evil@z>", NULL },
    { "x\r\n@y.example", NULL },
    { "x y@z.example", NULL },
    { "<x@z.example>", NULL },
    { "\"x y\"@z.example", NULL },
    { "x@z.example ", NULL },
    { "@z.example", NULL },
    { "x@", NULL },
    { "x", NULL },
    { "", NULL },
    { NULL, NULL },
    { ".x@z.example", NULL },
    { "x.@z.example", NULL },
    { "x..y@z.example", NULL },
    { "x@z..example", NULL },
    { "x@-z.example", NULL },
    { "x@z.example.", NULL },
    { "x@[127.0.0.1", NULL },
    { "x@[evil]", NULL },
    { "x@a,b@c.example", NULL },
    { "\xff@z.example", NULL },
    { "x@z\xc2\x85.example", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *address = pn_text_read_address (cases[i].text, &error);

    g_assert_cmpstr (address, ==, cases[i].address);
    g_assert_true (address != NULL || pn_error_is (error, PN_ERROR_INVALID));
  }
}

static void
test_address_length (void)
{
  g_autofree char *label = g_strnfill (60, 'a');
  g_autofree char *fits = g_strdup_printf ("x@%s.%s.%s.%s", label, label, label, label);
  g_autofree char *large =
      g_strdup_printf ("xxxxxxxxxxxxxx@%s.%s.%s.%s", label, label, label, label);
  g_autofree char *good = pn_text_read_address (fits, NULL);

  g_assert_nonnull (good);
  g_assert_cmpstr (pn_text_address_domain (good), ==, fits + 2);
  g_assert_null (pn_text_read_address (large, NULL));
}

static void
test_names (void)
{
  g_assert_true (pn_text_is_name ("support"));
  g_assert_true (pn_text_is_name ("a.b_c-9"));
  g_assert_false (pn_text_is_name ("Support"));
  g_assert_false (pn_text_is_name ("../x"));
  g_assert_false (pn_text_is_name (""));
  g_assert_false (pn_text_is_name (NULL));
  g_assert_false (pn_text_is_name ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
  g_assert_true (pn_text_is_label ("mill-2", 6));
  g_assert_false (pn_text_is_label ("mill-2", 5));
  g_assert_false (pn_text_is_label ("", 6));
  g_assert_false (pn_text_is_label ("mill.2", 6));
  g_assert_false (pn_text_is_label ("Mill", 6));
  g_assert_true (pn_text_has_any ("a mill", (const char *const[]){ "x", "mil" }, 2));
  g_assert_false (pn_text_has_any ("a mill", (const char *const[]){ "x", "mil" }, 1));
  g_assert_cmpuint (pn_text_distance ("listen", "lissten"), ==, 1);
  g_assert_cmpuint (pn_text_distance ("", "abc"), ==, 3);
  g_assert_cmpuint (pn_text_distance ("kitten", "sitting"), ==, 3);
}

static void
test_url_host (void)
{
  static const struct {
    const char *url;
    const char *host;
  } cases[] = {
    { "https://id.example/token?a=b", "id.example" },
    { "http://user@[::1]:8080/", "::1" },
    { "https:///nothing", "" },
    { "mailto:a@b.example", "" },
    { "id.example/token", "" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *host = pn_text_url_host (cases[i].url);

    g_test_message ("%s", cases[i].url);
    g_assert_cmpstr (host, ==, cases[i].host);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/text/clean-line", test_clean_line);
  g_test_add_func ("/text/address", test_address);
  g_test_add_func ("/text/address-length", test_address_length);
  g_test_add_func ("/text/names", test_names);
  g_test_add_func ("/text/url-host", test_url_host);
  return g_test_run ();
}
