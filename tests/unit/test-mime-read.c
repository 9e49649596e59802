#include "gateway/mail/mime_read.h"

#include <string.h>

#include "tests/lib/test.h"

static PnMail *
read_text (const char *text)
{
  g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));

  return pn_mime_read (raw, NULL);
}

static void
test_whole (void)
{
  g_autoptr (PnMail) mail = read_text (
      "Return-Path: <bounce@x.example>\nReceived: by a\nReceived: by b\nDelivered-To: s@demo.example\n"
      "From: A <a@x.example>\nSender: b@x.example\nTo: s@demo.example, t@demo.example\nCc: c@x.example\n"
      "Reply-To: r@x.example\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\nDate: Wed, 1 Jan 2020 12:00:00 +0100\n"
      "Message-ID: <1@x.example>\nIn-Reply-To: <0@demo.example> (yours)\nReferences: <a@b>\n\t<c@d> junk <e@f>\n"
      "List-Id: A list <l.x.example>\nContent-Type: multipart/mixed; boundary=m\n\n"
      "--m\nContent-Type: multipart/alternative; boundary=a\n\n--a\n\nGuten Tag, ich habe eine Frage.\n\n> alt\n"
      "--a\nContent-Type: text/html\n\n<p>Guten Tag<script>x</script></p>\n--a--\n"
      "--m\nContent-Type: application/pdf; name=\"../a.pdf\"\nContent-Disposition: attachment\n"
      "Content-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n--m--\n");

  g_assert_cmpstr (mail->message_id, ==, "1@x.example");
  g_assert_cmpuint (mail->in_reply_to->len, ==, 1);
  g_assert_cmpuint (mail->references->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (mail->references, 1), ==, "c@d");
  g_assert_cmpstr (mail->subject, ==, "grüße");
  g_assert_cmpstr (mail->from->address, ==, "a@x.example");
  g_assert_cmpstr (mail->sender->address, ==, "b@x.example");
  g_assert_cmpuint (mail->to->len, ==, 2);
  g_assert_cmpuint (mail->cc->len, ==, 1);
  g_assert_cmpuint (mail->reply_to->len, ==, 1);
  g_assert_cmpint (mail->date_zone_minutes, ==, 60);
  g_assert_cmpstr (mail->return_path, ==, "bounce@x.example");
  g_assert_cmpstr (g_ptr_array_index (mail->delivered_to, 0), ==, "s@demo.example");
  g_assert_cmpint (mail->received_count, ==, 2);
  g_assert_cmpstr (mail->list_id, ==, "l.x.example");
  g_assert_cmpstr (mail->reply, ==, "Guten Tag, ich habe eine Frage.");
  g_assert_nonnull (mail->html);
  g_assert_null (strstr (mail->html, "script"));
  g_assert_cmpstr (mail->language, ==, "de");
  g_assert_cmpuint (mail->attachments->len, ==, 1);
  const PnAttachment *file = g_ptr_array_index (mail->attachments, 0);
  g_assert_cmpstr (file->name, ==, "a.pdf");
  g_assert_cmpstr (file->type, ==, "application/pdf");
  g_assert_cmpint (file->size_bytes, ==, 9);
  g_assert_cmpuint (mail->defects->len, ==, 0);
}

/* Names of attachments, where the mail has them and where it has not. */
static void
test_names (void)
{
  static const struct {
    const char *part;
    const char *name;
  } cases[] = {
    { "Content-Type: image/png\n\nx", "image.png" },
    { "Content-Type: message/rfc822\n\nSubject: =?utf-8?q?a=2Fb?=\n\nx", "a_b.eml" },
    { "Content-Type: message/rfc822\n\nFrom: a\n\nx", "message.eml" },
    { "Content-Type: message/rfc822\nContent-Description: the mail\n\nFrom: a\n\nx",
      "the mail.eml" },
    { "Content-Type: application/ms-tnef; name=winmail.dat\n\nx", "winmail.dat" },
    { "Content-Type: application/x-unknown\n\nx", "file.bin" },
    { "Content-Type: text/calendar\n\nx", "calendar.ics" },
    { "Content-Type: text/plain; name=a.txt\n\nx", "a.txt" },
    { "Content-Disposition: attachment\n\nx", "text.txt" },
    { "Content-Type: application/pdf; name=b.pdf\nContent-Disposition: attachment; filename=a.pdf\n\nx",
      "a.pdf" },
    { "Content-Type: text/plain\n\nsee\nbegin 644 u.txt\n#0V%T\n`\nend\n", "u.txt" },
    { "Content-Type: application/pdf; name=Gr\xC3\xBC\xC3\x9F"
      "e.pdf\n\nx",
      "Grüße.pdf" },
    { "Content-Type: application/pdf; name=Gr\xFC\xDF"
      "e.pdf\n\nx",
      "Grüße.pdf" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text =
        g_strconcat ("From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n", cases[i].part,
                     "\n--b--\n", NULL);
    g_autoptr (PnMail) mail = read_text (text);

    g_test_message ("%s", cases[i].part);
    g_assert_cmpuint (mail->attachments->len, ==, 1);
    if (mail->attachments->len == 1)
      g_assert_cmpstr (((PnAttachment *) g_ptr_array_index (mail->attachments, 0))->name, ==,
                       cases[i].name);
  }
}

static void
test_bodies (void)
{
  static const struct {
    const char *text;
    const char *body;
    gboolean has_html;
  } cases[] = {
    { "\nhello\n", "hello\n", FALSE },
    { "Content-Type: text/html\n\n<p>hello</p>\n", "hello\n", TRUE },
    { "Content-Type: text/html; charset=koi8-r\n\n\xD0\xD2\xC9\xD7\xC5\xD4\n", "привет\n", TRUE },
    { "Content-Type: text/html\n\n<meta charset=koi8-r>\xD0\xD2\xC9\xD7\xC5\xD4\n", "привет\n",
      TRUE },
    { "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n", "one\ntwo",
      FALSE },
    { "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/html\n\n<p>two\n--b--\n",
      "one\ntwo\n", FALSE },
    { "Content-Type: multipart/mixed; boundary=c\n\nno such boundary\n", "no such boundary\n",
      FALSE },
    { "Content-Type: nonsense\n\nhello\n", "", FALSE },
    { "Content-Transfer-Encoding: base64\n\naGVsbG8K\n", "hello\n", FALSE },
    { "Content-Transfer-Encoding: quoted-printable\n\nh=65llo=\n\n", "hello\n", FALSE },
    { "Content-Type: text/plain; format=flowed\n\na \nb\n> c \n> d\n e\n-- \nf\n",
      "a b\n> c d\ne\n-- \nf\n", FALSE },
    { "Content-Type: text/plain; format=flowed; delsp=yes\n\na \nb\n", "ab\n", FALSE },
    { "Content-Type: text/plain; name=a.txt\n\nhello\n", "hello\n", FALSE },
    { "Content-Disposition: attachment\n\nhello\n", "hello\n", FALSE },
    { "Content-Transfer-Encoding: nonsense\n\nhello\n", "hello\n", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strconcat ("From: a@x.example\n", cases[i].text, NULL);
    g_autoptr (PnMail) mail = read_text (text);

    g_test_message ("%s", text);
    g_assert_cmpstr (mail->text, ==, cases[i].body);
    g_assert_cmpint (mail->html != NULL, ==, cases[i].has_html);
  }
}

/* The same leaves in another frame are the same content. */
static void
test_digest (void)
{
  g_autoptr (PnMail) one =
      read_text ("From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n");
  g_autoptr (PnMail) two =
      read_text ("Received: x\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n");
  g_autoptr (PnMail) other =
      read_text ("From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ny\n--b--\n");

  g_assert_cmpstr (one->content_digest, ==, two->content_digest);
  g_assert_cmpstr (one->content_digest, !=, other->content_digest);
}

static void
test_unparsed (void)
{
  static const char text[] =
      "From: A <a@x.example>\nSubject: =?utf-8?q?=C3=BC?=\nMessage-ID: <1@x.example>\n\nx\n";
  g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));
  g_autoptr (PnMail) mail = pn_mime_read_unparsed (raw);

  g_assert_cmpstr (mail->from->address, ==, "a@x.example");
  g_assert_cmpstr (mail->subject, ==, "ü");
  g_assert_cmpstr (mail->message_id, ==, "1@x.example");
  g_assert_cmpuint (mail->defects->len, ==, 1);
  g_assert_cmpuint (mail->attachments->len, ==, 1);
  const PnAttachment *file = g_ptr_array_index (mail->attachments, 0);
  g_assert_true (g_bytes_equal (file->bytes, raw));
}

/* TRUST.md 1, row 65: garbage in any charset makes few complaints. */
static void
test_charsets (void)
{
  static const char *const charsets[] = { "utf-32",  "utf-16",    "utf-7",       "gb18030",
                                          "big5",    "cp932",     "iso-2022-jp", "iso-2022-kr",
                                          "euc-jp",  "koi8-r",    "us-ascii",    "utf-8",
                                          "no-such", "hz-gb-2312" };
  g_autoptr (GString) noise = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (int i = 0; i < 100000; i++)
    g_string_append_c (noise, (char) g_rand_int (rand));
  for (gsize i = 0; i < G_N_ELEMENTS (charsets); i++) {
    g_autoptr (GString) text = g_string_new (NULL);

    g_string_append_printf (text, "From: a@x.example\nContent-Type: text/plain; charset=%s\n\n",
                            charsets[i]);
    g_string_append_len (text, noise->str, (gssize) noise->len);
    g_autoptr (GBytes) raw = g_bytes_new (text->str, text->len);
    g_autoptr (PnMail) mail = pn_mime_read (raw, NULL);
    g_assert_true (g_utf8_validate (mail->text, -1, NULL));
    g_assert_cmpuint (mail->defects->len, <=, 20);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/mime-read/whole", test_whole);
  g_test_add_func ("/mime-read/names", test_names);
  g_test_add_func ("/mime-read/bodies", test_bodies);
  g_test_add_func ("/mime-read/digest", test_digest);
  g_test_add_func ("/mime-read/unparsed", test_unparsed);
  g_test_add_func ("/mime-read/row-65-charsets", test_charsets);
  return g_test_run ();
}
