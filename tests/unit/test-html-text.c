#include "gateway/mail/html_text.h"

#include <string.h>
#include <time.h>

#include "gateway/mail/address.h"
#include "gateway/mail/mime_header.h"
#include "gateway/mail/quote.h"
#include "tests/lib/test.h"

#define ROUNDS 3
#define SMALL_BYTES (32 * 1024)
#define FACTOR 4
#define RATIO_MAX (FACTOR * 2.75) /* linear gives 4, quadratic 16 */

static void
test_text (void)
{
  static const struct {
    const char *html;
    const char *text;
  } cases[] = {
    { "", "" },
    { "a", "a\n" },
    { "<p>a</p><p>b</p>", "a\n\nb\n" },
    { "<div>a</div><div>b</div>", "a\nb\n" },
    { "a<br>b<br/>c", "a\nb\nc\n" },
    { "a  \n b<b> c</b>d", "a b cd\n" },
    { "&lt;&amp;&auml;&#228;&#xE4;&nbsp;&euro;&#150;&nosuch;&", "<&äää €–&nosuch;&\n" },
    { "<ul><li>a<li>b</ul><ol><li>c<li>d</ol>", "* a\n* b\n1. c\n2. d\n" },
    { "<ul><li>a<ul><li>b</ul></ul>", "* a\n  * b\n" },
    { "<a href=\"https://x.example/y\">there</a>", "there <https://x.example/y>\n" },
    { "<a href=\"https://x.example/\">x.example</a>", "x.example\n" },
    { "<a href=\"https://x.example/\x1C&#10;y&#29;\">there</a>", "there <https://x.example/ y>\n" },
    { "<a href=\"mailto:a@x.example\">a@x.example</a>", "a@x.example\n" },
    { "<a href=\"javascript:x\">there</a>", "there\n" },
    { "<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "\n> a\n> b\n>> c\nd\n" },
    { "<table><tr><td>a<td>b<tr><td>c</table>", "a | b\nc\n" },
    { "<style>x</style><script>y<z</script><title>t</title>a<!-- b -->c", "ac\n" },
    { "<div style=\"display: none\">a<div>b</div></div>c", "c\n" },
    { "<img alt=\"a cat\" src=x>", "a cat\n" },
    { "<pre>a\n  b</pre>", "a\n  b\n" },
    { "a<hr>b", "a\n----------\nb\n" },
    { "a < b and 1<2", "a < b and 1<2\n" },
    { "a<!-- never ends", "a\n" },
    { "a<div never ends", "a<div never ends\n" },
    { "<script>never ends", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = pn_html_text (cases[i].html);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
run_html (const char *text)
{
  g_free (pn_html_text (text));
}

static void
run_quote (const char *text)
{
  g_free (pn_quote_reply (text));
}

static void
run_address (const char *text)
{
  g_ptr_array_unref (pn_address_read_list (text));
}

static void
run_words (const char *text)
{
  g_free (pn_mime_header_words (text));
}

static void
run_params (const char *text)
{
  pn_mime_params_free (pn_mime_params_read (text));
}

/* Returns: the least processor time of some runs over @n_bytes of @piece. */
static double
cost (void (*run) (const char *), const char *piece, gsize n_bytes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  double best = G_MAXDOUBLE;

  while (text->len < n_bytes)
    g_string_append (text, piece);
  for (int i = 0; i < ROUNDS; i++) {
    struct timespec before, after;

    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &before);
    run (text->str);
    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &after);
    best = MIN (best, (double) (after.tv_sec - before.tv_sec)
                          + (double) (after.tv_nsec - before.tv_nsec) / 1e9);
  }
  return best;
}

/* TRUST.md 1, row 64: whatever is repeated, four times as much costs some four times as much. Processor time, the best of
 * some runs; where that is too little to be measured there is nothing to fear. */
static void
test_linear (void)
{
  static const struct {
    const char *name;
    void (*run) (const char *);
  } runs[] = { { "html", run_html },
               { "quote", run_quote },
               { "address", run_address },
               { "words", run_words },
               { "params", run_params } };
  static const char *const pieces[] = {
    ">",         ">\n",      "<o:p>",        "(",  ",",    "\"",
    "<",         "<a ",      "<!--",         "&",  "=?",   "=?a?q?",
    ";",         "; a*0*=b", "<script>",     "</", "a@b ", "On 1:00 a@b\n",
    "From: a\n", "-- \n",    "<blockquote>", "a:"
  };

#ifdef PN_SANITIZED
  g_test_skip ("AddressSanitizer's own string functions read a whole text for each of its pieces");
  return;
#endif
  for (gsize r = 0; r < G_N_ELEMENTS (runs); r++) {
    for (gsize p = 0; p < G_N_ELEMENTS (pieces); p++) {
      double small = cost (runs[r].run, pieces[p], SMALL_BYTES);
      double large = cost (runs[r].run, pieces[p], SMALL_BYTES * FACTOR);

      if (large > 0.02 && large > RATIO_MAX * small)
        g_test_fail_printf ("%s of \"%s\" is not linear: %.4f s, then %.4f s", runs[r].name,
                            pieces[p], small, large);
    }
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/html-text/text", test_text);
  g_test_add_func ("/html-text/row-64-linear", test_linear);
  return g_test_run ();
}
