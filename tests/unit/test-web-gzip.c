#include "gateway/web/response.h"

#include <gio/gio.h>
#include <string.h>

#include "tests/lib/test.h"

#define ANSWERS 20
#define THREADS 4

static GBytes *
make_text (guint seed, gsize size)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; text->len < size; i++)
    g_string_append_printf (text, "<li>Ticket %u of %u</li>\n", seed + i * i % 97, seed);
  g_string_truncate (text, size);
  return g_string_free_to_bytes (text);
}

static PnRequest *
make_request (const char *encodings)
{
  PnRequest *request = pn_request_new ();

  if (encodings != NULL)
    pn_request_add_header (request, "Accept-Encoding", 15, encodings, strlen (encodings));
  return request;
}

static GBytes *
unpack (GBytes *packed)
{
  g_autoptr (GConverter) gunzip =
      G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) raw = g_memory_input_stream_new_from_bytes (packed);
  g_autoptr (GInputStream) plain = g_converter_input_stream_new (raw, gunzip);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_output_stream_splice (out, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static void
test_which (void)
{
  static const struct {
    const char *type;
    const char *encodings;
    gsize size;
    PnPagePolicy policy;
    gboolean is_packed;
  } cases[] = {
    { "text/html; charset=utf-8", "gzip", 4000, PN_POLICY_PAGE, TRUE },
    { "application/json", "br, gzip;q=0.5", 4000, PN_POLICY_PAGE, TRUE },
    { "text/html; charset=utf-8", "gzip;q=0", 4000, PN_POLICY_PAGE, FALSE },
    { "text/html; charset=utf-8", NULL, 4000, PN_POLICY_PAGE, FALSE },
    { "text/html; charset=utf-8", "gzip", 200, PN_POLICY_PAGE, FALSE },
    { "image/png", "gzip", 4000, PN_POLICY_PAGE, FALSE },
    { "text/html; charset=utf-8", "gzip", 4000, PN_POLICY_MAIL, FALSE },
    { "text/plain", "gzip", 4000, PN_POLICY_ATTACHMENT, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnRequest) request = make_request (cases[i].encodings);
    g_autoptr (PnResponse) response = pn_response_new ();
    g_autoptr (GBytes) text = make_text (7, cases[i].size);

    response->policy = cases[i].policy;
    pn_response_set_bytes (response, 200, cases[i].type, text);
    pn_response_finish (response, request);
    g_assert_cmpstr (pn_response_header (response, "Content-Encoding"), ==,
                     cases[i].is_packed ? "gzip" : NULL);
    g_assert_cmpint (g_bytes_equal (response->bytes, text), ==, !cases[i].is_packed);
  }
}

/* Answers of many sizes after each other: what is kept from one is nothing to the next. */
static gpointer
answer_often (gpointer seed)
{
  for (guint i = 0; i < ANSWERS; i++) {
    g_autoptr (PnRequest) request = make_request ("gzip");
    g_autoptr (PnResponse) response = pn_response_new ();
    g_autoptr (GBytes) text = make_text (GPOINTER_TO_UINT (seed) + i, 2000 + i * 37000 % 300001);
    g_autoptr (GBytes) unpacked = NULL;

    pn_response_set_bytes (response, 200, "text/html; charset=utf-8", text);
    pn_response_finish (response, request);
    g_assert_cmpuint (g_bytes_get_size (response->bytes), <, g_bytes_get_size (text) / 2);
    unpacked = unpack (response->bytes);
    g_assert_true (g_bytes_equal (unpacked, text));
  }
  return NULL;
}

static void
test_often (void)
{
  GThread *threads[THREADS];

  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("answers", answer_often, GUINT_TO_POINTER (i * 1000));
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web-gzip/which", test_which);
  g_test_add_func ("/web-gzip/often", test_often);
  return g_test_run ();
}
