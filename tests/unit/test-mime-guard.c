#include "gateway/mail/mime_guard.h"

#include <string.h>

#include "tests/lib/test.h"

static char *
guard (const char *text, gsize size_bytes, GPtrArray *defects)
{
  g_autoptr (GBytes) raw = g_bytes_new (text, size_bytes);
  g_autoptr (GBytes) safe = pn_mime_guard (raw, defects);
  gsize size;
  const char *bytes = g_bytes_get_data (safe, &size);

  return g_strndup (bytes != NULL ? bytes : "", size);
}

static void
test_lines (void)
{
  static const struct {
    const char *text;
    const char *safe;
    guint defects;
  } cases[] = {
    { "", "", 0 },
    { "A: b\n\nc\n", "A: b\n\nc\n", 0 },
    { "\n\r\nA: b\n\nc\n", "A: b\n\nc\n", 0 },
    { "From x Mon Jan 1\nA: b\n\nc\n", "A: b\n\nc\n", 0 },
    { ">From x Mon Jan 1\nA: b\n\nc\n", "A: b\n\nc\n", 0 },
    { "A: b\nbroken fold\nC: d\n\ne\n", "A: b\n broken fold\nC: d\n\ne\n", 1 },
    { "A: b\ntext at once\nmore\n", "A: b\n\r\ntext at once\nmore\n", 1 },
    { "only text\n", "\r\nonly text\n", 1 },
    { "-- mail --\nA: b\nC: d\n\ne\n", "A: b\nC: d\n\ne\n", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) defects = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *safe = guard (cases[i].text, strlen (cases[i].text), defects);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (safe, ==, cases[i].safe);
    g_assert_cmpuint (defects->len, ==, cases[i].defects);
  }
}

static guint
count (const char *text, const char *piece)
{
  guint n = 0;

  for (const char *c = strstr (text, piece); c != NULL; c = strstr (c + 1, piece))
    n++;
  return n;
}

static void
test_limits (void)
{
  static const struct {
    const char *head;
    const char *piece;
    guint times;
    const char *tail;
    const char *counted;
    guint at_most;
  } cases[] = {
    { "", "X-Y: z\n", 5000, "\nx\n", "X-Y", 1000 },
    { "To: ", "g:", 5000, "\n\nx\n", ":", 200 },
    { "Content-Type: message/rfc822\n\nTo: ", "g:", 5000, "\n\nx\n", ":", 202 },
    { "Subject: ", "0123456789", 10000, "\n\nx\n", "0123456789", 3277 },
    { "Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", 5000, "", "--b", 1000 },
    { "Content-Type: multipart/mixed;\n boundary=\"b b\"\n\n", "--b b\n\nx\n", 5000, "", "--b",
      1000 },
    { "Content-Type: multipart/mixed; boundary=b\n\n--b\n", "X-Y: z\n", 5000, "\nx\n", "X-Y",
      1000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) defects = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GString) text = g_string_new (cases[i].head);

    for (guint k = 0; k < cases[i].times; k++)
      g_string_append (text, cases[i].piece);
    g_string_append (text, cases[i].tail);
    g_autofree char *safe = guard (text->str, text->len, defects);
    g_test_message ("%s%s", cases[i].head, cases[i].piece);
    g_assert_cmpuint (count (safe, cases[i].counted), <=, cases[i].at_most);
    g_assert_cmpuint (count (safe, cases[i].counted), >=, cases[i].at_most - 3);
    g_assert_cmpuint (defects->len, ==, 1);
    g_assert_true (g_str_has_suffix (safe, cases[i].tail));
  }
}

/* A mail without such things is not copied. */
static void
test_no_copy (void)
{
  g_autoptr (GPtrArray) defects = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) raw = g_bytes_new_static ("A: b\n\nc", 7);
  g_autoptr (GBytes) safe = pn_mime_guard (raw, defects);

  g_assert_true (g_bytes_get_data (raw, NULL) == g_bytes_get_data (safe, NULL));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/mime-guard/lines", test_lines);
  g_test_add_func ("/mime-guard/limits", test_limits);
  g_test_add_func ("/mime-guard/no-copy", test_no_copy);
  return g_test_run ();
}
