#include "gateway/mail/mime_header.h"

#include <string.h>

#include "gateway/mail/mime_date.h"
#include "gateway/mail/mime_text.h"
#include "tests/lib/test.h"
#include "ticketing/core/label.h"

static void
test_decode (void)
{
  static const struct {
    const char *raw;
    const char *charset;
    const char *text;
  } cases[] = {
    { "plain", NULL, "plain" },
    { " folded\r\n  twice\r\n\tover", NULL, "folded twice over" },
    { "=?utf-8?q?gr=C3=BC=C3=9Fe?=", NULL, "grüße" },
    { "=?utf-8?b?Z3LDvMOfZQ==?=", NULL, "grüße" },
    { "=?UTF-8?Q?a=C3?= =?UTF-8?Q?=BCb?=", NULL, "aüb" },
    { "=?utf-8?b?4oI=?=\r\n =?utf-8?b?rA==?=", NULL, "€" },
    { "=?utf-8?q?a?= b =?utf-8?q?c?=", NULL, "a b c" },
    { "=?iso-8859-1*de?q?=FC?=", NULL, "ü" },
    { "=?utf-8?q?a b?=", NULL, "a b" },
    { "=?utf-8?q?open", NULL, "open" },
    { "=?utf-8?b?Z3LDvMOfZQ?=", NULL, "grüße" },
    { "=?utf-7?q?+APw-?=", NULL, "ü" },
    { "=?unicode-1-1-utf-7?q?+APw-?=", NULL, "ü" },
    { "=?no-such-charset?q?x=C3=BC?=", NULL, "xü" },
    { "=?iso-2022-jp?b?GyRCJCIbKEI=?=", NULL, "あ" },
    { "=?utf-8?q?a=0D=0AEvil:_b=00?=", NULL, "a Evil: b" },
    { "=?utf-8?q?a=E2=80=A8b=C2=85c?=", NULL, "a b c" },
    { "=?", NULL, "=?" },
    { "=?x?y?z?=", NULL, "=?x?y?z?=" },
    { "gr\xC3\xBC\xC3\x9F"
      "e",
      "iso-8859-1", "grüße" },
    { "gr\xFC\xDF"
      "e",
      NULL, "grüße" },
    { "\xD0\xD2\xC9\xD7\xC5\xD4", "koi8-r", "привет" },
    { "=?iso-8859-1?q?gr\xFC\xDF"
      "e?=",
      NULL, "grüße" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text =
        pn_mime_header_decode (cases[i].raw, strlen (cases[i].raw), cases[i].charset);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_params (void)
{
  static const struct {
    const char *text;
    const char *value;
    const char *name;
  } cases[] = {
    { "attachment; filename=a.txt", "attachment", "a.txt" },
    { "ATTACHMENT ; FileName = \"a b.txt\"", "attachment", "a b.txt" },
    { "attachment; filename=a b.txt; size=1", "attachment", "a b.txt" },
    { "attachment; filename=\"a\\\"b;c.txt\"", "attachment", "a\"b;c.txt" },
    { "attachment; filename=\"never ends", "attachment", "never ends" },
    { "attachment; filename*=utf-8''%E2%82%AC.txt", "attachment", "€.txt" },
    { "attachment; filename*=iso-8859-1'en'%A3.txt; filename=x.txt", "attachment", "£.txt" },
    { "attachment; filename=x.txt; filename*=iso-8859-1'en'%A3.txt", "attachment", "£.txt" },
    { "attachment; filename*1=b.txt; filename*0=a", "attachment", "ab.txt" },
    { "attachment; filename*0*=utf-8''%E2%82; filename*1*=%AC; filename*2=.txt", "attachment",
      "€.txt" },
    { "attachment; filename*0=a; filename*0=b; filename*5=c", "attachment", "ac" },
    { "attachment; filename=\"=?utf-8?q?=C3=BC.txt?=\"", "attachment", "ü.txt" },
    { "attachment; =x; ;; filename", "attachment", NULL },
    { "", "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnMimeParams) params = pn_mime_params_read (cases[i].text);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (params->value, ==, cases[i].value);
    g_assert_cmpstr (pn_mime_params_get (params, "filename"), ==, cases[i].name);
  }
}

/* TRUST.md 1, rows 16, 51, 52: a name is only a label. */
static void
test_labels (void)
{
  static const struct {
    const char *name;
    const char *label;
  } cases[] = {
    { "a.txt", "a.txt" },
    { "../../x", "x" },
    { "/etc/x", "x" },
    { "..\\x", "x" },
    { "a/../../b", "b" },
    { ".", NULL },
    { "..", NULL },
    { "", NULL },
    { "a/", NULL },
    { "\u200B.htaccess", ".htaccess" },
    { "\u202Egpj.exe", "gpj.exe" },
    { "a\nb\x01.txt", "ab.txt" },
    { "u\u0308.txt", "ü.txt" },
    { "\"><img src=x onerror=1>.png", "\"><img src=x onerror=1>.png" },
    { "CON", "CON" },
    { "\xFF.txt", "\uFFFD.txt" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *label = pn_label_clean (cases[i].name);

    g_assert_cmpstr (label, ==, cases[i].label);
  }
  g_autofree char *many = g_strnfill (5000, 'x');
  g_autofree char *name = g_strconcat (many, ".pdf", NULL);
  g_autofree char *label = pn_label_clean (name);
  g_assert_cmpuint (strlen (label), ==, PN_LABEL_BYTES_MAX);
  g_assert_true (g_str_has_suffix (label, ".pdf"));
}

static void
test_dates (void)
{
  static const struct {
    const char *text;
    const char *time; /* NULL: cannot be read */
    gint32 zone;
  } cases[] = {
    { "Wed, 01 Jan 2020 12:00:00 +0100", "2020-01-01T11:00:00Z", 60 },
    { "1 Jan 2020 12:00 GMT", "2020-01-01T12:00:00Z", 0 },
    { "Wed, 1 Jan 20 12:00:00 -0330 (NST)", "2020-01-01T15:30:00Z", -210 },
    { "yesterday", NULL, 0 },
    { "", NULL, 0 },
    { "Wed, 1 Jan 9999 12:00:00 +0000", NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    PnTime time = 0;
    gint32 zone = 0;
    gboolean is_read = pn_mime_date_read (cases[i].text, &time, &zone);
    g_autofree char *written = pn_clock_write (time);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (is_read, ==, cases[i].time != NULL);
    g_assert_cmpstr (written, ==, cases[i].time);
    g_assert_cmpint (zone, ==, cases[i].zone);
  }
}

static void
test_texts (void)
{
  static const struct {
    const char *bytes;
    const char *charset;
    const char *text;
    gboolean is_guess;
  } cases[] = {
    { "abc", NULL, "abc", FALSE },
    { "\xC3\xBC", "utf-8", "ü", FALSE },
    { "\xC3\xBC", NULL, "ü", TRUE },
    { "\xFC", "utf-8", "ü", TRUE },
    { "\xFC", "us-ascii", "ü", TRUE },
    { "\x80", "iso-8859-1", "€", FALSE },
    { "\xA4", "iso-8859-15", "€", FALSE },
    { "\xEF\xBB\xBF"
      "a",
      "utf-8", "a", FALSE },
    { "\x1B$B$\"\x1B(B", NULL, "あ", FALSE },
    { "\x82\xA0\x82\xA2\x82\xA4\x82\xA6", NULL, "あいうえ", TRUE },
    { "\xC4\xE3\xBA\xC3\xCA\xC0\xBD\xE7", "gb2312", "你好世界", FALSE },
    { "x\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xFF", "utf-8", "xüüüüü\uFFFD", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean is_guess = FALSE;
    g_autofree char *text =
        pn_mime_text_decode (cases[i].bytes, strlen (cases[i].bytes), cases[i].charset, &is_guess);

    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpint (is_guess, ==, cases[i].is_guess);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/mime-header/decode", test_decode);
  g_test_add_func ("/mime-header/params", test_params);
  g_test_add_func ("/mime-header/row-16-51-52-labels", test_labels);
  g_test_add_func ("/mime-header/dates", test_dates);
  g_test_add_func ("/mime-header/texts", test_texts);
  return g_test_run ();
}
