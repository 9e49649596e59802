#include <stdlib.h>
#include <string.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/rule_match.h"
#include "ticketing/rule_mood.h"

#define HEAD "\"name\":\"r\",\"on\":[\"arrival\"]"
#define DOES ",\"then\":[{\"do\":\"raise\"}]"

static PnRule *
parse (const char *text, char **place, GError **error)
{
  return pn_rule_parse (text, strlen (text), place, error);
}

static PnRule *
rule_if (const char *condition)
{
  g_autofree char *text = g_strdup_printf ("{" HEAD ",\"if\":%s" DOES "}", condition);
  g_autoptr (GError) error = NULL;
  PnRule *rule = parse (text, NULL, &error);

  g_assert_no_error (error);
  return rule;
}

static void
test_wrong (void)
{
  static const struct {
    const char *text;
    const char *place;
    const char *message;
  } cases[] = {
    { "", NULL, "not JSON" },
    { "[]", "", "no JSON object" },
    { "{\"on\":[\"arrival\"]" DOES "}", "name", "needs a name" },
    { "{\"name\":\"r\"" DOES "}", "on", "needs an event" },
    { "{\"name\":\"r\",\"on\":[\"dawn\"]" DOES "}", "on", "\"dawn\" is no event" },
    { "{" HEAD ",\"colour\":1" DOES "}", "", "\"colour\" is unknown here" },
    { "{" HEAD "}", "then", "list" },
    { "{" HEAD ",\"then\":[]}", "then", "of no use" },
    { "{" HEAD ",\"then\":[{\"do\":\"dance\"}]}", "then.0", "\"dance\" is nothing" },
    { "{" HEAD ",\"then\":[{\"do\":\"raise\"},{\"do\":\"priority\",\"value\":\"hot\"}]}", "then.1",
      "there are low, normal, high, urgent" },
    { "{" HEAD ",\"then\":[{\"do\":\"priority\"}]}", "then.0", "needs a value" },
    { "{" HEAD ",\"then\":[{\"do\":\"note\"}]}", "then.0", "needs a text" },
    { "{" HEAD ",\"then\":[{\"do\":\"raise\",\"value\":\"x\"}]}", "then.0", "takes no value" },
    { "{" HEAD ",\"if\":{\"field\":\"weather\",\"op\":\"is\",\"value\":\"fine\"}" DOES "}", "if",
      "\"weather\" is no field" },
    { "{" HEAD
      ",\"if\":{\"all\":[{\"any\":[]},{\"not\":{\"field\":\"queue\",\"op\":\"has\",\"value\":\"x\"}}"
      "]}" DOES "}",
      "if.1.0", "it takes is, is_not, exists, absent" },
    { "{" HEAD ",\"if\":{\"field\":\"waiting\",\"op\":\"at_least\",\"value\":\"soon\"}" DOES "}",
      "if", "is no duration" },
    { "{" HEAD ",\"if\":{\"field\":\"contacts:700\",\"op\":\"is\",\"value\":1}" DOES "}", "if",
      "no field" },
    { "{" HEAD ",\"if\":{\"field\":\"contacts\",\"op\":\"is\",\"value\":1}" DOES "}", "if",
      "no field" },
    { "{" HEAD ",\"if\":{\"field\":\"status\",\"op\":\"is\"}" DOES "}", "if", "value is empty" },
    { "{" HEAD ",\"if\":{\"field\":\"status\",\"op\":\"is\",\"values\":[\"open\",\"odd\"]}" DOES
      "}",
      "if", "\"odd\" is no status" },
    { "{" HEAD ",\"schedule\":{\"every\":\"1 h\"}" DOES "}", "schedule", "only rules on" },
    { "{\"name\":\"r\",\"on\":[\"schedule\",\"reply\"]" DOES "}", "on", "can't be combined" },
    { "{\"name\":\"r\",\"on\":[\"schedule\"]" DOES "}", "schedule", "either" },
    { "{\"name\":\"r\",\"on\":[\"schedule\"],\"schedule\":{\"every\":\"5 s\"}" DOES "}", "schedule",
      "1 min" },
    { "{\"name\":\"r\",\"on\":[\"schedule\"],\"schedule\":{\"daily\":\"25:00\"}" DOES "}",
      "schedule", "08:30" },
    { "{\"name\":\"r\",\"on\":[\"schedule\"],\"schedule\":{\"daily\":\"08:00\",\"zone\":\"Mars\"}" DOES
      "}",
      "schedule", "no time zone" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *place = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (PnRule) rule = parse (cases[i].text, &place, &error);

    g_test_message ("%s", cases[i].text);
    g_assert_null (rule);
    g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
    g_assert_cmpstr (place, ==, cases[i].place);
    g_assert_nonnull (strstr (error->message, cases[i].message));
  }
}

static void
test_depth (void)
{
  g_autoptr (GString) text = g_string_new ("{" HEAD ",\"if\":");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRule) rule = NULL;

  for (int i = 0; i < 200; i++)
    g_string_append (text, "{\"not\":");
  g_string_append (text, "{\"any\":[]}");
  for (int i = 0; i < 200; i++)
    g_string_append_c (text, '}');
  g_string_append (text, DOES "}");
  rule = parse (text->str, NULL, &error);
  g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
}

/* What is read and written again is the same. */
static void
test_round (void)
{
  static const char *const cases[] = {
    "{\"name\":\"VIP\",\"note\":\"\",\"on\":[\"arrival\",\"reply\"],\"if\":{\"all\":[{\"field\":"
    "\"organisation_level\",\"op\":\"is\",\"values\":[\"gold\"]},{\"not\":{\"any\":[{\"field\":"
    "\"form:product\",\"op\":\"exists\"}]}}]},\"then\":[{\"do\":\"priority\",\"value\":\"high\"},"
    "{\"do\":\"note\",\"text\":\"a\\nb\"}],\"stop\":true}",
    "{\"name\":\"N\",\"note\":\"n\",\"on\":[\"schedule\"],\"schedule\":{\"every\":\"90 min\"},"
    "\"if\":{\"field\":\"waiting\",\"op\":\"at_least\",\"values\":[\"2 d\"]},\"then\":[{\"do\":"
    "\"raise\"}],\"stop\":false}",
    "{\"name\":\"D\",\"note\":\"\",\"on\":[\"schedule\"],\"schedule\":{\"daily\":\"08:05\","
    "\"zone\":\"Europe/Berlin\"},\"if\":{\"all\":[]},\"then\":[{\"do\":\"no_answer\"}],\"stop\":"
    "false}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnRule) rule = parse (cases[i], NULL, &error);
    g_autoptr (json_t) written = NULL;
    char *text;

    g_assert_no_error (error);
    written = pn_rule_write (rule);
    text = json_dumps (written, JSON_COMPACT);
    g_assert_cmpstr (text, ==, cases[i]);
    free (text);
  }
}

static char *
drop_plural (gpointer data, const char *language, const char *word)
{
  gsize size = strlen (word);

  return g_strndup (word, size > 3 && word[size - 1] == 's' ? size - 1 : size);
}

static PnFacts *
some_facts (void)
{
  PnFacts *facts = pn_facts_new (drop_plural, NULL);

  pn_facts_set_language (facts, "en", NULL);
  pn_facts_set (facts, PN_FIELD_QUEUE, "Support");
  pn_facts_set (facts, PN_FIELD_SENDER, "Ada@Mill.Example");
  pn_facts_set (facts, PN_FIELD_SENDER_DOMAIN, "post.mill.example");
  pn_facts_set_words (facts, PN_FIELD_SUBJECT, "Late invoices: I am FURIOUS, Müller!");
  pn_facts_set_words (facts, PN_FIELD_BODY, "東京都の印刷機");
  pn_facts_add (facts, PN_FIELD_TAG, "vip");
  pn_facts_add (facts, PN_FIELD_TAG, "mill");
  pn_facts_set (facts, PN_FIELD_PRIORITY, "high");
  pn_facts_set_number (facts, PN_FIELD_PRIORITY, 2);
  pn_facts_set_number (facts, PN_FIELD_WAITING, 7200);
  pn_facts_clear (facts, PN_FIELD_ASSIGNEE);
  pn_facts_set_form_known (facts);
  pn_facts_add_param (facts, PN_FIELD_FORM_FIELD, "Product", "Engine 3");
  pn_facts_set_param_number (facts, PN_FIELD_CONTACTS, "7", 4);
  return facts;
}

#define TEST(field, op, value) "{\"field\":\"" field "\",\"op\":\"" op "\",\"value\":" value "}"
#define ALONE(field, op) "{\"field\":\"" field "\",\"op\":\"" op "\"}"

static void
test_match (void)
{
  static const struct {
    const char *condition;
    PnMatch match;
  } cases[] = {
    { "{\"all\":[]}", PN_MATCH_TRUE },
    { "{\"any\":[]}", PN_MATCH_FALSE },
    { TEST ("queue", "is", "\"support\""), PN_MATCH_TRUE },
    { TEST ("queue", "is_not", "\"support\""), PN_MATCH_FALSE },
    { TEST ("sender", "ends", "\"@MILL.example\""), PN_MATCH_TRUE },
    { TEST ("sender_domain", "within", "\"mill.example\""), PN_MATCH_TRUE },
    { TEST ("sender_domain", "within", "\"ill.example\""), PN_MATCH_FALSE },
    { TEST ("sender_domain", "is", "\"mill.example\""), PN_MATCH_FALSE },
    { TEST ("subject", "has", "\"invoice\""), PN_MATCH_TRUE },
    { TEST ("subject", "has_exact", "\"invoice\""), PN_MATCH_FALSE },
    { TEST ("subject", "has_exact", "\"LATE Invoices\""), PN_MATCH_TRUE },
    { TEST ("subject", "has", "\"invoice late\""), PN_MATCH_FALSE },
    { TEST ("subject", "has", "\"muller\""), PN_MATCH_TRUE },
    { TEST ("subject", "has", "\"voice\""), PN_MATCH_FALSE },
    { TEST ("subject", "lacks", "\"refund\""), PN_MATCH_TRUE },
    { TEST ("subject", "has", "\"!!!\""), PN_MATCH_FALSE },
    { TEST ("body", "has", "\"印刷\""), PN_MATCH_TRUE },
    { TEST ("body", "has", "\"京印\""), PN_MATCH_FALSE },
    { TEST ("tag", "is", "\"mill\""), PN_MATCH_TRUE },
    { TEST ("tag", "is_not", "\"mill\""), PN_MATCH_FALSE },
    { TEST ("priority", "at_least", "\"normal\""), PN_MATCH_TRUE },
    { TEST ("priority", "at_least", "\"urgent\""), PN_MATCH_FALSE },
    { TEST ("priority", "is", "\"high\""), PN_MATCH_TRUE },
    { TEST ("waiting", "at_least", "\"2 h\""), PN_MATCH_TRUE },
    { TEST ("waiting", "at_most", "\"119 min\""), PN_MATCH_FALSE },
    { ALONE ("assignee", "absent"), PN_MATCH_TRUE },
    { ALONE ("tag", "exists"), PN_MATCH_TRUE },
    { TEST ("form:product", "contains", "\"engine\""), PN_MATCH_TRUE },
    { ALONE ("form:colour", "absent"), PN_MATCH_TRUE },
    { TEST ("contacts:7", "at_least", "3"), PN_MATCH_TRUE },
    { TEST ("contacts:30", "at_least", "3"), PN_MATCH_UNKNOWN },
    { TEST ("organisation_level", "is", "\"gold\""), PN_MATCH_UNKNOWN },
    { "{\"not\":" TEST ("organisation_level", "is", "\"gold\"") "}", PN_MATCH_UNKNOWN },
    { "{\"any\":[" TEST ("sla", "is", "\"ok\"") "," TEST ("queue", "is", "\"support\"") "]}",
      PN_MATCH_TRUE },
    { "{\"all\":[" TEST ("sla", "is", "\"ok\"") "," TEST ("queue", "is", "\"mill\"") "]}",
      PN_MATCH_FALSE },
  };
  g_autoptr (PnFacts) facts = some_facts ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnRule) rule = rule_if (cases[i].condition);

    g_test_message ("%s", cases[i].condition);
    g_assert_cmpint (pn_rule_match (rule->condition, facts), ==, cases[i].match);
    g_assert_cmpint (pn_rule_missing (rule->condition, facts) != 0, ==,
                     cases[i].match == PN_MATCH_UNKNOWN);
  }
}

#define SAID(tests) "{\"v\":1,\"code\":\"rule_tests\",\"tests\":[" tests "]}"

static void
test_explain (void)
{
  static const struct {
    const char *condition;
    const char *text;
  } cases[] = {
    { "{\"all\":[]}", "{\"v\":1,\"code\":\"rule_always\"}" },
    { TEST ("queue", "is", "\"support\""),
      SAID ("{\"field\":\"queue\",\"op\":\"is\",\"values\":[\"support\"]}") },
    { "{\"all\":[" TEST ("queue", "is", "\"support\"") ",{\"not\":" TEST ("subject", "has",
                                                                          "\"test\"") "}]}",
      SAID (
          "{\"field\":\"queue\",\"op\":\"is\",\"values\":[\"support\"]},{\"not\":{\"tests\":[{\"field\":"
          "\"subject\",\"op\":\"has\",\"values\":[\"test\"]}]}}") },
    { "{\"any\":[" TEST ("queue", "is", "\"mill\"") "," TEST ("tag", "is", "\"vip\"") "," TEST (
          "tag", "is", "\"mill\"") "]}",
      SAID ("{\"field\":\"tag\",\"op\":\"is\",\"values\":[\"vip\"]}") },
  };
  g_autoptr (PnFacts) facts = some_facts ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnRule) rule = rule_if (cases[i].condition);
    g_autofree char *text = pn_rule_explain (rule->condition, facts);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_mood (void)
{
  static const struct {
    const char *language;
    const char *text;
    const char *mood;
  } cases[] = {
    { "en", "This is UNACCEPTABLE. I am very disappointed.", "negative" },
    { "en", "It is not bad, not terrible.", "neutral" },
    { "en", "Thank you, that was excellent!", "positive" },
    { "en", "Where is my parcel?", "neutral" },
    { "de", "Das ist eine Unverschämtheit, ich bin enttäuscht und verärgert!", "negative" },
    { "de", "Vielen Dank, das war hervorragend.", "positive" },
    { "fr", "C'est inadmissible, je suis très déçu.", "negative" },
    { "es", "Estoy harto, es una vergüenza.", "negative" },
    { NULL, "Ich bin stinksauer und sauer", "negative" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) words = pn_fact_words (cases[i].text, cases[i].language, NULL, NULL);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (pn_rule_mood (words, cases[i].language, NULL), ==, cases[i].mood);
  }
}

/* The site's own words go before those of everybody. */
static void
test_own_mood (void)
{
  static const struct {
    const char *text;
    const char *mood;
  } cases[] = {
    { "The wheel is broken.", "neutral" }, /* it always is, at a workshop */
    { "The wheel is broken and I am furious.", "negative" },
    { "It leaks again", "negative" },
    { "It does not leak, never leaks", "neutral" },
    { "LÄUFT wie geschmiert", "positive" },
    { "Thank you", "positive" },
  };
  g_autoptr (PnMood) own = pn_mood_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_mood_read (own, PN_MOOD_NEUTRAL, "broken", &error));
  g_assert_true (pn_mood_read (own, PN_MOOD_NEGATIVE, "leak*, LEAKS\n\n leak*", &error));
  g_assert_true (pn_mood_read (own, PN_MOOD_POSITIVE, "läuft geschmiert", &error));
  pn_assert_no_error (error);
  g_assert_cmpstr (own->words[PN_MOOD_NEGATIVE], ==, "leak*");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) words = pn_fact_words (cases[i].text, NULL, NULL, NULL);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (pn_rule_mood (words, NULL, own), ==, cases[i].mood);
  }
  g_assert_false (pn_mood_read (own, PN_MOOD_NEGATIVE, "fine two-words", &error));
  g_assert_nonnull (strstr (error->message, "\"two-words\" is not one word"));
  g_clear_error (&error);
  g_assert_false (pn_mood_read (own, PN_MOOD_NEGATIVE, "*", &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_assert_cmpstr (own->words[PN_MOOD_NEGATIVE], ==, "leak*");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/rule/wrong", test_wrong);
  g_test_add_func ("/rule/depth", test_depth);
  g_test_add_func ("/rule/round", test_round);
  g_test_add_func ("/rule/match", test_match);
  g_test_add_func ("/rule/explain", test_explain);
  g_test_add_func ("/rule/mood", test_mood);
  g_test_add_func ("/rule/own-mood", test_own_mood);
  return g_test_run ();
}
