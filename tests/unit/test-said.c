#include "templates/said.h"

#include <string.h>

#include "templates/template.h"

#include "tests/lib/test.h"

static const char german[] =
    "msgid \"\"\nmsgstr \"\"\n\"Language: de\\n\"\n\n"
    "msgid \"there is nothing written\"\nmsgstr \"es ist nichts geschrieben\"\n\n"
    "msgid \"there is no queue \\\"{1}\\\"\"\nmsgstr \"es gibt keine Warteschlange „{1}“\"\n\n"
    "msgid \"there is no {1} \\\"{2}\\\"\"\nmsgstr \"„{2}“ gibt es nicht ({1})\"\n\n"
    "msgid \"team\"\nmsgstr \"Team\"\n\n"
    "msgid \"{1} has {2} bytes, {3} are allowed\"\nmsgstr \"erlaubt sind {3} Bytes, {1} hat {2}\"\n\n"
    "msgid \"line {1}: {2}\"\nmsgstr \"Zeile {1}: {2}\"\n\n"
    "msgid \"{1}: {2}\"\nmsgstr \"{1}: {2}\"\n\n"
    "msgid \"must be {key: text}\"\nmsgstr \"muss {key: text} sein\"\n";

static void
test_write (void)
{
  static const struct {
    const char *said;
    const char *expected;
  } cases[] = {
    { "there is nothing written", "es ist nichts geschrieben" },
    { "there is no queue \"mill\"", "es gibt keine Warteschlange „mill“" },
    { "there is no queue \"\"", "es gibt keine Warteschlange „“" },
    { "there is no queue \"a \"b\" c\"", "es gibt keine Warteschlange „a \"b\" c“" },
    /* A value in quotes is somebody's word, another may be ours. */
    { "there is no team \"team\"", "„team“ gibt es nicht (Team)" },
    { "x has 7 bytes, 5 are allowed", "erlaubt sind 5 Bytes, x hat 7" },
    { "line 3: there is nothing written", "Zeile 3: es ist nichts geschrieben" },
    { "rows.csv: line 3: there is no queue \"x\"",
      "rows.csv: Zeile 3: es gibt keine Warteschlange „x“" },
    { "must be {key: text}", "muss {key: text} sein" },
    { "there is nothing", "there is nothing" },
    { "there is nothing written.", "there is nothing written." },
    { "Delivery refused", "Delivery refused" },
    { "team 5", "team 5" },
    { ": ", ": " },
    { "", "" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSaid) said = pn_said_new (pn_catalogue_read (german, strlen (german), &error));

  pn_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *german_words = pn_said_write (said, cases[i].said);
    g_autofree char *english = pn_said_write (NULL, cases[i].said);

    g_assert_cmpstr (german_words, ==, cases[i].expected);
    g_assert_cmpstr (english, ==, cases[i].said);
  }
}

/* What the program carries, through the filter of pages. */
static void
test_filter (void)
{
  static const PnRenderOptions german_page = { .mode = PN_RENDER_HTML, .language = "de" };
  static const PnRenderOptions english_page = { .mode = PN_RENDER_HTML };
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTemplates) templates = pn_templates_open (NULL, &error);
  json_t *document = json_pack ("{s:s, s:n}", "problem", "there is no queue \"<b>\"", "nothing");
  static const char page[] = "<p>{{said:problem}}{{said:nothing}}{{said:none}}</p>";
  g_autofree char *in_german = NULL;
  g_autofree char *in_english = NULL;

  pn_assert_no_error (error);
  in_german =
      pn_templates_render_as (templates, "web/x.html", page, document, &german_page, &error);
  pn_assert_no_error (error);
  in_english =
      pn_templates_render_as (templates, "web/x.html", page, document, &english_page, &error);
  pn_assert_no_error (error);
  json_decref (document);
  g_assert_cmpstr (in_german, ==, "<p>es gibt keine Warteschlange „&lt;b&gt;“</p>");
  g_assert_cmpstr (in_english, ==, "<p>there is no queue &quot;&lt;b&gt;&quot;</p>");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/said/write", test_write);
  g_test_add_func ("/said/filter", test_filter);
  return g_test_run ();
}
