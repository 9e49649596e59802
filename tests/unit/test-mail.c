#include "ticketing/core/mail.h"

#include <string.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

#define DIGEST "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const char full[] =
    "{\"message_id\": \"a@b\", \"in_reply_to\": [\"c@d\"], \"references\": [\"e@f\", \"c@d\"], "
    "\"date\": \"2026-11-22T10:42:05+05:30\", \"subject\": \"Grüße 🎉\", "
    "\"from\": {\"name\": \"Anna\", \"address\": \"anna@customer.example\"}, "
    "\"sender\": {\"name\": \"\", \"address\": \"list@customer.example\"}, "
    "\"reply_to\": [{\"name\": \"R\", \"address\": \"r@x.example\"}], "
    "\"to\": [{\"name\": \"\", \"address\": \"support@demo.example\"}], "
    "\"cc\": [{\"name\": \"\", \"address\": \"a@x.example\"}, {\"name\": \"\", \"address\": \"b@x.example\"}], "
    "\"text\": \"one\\ntwo\\n\", \"html\": \"<p>one</p>\", \"reply\": \"one\", "
    "\"attachments\": [{\"name\": \"a.pdf\", \"type\": \"application/pdf\", \"declared_type\": \"x/y\", "
    "\"size\": 5, \"sha256\": \"" DIGEST "\", \"content_id\": \"i@j\", \"inline\": true}], "
    "\"kind\": \"bounce\", \"auto_reasons\": [\"Auto-Submitted: auto-replied\"], "
    "\"bounce\": {\"recipients\": [{\"address\": \"x@y.example\", \"action\": \"failed\", "
    "\"status\": \"5.1.1\", \"diagnostic\": \"no such user\"}], \"original_message_id\": \"k@l\"}, "
    "\"return_path\": \"\", \"delivered_to\": [\"support@demo.example\"], "
    "\"headers\": [[\"Subject\", \"Grüße 🎉\"], [\"X-A\", \"1\"], [\"x-a\", \"2\"]], "
    "\"received_count\": 3, \"list_id\": \"l.example\", \"authentication_results\": [\"mx; spf=pass\"], "
    "\"language\": \"de\", \"sender_verdict\": \"pass\", \"defects\": [\"a boundary is missing\"], "
    "\"content_digest\": \"" DIGEST "\", \"form\": {\"order\": \"17\"}}";

static const char empty[] =
    "{\"message_id\": null, \"in_reply_to\": [], \"references\": [], \"date\": null, \"subject\": \"\", "
    "\"from\": {\"name\": \"\", \"address\": \"\"}, \"sender\": null, \"reply_to\": [], \"to\": [], "
    "\"cc\": [], \"text\": \"\", \"html\": null, \"reply\": \"\", \"attachments\": [], "
    "\"kind\": \"message\", \"auto_reasons\": [], \"bounce\": null, \"return_path\": null, "
    "\"delivered_to\": [], \"headers\": [], \"received_count\": 0, \"list_id\": null, "
    "\"authentication_results\": [], \"language\": null, \"sender_verdict\": \"none\", \"defects\": []}";

static PnMail *
read_mail (const char *text, GError **error)
{
  json_t *document = json_loads (text, 0, NULL);
  PnMail *mail;

  g_assert_nonnull (document);
  mail = pn_mail_read (document, error);
  json_decref (document);
  return mail;
}

static char *
write_mail (const PnMail *mail)
{
  json_t *document = pn_mail_write (mail);
  char *text = json_dumps (document, 0);

  json_decref (document);
  return text;
}

static void
test_round_trip (void)
{
  static const struct {
    const char *given;
    const char *written;
  } cases[] = {
    { full, full },
    { empty, empty },
    { "{}", empty },
    { "{\"subject\": null, \"to\": null, \"unknown\": 1}", empty },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnMail) mail = read_mail (cases[i].given, &error);
    g_autofree char *written = NULL;

    pn_assert_no_error (error);
    written = write_mail (mail);
    g_assert_cmpstr (written, ==, cases[i].written);
  }
}

static void
test_fields (void)
{
  g_autoptr (PnMail) mail = read_mail (full, NULL);
  const PnAttachment *attachment = g_ptr_array_index (mail->attachments, 0);
  const PnBounceRecipient *recipient = g_ptr_array_index (mail->bounce->recipients, 0);

  g_assert_cmpstr (mail->message_id, ==, "a@b");
  g_assert_cmpint (mail->date_zone_minutes, ==, 330);
  g_assert_cmpint (mail->date, ==, G_GINT64_CONSTANT (1795324325) * PN_SECOND);
  g_assert_cmpuint (mail->cc->len, ==, 2);
  g_assert_cmpint (attachment->size_bytes, ==, 5);
  g_assert_true (attachment->is_inline);
  g_assert_null (attachment->bytes);
  g_assert_cmpstr (recipient->status, ==, "5.1.1");
  g_assert_cmpint (mail->kind, ==, PN_MAIL_BOUNCE);
  g_assert_cmpint (mail->sender_verdict, ==, PN_VERDICT_PASS);
  g_assert_cmpstr (pn_mail_header (mail, "X-a"), ==, "1");
  g_assert_null (pn_mail_header (mail, "X-B"));
  g_assert_cmpstr (json_string_value (json_object_get (mail->form, "order")), ==, "17");
}

static void
test_wrong (void)
{
  static const struct {
    const char *given;
    const char *words;
  } cases[] = {
    { "[]", "the mail must be an object" },
    { "{\"message_id\": 7}", "message_id must be a text" },
    { "{\"in_reply_to\": \"a\"}", "in_reply_to must be a list" },
    { "{\"references\": [\"a\", 1]}", "references[1] must be a text" },
    { "{\"date\": \"yesterday\"}", "date must be a time" },
    { "{\"date\": 5}", "date must be a time" },
    { "{\"date\": \"2026-11-22T10:00:00\"}", "date must be a time" },
    { "{\"subject\": []}", "subject must be a text" },
    { "{\"from\": \"anna\"}", "from must be an object" },
    { "{\"from\": {\"name\": {}}}", "from.name must be a text" },
    { "{\"to\": [{}, {\"address\": 1}]}", "to[1].address must be a text" },
    { "{\"attachments\": [{\"size\": -1}]}", "attachments[0].size must be a whole number" },
    { "{\"attachments\": [{\"size\": 1.5}]}", "attachments[0].size must be a whole number" },
    { "{\"attachments\": [{\"inline\": 1}]}", "attachments[0].inline must be true or false" },
    { "{\"attachments\": [{\"sha256\": \"../../etc/passwd\"}]}",
      "attachments[0].sha256 must be 64" },
    { "{\"content_digest\": \"BA\"}", "content_digest must be 64" },
    { "{\"kind\": \"letter\"}", "kind must be a kind of mail" },
    { "{\"bounce\": []}", "bounce must be an object" },
    { "{\"bounce\": {\"recipients\": [{\"status\": 5}]}}",
      "bounce.recipients[0].status must be a text" },
    { "{\"headers\": [[\"a\", \"b\"], [\"a\"]]}", "headers[1] must be a pair" },
    { "{\"headers\": [[\"a\", \"b\", \"c\"]]}", "headers[0] must be a pair" },
    { "{\"headers\": [7]}", "headers[0] must be a pair" },
    { "{\"received_count\": \"3\"}", "received_count must be a whole number" },
    { "{\"sender_verdict\": \"maybe\"}", "sender_verdict must be pass, fail or none" },
    { "{\"form\": [1]}", "form must be an object" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnMail) mail = read_mail (cases[i].given, &error);

    g_assert_null (mail);
    g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
    if (strstr (error->message, cases[i].words) == NULL) {
      g_test_message ("%s: \"%s\" lacks \"%s\"", cases[i].given, error->message, cases[i].words);
      g_test_fail ();
    }
  }
}

/* What is one line stays one line, whoever wrote the JSON. */
static void
test_one_line (void)
{
  g_autoptr (PnMail) mail =
      read_mail ("{\"subject\": \"a\\r\\nBcc: b\\u0007\\u0085\\u2028c\\td\","
                 " \"text\": \"a\\nb\", \"headers\": [[\"X\\n\", \"y\\nz\"]]}",
                 NULL);
  const PnHeader *header = g_ptr_array_index (mail->headers, 0);

  g_assert_cmpstr (mail->subject, ==, "a  Bcc: b c d");
  g_assert_cmpstr (mail->text, ==, "a\nb");
  g_assert_cmpstr (header->name, ==, "X ");
  g_assert_cmpstr (header->value, ==, "y z");
}

static void
test_dates (void)
{
  static const struct {
    gint64 seconds;
    gint32 zone_minutes;
    const char *text; /* NULL: null */
  } cases[] = {
    { 0, 60, NULL },
    { 1795324325, 0, "2026-11-22T05:12:05+00:00" },
    { 1795324325, -570, "2026-11-21T19:42:05-09:30" },
    { 1795324325, 100000, "2026-11-22T05:12:05+00:00" },
    { -62135596800, 0, "0001-01-01T00:00:00+00:00" },
    { -1, 0, "1969-12-31T23:59:59+00:00" },
    { G_MAXINT64 / PN_SECOND, 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnMail) mail = pn_mail_new ();
    json_t *document;

    mail->date = cases[i].seconds * PN_SECOND;
    mail->date_zone_minutes = cases[i].zone_minutes;
    document = pn_mail_write (mail);
    g_assert_cmpstr (json_string_value (json_object_get (document, "date")), ==, cases[i].text);
    json_decref (document);
  }
}

/* A field is never lost because its text is no UTF-8. */
static void
test_bad_utf8 (void)
{
  g_autoptr (PnMail) mail = pn_mail_new ();
  json_t *document;

  g_free (mail->subject);
  mail->subject = g_strdup ("a\xff"
                            "b");
  document = pn_mail_write (mail);
  g_assert_cmpstr (json_string_value (json_object_get (document, "subject")), ==,
                   "a\xef\xbf\xbd"
                   "b");
  json_decref (document);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/mail/round-trip", test_round_trip);
  g_test_add_func ("/mail/fields", test_fields);
  g_test_add_func ("/mail/wrong", test_wrong);
  g_test_add_func ("/mail/one-line", test_one_line);
  g_test_add_func ("/mail/dates", test_dates);
  g_test_add_func ("/mail/bad-utf8", test_bad_utf8);
  return g_test_run ();
}
