#include <string.h>

#include "gateway/web/web.h"
#include "kb/asked.h"
#include "kb/feedback.h"
#include "tests/db/form_post.h"
#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/json.h"
#include "ticketing/core/token.h"
#include "ticketing/form.h"
#include "ticketing/link.h"
#include "ticketing/message.h"
#include "ticketing/spool.h"

static void
add_form (PnTestWeb *test)
{
  static const char plan[] =
      "{\"title\":\"Return\",\"language\":\"en\",\"thanks\":\"We fetch it.\",\"suggests\":false,\"fields\":["
      "{\"name\":\"address\",\"type\":\"email\"},"
      "{\"name\":\"reason\",\"type\":\"choice\",\"label\":\"Why?\",\"required\":true,\"choices\":[\"Broken\",\"Wrong\"]},"
      "{\"name\":\"seen\",\"type\":\"date\",\"label\":\"Since when?\",\"required\":true,"
      "\"when\":{\"field\":\"reason\",\"is\":\"Broken\"}},{\"name\":\"text\",\"type\":\"long_text\"},"
      "{\"name\":\"files\",\"type\":\"file\"}],\"files\":{\"most\":2,\"bytes\":2000,\"types\":[\"picture\",\"text\"]},"
      "\"frames\":[\"https://shop.example\"],\"words\":{\"de\":{\"title\":\"Rückgabe\",\"choice.reason.Broken\":\"Kaputt\"}}}";
  g_autoptr (json_t) document = json_loads (plan, 0, NULL);
  g_autoptr (PnFormSheet) sheet = g_new0 (PnFormSheet, 1);
  g_autoptr (GError) error = NULL;

  sheet->name = g_strdup ("returns");
  sheet->queue_id = test->mill;
  sheet->is_enabled = TRUE;
  sheet->plan = pn_form_plan_read (document, &error);
  pn_assert_no_error (error);
  pn_form_save (test->db, sheet, 0, &error);
  pn_assert_no_error (error);
}

/* Returns: (owned) the key in a page. */
static char *
key_of (const char *page)
{
  const char *at = strstr (page, "name=\"key\" value=\"");

  g_assert_nonnull (at);
  at += strlen ("name=\"key\" value=\"");
  return g_strndup (at, strcspn (at, "\""));
}

static char *
new_key (PnTestWeb *test)
{
  g_autofree char *page = pn_testweb_ask (test, "GET", "/contact/returns", "", NULL);

  return key_of (page);
}

/* The work of the form's script. */
static char *
work_for (const char *key)
{
  for (int n = 0;; n++) {
    g_autofree char *text = g_strdup_printf ("%s:%d", key, n);
    guint8 sha[PN_SHA256_BYTES];

    pn_sha256 (text, strlen (text), sha);
    if (sha[0] == 0 && sha[1] == 0)
      return g_strdup_printf ("%d", n);
  }
}

/* What a condition hides is ignored; answers arrive by their types, and as lines for people. */
static void
test_answers (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *key = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *body = NULL;
  g_autofree char *thanks = NULL;

  if (test == NULL)
    return;
  add_form (test);
  key = new_key (test);
  body = g_strdup_printf ("key=%s&step=write&version=1&address=ada%%40customer.example&f.reason=%s",
                          key, "Broken&text=It+stops");
  wrong = pn_testweb_ask (test, "POST", "/contact/returns", "", body);
  g_assert_cmpint (pn_testhttp_status (wrong), ==, 400);
  g_assert_nonnull (strstr (wrong, "Since when?"));
  g_assert_nonnull (strstr (wrong, ">It stops</textarea>"));
  g_free (body);
  body = g_strdup_printf ("key=%s&step=write&version=1&address=ada%%40customer.example&f.reason=%s",
                          key, "Wrong&f.seen=nonsense&text=It+stops");
  sent = pn_testweb_ask (test, "POST", "/contact/returns", "", body);
  g_assert_cmpint (pn_testhttp_status (sent), ==, 303);
  g_assert_nonnull (strstr (sent, "form=returns"));
  {
    g_autoptr (GPtrArray) records = pn_form_post_spooled (test);
    const json_t *record = records->pdata[0];
    const json_t *form = json_object_get (record, "form");
    const json_t *answers = json_object_get (form, "answers");

    g_assert_cmpuint (records->len, ==, 1);
    g_assert_cmpstr (pn_json_get_text (record, "text"), ==, "It stops\n\nWhy?: Wrong\n");
    g_assert_cmpstr (pn_json_get_text (record, "reply"), ==, "It stops");
    g_assert_cmpstr (pn_json_get_text (record, "subject"), ==, "Return");
    g_assert_cmpstr (pn_json_get_text (form, "form"), ==, "returns");
    g_assert_cmpint (json_array_size (answers), ==, 1);
  }
  thanks = pn_testweb_ask (test, "GET", "/contact/thanks?ref=AB&form=returns", "", NULL);
  g_assert_nonnull (strstr (thanks, "We fetch it."));
  pn_testweb_stop (test);
}

/* Files that were sent with a form that was wrong are there at the next try; what does not fit is told of. */
static void
test_files (void)
{
  static const char *const first[] = { "a.txt:text/plain:hello", "b.txt:text/plain:world", NULL };
  static const char *const more[] = { "c.txt:text/plain:third", NULL };
  static const char *const binary[] = { "x.exe:image/png:MZ\x01\x02\x03", NULL };
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *key = NULL;
  g_autofree char *fields = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *third = NULL;
  g_autofree char *denied = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *again = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  if (test == NULL)
    return;
  add_form (test);
  key = new_key (test);
  fields = g_strdup_printf ("key=%s|address=nonsense|f.reason=Wrong|text=x", key);
  wrong = pn_form_post_send (test, "/contact/returns", fields, first);
  g_assert_cmpint (pn_testhttp_status (wrong), ==, 400);
  g_assert_nonnull (strstr (wrong, "a.txt"));
  g_assert_nonnull (strstr (wrong, "name=\"drop."));
  denied = pn_form_post_send (test, "/contact/returns", fields, binary);
  g_assert_nonnull (strstr (denied, "x.exe was left out"));
  g_free (fields);
  fields = g_strdup_printf ("key=%s|address=ada@customer.example|f.reason=Wrong|text=x", key);
  third = pn_form_post_send (test, "/contact/returns", fields, more);
  g_assert_cmpint (pn_testhttp_status (third), ==, 400);
  g_assert_nonnull (strstr (third, "c.txt was left out"));
  sent = pn_form_post_send (test, "/contact/returns", fields, NULL);
  again = pn_form_post_send (test, "/contact/returns", fields,
                             first); /* a second click sends them again */
  g_assert_cmpint (pn_testhttp_status (sent), ==, 303);
  one = pn_testhttp_header (sent, "Location");
  two = pn_testhttp_header (again, "Location");
  g_assert_cmpstr (one, ==, two);
  {
    g_autoptr (GPtrArray) records = pn_form_post_spooled (test);

    g_assert_cmpuint (records->len, ==, 1);
    g_assert_cmpint (json_array_size (json_object_get (records->pdata[0], "attachments")), ==, 2);
  }
  pn_testweb_stop (test);
}

/* What comes after the form, and what goes wrong with it, is shown in the frame, too, and leads to nothing that isn't. */
static void
check_frame_pages (PnTestWeb *test)
{
  static const struct {
    const char *target;
    const char *body;
    const char *ancestors;
  } cases[] = {
    { "/contact/thanks?ref=AB&form=returns&frame=1", NULL,
      "frame-ancestors https://shop.example;" },
    { "/contact/solved?form=returns&frame=1", NULL, "frame-ancestors https://shop.example;" },
    { "/contact/thanks?ref=AB&form=returns", NULL, "frame-ancestors 'none'" },
    { "/contact/thanks?ref=AB&frame=1", NULL, "frame-ancestors 'none'" },
    { "/contact/none?frame=1", NULL, "frame-ancestors *;" },
    { "/contact/returns?frame=1", "solved=x", "frame-ancestors *;" },
    { "/contact/none", NULL, "frame-ancestors 'none'" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *page = pn_testweb_ask (test, cases[i].body != NULL ? "POST" : "GET",
                                            cases[i].target, "", cases[i].body);

    g_assert_nonnull (strstr (page, cases[i].ancestors));
    g_assert_true ((strstr (page, "href=\"/\"") == NULL)
                   == (strstr (cases[i].target, "frame=1") != NULL));
  }
}

static void
test_languages_and_frames (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *plain = NULL;
  g_autofree char *german = NULL;
  g_autofree char *framed = NULL;
  g_autofree char *kept = NULL;

  if (test == NULL)
    return;
  add_form (test);
  plain = pn_testweb_ask (test, "GET", "/contact/returns", "", NULL);
  g_assert_nonnull (strstr (plain, "frame-ancestors 'none'"));
  g_assert_nonnull (strstr (plain, ">Return</h1>"));
  g_assert_null (strstr (plain, "Set-Cookie"));
  german = pn_testweb_ask (test, "GET", "/contact/returns", "Accept-Language: de-AT,en\r\n", NULL);
  g_assert_nonnull (strstr (german, ">Rückgabe</h1>"));
  g_assert_nonnull (strstr (german, "value=\"Broken\">Kaputt"));
  framed = pn_testweb_ask (test, "GET", "/contact/returns?frame=1", "", NULL);
  g_assert_nonnull (strstr (framed, "frame-ancestors https://shop.example;"));
  g_assert_nonnull (strstr (framed, "action=\"/contact/returns?frame=1\""));
  kept = pn_testweb_ask (test, "GET", "/contact/returns",
                         "Cookie: postern-language=de\r\nAccept-Language: en\r\n", NULL);
  g_assert_nonnull (strstr (kept, ">Rückgabe</h1>"));
  check_frame_pages (test);
  pn_testweb_stop (test);
}

/* TRUST.md row 9: nothing in a name or address becomes a header or a second recipient. */
static void
test_row_9 (void)
{
  static const char *const names[] = { "a%0d%0aBcc:+v%40x.example", "a,+%3Cv%40x.example%3E" };
  PnTestWeb *test = pn_testweb_start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *body = g_strdup_printf (
        "name=%s&address=ada%zu%%40customer.example&subject=S&text=T", names[i], i);
    g_autofree char *sent = pn_testweb_ask (test, "POST", "/contact/mill", "", body);
    g_autofree char *twice =
        pn_testweb_ask (test, "POST", "/contact/mill", "",
                        "address=a%40b.example%0d%0aBcc:+v%40x.example&subject=S&text=T");

    g_assert_cmpint (pn_testhttp_status (sent), ==, 303);
    g_assert_cmpint (pn_testhttp_status (twice), ==, 400);
  }
  {
    g_autoptr (GPtrArray) records = pn_form_post_spooled (test);

    g_assert_cmpuint (records->len, ==, 2);
    for (guint i = 0; i < records->len; i++) {
      const json_t *from = json_object_get (records->pdata[i], "from");

      g_assert_null (strpbrk (pn_json_get_text (from, "name"), "\r\n"));
      g_assert_cmpint (json_array_size (json_object_get (records->pdata[i], "to")), ==, 0);
    }
  }
  pn_testweb_stop (test);
}

/* TRUST.md row 22: what a form says is data, also on the page that shows it again. */
static void
test_row_22 (void)
{
  static const char *const words[] = { "{{ticket.secret}}", "{% include %}", "${7*7}", "<%= x %>",
                                       "%n%s" };
  PnTestWeb *test = pn_testweb_start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    g_autofree char *typed = g_uri_escape_string (words[i], NULL, FALSE);
    g_autofree char *shown = g_markup_escape_text (words[i], -1);
    g_autofree char *body =
        g_strdup_printf ("name=%s&address=none&subject=%s&text=%s", typed, typed, typed);
    g_autofree char *page = pn_testweb_ask (test, "POST", "/contact/mill", "", body);
    g_autofree char *area = g_strconcat (">", shown, "</textarea>", NULL);

    g_test_message ("%s", words[i]);
    g_assert_cmpint (pn_testhttp_status (page), ==, 400);
    g_assert_nonnull (strstr (page, area));
  }
  pn_testweb_stop (test);
}

/* TRUST.md row 73: without proof of work the second form of a day for an address waits for a mailed link. */
static void
test_row_73 (void)
{
  PnTestWeb *test = pn_testweb_start ();
  guint waiting = 0;

  if (test == NULL)
    return;
  add_form (test);
  for (int i = 0; i < 4; i++) {
    const gboolean is_proven = i == 3;
    g_autofree char *key = new_key (test);
    g_autofree char *work = is_proven ? work_for (key) : g_strdup ("7");
    g_autofree char *body = g_strdup_printf (
        "key=%s&work=%s&address=victim%%40x.example&f.reason=Wrong&text=spam+%d", key, work, i);
    g_autofree char *sent = pn_testweb_ask (test, "POST", "/contact/returns", "", body);

    g_assert_cmpint (pn_testhttp_status (sent), ==, 303);
    g_assert_true ((strstr (sent, "wait=1") != NULL) == (i == 1 || i == 2));
  }
  {
    g_autoptr (GPtrArray) records = pn_form_post_spooled (test);

    for (guint i = 0; i < records->len; i++)
      waiting +=
          json_is_true (json_object_get (json_object_get (records->pdata[i], "form"), "confirm"))
              ? 1
              : 0;
    g_assert_cmpuint (records->len, ==, 4);
    g_assert_cmpuint (waiting, ==, 2);
  }
  pn_testweb_stop (test);
}

/* TRUST.md row 68: who sends files without end is told to stop, and what waits for one form is bounded. */
static void
test_row_68 (void)
{
  static const char *const file[] = { "a.txt:text/plain:hello", NULL };
  PnTestWeb *test = pn_testweb_start ();
  guint refused = 0;

  if (test == NULL)
    return;
  add_form (test);
  for (int i = 0; i < 80 && refused == 0; i++) {
    g_autofree char *answer =
        pn_form_post_send (test, "/contact/returns", "address=nonsense", file);

    refused += pn_testhttp_status (answer) == 429 ? 1 : 0;
  }
  g_assert_cmpuint (refused, ==, 1);
  pn_testweb_stop (test);
}

static void
add_unknown (PnTestWeb *test, gint64 ticket_id, const char *question)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = pn_message_list (test->db, ticket_id, 0, 1, &error);
  const PnFeedback feedback = { .kind = PN_FEEDBACK_NONE,
                                .question = (char *) question,
                                .message_id = ((PnMessage *) messages->pdata[0])->id };

  pn_assert_no_error (error);
  pn_feedback_add (test->db, &feedback, question, &error);
  pn_assert_no_error (error);
}

/* TRUST.md row 56: figures of the knowledge base show no words of tickets that their reader may not see. */
static void
test_row_56 (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *lead = NULL;
  g_autofree char *admin = NULL;
  g_autofree char *lead_header = NULL;
  g_autofree char *admin_header = NULL;
  g_autofree char *seen = NULL;
  g_autofree char *all = NULL;

  if (test == NULL)
    return;
  add_unknown (test, test->ticket, "Why does the wheel squeak?");
  add_unknown (test, test->other_ticket, "Who pays the secret invoice?");
  lead = pn_testweb_token (test, PN_CALLER_LEAD);
  admin = pn_testweb_token (test, PN_CALLER_ADMIN);
  lead_header = g_strdup_printf ("Authorization: Bearer %s\r\n", lead);
  admin_header = g_strdup_printf ("Authorization: Bearer %s\r\n", admin);
  seen = pn_testweb_ask (test, "GET", "/api/v1/kb/figures", lead_header, NULL);
  all = pn_testweb_ask (test, "GET", "/api/v1/kb/figures", admin_header, NULL);
  g_assert_nonnull (strstr (seen, "wheel squeak"));
  g_assert_null (strstr (seen, "secret"));
  g_assert_nonnull (strstr (all, "secret invoice"));
  pn_testweb_stop (test);
}

/* Each number of the figures leads to what it counts, also where there is no ticket. */
static void
test_numbers_lead (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *token = NULL;
  g_autofree char *header = NULL;
  g_autofree char *figures = NULL;
  g_autofree char *list = NULL;
  g_autoptr (GError) error = NULL;
  const PnFeedback feedback = { .kind = PN_FEEDBACK_FORM,
                                .article_id = 77,
                                .question = (char *) "Why does the crank squeak?" };

  if (test == NULL)
    return;
  add_unknown (test, test->ticket, "Why does the wheel squeak?");
  pn_feedback_add (test->db, &feedback, "form:1", &error);
  pn_asked_add (test->db, "flux capacitor", &error);
  pn_assert_no_error (error);
  token = pn_testweb_token (test, PN_CALLER_LEAD);
  header = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  figures = pn_testweb_ask (test, "GET", "/api/v1/kb/figures", header, NULL);
  g_assert_nonnull (strstr (figures, "show=deflected#deflections"));
  g_assert_nonnull (strstr (figures, "show=unknown#unknown"));
  g_assert_nonnull (strstr (figures, "show=searches#searches"));
  g_assert_null (strstr (figures, "crank squeak"));
  list = pn_testweb_ask (test, "GET", "/api/v1/kb/figures?show=deflected", header, NULL);
  g_assert_nonnull (strstr (list, "crank squeak"));
  pn_testweb_stop (test);
}

/* Returns: (owned) the document of an answer. */
static json_t *
read_answer (const char *answer, const char *status)
{
  const char *body = strstr (answer, "\r\n\r\n");
  json_t *document = json_loads (body != NULL ? body : "", 0, NULL);

  g_assert_nonnull (strstr (answer, status));
  g_assert_nonnull (document);
  return document;
}

/* A script copies a form: what GET shows as its plan is what POST takes, and only that. */
static void
test_api_copies (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *token = NULL;
  g_autofree char *header = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *text = NULL;
  g_autofree char *body = NULL;
  g_autoptr (json_t) original = NULL;
  g_autoptr (json_t) copy = NULL;
  json_t *plan;

  if (test == NULL)
    return;
  add_form (test);
  token = pn_testweb_token (test, PN_CALLER_ADMIN);
  header = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  first = pn_testweb_ask (test, "GET", "/api/v1/forms/returns", header, NULL);
  original = read_answer (first, " 200 ");
  plan = json_object_get (json_object_get (original, "form"), "plan");
  g_assert_true (json_is_object (plan));
  text = pn_json_write (plan);
  body = g_strdup_printf ("{\"name\": \"again\", \"queue\": \"mill\", \"plan\": %s}", text);
  second = pn_testweb_ask (test, "POST", "/api/v1/forms", header, body);
  g_clear_pointer (&second, g_free);
  second = pn_testweb_ask (test, "GET", "/api/v1/forms/again", header, NULL);
  copy = read_answer (second, " 200 ");
  g_assert_true (json_equal (plan, json_object_get (json_object_get (copy, "form"), "plan")));
  refused = pn_testweb_ask (test, "POST", "/api/v1/forms", header,
                            "{\"name\":\"x\",\"queue\":\"mill\",\"plan\":{\"fields\":7}}");
  g_assert_nonnull (strstr (refused, " 400 "));
  pn_testweb_stop (test);
}

/* A search that finds nothing is counted, without what may be a person's. */
static void
test_searches (void)
{
  static const char *const queries[] = { "flux+capacitor", "Flux+Capacitor",
                                         "ada%40customer.example" };
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GPtrArray) asked = NULL;
  g_autoptr (GError) error = NULL;
  gint64 total = 0;

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autofree char *target = g_strconcat ("/search?q=", queries[i], NULL);
    g_autofree char *page = pn_testweb_ask (test, "GET", target, "", NULL);

    g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  }
  asked = pn_asked_list (test->db, pn_clock_now () - PN_DAY, 10, &total, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (asked->len, ==, 1);
  g_assert_cmpint (total, ==, 2);
  g_assert_cmpstr (((PnAsked *) asked->pdata[0])->text, ==, "flux capacitor");
  pn_testweb_stop (test);
}

/* Links that were called back open nothing, nor does the cookie that one of them gave; asking for a new one is answered
 * alike whether there is anything to renew. */
static void
test_links (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *cookie = NULL;
  g_autofree char *header = NULL;
  g_autofree char *target = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *nothing = NULL;
  g_autofree char *expired = NULL;
  g_autofree char *renew = NULL;
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  if (test == NULL)
    return;
  cookie = pn_testweb_cookie (test, PN_CALLER_CUSTOMER);
  header = g_strdup_printf ("Cookie: %s\r\n", cookie);
  target = g_strdup_printf ("/my/tickets/%" G_GINT64_FORMAT, test->ticket);
  before = pn_testweb_ask (test, "GET", target, header, NULL);
  g_assert_cmpint (pn_testhttp_status (before), ==, 200);
  pn_link_revoke (test->db, "Ada@Customer.Example", &error);
  pn_assert_no_error (error);
  after = pn_testweb_ask (test, "GET", target, header, NULL);
  g_assert_cmpint (pn_testhttp_status (after), ==, 404);
  nothing =
      pn_testweb_ask (test, "POST", "/my/abcdefghijklmnopqrstuvwxyz234567abcdefgh/renew", "", "");
  token = pn_token_make (test->key, PN_TOKEN_TICKET, 77, pn_clock_now () - PN_DAY);
  renew = g_strdup_printf ("/my/%s/renew", token);
  expired = pn_testweb_ask (test, "POST", renew, "", "");
  g_assert_cmpint (pn_testhttp_status (nothing), ==, 200);
  g_assert_cmpstr (pn_testhttp_body (nothing), ==, pn_testhttp_body (expired));
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/contact/answers", test_answers);
  g_test_add_func ("/web/contact/files", test_files);
  g_test_add_func ("/web/contact/languages-and-frames", test_languages_and_frames);
  g_test_add_func ("/web/contact/row-9", test_row_9);
  g_test_add_func ("/web/contact/row-22", test_row_22);
  g_test_add_func ("/web/contact/row-73", test_row_73);
  g_test_add_func ("/web/contact/row-68", test_row_68);
  g_test_add_func ("/web/contact/row-56", test_row_56);
  g_test_add_func ("/web/contact/api-copies", test_api_copies);
  g_test_add_func ("/web/contact/searches", test_searches);
  g_test_add_func ("/web/contact/numbers-lead", test_numbers_lead);
  g_test_add_func ("/web/contact/links", test_links);
  return g_test_run ();
}
