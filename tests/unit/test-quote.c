#include "gateway/mail/quote.h"

#include <string.h>

#include "gateway/mail/quote_field.h"
#include "gateway/mail/quote_words.h"
#include "tests/lib/test.h"

static void
test_reply (void)
{
  static const struct {
    const char *text;
    const char *reply;
  } cases[] = {
    { "hello\n", "hello" },
    { "", "" },
    { "yes\n\nOn Mon, 1 Feb 2016 at 10:00, A <a@x.example> wrote:\n\n> no\n", "yes" },
    { "yes\n\nOn Mon, 1 Feb 2016 at 10:00, A <\na@x.example>\nwrote:\n> no\n", "yes" },
    { "ja\n\nAm 21.04.2016 um 17:48 schrieb A <a@x.example>:\n> nein\n", "ja" },
    { "oui\n\nLe 4 janv. 2016 19:03, \"A\" <a@x.example> a écrit :\n\nnon\n", "oui" },
    { "да\n\n1 янв. 2016 г., в 10:00, A <a@x.example> написал(а):\n\nнет\n", "да" },
    { "はい\n\n2016年1月1日(金) 10:00 A <a@x.example>:\n\nいいえ\n", "はい" },
    { "yes\n\n-----Original Message-----\nFrom: a\nno\n", "yes" },
    { "ja\n\n-----Ursprüngliche Nachricht-----\nVon: a\nnein\n", "ja" },
    { "yes\n\nFrom: A <a@x.example>\nSent: Monday\nTo: b\nSubject: c\n\nno\n", "yes" },
    { "ja\n\n*Von:* A\n*Gesendet:* Montag\n*An:* b\n*Betreff:* c\n\nnein\n", "ja" },
    { "yes\n-- \nA B\nSales\n", "yes" },
    { "yes\n\nSent from my telephone\n", "yes" },
    { "yes\n\nSent from my telephone\n\n> no\n", "yes" },
    { "yes\n> no\n> no\n", "yes" },
    { "> question\nanswer\n", "answer" },
    { "hi\n> one\nyes\nreally\n\n> two\nno\nnever\nat all\n",
      "hi\n> one\nyes\nreally\n\n> two\nno\nnever\nat all" },
    { "On 1 Feb 2016, A <a@x.example> wrote:\n\nall of it\n", "all of it" },
    { "---------- Forwarded message ----------\nFrom: A <a@x.example>\nSubject: c\n\nall of it\n",
      "all of it" },
    { "> only a quote\n", "> only a quote" },
    /* What looks like one and is none. */
    { "On this day we wrote a letter.\nBye\n", "On this day we wrote a letter.\nBye" },
    { "On 12.03. at 10:30 the parcel was sent\nby train\n",
      "On 12.03. at 10:30 the parcel was sent\nby train" },
    { "From: Hamburg\nTo be continued\n", "From: Hamburg\nTo be continued" },
    { "To: the editor\nplease print\n", "To: the editor\nplease print" },
    { "We met at 10:30:\nA, B\n", "We met at 10:30:\nA, B" },
    { "The original message was lost\nsorry\n", "The original message was lost\nsorry" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *reply = pn_quote_reply (cases[i].text);

    g_assert_cmpstr (reply, ==, cases[i].reply);
  }
}

/* Informal attributions: they count only right above quoted lines. */
static void
test_informal (void)
{
  static const char *const intros[] = {
    "On Monday, A wrote:",
    "On Monday A B wrote:",
    "Yesterday, the support team wrote:",
    "A B wrote on Friday:",
    "Am Sonntag schrieb Support:",
    "Gestern schrieb A B:",
    "Support schrieb am Sonntag:",
    "Le lundi, A a écrit :",
    "Le lundi, A a écrit\xC2\xA0:",
    "El lunes A escribió:",
    "Lunedì A ha scritto:",
    "Na segunda-feira, A escreveu:",
    "Op maandag schreef A:",
    "I går skrev A:",
    "W poniedziałek A napisał:",
    "В понедельник A написал:",
    "A B wrote:",
    "support team wrote:",
    "A von B schrieb:",
    "A a écrit :",
    "Quoting A B:",
    "A <a@x.example>:",
    "Monday, 12 March:",
    "12 March 2026:",
    "On Monday,\nA wrote:",
    "On Monday, the Support\nTeam wrote:",
    "On Monday, A B\nwrote:",
    "On Monday,\nA B\nwrote:",
    "Am Sonntag schrieb\nSupport:",
    "Le lundi,\nA\na écrit :",
    "A B\nwrote:",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (intros); i++) {
    g_autofree char *above = g_strdup_printf ("yes\n\n%s\n> no\n> no\n", intros[i]);
    g_autofree char *apart = g_strdup_printf ("yes\n\n%s\n\n> no\n", intros[i]);
    g_autofree char *below = g_strdup_printf ("%s\n> no\n\nyes\n", intros[i]);
    const char *texts[] = { above, apart, below };

    for (gsize t = 0; t < G_N_ELEMENTS (texts); t++) {
      g_autofree char *reply = pn_quote_reply (texts[t]);

      g_test_message ("%s", texts[t]);
      g_assert_cmpstr (reply, ==, "yes");
    }
  }
}

/* What a person wrote stays, above a quote and without one. */
static void
test_sentences (void)
{
  static const struct {
    const char *text;
    const char *reply;
  } cases[] = {
    { "My boss wrote:\nclose it\n", "My boss wrote:\nclose it" },
    { "Hello\n\nOn Monday, A wrote:\n\nclose it\n", "Hello\n\nOn Monday, A wrote:\n\nclose it" },
    { "A B wrote:\nclose it\n> no\n", "A B wrote:\nclose it" },
    { "yes\n\nPlease explain what A wrote:\n> no\n", "yes\n\nPlease explain what A wrote:" },
    { "yes\nI need this:\n> no\n", "yes\nI need this:" },
    { "Bitte erklären, was A schrieb, weil ich rate:\n> nein\n",
      "Bitte erklären, was A schrieb, weil ich rate:" },
    { "yes\n\nThe 2 big parcels never arrived yesterday, just as A wrote:\n> no\n",
      "yes\n\nThe 2 big parcels never arrived yesterday, just as A wrote:" },
    { "Monday\nA wrote:\n> When?\n", "Monday" },
    { "thanks\nA wrote:\n> no\n", "thanks" },
    { "thanks\nOn Monday, A\nwrote:\n> no\n", "thanks" },
    { "Heute ging nichts\nA schrieb:\n> nein\n", "Heute ging nichts" },
    { "hi\nA wrote:\n> one\nyes\nreally\n\n> two\nno\nnever\nat all\n",
      "hi\nA wrote:\n> one\nyes\nreally\n\n> two\nno\nnever\nat all" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *reply = pn_quote_reply (cases[i].text);

    g_assert_cmpstr (reply, ==, cases[i].reply);
  }
}

static void
test_long (void)
{
  static const char *const intros[] = { "", "On Monday, A wrote:\n",
                                        "On Mon, 1 Feb 2016 at 10:00, A <a@x.example> wrote:\n",
                                        "-----Original Message-----\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (intros); i++) {
    g_autoptr (GString) text = g_string_new ("yes\n\n");

    g_string_append (text, intros[i]);
    for (guint line = 0; line < 40000; line++)
      g_string_append_printf (text, "> line %u\n", line);
    g_autofree char *reply = pn_quote_reply (text->str);
    g_assert_cmpstr (reply, ==, "yes");
  }
}

static void
test_attributions (void)
{
  static const struct {
    const char *text;
    gboolean is_attribution;
  } cases[] = {
    { "On 1 Feb 2016, A wrote:", TRUE },
    { "A <a@x.example> schrieb:", TRUE },
    { "El jueves, 21 de noviembre de 2013, A escribió:", TRUE },
    { "Den 15. jun. 2016 kl. 20.42 skrev A <a@x.example>:", TRUE },
    { "Op 2 feb. 2015 om 05:28 heeft A <a@x.example> het volgende geschreven:", TRUE },
    { "23 mar 2017 21:25 \"A\" <a@x.example> napisał(a):", TRUE },
    { "Il giorno 1 gen 2016, alle ore 10:00, A <a@x.example> ha scritto:", TRUE },
    { "Em 2 de fevereiro de 2015 10:58, A <a@x.example> escreveu:", TRUE },
    { "26.06.2014, 14:41, \"A\" <a@x.example>:", TRUE },
    { "2016-03-03 17:21 GMT+01:00 A B", TRUE },
    { "------On 12/29/1987 17:32 PM, A wrote-----", TRUE },
    { "在 2016年1月1日，10:00，A <a@x.example> 写道：", TRUE },
    { "A wrote:", FALSE },
    { "I wrote to a@x.example and got no answer.", FALSE },
    { "See the log of 10:30:", FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (pn_quote_is_attribution (cases[i].text), ==, cases[i].is_attribution);
  }
}

static void
test_fields (void)
{
  g_assert_cmpint (pn_quote_field ("From: a"), ==, PN_FIELD_FROM);
  g_assert_cmpint (pn_quote_field ("> *Betreff:* a"), ==, PN_FIELD_SUBJECT);
  g_assert_cmpint (pn_quote_field ("件名：a"), ==, PN_FIELD_SUBJECT);
  g_assert_cmpint (pn_quote_field ("Envoyé : lundi"), ==, PN_FIELD_DATE);
  g_assert_cmpint (pn_quote_field ("http://x.example"), ==, PN_FIELD_NONE);
  g_assert_cmpint (pn_quote_field ("Hello: a"), ==, PN_FIELD_NONE);
  g_assert_true (pn_quote_is_separator ("-------- Original Message --------"));
  g_assert_true (pn_quote_is_separator ("Begin forwarded message:"));
  g_assert_true (pn_quote_is_separator ("##- Please type your reply above this line -##"));
  g_assert_false (pn_quote_is_separator ("--------"));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/quote/reply", test_reply);
  g_test_add_func ("/quote/informal", test_informal);
  g_test_add_func ("/quote/sentences", test_sentences);
  g_test_add_func ("/quote/long", test_long);
  g_test_add_func ("/quote/attributions", test_attributions);
  g_test_add_func ("/quote/fields", test_fields);
  return g_test_run ();
}
