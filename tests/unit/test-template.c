#include "templates/template.h"

#include <string.h>

#include "tests/lib/test.h"

#define NOW (G_GINT64_CONSTANT (1795344127) * 1000000) /* 2026-11-22T10:42:07Z */

/* Returns: (owned) @template filled from @json (' for "), or "error CODE". */
static char *
render (const char *name, const char *template, const char *json, const char *language)
{
  const PnTemplateSource source = { name, template };
  PnRenderOptions options = { .language = language, .now = NOW, .utc_offset_seconds = 3600 };
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');
  json_t *document = json_loads (text, JSON_DECODE_ANY, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTemplates) set = pn_templates_new (&source, 1, &error);
  char *output = NULL;

  g_assert_nonnull (document);
  options.mode = g_str_has_suffix (name, ".html")  ? PN_RENDER_HTML
                 : g_str_has_suffix (name, ".txt") ? PN_RENDER_TEXT
                                                   : PN_RENDER_PLAIN;
  if (set != NULL)
    output = pn_templates_render (set, name, document, &options, &error);
  json_decref (document);
  return output != NULL ? output : g_strdup_printf ("error %d", error->code);
}

typedef struct {
  const char *template;
  const char *document;
  const char *output;
} Case;

static void
check_cases (const char *name, const char *language, const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_autofree char *output = render (name, cases[i].template, cases[i].document, language);

    if (g_strcmp0 (output, cases[i].output) != 0)
      g_test_message ("%s with %s", cases[i].template, cases[i].document);
    g_assert_cmpstr (output, ==, cases[i].output);
  }
}

/* Mustache itself, for when the official cases (test-template-spec) are not at hand. */
static void
test_plain (void)
{
  static const PnTemplateSource partials[] = {
    { "p", "{{x}}\n>{{y}}\n" },
    { "inline", "[{{x}}]" },
    { "layout", "<{{$title}}none{{/title}}>\n  {{$body}}\n  {{/body}}\n" },
    { "tree", "{{x}}{{#l}}({{>tree}}){{/l}}" },
  };
  static const Case cases[] = {
    { "{{x}} {{{x}}} {{&x}}", "{'x': '<\\u0022>'}", "&lt;&quot;&gt; <\"> <\">" },
    { "{{a.b.c}}{{a.x}}|", "{'a': {'b': {'c': 1}}, 'x': 2}", "1|" },
    { "{{x}} {{y}}", "{'x': 1.21, 'y': -3}", "1.21 -3" },
    { "a\n  {{#x}}\nb\n  {{/x}}\nc", "{'x': true}", "a\nb\nc" },
    { "{{#l}}{{.}},{{/l}}{{^l}}none{{/l}}", "{'l': [1, 2]}", "1,2," },
    { "{{#a}}{{x}}{{y}}{{/a}}", "{'a': {'x': 1}, 'x': 2, 'y': 3}", "13" },
    { "a{{! comment }}b\n{{! alone }}\nc", "{}", "ab\nc" },
    { "{{=<% %>=}}<% x %>{{x}}<%={{ }}=%>{{x}}", "{'x': 1}", "1{{x}}1" },
    { "  {{>p}}\nend", "{'x': '1\\n2', 'y': 3}", "  1\n2\n  >3\nend" },
    { "a {{>inline}} b{{>missing}}", "{'x': 1}", "a [1] b" },
    { "{{>*name}}", "{'name': 'inline', 'x': 1}", "[1]" },
    { "{{>tree}}", "{'x': 1, 'l': [{'x': 2, 'l': []}, {'x': 3, 'l': []}]}", "1(2)(3)" },
    { "{{<layout}}\n{{$title}}{{x}}{{/title}}\n{{$body}}\n    one\n      two\n{{/body}}{{/layout}}",
      "{'x': 1}", "<1>\n  one\n    two\n" },
    { "{{<layout}}{{/layout}}", "{}", "<none>\n" },
    { "{{#t}}no message{{/t}}{{#x?}}no test{{/x?}}", "{}", "" },
  };
  static const PnRenderOptions options = { .mode = PN_RENDER_PLAIN };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    PnTemplateSource sources[G_N_ELEMENTS (partials) + 1];
    g_autofree char *text = g_strdelimit (g_strdup (cases[i].document), "'", '"');
    json_t *document = json_loads (text, 0, NULL);
    g_autoptr (PnTemplates) set = NULL;
    g_autofree char *output = NULL;

    memcpy (sources, partials, sizeof partials);
    sources[G_N_ELEMENTS (partials)] = (PnTemplateSource){ "case", cases[i].template };
    set = pn_templates_new (sources, G_N_ELEMENTS (sources), NULL);
    output = pn_templates_render (set, "case", document, &options, NULL);
    g_assert_cmpstr (output, ==, cases[i].output);
    json_decref (document);
  }
}

/* What escapes how, by where it stands. */
static void
test_html_places (void)
{
  static const Case cases[] = {
    { "<p>{{x}}</p>", "{'x': '<b>&\\u0027\\u0022'}", "<p>&lt;b&gt;&amp;&#39;&quot;</p>" },
    { "<a title=\"{{x}}\">", "{'x': '\\u0022 onclick=y'}", "<a title=\"&quot; onclick=y\">" },
    { "<a title='{{x}}'>", "{'x': '\\u0027 onclick=y'}", "<a title='&#39; onclick=y'>" },
    { "<a href=\"{{x}}\">", "{'x': 'https://a.example/?q=1&r=2'}",
      "<a href=\"https://a.example/?q=1&amp;r=2\">" },
    { "<a href=\"{{x}}\">", "{'x': 'javascript:alert(1)'}", "<a href=\"#\">" },
    { "<a href=\"{{x}}\">", "{'x': ' \\tJavaScript:alert(1)'}", "<a href=\"#\">" },
    { "<a href=\"{{x}}\">", "{'x': 'data:text/html,x'}", "<a href=\"#\">" },
    { "<a href=\"{{x}}\">", "{'x': '/desk/tickets/7'}", "<a href=\"/desk/tickets/7\">" },
    { "<a href=\"{{x}}\">", "{'x': 'mailto:a@b'}", "<a href=\"mailto:a@b\">" },
    { "<a href=\"{{x}}{{y}}\">", "{'x': 'java', 'y': 'script:z'}", "<a href=\"javascript:z\">" },
    { "<a href=\"/t/{{x}}\">", "{'x': 'a b\\u0022<c>'}", "<a href=\"/t/a%20b%22%3Cc%3E\">" },
    { "<a href=\"/s?q={{x}}&amp;r=1\">", "{'x': 'a&b=c #d'}",
      "<a href=\"/s?q=a%26b%3Dc%20%23d&amp;r=1\">" },
    { "<img src=\"{{x}}\" alt=\"{{y}}\">", "{'x': '/a', 'y': 'http://b'}",
      "<img src=\"/a\" alt=\"http://b\">" },
    { "<textarea>{{x}}</textarea>", "{'x': '</textarea><b>'}",
      "<textarea>&lt;/textarea&gt;&lt;b&gt;</textarea>" },
    { "<title>{{x}}</title>", "{'x': '</title>'}", "<title>&lt;/title&gt;</title>" },
    { "<input{{#x}} checked{{/x}}>", "{'x': true}", "<input checked>" },
    { "<input {{#x?}}checked{{/x?}}>", "{'x': true}", "<input checked>" },
    { "<option value=\"{{v}}\"{{#x=v}} selected{{/x=v}}>", "{'v': 'v', 'x': 'v'}",
      "<option value=\"v\" selected>" },
    { "<a href=\"/x{{#q}}?q={{q}}{{/q}}\">", "{'q': 'a b'}", "<a href=\"/x?q=a%20b\">" },
    { "{{#l}}<li>{{.}}</li>{{/l}}", "{'l': ['<', '&']}", "<li>&lt;</li><li>&amp;</li>" },
    { "<!-- {{! nothing }} --><p>{{x}}", "{'x': 1}", "<!--  --><p>1" },
    { "<script src=\"{{x}}\"></script>{{x}}", "{'x': '/a.js'}",
      "<script src=\"/a.js\"></script>/a.js" },
    { "<div class=\"a {{#x}}b{{/x}} {{y}}\">", "{'x': true, 'y': 'c'}", "<div class=\"a b c\">" },
    { "a < b {{x}}", "{'x': '<'}", "a < b &lt;" },
    { "{{{x}}}", "{'x': null}", "" },
  };

  check_cases ("x.html", NULL, cases, G_N_ELEMENTS (cases));
}

/* What is refused when the page is loaded (1) or, because of the document, when it is rendered (2). */
static void
test_html_refusals (void)
{
  static const Case cases[] = {
    { "<a href={{x}}>", "{}", "error 1" },
    { "<a {{x}}>", "{}", "error 1" },
    { "<{{x}}>", "{}", "error 1" },
    { "<a {{x}}=\"\">", "{}", "error 1" },
    { "<a b{{x}}>", "{}", "error 1" },
    { "<script>{{x}}</script>", "{}", "error 1" },
    { "<script>{{#x}}a{{/x}}</script>", "{}", "error 1" },
    { "<SCRIPT>{{x}}</SCRIPT>", "{}", "error 1" },
    { "<style>a{color:{{x}}}</style>", "{}", "error 1" },
    { "<a onclick=\"f('{{x}}')\">", "{}", "error 1" },
    { "<a style=\"color:{{x}}\">", "{}", "error 1" },
    { "<iframe srcdoc=\"{{x}}\">", "{}", "error 1" },
    { "<a href=\"javascript:{{x}}\">", "{}", "error 1" },
    { "<!-- {{x}} -->", "{}", "error 1" },
    { "<!doctype {{x}}>", "{}", "error 1" },
    { "<a title=\"{{{x}}}\">", "{}", "error 1" },
    { "<title>{{{x}}}</title>", "{}", "error 1" },
    { "{{#x}}<b{{/x}}>", "{}", "error 1" },
    { "{{#x}}<a title=\"{{/x}}a\">", "{}", "error 1" },
    { "<p {{#x}}a{{/x}}{{#y}}b{{/y}}>", "{}", "error 1" },
    { "<input {{#x}}checked{{/x}}>", "{}", "error 1" }, /* a list would write checkedchecked */
    { "<p", "{}", "error 1" },
    { "<!-- a", "{}", "error 1" },
    { "<title>a", "{}", "error 1" },
    { "<a title=\"{{>p}}\">", "{}", "error 1" },
    { "{{>nothing}}", "{}", "error 1" },
    { "{{<nothing}}{{/nothing}}", "{}", "error 1" },
    { "{{<x}}{{/x}}", "{}", "error 1" },
    { "{{#x}}", "{}", "error 1" },
    { "{{/x}}", "{}", "error 1" },
    { "{{#x}}{{/y}}", "{}", "error 1" },
    { "{{x", "{}", "error 1" },
    { "{{}}", "{}", "error 1" },
    { "{{shout:x}}", "{}", "error 1" },
    { "{{a b}}", "{}", "error 1" },
    { "{{{x}}}", "{'x': '<b>a</b>'}", "error 2" },
    { "{{&x}}", "{'x': 1}", "error 2" },
    { "{{{x}}}", "{'x': {'safe_html': 'a'}}", "error 2" },
    { "{{{x}}}", "{'x': {'safe_html': 'a', 'mark': ''}}", "error 2" },
    { "{{x}}", "{'x': [1]}", "error 2" },
    { "{{ago:x}}", "{'x': 'yesterday'}", "error 2" },
    { "{{asset:none.css}}", "{}", "error 2" },
    { "{{>*x}}", "{'x': 'nothing'}", "error 2" },
  };

  check_cases ("x.html", NULL, cases, G_N_ELEMENTS (cases));
}

/* HTML that pn_safe_html () typed goes through, where it may stand; no object of somebody else's does. */
static void
test_safe_html (void)
{
  static const struct {
    const char *template;
    const char *html;
    const char *output;
  } cases[] = {
    { "{{{x}}}", "<b>a</b>", "<b>a</b>" },
    { "{{&x}}", "<b>a</b>", "<b>a</b>" },
    { "{{#t}}See {x}{{/t}}", "<b>a</b>", "See <b>a</b>" },
    { "{{#x}}a{{/x}}{{^x}}b{{/x}}", "", "b" },
    { "{{#x?}}a{{/x}}{{^x}}b{{/x}}", "<b>", "a" },
    { "{{{x}}}", NULL, "" },
    { "{{x}}", "<b>a</b>", NULL },
    { "<a title=\"{{#t}}See {x}{{/t}}\">", "<b>a</b>", NULL },
  };
  static const PnRenderOptions options = { .mode = PN_RENDER_HTML };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const PnTemplateSource source = { "x.html", cases[i].template };
    g_autoptr (PnTemplates) set = pn_templates_new (&source, 1, NULL);
    json_t *document = json_pack ("{s:o}", "x", pn_safe_html (cases[i].html));
    g_autofree char *output = pn_templates_render (set, "x.html", document, &options, NULL);

    g_assert_cmpstr (output, ==, cases[i].output);
    json_object_set_new (json_object_get (document, "x"), "safe_html", json_string ("<script>"));
    g_clear_pointer (&output, g_free);
    output = pn_templates_render (set, "x.html", document, &options, NULL);
    g_assert_true (output == NULL || strstr (output, "<script>") == NULL);
    json_decref (document);
  }
}

/* TRUST.md 1.22: what a stranger wrote is never read as template. */
static void
test_values_are_data (void)
{
  static const Case cases[] = {
    { "{{name}}", "{'name': '{{secret}}', 'secret': 's'}", "{{secret}}" },
    { "{{{name}}}", "{'name': '{{#secret}}a{{/secret}}', 'secret': 's'}",
      "{{#secret}}a{{/secret}}" },
    { "{{name}}", "{'name': '{% include %} ${7*7} %n%s'}", "{% include %} ${7*7} %n%s" },
    { "{{#t}}Hello {name}{{/t}}", "{'name': '{secret} {0}', 'secret': 's'}", "Hello {secret} {0}" },
    { "{{=<% %>=}}<%name%>", "{'name': '<%secret%>', 'secret': 's'}", "<%secret%>" },
    { "{{>*x}}", "{'x': '../../etc/passwd'}", "error 2" },
  };

  check_cases ("x.txt", NULL, cases, G_N_ELEMENTS (cases));
}

static void
test_additions (void)
{
  static const Case cases[] = {
    { "{{#l?}}[{{#l}}{{.}}{{/l}}]{{/l?}}", "{'l': [1, 2]}", "[12]" },
    { "{{#l?}}[{{/l?}}{{^l}}none{{/l}}", "{'l': []}", "none" },
    { "{{#o?}}{{o.a}}{{/o}}", "{'o': {'a': 1}, 'a': 2}", "1" },
    { "{{#s=open}}a{{/s=open}}{{^s=open}}b{{/s}}", "{'s': 'open'}", "a" },
    { "{{#s=open}}a{{/s=open}}{{^s=open}}b{{/s}}", "{}", "b" },
    { "{{#n=2}}a{{/n}}{{#b=true}}c{{/b}}", "{'n': 2, 'b': true}", "ac" },
    { "{{#x}}a{{/x}}{{^x}}b{{/x}}", "{'x': ''}", "b" },
    { "{{#x}}a{{/x}}{{^x}}b{{/x}}", "{'x': 0}", "b" },
    { "{{#x}}a{{/x}}{{^x}}b{{/x}}", "{'x': {}}", "a" },
    { "{{l.1}}", "{'l': ['a', 'b']}", "b" },
    { "{{#t}}Reply  to\n {name}{{/t}}", "{'name': 'Ada'}", "Reply to Ada" },
    { "{{#t n}}one mail|{n} mails{{/t}}", "{'n': 1}", "one mail" },
    { "{{#t n}}one mail|{n} mails{{/t}}", "{'n': 2}", "2 mails" },
    { "{{#t n}}one|many{{/t}}", "{}", "many" },
    { "{{#t}}{number:n} at {time:a}{{/t}}", "{'n': 1234, 'a': '2026-11-22T09:00:00Z'}",
      "1,234 at 10:00" },
    { "{{#t}}a|b {{/t}}", "{}", "a|b" },
    { "{{ago:x}}", "{'x': '2026-11-22T10:37:00Z'}", "5 minutes ago" },
    { "{{date:x}}", "{'x': 0}", "1 Jan 1970" },
    { "{{datetime:x}}", "{'x': '2026-11-22T23:30:00Z'}", "23 Nov 2026, 00:30" },
    { "{{iso:x}}", "{'x': '2026-11-22T11:42:07+01:00'}", "2026-11-22T10:42:07Z" },
    { "{{number:x}} {{size:y}} {{duration:z}}", "{'x': 1234567, 'y': 84000, 'z': 7500}",
      "1,234,567 84 kB 2 h 5 min" },
    { "{{date:x}}{{ago:y}}{{size:z}}", "{'x': null, 'y': ''}", "" },
    { "{{quote:x}}", "{'x': 'a\\n\\n> b\\n'}", "> a\n>\n>> b" },
  };

  check_cases ("x.txt", "en", cases, G_N_ELEMENTS (cases));
}

static void
test_header_lines (void)
{
  static const Case cases[] = {
    { "Subject: {{x}}\n\n{{x}}", "{'x': 'a\\r\\nBcc: b'}", "Subject: a  Bcc: b\n\na\r\nBcc: b" },
    { "Subject: a\n{{#x}}\nX-Y: {{x}}\n{{/x}}\n\n{{x}}", "{'x': 'a\\nb'}",
      "Subject: a\nX-Y: a b\n\na\nb" },
    { "No header {{x}}", "{'x': 'a\\nb'}", "No header a\nb" },
    { "Subject: {{>p}}\n\n", "{}", "error 1" },
  };

  check_cases ("x.txt", NULL, cases, G_N_ELEMENTS (cases));
}

/* Nothing that a template or a document says makes us run out of stack, memory or patience. */
static void
test_limits (void)
{
  g_autoptr (GString) nested = g_string_new (NULL);
  g_autofree char *large = g_strnfill (PN_TEMPLATE_MAX_BYTES + 1, 'a');
  g_autofree char *a = render ("a", "{{>a}}", "{}", NULL);
  g_autofree char *b = render ("a", "{{>a}}{{>a}}{{>a}}", "{}", NULL);
  g_autofree char *c = render ("a", "{{<a}}{{$x}}{{$x}}{{/x}}{{/x}}{{/a}}", "{}", NULL);
  g_autofree char *d = NULL;
  g_autofree char *e = NULL;
  g_autofree char *f = render ("x.txt", large, "{}", NULL);

  for (int i = 0; i <= PN_TEMPLATE_MAX_NESTING; i++)
    g_string_append (nested, "{{#x}}");
  for (int i = 0; i <= PN_TEMPLATE_MAX_NESTING; i++)
    g_string_append (nested, "{{/x}}");
  d = render ("x.txt", nested->str, "{}", NULL);
  e = render ("x.txt", "{{#.}}{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/.}}",
              "{'l': [1,1]}", NULL);
  g_assert_cmpstr (a, ==, "error 3");
  g_assert_cmpstr (b, ==, "error 3");
  g_assert_cmpstr (c, ==, "error 3");
  g_assert_cmpstr (d, ==, "error 1");
  g_assert_cmpstr (e, ==, "");
  g_assert_cmpstr (f, ==, "error 1");
}

static void
test_steps (void)
{
  static const PnTemplateSource source = {
    "x", "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}"
  };
  static const PnRenderOptions options = { .mode = PN_RENDER_PLAIN };
  g_autoptr (PnTemplates) set = pn_templates_new (&source, 1, NULL);
  g_autoptr (GError) error = NULL;
  json_t *list = json_array ();
  json_t *document = json_pack ("{s:o}", "l", list);

  for (int i = 0; i < 30; i++)
    json_array_append_new (list, json_integer (i));
  g_assert_null (pn_templates_render (set, "x", document, &options, &error));
  g_assert_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_LIMIT);
  json_decref (document);
}

static void
test_layout (void)
{
  static const PnTemplateSource sources[] = {
    { "web/base.html",
      "<title>{{$title}}P{{/title}}</title><body class=\"{{$class}}a{{/class}}\">{{$main}}{{/main}}" },
    { "web/desk.html",
      "{{<base}}{{$main}}<nav>{{$nav}}{{/nav}}</nav>{{$page}}{{/page}}{{/main}}{{/base}}" },
    { "web/row.html", "<li>{{name}}</li>" },
    { "web/list.html", "{{<desk}}{{$title}}{{x}}{{/title}}{{$class}}b {{x}}{{/class}}"
                       "{{$page}}<ul>{{#rows}}{{>row}}{{/rows}}</ul>{{/page}}{{/desk}}" },
  };
  static const PnRenderOptions options = { .mode = PN_RENDER_HTML };
  static const PnTemplateSource wrong[] = {
    { "a.html", "<p class=\"{{$x}}{{/x}}\">" },
    { "b.html", "{{<a}}{{$x}}<b>{{/x}}{{$y}}{{/y}}{{/a}}" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTemplates) set = pn_templates_new (sources, G_N_ELEMENTS (sources), &error);
  json_t *document = json_pack ("{s:s, s:[{s:s}]}", "x", "<T\"", "rows", "name", "<");
  g_autofree char *output = NULL;

  pn_assert_no_error (error);
  output = pn_templates_render (set, "web/list.html", document, &options, &error);
  g_assert_cmpstr (
      output, ==,
      "<title>&lt;T&quot;</title><body class=\"b &lt;T&quot;\"><nav></nav><ul><li>&lt;</li></ul>");
  g_assert_null (pn_templates_new (wrong, G_N_ELEMENTS (wrong), &error));
  g_assert_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX);
  json_decref (document);
}

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_overrides (void)
{
  static const PnRenderOptions options = { .mode = PN_RENDER_HTML, .language = "de" };
  g_autofree char *folder = g_dir_make_tmp ("templates-XXXXXX", NULL);
  g_autofree char *trash = g_strdup_printf ("rm -rf '%s'", folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTemplates) set = NULL;
  g_autoptr (PnTemplates) broken = NULL;
  json_t *document = json_object ();
  g_autofree char *output = NULL;
  g_autoptr (GBytes) css = NULL;
  const char *type = NULL;

  write_file (folder, "web/ago.html",
              "<i>{{#t}}Only here{{/t}}</i><b class=\"{{asset:own.css}}\">");
  write_file (folder, "static/own.css", "a{}");
  write_file (folder, "lang/de.po", "msgid \"Only here\"\nmsgstr \"Nur hier\"\n");
  set = pn_templates_open (folder, &error);
  pn_assert_no_error (error);
  output = pn_templates_render (set, "web/ago.html", document, &options, &error);
  g_assert_true (g_str_has_prefix (output, "<i>Nur hier</i><b class=\"/static/own.css?v="));
  css = pn_templates_static (set, "own.css", &type);
  g_assert_cmpuint (g_bytes_get_size (css), ==, 3);
  g_assert_cmpstr (type, ==, "text/css; charset=utf-8");
  g_assert_cmpuint (strlen (pn_templates_static_hash (set, "own.css")), ==, 16);
  g_assert_null (pn_templates_static (set, "../web/ago.html", &type));
  write_file (folder, "web/broken.html", "<p {{x}}>");
  broken = pn_templates_open (folder, &error);
  g_assert_null (broken);
  g_assert_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX);
  g_assert_nonnull (strstr (error->message, "web/broken.html:1: "));
  g_assert_cmpint (g_spawn_command_line_sync (trash, NULL, NULL, NULL, NULL), ==, TRUE);
  json_decref (document);
}

/* What the program carries is whole: pages, letters, languages. */
static void
test_built_in (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTemplates) set = pn_templates_open (NULL, &error);

  pn_assert_no_error (error);
  g_assert_true (pn_templates_has (set, "web/ago.html"));
  g_assert_false (pn_templates_has (set, "web/nothing.html"));
  g_assert_cmpstr (pn_templates_negotiate (set, "fr, de-AT;q=0.8, en;q=0.3"), ==, "de");
  g_assert_cmpstr (pn_templates_negotiate (set, "fr"), ==, "en");
  g_assert_cmpstr (pn_templates_negotiate (set, NULL), ==, "en");
}

static void
test_render_text (void)
{
  static const PnTemplateSource source = { "text/name.txt", "Ada" };
  static const PnRenderOptions options = { .mode = PN_RENDER_TEXT };
  g_autoptr (PnTemplates) set = pn_templates_new (&source, 1, NULL);
  g_autoptr (GError) error = NULL;
  json_t *document = json_pack ("{s:s}", "x", "<1>");
  g_autofree char *output =
      pn_templates_render_as (set, "text/text.txt", "{{> name}} {{x}}", document, &options, &error);

  pn_assert_no_error (error);
  g_assert_cmpstr (output, ==, "Ada <1>");
  g_assert_null (pn_templates_render_as (set, "text/text.txt", "{{", document, &options, &error));
  g_assert_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX);
  json_decref (document);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/template/plain", test_plain);
  g_test_add_func ("/template/html-places", test_html_places);
  g_test_add_func ("/template/html-refusals", test_html_refusals);
  g_test_add_func ("/template/safe-html", test_safe_html);
  g_test_add_func ("/template/values-are-data", test_values_are_data);
  g_test_add_func ("/template/additions", test_additions);
  g_test_add_func ("/template/header-lines", test_header_lines);
  g_test_add_func ("/template/limits", test_limits);
  g_test_add_func ("/template/steps", test_steps);
  g_test_add_func ("/template/layout", test_layout);
  g_test_add_func ("/template/overrides", test_overrides);
  g_test_add_func ("/template/built-in", test_built_in);
  g_test_add_func ("/template/render-text", test_render_text);
  return g_test_run ();
}
