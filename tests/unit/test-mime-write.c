#include "gateway/mail/mime_write.h"

#include <string.h>

#include "gateway/mail/mime_read.h"
#include "ticketing/core/error.h"

#include "tests/lib/test.h"

static PnAddress from = { (char *) "Mill team", (char *) "support@demo.example" };
static PnAddress to = { (char *) "Ada Lovelace", (char *) "ada@customer.example" };

static PnLetter
plain_letter (void)
{
  return (PnLetter){ .from = &from,
                     .to = &to,
                     .subject = "Re: The engine stops [#1042]",
                     .message_id = "p1.abc.def@demo.example",
                     .date = G_GINT64_CONSTANT (1795344127000000),
                     .text = "Try this.\n" };
}

static char *
bytes_of (const PnLetter *letter)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = pn_mime_write (letter, &error);
  gsize size;
  const char *data;

  pn_assert_no_error (error);
  if (bytes == NULL)
    return g_strdup ("");
  data = g_bytes_get_data (bytes, &size);
  return g_strndup (data, size);
}

/* Returns: how many fields the header block has. */
static guint
count_fields (const char *message)
{
  guint n = 0;

  while (!g_str_has_prefix (message, "\r\n")) {
    const char *end = strstr (message, "\r\n");

    g_assert_nonnull (end);
    n += *message == ' ' || *message == '\t' ? 0 : 1;
    message = end + 2;
  }
  return n;
}

static void
test_plain (void)
{
  PnLetter letter = plain_letter ();
  g_autofree char *message = bytes_of (&letter);

  g_assert_nonnull (strstr (message, "From: Mill team <support@demo.example>\r\n"));
  g_assert_nonnull (strstr (message, "To: Ada Lovelace <ada@customer.example>\r\n"));
  g_assert_nonnull (strstr (message, "Subject: Re: The engine stops [#1042]\r\n"));
  g_assert_nonnull (strstr (message, "Message-Id: <p1.abc.def@demo.example>\r\n"));
  g_assert_nonnull (strstr (message, "Date: Sun, 22 Nov 2026 10:42:07 +0000\r\n"));
  g_assert_nonnull (strstr (message, "MIME-Version: 1.0\r\n"));
  g_assert_nonnull (strstr (message, "Content-Transfer-Encoding: quoted-printable\r\n"));
  g_assert_nonnull (strstr (message, "\r\n\r\nTry this.\r\n"));
  g_assert_null (strstr (message, "Auto-Submitted"));
  g_assert_null (strstr (message, "Precedence"));
  g_assert_null (strstr (message, "multipart"));
}

static void
test_origin (void)
{
  PnLetter letter = plain_letter ();
  g_autofree char *replied = NULL;
  g_autofree char *generated = NULL;

  letter.origin = PN_LETTER_AUTO_REPLIED;
  replied = bytes_of (&letter);
  g_assert_nonnull (strstr (replied, "\r\nAuto-Submitted: auto-replied\r\n"));
  g_assert_nonnull (strstr (replied, "\r\nPrecedence: bulk\r\n"));
  g_assert_nonnull (strstr (replied, "\r\nX-Auto-Response-Suppress: All\r\n"));
  letter.origin = PN_LETTER_AUTO_GENERATED;
  generated = bytes_of (&letter);
  g_assert_nonnull (strstr (generated, "\r\nAuto-Submitted: auto-generated\r\n"));
}

/* TRUST.md 1.10: nothing that anybody can write adds a header field. */
static void
test_no_field_is_added (void)
{
  static const char *const breaks[] = { "\r\n",         "\n",
                                        "\r",           "\xe2\x80\xa8",
                                        "\xe2\x80\xa9", "\xc2\x85",
                                        "\x0b",         "\x0c",
                                        "\r\n ",        "=?utf-8?Q?=0D=0A?=",
                                        "%0d%0a",       "\r\n\r\n",
                                        "\x1b",         "=0D=0A",
                                        "\xff",         "=?utf-8?B?DQpCY2M6IHY=?=",
                                        "\\r\\n",       "\"" };
  PnLetter plain = plain_letter ();
  PnLetterFile file = { "card.jpg", "image/jpeg", g_bytes_new_static ("x", 1) };
  g_autofree char *expected = NULL;

  plain.files = &file;
  plain.n_files = 1;
  expected = bytes_of (&plain);
  for (gsize i = 0; i < G_N_ELEMENTS (breaks); i++) {
    g_autofree char *evil = g_strdup_printf ("a%sBcc: v@x%sX-Evil: y", breaks[i], breaks[i]);
    PnAddress named = { evil, to.address };
    PnAddress own = { evil, from.address };
    PnLetterFile evil_file = { evil, evil, file.bytes };
    PnLetter letter = plain;
    g_autofree char *message = NULL;

    letter.to = &named;
    letter.from = &own;
    letter.reply_to = &own;
    letter.subject = evil;
    letter.files = &evil_file;
    letter.html = "<p>a</p>";
    letter.in_reply_to = evil;
    letter.references = (const char *const[]){ evil, "ok@x", NULL };
    message = bytes_of (&letter);
    /* Reply-To and References are two fields more than in the plain one. */
    g_assert_cmpuint (count_fields (message), ==, count_fields (expected) + 2);
    g_assert_null (strstr (message, "\nX-Evil"));
    g_assert_null (strstr (message, "\nBcc:"));
  }
  g_bytes_unref (file.bytes);
}

static void
test_refused (void)
{
  static const char *const ids[] = {
    "id\r\nX-Inj: 1@x", "a b@x", "<a@x>", "", "a", "@x", "a@", "a\"@x", "\xc3\xa4@x"
  };
  static const char *const addresses[] = { "a@x\r\nBcc: v@x", "a@x>, <b@x", "a@x,b@x",
                                           "a b@x",           "",           "a",
                                           "a@x b",           "\"a\"@x",    "a@x\xe2\x80\xa8y" };
  static PnHeader headers[] = {
    { (char *) "X:Y", (char *) "a" },           { (char *) "", (char *) "a" },
    { (char *) "X-Y", (char *) "a\r\nZ: b" },   { (char *) "X-Y", (char *) "\xc3\xa4" },
    { (char *) "Bcc", (char *) "a@x" },         { (char *) "Content-Type", (char *) "text/html" },
    { (char *) "message-ID", (char *) "<a@x>" }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
    PnLetter letter = plain_letter ();
    g_autoptr (GError) error = NULL;

    letter.message_id = ids[i];
    g_assert_null (pn_mime_write (&letter, &error));
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    PnLetter letter = plain_letter ();
    PnAddress address = { (char *) "a", (char *) addresses[i] };
    g_autoptr (GError) error = NULL;

    letter.to = &address;
    g_assert_null (pn_mime_write (&letter, &error));
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++) {
    PnLetter letter = plain_letter ();
    g_autoptr (GError) error = NULL;

    letter.headers = &headers[i];
    letter.n_headers = 1;
    g_assert_null (pn_mime_write (&letter, &error));
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  }
}

static void
test_headers (void)
{
  PnHeader headers[] = { { (char *) "X-Postern-Id", (char *) "a.b.c" },
                         { (char *) "List-Id", (char *) "<q.x>" } };
  PnLetter letter = plain_letter ();
  g_autofree char *message = NULL;

  letter.headers = headers;
  letter.n_headers = G_N_ELEMENTS (headers);
  message = bytes_of (&letter);
  g_assert_nonnull (strstr (message, "\r\nX-Postern-Id: a.b.c\r\n"));
  g_assert_nonnull (strstr (message, "\r\nList-Id: <q.x>\r\n"));
}

/* TRUST.md 1.74: what an SMTP server could take for the end of the mail is no line of its own. */
static void
test_smuggling (void)
{
  PnLetter letter = plain_letter ();
  g_autofree char *message = NULL;

  letter.text = "a\n.\nb\r.\r\nc\r\r\nd";
  message = bytes_of (&letter);
  g_assert_nonnull (strstr (message, "a\r\n.\r\nb\r\n.\r\nc\r\n\r\nd\r\n"));
  for (const char *c = message; *c != '\0'; c++) {
    g_assert_true (*c != '\n' || (c > message && c[-1] == '\r'));
    g_assert_true (*c != '\r' || c[1] == '\n');
  }
}

static void
test_long_lines (void)
{
  PnLetter letter = plain_letter ();
  g_autofree char *subject = g_strnfill (1900, 'x');
  g_autofree char *name = g_strnfill (500, 'n');
  g_autofree char *text = g_strnfill (100000, 't');
  PnAddress named = { name, to.address };
  g_autofree char *message = NULL;
  g_auto (GStrv) lines = NULL;

  letter.subject = subject;
  letter.to = &named;
  letter.text = text;
  letter.html = text;
  message = bytes_of (&letter);
  lines = g_strsplit (message, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), >, 20);
  for (char **line = lines; *line != NULL; line++)
    g_assert_cmpuint (strlen (*line), <=, PN_MIME_LINE_BYTES);
}

static void
test_references (void)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  PnLetter letter = plain_letter ();
  g_autofree char *message = NULL;
  g_autoptr (GString) unfolded = NULL;
  g_autoptr (GString) expected = g_string_new ("\r\nReferences: <root@x>");

  g_ptr_array_add (ids, g_strdup ("root@x"));
  for (int i = 1; i < 40; i++)
    g_ptr_array_add (
        ids, g_strdup_printf ("%d.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz@x", i));
  g_ptr_array_add (ids, NULL);
  letter.references = (const char *const *) ids->pdata;
  letter.in_reply_to = ids->pdata[39];
  message = bytes_of (&letter);
  for (int i = 32; i < 40; i++)
    g_string_append_printf (expected, " <%s>", (char *) ids->pdata[i]);
  unfolded = g_string_new (message);
  g_string_replace (unfolded, "\r\n\t", " ", 0);
  g_string_replace (unfolded, "\r\n ", " ", 0);
  g_string_replace (unfolded, "References:  <", "References: <", 0);
  g_assert_nonnull (strstr (unfolded->str, expected->str));
  g_assert_nonnull (strstr (unfolded->str, "In-Reply-To: <39."));
}

/* What we write is read back as it was meant, by our own reader. */
static void
test_round_trip (void)
{
  static const guchar picture[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 1, 2 };
  PnLetterFile files[] = { { "Grüße.png", "image/png",
                             g_bytes_new_static (picture, sizeof picture) },
                           { "page.html", "text/html", g_bytes_new_static ("<b>", 3) } };
  PnLetter letter = plain_letter ();
  PnAddress name = { (char *) "Žofie \"Zo\" Nováková, Dr.", (char *) "zofie@customer.example" };
  g_autofree char *message = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (PnMail) mail = NULL;
  const PnAddress *read;
  const PnAttachment *first;

  letter.to = &name;
  letter.subject = "Grüße – 你好 [#1042]";
  letter.text = "Grüße\n-- \n€ = 1\n";
  letter.html = "<p>Grüße</p>";
  letter.files = files;
  letter.n_files = G_N_ELEMENTS (files);
  message = bytes_of (&letter);
  g_assert_nonnull (strstr (message, "application/octet-stream"));
  g_assert_nonnull (strstr (message, "=UTF-8''Gr%C3%BC%C3%9Fe.png"));
  raw = g_bytes_new (message, strlen (message));
  mail = pn_mime_read (raw, NULL);
  g_assert_cmpstr (mail->subject, ==, letter.subject);
  g_assert_cmpstr (mail->message_id, ==, letter.message_id);
  g_assert_cmpint (mail->date, ==, letter.date - letter.date % G_USEC_PER_SEC);
  read = g_ptr_array_index (mail->to, 0);
  g_assert_cmpstr (read->name, ==, name.name);
  g_assert_cmpstr (read->address, ==, name.address);
  g_assert_nonnull (strstr (mail->text, "Grüße\n-- \n€ = 1"));
  g_assert_cmpuint (mail->attachments->len, ==, 2);
  first = g_ptr_array_index (mail->attachments, 0);
  g_assert_cmpstr (first->name, ==, "Grüße.png");
  g_assert_cmpint (first->size_bytes, ==, sizeof picture);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    g_bytes_unref (files[i].bytes);
}

/* TRUST.md 1.9: a name is a name, whatever it holds: one recipient. */
static void
test_one_recipient (void)
{
  static const char *const names[] = { "a, <v@x>", "a\r\nBcc: v@x",    "v@x",
                                       "<v@x>",    "a\" <v@x>, \"",    "(v@x)",
                                       "a;b:c",    "=?utf-8?Q?v@x,?=", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    PnLetter letter = plain_letter ();
    PnAddress named = { (char *) names[i], to.address };
    g_autofree char *message = NULL;
    g_autoptr (GBytes) raw = NULL;
    g_autoptr (PnMail) mail = NULL;

    letter.to = &named;
    message = bytes_of (&letter);
    raw = g_bytes_new (message, strlen (message));
    mail = pn_mime_read (raw, NULL);
    g_assert_cmpuint (mail->to->len, ==, 1);
    g_assert_cmpstr (((PnAddress *) g_ptr_array_index (mail->to, 0))->address, ==, to.address);
    g_assert_cmpuint (mail->cc->len, ==, 0);
  }
}

/* The same letter is the same bytes: what was stored is what is sent again. */
static void
test_same_bytes (void)
{
  PnLetter letter = plain_letter ();
  g_autofree char *once = NULL;
  g_autofree char *twice = NULL;

  letter.html = "<p>a</p>";
  once = bytes_of (&letter);
  twice = bytes_of (&letter);
  g_assert_cmpstr (once, ==, twice);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/mime-write/plain", test_plain);
  g_test_add_func ("/mime-write/origin", test_origin);
  g_test_add_func ("/mime-write/row-10-no-field-is-added", test_no_field_is_added);
  g_test_add_func ("/mime-write/refused", test_refused);
  g_test_add_func ("/mime-write/headers", test_headers);
  g_test_add_func ("/mime-write/row-74-smuggling", test_smuggling);
  g_test_add_func ("/mime-write/long-lines", test_long_lines);
  g_test_add_func ("/mime-write/references", test_references);
  g_test_add_func ("/mime-write/round-trip", test_round_trip);
  g_test_add_func ("/mime-write/one-recipient", test_one_recipient);
  g_test_add_func ("/mime-write/same-bytes", test_same_bytes);
  return g_test_run ();
}
