/* Widen: a question finds words that are spelled nearly so, mean about the same, or stand in a compound; a letter's
 * courtesies ask nothing. */
#include "kb/ask.h"

#include <string.h>

#include "kb/compound.h"
#include "kb/courtesy.h"
#include "kb/family.h"
#include "kb/thesaurus.h"
#include "kb/widen.h"
#include "tests/lib/test.h"

static void
put (PnKbIndex *index, gint64 id, const char *language, const char *title, const char *body)
{
  g_autoptr (PnArticle) article = pn_article_new ();

  article->id = id;
  g_free (article->title);
  article->title = g_strdup (title);
  g_free (article->body);
  article->body = g_strdup (body);
  g_free (article->language);
  article->language = g_strdup (language);
  pn_kb_index_put (index, article);
}

/* Returns: the id of the first answer; 0: none. */
static gint64
first_of (const PnKbBase *base, const char *question, const char *language)
{
  PnKbFirst first;

  pn_kb_ask_first (base, question, language, &first);
  return first.article_id;
}

static void
test_finds (void)
{
  static const struct {
    const char *language;
    const char *question;
    gint64 id;
  } cases[] = {
    { "en", "protien powdr", 1 },       /* swapped, one missing */
    { "en", "terminate it", 2 },        /* means cancel */
    { "en", "who paid", 3 },            /* irregular */
    { "pt", "funerarias", 4 },          /* without accents */
    { "de", "kennwort", 5 },            /* begins a compound of a body */
    { "de", "nutzerdaten abfrage", 5 }, /* ends one */
    { "de", "vertragslaufzeit", 6 },    /* is made of two words */
    { "de", "vertragslaufzeiten", 6 },
    { "de", "rechnungskopien", 8 }, /* what its parts mean, in a compound */
    { "en", "subscribers", 2 },     /* begins as one of the base's does */
    { "en", "entering the US", 9 },
    { "en", "with us", 0 }, /* no country */
    { "en", "WITH US", 0 },
    { "en", "value added tax", 10 },
    { "en", "zzzzqqqq", 0 }, /* is like nothing */
    { "en", "Hi, could you please help me", 0 },
  };
  PnKbBase base = { .index = pn_kb_index_new () };

  put (base.index, 1, "en", "Which protein is in the powder", "");
  put (base.index, 2, "en", "How to cancel a subscription", "");
  put (base.index, 3, "en", "Ways to pay", "");
  put (base.index, 4, "pt", "Regras das agências funerárias", "");
  put (base.index, 5, "de", "Zugang", "Die Kennwortabfrage kommt beim Start.");
  put (base.index, 6, "de", "Wie lang ist die Laufzeit", "Der Vertrag gilt zwei Jahre.");
  put (base.index, 8, "de", "Ein Beleg als Duplikat", "");
  put (base.index, 9, "en", "Trips through the United States", "");
  put (base.index, 10, "en", "VAT", "");
  pn_kb_index_seal (base.index);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint64 id = first_of (&base, cases[i].question, cases[i].language);

    if (id != cases[i].id)
      g_error ("\"%s\" finds %d", cases[i].question, (int) id);
  }
  put (base.index, 7, "en", "Glutamin", ""); /* a word that comes later finds its place */
  pn_kb_index_remove (base.index, 1);
  pn_kb_index_seal (base.index);
  g_assert_cmpint (first_of (&base, "glutamine", "en"), ==, 7);
  g_assert_cmpint (first_of (&base, "protien", "en"), ==, 0);
  pn_kb_index_free (base.index);
}

/* The parts that are known, the last one first. */
static void
test_compound (void)
{
  static const struct {
    const char *language, *word, *parts;
  } cases[] = {
    { "de", "rechnungskopie", "kopie rechnung" },
    { "de", "rahmengrosse", "grosse rahm" },
    { "de", "gangschaltung", "schaltung" }, /* what is in front is no word here */
    { "de", "schaltungen", "" },
    { "de", "versandkostenrechnung", "rechnung versandkost" },
    { "de", "xyzqwert", "" },
    { "en", "xyzqrechnung", "rechnung" },
  };
  PnKbIndex *index = pn_kb_index_new ();

  put (index, 1, "de", "Rahmen und Größe", "Die Schaltung, eine Rechnung, der Versand");
  pn_kb_index_seal (index);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnStemmer) stemmer = pn_stemmer_new (cases[i].language);
    g_autoptr (GString) joined = g_string_new (NULL);
    char *parts[PN_COMPOUND_PARTS_MAX];
    guint n = pn_compound_split (index, stemmer, cases[i].language, cases[i].word, parts);

    for (guint p = 0; p < n; p++) {
      g_string_append_printf (joined, "%s%s", p > 0 ? " " : "", parts[p]);
      g_free (parts[p]);
    }
    g_assert_cmpstr (joined->str, ==, cases[i].parts);
  }
  pn_kb_index_free (index);
}

/* Articles that don't say their language, or questions that come with another one. */
static void
test_languages (void)
{
  static const struct {
    const char *question, *language;
    gint64 id;
  } cases[] = {
    { "Häuser", "en", 1 },
    { "wie kündige ich meine Häuser", "", 1 },
    { "les assurances", "", 2 },
    { "assurances", "fr", 2 },
    { "Gruesse verschickt", "de", 3 },
    { "gr\xc3\xbc\xc3\x9f"
      "e",
      "de", 3 },
  };
  PnKbBase base = { .index = pn_kb_index_new () };

  put (base.index, 1, "", "Wie kaufe ich ein Haus", "Das ist nicht schwer und geht so.");
  put (base.index, 2, "fr", "Quel est le prix de l'assurance", "");
  put (base.index, 3, "de", "Grüße verschicken", "");
  pn_kb_index_seal (base.index);
  g_assert_cmpstr (base.index->languages->pdata[0], ==, "de");
  g_assert_cmpstr (base.index->languages->pdata[1], ==, "fr");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (first_of (&base, cases[i].question, cases[i].language), ==, cases[i].id);
  pn_kb_index_free (base.index);
}

static void
test_distance (void)
{
  static const struct {
    const char *left, *right;
    guint most, steps;
  } cases[] = {
    { "", "", 2, 0 },         { "card", "card", 2, 0 },    { "card", "cord", 2, 1 },
    { "card", "crad", 2, 1 }, { "card", "cards", 2, 1 },   { "card", "ca", 2, 2 },
    { "card", "bird", 1, 2 }, { "grösse", "größe", 3, 2 }, { "abc", "xyz", 2, 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpuint (pn_kb_distance (cases[i].left, cases[i].right, cases[i].most), ==,
                      cases[i].steps);
    g_assert_cmpuint (pn_kb_distance (cases[i].right, cases[i].left, cases[i].most), ==,
                      cases[i].steps);
  }
}

/* The words of the base that are derived from the same, in its order. */
static void
test_family (void)
{
  static const struct {
    const char *language, *word, *kin;
  } cases[] = {
    { "en", "infectious", "infected" },
    { "en", "infected", "" }, /* the word itself is none */
    { "en", "pregnant", "pregnancy" },
    { "en", "card", "" }, /* "cardigan": "igan" is no ending */
    { "en", "inf", "" },  /* too short */
    { "de", "gekauft", "kaufen" },
    { "de", "abholen", "abgeholt" },
    { "de", "abholung", "abgeholt" },
    { "de", "anzumelden", "anmeldung" },
    { "de", "kaufrausch", "" },
    { "fr", "acheteurs", "acheter" },
    { "pt", "utilizacao", "utilizado" },
    { "tlh", "infectious", "" },
  };
  PnKbIndex *index = pn_kb_index_new ();

  put (index, 1, "en", "Infected, pregnancy, cardigan", "");
  put (index, 2, "de", "Kaufen, abgeholt, Anmeldung", "");
  put (index, 3, "fr", "Acheter", "");
  put (index, 4, "pt", "Utilizado", "");
  pn_kb_index_seal (index);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) joined = g_string_new (NULL);
    guint32 found[PN_FAMILY_MAX];
    guint n = pn_family_of (index, cases[i].language, cases[i].word, found);

    for (guint k = 0; k < n; k++)
      g_string_append_printf (joined, "%s%s", k > 0 ? " " : "",
                              pn_index_term (index, found[k])->text + 1);
    g_assert_cmpstr (joined->str, ==, cases[i].kin);
  }
  pn_kb_index_free (index);
}

static void
test_thesaurus (void)
{
  const GPtrArray *others = pn_thesaurus_of ("en", "cancel");

  g_assert_nonnull (others);
  g_assert_true (
      g_ptr_array_find_with_equal_func ((GPtrArray *) others, "termin", g_str_equal, NULL));
  g_assert_null (pn_thesaurus_of ("en", "qqq"));
  g_assert_null (pn_thesaurus_of ("en", "us"));
  others = pn_thesaurus_of ("en", "US");
  g_assert_nonnull (others);
  g_assert_true (
      g_ptr_array_find_with_equal_func ((GPtrArray *) others, "unit+state", g_str_equal, NULL));
  others = pn_thesaurus_of ("en", "unit+state");
  g_assert_nonnull (others);
  g_assert_false (g_ptr_array_find_with_equal_func ((GPtrArray *) others, "US", g_str_equal, NULL));
  g_assert_null (pn_thesaurus_of ("tlh", "cancel"));
}

static void
test_courtesy (void)
{
  static const struct {
    const char *letter;
    const char *matter;
  } cases[] = {
    { "How do I pay?", "How do I pay?" },
    { "Hi, how do I pay? Thanks, Anna Miller", "how do I pay?" },
    { "Dear Dr. Miller,\nmy card is lost.\nKind regards\nJohn Smith\nHead of Sales, Tel. 123",
      "my card is lost." },
    { "Hello team I hope you are well. My card is lost. Please advise. BR John",
      "My card is lost." },
    { "Sehr geehrte Damen und Herren, meine Karte ist weg. Mit freundlichen Grüßen Anna Müller",
      "meine Karte ist weg." },
    { "Olá, gostaria de saber o prazo. Obrigada! Ana", "o prazo." },
    { "Bonjour, pourriez-vous me dire le prix s'il vous plaît ? Cordialement, Anne", "le prix ?" },
    { "Where is it? On Monday 3 May Ann wrote: we sent it", "Where is it?" },
    { "Hello Fresh never came", "Fresh never came" },     /* no comma: no name */
    { "The best regards were sent, but how do I answer?", /* a question follows */
      "The best regards were sent, but how do I answer?" },
    { "Samsung LG TV", "Samsung LG TV" }, /* no "liebe Grüße" */
    { "Pictures sent from my phone are missing", "Pictures sent from my phone are missing" },
    { "It is broken, LG Anna", "It is broken" },
    { "It is broken. Sent from my phone", "It is broken." },
    { "Hello", "Hello" }, /* nothing would be left */
    { "Dear me", "Dear me" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *left = pn_courtesy_strip (cases[i].letter);
    g_auto (GStrv) words = g_strsplit_set (left, " ,.!\n:-", -1);
    g_auto (GStrv) wanted = g_strsplit_set (cases[i].matter, " ,.!\n:-", -1);
    g_autoptr (GString) a = g_string_new (NULL);
    g_autoptr (GString) b = g_string_new (NULL);

    for (gsize w = 0; words[w] != NULL; w++)
      g_string_append_printf (a, *words[w] != '\0' ? "%s " : "%s", words[w]);
    for (gsize w = 0; wanted[w] != NULL; w++)
      g_string_append_printf (b, *wanted[w] != '\0' ? "%s " : "%s", wanted[w]);
    g_assert_cmpstr (a->str, ==, b->str);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/kb-widen/finds", test_finds);
  g_test_add_func ("/kb-widen/compound", test_compound);
  g_test_add_func ("/kb-widen/languages", test_languages);
  g_test_add_func ("/kb-widen/distance", test_distance);
  g_test_add_func ("/kb-widen/family", test_family);
  g_test_add_func ("/kb-widen/thesaurus", test_thesaurus);
  g_test_add_func ("/kb-widen/courtesy", test_courtesy);
  return g_test_run ();
}
