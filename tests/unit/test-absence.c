#include "gateway/mail/absence.h"

#include "tests/lib/test.h"

/* Mails that programs sent for people who are away, without any header that says so. */
static const struct {
  const char *subject;
  const char *text;
} notes[] = {
  { "Out of Office: Re: [#4711] Printer",
    "I am out of the office until 10 March with no access to email." },
  { "I'm on annual leave",
    "Thank you for your email. I am on annual leave until Monday 10 March and will reply on my return. In urgent cases contact bob@customer.example." },
  { "Re: [#4711] Printer",
    "Thank you for your message. I am currently out of the office and will return on 10 March. For urgent matters please contact bob@customer.example." },
  { "Abwesenheitsnotiz: Re: [#4711] Drucker", "Ich bin bis 10. März nicht im Büro." },
  { "Re: [#4711] Drucker",
    "Vielen Dank für Ihre Nachricht. Ich bin bis einschließlich 10.03. nicht im Büro. Ihre E-Mail wird nicht weitergeleitet. In dringenden Fällen wenden Sie sich an bob@customer.example." },
  { "Automatische Antwort: Drucker", "weg" },
  { "AutoReply: Drucker", "weg" },
  { "Ich bin im Urlaub",
    "Ich bin vom 1. bis 10. März im Urlaub und habe keinen Zugriff auf meine E-Mails." },
  { "Absence : Re: [#4711]", "Je suis absent du bureau jusqu'au 10 mars." },
  { "Réponse automatique : Imprimante", "absent" },
  { "Re: [#4711] Imprimante",
    "Bonjour, je suis actuellement en congés jusqu'au 10 mars inclus. En cas d'urgence, contactez bob@customer.example." },
  { "Respuesta automática: Impresora", "x" },
  { "Fuera de la oficina", "Estaré fuera de la oficina hasta el 10 de marzo." },
  { "Risposta automatica: Stampante", "x" },
  { "Fuori ufficio", "Sono fuori ufficio fino al 10 marzo." },
  { "Assente: Re: Stampante",
    "Sarò assente fino al 10 marzo. Per urgenze contattare bob@customer.example." },
  { "Resposta automática: Impressora", "x" },
  { "Ausente do escritório", "Estou ausente do escritório até 10 de março." },
  { "Automatisch antwoord: Printer", "x" },
  { "Afwezigheidsbericht", "Ik ben afwezig tot 10 maart." },
  { "Automatyczna odpowiedź: Drukarka", "x" },
  { "Poza biurem", "Przebywam na urlopie do 10 marca." },
  { "Автоматический ответ: Принтер", "x" },
  { "Автоответ: Принтер", "x" },
  { "Я в отпуске",
    "Я нахожусь в отпуске до 10 марта. По срочным вопросам обращайтесь к bob@customer.example." },
  { "Autosvar: Skrivare", "x" },
  { "Frånvarande: Re: Skrivare", "Jag är inte på kontoret till 10 mars." },
  { "Autosvar: Printer", "x" },
  { "Fraværende", "Jeg er ikke på kontoret før 10. marts." },
  { "Automatisk svar: Skriver", "x" },
  { "Automaattinen vastaus: Tulostin", "x" },
  { "Poissa toimistosta", "Olen lomalla 10.3. asti." },
  { "Automatická odpověď: Tiskárna", "x" },
  { "Mimo kancelář", "Jsem mimo kancelář do 10. března." },
  { "Automatikus válasz: Nyomtató", "x" },
  { "Házon kívül", "Házon kívül vagyok március 10-ig." },
  { "Otomatik yanıt: Yazıcı", "x" },
  { "Ofis dışında: Yazıcı", "10 Mart'a kadar ofis dışındayım." },
  { "自動応答: プリンター", "x" },
  { "自動返信：プリンター", "不在にしております。" },
  { "自动答复: 打印机", "x" },
  { "自動回覆: 印表機", "x" },
  { "자동 회신: 프린터", "x" },
  { "부재중 알림", "부재중입니다." },
  { "رد تلقائي: طابعة", "x" },
  { "מענה אוטומטי: מדפסת", "x" },
  { "Αυτόματη απάντηση: Εκτυπωτής", "x" },
  { "Автоматична відповідь: Принтер", "x" },
  { "Răspuns automat: Imprimantă", "x" },
  { "Automatická odpoveď: Tlačiareň", "x" },
  { "Automatski odgovor: Pisač", "x" },
  { "Trả lời tự động: x", "x" },
  { "ตอบกลับอัตโนมัติ: x", "x" },
  { "Automatic reply: x", "\n" },
  { "Out of Office", "I am out of the office until Friday.\n" },
  { "Abwesend bis 12.3.", "Ich bin bis 12.3. im Urlaub und lese keine E-Mails.\n" },
  { "Re: x",
    "Je suis actuellement en congés. Pour toute urgence merci de contacter a@c.example\n" },
  { "Re: x", "Estoy de vacaciones hasta el 12. Para asuntos urgentes escriba a a@c.example\n" },
  { "Re: x",
    "Ik ben afwezig tot 12 maart. In dringende gevallen kunt u contact opnemen met a@c.example\n" },
  { "R: x", "Sono in ferie fino al 12. Per urgenze scrivere ad a@c.example\n" },
  { "Re: x", "Jestem na urlopie do 12 marca. W pilnych sprawach proszę o kontakt z a@c.example\n" },
  { "RE: x", "Я в отпуске до 12 марта. По срочным вопросам пишите a@c.example\n" },
};

/* Letters of people about such things. */
static const struct {
  const char *subject;
  const char *text;
} letters[] = {
  { "Vacation request of Jane",
    "Please book my vacation from 1 to 10 March. I am out of the office then.\nWho takes over?" },
  { "Absence of your technician", "He did not come yesterday. Please send another one." },
  { "Away from home: can you deliver on Friday?",
    "I am away until Thursday. Please deliver on Friday." },
  { "Automatic reply does not work",
    "I set up an automatic reply in my mailbox and it says nothing. Can you help?" },
  { "Urlaub",
    "Ich bin ab morgen im Urlaub; können Sie den Techniker bitte am 12. schicken?\nDanke, Jane" },
  { "Re: Printer", "Thanks! I am out of the office tomorrow, can you come on Wednesday?\nJane" },
  { "Auto: Ersatzteil für den Golf", "Ich suche einen Auspuff für mein Auto." },
  { "Fuera de la oficina no puedo entrar",
    "Cuando estoy fuera de la oficina la VPN no funciona. ¿Me ayudan?" },
  { "Poissa oleva kollega", "Kollegani on poissa, voitteko siirtää tiketin minulle?" },
  { "Abwesenheitsassistent geht nicht", "Mein Abwesenheitsassistent in Outlook schickt nichts." },
  { "Out of office message wrong",
    "Hello, my out of office message still shows the dates of last year. How do I change it?\nJane" },
  { "Verification required?", "Your portal says verification required, what shall I do?" },
  { "Not delivered", "My order 77 was not delivered. Please look." },
  { "Ausencia del técnico", "El técnico no vino ayer." },
  { "不在票の件", "不在票が入っていました。再配達をお願いします。" },
  { "Autosvar virker ikke", "Mit autosvar i Outlook virker ikke. Kan I hjælpe?" },
  { "Holiday homes",
    "Hello, we are on holiday in your house and the heating does not work. Please send somebody." },
  { "Re: x", "Hallo, ich bin nächste Woche im Urlaub. Bitte rufen Sie mich danach an." },
  { "Away", "The app says Away all the time. Why?" },
  { "Re: visit", "We are out of office on Friday, so Monday is better." },
  { "Automatische Antwort einrichten", "Wie richte ich das ein" },
  { "Re: x", "I need immediate assistance, the server is down and my boss is on vacation." },
  { "Vacation calendar", "The vacation calendar does not load, I see nobody who is on vacation." },
  { "Mail rejected by your server",
    "Hi, I get '550 5.7.1 rejected' when I write to bob@demo.example. Please help" },
  { "Error sending", "Hello, cannot be delivered 550, what now" },
};

static void
test_notes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (notes); i++) {
    g_test_message ("%s: %s", notes[i].subject, notes[i].text);
    g_assert_true (pn_absence_is_answer (notes[i].subject)
                   || pn_absence_is_note (notes[i].subject, notes[i].text));
  }
}

static void
test_letters (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (letters); i++) {
    g_test_message ("%s: %s", letters[i].subject, letters[i].text);
    g_assert_false (pn_absence_is_answer (letters[i].subject));
    g_assert_false (pn_absence_is_note (letters[i].subject, letters[i].text));
    g_assert_false (pn_absence_is_challenge (letters[i].subject, letters[i].text));
  }
}

static void
test_challenges (void)
{
  g_assert_true (pn_absence_is_challenge ("Please verify your message", "see https://x.example/1"));
  g_assert_true (pn_absence_is_challenge ("Re: x",
                                          "I use a challenge/response system. Please reply to "
                                          "this message to have your message delivered."));
  g_assert_false (pn_absence_is_challenge ("Re: x", "see https://x.example/1"));
  g_assert_false (pn_absence_is_challenge ("Verification required", "What shall I do?"));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/absence/notes", test_notes);
  g_test_add_func ("/absence/letters", test_letters);
  g_test_add_func ("/absence/challenges", test_challenges);
  return g_test_run ();
}
