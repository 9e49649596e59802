#include "gateway/mail/smtp_line.h"

#include <string.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

static const struct {
  const char *lines; /* by LF; the last one must end the reply */
  int code;          /* 0: refused */
  const char *enhanced;
  const char *text;
} replies[] = {
  { "250 2.0.0 taken", 250, "2.0.0", "taken" },
  { "250 taken", 250, "", "taken" },
  { "250", 250, "", "" },
  { "250-one\n250 two", 250, "", "one two" },
  { "550-5.1.1 no such\n550 5.1.1 user", 550, "5.1.1", "no such user" },
  { "451 4.3.0", 451, "4.3.0", "" },
  { "451 4.3", 451, "", "4.3" },
  { "451 4.1234.0 x", 451, "", "4.1234.0 x" },
  { "451 4.3.0x", 451, "", "4.3.0x" },
  { "250 a\tb\x1b[31m", 250, "", "a b [31m" },
  { "250-one\n251 two", 0, "", "" },
  { "25", 0, "", "" },
  { "2500 x", 0, "", "" },
  { "199 x", 0, "", "" },
  { "600 x", 0, "", "" },
  { " 250 x", 0, "", "" },
  { "+250 x", 0, "", "" },
  { "", 0, "", "" },
  { "HTTP/1.1 200 OK", 0, "", "" },
};

static void
test_replies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++) {
    g_auto (GStrv) lines = g_strsplit (replies[i].lines, "\n", -1);
    g_auto (PnSmtpReply) reply = { 0 };
    gboolean is_last = FALSE;
    gboolean is_good = TRUE;

    g_test_message ("%s", replies[i].lines);
    if (*lines == NULL)
      is_good = pn_smtp_reply_read_line (&reply, "", &is_last);
    for (char **line = lines; *line != NULL && is_good; line++)
      is_good = pn_smtp_reply_read_line (&reply, *line, &is_last);
    g_assert_cmpint (is_good, ==, replies[i].code != 0);
    if (!is_good)
      continue;
    g_assert_true (is_last);
    g_assert_cmpint (reply.code, ==, replies[i].code);
    g_assert_cmpstr (reply.enhanced, ==, replies[i].enhanced);
    g_assert_cmpstr (reply.text, ==, replies[i].text);
  }
}

static void
test_meanings (void)
{
  static const struct {
    const char *line;
    gboolean is_before_body;
    PnSmtpMeaning meaning;
  } cases[] = {
    { "250 2.0.0 x", FALSE, PN_SMTP_GOOD },      { "354 x", TRUE, PN_SMTP_GOOD },
    { "451 4.3.0 x", FALSE, PN_SMTP_PASSING },   { "550 5.1.1 x", TRUE, PN_SMTP_FINAL },
    { "550 5.2.2 full", TRUE, PN_SMTP_PASSING }, { "552 too many", TRUE, PN_SMTP_PASSING },
    { "552 5.3.4 big", FALSE, PN_SMTP_FINAL },   { "550 4.2.1 odd", TRUE, PN_SMTP_FINAL },
    { "421 bye", TRUE, PN_SMTP_PASSING },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (PnSmtpReply) reply = { 0 };
    gboolean is_last;

    g_assert_true (pn_smtp_reply_read_line (&reply, cases[i].line, &is_last));
    g_assert_cmpint (pn_smtp_reply_meaning (&reply, cases[i].is_before_body), ==, cases[i].meaning);
  }
}

static void
test_offers (void)
{
  PnSmtpOffer offer = { 0 };
  static const char *const lines[] = { "PIPELINING",
                                       "SIZE 1000",
                                       "dsn",
                                       "AUTH=LOGIN",
                                       "AUTH PLAIN XOAUTH2",
                                       "STARTTLSX",
                                       "",
                                       "AUTH",
                                       "SIZE 99999999999999999999999" };

  for (gsize i = 0; i < 5; i++)
    pn_smtp_offer_read_line (&offer, lines[i]);
  g_assert_true (offer.has_size && offer.has_dsn && offer.has_auth_login && offer.has_auth_plain);
  g_assert_true (offer.has_auth_xoauth2 && !offer.has_auth_oauthbearer);
  g_assert_cmpint (offer.size_limit_bytes, ==, 1000);
  for (gsize i = 5; i < G_N_ELEMENTS (lines); i++)
    pn_smtp_offer_read_line (&offer, lines[i]);
  g_assert_false (offer.has_starttls || offer.has_smtputf8);
  g_assert_cmpint (offer.size_limit_bytes, >, 0);
}

static void
test_addresses (void)
{
  static const struct {
    const char *address;
    const char *written; /* NULL: refused */
    gboolean is_ascii;
  } cases[] = {
    { "a@b.example", "a@b.example", TRUE },
    { "a+t.x=y@b.example", "a+t.x=y@b.example", TRUE },
    { "o'neil@b.example", "o'neil@b.example", TRUE },
    { "jörg@b.example", "jörg@b.example", FALSE },
    { "a@bücher.example", "a@xn--bcher-kva.example", TRUE },
    { "root@localhost", "root@localhost", TRUE },
    { "", NULL, FALSE },
    { "a", NULL, FALSE },
    { "@b.example", NULL, FALSE },
    { "a@", NULL, FALSE },
    { "a@b@c", NULL, FALSE },
    { "a b@c.example", NULL, FALSE },
    { "<a@b.example>", NULL, FALSE },
    { "a@b.example>\r\nRCPT TO:<evil@x.example", NULL, FALSE },
    { "a@b.example\nX", NULL, FALSE },
    { "a@b.example SIZE=1", NULL, FALSE },
    { "a,b@c.example", NULL, FALSE },
    { "\"a b\"@c.example", NULL, FALSE },
    { "a@[127.0.0.1]", NULL, FALSE },
    { "a\xff@b.example", NULL, FALSE },
    { "a\x7f@b.example", NULL, FALSE },
  };
  g_autofree char *local = g_strnfill (250, 'x');
  g_autofree char *longest = g_strconcat (local, "@a.b", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gboolean is_ascii = FALSE;
    g_autofree char *written = pn_smtp_write_address (cases[i].address, &is_ascii, &error);

    g_test_message ("%s", cases[i].address);
    g_assert_cmpstr (written, ==, cases[i].written);
    g_assert_cmpint (is_ascii, ==, cases[i].is_ascii);
    g_assert_true ((written == NULL) == pn_error_is (error, PN_ERROR_INVALID));
  }
  g_assert_cmpuint (strlen (longest), ==, PN_SMTP_ADDRESS_BYTES);
  {
    g_autofree char *longer = g_strconcat ("x", longest, NULL);
    gboolean is_ascii;
    g_autofree char *good = pn_smtp_write_address (longest, &is_ascii, NULL);
    g_autofree char *bad = pn_smtp_write_address (longer, &is_ascii, NULL);

    g_assert_nonnull (good);
    g_assert_null (bad);
  }
}

static void
test_words (void)
{
  g_assert_true (pn_smtp_is_word ("p1.abc", 100));
  g_assert_false (pn_smtp_is_word ("", 100));
  g_assert_false (pn_smtp_is_word ("a b", 100));
  g_assert_false (pn_smtp_is_word ("a\r\nQUIT", 100));
  g_assert_false (pn_smtp_is_word ("a=b", 100));
  g_assert_false (pn_smtp_is_word ("abc", 2));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/smtp-line/replies", test_replies);
  g_test_add_func ("/smtp-line/meanings", test_meanings);
  g_test_add_func ("/smtp-line/offers", test_offers);
  g_test_add_func ("/smtp-line/addresses", test_addresses);
  g_test_add_func ("/smtp-line/words", test_words);
  return g_test_run ();
}
