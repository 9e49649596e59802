#include "gateway/mail/sender.h"

#include <string.h>

#include "gateway/mail/mime_read.h"
#include "tests/lib/test.h"

#define OURS "Received: from y by mx.demo.example (Postfix) with ESMTP id 1; now\n"
#define THEIRS "Received: from z by mail.x.example with SMTP; now\n"
#define RESULT "Authentication-Results: mx.demo.example"
#define FROM "From: A <a@x.example>\n"

/* TRUST.md 3.26-3.27: whose word counts, and what it must say. */
static void
test_judge (void)
{
  static const struct {
    const char *header;
    PnVerdict verdict;
  } cases[] = {
    { FROM, PN_VERDICT_NONE },
    { RESULT "; dmarc=pass header.from=x.example\n" OURS FROM, PN_VERDICT_PASS },
    { OURS RESULT "; dmarc=pass header.from=x.example\n" THEIRS FROM, PN_VERDICT_PASS },
    { OURS OURS RESULT "; dmarc=pass\n" FROM, PN_VERDICT_PASS },
    { OURS RESULT "; dmarc=fail (p=none) header.from=x.example\n" FROM, PN_VERDICT_FAIL },
    { OURS RESULT "; dmarc=none; dkim=pass header.d=x.example\n" FROM, PN_VERDICT_PASS },
    { OURS RESULT "; dkim=pass header.i=@mail.x.example\n" FROM, PN_VERDICT_PASS },
    { OURS RESULT "; dkim=pass header.d=evil.example\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT "; dkim=pass header.d=notx.example\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT "; spf=pass smtp.mailfrom=b@x.example\n" FROM, PN_VERDICT_PASS },
    { OURS RESULT "; spf=pass smtp.mailfrom=x.example\n" FROM, PN_VERDICT_PASS },
    { OURS RESULT "; spf=pass smtp.mailfrom=b@evil.example\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT "; spf=pass smtp.helo=x.example\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT "; dmarc=pass header.from=evil.example\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT "; none\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT " 1; dkim = pass header.d = x.example\n" FROM, PN_VERDICT_PASS },
    { OURS RESULT ";\n\tdkim=pass\n\t header.d=x.example\n" FROM, PN_VERDICT_PASS },
    /* Below another host's line anybody may have written it. */
    { OURS THEIRS RESULT "; dmarc=pass\n" FROM, PN_VERDICT_NONE },
    { THEIRS RESULT "; dmarc=pass\n" FROM,
      PN_VERDICT_PASS }, /* our border may be called otherwise than its id */
    { "Received: (qmail 1 invoked)\n" RESULT "; dmarc=pass\n" FROM, PN_VERDICT_NONE },
    /* Another server's word. */
    { OURS "Authentication-Results: mail.x.example; dmarc=pass\n" FROM, PN_VERDICT_NONE },
    { OURS "Authentication-Results: mx.demo.example.evil.example; dmarc=pass\n" FROM,
      PN_VERDICT_NONE },
    /* Only the topmost counts. */
    { OURS RESULT "; dmarc=fail\n" RESULT "; dmarc=pass\n" FROM, PN_VERDICT_FAIL },
    { OURS RESULT "; spf=none\n" RESULT "; dmarc=pass\n" FROM, PN_VERDICT_NONE },
    /* Tricks with comments, quotes and words. */
    { OURS RESULT "; spf=none (; dmarc=pass ;)\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT "; spf=none reason=\"; dmarc=pass\"\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT "; spf=none reason=\"\\\"; dmarc=pass\"\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT "; spf=none (\\); dmarc=pass ()\n" FROM, PN_VERDICT_NONE },
    { OURS RESULT "; spf=none =?utf-8?q?=3B_dmarc=3Dpass?=\n" FROM, PN_VERDICT_NONE },
    { OURS "Authentication-Results: (mx.demo.example;) evil.example; dmarc=pass\n" FROM,
      PN_VERDICT_NONE },
    { OURS RESULT "(x); dmarc=pass\n" FROM, PN_VERDICT_PASS },
    /* Several authors are nobody. */
    { OURS RESULT "; dmarc=pass\n" FROM "From: b@x.example\n", PN_VERDICT_NONE },
    { OURS RESULT "; dmarc=pass\nFrom: a@x.example, b@evil.example\n", PN_VERDICT_NONE },
    { OURS RESULT "; dmarc=pass\nReply-To: a@x.example\n", PN_VERDICT_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    PnParseOptions options = { .authserv_ids = "other.example, MX.demo.example" };
    g_autofree char *text = g_strconcat (cases[i].header, "\nhello\n", NULL);
    g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));
    g_autoptr (PnMail) mail = pn_mime_read (raw, &options);
    g_autoptr (PnMail) unconfigured = pn_mime_read (raw, NULL);

    g_test_message ("%s", cases[i].header);
    g_assert_cmpstr (pn_verdict_name (mail->sender_verdict), ==,
                     pn_verdict_name (cases[i].verdict));
    g_assert_cmpint (unconfigured->sender_verdict, ==, PN_VERDICT_NONE);
  }
}

/* What is written inside of a mail in the mail says nothing. */
static void
test_inside (void)
{
  static const char text[] = "From: a@x.example\nContent-Type: message/rfc822\n\n" OURS RESULT
                             "; dmarc=pass\n" FROM "\nx\n";
  PnParseOptions options = { .authserv_ids = "mx.demo.example" };
  g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));
  g_autoptr (PnMail) mail = pn_mime_read (raw, &options);

  g_assert_cmpint (mail->sender_verdict, ==, PN_VERDICT_NONE);
}

static void
test_alignment (void)
{
  static const struct {
    const char *a;
    const char *b;
    gboolean is_aligned;
  } cases[] = {
    { "x.example", "X.example", TRUE },
    { "mail.x.example", "x.example", TRUE },
    { "x.example", "mail.x.example", TRUE },
    { "a.x.example", "b.x.example", FALSE },
    { "notx.example", "x.example", FALSE },
    { "x.example", "example", FALSE },
    { "shop.co.uk", "co.uk", FALSE },
    { "a.shop.co.uk", "shop.co.uk", TRUE },
    { "", "x.example", FALSE },
    { ".x.example", "x.example", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s %s", cases[i].a, cases[i].b);
    g_assert_cmpint (pn_sender_is_aligned (cases[i].a, cases[i].b), ==, cases[i].is_aligned);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/sender/judge", test_judge);
  g_test_add_func ("/sender/inside", test_inside);
  g_test_add_func ("/sender/alignment", test_alignment);
  return g_test_run ();
}
