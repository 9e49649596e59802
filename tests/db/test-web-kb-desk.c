#include "gateway/web/web.h"

#include <string.h>

#include "kb/article_list.h"
#include "kb/proposal.h"
#include "kb/search.h"
#include "kb/version.h"
#include "ticketing/calendar.h"
#include "ticketing/core/json.h"
#include "ticketing/message.h"

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testkb.h"
#include "tests/lib/testweb.h"

static const char articles[] =
    "{\"id\":\"refund\",\"title\":\"How do I get a refund?\",\"category\":\"Paying\","
    "\"language\":\"en\",\"body\":\"Send the card back.\",\"questions\":[\"money back\"]}\n"
    "{\"id\":\"secret\",\"title\":\"Refund beyond thirty days\",\"category\":\"Staff\","
    "\"visibility\":\"internal\",\"language\":\"en\",\"body\":\"Only for ourselves.\"}\n";

typedef struct {
  PnTestWeb *web;
  gint64 id; /* of "refund" */
} Fixture;

static gboolean
start (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (PnArticle) article = NULL;

  fixture->web = pn_testweb_start ();
  if (fixture->web == NULL)
    return FALSE;
  list = pn_testkb_import (fixture->web->db, articles);
  g_assert_true (pn_article_find_external (fixture->web->db, "refund", &article, &error));
  pn_assert_no_error (error);
  fixture->id = article->id;
  return TRUE;
}

static void
stop (Fixture *fixture)
{
  pn_testweb_stop (fixture->web);
  pn_kb_forget ();
}

static PnArticle *
load (Fixture *fixture, const char *external_id)
{
  g_autoptr (GError) error = NULL;
  PnArticle *article = NULL;

  g_assert_true (pn_article_find_external (fixture->web->db, external_id, &article, &error));
  pn_assert_no_error (error);
  g_assert_nonnull (article);
  return article;
}

/* Returns: (owned) the answer to a form of @caller; "@C" in @body is its token. */
static char *
post (Fixture *fixture, PnCaller caller, const char *target, const char *body)
{
  g_autofree char *cookie = pn_testweb_cookie (fixture->web, caller);
  g_autofree char *csrf = pn_testweb_csrf (fixture->web, cookie);
  g_autofree char *headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  g_autofree char *whole = g_strdup_printf ("csrf=%s&%s", csrf, body);

  return pn_testweb_ask (fixture->web, "POST", target, headers, whole);
}

static char *
get (Fixture *fixture, PnCaller caller, const char *target)
{
  g_autofree char *cookie = pn_testweb_cookie (fixture->web, caller);
  g_autofree char *headers = g_strdup_printf ("Cookie: %s\r\n", cookie);

  return pn_testweb_ask (fixture->web, "GET", target, headers, NULL);
}

static char *
call_api (Fixture *fixture, PnCaller caller, const char *method, const char *target,
          const char *more, const char *body)
{
  g_autofree char *token = pn_testweb_token (fixture->web, caller);
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n%s", token, more);

  return pn_testweb_ask (fixture->web, method, target, headers, body);
}

/* Agents write drafts and ask; leads publish; nobody sees a draft outside. */
static void
test_rights (void)
{
  static const struct {
    PnCaller caller;
    const char *action;
    int status;
    PnArticleState state;
  } cases[] = {
    { PN_CALLER_AGENT, "save", 303, PN_ARTICLE_DRAFT },
    { PN_CALLER_AGENT, "review", 303, PN_ARTICLE_REVIEW },
    { PN_CALLER_AGENT, "publish", 403, PN_ARTICLE_REVIEW },
    { PN_CALLER_AGENT, "archive", 403, PN_ARTICLE_REVIEW },
    { PN_CALLER_AGENT, "schedule", 403, PN_ARTICLE_REVIEW },
    { PN_CALLER_LEAD, "schedule", 400, PN_ARTICLE_REVIEW }, /* when? */
    { PN_CALLER_LEAD, "publish", 303, PN_ARTICLE_PUBLISHED },
    { PN_CALLER_AGENT, "draft", 403, PN_ARTICLE_PUBLISHED },
    { PN_CALLER_LEAD, "draft", 303, PN_ARTICLE_DRAFT },
    { PN_CALLER_LEAD, "archive", 303, PN_ARTICLE_ARCHIVED },
    { PN_CALLER_LEAD, "explode", 400, PN_ARTICLE_ARCHIVED },
  };
  Fixture fixture;
  g_autofree char *made = NULL;
  g_autofree char *location = NULL;

  if (!start (&fixture))
    return;
  made = post (&fixture, PN_CALLER_AGENT, "/desk/kb",
               "action=save&title=Where+is+my+parcel%3F&body=Soon&language=en&op=1");
  g_assert_cmpint (pn_testhttp_status (made), ==, 303);
  location = pn_testhttp_header (made, "Location");
  g_assert_true (g_str_has_suffix (location, "?done=saved"));
  *strchr (location, '?') = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *body = g_strdup_printf ("action=%s&body=Soon+%zu", cases[i].action, i);
    g_autofree char *answer = post (&fixture, cases[i].caller, location, body);
    g_autoptr (PnArticle) article = load (&fixture, "where-is-my-parcel");

    g_test_message ("%zu: %s", i, cases[i].action);
    g_assert_cmpint (pn_testhttp_status (answer), ==, cases[i].status);
    g_assert_cmpint (article->state, ==, cases[i].state);
  }
  stop (&fixture);
}

/* What an agent changes in a published article waits; a lead puts it in, or throws it away. */
static void
test_proposal (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autofree char *target = NULL;
  g_autofree char *discard = NULL;
  g_autofree char *proposed = NULL;
  g_autofree char *page = NULL;
  g_autofree char *again = NULL;
  g_autofree char *listed = NULL;
  g_autofree char *other = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *published = NULL;
  g_autoptr (PnArticle) before = NULL;
  g_autoptr (PnArticle) after = NULL;
  g_autoptr (PnProposal) proposal = NULL;

  if (!start (&fixture))
    return;
  target = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, fixture.id);
  discard = g_strconcat (target, "/discard", NULL);
  proposed =
      post (&fixture, PN_CALLER_AGENT, target, "action=save&body=Send+it+today.&note=clearer");
  g_assert_cmpint (pn_testhttp_status (proposed), ==, 303);
  before = load (&fixture, "refund");
  g_assert_cmpstr (before->body, ==, "Send the card back.");
  page = get (&fixture, PN_CALLER_LEAD, target);
  g_assert_nonnull (strstr (page, "A change waits to be published."));
  g_assert_nonnull (strstr (page, "clearer"));
  listed = get (&fixture, PN_CALLER_LEAD, "/desk/kb");
  g_assert_nonnull (strstr (listed, "One change waits to be published."));
  g_assert_null (
      strstr (listed, "<span class=\"mark good\">published")); /* only what is not is told */
  other = get (&fixture, PN_CALLER_OTHER_AGENT, target);
  g_assert_nonnull (strstr (other, ">Look at it</a>"));
  g_assert_null (strstr (other, "Discard it"));
  refused = post (&fixture, PN_CALLER_OTHER_AGENT, discard, "");
  g_assert_cmpint (pn_testhttp_status (refused), ==, 403);
  again = g_strconcat (target, "?proposal=1", NULL);
  g_clear_pointer (&page, g_free);
  page = get (&fixture, PN_CALLER_LEAD, again);
  g_assert_nonnull (strstr (page, ">Send it today.</textarea>"));
  published = post (&fixture, PN_CALLER_LEAD, target,
                    "action=publish&proposal=1&if_version=1&body=Send+it+today.");
  g_assert_cmpint (pn_testhttp_status (published), ==, 303);
  after = load (&fixture, "refund");
  g_assert_cmpstr (after->body, ==, "Send it today.");
  g_assert_cmpuint (after->questions->len, ==, 1);
  g_assert_true (pn_proposal_find (fixture.web->db, fixture.id, &proposal, &error));
  g_assert_null (proposal);
  stop (&fixture);
}

/* Two writers: the second is told what changed, and what they typed is kept. */
static void
test_conflict (void)
{
  Fixture fixture;
  g_autofree char *target = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autoptr (PnArticle) article = NULL;

  if (!start (&fixture))
    return;
  target = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, fixture.id);
  first = post (&fixture, PN_CALLER_LEAD, target,
                "action=publish&if_version=1&body=Send+the+card+back+soon.&op=a");
  g_assert_cmpint (pn_testhttp_status (first), ==, 303);
  second = post (&fixture, PN_CALLER_ADMIN, target,
                 "action=publish&if_version=1&body=Keep+the+%3Ccard%3E.&op=b");
  g_assert_cmpint (pn_testhttp_status (second), ==, 409);
  g_assert_nonnull (strstr (second, "Somebody else was faster"));
  g_assert_nonnull (strstr (second, ">Keep the &lt;card&gt;.</textarea>"));
  g_assert_nonnull (strstr (second, "<mark> soon</mark>"));
  g_assert_nonnull (strstr (second, "name=\"if_version\" value=\"2\""));
  article = load (&fixture, "refund");
  g_assert_cmpstr (article->body, ==, "Send the card back soon.");
  third = post (&fixture, PN_CALLER_ADMIN, target,
                "action=publish&if_version=2&body=Keep+the+%3Ccard%3E.&op=c");
  g_assert_cmpint (pn_testhttp_status (third), ==, 303);
  stop (&fixture);
}

static void
test_versions (void)
{
  Fixture fixture;
  g_autofree char *target = NULL;
  g_autofree char *versions = NULL;
  g_autofree char *restore = NULL;
  g_autofree char *saved = NULL;
  g_autofree char *page = NULL;
  g_autofree char *restored = NULL;
  g_autofree char *none = NULL;
  g_autoptr (PnArticle) article = NULL;

  if (!start (&fixture))
    return;
  target = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, fixture.id);
  versions = g_strconcat (target, "/versions", NULL);
  restore = g_strconcat (target, "/restore", NULL);
  saved = post (
      &fixture, PN_CALLER_LEAD, target,
      "action=publish&title=How+are+refunds+made%3F&body=By+post.&questions=a%0D%0A%0D%0Ab&note=shorter");
  g_assert_cmpint (pn_testhttp_status (saved), ==, 303);
  page = get (&fixture, PN_CALLER_AGENT, versions);
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  g_assert_nonnull (strstr (page, "shorter"));
  g_assert_nonnull (strstr (page, "class=\"removed\""));
  restored = post (&fixture, PN_CALLER_LEAD, restore, "version=1");
  g_assert_cmpint (pn_testhttp_status (restored), ==, 303);
  article = load (&fixture, "refund");
  g_assert_cmpstr (article->title, ==, "How do I get a refund?");
  g_assert_cmpstr (article->body, ==, "Send the card back.");
  g_assert_cmpstr (article->questions->pdata[0], ==, "money back");
  g_assert_cmpint (article->version, ==, 3);
  none = post (&fixture, PN_CALLER_LEAD, restore, "version=77");
  g_assert_cmpint (pn_testhttp_status (none), ==, 404);
  stop (&fixture);
}

/* What is typed into the preview is as harmless as the article, and nothing is saved. */
static void
test_preview (void)
{
  static const char *const harm[] = { "<script>alert", "onerror",
                                      "javascript:", "tracker.example" };
  Fixture fixture;
  g_autofree char *target = NULL;
  g_autofree char *page = NULL;
  g_autofree char *image = NULL;
  g_autoptr (PnArticle) article = NULL;
  char *preview;

  if (!start (&fixture))
    return;
  target = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, fixture.id);
  page = post (&fixture, PN_CALLER_AGENT, target,
               "action=preview&title=%3Cb%3ET&body=**Looms**+%3Cscript%3Ealert(1)%3C%2Fscript%3E+"
               "%3Cimg+src%3Dx+onerror%3Dalert(2)%3E+[x](javascript:alert(3))+"
               "![p](https:%2F%2Ftracker.example%2Fp.png)+"
               "![q](image:0123456789abcdef0123456789abcdef.png)+%7B%7Bpage.csrf%7D%7D");
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  preview = strstr (page, "id=\"preview\"");
  *strstr (preview, "</section>") = '\0'; /* beside it the broken address is shown as text */
  g_assert_nonnull (strstr (preview, "<strong>Looms</strong>"));
  g_assert_nonnull (strstr (preview, "{{page.csrf}}"));
  g_assert_nonnull (
      strstr (preview, "src=\"/desk/kb/images/0123456789abcdef0123456789abcdef.png\""));
  for (gsize i = 0; i < G_N_ELEMENTS (harm); i++)
    g_assert_null (strstr (preview, harm[i]));
  article = load (&fixture, "refund");
  g_assert_cmpint (article->version, ==, 1);
  stop (&fixture);
}

/* A mistake is told beside what was written; what stands nowhere else says so to the script. */
static void
test_mistakes (void)
{
  static const struct {
    const char *fields;
    const char *words;
  } cases[] = {
    { "action=schedule&publish_at=2001-01-01T00:00&language=en&title=T", "has passed already" },
    { "action=schedule&language=en&title=T", "say when it is to be published" },
    { "action=save&translation_of=refund&title=T", "needs another language" },
    { "action=save&translation_of=refund&language=en&title=T", "needs another language" },
    { "action=save&translation_of=none&language=de&title=T", "no article with the id \"none\"" },
    { "action=save&language=en", "needs a title" },
    { "action=save&review_at=2001-02-31&title=T", "review_at" },
  };
  Fixture fixture;
  g_autofree char *translated = NULL;

  if (!start (&fixture))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *fields = g_strconcat (cases[i].fields, "&body=Dearly+typed", NULL);
    g_autofree char *page = post (&fixture, PN_CALLER_LEAD, "/desk/kb", fields);
    g_auto (GStrv) parts = g_strsplit (page, "&quot;", 0);
    g_autofree char *plain = g_strjoinv ("\"", parts);

    g_assert_cmpint (pn_testhttp_status (page), ==, 400);
    g_assert_nonnull (strstr (plain, cases[i].words));
    g_assert_nonnull (strstr (page, ">Dearly typed</textarea>"));
    g_assert_true ((strstr (page, " data-unsaved>") != NULL)
                   == (strstr (page, "id=\"article-form\"") != NULL));
  }
  translated = post (&fixture, PN_CALLER_LEAD, "/desk/kb",
                     "action=save&translation_of=refund&language=de&title=T&body=B");
  g_assert_cmpint (pn_testhttp_status (translated), ==, 303);
  stop (&fixture);
}

/* The desk plans in the zone of its calendar, says so, and means the same instant; programs say their offset. */
static void
test_schedule_in_zone (void)
{
  static const struct {
    const char *typed;
    const char *stored;
    const char *shown;
  } cases[] = {
    { "2040-07-02T10:00", "2040-07-02T08:00:00Z", "2040-07-02T10:00" },
    { "2040-01-02T10:00", "2040-01-02T09:00:00Z", "2040-01-02T10:00" },
    { "2040-01-02T10:00:00%2B05:00", "2040-01-02T05:00:00Z", "2040-01-02T06:00" },
    { "2040-10-28T02:30", "2040-10-28T00:30:00Z", "2040-10-28T02:30" }, /* the first of two */
    { "2040-10-28T01:30:00Z", "2040-10-28T01:30:00Z", "2040-10-28T02:30" },
    { "2040-10-28T02:30", "2040-10-28T01:30:00Z", "2040-10-28T02:30" }, /* as it was shown */
  };
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnCalendar) calendar = NULL;
  g_autoptr (PnArticle) draft = NULL;
  g_autofree char *target = NULL;
  g_autofree char *added = NULL;
  g_autofree char *list = NULL;

  if (!start (&fixture))
    return;
  calendar = pn_calendar_new ("office");
  pn_json_set (calendar->document, "zone", json_string ("Europe/Berlin"));
  g_assert_true (pn_calendar_save (fixture.web->db, calendar, 0, 0, &error));
  added = post (&fixture, PN_CALLER_LEAD, "/desk/kb",
                "action=save&external_id=plan&language=en&title=Plan&body=B");
  g_assert_cmpint (pn_testhttp_status (added), ==, 303);
  draft = load (&fixture, "plan");
  target = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, draft->id);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *fields = g_strconcat ("action=schedule&publish_at=", cases[i].typed, NULL);
    g_autofree char *field = g_strdup_printf ("name=\"publish_at\" value=\"%s\"", cases[i].shown);
    g_autofree char *saved = post (&fixture, PN_CALLER_LEAD, target, fields);
    g_autofree char *page = get (&fixture, PN_CALLER_LEAD, target);
    g_autoptr (PnArticle) article = load (&fixture, "plan");
    g_autofree char *stored = pn_clock_write (article->publish_at);

    g_test_message ("case %zu", i);
    g_assert_cmpint (pn_testhttp_status (saved), ==, 303);
    g_assert_cmpstr (stored, ==, cases[i].stored);
    g_assert_nonnull (strstr (page, field));
    g_assert_nonnull (strstr (page, "(<bdi>Europe/Berlin</bdi>)"));
  }
  list = get (&fixture, PN_CALLER_LEAD, "/desk/kb?mark=scheduled");
  g_assert_nonnull (strstr (list, "datetime=\"2040-10-28T01:30:00Z\">"));
  g_assert_nonnull (strstr (list, "(Europe/Berlin)"));
  stop (&fixture);
}

/* Whoever looks after an article, or wrote it, is called by name; who is gone, by log-in. */
static void
test_names (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) lead = NULL;
  g_autofree char *added = NULL;
  g_autofree char *list = NULL;
  g_autofree char *target = NULL;
  g_autofree char *versions = NULL;
  g_autoptr (PnArticle) article = NULL;

  if (!start (&fixture))
    return;
  lead = pn_agent_load (fixture.web->db, fixture.web->agents[1], &error);
  g_free (lead->name);
  lead->name = g_strdup ("Mary Somerville");
  g_assert_true (pn_agent_save_profile (fixture.web->db, lead, &error));
  added = post (&fixture, PN_CALLER_LEAD, "/desk/kb",
                "action=save&external_id=plan&language=en&title=Plan&body=B&owner=lead");
  g_assert_cmpint (pn_testhttp_status (added), ==, 303);
  article = load (&fixture, "plan");
  list = get (&fixture, PN_CALLER_LEAD, "/desk/kb");
  g_assert_nonnull (strstr (list, "<bdi>Mary Somerville</bdi>"));
  g_assert_nonnull (strstr (list, "<option value=\"lead\">Mary Somerville</option>"));
  g_assert_null (strstr (list, "<bdi>lead</bdi>"));
  target = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT "/versions", article->id);
  versions = get (&fixture, PN_CALLER_LEAD, target);
  g_assert_nonnull (strstr (versions, "<bdi>Mary Somerville</bdi>"));
  stop (&fixture);
}

/* A ticket becomes a draft that does not tell who asked. */
static void
test_from_ticket (void)
{
  Fixture fixture;
  g_autofree char *target = NULL;
  g_autofree char *page = NULL;

  if (!start (&fixture))
    return;
  target = g_strdup_printf ("/desk/kb/new?ticket=%" G_GINT64_FORMAT, fixture.web->ticket);
  page = get (&fixture, PN_CALLER_AGENT, target);
  g_assert_cmpint (pn_testhttp_status (page), ==, 200);
  g_assert_nonnull (strstr (page, "Drafted from a ticket."));
  g_assert_null (strstr (page, "Lovelace"));
  g_assert_null (strstr (page, "ada@customer.example"));
  stop (&fixture);
}

/* Programs: the same rules, once for a key, and internal articles only with a token (TRUST.md 56). */
static void
test_api (void)
{
  static const char fresh[] = "{\"title\":\"Where do I park?\",\"body\":\"Behind the mill.\","
                              "\"questions\":\"parking\\nmy cart\",\"language\":\"en\"}";
  Fixture fixture;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *other = NULL;
  g_autofree char *list = NULL;
  g_autofree char *found = NULL;
  g_autofree char *denied = NULL;
  g_autofree char *old = NULL;
  g_autofree char *target = NULL;
  g_autoptr (json_t) document = NULL;
  g_autoptr (json_t) rows = NULL;
  json_t *article;

  if (!start (&fixture))
    return;
  one = call_api (&fixture, PN_CALLER_AGENT, "POST", "/api/v1/kb/articles",
                  "Idempotency-Key: k1\r\n", fresh);
  two = call_api (&fixture, PN_CALLER_AGENT, "POST", "/api/v1/kb/articles",
                  "Idempotency-Key: k1\r\n", fresh);
  other = call_api (&fixture, PN_CALLER_AGENT, "POST", "/api/v1/kb/articles",
                    "Idempotency-Key: k1\r\n", "{\"title\":\"Another\"}");
  g_assert_cmpint (pn_testhttp_status (one), ==, 201);
  g_assert_cmpstr (pn_testhttp_body (one), ==, pn_testhttp_body (two));
  g_assert_cmpint (pn_testhttp_status (other), ==, 422);
  document = json_loads (pn_testhttp_body (one), 0, NULL);
  article = json_object_get (document, "article");
  g_assert_cmpstr (pn_json_get_text (article, "state"), ==, "draft");
  g_assert_cmpuint (json_array_size (json_object_get (article, "questions")), ==, 2);
  list = call_api (&fixture, PN_CALLER_AGENT, "GET", "/api/v1/kb/articles?query=refund&limit=1", "",
                   NULL);
  rows = json_loads (pn_testhttp_body (list), 0, NULL);
  g_assert_cmpuint (json_array_size (json_object_get (rows, "articles")), ==, 1);
  g_assert_nonnull (pn_json_get_text (rows, "next"));
  found = pn_testweb_ask (fixture.web, "GET", "/api/v1/kb/search?q=refund+thirty+days&explain=1",
                          "", NULL);
  g_assert_null (strstr (found, "beyond"));
  g_assert_nonnull (strstr (found, "\"why\""));
  target = g_strdup_printf ("/api/v1/kb/articles/%" G_GINT64_FORMAT, fixture.id);
  denied = call_api (&fixture, PN_CALLER_AGENT, "PATCH", target, "", "{\"state\":\"archived\"}");
  g_assert_cmpint (pn_testhttp_status (denied), ==, 403);
  old = call_api (&fixture, PN_CALLER_LEAD, "PATCH", target, "",
                  "{\"title\":\"x\",\"if_version\":9}");
  g_assert_cmpint (pn_testhttp_status (old), ==, 409);
  stop (&fixture);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/kb-desk/rights", test_rights);
  g_test_add_func ("/web/kb-desk/proposal", test_proposal);
  g_test_add_func ("/web/kb-desk/conflict", test_conflict);
  g_test_add_func ("/web/kb-desk/versions", test_versions);
  g_test_add_func ("/web/kb-desk/preview", test_preview);
  g_test_add_func ("/web/kb-desk/mistakes", test_mistakes);
  g_test_add_func ("/web/kb-desk/schedule-in-zone", test_schedule_in_zone);
  g_test_add_func ("/web/kb-desk/names", test_names);
  g_test_add_func ("/web/kb-desk/from-ticket", test_from_ticket);
  g_test_add_func ("/web/kb-desk/api", test_api);
  return g_test_run ();
}
