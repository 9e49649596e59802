#include "gateway/mail/absence.h"

#include <string.h>

#include "ticketing/core/text.h"

#define NOTE_BYTES_MAX 2000      /* a longer letter is none */
#define STATEMENT_BYTES_MAX 400  /* where a note says it */
#define CHALLENGE_BYTES_MAX 4000 /* of the text that is looked at */
#define TAIL_BYTES_MAX 4         /* "Automatic reply to: ..." */

/* What programs put before a subject. */
static const char *const answers[] = {
  "automatic reply",
  "automatic response",
  "automated reply",
  "automated response",
  "auto reply",
  "auto-reply",
  "autoreply",
  "auto response",
  "auto-response",
  "autoresponse",
  "out of office",
  "out of the office",
  "automatische antwort",
  "autoantwort",
  "auto-antwort",
  "abwesenheitsnotiz",
  "abwesenheitsmeldung",
  "abwesenheitsnachricht",
  "abwesenheitsbenachrichtigung",
  "automatische abwesenheit",
  "réponse automatique",
  "message automatique",
  "absence du bureau",
  "absent du bureau",
  "respuesta automática",
  "respuesta automatica",
  "fuera de la oficina",
  "fuera de oficina",
  "resposta automática",
  "resposta automàtica",
  "fora do escritório",
  "risposta automatica",
  "fuori sede",
  "fuori ufficio",
  "automatisch antwoord",
  "afwezigheidsbericht",
  "automatiskt svar",
  "autosvar",
  "automatisk svar",
  "automatisk besked",
  "automaattinen vastaus",
  "poissaoloviesti",
  "odpowiedź automatyczna",
  "automatyczna odpowiedź",
  "automatická odpověď",
  "automatická odpoveď",
  "automatikus válasz",
  "автоответ",
  "автоматический ответ",
  "автоматична відповідь",
  "автоматичен отговор",
  "自动回复",
  "自动答复",
  "自動回覆",
  "自動回复",
  "自動応答",
  "自動返信",
  "不在通知",
  "자동 회신",
  "자동 응답",
  "자동응답",
  "부재중 알림",
  "otomatik yanıt",
  "otomatik cevap",
  "răspuns automat",
  "αυτόματη απάντηση",
  "رد تلقائي",
  "الرد التلقائي",
  "מענה אוטומטי",
  "תשובה אוטומטית",
  "automatski odgovor",
  "samodejni odgovor",
  "аутоматски одговор",
  "automatinis atsakymas",
  "automātiska atbilde",
  "automaatvastus",
  "trả lời tự động",
  "ตอบกลับอัตโนมัติ",
  "balasan otomatis",
};

/* How subjects of notes may begin, and of letters about absences too. */
static const char *const absences[] = {
  "auto:",       "vacation",       "away",
  "absence",     "absent",         "abwesen",
  "urlaub",      "im urlaub",      "ausente",
  "ausência",    "ausencia",       "assente",
  "assenza",     "afwezig",        "frånva",
  "fravær",      "poissa",         "nieobecn",
  "nepřítom",    "neprítom",       "i am out of",
  "i'm out of",  "on holiday",     "am on leave",
  "'m on leave", "be on leave",    "currently on leave",
  "on annual",   "annual leave",   "不在",
  "休假",        "ikke til stede",
};

/* "I am away", in the words that people choose. */
static const char *const statements[] = {
  "out of the office",
  "out of office",
  "am on annual leave",
  "'m on annual leave",
  "be on annual leave",
  "currently on annual leave",
  "on leave",
  "am on vacation",
  "'m on vacation",
  "be on vacation",
  "currently on vacation",
  "am on holiday",
  "'m on holiday",
  "be on holiday",
  "currently on holiday",
  "away from my desk",
  "away from the office",
  "away from my e",
  "maternity leave",
  "parental leave",
  "i am away",
  "i'm away",
  "i will be away",
  "nicht im büro",
  "nicht im haus",
  "außer haus",
  "ausser haus",
  "im urlaub",
  "bin ich abwesend",
  "ich bin abwesend",
  "in elternzeit",
  "je suis absent",
  "je serai absent",
  "suis actuellement absent",
  "en congé",
  "en vacances",
  "hors du bureau",
  "fuera de la oficina",
  "fuera de oficina",
  "de vacaciones",
  "estoy ausente",
  "estaré ausente",
  "fuori ufficio",
  "fuori sede",
  "in ferie",
  "sono assente",
  "sarò assente",
  "fora do escritório",
  "estou ausente",
  "estarei ausente",
  "de férias",
  "ben afwezig",
  "ik afwezig",
  "niet op kantoor",
  "op vakantie",
  "met vakantie",
  "met verlof",
  "na urlopie",
  "poza biurem",
  "jestem nieobecn",
  "в отпуске",
  "вне офиса",
  "у відпустці",
  "в отпуск",
  "inte på kontoret",
  "på semester",
  "ikke på kontoret",
  "på ferie",
  "holder ferie",
  "lomalla",
  "olen poissa",
  "mimo kancelář",
  "mimo kancelárie",
  "na dovolen",
  "házon kívül",
  "irodán kívül",
  "szabadságon",
  "ofis dışında",
  "izindeyim",
  "în concediu",
  "εκτός γραφείου",
  "σε άδεια",
  "na godišnjem",
  "izvan ureda",
  "na dopustu",
  "不在に",
  "不在です",
  "不在の",
  "休暇",
  "休假",
  "不在办公室",
  "不在辦公室",
  "부재중",
  "휴가",
  "خارج المكتب",
  "في إجازة",
  "מחוץ למשרד",
  "בחופשה",
};

/* What stands in notes besides, and hardly in letters. */
static const char *const provisions[] = {
  "in urgent cases",
  "urgent matters",
  "for urgent",
  "urgent enquiries",
  "if your matter is urgent",
  "if your request is urgent",
  "if you need immediate",
  "if you require immediate",
  "in my absence",
  "during my absence",
  "limited access to",
  "no access to my e",
  "on my return",
  "when i return",
  "be forwarded",
  "dringenden fällen",
  "dringende anfragen",
  "dringenden angelegenheiten",
  "nicht weitergeleitet",
  "keinen zugriff auf meine",
  "meiner abwesenheit",
  "meiner rückkehr",
  "en cas d'urgence",
  "en cas d’urgence",
  "pour toute urgence",
  "à mon retour",
  "dès mon retour",
  "mon absence",
  "en caso de urgencia",
  "asuntos urgentes",
  "para urgencias",
  "mi ausencia",
  "mi regreso",
  "per urgenze",
  "in caso di urgenza",
  "questioni urgenti",
  "mio rientro",
  "mia assenza",
  "em caso de urgência",
  "assuntos urgentes",
  "minha ausência",
  "meu regresso",
  "meu retorno",
  "dringende gevallen",
  "spoedgevallen",
  "dringende zaken",
  "mijn afwezigheid",
  "pilnych sprawach",
  "sprawach pilnych",
  "pilnych przypadkach",
  "po powrocie",
  "срочным вопросам",
  "срочных случаях",
  "возвращени",
  "brådskande ärenden",
  "min återkomst",
  "min tilbagekomst",
  "mit fravær",
  "kiireellisissä",
  "naléhavých případech",
  "naliehavých prípadoch",
  "po návratu",
  "sürgős esetben",
  "sürgős ügy",
  "acil durum",
  "cazuri urgente",
  "hitnim slučajevima",
  "お急ぎの",
  "緊急の",
  "如有急事",
  "急ぎの場合",
};

static const char *const challenge_subjects[] = {
  "verification required",      "verify your email to",        "please verify yourself",
  "requires verification",      "confirm your message",        "your message requires",
  "action required to deliver", "anti-spam confirmation",      "sender verification",
  "challenge-response",         "please confirm your message", "your email requires",
  "awaiting your confirmation", "please verify your message",
};

static const char *const challenge_texts[] = {
  "challenge/response",
  "challenge-response",
  "list of approved senders",
  "recipient's allowed list",
  "approved senders list",
  "approved sender list",
  "prove that you are a person",
  "prove that you are human",
  "prove you are human",
  "verify that you are human",
  "to have your message deliver",
  "ensure delivery of your",
  "have your original mail deliv",
  "until you verify",
  "until you confirm",
};

/* Returns: the size of the longest of @list that @text begins with, 0 for none. */
static gsize
prefix_size (const char *text, const char *const *list, gsize n)
{
  gsize best = 0;

  for (gsize i = 0; i < n; i++) {
    if (g_str_has_prefix (text, list[i]))
      best = MAX (best, strlen (list[i]));
  }
  return best;
}

/* Whether a subject goes on at @rest with the subject that it answers. */
static gboolean
is_answering (const char *rest)
{
  static const char *const marks[] = { "re:", "aw:", "sv:", "antw:", "odp:", "vs:", "ynt:", "r:" };

  return prefix_size (rest + strspn (rest, " :"), marks, G_N_ELEMENTS (marks)) > 0;
}

gboolean
pn_absence_is_answer (const char *subject)
{
  g_autofree char *lower = g_utf8_strdown (subject, -1);
  const char *c = lower + strspn (lower, " [(*\"");
  gsize n = prefix_size (c, answers, G_N_ELEMENTS (answers));

  if (g_str_has_prefix (c, "auto:"))
    return is_answering (c + 5);
  if (n == 0) {
    n = prefix_size (c, absences, G_N_ELEMENTS (absences));
    return n > 0 && c[n + strspn (c + n, " ")] == ':' && is_answering (c + n);
  }
  for (; n > 0; n = prefix_size (c, answers, G_N_ELEMENTS (answers)))
    c += n + strspn (c + n, " ");
  if (*c == '\0' || strchr (":)]*\"-.!<", *c) != NULL || g_str_has_prefix (c, "：")
      || g_str_has_prefix (c, "–"))
    return TRUE;
  return strcspn (c, ":") <= TAIL_BYTES_MAX && strchr (c, ':') != NULL;
}

/* Whether @subject begins as one of a note. */
static gboolean
is_subject_of_note (const char *subject)
{
  const char *c = subject + strspn (subject, " [(*\"");

  return prefix_size (c, answers, G_N_ELEMENTS (answers)) > 0
         || prefix_size (c, absences, G_N_ELEMENTS (absences)) > 0
         || pn_text_has_any (c, statements, G_N_ELEMENTS (statements));
}

gboolean
pn_absence_is_note (const char *subject, const char *text)
{
  if (strlen (text) > NOTE_BYTES_MAX || strpbrk (text, "?") != NULL || strstr (text, "？") != NULL
      || strchr (subject, '?') != NULL)
    return FALSE;
  g_autofree char *lower = g_utf8_strdown (text, -1);
  g_autofree char *lower_subject = g_utf8_strdown (subject, -1);
  g_autofree char *beginning = g_strndup (lower, STATEMENT_BYTES_MAX);
  if (!pn_text_has_any (beginning, statements, G_N_ELEMENTS (statements)))
    return FALSE;
  return is_subject_of_note (lower_subject)
         || pn_text_has_any (lower, provisions, G_N_ELEMENTS (provisions));
}

gboolean
pn_absence_is_challenge (const char *subject, const char *text)
{
  g_autofree char *lower_subject = g_utf8_strdown (subject, -1);
  g_autofree char *head = g_strndup (text, CHALLENGE_BYTES_MAX);
  g_autofree char *lower = g_ascii_strdown (head, -1);
  gboolean says_how = strstr (lower, "http") != NULL || strstr (lower, "reply to this") != NULL
                      || strstr (lower, "respond to this") != NULL;

  return says_how
         && (pn_text_has_any (lower_subject, challenge_subjects, G_N_ELEMENTS (challenge_subjects))
             || pn_text_has_any (lower, challenge_texts, G_N_ELEMENTS (challenge_texts)));
}
