#include "kb/words.h"

#include <string.h>

#include "kb/markdown.h"
#include "kb/question.h"
#include "kb/stem.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"

static void
test_stem (void)
{
  static const struct {
    const char *language, *one, *other;
    gboolean is_same;
  } cases[] = {
    { "en", "deleting", "Deleted", TRUE },
    { "en", "invoice", "invoices", TRUE },
    { "en", "invoice", "invoke", FALSE },
    { "de", "Häuser", "haus", TRUE },
    { "de", "Straße", "STRASSE", TRUE },
    { "pt", "pedidos", "pedido", TRUE },
    { "pt-BR", "pedidos", "pedido", TRUE },
    { "fr", "éléphant", "elephants", TRUE },
    { "", "Café", "cafe", TRUE },
    { "", "cafes", "cafe", FALSE },
    { "de", "Rueckgabe", "Rückgaben", TRUE },
    { "de", "MOEGLICH", "möglich", TRUE },
    { "de", "neue", "neu", TRUE },
    { "de", "Frauen", "Frau", TRUE },
    { "de", "quer", "quär", FALSE },
    { "de", "gross", "groß", TRUE },
    { "en", "poem", "pöm", FALSE },
    { "pl", "łódź", "lodz", TRUE },
    { "da", "smørrebrød", "smorrebrod", TRUE },
    { "fr", "cœur", "coeur", TRUE },
    { "xx", "cafes", "cafe", FALSE },
    { "tlh", "ＡＢＣ", "abc", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnStemmer) stemmer = pn_stemmer_new (cases[i].language);
    g_autofree char *one = pn_stemmer_stem (stemmer, cases[i].one);
    g_autofree char *other = pn_stemmer_stem (stemmer, cases[i].other);

    if ((strcmp (one, other) == 0) != cases[i].is_same)
      g_test_message ("%s: %s, %s: %s", cases[i].one, one, cases[i].other, other);
    g_assert_true ((strcmp (one, other) == 0) == cases[i].is_same);
  }
}

static void
test_words (void)
{
  static const struct {
    const char *text;
    const char *words; /* with "|" between */
  } cases[] = {
    { "", "" },
    { "  ... !", "" },
    { "Pay by card, now!", "Pay|by|card|now" },
    { "don't the user's l\xe2\x80\x99\x61rt", "dont|the|user|l|art" },
    { "s'il n'est qu'une d'été", "s|il|n|est|qu|une|d|été" },
    { "l'hôtel dell'anno un'altra all'inizio", "l|hôtel|dell|anno|un|altra|all|inizio" },
    { "aujourd'hui o'clock I'd we'll d' l'a", "aujourdhui|oclock|Id|well|d|la" },
    { "rock 'n' roll", "rock|n|roll" },
    { "e-mail a.b 3.5", "e|mail|a|b|3|5" },
    { "返金", "返|返金|金" },
    { "API返金x", "API|返|返金|金|x" },
    { "über ÄÖ", "über|ÄÖ" },
    { "l'", "l" }, /* nothing follows */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) words = pn_words_split (cases[i].text);
    g_autoptr (GString) joined = g_string_new (NULL);

    for (guint w = 0; w < words->len; w++) {
      const PnWord *word = &g_array_index (words, PnWord, w);

      g_assert_cmpuint (word->start, <, word->end);
      g_assert_cmpuint (word->end, <=, strlen (cases[i].text));
      g_string_append_printf (joined, "%s%s", w > 0 ? "|" : "", word->word);
    }
    g_assert_cmpstr (joined->str, ==, cases[i].words);
  }
}

static void
test_language (void)
{
  static const char *const languages[] = { "en", "de", "pt", NULL };

  g_assert_cmpstr (pn_words_guess_language ("Wie kann ich das bezahlen?", languages, "en"), ==,
                   "de");
  g_assert_cmpstr (pn_words_guess_language ("How do I pay for this?", languages, "de"), ==, "en");
  g_assert_cmpstr (pn_words_guess_language ("Como é que eu posso pagar?", languages, "en"), ==,
                   "pt");
  g_assert_cmpstr (pn_words_guess_language ("4711", languages, "de"), ==, "de");
  g_assert_cmpstr (
      pn_words_guess_language ("anything at all", (const char *const[]){ "fr", NULL }, "en"), ==,
      "fr");
  g_assert_true (pn_words_is_stop ("und", "de-AT"));
  g_assert_false (pn_words_is_stop ("und", "en"));
  g_assert_false (pn_words_is_stop ("und", ""));
}

static void
test_found_language (void)
{
  static const struct {
    const char *text, *language;
  } cases[] = {
    { "How do I change the password of my account?", "en" },
    { "Wie kann ich das Passwort von meinem Konto ändern?", "de" },
    { "Comment puis-je changer le mot de passe de mon compte ?", "fr" },
    { "¿Cómo puedo cambiar la contraseña de mi cuenta?", "es" },
    { "Como posso mudar a palavra-passe da minha conta?", "pt" },
    { "Come posso cambiare la password del mio conto?", "it" },
    { "Hoe kan ik het wachtwoord van mijn account wijzigen?", "nl" },
    { "Jak mogę zmienić hasło do mojego konta, gdy go nie znam?", "pl" },
    { "Hur kan jag byta lösenord för mitt konto och när?", "sv" },
    { "Как я могу изменить пароль от моей учётной записи?", "ru" },
    { "Jak si mohu změnit heslo, když ho už nemám?", "cs" },
    { "4711 XJ-9", "" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (pn_words_find_language (cases[i].text), ==, cases[i].language);
}

/* They are searched by halves. */
static void
test_small_words (void)
{
  static const char *const cases[][3] = {
    { "en", "a", "yours" },  { "de", "ab", "zwischen" }, { "fr", "l", "qu" },
    { "it", "dell", "voi" }, { "pl", "aby", "zeby" },    { "ru", "что", "я" },
    { "da", "af", "vi" },    { "tr", "acaba", "yok" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_true (pn_words_is_stop (cases[i][1], cases[i][0]));
    g_assert_true (pn_words_is_stop (cases[i][2], cases[i][0]));
    g_assert_false (pn_words_is_stop ("zzz", cases[i][0]));
  }
}

static void
test_markdown (void)
{
  static const struct {
    const char *text, *html, *plain;
  } cases[] = {
    { "", "", "" },
    { "# How to pay?\n\n## How to pay?\n",
      "<h2 id=\"h-how-to-pay\">How to pay?</h2>\n<h3 id=\"h-how-to-pay-2\">How to pay?</h3>\n",
      "How to pay?\nHow to pay?\n" },
    { "# <b>\n", "<h2 id=\"h-\"><!-- raw HTML omitted --></h2>\n", "" },
    { "`<h1>`", "<p><code>&lt;h1&gt;</code></p>\n", "<h1>\n" },
    { "<script>x</script>\n", "<!-- raw HTML omitted -->\n", "x\n" },
    { "[a](javascript:x)", "<p><a href=\"\">a</a></p>\n", "a\n" },
    { "a\nb **c** ~~d~~", "<p>a\nb <strong>c</strong> <del>d</del></p>\n", "a b c d\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *html = pn_markdown_to_html (cases[i].text, &error);
    g_autofree char *plain = pn_markdown_to_text (cases[i].text);

    pn_assert_no_error (error);
    g_assert_cmpstr (html, ==, cases[i].html);
    g_assert_cmpstr (plain, ==, cases[i].plain);
  }
}

static void
test_markdown_limits (void)
{
  g_autofree char *large = g_strnfill (PN_MARKDOWN_MAX_BYTES + 1, '[');
  g_autoptr (GError) error = NULL;

  g_assert_null (pn_markdown_to_html (large, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_null (pn_markdown_to_html ("\xff", &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
}

static void
test_question (void)
{
  static const char mail[] =
      "Refund for order 12\n"
      "Hello,\n"
      "I ordered a pair of shoes three weeks ago and paid them at once, but "
      "then I found out that they are too small. A friend of mine told me that "
      "your shop has got a very good service for things like that, and so I "
      "would like to know. How do I send them back?\n"
      "Best regards\n"
      "> you wrote\n"
      "--\n"
      "Jane\n";
  g_autoptr (GArray) pieces = pn_question_read (mail);
  g_autoptr (GArray) one = pn_question_read ("Hello");
  g_autoptr (GArray) none = pn_question_read (" \n > x\n");

  g_assert_cmpuint (pieces->len, ==, 4);
  g_assert_cmpstr (g_array_index (pieces, PnPiece, 0).text, ==, "Refund for order 12");
  g_assert_cmpfloat (g_array_index (pieces, PnPiece, 0).weight, ==, 1);
  g_assert_cmpfloat (g_array_index (pieces, PnPiece, 1).weight, <, 1);
  g_assert_cmpstr (g_array_index (pieces, PnPiece, 3).text, ==, "How do I send them back?");
  g_assert_cmpfloat (g_array_index (pieces, PnPiece, 3).weight, ==, 1);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpuint (none->len, ==, 1);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/kb-text/stem", test_stem);
  g_test_add_func ("/kb-text/words", test_words);
  g_test_add_func ("/kb-text/language", test_language);
  g_test_add_func ("/kb-text/found-language", test_found_language);
  g_test_add_func ("/kb-text/small-words", test_small_words);
  g_test_add_func ("/kb-text/markdown", test_markdown);
  g_test_add_func ("/kb-text/markdown-limits", test_markdown_limits);
  g_test_add_func ("/kb-text/question", test_question);
  return g_test_run ();
}
