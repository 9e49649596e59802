#include "gateway/mail/auto.h"

#include "gateway/mail/mime_read.h"
#include "tests/lib/test.h"

#include <string.h>

static PnMail *
read_text (const char *text)
{
  g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));

  return pn_mime_read (raw, NULL);
}

static void
test_kinds (void)
{
  static const struct {
    const char *header;
    PnMailKind kind;
    gboolean has_reason;
  } cases[] = {
    { "", PN_MAIL_MESSAGE, FALSE },
    { "Auto-Submitted: no\n", PN_MAIL_MESSAGE, FALSE },
    { "Auto-Submitted: NO\n", PN_MAIL_MESSAGE, FALSE },
    { "Auto-Submitted: no; x=y\n", PN_MAIL_MESSAGE, FALSE },
    { "Auto-Submitted: auto-replied\n", PN_MAIL_AUTO_REPLY, TRUE },
    { "Auto-Submitted: auto-notified\n", PN_MAIL_AUTO_REPLY, TRUE },
    { "Auto-Submitted: auto-generated; owner-email=\"x@y\"\n", PN_MAIL_AUTO_REPLY, TRUE },
    { "Return-Path: <>\n", PN_MAIL_AUTO_REPLY, TRUE },
    { "List-Id: <x.y>\n", PN_MAIL_LIST, TRUE },
    { "List-Id: <x.y>\nAuto-Submitted: auto-generated\n", PN_MAIL_LIST, TRUE },
    { "List-Unsubscribe: <mailto:x@y>\n", PN_MAIL_LIST, TRUE },
    { "Precedence: bulk\n", PN_MAIL_LIST, TRUE },
    { "Precedence: junk\n", PN_MAIL_AUTO_REPLY, TRUE },
    { "Precedence: first-class\n", PN_MAIL_MESSAGE, FALSE },
    { "X-Autoreply: yes\n", PN_MAIL_AUTO_REPLY, TRUE },
    { "X-Auto-Response-Suppress: OOF, AutoReply\n", PN_MAIL_MESSAGE, TRUE },
    { "X-Auto-Response-Suppress: DR\n", PN_MAIL_MESSAGE, FALSE },
    { "X-Loop: x\n", PN_MAIL_MESSAGE, TRUE },
    { "Feedback-ID: x\n", PN_MAIL_MESSAGE, TRUE },
    { "Subject: Automatische Antwort: x\n", PN_MAIL_AUTO_REPLY, TRUE },
    { "Subject: Re: out of office hours?\n", PN_MAIL_MESSAGE, FALSE },
    { "Content-Type: text/calendar; method=REQUEST\n", PN_MAIL_CALENDAR, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strconcat ("From: a@x.example\n", cases[i].header, "\nhello\n", NULL);
    g_autoptr (PnMail) mail = read_text (text);

    g_test_message ("%s", cases[i].header);
    g_assert_cmpstr (pn_mail_kind_name (mail->kind), ==, pn_mail_kind_name (cases[i].kind));
    g_assert_cmpint (mail->auto_reasons->len > 0, ==, cases[i].has_reason);
  }
}

static void
test_nobody (void)
{
  g_autoptr (PnMail) mail = read_text ("Subject: x\n\nhello\n");

  g_assert_cmpint (mail->kind, ==, PN_MAIL_MESSAGE);
  g_assert_cmpuint (mail->auto_reasons->len, ==, 1);
}

static void
test_addresses (void)
{
  static const struct {
    const char *address;
    gboolean is_robot;
  } cases[] = {
    { "MAILER-DAEMON@x.example", TRUE },
    { "postmaster@x.example", TRUE },
    { "no-reply@x.example", TRUE },
    { "noreply+tag@x.example", TRUE },
    { "list-request@x.example", TRUE },
    { "owner-list@x.example", TRUE },
    { "bounces-1@x.example", TRUE },
    { "shop-noreply@x.example", TRUE },
    { "anna@x.example", FALSE },
    { "owner@x.example", FALSE },
    { "replying@x.example", FALSE },
    { "", FALSE },
    { "postmaster.smith@x.example", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].address);
    g_assert_cmpint (pn_auto_is_robot_address (cases[i].address), ==, cases[i].is_robot);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/auto/kinds", test_kinds);
  g_test_add_func ("/auto/nobody", test_nobody);
  g_test_add_func ("/auto/addresses", test_addresses);
  return g_test_run ();
}
