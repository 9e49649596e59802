#include "gateway/mail/dot.h"

#include <string.h>

#include "tests/lib/test.h"

#define TEXT(literal) literal, sizeof (literal) - 1

static const struct {
  const char *in;
  gsize in_bytes;
  const char *out;
} cases[] = {
  { TEXT (""), "" },
  { TEXT ("a"), "a\r\n" },
  { TEXT ("a\r\n"), "a\r\n" },
  { TEXT ("a\nb\rc\r\n"), "a\r\nb\r\nc\r\n" },
  { TEXT ("\r\r\n\n"), "\r\n\r\n\r\n" },
  { TEXT (".\r\n"), "..\r\n" },
  { TEXT ("..\r\n.a"), "...\r\n..a\r\n" },
  { TEXT ("a.b\r\n"), "a.b\r\n" },
  { TEXT ("x\n.\ny"), "x\r\n..\r\ny\r\n" },
  { TEXT ("x\r.\r\ny"), "x\r\n..\r\ny\r\n" },
  { TEXT ("x\r\n.\ry"), "x\r\n..\r\ny\r\n" },
  { TEXT ("a\0b\r\0\n\0.\r\n"), "ab\r\n..\r\n" },
};

/* Cut into pieces of every size, the outcome is the same. */
static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (gsize piece = 1; piece <= cases[i].in_bytes + 1; piece++) {
      g_autoptr (GString) out = g_string_new (NULL);
      PnDot dot = { 0 };

      for (gsize at = 0; at < cases[i].in_bytes; at += piece)
        pn_dot_feed (&dot, cases[i].in + at, MIN (piece, cases[i].in_bytes - at), out);
      pn_dot_end (&dot, out);
      g_assert_cmpstr (out->str, ==, cases[i].out);
    }
  }
}

/* Whatever goes in, no line of what comes out is "." alone, and no CR or LF is bare. */
static void
test_nothing_looks_like_the_end (void)
{
  static const char letters[] = "\r\n.\0a";

  for (int run = 0; run < 20000; run++) {
    g_autoptr (GString) out = g_string_new (NULL);
    char in[16];
    PnDot dot = { 0 };
    gboolean starts_line = TRUE;

    for (gsize i = 0; i < sizeof in; i++)
      in[i] = letters[g_test_rand_int_range (0, sizeof letters - 1)];
    pn_dot_feed (&dot, in, sizeof in, out);
    pn_dot_end (&dot, out);
    for (gsize i = 0; i < out->len; i++) {
      if (out->str[i] == '\r')
        g_assert_cmpint (out->str[i + 1], ==, '\n');
      if (out->str[i] == '\n')
        g_assert_true (i > 0 && out->str[i - 1] == '\r');
      g_assert_true (out->str[i] != '\0');
      if (starts_line && out->str[i] == '.')
        g_assert_true (out->str[i + 1] == '.');
      starts_line = out->str[i] == '\n';
      if (out->str[i] == '.' && i + 1 < out->len && out->str[i + 1] == '.')
        i++;
    }
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/dot/cases", test_cases);
  g_test_add_func ("/dot/row-74-nothing-looks-like-the-end", test_nothing_looks_like_the_end);
  return g_test_run ();
}
