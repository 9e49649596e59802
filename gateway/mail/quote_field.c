#include "gateway/mail/quote_field.h"

#include <string.h>

#define LINE_BYTES_MAX 400 /* longer lines are prose */

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

/* Returns: (owned) @text in lower case; most lines are ASCII, which takes a tenth of the time. */
static char *
lower_case (const char *text)
{
  const gsize n = strlen (text);
  char *lower = g_malloc (n + 1);

  for (gsize i = 0; i <= n; i++) {
    if ((guchar) text[i] >= 128) {
      g_free (lower);
      return g_utf8_strdown (text, -1);
    }
    lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char) (text[i] | 0x20) : text[i];
  }
  return lower;
}

char *
pn_quote_normalise (const char *text, const char *marks)
{
  g_autofree char *lower = lower_case (text);
  GString *out = g_string_sized_new (strlen (lower));
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
  g_autofree char *word = pn_quote_normalise (head, " \t*_\"");
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
  g_autofree char *word = pn_quote_normalise (line, " \t\r>-_*=#~+:.|<");
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
