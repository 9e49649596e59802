#include "gateway/web/head.h"

#include <string.h>

#include "ticketing/core/error.h"

#include "tests/lib/test.h"

/* What can't come through a socket as text, and limits; the rest of the table is in test-web-server. */
static void
test_check (void)
{
  static const struct {
    const char *method;
    const char *target;
    const char *version;
    const char *headers; /* name:value, with "|" between */
    gboolean is_good;
    gint64 length;
  } cases[] = {
    { "GET", "/", "HTTP/1.1", "Host:a", TRUE, -1 },
    { "GET", "/", "HTTP/1.0", "Host:a", TRUE, -1 },
    { "GET", "/", "HTTP/2.0", "Host:a", FALSE, 0 },
    { "G T", "/", "HTTP/1.1", "Host:a", FALSE, 0 },
    { "GET", "", "HTTP/1.1", "Host:a", FALSE, 0 },
    { "GET", "*", "HTTP/1.1", "Host:a", FALSE, 0 },
    { "GET", "/a b", "HTTP/1.1", "Host:a", FALSE, 0 },
    { "GET", "/a\"b", "HTTP/1.1", "Host:a", FALSE, 0 },
    { "GET", "/a#b", "HTTP/1.1", "Host:a", FALSE, 0 },
    { "GET", "/a\\b", "HTTP/1.1", "Host:a", FALSE, 0 },
    { "POST", "/", "HTTP/1.1", "Host:a|Content-Length:12", TRUE, 12 },
    { "POST", "/", "HTTP/1.1", "Host:a|content-length:0", TRUE, 0 },
    { "POST", "/", "HTTP/1.1", "Host:a|Content-Length:", FALSE, 0 },
    { "POST", "/", "HTTP/1.1", "Host:a|Content-Length:0x12", FALSE, 0 },
    { "POST", "/", "HTTP/1.1", "Host:a|Content-Length:9999999999999999", FALSE, 0 },
    { "POST", "/", "HTTP/1.1", "Host:a|Transfer-Encoding:Chunked", TRUE, -1 },
    { "POST", "/", "HTTP/1.0", "Host:a|Transfer-Encoding:chunked", FALSE, 0 },
    { "POST", "/", "HTTP/1.1", "Host:a|Transfer-Encoding:gzip, chunked", FALSE, 0 },
    { "GET", "/", "HTTP/1.1", "Host:", FALSE, 0 },
    { "GET", "/", "HTTP/1.1", "Host:[::1]:80", TRUE, -1 },
    { "GET", "/", "HTTP/1.1", "Host:a@b", FALSE, 0 },
    { "GET", "/", "HTTP/1.1", "Host:a|X:\x01", FALSE, 0 },
    { "GET", "/", "HTTP/1.1", "Host:a|Origin:x|origin:y", FALSE, 0 },
    { "GET", "/", "HTTP/1.1", "Host:a|Cookie:x|Cookie:y", TRUE, -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) lines = g_strsplit (cases[i].headers, "|", -1);
    g_autoptr (GArray) fields = g_array_new (FALSE, FALSE, sizeof (PnHeadField));
    g_autoptr (GError) error = NULL;
    PnBodyShape shape;
    gboolean is_good;

    for (guint j = 0; lines[j] != NULL; j++) {
      const char *colon = strchr (lines[j], ':');
      PnHeadField field = { lines[j], (gsize) (colon - lines[j]), colon + 1, strlen (colon + 1) };

      g_array_append_val (fields, field);
    }
    is_good =
        pn_head_check (cases[i].method, cases[i].target, cases[i].version, fields, &shape, &error);
    g_test_message ("%" G_GSIZE_FORMAT " %s", i, error != NULL ? error->message : "good");
    g_assert_cmpint (is_good, ==, cases[i].is_good);
    if (is_good)
      g_assert_cmpint (shape.content_length, ==, cases[i].length);
    else
      g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  }
}

static void
test_limits (void)
{
  g_autoptr (GArray) fields = g_array_new (FALSE, FALSE, sizeof (PnHeadField));
  g_autofree char *large = g_strnfill (PN_HEAD_LIMIT_BYTES, 'a');
  PnHeadField host = { "Host", 4, "a", 1 };
  PnHeadField more = { "X", 1, "a", 1 };
  PnHeadField much = { "X", 1, large, PN_HEAD_LIMIT_BYTES };
  PnBodyShape shape;

  g_array_append_val (fields, host);
  for (int i = 1; i < PN_HEAD_LIMIT_FIELDS; i++)
    g_array_append_val (fields, more);
  g_assert_true (pn_head_check ("GET", "/", "HTTP/1.1", fields, &shape, NULL));
  g_array_append_val (fields, more);
  g_assert_false (pn_head_check ("GET", "/", "HTTP/1.1", fields, &shape, NULL));
  g_array_set_size (fields, 1);
  g_array_append_val (fields, much);
  g_assert_false (pn_head_check ("GET", "/", "HTTP/1.1", fields, &shape, NULL));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/head/check", test_check);
  g_test_add_func ("/web/head/limits", test_limits);
  return g_test_run ();
}
