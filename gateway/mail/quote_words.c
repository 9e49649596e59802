#include "gateway/mail/quote_words.h"

#include <string.h>

#include "gateway/mail/quote_field.h"
#include "ticketing/core/text.h"

#define LINE_BYTES_MAX 400 /* longer lines are prose */
#define DEVICE_BYTES_MAX 120

/* What stands before or behind "who" in an attribution; compared with the lower-case text. */
static const char *const verbs[] = {
  "wrote",        "writes",      "written",     "said",
  "sent",         "schrieb",     "geschrieben", "hat geschrieben",
  "a écrit",      "écrit",       "ecrit",       "escribió",
  "escribio",     "escribe",     "ha escrito",  "escreveu",
  "escreveu-nos", "ha scritto",  "scritto",     "scrive",
  "schreef",      "geschreven",  "skrev",       "skreiv",
  "kirjoitti",    "napisał",     "napisała",    "napisał(a)",
  "pisze",        "napsal",      "napsala",     "napsal(a)",
  "napísal",      "napísal(a)",  "píše",        "пишет",
  "написал",      "написала",    "написал(а)",  "написав",
  "пише",         "写道",        "寫道",        "写到",
  "のメール",     "書きました",  "작성",        "님이 작성",
  "yazdı",        "írta",        "a scris",     "έγραψε",
  "כתב",          "כתבה",        "كتب",         "đã viết",
  "viết",         "menulis",     "je napisao",  "je napisal",
  "napisao",      "rašė",        "kirjutas",    "rakstīja",
  "va escriure",  "skrifaði",    "yazmış",      "posted",
  "schreibt",     "schrieben",   "ecrivait",    "écrivait",
  "a ecrit",      "escribieron", "escrevia",    "schrijft",
  "نوشت",         "написа",      "ने लिखा",      "เขียนว่า",
  "написали",     "skriver",     "scriveva",    "napsali",
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
  "von meinem/",
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
  "تم الإرسال من ",
  "أُرسلت من ",
  "أرسلت من ",
  "נשלח מ",
  "στάλθηκε από ",
  "ส่งจาก ",
  "đã gửi từ ",
  "poslano s ",
  "poslano z ",
  "poslato sa ",
  "poslané z ",
  "изпратено от ",
  "saadetud minu ",
  "išsiųsta iš ",
  "nosūtīts no ",
  "dikirim dari ",
  "enviat des d",
  "bidalia nire ",
};

/* Languages with the verb at the end: the line must name the device or program as well. */
static const char *const device_ends[] = {
  "küldve", "gönderildi", "から送信", "から送信されました", "傳送", "发送", "寄出", "보냄",
  "を入手", "पर भेजा",     "भेजा गया",
};

static const char *const device_names[] = {
  "iphone", "ipad",   "android", "outlook", "galaxy",     "samsung",
  "huawei", "xiaomi", "gmail",   "yahoo",   "blackberry", "smartphone",
};

static const char *const device_words[] = {
  "from mobile",   "from a mobile", "from my mobile", "from a phone",
  "from my phone", "from phone",    "mobile device",
};

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

gboolean
pn_quote_has_verb (const char *text)
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

gboolean
pn_quote_has_year (const char *text)
{
  gboolean has_year, has_time, has_day;

  look_for_date (text, &has_year, &has_time, &has_day);
  return has_year;
}

gboolean
pn_quote_has_moment (const char *text)
{
  gboolean has_year, has_time, has_day;
  g_autofree char *bare = pn_quote_normalise (text, " ");

  look_for_date (bare, &has_year, &has_time, &has_day);
  return has_time && (has_year || has_day);
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
    if (*text == *list[i] && g_str_has_prefix (text, list[i]))
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

  if (strpbrk (c, "0123456789@<") != NULL)
    return TRUE;
  g_autofree char *head = g_strndup (c, 24);
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
  g_autofree char *bare = pn_quote_normalise (text, " \t>-_*=|");
  gsize n = strlen (bare);
  gboolean has_colon = g_str_has_suffix (bare, ":") || g_str_has_suffix (bare, "：");
  gboolean is_marked = g_str_has_suffix (text, "--");
  if (has_colon)
    bare[n - (bare[n - 1] == ':' ? 1 : strlen ("："))] = '\0';
  g_strchomp (bare);
  const char *verb = final_verb (bare);
  gboolean ends_in_address = g_str_has_suffix (text, ">") && strchr (bare, '<') != NULL;
  if (!has_colon && verb == NULL && !ends_in_address)
    return is_stamp (bare) && n < 120;
  look_for_date (bare, &has_year, &has_time, &has_day);
  gboolean has_date = has_year || has_time || has_day;
  gboolean has_address = strchr (bare, '@') != NULL;
  gboolean has_opener =
      starts_with_any (bare, openers, G_N_ELEMENTS (openers)) || g_ascii_isdigit (bare[0]);
  if (!has_colon && verb == NULL)
    return (has_opener && has_address && has_time && (has_year || has_day)
            && pn_quote_has_verb (bare))
           || (is_stamp (bare) && n < 120);
  if (verb != NULL && !has_colon && !is_marked
      && (is_weak_verb (verb) || !(has_address || has_year || has_time)))
    return FALSE;
  if (verb != NULL && ((has_opener && has_date) || (has_address && (has_colon || has_date))))
    return TRUE;
  if (has_colon && has_date && (has_opener || has_address || (has_year && has_time))
      && pn_quote_has_verb (bare))
    return TRUE;
  return (has_colon && has_address && has_time && (has_year || has_day)) || is_stamp (bare);
}

static gboolean
ends_with_any (const char *text, const char *const *list, gsize n)
{
  g_autofree char *bare = g_strndup (text, strcspn (text, "<")); /* without the link behind */

  g_strchomp (bare);
  for (gsize i = 0; i < n; i++) {
    if (g_str_has_suffix (bare, list[i]))
      return TRUE;
  }
  return FALSE;
}

static guint
count_words (const char *text)
{
  guint n = 0;

  for (const char *c = text + strspn (text, " "); *c != '\0'; c += strspn (c, " ")) {
    c += strcspn (c, " ");
    n++;
  }
  return n;
}

gboolean
pn_quote_is_device_line (const char *line)
{
  if (strlen (line) > 2 * DEVICE_BYTES_MAX)
    return FALSE;
  g_autofree char *bare = pn_quote_normalise (line, " \t<>()[]*_-—–|~.");
  if (strlen (bare) > DEVICE_BYTES_MAX && strstr (bare, "http") == NULL)
    return FALSE;
  if (starts_with_any (bare, devices, G_N_ELEMENTS (devices)))
    return TRUE;
  if (ends_with_any (bare, device_ends, G_N_ELEMENTS (device_ends))
      && pn_text_has_any (bare, device_names, G_N_ELEMENTS (device_names))
      && count_words (bare) <= 8)
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
      || strcmp (bare, "- -") == 0 || strcmp (bare, "–") == 0 || strcmp (bare, "--\xC2\xA0") == 0)
    return TRUE;
  return strlen (bare) >= 2 && strspn (bare, "_") == strlen (bare);
}
