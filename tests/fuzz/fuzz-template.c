#include "tests/fuzz/target.h"

#include <string.h>

#include "templates/template.h"

/* The input is a template, in each of the three dialects; the document is one that has what templates ask for. Every
 * value holds marks of its own: in a page none of them may come out unescaped. */
#define VALUE "<v onx='\"{{y}}&"

static json_t *
document_new (void)
{
  return json_pack ("{s:s, s:i, s:b, s:n, s:[s,s,i], s:{s:s, s:o}, s:s, s:s}", "x", VALUE, "n", 3,
                    "b", 1, "z", "l", VALUE, "b", 7, "o", "a", VALUE, "h", pn_safe_html ("<i>"),
                    "d", "2026-11-22T10:42:07Z", "p", "p.html");
}

static void
render (const char *name, const char *text, PnRenderMode mode, json_t *document)
{
  const PnTemplateSource sources[] = { { "p", "{{$a}}{{x}}{{/a}}" },
                                       { "p.html", "<p title=\"{{$a}}{{/a}}\">{{$b}}{{/b}}</p>" },
                                       { name, text } };
  const PnRenderOptions options = { .mode = mode, .language = "de", .now = 1 };
  g_autoptr (PnTemplates) set = pn_templates_new (sources, G_N_ELEMENTS (sources), NULL);
  g_autofree char *output =
      set == NULL ? NULL : pn_templates_render (set, name, document, &options, NULL);

  if (output == NULL || mode != PN_RENDER_HTML || strstr (text, "<v") != NULL
      || strstr (text, "onx") != NULL)
    return;
  if (strstr (output, "<v") != NULL || strstr (output, "onx='") != NULL)
    g_error ("a value came out unescaped: %s", output);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  json_t *document;

  if (!g_utf8_validate (text, -1, NULL) || size > 4096)
    return 0;
  document = document_new ();
  render ("t", text, PN_RENDER_PLAIN, document);
  render ("t.html", text, PN_RENDER_HTML, document);
  render ("t.txt", text, PN_RENDER_TEXT, document);
  json_decref (document);
  return 0;
}
