#include "templates/template.h"

#include <string.h>

#include <jansson.h>

#include "tests/lib/test.h"

#define MAX_PARTIALS 16

static const char *const suites[] = { "comments", "delimiters", "interpolation",  "inverted",
                                      "partials", "sections",   "~dynamic-names", "~inheritance" };

static char *
corpus_path (const char *suite)
{
  const char *corpora = g_getenv ("CORPORA");
  const char *top = g_getenv ("TOP_SRCDIR");
  g_autofree char *name = g_strconcat (suite, ".json", NULL);
  g_autofree char *beside =
      g_build_filename (top == NULL ? "." : top, "..", "shared", "corpora", NULL);

  return g_build_filename (corpora != NULL ? corpora : beside, "mustache-spec", "specs", name,
                           NULL);
}

static void
check_case (const char *suite, json_t *test)
{
  static const PnRenderOptions options = { .mode = PN_RENDER_PLAIN };
  PnTemplateSource sources[MAX_PARTIALS + 1];
  const char *title = json_string_value (json_object_get (test, "name"));
  const char *expected = json_string_value (json_object_get (test, "expected"));
  gsize n = 0;
  const char *name;
  json_t *text;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTemplates) set = NULL;
  g_autofree char *output = NULL;

  sources[n++] =
      (PnTemplateSource){ "the case", json_string_value (json_object_get (test, "template")) };
  json_object_foreach (json_object_get (test, "partials"), name, text)
  {
    g_assert_cmpuint (n, <, G_N_ELEMENTS (sources));
    sources[n++] = (PnTemplateSource){ name, json_string_value (text) };
  }
  set = pn_templates_new (sources, n, &error);
  if (set != NULL)
    output =
        pn_templates_render (set, "the case", json_object_get (test, "data"), &options, &error);
  if (g_strcmp0 (output, expected) != 0) {
    g_test_message ("%s: %s: template %s", suite, title, sources[0].text);
    g_test_message ("expected \"%s\"", expected);
    g_test_message ("     got \"%s\" %s", output, error == NULL ? "" : error->message);
    g_test_fail ();
  }
}

static void
test_suite (gconstpointer data)
{
  const char *suite = data;
  g_autofree char *path = corpus_path (suite);
  json_error_t error;
  json_t *document;
  json_t *tests;
  json_t *test;
  size_t i;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("the Mustache specification is not at ../shared/corpora (or $CORPORA)");
    return;
  }
  document = json_load_file (path, 0, &error);
  g_assert_nonnull (document);
  tests = json_object_get (document, "tests");
  g_assert_cmpuint (json_array_size (tests), >, 10);
  json_array_foreach (tests, i, test) check_case (suite, test);
  json_decref (document);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (suites); i++) {
    g_autofree char *name = g_strconcat ("/template-spec/", suites[i], NULL);

    g_test_add_data_func (name, suites[i], test_suite);
  }
  return g_test_run ();
}
