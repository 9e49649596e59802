#include "gateway/mail/bounce.h"

#include <string.h>

#include "gateway/mail/bounce_words.h"
#include "gateway/mail/mime_read.h"
#include "tests/lib/test.h"

#define REPORT(type)                                                                               \
  "Subject: x\nContent-Type: multipart/report; report-type=" type "; boundary=b\n\n--b\n\nwords\n"
#define DELIVERY                                                                                   \
  REPORT ("delivery-status")                                                                       \
  "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
#define ORIGINAL "\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@demo.example>\n\nx\n--b--\n"

static void
test_read (void)
{
  static const struct {
    const char *text; /* behind From */
    const char *kind;
    const char *address; /* NULL: no recipient */
    const char *action;
    const char *status;
    const char *original;
  } cases[] = {
    { DELIVERY "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n" ORIGINAL,
      "bounce", "a@x.example", "failed", "5.1.1", "1@demo.example" },
    { DELIVERY "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.0.0\n"
               "Diagnostic-Code: smtp; 550 5.7.1\n no\n" ORIGINAL,
      "bounce", "a@x.example", "failed", "5.7.1", "1@demo.example" },
    { DELIVERY "Original-Recipient: rfc822; a@x.example\nAction: delayed\nStatus: 4.4.1\n",
      "bounce", "a@x.example", "delayed", "4.4.1", NULL },
    { DELIVERY "Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n",
      "delivery_report", "a@x.example", "delivered", "2.0.0", NULL },
    { DELIVERY "Final-Recipient: rfc822; a@x.example\nStatus: 5.2.2 (full)\n", "bounce",
      "a@x.example", "failed", "5.2.2", NULL },
    { REPORT (
          "feedback-report") "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n",
      "feedback_report", NULL, NULL, NULL, NULL },
    { REPORT (
          "disposition-notification") "--b\nContent-Type: message/disposition-notification\n\nDisposition: x\n--b--\n",
      "disposition", NULL, NULL, NULL, NULL },
    { "Subject: Undelivered Mail Returned to Sender\n\n<a@x.example>: host mx said: 550 5.1.1 User unknown\n",
      "bounce", "a@x.example", "failed", "5.1.1", NULL },
    { "Subject: failure notice\n\n<a@x.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user\n"
      "Giving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <1@demo.example>\nTo: c@y.example\n",
      "bounce", "a@x.example", "failed", "5.1.1", "1@demo.example" },
    { "X-Failed-Recipients: a@x.example\nSubject: Mail delivery failed\n\n  a@x.example\n    mailbox is full\n",
      "bounce", "a@x.example", "failed", "5.2.2", NULL },
    { "Subject: Warning: message 1 delayed 24 hours\n\na@x.example: has been delayed, no action is required\n",
      "bounce", "a@x.example", "delayed", "", NULL },
    { "Subject: hello\n\nI am the postmaster, can I help you?\n", "auto_reply", NULL, NULL, NULL,
      NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text =
        g_strconcat ("From: MAILER-DAEMON@mx.example\nTo: b@demo.example\n", cases[i].text, NULL);
    g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));
    g_autoptr (PnMail) mail = pn_mime_read (raw, NULL);

    g_test_message ("%s", text);
    g_assert_cmpstr (pn_mail_kind_name (mail->kind), ==, cases[i].kind);
    g_assert_cmpint (mail->bounce != NULL, ==, cases[i].address != NULL);
    if (mail->bounce == NULL || cases[i].address == NULL)
      continue;
    g_assert_cmpuint (mail->bounce->recipients->len, ==, 1);
    const PnBounceRecipient *recipient = g_ptr_array_index (mail->bounce->recipients, 0);
    g_assert_cmpstr (recipient->address, ==, cases[i].address);
    g_assert_cmpstr (recipient->action, ==, cases[i].action);
    g_assert_cmpstr (recipient->status, ==, cases[i].status);
    g_assert_cmpstr (mail->bounce->original_message_id, ==, cases[i].original);
  }
}

/* People who write about bounces are people. */
static void
test_people (void)
{
  static const char *const texts[] = {
    "Subject: Re: Undelivered Mail Returned to Sender\n\nI got this 550 5.1.1 again, what shall I do?\n",
    "Subject: My parcel could not be delivered\n\nWhere is it? It was not delivered on Monday.\n",
    "Subject: mailbox full\n\nWhat do I do when my mailbox is full?\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text =
        g_strconcat ("Return-Path: <a@x.example>\nFrom: A <a@x.example>\n", texts[i], NULL);
    g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));
    g_autoptr (PnMail) mail = pn_mime_read (raw, NULL);

    g_test_message ("%s", text);
    g_assert_cmpstr (pn_mail_kind_name (mail->kind), ==, "message");
  }
}

static void
test_codes (void)
{
  static const struct {
    const char *text;
    const char *status;
    int code;
  } cases[] = {
    { "550 5.1.1 no", "5.1.1", 550 },
    { "(#5.1.1)", "5.1.1", 0 },
    { "5.0.0 and 5.7.26", "5.7.26", 0 },
    { "host 192.5.1.1 said: 421 later", NULL, 421 },
    { "5.1.1.7 version 15.1.1", NULL, 0 },
    { "postfix 3.4.5, call 555 1234", NULL, 555 },
    { "", NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *status = pn_bounce_find_status (cases[i].text);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (status, ==, cases[i].status);
    g_assert_cmpint (pn_bounce_find_reply_code (cases[i].text), ==, cases[i].code);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/bounce/read", test_read);
  g_test_add_func ("/bounce/people", test_people);
  g_test_add_func ("/bounce/codes", test_codes);
  return g_test_run ();
}
