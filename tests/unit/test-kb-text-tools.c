#include "kb/difference.h"

#include <string.h>

#include "kb/image.h"
#include "kb/markdown.h"
#include "kb/redact.h"
#include "tests/lib/test.h"

/* Returns: (owned) " same", "-removed", "+added", "…3"; what is changed within a line in braces. */
static char *
draw (GPtrArray *lines)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++) {
    const PnDifferenceLine *line = lines->pdata[i];

    if (line->kind == PN_DIFFERENCE_GAP)
      g_string_append_printf (out, "…%u", line->count);
    else
      g_string_append_c (out, " -+"[line->kind]);
    for (guint k = 0; k < line->parts->len; k++) {
      const PnDifferencePart *part = &g_array_index (line->parts, PnDifferencePart, k);

      g_string_append_printf (out, part->is_changed ? "{%s}" : "%s", part->text);
    }
    g_string_append_c (out, '|');
  }
  return g_string_free (out, FALSE);
}

static void
test_difference (void)
{
  static const struct {
    const char *before, *after, *shown;
  } cases[] = {
    { "", "", "" },
    { "a\nb\n", "a\nb\n", "" },
    { "", "a", "+a|" },
    { "\n", "a\n", "-|+{a}| |" },
    { "a\nb\nc", "a\nc", " a|-b| c|" },
    { "a\nc", "a\nb\nc", " a|+b| c|" },
    { "pay by card", "pay with a card", "-pay {by} card|+pay {with a} card|" },
    { "über Köln", "über Kiel", "-über {Köln}|+über {Kiel}|" },
    { "1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\n5\n6\n7\n8\nx", "…5| 6| 7| 8|-{9}|+{x}|" },
    { "x\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\n5\n6\n7\n8\n9", "-{x}|+{1}| 2| 3| 4|…5|" },
    { "a\nb\nc\nd", "b\nX\nd\ne", "-a| b|-{c}|+{X}| d|+e|" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) lines = pn_difference (cases[i].before, cases[i].after);
    g_autofree char *shown = draw (lines);

    g_assert_cmpstr (shown, ==, cases[i].shown);
  }
}

/* What comes out, read along one side, is that side again; also where nothing is alike. */
static void
test_difference_sides (void)
{
  static const guint sizes[] = { 1, 7, 60, 3000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GString) before = g_string_new (NULL);
    g_autoptr (GString) after = g_string_new (NULL);
    g_autoptr (GPtrArray) lines = NULL;
    guint removed = 0, added = 0, same = 0, left_out = 0;

    for (guint n = 0; n < sizes[i]; n++) {
      g_string_append_printf (before, "%u\n", g_test_rand_int_range (0, 50));
      g_string_append_printf (after, "%u\n", g_test_rand_int_range (0, 50));
    }
    g_string_append (after, "end");
    lines = pn_difference (before->str, after->str);
    for (guint n = 0; n < lines->len; n++) {
      const PnDifferenceLine *line = lines->pdata[n];

      removed += line->kind == PN_DIFFERENCE_REMOVED;
      added += line->kind == PN_DIFFERENCE_ADDED;
      same += line->kind == PN_DIFFERENCE_SAME;
      left_out += line->count;
    }
    g_assert_cmpuint (removed + same + left_out, ==, sizes[i] + 1);
    g_assert_cmpuint (added + same + left_out, ==, sizes[i] + 1);
  }
}

static void
test_redact (void)
{
  static const struct {
    const char *text, *shown;
    guint count;
  } cases[] = {
    { "", "", 0 },
    { "How do I pay?", "How do I pay?", 0 },
    { "Hello,\nmy mail is ada@customer.example.\n\nBest regards\nAda Lovelace",
      "my mail is [address]", 1 },
    { "Call +49 (30) 123-456 78 now", "Call [number] now", 1 },
    { "It costs 1.250 dollars since 2024.", "It costs 1.250 dollars since 2024.", 0 },
    { "IBAN DE89 3704 0044 0532 0130 00!", "IBAN DE[number]!", 1 },
    { "I am Ada, LOVELACE's adapter is broken", "I am [name], [name]'s adapter is broken", 2 },
    { "see https://x.example/a?token=1 and https://x.example/b",
      "see [link] and https://x.example/b", 1 },
    { "Guten Tag Frau König,\ndas Rad steht.\nViele Grüße\nAda", "das Rad steht.", 0 },
    { "Hi, can I pay by card?", "Hi, can I pay by card?", 0 },
  };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_ptr_array_add (names, (gpointer) "Ada Lovelace");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint count = 99;
    g_autofree char *shown = pn_redact (cases[i].text, names, &count);

    g_assert_cmpstr (shown, ==, cases[i].shown);
    g_assert_cmpuint (count, ==, cases[i].count);
  }
}

static void
test_image_names (void)
{
  static const char name[] = "0123456789abcdef0123456789abcdef.png";
  g_autofree char *text =
      g_strdup_printf ("![a](image:%s) image:%s ![b](image:short.png) image:%sx", name, name, name);
  g_autoptr (GPtrArray) names = pn_image_names (text);

  g_assert_cmpuint (names->len, ==, 1);
  g_assert_cmpstr (names->pdata[0], ==, name);
  g_assert_true (pn_image_is_name (name));
  g_assert_false (pn_image_is_name ("0123456789abcdef0123456789abcdef.svg"));
  g_assert_false (pn_image_is_name ("../../../../../../../../etc/passwd"));
}

static char *
address_of (const char *external_id, gpointer data)
{
  return strcmp (external_id, "refund") == 0 ? g_strdup ("/kb/7") : NULL;
}

static void
test_markdown_links (void)
{
  static const char text[] = "# Pay <b>me</b>\n\n[how](article:refund) [no](article:none)"
                             " ![c](image:a.png) <https://x.example/>\n\n## Pay me\n";
  g_autofree char *html = pn_markdown_render (text, address_of, NULL, NULL);
  g_autoptr (GPtrArray) links = pn_markdown_links (text, 10);
  g_autoptr (GPtrArray) headings = pn_markdown_headings (text);

  g_assert_nonnull (strstr (html, "<a href=\"/kb/7\">how</a>"));
  g_assert_nonnull (strstr (html, "<img src=\"cid:a.png\" alt=\"c\" />"));
  g_assert_cmpuint (links->len, ==, 4);
  g_assert_cmpstr (((PnMarkdownLink *) links->pdata[1])->address, ==, "article:none");
  g_assert_true (((PnMarkdownLink *) links->pdata[2])->is_image);
  g_assert_cmpuint (headings->len, ==, 2);
  g_assert_cmpstr (((PnMarkdownHeading *) headings->pdata[1])->id, ==, "h-pay-me-2");
  g_assert_cmpint (((PnMarkdownHeading *) headings->pdata[1])->level, ==, 2);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_markdown_start ();
  g_test_add_func ("/kb-text-tools/difference", test_difference);
  g_test_add_func ("/kb-text-tools/difference-sides", test_difference_sides);
  g_test_add_func ("/kb-text-tools/redact", test_redact);
  g_test_add_func ("/kb-text-tools/image-names", test_image_names);
  g_test_add_func ("/kb-text-tools/markdown-links", test_markdown_links);
  return g_test_run ();
}
