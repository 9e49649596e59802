#include "gateway/mail/quote_field.h"

#include <string.h>

#include "ticketing/core/text.h"

#define LINE_BYTES_MAX 400 /* longer lines are prose */
#define LABEL_BYTES_MAX 40
#define LABEL_WORDS_MAX 3

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
  { "saatja", PN_FIELD_FROM },
  { "frá", PN_FIELD_FROM },
  { "avsändare", PN_FIELD_FROM },
  { "expeditor", PN_FIELD_FROM },
  { "daripada", PN_FIELD_FROM },
  { "จาก", PN_FIELD_FROM },
  { "از", PN_FIELD_FROM },
  { "प्रेषक", PN_FIELD_FROM },
  { "pošiljatelj", PN_FIELD_FROM },
  { "pošiljalac", PN_FIELD_FROM },
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
  { "寄送日期", PN_FIELD_DATE },
  { "寄件時間", PN_FIELD_DATE },
  { "傳送時間", PN_FIELD_DATE },
  { "發送時間", PN_FIELD_DATE },
  { "送信日", PN_FIELD_DATE },
  { "日付", PN_FIELD_DATE },
  { "보낸 시간", PN_FIELD_DATE },
  { "تم الإرسال", PN_FIELD_DATE },
  { "التاريخ", PN_FIELD_DATE },
  { "تاریخ", PN_FIELD_DATE },
  { "נשלח", PN_FIELD_DATE },
  { "תאריך", PN_FIELD_DATE },
  { "στάλθηκε", PN_FIELD_DATE },
  { "enviat", PN_FIELD_DATE },
  { "enviat el", PN_FIELD_DATE },
  { "изпратено", PN_FIELD_DATE },
  { "poslano", PN_FIELD_DATE },
  { "poslato", PN_FIELD_DATE },
  { "saadetud", PN_FIELD_DATE },
  { "kuupäev", PN_FIELD_DATE },
  { "nosūtīts", PN_FIELD_DATE },
  { "išsiųsta", PN_FIELD_DATE },
  { "gönderme tarihi", PN_FIELD_DATE },
  { "đã gửi", PN_FIELD_DATE },
  { "ngày", PN_FIELD_DATE },
  { "dikirim", PN_FIELD_DATE },
  { "tanggal", PN_FIELD_DATE },
  { "วันที่", PN_FIELD_DATE },
  { "ส่ง", PN_FIELD_DATE },
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
  { "إلى", PN_FIELD_TO },
  { "אל", PN_FIELD_TO },
  { "收件者", PN_FIELD_TO },
  { "ถึง", PN_FIELD_TO },
  { "به", PN_FIELD_TO },
  { "per a", PN_FIELD_TO },
  { "prima", PN_FIELD_TO },
  { "за", PN_FIELD_TO },
  { "до", PN_FIELD_TO },
  { "adressaat", PN_FIELD_TO },
  { "gavėjas", PN_FIELD_TO },
  { "kepada", PN_FIELD_TO },
  { "đến", PN_FIELD_TO },
  { "alıcı", PN_FIELD_TO },
  { "destinatario", PN_FIELD_TO },
  { "destinatário", PN_FIELD_TO },
  { "saaja", PN_FIELD_TO },
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
  { "الموضوع", PN_FIELD_SUBJECT },
  { "נושא", PN_FIELD_SUBJECT },
  { "הנדון", PN_FIELD_SUBJECT },
  { "tema", PN_FIELD_SUBJECT },
  { "assumpte", PN_FIELD_SUBJECT },
  { "относно", PN_FIELD_SUBJECT },
  { "teema", PN_FIELD_SUBJECT },
  { "tēma", PN_FIELD_SUBJECT },
  { "perihal", PN_FIELD_SUBJECT },
  { "subjek", PN_FIELD_SUBJECT },
  { "chủ đề", PN_FIELD_SUBJECT },
  { "เรื่อง", PN_FIELD_SUBJECT },
  { "موضوع", PN_FIELD_SUBJECT },
  { "विषय", PN_FIELD_SUBJECT },
  { "efni", PN_FIELD_SUBJECT },
  { "主題", PN_FIELD_SUBJECT },
  { "標題", PN_FIELD_SUBJECT },
  { "标题", PN_FIELD_SUBJECT },
  { "naslov", PN_FIELD_SUBJECT },
  { "zadeva", PN_FIELD_SUBJECT },
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
  { "副本", PN_FIELD_OTHER },
  { "نسخة", PN_FIELD_OTHER },
  { "עותק", PN_FIELD_OTHER },
  { "참조", PN_FIELD_OTHER },
  { "κοιν", PN_FIELD_OTHER },
  { "ccn", PN_FIELD_OTHER },
  { "cco", PN_FIELD_OTHER },
  { "kopio", PN_FIELD_OTHER },
  { "másolatot kap", PN_FIELD_OTHER },
  { "bilgi", PN_FIELD_OTHER },
  { "dw", PN_FIELD_OTHER },
  { "копія", PN_FIELD_OTHER },
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
  "mail original",
  "e-mail original",
  "correo original",
  "e-mail d'origine",
  "courriel d'origine",
  "مشاركة أصلية",
  "الرسالة الأصلية",
  "الرسالة المعاد توجيهها",
  "הודעה שהועברה",
  "препратено съобщение",
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

/* Takes out of @text what only tells the direction of writing, makes spaces of the wide and narrow ones, and figures of
 * the Arabic and Persian ones. */
static void
make_plain (char *text)
{
  char *to = text;

  for (const char *from = text, *next; *from != '\0'; from = next) {
    gunichar u = g_utf8_get_char (from);

    next = g_utf8_next_char (from);
    if ((u >= 0x2000 && u <= 0x200A) || u == 0x202F || u == 0x205F || u == 0x3000) {
      *to++ = ' ';
    } else if ((u >= 0x660 && u <= 0x669) || (u >= 0x6F0 && u <= 0x6F9)) {
      *to++ = (char) ('0' + (u & 0xF));
    } else if (!((u >= 0x200B && u <= 0x200F) || (u >= 0x202A && u <= 0x202E)
                 || (u >= 0x2060 && u <= 0x2069) || u == 0xFEFF)) {
      memmove (to, from, (gsize) (next - from));
      to += next - from;
    }
  }
  *to = '\0';
}

char *
pn_quote_normalise (const char *text, const char *marks)
{
  g_autofree char *lower = lower_case (text);

  if (!g_str_is_ascii (lower))
    make_plain (lower);
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
pn_quote_is_labelled (const char *line)
{
  const char *c = line + strspn (line, " \t*_");
  const char *colon = strchr (c, ':');
  const char *wide = strstr (c, "：");
  guint words = 1;

  if (colon == NULL || (wide != NULL && wide < colon))
    colon = wide;
  if (colon == NULL || colon == c || colon - c > LABEL_BYTES_MAX || g_str_has_prefix (colon, "://"))
    return FALSE;
  for (; c < colon; c = g_utf8_next_char (c)) {
    gunichar u = g_utf8_get_char (c);

    words += u == ' ';
    if (words > LABEL_WORDS_MAX
        || (u < 128 && !g_ascii_isalpha (*c) && strchr (" *_-.'", *c) == NULL))
      return FALSE;
  }
  return TRUE;
}

/* Whether a separator's words end in "---" at @rest: what stands behind is the first field, on the same line. */
static gboolean
is_closed (const char *rest)
{
  return g_str_has_prefix (rest + strspn (rest, " "), "---");
}

gboolean
pn_quote_is_separator (const char *line)
{
  gsize n = strlen (line);
  const char *start = line + strspn (line, " \t>");

  if (n > LINE_BYTES_MAX)
    return FALSE;
  g_autofree char *word = pn_quote_normalise (line, " \t\r>-_*=#~+:.|<");
  if (pn_text_has_any (word, markers, G_N_ELEMENTS (markers)))
    return TRUE;
  gboolean is_marked = strchr ("-_*=#~", *start) != NULL || (n > 0 && line[n - 1] == ':');
  if (*start == '\0' || !is_marked)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (separators); i++) {
    gboolean has_more = g_str_has_prefix (word, separators[i]);

    if (has_more
        && (word[strlen (separators[i])] == '\0'
            || (*start == '-' && strlen (word) < strlen (separators[i]) + 60)
            || is_closed (word + strlen (separators[i]))))
      return TRUE;
  }
  return FALSE;
}
