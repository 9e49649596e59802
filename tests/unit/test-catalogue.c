#include "templates/catalogue.h"

#include <string.h>

#include "templates/template.h"

#include "tests/lib/test.h"

static const char german[] =
    "# a comment\n"
    "msgid \"\"\nmsgstr \"\"\n\"Language: de\\n\"\n\n"
    "#: web/x.html\nmsgid \"Reply\"\nmsgstr \"Antworten\"\n\n"
    "msgid \"A \" \n\"b\"\nmsgstr \"\"\n\"Ein \"\n\"b\\n\\\"c\\\"\\\\\"\n\n"
    "#, fuzzy\nmsgid \"Fuzzy\"\nmsgstr \"Ungefähr\"\n\n"
    "msgid \"Empty\"\nmsgstr \"\"\n\n"
    "#, c-format, no-wrap\nmsgid \"one mail\"\nmsgid_plural \"{n} mails\"\n"
    "msgstr[0] \"eine E-Mail\"\nmsgstr[1] \"{n} E-Mails\"\n\n"
    "msgctxt \"month\"\nmsgid \"May\"\nmsgstr \"Mai\"\n"
    "#~ msgid \"Gone\"\n#~ msgstr \"Weg\"\n"
    "msgid \"Tight\"\nmsgstr \"Eng\"\nmsgid \"Last\"\nmsgstr \"Ende\"";

static void
test_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnCatalogue) catalogue = pn_catalogue_read (german, strlen (german), &error);

  pn_assert_no_error (error);
  g_assert_cmpstr (pn_catalogue_find (catalogue, "Reply"), ==, "Antworten");
  g_assert_cmpstr (pn_catalogue_find (catalogue, "A b"), ==, "Ein b\n\"c\"\\");
  g_assert_null (pn_catalogue_find (catalogue, "Fuzzy"));
  g_assert_null (pn_catalogue_find (catalogue, "Empty"));
  g_assert_null (pn_catalogue_find (catalogue, "May"));
  g_assert_null (pn_catalogue_find (catalogue, "Gone"));
  g_assert_null (pn_catalogue_find (catalogue, ""));
  g_assert_null (pn_catalogue_find (NULL, "Reply"));
  g_assert_cmpstr (pn_catalogue_find (catalogue, "Tight"), ==, "Eng");
  g_assert_cmpstr (pn_catalogue_find (catalogue, "Last"), ==, "Ende");
  g_assert_cmpstr (pn_catalogue_find_plural (catalogue, "one mail", "{n} mails", 1), ==,
                   "eine E-Mail");
  g_assert_cmpstr (pn_catalogue_find_plural (catalogue, "one mail", "{n} mails", 0), ==,
                   "{n} E-Mails");
  g_assert_cmpstr (pn_catalogue_find_plural (catalogue, "Reply", "Replies", 2), ==, "Replies");
  g_assert_cmpstr (pn_catalogue_find_plural (NULL, "one", "many", 1), ==, "one");
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    const char *line;
  } cases[] = {
    { "\"a\"", "line 1" },           { "msgid \"a", "line 1" },
    { "msgid a", "line 1" },         { "\nmsgid \"a\" b", "line 2" },
    { "msgid \"\\x\"", "line 1" },   { "msgid \"a\"\nmsgid \"b\"", "line 2" },
    { "msgstr[7] \"a\"", "line 1" }, { "hello", "line 1" },
    { "msgid \"\xff\"", "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (pn_catalogue_read (cases[i].text, strlen (cases[i].text), &error));
    g_assert_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_SYNTAX);
    g_assert_nonnull (strstr (error->message, cases[i].line));
  }
}

static void
test_negotiate (void)
{
  static const char *const languages[] = { "en", "de", NULL };
  static const struct {
    const char *header;
    const char *language;
  } cases[] = {
    { NULL, "en" },
    { "", "en" },
    { "de", "de" },
    { "DE-at", "de" },
    { "deu", "en" },
    { "fr-FR, fr;q=0.9", "en" },
    { "fr, de;q=0.2", "de" },
    { "en;q=0.5, de;q=0.7", "de" },
    { "de;q=0, en;q=0.1", "en" },
    { "de;q=nonsense", "en" },
    { "en,de", "en" },
    { ",,,;q=1,de", "de" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (pn_language_negotiate (cases[i].header, languages), ==, cases[i].language);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/catalogue/read", test_read);
  g_test_add_func ("/catalogue/refused", test_refused);
  g_test_add_func ("/catalogue/negotiate", test_negotiate);
  return g_test_run ();
}
