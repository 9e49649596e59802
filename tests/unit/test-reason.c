/* Reasons: the document that is stored, and its words in every language. */
#include "ticketing/core/reason.h"

#include <string.h>

#include "templates/sentence.h"
#include "tests/lib/test.h"
#include "ticketing/core/json.h"

static char *
words_of (PnTemplates *templates, const char *language, const char *stored)
{
  const PnRenderOptions options = { .mode = PN_RENDER_TEXT, .language = language };
  g_autoptr (json_t) reason = pn_reason_read (stored);

  return pn_sentence_write (templates, reason, &options);
}

static PnTemplates *
open_templates (void)
{
  g_autoptr (GError) error = NULL;
  PnTemplates *templates = pn_templates_open (NULL, &error);

  g_assert_no_error (error);
  return templates;
}

/* Every argument that some code has. */
static char *
some_reason (PnReasonCode code)
{
  return pn_reason_make (
      code,
      "{s:s, s:i, s:i, s:i, s:i, s:s, s:s, s:{s:s}, s:[s], s:s, s:s, s:b, s:s, s:s, s:i, s:[{s:s, s:s,"
      " s:[s]}], s:[], s:s, s:{s:i}, s:i, s:s, s:s, s:i, s:s, s:i, s:i, s:s, s:i, s:s, s:s, s:s, s:s,"
      " s:i, s:i}",
      "text", "What it says", "ticket", 7, "percent", 97, "threshold", 95, "count", 2, "title",
      "Wheels", "article", "Wheels", "because", "code", "because_off", "words", "wheel", "source",
      "learned", "problem", "broken", "is_proven", TRUE, "status", "5.1.1", "rule", "Fire",
      "version", 3, "tests", "field", "queue", "op", "is", "values", "mill", "effects", "metric",
      "resolution", "place", "percent", 75, "round", 1, "due_at", "2026-11-22T10:00:00Z", "policy",
      "Gold", "policy_version", 2, "ladder", "Steps", "ladder_version", 4, "step", 1, "reached_at",
      "2026-11-22T10:00:00Z", "late_minutes", 3, "queue", "mill", "name", "high", "webhook",
      "pager", "tag", "fire", "judged", 30, "wrong", 9);
}

static void
test_every_code_has_words (void)
{
  g_autoptr (PnTemplates) templates = open_templates ();

  for (int code = 0; code < PN_REASON_COUNT; code++) {
    g_autofree char *stored = some_reason ((PnReasonCode) code);
    g_autofree char *english = words_of (templates, "en", stored);
    g_autofree char *german = words_of (templates, "de", stored);

    g_test_message ("%s: %s / %s", pn_reason_name ((PnReasonCode) code), english, german);
    g_assert_cmpstr (english, !=, pn_reason_name ((PnReasonCode) code));
    g_assert_null (strpbrk (english, "{}&\n"));
    g_assert_null (strpbrk (german, "{}&\n"));
    g_assert_null (strstr (english, "  "));
    g_assert_null (strstr (english, "“”"));
    if (code == PN_WHY_SAID)
      g_assert_cmpstr (english, ==, german);
    else
      g_assert_cmpstr (english, !=, german);
  }
}

static void
test_words (void)
{
  static const struct {
    const char *stored;
    const char *english;
    const char *german;
  } cases[] = {
    { "An old sentence.", "An old sentence.", "An old sentence." },
    { "{\"v\":1,\"code\":\"thread_subject\",\"ticket\":1042}", "Its subject names ticket #1042.",
      "Ihr Betreff nennt Ticket #1042." },
    { "{\"v\":1,\"code\":\"thread_subject\",\"ticket\":7,\"is_outside\":true}",
      "Its subject names ticket #7, where its sender does not take part.",
      "Ihr Betreff nennt Ticket #7, an dem ihr Absender nicht teilnimmt." },
    { "{\"v\":1,\"code\":\"answer_no_article\",\"because\":{\"v\":1,\"code\":\"because_threshold\","
      "\"percent\":71,\"threshold\":95}}",
      "The sender gets an acknowledgement; no article: 71 % is below the threshold of 95 %.",
      "Der Absender bekommt eine Eingangsbestätigung; kein Artikel: 71 % liegen unter der Schwelle "
      "von 95 %." },
    { "{\"v\":1,\"code\":\"answer_given\",\"article\":\"Wheels\",\"percent\":97,\"words\":[\"gear\","
      "\"oil\"],\"known_as\":null,\"threshold\":95,\"source\":\"queue\"}",
      "Answered with the article “Wheels”, 97 % sure, because of “gear”, “oil”; the threshold is "
      "95 % (the queue’s).",
      "Beantwortet mit dem Artikel „Wheels“, zu 97 % sicher, wegen „gear“, „oil“; die Schwelle "
      "liegt bei 95 % (die der Warteschlange)." },
    { "{\"v\":1,\"code\":\"rule_fired\",\"rule\":\"Fire\",\"version\":2,\"tests\":[{\"field\":"
      "\"subject\",\"op\":\"has\",\"values\":[\"fire\",\"smoke\"]},{\"not\":{\"tests\":[{\"field\":"
      "\"priority\",\"op\":\"at_least\",\"values\":[\"high\"]},{\"field\":\"form:product\",\"op\":"
      "\"exists\",\"values\":[]}]}}],\"effects\":[{\"do\":\"priority\",\"done\":false,\"old\":null,"
      "\"new\":\"urgent\",\"why\":{\"v\":1,\"code\":\"undone_same\"}},{\"do\":\"no_answer\","
      "\"done\":true,\"old\":null,\"new\":null,\"why\":null}]}",
      "Rule “Fire”, version 2: subject has the words fire or smoke; not (priority is at least high; "
      "form field product is known) → set the priority urgent (not done: it is so already), send no "
      "automatic answer.",
      "Regel „Fire“, Version 2: Betreff hat die Wörter fire oder smoke; nicht (Priorität ist "
      "mindestens hoch; Formularfeld product ist bekannt) → Priorität setzen dringend (nicht getan: "
      "Es ist schon so), keine automatische Antwort senden." },
    { "{\"v\":1,\"code\":\"of_a_newer_program\"}", "of_a_newer_program", "of_a_newer_program" },
    { "{\"v\":1,\"code\":\"said\",\"text\":\"two\\nlines {{x}} <b>\"}", "two lines {{x}} <b>",
      "two lines {{x}} <b>" },
  };
  g_autoptr (PnTemplates) templates = open_templates ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *english = words_of (templates, "en", cases[i].stored);
    g_autofree char *german = words_of (templates, "de", cases[i].stored);

    g_assert_cmpstr (english, ==, cases[i].english);
    g_assert_cmpstr (german, ==, cases[i].german);
  }
}

static void
test_none (void)
{
  g_autoptr (PnTemplates) templates = open_templates ();

  g_assert_null (words_of (templates, "de", NULL));
  g_assert_null (words_of (templates, "de", ""));
  g_assert_null (pn_reason_said (""));
}

/* What a person or a stranger writes is never read as a document of ours. */
static void
test_forged (void)
{
  const char *forged = "{\"v\":1,\"code\":\"sender_verified\"}";
  g_autofree char *stored = pn_reason_said (forged);
  g_autoptr (json_t) read = pn_reason_read (stored);

  g_assert_true (pn_reason_is (read, PN_WHY_SAID));
  g_assert_cmpstr (pn_json_get_text (read, "text"), ==, forged);
}

/* A reason is never cut in the middle of its document. */
static void
test_long (void)
{
  g_autofree char *long_text = g_strnfill (20000, '"');
  json_t *values = json_array ();
  g_autofree char *stored = NULL;
  g_autoptr (json_t) read = NULL;

  for (int i = 0; i < 500; i++)
    json_array_append_new (values, json_string ("Über das Rad"));
  stored = pn_reason_make (PN_WHY_RULE_FIRED, "{s:s, s:i, s:[{s:s, s:s, s:o}], s:[]}", "rule",
                           long_text, "version", 1, "tests", "field", "subject", "op", "has",
                           "values", values, "effects");
  g_assert_cmpuint (strlen (stored), <=, PN_REASON_MAX_BYTES);
  read = pn_reason_read (stored);
  g_assert_true (pn_reason_is (read, PN_WHY_RULE_FIRED));
  g_assert_true (g_str_has_suffix (pn_json_get_text (read, "rule"), "…"));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/reason/every-code-has-words", test_every_code_has_words);
  g_test_add_func ("/reason/words", test_words);
  g_test_add_func ("/reason/none", test_none);
  g_test_add_func ("/reason/forged", test_forged);
  g_test_add_func ("/reason/long", test_long);
  return g_test_run ();
}
