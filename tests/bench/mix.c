#include "tests/bench/mix.h"

#include <string.h>

#define AGAIN 400 /* senders who write again */
#define PLAIN_SENDERS 500
#define PLAIN_WORDS 900
#define FILE_LEAST (20 * 1024)
#define FILE_MOST (200 * 1024)
#define LINE_BYTES 76

typedef enum { BOTH, PLAIN, FILES, ANSWER, ROBOT } Kind;
typedef enum { AS_IS, QUOTED, BASE64 } Encoding;

static const Kind kinds[20] = {
  BOTH, PLAIN, BOTH, FILES, BOTH,   BOTH, PLAIN, BOTH,  ROBOT, BOTH,
  BOTH, FILES, BOTH, PLAIN, ANSWER, BOTH, BOTH,  FILES, BOTH,  PLAIN
};

static const struct {
  const char *charset;
  Encoding encoding;
  const char *words;
  const char *hello;
  const char *signature;
} tongues[] = {
  { "utf-8", QUOTED,
    "the printer in our hall has been broken since monday and nobody can print the delivery notes any "
    "more we tried to switch it off and on again but it says that the password is wrong please send "
    "somebody or tell us how to reset it thank you very much for your help with the last order invoice",
    "Dear support team,", "Kind regards\nSales and service, Wheel & Loom Ltd.\n+44 20 5550 1234" },
  { "iso-8859-1", QUOTED,
    "der drucker in der großen halle läuft seit montag nicht mehr und wir können keine lieferscheine "
    "drucken das gerät meldet dass das kennwort ungültig sei bitte schicken sie uns möglichst bald "
    "jemanden vorbei oder erklären sie wie man es zurücksetzt vielen dank für ihre mühe rechnung über "
    "die letzte bestellung fehlt außerdem noch immer",
    "Sehr geehrte Damen und Herren,",
    "Mit freundlichen Grüßen\nMüller & Söhne KG\nTel. 030 5550123" },
  { "windows-1252", QUOTED,
    "l’imprimante du bureau ne marche plus depuis lundi et nous ne pouvons plus imprimer les bons de "
    "livraison elle répond que le mot de passe est erroné pourriez-vous nous envoyer quelqu’un ou nous "
    "expliquer comment le réinitialiser merci beaucoup pour votre aide la facture n’est pas arrivée",
    "Bonjour,", "Cordialement\nLe Métier à Tisser SARL – 01 55 50 12 34" },
  { "utf-8", BASE64,
    "drukarka w dużej hali nie działa od poniedziałku i nie możemy drukować listów przewozowych "
    "urządzenie zgłasza że hasło jest błędne proszę przysłać kogoś albo wyjaśnić jak je zresetować "
    "dziękujemy bardzo za pomoc brakuje też faktury za ostatnie zamówienie",
    "Dzień dobry,", "Z poważaniem\nKrosno i Koło sp. z o.o." },
  { "iso-8859-2", QUOTED,
    "drukarka w dużej hali nie działa od poniedziałku i nie możemy drukować listów przewozowych "
    "urządzenie zgłasza że hasło jest błędne proszę przysłać kogoś albo wyjaśnić jak je zresetować",
    "Dzień dobry,", "Z poważaniem\nKrosno i Koło sp. z o.o." },
  { "utf-8", AS_IS,
    "hi again the wheel that came yesterday does not fit could you send the other size and take this "
    "one back the invoice number is on the box thanks a lot we need it on friday at the latest",
    "Hi,", "Sent from my phone" },
};

/* One mail on its way to paper. */
typedef struct {
  GRand *random;
  GString *mail;
  guint number;
  guint seed;
  guint sender;
  guint tongue;
} Mix;

static gint32
pick (const Mix *mix, gint32 n)
{
  return g_rand_int_range (mix->random, 0, n);
}

/* Appends @n words of the sender's language, in lines that start with @prefix. */
static void
add_words (const Mix *mix, GString *text, guint n, const char *prefix)
{
  g_auto (GStrv) words = g_strsplit (tongues[mix->tongue].words, " ", -1);
  const gint32 n_words = (gint32) g_strv_length (words);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s%s", i % 12 == 0 ? prefix : "", words[pick (mix, n_words)],
                            i % 12 == 11 || i + 1 == n ? "\n" : " ");
}

/* Returns: (owned) what the sender wrote, in lines. */
static char *
make_text (const Mix *mix, gboolean has_quote)
{
  GString *text = g_string_new (tongues[mix->tongue].hello);

  g_string_append_printf (text, "\n\ncase %u of backlog %u: ", mix->number, mix->seed);
  add_words (mix, text, (guint) (25 + pick (mix, 100)), "");
  g_string_append_printf (text, "\n-- \n%s\n", tongues[mix->tongue].signature);
  if (has_quote) {
    g_string_append (text, "\nOn Fri, 20 Nov 2026 at 16:12, Support <" PN_MIX_TO "> wrote:\n");
    add_words (mix, text, (guint) (80 + pick (mix, 250)), "> ");
  }
  return g_string_free (text, FALSE);
}

/* Returns: (owned) @text as a mail program writes it: styles, tables, a quotation in a frame. */
static char *
make_html (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *html = g_string_new (
      "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><meta name=\"Generator\" "
      "content=\"A Mail Program 16\"><style><!--\np.MsoNormal, li.MsoNormal, div.MsoNormal\n\t"
      "{margin:0cm;\n\tfont-size:11.0pt;\n\tfont-family:\"Calibri\",sans-serif;}\na:link "
      "{color:#0563C1;text-decoration:underline;}\n--></style></head><body lang=\"EN\" "
      "link=\"#0563C1\"><div class=\"WordSection1\">\n");
  gboolean is_quoted = FALSE;

  for (guint i = 0; lines[i] != NULL; i++) {
    const gboolean is_quote = g_str_has_prefix (lines[i], "> ");
    g_autofree char *escaped = g_markup_escape_text (lines[i] + (is_quote ? 2 : 0), -1);

    if (is_quote && !is_quoted)
      g_string_append (
          html, "<div style=\"border:none;border-left:solid #CCCCCC 1.0pt;padding:0cm 0cm 0cm "
                "6.0pt\"><blockquote type=\"cite\">\n");
    is_quoted |= is_quote;
    g_string_append_printf (html,
                            "<p class=\"MsoNormal\"><span style=\"font-size:11.0pt;"
                            "font-family:&quot;Calibri&quot;\">%s<o:p></o:p></span></p>\n",
                            *escaped != '\0' ? escaped : "&nbsp;");
  }
  if (is_quoted)
    g_string_append (html, "</blockquote></div>");
  g_string_append (html, "</div></body></html>\n");
  return g_string_free (html, FALSE);
}

static void
add_base64 (GString *mail, const void *bytes, gsize size)
{
  g_autofree char *text = g_base64_encode (bytes, size);

  for (const char *at = text; *at != '\0'; at += MIN (strlen (at), LINE_BYTES))
    g_string_append_printf (mail, "%.*s\r\n", LINE_BYTES, at);
}

static void
add_quoted (GString *mail, const char *bytes, gsize size)
{
  guint column = 0;

  for (gsize i = 0; i < size; i++) {
    const guchar c = (guchar) bytes[i];

    if (c == '\n') {
      g_string_append (mail, "\r\n");
      column = 0;
      continue;
    }
    if (column > LINE_BYTES - 4) {
      g_string_append (mail, "=\r\n");
      column = 0;
    }
    if (c == '=' || c > 126 || c < 32 || (c == ' ' && i + 1 < size && bytes[i + 1] == '\n')) {
      g_string_append_printf (mail, "=%02X", c);
      column += 3;
    } else {
      g_string_append_c (mail, (char) c);
      column++;
    }
  }
}

static void
add_lines (GString *mail, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *joined = g_strjoinv ("\r\n", lines);

  g_string_append (mail, joined);
}

/* A part of text, head and all, in the sender's charset. */
static void
add_part (const Mix *mix, const char *type, const char *text)
{
  static const char *const encodings[] = { "8bit", "quoted-printable", "base64" };
  const Encoding encoding = tongues[mix->tongue].encoding;
  const char *charset = tongues[mix->tongue].charset;
  gsize size = 0;
  g_autofree char *bytes =
      g_convert_with_fallback (text, -1, charset, "utf-8", "?", NULL, &size, NULL);

  g_assert (bytes != NULL);
  g_string_append_printf (mix->mail,
                          "Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n",
                          type, charset, encodings[encoding]);
  switch (encoding) {
  case AS_IS: add_lines (mix->mail, bytes); break;
  case QUOTED: add_quoted (mix->mail, bytes, size); break;
  case BASE64: add_base64 (mix->mail, bytes, size); break;
  }
  g_string_append (mix->mail, "\r\n");
}

static void
add_both (const Mix *mix, const char *text)
{
  g_autofree char *html = make_html (text);
  g_autofree char *boundary = g_strdup_printf ("alt_%u_%u", mix->seed, mix->number);

  g_string_append_printf (mix->mail,
                          "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n",
                          boundary, boundary);
  add_part (mix, "text/plain", text);
  g_string_append_printf (mix->mail, "--%s\r\n", boundary);
  add_part (mix, "text/html", html);
  g_string_append_printf (mix->mail, "--%s--\r\n", boundary);
}

/* A picture or a PDF, as far as its first bytes tell; the rest is noise, as what is compressed looks. */
static void
add_file (const Mix *mix)
{
  static const char picture[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\0\0\0\3\0\b\2\0\0\0";
  static const char document[] =
      "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n";
  const gboolean is_picture = pick (mix, 3) > 0;
  const gsize size = (gsize) g_rand_int_range (mix->random, FILE_LEAST, FILE_MOST);
  g_autofree guint32 *bytes = g_malloc (size + sizeof (guint32));

  for (gsize i = 0; i <= size / sizeof *bytes; i++)
    bytes[i] = g_rand_int (mix->random);
  memcpy (bytes, is_picture ? picture : document, is_picture ? sizeof picture : sizeof document);
  g_string_append_printf (mix->mail,
                          "Content-Type: %s; name=\"%s\"\r\nContent-Disposition: attachment; "
                          "filename=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                          is_picture ? "image/png" : "application/pdf",
                          is_picture ? "screenshot.png" : "invoice.pdf",
                          is_picture ? "screenshot.png" : "invoice.pdf");
  add_base64 (mix->mail, bytes, size);
}

static void
add_with_file (const Mix *mix, const char *text)
{
  g_autofree char *boundary = g_strdup_printf ("mixed_%u_%u", mix->seed, mix->number);

  g_string_append_printf (mix->mail,
                          "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n",
                          boundary, boundary);
  add_both (mix, text);
  g_string_append_printf (mix->mail, "--%s\r\n", boundary);
  add_file (mix);
  g_string_append_printf (mix->mail, "--%s--\r\n", boundary);
}

/* What the servers on the way wrote. */
static void
add_trace (const Mix *mix, const char *from, const char *domain)
{
  const gboolean is_vouched_for = mix->number % 5 != 4;
  const guint host = mix->sender % 250;

  g_string_append_printf (
      mix->mail,
      "Return-Path: <%s>\r\nDelivered-To: " PN_MIX_TO "\r\n"
      "Received: from mail.%s (mail.%s [192.0.2.%u])\r\n\tby " PN_MIX_AUTHSERV
      " (Postfix) with ESMTPS id 4F%08X\r\n\tfor <" PN_MIX_TO
      ">; Sun, 22 Nov 2026 09:00:01 +0000\r\n"
      "Authentication-Results: " PN_MIX_AUTHSERV "; dmarc=%s header.from=%s\r\n"
      "Received: from [10.0.0.%u] (unknown [10.0.0.%u])\r\n\tby mail.%s (Postfix) with ESMTPSA id "
      "7A%08X;\r\n\tSun, 22 Nov 2026 09:00:00 +0000\r\n",
      from, domain, domain, host, (guint) g_rand_int (mix->random),
      is_vouched_for ? "pass" : "none", domain, host, host, domain,
      (guint) g_rand_int (mix->random));
}

static void
add_robot_fields (const Mix *mix)
{
  if (mix->number % 40 < 20)
    g_string_append (mix->mail,
                     "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n");
  else
    g_string_append (mix->mail, "List-Id: Looms <looms.lists.example>\r\nPrecedence: bulk\r\n"
                                "List-Unsubscribe: <https://lists.example/u>\r\n");
}

static void
add_head (const Mix *mix, Kind kind, const char *from, const PnMixLetter *letter)
{
  const char *domain = strrchr (from, '@') + 1;
  GString *mail = mix->mail;

  add_trace (mix, from, domain);
  g_string_append_printf (
      mail,
      "From: \"Customer %u\" <%s>\r\nTo: Support <" PN_MIX_TO ">\r\n%s"
      "Subject: %sCase %u of %u\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
      "Message-ID: <%u.%u@%s>\r\nMIME-Version: 1.0\r\n",
      mix->sender, from,
      mix->number % 6 == 5 ? "Cc: A Colleague <colleague@wheel.example>\r\n" : "",
      kind == ANSWER ? "Re: " : "", mix->number, mix->seed, mix->number, mix->seed, domain);
  if (kind == ROBOT)
    add_robot_fields (mix);
  if (kind == ANSWER && letter != NULL)
    g_string_append_printf (mail, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n", letter->mid,
                            letter->mid);
  else if (kind == ANSWER && mix->number >= 20)
    g_string_append_printf (mail, "In-Reply-To: <%u.%u@%s>\r\n", mix->number - 20, mix->seed,
                            domain);
}

gboolean
pn_mix_is_answer (guint number)
{
  return kinds[number % G_N_ELEMENTS (kinds)] == ANSWER;
}

/* New, or one of those who write again. An answer comes from whoever the one before it came from. */
static guint
choose_sender (const Mix *mix, Kind kind)
{
  if (kind == ANSWER)
    return mix->number / 20 % AGAIN / 10;
  return pick (mix, 10) < 7 ? AGAIN + mix->seed * 1000000 + mix->number : (guint) pick (mix, AGAIN);
}

static void
add_body (const Mix *mix, Kind kind)
{
  const gboolean has_quote = kind == ANSWER || (kind == BOTH && pick (mix, 3) == 0);
  g_autofree char *text = make_text (mix, has_quote);

  switch (kind) {
  case BOTH:
  case ANSWER: add_both (mix, text); break;
  case FILES: add_with_file (mix, text); break;
  case PLAIN:
  case ROBOT: add_part (mix, "text/plain", text); break;
  }
}

GBytes *
pn_mix_make (guint number, guint seed, const PnMixLetter *letter)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed * 1000003 + number);
  const Kind kind = kinds[number % G_N_ELEMENTS (kinds)];
  Mix mix = { .random = random, .mail = g_string_new (NULL), .number = number, .seed = seed };
  g_autofree char *from = NULL;

  mix.sender = choose_sender (&mix, kind);
  mix.tongue = mix.sender % G_N_ELEMENTS (tongues);
  from = kind == ANSWER && letter != NULL
             ? g_strdup (letter->address)
             : g_strdup_printf ("%s%u@firm%u.example", kind == ROBOT ? "robot" : "customer",
                                mix.sender, mix.sender % 97);
  add_head (&mix, kind, from, letter);
  add_body (&mix, kind);
  return g_string_free_to_bytes (mix.mail);
}

GBytes *
pn_mix_make_plain (guint number, guint seed)
{
  static const char *const words[] = { "printer", "invoice",  "please",   "order",    "wheel",
                                       "broken",  "since",    "monday",   "the",      "and",
                                       "a",       "customer", "number",   "again",    "cannot",
                                       "log",     "in",       "password", "delivery", "late",
                                       "thank",   "you",      "help",     "urgent" };
  g_autoptr (GRand) random = g_rand_new_with_seed (seed * 1000003 + number);
  const guint sender = number % PLAIN_SENDERS;
  GString *mail = g_string_new (NULL);

  g_string_append_printf (mail,
                          "From: Customer %u <c%u@customer.example>\r\nTo: " PN_MIX_TO "\r\n"
                          "Subject: Case %u of %u\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
                          "Message-ID: <%u.%u@customer.example>\r\n",
                          sender, sender, number, seed, number, seed);
  if (number >= PLAIN_SENDERS && g_rand_int_range (random, 0, 10) < 3)
    g_string_append_printf (mail, "In-Reply-To: <%u.%u@customer.example>\r\n",
                            number - PLAIN_SENDERS, seed);
  g_string_append (mail, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
  for (guint i = 0; i < PLAIN_WORDS; i++)
    g_string_append_printf (mail, "%s%s", words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))],
                            i % 12 == 11 ? "\r\n" : " ");
  return g_string_free_to_bytes (mail);
}
