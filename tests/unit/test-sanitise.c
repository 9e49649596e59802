#include "templates/sanitise.h"

#include <string.h>

#include <gumbo.h>
#include <jansson.h>

#include "tests/lib/test.h"

static const struct {
  const char *title;
  const char *html;
  const char *clean;
} cases[] = {
  { "text", "a & b < c", "a &amp; b &lt; c" },
  { "script", "a<script>alert(1)</script>b", "ab" },
  { "handler", "<p onclick=x>a</p>", "<p>a</p>" },
  { "link", "<a href='https://a.example/?x=1&y=2'>a</a>",
    "<a href=\"https://a.example/?x=1&amp;y=2\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">a</a>" },
  { "javascript", "<a href=' java\tscript:alert(1)'>a</a>", "<a>a</a>" },
  { "data", "<a href='data:text/html,x'>a</a>", "<a>a</a>" },
  { "relative", "<a href='/desk'>a</a>", "<a>a</a>" },
  { "remote picture", "<img src='http://t.example/p.gif' alt='a \"b\"' width=20>",
    "<img alt=\"a &quot;b&quot;\" width=\"20\" class=\"remote\">" },
  { "tracker", "a<img src='http://t.example/p.gif' width=1 height=1>", "a" },
  { "cid", "<img src='cid:a@b'>", "<img alt=\"\" src=\"cid:a@b\">" },
  { "srcset", "<img srcset='http://t.example/a 1x' src='cid:a'>", "<img alt=\"\" src=\"cid:a\">" },
  { "style", "<p style='color:RED;position:fixed;background:url(x);width:10px'>a</p>",
    "<p style=\"color: RED; width: 10px\">a</p>" },
  { "style functions",
    "<p style='color:rgb(1, 2,3);width:expression(1);margin:-9px;font-family:\"A B\"'>a</p>",
    "<p style=\"color: rgb(1, 2,3); font-family: &#39;A B&#39;\">a</p>" },
  { "style escapes", "<p style='color:\\72 ed;width:1px;background-color:@x'>a</p>",
    "<p style=\"width: 1px\">a</p>" },
  { "style sheet", "<style>@import 'http://t.example'</style>a", "a" },
  { "form", "<form action='http://t.example'><input name=p><button>Go</button></form>", "Go" },
  { "meta",
    "<meta http-equiv=refresh content='0;url=http://t.example'><base href='http://t.example'>a",
    "a" },
  { "frames", "<iframe src=x>in</iframe><object data=x>o</object><embed src=x>a", "a" },
  { "svg", "<svg><a xlink:href='javascript:1'>x</a></svg>a", "a" },
  { "math", "<math><mtext><b>x</b></mtext></math>a", "a" },
  { "names", "<p id=x name=y class=z data-a=b>a</p>", "<p>a</p>" },
  { "pre", "<pre>\n\na\n b</pre>", "<pre>\n\na\n b</pre>" },
  { "comment", "a<!-- <script> -->b<!--[if mso]><b>x</b><![endif]-->", "ab" },
  { "table", "<table border=0><tr><td colspan=2 onload=x>a</table>",
    "<table border=\"0\"><tbody><tr><td colspan=\"2\">a</td></tr></tbody></table>" },
  { "reassembled", "<scr<script>ipt>alert(1)</scr</script>ipt>", "ipt&gt;alert(1)ipt&gt;" },
  { "unknown element", "<o:p>a</o:p><font color=red>b</font>", "ab" },
  { "nested paragraphs", "<p>a<button><p>b</button>", "<p>a</p><p>b</p><p></p>" },
  { "controls", "a\x01\x1b[31mb", "a\xef\xbf\xbd\xef\xbf\xbd[31mb" },
  { "not UTF-8", "a\xff\xfe", "a\xef\xbf\xbd\xef\xbf\xbd" },
  { "quotes in an address", "<a href='mailto:a@b\"><script>'>a</a>",
    "<a href=\"mailto:a@b%22%3E%3Cscript%3E\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">a</a>" },
};

/* Fails the test when anything in the tree could run, load or lead elsewhere than it may. */
static void
check_attribute (const char *title, const char *element, const GumboAttribute *attribute)
{
  static const char *const allowed[] = {
    "align",   "alt",      "bgcolor", "border", "cellpadding", "cellspacing", "class",
    "colspan", "datetime", "dir",     "height", "href",        "lang",        "rel",
    "rowspan", "scope",    "span",    "src",    "start",       "style",       "target",
    "title",   "valign",   "width",   NULL
  };
  gboolean is_fine = g_strv_contains (allowed, attribute->name);

  if (strcmp (attribute->name, "src") == 0)
    is_fine = strcmp (element, "img") == 0 && g_str_has_prefix (attribute->value, "cid:");
  if (strcmp (attribute->name, "href") == 0)
    is_fine = strcmp (element, "a") == 0
              && (g_ascii_strncasecmp (attribute->value, "http://", 7) == 0
                  || g_ascii_strncasecmp (attribute->value, "https://", 8) == 0
                  || g_ascii_strncasecmp (attribute->value, "mailto:", 7) == 0);
  if (strcmp (attribute->name, "class") == 0)
    is_fine = strcmp (attribute->value, "remote") == 0;
  if (strcmp (attribute->name, "style") == 0)
    is_fine = strpbrk (attribute->value, "\\:/@<*") == NULL
              || strpbrk (attribute->value, "\\/@<*") == NULL;
  if (!is_fine) {
    g_test_message ("%s: %s=\"%s\" in <%s>", title, attribute->name, attribute->value, element);
    g_test_fail ();
  }
}

static void
check_tree (const char *title, const GumboNode *node)
{
  static const char *const refused[] = { "script",   "style",  "iframe",   "object", "embed",
                                         "svg",      "math",   "form",     "input",  "button",
                                         "base",     "meta",   "link",     "video",  "audio",
                                         "textarea", "title",  "select",   "frame",  "template",
                                         "xmp",      "applet", "noscript", NULL };
  const GumboElement *element = &node->v.element;
  const char *name = gumbo_normalized_tagname (element->tag);

  if (node->type != GUMBO_NODE_ELEMENT)
    return;
  if (element->tag_namespace != GUMBO_NAMESPACE_HTML || g_strv_contains (refused, name)
      || element->tag == GUMBO_TAG_UNKNOWN) {
    g_test_message ("%s: <%s> is left", title, name);
    g_test_fail ();
  }
  for (unsigned int i = 0; i < element->attributes.length; i++)
    check_attribute (title, name, element->attributes.data[i]);
  for (unsigned int i = 0; i < element->children.length; i++)
    check_tree (title, element->children.data[i]);
}

static void
check_harmless (const char *title, const char *html)
{
  g_autofree char *clean = pn_sanitise_html (html, strlen (html), NULL);
  g_autofree char *again = NULL;
  GumboOutput *parsed;

  g_assert_nonnull (clean);
  again = pn_sanitise_html (clean, strlen (clean), NULL);
  g_assert_cmpstr (clean, ==, again);
  parsed = gumbo_parse (clean);
  check_tree (title, parsed->root);
  gumbo_destroy_output (&kGumboDefaultOptions, parsed);
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *clean = pn_sanitise_html (cases[i].html, strlen (cases[i].html), NULL);

    if (g_strcmp0 (clean, cases[i].clean) != 0)
      g_test_message ("%s", cases[i].title);
    g_assert_cmpstr (clean, ==, cases[i].clean);
    check_harmless (cases[i].title, cases[i].html);
  }
}

static void
test_vectors (void)
{
  const char *corpora = g_getenv ("CORPORA");
  const char *top = g_getenv ("TOP_SRCDIR");
  g_autofree char *beside =
      g_build_filename (top == NULL ? "." : top, "..", "shared", "corpora", NULL);
  g_autofree char *path =
      g_build_filename (corpora != NULL ? corpora : beside, "xss", "vectors.jsonl", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL)) {
    g_test_skip ("the vectors are not at ../shared/corpora (or $CORPORA)");
    return;
  }
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    json_t *vector = json_loads (*line, 0, NULL);

    if (vector == NULL)
      continue;
    check_harmless (json_string_value (json_object_get (vector, "title")),
                    json_string_value (json_object_get (vector, "payload")));
    json_decref (vector);
    n++;
  }
  g_assert_cmpuint (n, >, 40);
}

/* @repeated as often as fits into @size, between @before and @after. */
static char *
bomb (const char *before, const char *repeated, const char *after, gsize size)
{
  GString *out = g_string_new (before);

  while (out->len + strlen (repeated) + strlen (after) <= size)
    g_string_append (out, repeated);
  return g_string_free (g_string_append (out, after), FALSE);
}

/* Each would take gumbo from seconds to hours. What must hold: there is an answer. */
static void
test_bombs (void)
{
  static const struct {
    const char *before;
    const char *repeated;
    const char *after;
    gboolean is_refused;
  } bombs[] = {
    { "", "<div>", "", TRUE },
    { "", "<b>", "", TRUE },
    { "<a ", "a<b ", ">", TRUE },
    { "<style><a x=\"</style>", "<div>", "", TRUE },
    { "", "<div><!--</div>-->", "", TRUE },
    { "", "<div title='</div>'>", "", TRUE },
    { "", "<div><style></div></style>", "", TRUE },
    { "", "<div><table></div></table>", "", TRUE },
    { "<!x <!-- >", "<div title='--></div>'>", "", TRUE },
    { "<p><font a=1><font a=2><font a=3><font a=4><font a=5><font a=6><font a=7></p>", "<p>x", "",
      FALSE },
    { "", "<p><i><u></p>", "", TRUE },
    { "", "<p>x</p>\n", "", FALSE },
    { "", ">", "", FALSE },
    { "", "<o:p>", "", TRUE },
    { "", "\"", "", FALSE },
    { "", "<", "", FALSE },
    { "", "<br>", "", FALSE },
    { "", "<!--", "", FALSE },
    { "<b ", "\"'=", ">", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bombs); i++) {
    g_autofree char *html =
        bomb (bombs[i].before, bombs[i].repeated, bombs[i].after, PN_SANITISE_MAX_BYTES);
    g_autofree char *clean = pn_sanitise_html (html, strlen (html), NULL);

    if (bombs[i].is_refused && clean != NULL)
      g_test_message ("%s… is not refused", bombs[i].repeated);
    g_assert_true (!bombs[i].is_refused || clean == NULL);
  }
}

static void
test_limits (void)
{
  g_autofree char *large = bomb ("", "a", "", PN_SANITISE_MAX_BYTES + 1);
  g_autofree char *deep = bomb ("", "<div>", "", 5 * 500);
  g_autofree char *clean = pn_sanitise_html (deep, strlen (deep), NULL);

  g_autofree char *links =
      bomb ("", "<a href='https://a.example'>a</a> ", "", PN_SANITISE_MAX_BYTES);

  g_assert_null (pn_sanitise_html (large, strlen (large), NULL));
  g_assert_null (
      pn_sanitise_html (links, strlen (links), NULL)); /* would be larger than may go in again */
  g_assert_nonnull (clean);
  g_assert_cmpuint (strlen (clean), ==, 100 * strlen ("<div></div>"));
}

/* What newsletters do: unclosed cells and paragraphs, conditional comments, crossed formatting. */
static void
test_newsletter (void)
{
  g_autofree char *html =
      bomb ("<html><body><table>",
            "<tr><td><!--[if mso]><table><tr><td><![endif]--><p>one<b>two<i>three</b></i>"
            "<span>a<div>b</span></div><!--[if mso]></td></tr></table><![endif]-->",
            "</table>", 60000);
  g_autofree char *clean = pn_sanitise_html (html, strlen (html), NULL);

  g_assert_nonnull (clean);
}

static char *
address_of (const char *content_id, gpointer data)
{
  return strcmp (content_id, "known@x") == 0
             ? g_strdup_printf ("/desk/blobs/%s", (const char *) data)
             : NULL;
}

static void
test_options (void)
{
  static const char html[] =
      "<img src='cid:known@x'><img src=cid:other><a href=/kb/a>a</a><a href=//b>b</a>";
  PnSanitiseOptions options = { .allow_local = TRUE,
                                .image_address = address_of,
                                .data = (gpointer) "7" };
  g_autofree char *clean = pn_sanitise_html (html, strlen (html), &options);

  g_assert_cmpstr (clean, ==,
                   "<img alt=\"\" src=\"/desk/blobs/7\"><img alt=\"\" class=\"remote\">"
                   "<a href=\"/kb/a\">a</a><a>b</a>");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/sanitise/row-14-cases", test_cases);
  g_test_add_func ("/sanitise/row-13-14-vectors", test_vectors);
  g_test_add_func ("/sanitise/bombs", test_bombs);
  g_test_add_func ("/sanitise/limits", test_limits);
  g_test_add_func ("/sanitise/newsletter", test_newsletter);
  g_test_add_func ("/sanitise/options", test_options);
  return g_test_run ();
}
