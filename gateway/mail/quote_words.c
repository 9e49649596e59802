#include "gateway/mail/quote_words.h"

#include <string.h>

#define LINE_BYTES_MAX 400 /* longer lines are prose */
#define DEVICE_BYTES_MAX 120

typedef struct {
  const char *word;
  PnField field;
} FieldWord;

static const FieldWord field_words[] = {
  { "from", PN_FIELD_FROM },
  { "von", PN_FIELD_FROM },
  { "de", PN_FIELD_FROM },
  { "de la", PN_FIELD_FROM },
  { "da", PN_FIELD_FROM },
  { "van", PN_FIELD_FROM },
  { "fra", PN_FIELD_FROM },
  { "från", PN_FIELD_FROM },
  { "lähettäjä", PN_FIELD_FROM },
  { "od", PN_FIELD_FROM },
  { "от", PN_FIELD_FROM },
  { "от кого", PN_FIELD_FROM },
  { "від", PN_FIELD_FROM },
  { "发件人", PN_FIELD_FROM },
  { "寄件者", PN_FIELD_FROM },
  { "寄件人", PN_FIELD_FROM },
  { "差出人", PN_FIELD_FROM },
  { "보낸 사람", PN_FIELD_FROM },
  { "보낸사람", PN_FIELD_FROM },
  { "kimden", PN_FIELD_FROM },
  { "gönderen", PN_FIELD_FROM },
  { "feladó", PN_FIELD_FROM },
  { "expéditeur", PN_FIELD_FROM },
  { "remitente", PN_FIELD_FROM },
  { "remetente", PN_FIELD_FROM },
  { "mittente", PN_FIELD_FROM },
  { "afzender", PN_FIELD_FROM },
  { "absender", PN_FIELD_FROM },
  { "nadawca", PN_FIELD_FROM },
  { "odesílatel", PN_FIELD_FROM },
  { "από", PN_FIELD_FROM },
  { "מאת", PN_FIELD_FROM },
  { "من", PN_FIELD_FROM },
  { "từ", PN_FIELD_FROM },
  { "dari", PN_FIELD_FROM },
  { "message du", PN_FIELD_FROM },
  { "date", PN_FIELD_DATE },
  { "sent", PN_FIELD_DATE },
  { "datum", PN_FIELD_DATE },
  { "gesendet", PN_FIELD_DATE },
  { "gesendet am", PN_FIELD_DATE },
  { "envoyé", PN_FIELD_DATE },
  { "envoyé le", PN_FIELD_DATE },
  { "date d'envoi", PN_FIELD_DATE },
  { "enviado", PN_FIELD_DATE },
  { "enviado el", PN_FIELD_DATE },
  { "enviado em", PN_FIELD_DATE },
  { "enviada em", PN_FIELD_DATE },
  { "fecha", PN_FIELD_DATE },
  { "data", PN_FIELD_DATE },
  { "inviato", PN_FIELD_DATE },
  { "verzonden", PN_FIELD_DATE },
  { "dato", PN_FIELD_DATE },
  { "sendt", PN_FIELD_DATE },
  { "skickat", PN_FIELD_DATE },
  { "lähetetty", PN_FIELD_DATE },
  { "päivämäärä", PN_FIELD_DATE },
  { "wysłano", PN_FIELD_DATE },
  { "odesláno", PN_FIELD_DATE },
  { "odoslané", PN_FIELD_DATE },
  { "дата", PN_FIELD_DATE },
  { "отправлено", PN_FIELD_DATE },
  { "надіслано", PN_FIELD_DATE },
  { "发送时间", PN_FIELD_DATE },
  { "日期", PN_FIELD_DATE },
  { "寄件日期", PN_FIELD_DATE },
  { "日時", PN_FIELD_DATE },
  { "送信日時", PN_FIELD_DATE },
  { "날짜", PN_FIELD_DATE },
  { "보낸 날짜", PN_FIELD_DATE },
  { "tarih", PN_FIELD_DATE },
  { "gönderildi", PN_FIELD_DATE },
  { "dátum", PN_FIELD_DATE },
  { "elküldve", PN_FIELD_DATE },
  { "trimis", PN_FIELD_DATE },
  { "ημερομηνία", PN_FIELD_DATE },
  { "sent on", PN_FIELD_DATE },
  { "received", PN_FIELD_DATE },
  { "to", PN_FIELD_TO },
  { "an", PN_FIELD_TO },
  { "à", PN_FIELD_TO },
  { "a", PN_FIELD_TO },
  { "para", PN_FIELD_TO },
  { "aan", PN_FIELD_TO },
  { "til", PN_FIELD_TO },
  { "till", PN_FIELD_TO },
  { "vastaanottaja", PN_FIELD_TO },
  { "do", PN_FIELD_TO },
  { "komu", PN_FIELD_TO },
  { "кому", PN_FIELD_TO },
  { "收件人", PN_FIELD_TO },
  { "宛先", PN_FIELD_TO },
  { "받는 사람", PN_FIELD_TO },
  { "받는사람", PN_FIELD_TO },
  { "kime", PN_FIELD_TO },
  { "címzett", PN_FIELD_TO },
  { "pour", PN_FIELD_TO },
  { "destinataire", PN_FIELD_TO },
  { "către", PN_FIELD_TO },
  { "προς", PN_FIELD_TO },
  { "empfänger", PN_FIELD_TO },
  { "recipient", PN_FIELD_TO },
  { "subject", PN_FIELD_SUBJECT },
  { "betreff", PN_FIELD_SUBJECT },
  { "betr", PN_FIELD_SUBJECT },
  { "objet", PN_FIELD_SUBJECT },
  { "asunto", PN_FIELD_SUBJECT },
  { "assunto", PN_FIELD_SUBJECT },
  { "oggetto", PN_FIELD_SUBJECT },
  { "onderwerp", PN_FIELD_SUBJECT },
  { "emne", PN_FIELD_SUBJECT },
  { "ämne", PN_FIELD_SUBJECT },
  { "aihe", PN_FIELD_SUBJECT },
  { "temat", PN_FIELD_SUBJECT },
  { "předmět", PN_FIELD_SUBJECT },
  { "predmet", PN_FIELD_SUBJECT },
  { "тема", PN_FIELD_SUBJECT },
  { "主题", PN_FIELD_SUBJECT },
  { "主旨", PN_FIELD_SUBJECT },
  { "件名", PN_FIELD_SUBJECT },
  { "제목", PN_FIELD_SUBJECT },
  { "konu", PN_FIELD_SUBJECT },
  { "tárgy", PN_FIELD_SUBJECT },
  { "subiect", PN_FIELD_SUBJECT },
  { "θέμα", PN_FIELD_SUBJECT },
  { "sujet", PN_FIELD_SUBJECT },
  { "cc", PN_FIELD_OTHER },
  { "kopie", PN_FIELD_OTHER },
  { "copie", PN_FIELD_OTHER },
  { "copie à", PN_FIELD_OTHER },
  { "copia", PN_FIELD_OTHER },
  { "kopi", PN_FIELD_OTHER },
  { "kopia", PN_FIELD_OTHER },
  { "копия", PN_FIELD_OTHER },
  { "抄送", PN_FIELD_OTHER },
  { "bcc", PN_FIELD_OTHER },
  { "reply-to", PN_FIELD_OTHER },
  { "reply to", PN_FIELD_OTHER },
  { "risposta", PN_FIELD_OTHER },
  { "rispondi a", PN_FIELD_OTHER },
  { "responder a", PN_FIELD_OTHER },
  { "répondre à", PN_FIELD_OTHER },
  { "antwort an", PN_FIELD_OTHER },
  { "svar til", PN_FIELD_OTHER },
  { "importance", PN_FIELD_OTHER },
  { "wichtigkeit", PN_FIELD_OTHER },
  { "attachments", PN_FIELD_OTHER },
  { "newsgroups", PN_FIELD_OTHER },
  { "organization", PN_FIELD_OTHER },
};

static const char *const separators[] = {
  "original message",
  "original email",
  "original mail",
  "original appointment",
  "forwarded message",
  "begin forwarded message",
  "start of forwarded message",
  "forwarded by",
  "reply message",
  "previous replies",
  "ursprüngliche nachricht",
  "originalnachricht",
  "original-nachricht",
  "weitergeleitete nachricht",
  "anfang der weitergeleiteten nachricht",
  "ursprungliche nachricht",
  "message d'origine",
  "message d’origine",
  "message original",
  "message transféré",
  "message initial",
  "début du message transféré",
  "début du message réexpédié",
  "mensaje original",
  "mensaje reenviado",
  "inicio del mensaje reenviado",
  "mensagem original",
  "mensagem encaminhada",
  "mensagem reencaminhada",
  "messaggio originale",
  "messaggio inoltrato",
  "messaggio originario",
  "inizio messaggio inoltrato",
  "oorspronkelijk bericht",
  "origineel bericht",
  "doorgestuurd bericht",
  "begin doorgestuurd bericht",
  "oprindelig besked",
  "oprindelig meddelelse",
  "original besked",
  "videresendt besked",
  "videresendt melding",
  "opprinnelig melding",
  "ursprungligt meddelande",
  "originalmeddelande",
  "vidarebefordrat meddelande",
  "vidarebefordrat brev",
  "alkuperäinen viesti",
  "välitetty viesti",
  "wiadomość oryginalna",
  "oryginalna wiadomość",
  "treść oryginalnej wiadomości",
  "wiadomość przekazana",
  "původní zpráva",
  "přeposlaná zpráva",
  "pôvodná správa",
  "исходное сообщение",
  "пересланное сообщение",
  "пересылаемое сообщение",
  "оригінальне повідомлення",
  "原始邮件",
  "邮件原件",
  "原始郵件",
  "转发邮件",
  "转发的邮件",
  "轉寄郵件",
  "元のメッセージ",
  "転送メッセージ",
  "転送されたメッセージ",
  "원본 메시지",
  "원본 메일",
  "전달된 메시지",
  "orijinal mesaj",
  "orijinal ileti",
  "özgün ileti",
  "yönlendirilen ileti",
  "eredeti üzenet",
  "továbbított üzenet",
  "mesaj original",
  "mesaj redirecționat",
  "αρχικό μήνυμα",
  "προωθημένο μήνυμα",
  "הודעה מקורית",
  "tin nhắn gốc",
  "pesan asli",
  "izvorna poruka",
  "originalna poruka",
  "izvirno sporočilo",
};

static const char *const markers[] = {
  "reply above this line",
  "type your reply above",
  "write above this line",
  "reply above the line",
  "antworten sie oberhalb dieser zeile",
  "über dieser zeile",
  "répondre au-dessus de cette ligne",
  "responda por encima de esta línea",
  "do not write below this line",
  "please reply above",
};

/* What stands before or behind "who" in an attribution; compared with the lower-case text. */
static const char *const verbs[] = {
  "wrote",        "writes",     "written",     "said",
  "sent",         "schrieb",    "geschrieben", "hat geschrieben",
  "a écrit",      "écrit",      "ecrit",       "escribió",
  "escribio",     "escribe",    "ha escrito",  "escreveu",
  "escreveu-nos", "ha scritto", "scritto",     "scrive",
  "schreef",      "geschreven", "skrev",       "skreiv",
  "kirjoitti",    "napisał",    "napisała",    "napisał(a)",
  "pisze",        "napsal",     "napsala",     "napsal(a)",
  "napísal",      "napísal(a)", "píše",        "пишет",
  "написал",      "написала",   "написал(а)",  "написав",
  "пише",         "写道",       "寫道",        "写到",
  "のメール",     "書きました", "작성",        "님이 작성",
  "yazdı",        "írta",       "a scris",     "έγραψε",
  "כתב",          "כתבה",       "كتب",         "đã viết",
  "viết",         "menulis",    "je napisao",  "je napisal",
  "napisao",      "rašė",       "kirjutas",    "rakstīja",
  "va escriure",  "skrifaði",   "yazmış",      "posted",
  "a écrit ",
};

static const char *const openers[] = {
  "on ",        "at ",       "am ",
  "le ",        "el ",       "il ",
  "em ",        "op ",       "den ",
  "på ",        "dnia ",     "w dniu ",
  "dne ",       "dňa ",      "v ",
  "в ",         "во ",       "от ",
  "στις ",      "la ",       "în data ",
  "pe ",        "在",        "于",
  "vào ",       "pada ",     "ti ",
  "ke ",        "els ",      "a(z) ",
  "il giorno ", "in data ",  "in a message dated ",
  "date: ",     "mon, ",     "tue, ",
  "wed, ",      "thu, ",     "fri, ",
  "sat, ",      "sun, ",     "monday",
  "tuesday",    "wednesday", "thursday",
  "friday",     "saturday",  "sunday",
  "quoting ",   "citing ",   "zitat von ",
  "selon ",     "dana ",     "на ",
  "у ",         "ב",         "بتاريخ",
};

static const char *const devices[] = {
  "sent from ",
  "sent via ",
  "sent with ",
  "sent by ",
  "sent using ",
  "from my ",
  "get outlook",
  "get [outlook",
  "get <outlook",
  "envoyé de ",
  "envoyé depuis ",
  "envoyé à partir ",
  "envoyé avec ",
  "envoyé via ",
  "téléchargez outlook",
  "obtenez outlook",
  "gesendet von ",
  "gesendet mit ",
  "gesendet aus ",
  "von meinem ",
  "diese nachricht wurde von mein",
  "holen sie sich outlook",
  "outlook für ios",
  "outlook für android",
  "enviado desde ",
  "enviado de ",
  "enviado do ",
  "enviado a partir ",
  "obtener outlook",
  "obter o outlook",
  "inviato da ",
  "inviato dal ",
  "ottieni outlook",
  "scarica outlook",
  "verzonden met ",
  "verzonden vanaf ",
  "verstuurd vanaf ",
  "outlook voor ",
  "skickat från ",
  "skickat med ",
  "sendt fra ",
  "hämta outlook",
  "hent outlook",
  "lähetetty ",
  "wysłane z ",
  "wysłano z ",
  "pobierz aplikację outlook",
  "odesláno z ",
  "odoslané z ",
  "отправлено с ",
  "отправлено из ",
  "надіслано з ",
  "發自我的",
  "发自我的",
  "從我的",
  "从我的",
  "傳送自",
  "發送自",
  "iphoneから送信",
  "ipadから送信",
  "나의 ",
  "iphone'umdan gönderildi",
  "küldve ",
  "trimis de pe ",
  "yahoo mail",
};

static const char *const device_words[] = {
  "from mobile",   "from a mobile", "from my mobile", "from a phone",
  "from my phone", "from phone",    "mobile device",
};

/* Returns: (owned) @text in lower case, inner spaces made one, marks around it taken off. */
static char *
normalise (const char *text, const char *marks)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  GString *out = g_string_new (NULL);
  const char *c = lower + strspn (lower, marks);

  for (; *c != '\0'; c++) {
    gboolean is_nbsp = c[0] == '\xC2' && c[1] == '\xA0';

    if (g_ascii_isspace (*c) || is_nbsp) {
      if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c (out, ' ');
      c += is_nbsp;
    } else {
      g_string_append_c (out, *c);
    }
  }
  while (out->len > 0 && strchr (marks, out->str[out->len - 1]) != NULL)
    g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}

PnField
pn_quote_field (const char *line)
{
  const char *colon;
  const char *start = line + strspn (line, " \t*>_|");
  gsize wide = 1;

  if (strlen (line) > 4 * LINE_BYTES_MAX)
    return PN_FIELD_NONE;
  colon = strchr (start, ':');
  if (colon == NULL) {
    colon = strstr (start, "：");
    wide = strlen ("：");
  }
  if (colon == NULL || colon - start > 40 || colon == start)
    return PN_FIELD_NONE;
  if (wide == 1 && colon[1] == '/')
    return PN_FIELD_NONE;
  g_autofree char *head = g_strndup (start, (gsize) (colon - start));
  g_autofree char *word = normalise (head, " \t*_\"");
  for (gsize i = 0; i < G_N_ELEMENTS (field_words); i++) {
    if (strcmp (word, field_words[i].word) == 0)
      return field_words[i].field;
  }
  return PN_FIELD_NONE;
}

gboolean
pn_quote_is_separator (const char *line)
{
  gsize n = strlen (line);
  const char *start = line + strspn (line, " \t>");

  if (n > LINE_BYTES_MAX)
    return FALSE;
  g_autofree char *word = normalise (line, " \t\r>-_*=#~+:.|<");
  for (gsize i = 0; i < G_N_ELEMENTS (markers); i++) {
    if (strstr (word, markers[i]) != NULL)
      return TRUE;
  }
  gboolean is_marked = strchr ("-_*=#~", *start) != NULL || (n > 0 && line[n - 1] == ':');
  if (*start == '\0' || !is_marked)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (separators); i++) {
    gboolean has_more = g_str_has_prefix (word, separators[i]);

    if (has_more
        && (word[strlen (separators[i])] == '\0'
            || (*start == '-' && strlen (word) < strlen (separators[i]) + 60)))
      return TRUE;
  }
  return FALSE;
}

/* What dates have: a year, a time of day. */
static void
look_for_date (const char *text, gboolean *has_year, gboolean *has_time, gboolean *has_day)
{
  *has_year = *has_time = *has_day = FALSE;
  for (const char *c = text; *c != '\0';) {
    gsize n = strspn (c, "0123456789");

    if (n == 0) {
      c++;
      continue;
    }
    if (n == 4 && (g_str_has_prefix (c, "19") || g_str_has_prefix (c, "20")))
      *has_year = TRUE;
    if (n <= 2 && (c[n] == ':' || c[n] == '.' || c[n] == 'h') && g_ascii_isdigit (c[n + 1])
        && g_ascii_isdigit (c[n + 2]))
      *has_time = TRUE;
    if (n <= 2 && strchr ("/.-", c[n]) != NULL && c[n] != '\0'
        && strspn (c + n + 1, "0123456789") > 0)
      *has_day = TRUE;
    c += n;
  }
}

/* Whether a word starts at @c in @text; scripts without spaces have their words anywhere. */
static gboolean
starts_word (const char *text, const char *c)
{
  return c == text || (guchar) *c >= 0xE0 || strchr (" >,)\"", c[-1]) != NULL;
}

static gboolean
has_verb (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    gsize n = strlen (verbs[i]);

    for (const char *c = strstr (text, verbs[i]); c != NULL; c = strstr (c + 1, verbs[i])) {
      if (starts_word (text, c) && (strchr (" :,", c[n]) != NULL || (guchar) *c >= 0xE0))
        return TRUE;
    }
  }
  return FALSE;
}

/* Returns: the verb that ends @text, or NULL. */
static const char *
final_verb (const char *text)
{
  gsize size = strlen (text);

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    gsize n = strlen (verbs[i]);

    if (n <= size && strcmp (text + size - n, verbs[i]) == 0 && starts_word (text, text + size - n))
      return verbs[i];
  }
  return NULL;
}

/* Verbs of ordinary sentences; they introduce a quote only with a colon. */
static gboolean
is_weak_verb (const char *verb)
{
  static const char *const weak[] = { "sent",   "said",        "written", "posted",
                                      "writes", "geschrieben", "scritto", "píše" };

  for (gsize i = 0; i < G_N_ELEMENTS (weak); i++) {
    if (strcmp (verb, weak[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
starts_with_any (const char *text, const char *const *list, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    if (g_str_has_prefix (text, list[i]))
      return TRUE;
  }
  return FALSE;
}

/* "2016-03-03 17:21 GMT+01:00 Some One": what one program writes, with and without a colon. */
static gboolean
is_stamp (const char *text)
{
  static const char shape[] = "0000-00-00 00:00 ";

  for (gsize i = 0; shape[i] != '\0'; i++) {
    if (shape[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != shape[i])
      return FALSE;
  }
  return g_str_has_prefix (text + 17, "gmt") || g_str_has_prefix (text + 17, "utc");
}

gboolean
pn_quote_may_begin_attribution (const char *line)
{
  const char *c = line + strspn (line, "-_*=>| \t");
  g_autofree char *head = g_strndup (c, 24);

  if (strpbrk (c, "0123456789@<") != NULL)
    return TRUE;
  g_autofree char *valid = g_utf8_make_valid (head, -1);
  g_autofree char *lower = g_utf8_strdown (valid, -1);
  return starts_with_any (lower, openers, G_N_ELEMENTS (openers));
}

gboolean
pn_quote_is_attribution (const char *text)
{
  gboolean has_year, has_time, has_day;

  if (strlen (text) > LINE_BYTES_MAX || strpbrk (text, "0123456789@") == NULL)
    return FALSE;
  g_autofree char *bare = normalise (text, " \t>-_*=|");
  gsize n = strlen (bare);
  gboolean has_colon = g_str_has_suffix (bare, ":") || g_str_has_suffix (bare, "：");
  gboolean is_marked = g_str_has_suffix (text, "--");
  if (has_colon)
    bare[n - (bare[n - 1] == ':' ? 1 : strlen ("："))] = '\0';
  g_strchomp (bare);
  const char *verb = final_verb (bare);
  if (!has_colon && verb == NULL)
    return is_stamp (bare) && n < 120;
  look_for_date (bare, &has_year, &has_time, &has_day);
  gboolean has_date = has_year || has_time || has_day;
  gboolean has_address = strchr (bare, '@') != NULL;
  gboolean has_opener =
      starts_with_any (bare, openers, G_N_ELEMENTS (openers)) || g_ascii_isdigit (bare[0]);
  if (verb != NULL && !has_colon && !is_marked
      && (is_weak_verb (verb) || !(has_address || has_year || has_time)))
    return FALSE;
  if (verb != NULL && ((has_opener && has_date) || (has_address && (has_colon || has_date))))
    return TRUE;
  if (has_colon && has_date && (has_opener || has_address) && has_verb (bare))
    return TRUE;
  return (has_colon && has_address && has_time && (has_year || has_day)) || is_stamp (bare);
}

gboolean
pn_quote_is_device_line (const char *line)
{
  if (strlen (line) > 2 * DEVICE_BYTES_MAX)
    return FALSE;
  g_autofree char *bare = normalise (line, " \t<>()[]*_-—–|~.");
  if (strlen (bare) > DEVICE_BYTES_MAX && strstr (bare, "http") == NULL)
    return FALSE;
  if (starts_with_any (bare, devices, G_N_ELEMENTS (devices)))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (device_words); i++) {
    if (strstr (bare, device_words[i]) != NULL && strlen (bare) < 60)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_quote_is_program_line (const char *line)
{
  return strlen (line) < 2 * DEVICE_BYTES_MAX && strstr (line, "http") != NULL
         && strstr (line, "Outlook") != NULL && pn_quote_is_device_line (line);
}

gboolean
pn_quote_is_signature_mark (const char *line)
{
  g_autofree char *bare = g_strdup (strlen (line) < 80 ? line : "x");

  g_strstrip (bare);
  if (strcmp (bare, "--") == 0 || strcmp (bare, "—") == 0 || strcmp (bare, "––") == 0
      || strcmp (bare, "- -") == 0 || strcmp (bare, "-- ") == 0)
    return TRUE;
  return strlen (bare) >= 2 && strspn (bare, "_") == strlen (bare);
}
