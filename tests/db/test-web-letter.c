/* Letters in the site's own words: saved when they work, refused when they don't, taken back; and used. */
#include "gateway/web/web.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/wording.h"

typedef struct {
  PnTestWeb *test;
  char *headers;
} Desk;

static gboolean
open_desk (Desk *desk)
{
  g_autofree char *token = NULL;

  desk->test = pn_testweb_start ();
  if (desk->test == NULL)
    return FALSE;
  token = pn_testweb_token (desk->test, PN_CALLER_ADMIN);
  desk->headers = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  return TRUE;
}

static void
close_desk (Desk *desk)
{
  g_free (desk->headers);
  pn_testweb_stop (desk->test);
}

/* Returns: (owned) the answer. */
static char *
post (const Desk *desk, const char *letter, const char *action, const char *text, const char *html)
{
  g_autofree char *target = g_strconcat ("/api/v1/letters/", letter, NULL);
  g_autoptr (json_t) body = json_pack ("{s:s, s:s, s:s, s:s*}", "language", "en", "action", action,
                                       "text", text, "html", html);
  g_autofree char *words = pn_json_write (body);

  return pn_testweb_ask (desk->test, "POST", target, desk->headers, words);
}

static void
test_checked (void)
{
  static const struct {
    const char *text;
    const char *html;
    int status;
  } cases[] = {
    { "Subject: Yes [#{{ticket.number}}]\n\nWe have it.\n", NULL, 200 },
    { "Subject: Yes\n\nWe have it, {{person.name}}.\n", "<p>{{person.name}}</p>", 200 },
    { "We have it.\n", NULL, 400 }, /* no subject */
    { "Subject: Yes\n\n{{#person}}never closed\n", NULL, 400 },
    { "Subject: Yes\n\n{{> no-such-part}}\n", NULL, 400 },
    { "Subject: Yes\n\nok\n", "<script>alert(1)</script>", 400 },
    { "Subject: Yes\n\nok\n", "<img src=\"https://x.example/pixel.png\">", 400 },
    { "Subject: Yes\n\nok\n", "<p onclick=\"{{person.name}}\">x</p>", 400 },
    { "Subject: Yes\n\nok\n", "{{{person.name}}}", 400 }, /* a person's name is no safe HTML */
  };
  Desk desk;

  if (!open_desk (&desk))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *answer = post (&desk, "ack", "save", cases[i].text, cases[i].html);

    g_test_message ("case %zu", i);
    g_assert_cmpint (pn_testhttp_status (answer), ==, cases[i].status);
  }
  close_desk (&desk);
}

static void
test_versions (void)
{
  Desk desk;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnWording) own = NULL;
  g_autoptr (PnWording) back = NULL;
  g_autofree char *saved = NULL;
  g_autofree char *reset = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *tried = NULL;
  g_autofree char *target = NULL;

  if (!open_desk (&desk))
    return;
  target = g_strdup_printf ("/api/v1/letters/answer?language=en&ticket=%" G_GINT64_FORMAT,
                            desk.test->ticket);
  tried = pn_testweb_ask (desk.test, "GET", target, desk.headers, NULL);
  g_assert_cmpint (pn_testhttp_status (tried), ==, 200);
  g_assert_nonnull (strstr (tried, "\"subject\":\"Re: "));
  saved = post (&desk, "ack", "save", "Subject: Own\n\nOur own words.\n", NULL);
  g_assert_cmpint (pn_testhttp_status (saved), ==, 200);
  own = pn_wording_load (desk.test->db, "ack", "en", 0, &error);
  g_assert_true (own->is_own);
  g_assert_cmpint (own->version, ==, 1);
  reset = post (&desk, "ack", "reset", "", NULL);
  g_assert_cmpint (pn_testhttp_status (reset), ==, 200);
  back = pn_wording_load (desk.test->db, "ack", "en", 0, &error);
  pn_assert_no_error (error);
  g_assert_false (back->is_own);
  g_assert_cmpint (back->version, ==, 2);
  g_assert_false (pn_wording_save (desk.test->db, own, &error)); /* somebody was faster */
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  shown = pn_testweb_ask (desk.test, "GET", "/api/v1/letters/ack?language=en&version=1",
                          desk.headers, NULL);
  g_assert_nonnull (strstr (shown, "Our own words."));
  close_desk (&desk);
}

/* Returns: (owned) "part name near;" of each name that the answer calls unknown. */
static char *
unknown_of (const char *answer)
{
  g_autoptr (json_t) document = json_loads (pn_testhttp_body (answer), 0, NULL);
  const json_t *letter = json_object_get (document, "letter");
  const json_t *list = json_object_get (letter != NULL ? letter : document, "unknown");
  GString *words = g_string_new (NULL);
  const json_t *one;
  size_t i;

  g_assert_true (json_is_array (list));
  json_array_foreach (list, i, one)
  {
    const char *near = pn_json_get_text (one, "near");

    g_string_append_printf (words, "%s %s %s;", pn_json_get_text (one, "part"),
                            pn_json_get_text (one, "name"), near != NULL ? near : "-");
  }
  return g_string_free (words, FALSE);
}

/* A name that no letter of this kind has is told, with the one that was meant, and saved nevertheless. */
static void
test_unknown_names (void)
{
  static const struct {
    const char *letter;
    const char *text;
    const char *html;
    const char *unknown;
  } cases[] = {
    { "ack", "Hello {{person.name}}, {{ticket.number}}", NULL, "" },
    { "ack", "Hello {{persn.name}}, {{cusotmer.name}}", NULL,
      "text persn.name person.name;text cusotmer.name -;" },
    { "ack", "{{#suggestions}}{{titel}} {{url}} {{site.name}}{{/suggestions}}", NULL,
      "text titel title;" },
    { "ack", "{{#sugestions}}{{title}}{{/sugestions}}", NULL, "text sugestions suggestions;" },
    { "ack", "{{#answer_by}}by {{datetime:answer_by}}{{/answer_by}}{{^answer_bye}}x{{/answer_bye}}",
      NULL, "text answer_bye answer_by;" },
    { "ack", "{{#t}}Hello {person.nmae}{{/t}}", NULL, "text person.nmae person.name;" },
    { "ack", "{{tikcet.url}}", "<a href=\"{{ticket.ulr}}\">{{tikcet.url}}</a>",
      "text tikcet.url ticket.url;html ticket.ulr ticket.url;html tikcet.url ticket.url;" },
    { "ack-unverified", "{{person.name}}", NULL, "text person.name -;" }, /* TRUST.md 3 */
  };
  Desk desk;

  if (!open_desk (&desk))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strconcat ("Subject: Yes\n\n", cases[i].text, "\n", NULL);
    g_autofree char *target =
        g_strconcat ("/api/v1/letters/", cases[i].letter, "?language=en", NULL);
    g_autofree char *tried = post (&desk, cases[i].letter, "preview", text, cases[i].html);
    g_autofree char *saved = post (&desk, cases[i].letter, "save", text, cases[i].html);
    g_autofree char *shown = pn_testweb_ask (desk.test, "GET", target, desk.headers, NULL);
    const char *const answers[] = { tried, saved, shown };

    for (gsize j = 0; j < G_N_ELEMENTS (answers); j++) {
      g_autofree char *unknown = unknown_of (answers[j]);

      g_test_message ("case %zu.%zu", i, j);
      g_assert_cmpint (pn_testhttp_status (answers[j]), ==, 200);
      g_assert_cmpstr (unknown, ==, cases[i].unknown);
    }
  }
  close_desk (&desk);
}

/* Whoever begins with the built-in words is not warned of them. */
static void
test_built_in_names (void)
{
  static const char *const languages[] = { "en", "de" };
  Desk desk;
  g_autofree char *list = NULL;
  g_autoptr (json_t) document = NULL;
  const json_t *letter;
  size_t i;

  if (!open_desk (&desk))
    return;
  list = pn_testweb_ask (desk.test, "GET", "/api/v1/letters", desk.headers, NULL);
  document = json_loads (pn_testhttp_body (list), 0, NULL);
  g_assert_cmpuint (json_array_size (json_object_get (document, "letters")), >, 10);
  json_array_foreach (json_object_get (document, "letters"), i, letter)
  {
    for (gsize j = 0; j < G_N_ELEMENTS (languages); j++) {
      g_autofree char *target = g_strdup_printf ("/api/v1/letters/%s?language=%s",
                                                 pn_json_get_text (letter, "name"), languages[j]);
      g_autofree char *shown = pn_testweb_ask (desk.test, "GET", target, desk.headers, NULL);
      g_autofree char *unknown = unknown_of (shown);

      g_test_message ("%s", target);
      g_assert_cmpstr (unknown, ==, "");
    }
  }
  close_desk (&desk);
}

/* A preview on a ticket that is not there says so beside what was typed. */
static void
test_no_ticket (void)
{
  static const char *const numbers[] = { "999999999", "x" };
  Desk desk;
  g_autofree char *cookie = NULL;
  g_autofree char *csrf = NULL;
  g_autofree char *headers = NULL;

  if (!open_desk (&desk))
    return;
  cookie = pn_testweb_cookie (desk.test, PN_CALLER_ADMIN);
  csrf = pn_testweb_csrf (desk.test, cookie);
  headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autofree char *body = g_strdup_printf (
        "csrf=%s&language=en&action=preview&ticket=%s&text=Subject:+Own%%0A%%0ADearly+typed", csrf,
        numbers[i]);
    g_autofree char *page =
        pn_testweb_ask (desk.test, "POST", "/desk/manage/letters/ack", headers, body);

    g_assert_cmpint (pn_testhttp_status (page), ==, 400);
    g_assert_nonnull (strstr (page, "there is no ticket with the number"));
    g_assert_nonnull (strstr (page, "Dearly typed</textarea>"));
    g_assert_nonnull (strstr (page, "class=\"letter-preview\"")); /* of an invented one */
  }
  close_desk (&desk);
}

/* Whoever tries a letter is led to its preview, and sees there what is wrong with it; else it stands above the fields. */
static void
test_notices (void)
{
  static const struct {
    const char *action;
    const char *text;
    const char *notice;
    gboolean is_below;
  } cases[] = {
    { "preview", "Hi+%7B%7Bpersn.name%7D%7D", "<code dir=\"ltr\">persn.name</code>", TRUE },
    { "preview", "%7B%7B%23person%7D%7D", "role=\"alert\"", TRUE },
    { "save", "%7B%7B%23person%7D%7D", "role=\"alert\"", FALSE },
  };
  Desk desk;
  g_autofree char *cookie = NULL;
  g_autofree char *csrf = NULL;
  g_autofree char *headers = NULL;

  if (!open_desk (&desk))
    return;
  cookie = pn_testweb_cookie (desk.test, PN_CALLER_ADMIN);
  csrf = pn_testweb_csrf (desk.test, cookie);
  headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *body = g_strdup_printf (
        "csrf=%s&language=en&action=%s&ticket=&text=Subject:+Own%%0A%%0A%s&html=&version=0", csrf,
        cases[i].action, cases[i].text);
    g_autofree char *page =
        pn_testweb_ask (desk.test, "POST", "/desk/manage/letters/ack", headers, body);
    const char *notice = strstr (page, cases[i].notice);

    g_test_message ("case %zu", i);
    g_assert_nonnull (notice);
    g_assert_null (strstr (notice + 1, cases[i].notice));
    g_assert_cmpint (notice > strstr (page, "id=\"preview\""), ==, cases[i].is_below);
  }
  close_desk (&desk);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web-letter/checked", test_checked);
  g_test_add_func ("/web-letter/versions", test_versions);
  g_test_add_func ("/web-letter/unknown-names", test_unknown_names);
  g_test_add_func ("/web-letter/built-in-names", test_built_in_names);
  g_test_add_func ("/web-letter/no-ticket", test_no_ticket);
  g_test_add_func ("/web-letter/notices", test_notices);
  return g_test_run ();
}
