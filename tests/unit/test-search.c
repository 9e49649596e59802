#include <string.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/search.h"
#include "ticketing/search_private.h"

static char *
join_terms (const char *text)
{
  g_autoptr (GPtrArray) terms = pn_search_terms (text, 100);

  g_ptr_array_add (terms, NULL);
  return g_strjoinv ("|", (char **) terms->pdata);
}

static void
test_terms (void)
{
  static const struct {
    const char *text;
    const char *terms;
  } cases[] = {
    { "", "" },
    { "Printer on FIRE", "printer|on|fire" },
    { "the the The", "the" },
    { "Straße STRASSE", "strasse" },
    { "Café cafe\xcc\x81 CAFÉ", "cafe" },
    { "Müller Ærø Łódź", "muller|aero|lodz" },
    { "ﬁnd ２０２６ ℌ", "find|2026|h" },
    { "Σίσυφος ΣΊΣΥΦΟΣ", "σισυφοσ" },
    { "ПРИВЕТ, мир!", "привет|мир" },
    { "İstanbul ISTANBUL", "istanbul" },
    { "東京都", "東京|京都|都" },
    { "東", "東" },
    { "パスワード", "パス|スワ|ワー|ード|ド" },
    { "한국어", "한국|국어|어" },
    { "ref東京x", "ref|東京|京|x" },
    { "100% sure", "100|%|sure" },
    { "a_b", "a|_|b" },
    { "c:\\dir *", "c|\\|dir|*" },
    { "e-mail \"x\" + y", "e|-|mail|\"|x|+|y" },
    { "ada@example.com", "ada|example|com" },
    { "हिन्दी", "हिन्दी" },
    { "עִבְרִית", "עברית" },
    { "\xff\xfe broken", "broken" },
    { "…!?;()[]{}#", "" },
    { "0123456789012345678901234567890123456789012345678901234567890", /* cut at 48 bytes */
      "012345678901234567890123456789012345678901234567" },
    { "ééééééééééééééééééééééééééééé", "eeeeeeeeeeeeeeeeeeeeeeeeeeeee" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *terms = join_terms (cases[i].text);

    g_assert_cmpstr (terms, ==, cases[i].terms);
  }
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) terms = NULL;
  g_autofree char *wide = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "w%u ", i);
  terms = pn_search_terms (text->str, PN_SEARCH_MESSAGE_TERMS);
  g_assert_cmpuint (terms->len, ==, PN_SEARCH_MESSAGE_TERMS);
  g_string_truncate (text, 0);
  for (guint i = 0; i < 40; i++)
    g_string_append (text, "ж");
  wide = join_terms (text->str);
  g_assert_cmpuint (strlen (wide), ==, PN_SEARCH_TERM_BYTES);
  g_assert_true (g_utf8_validate (wide, -1, NULL));
}

static char *
write_query (const PnSearchQuery *query)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < query->words->len; i++) {
    const PnSearchWord *word = query->words->pdata[i];

    g_string_append_printf (
        text, "%s%s%s%s", i > 0 ? " " : "", *word->term == PN_SEARCH_SENDER ? "@" : "",
        word->term + (*word->term == PN_SEARCH_SENDER ? 1 : 0), word->is_prefix ? "*" : "");
  }
  return g_string_free (text, FALSE);
}

static void
test_words (void)
{
  static const struct {
    const char *text;
    const char *words;
    gboolean is_nothing;
    gint64 number;
  } cases[] = {
    { NULL, "", FALSE, 0 },
    { "", "", FALSE, 0 },
    { "  ", "", FALSE, 0 },
    { "prin", "prin*", FALSE, 0 },
    { "prin ", "prin", FALSE, 0 },
    { "Printer Feuer", "printer feuer*", FALSE, 0 },
    { "1042", "1042", FALSE, 1042 },
    { "#1042", "1042", FALSE, 1042 },
    { " #1042 ", "1042", FALSE, 1042 },
    { "#1042 printer", "1042 printer*", FALSE, 0 },
    { "#", "", TRUE, 0 },
    { "?!", "", TRUE, 0 },
    { "%", "%", FALSE, 0 },
    { "_", "_", FALSE, 0 },
    { "\\", "\\", FALSE, 0 },
    { "\"", "\"", FALSE, 0 },
    { "-", "-", FALSE, 0 },
    { "+-*", "+ - *", FALSE, 0 },
    { "100%", "100 %", FALSE, 0 },
    { "e-mail", "e mail*", FALSE, 0 },
    { "\"exact words\"", "exact words", FALSE, 0 },
    { "-password", "password*", FALSE, 0 },
    { "a OR b", "a or b*", FALSE, 0 },
    { "Re: printer", "re printer*", FALSE, 0 },
    { "https://example.com/a", "https example com a*", FALSE, 0 },
    { "10:30", "10 30", FALSE, 0 },
    { "東京 駅", "東京 駅*", FALSE, 0 },
    { "東 foo", "東* foo*", FALSE, 0 },
    { "from:Ada@Example.com", "@ada@example.com", FALSE, 0 },
    { "from:@example.com x", "@@example.com x*", FALSE, 0 },
    { "from:\"Ada Lovelace\"", "@ada @lovelace*", FALSE, 0 },
    { "status:open printer", "printer*", FALSE, 0 },
    { "'; DROP TABLE ticket; --", "drop table ticket - -", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnSearchQuery) query = pn_search_query_read (cases[i].text, &error);
    g_autofree char *words = NULL;

    g_test_message ("%s", cases[i].text);
    pn_assert_no_error (error);
    words = write_query (query);
    g_assert_cmpstr (words, ==, cases[i].words);
    g_assert_cmpint (query->is_nothing, ==, cases[i].is_nothing);
    g_assert_cmpint (query->number, ==, cases[i].number);
  }
}

static void
test_fields (void)
{
  static const struct {
    const char *text;
    guint statuses;
    guint priorities;
    guint queues;
    guint assignees;
    guint tags;
  } cases[] = {
    { "", 63, 15, 0, 0, 0 },
    { "status:open", 2, 15, 0, 0, 0 },
    { "STATUS:open", 2, 15, 0, 0, 0 },
    { "status:new,open", 3, 15, 0, 0, 0 },
    { "status:unsolved", 15, 15, 0, 0, 0 },
    { "is:unsolved status:open,closed", 2, 15, 0, 0, 0 },
    { "priority:urgent,high", 63, 12, 0, 0, 0 },
    { "queue:support,sales", 63, 15, 2, 0, 0 },
    { "queue:\"a, b\",c x", 63, 15, 2, 0, 0 },
    { "assignee:me,none,ada", 63, 15, 0, 3, 0 },
    { "is:mine", 63, 15, 0, 1, 0 },
    { "is:unassigned", 63, 15, 0, 1, 0 },
    { "tag:vip tag:\"big customer\",b", 63, 15, 0, 0, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnSearchQuery) query = pn_search_query_read (cases[i].text, &error);

    g_test_message ("%s", cases[i].text);
    pn_assert_no_error (error);
    g_assert_cmpuint (query->statuses, ==, cases[i].statuses);
    g_assert_cmpuint (query->priorities, ==, cases[i].priorities);
    g_assert_cmpuint (query->queues != NULL ? query->queues->len : 0, ==, cases[i].queues);
    g_assert_cmpuint (query->assignees != NULL ? query->assignees->len : 0, ==, cases[i].assignees);
    g_assert_cmpuint (query->tags->len, ==, cases[i].tags);
  }
}

/* Which of these instants from now a query wants; n is no promise, p a paused one. */
static void
test_due (void)
{
  static const struct {
    const char *text;
    const char *wants;
  } cases[] = {
    { "due:over", "o" },         { "due:soon", "0hd" },
    { "DUE:Soon", "0hd" },       { "due:any", "o0hdDw" },
    { "due:none", "n" },         { "due:paused", "p" },
    { "due:none,paused", "np" }, { "due:<1h", "0" },
    { "due:<61m", "0h" },        { "due:>1h", "hdDw" },
    { "due:>1D", "Dw" },         { "due:<1w", "0hdD" },
    { "due:over,<1h", "o0" },    { "due:over due:none", "on" },
    { "due:<0m", "" },
  };
  static const struct {
    char letter;
    PnTime due_at;
  } tickets[] = {
    { 'o', -1 },     { '0', 0 },          { 'h', PN_HOUR },    { 'd', PN_DAY - 1 },
    { 'D', PN_DAY }, { 'w', 7 * PN_DAY }, { 'n', G_MININT64 }, { 'p', G_MININT64 },
  };
  const PnTime now = G_GINT64_CONSTANT (1795000000000000);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnSearchQuery) query = pn_search_query_read (cases[i].text, &error);
    g_autoptr (GString) found = g_string_new (NULL);

    g_test_message ("%s", cases[i].text);
    pn_assert_no_error (error);
    for (gsize k = 0; k < G_N_ELEMENTS (tickets); k++) {
      const PnTime due_at = tickets[k].due_at != G_MININT64 ? now + tickets[k].due_at : 0;

      if (pn_search_due_has (query->due, now, due_at, tickets[k].letter == 'p'))
        g_string_append_c (found, tickets[k].letter);
    }
    g_assert_cmpstr (found->str, ==, cases[i].wants);
  }
}

static void
test_bad (void)
{
  static const struct {
    const char *text;
    const char *says;
  } cases[] = {
    { "status:opened", "new, open, waiting" },
    { "status:", "no value" },
    { "status: open", "no value" },
    { "status:open,", "no value" },
    { "priority:1;select sleep(5)", "low, normal, high, urgent" },
    { "before:yesterday", "2026-11-22" },
    { "after:2026-13-40", "2026-11-22" },
    { "before:2026-01-01,2026-01-02", "2026-11-22" },
    { "is:red", "unsolved, mine" },
    { "sort:id", "status, queue, priority" },
    { "due:", "no value" },
    { "due:tomorrow", "over, soon, paused" },
    { "due:over,later", "\"later\"" },
    { "due:<2", "<2h" },
    { "due:<h", "<2h" },
    { "due:2h", "<2h" },
    { "due:<2y", "<2h" },
    { "due:<-2h", "<2h" },
    { "due:>99999d", "<2h" },
    { "organisation:", "no value" },
    { "team:a,", "no value" },
    { "foo:bar", "status, queue, priority" },
    { "a b c d e f g h i j k l m n o p q", "16" },
    { "\xff", "UTF-8" },
  };
  g_autofree char *longest = g_strnfill (1001, 'a');
  g_autoptr (GError) too_long = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnSearchQuery) query = pn_search_query_read (cases[i].text, &error);

    g_test_message ("%s", cases[i].text);
    g_assert_null (query);
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
    g_assert_nonnull (strstr (error->message, cases[i].says));
  }
  g_assert_null (pn_search_query_read (longest, &too_long));
  g_assert_true (pn_error_is (too_long, PN_ERROR_INVALID));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/search/terms", test_terms);
  g_test_add_func ("/search/limits", test_limits);
  g_test_add_func ("/search/words", test_words);
  g_test_add_func ("/search/fields", test_fields);
  g_test_add_func ("/search/due", test_due);
  g_test_add_func ("/search/bad", test_bad);
  return g_test_run ();
}
