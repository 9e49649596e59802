#include "templates/letter.h"

#include <string.h>

#include "tests/lib/test.h"

#define NOW (G_GINT64_CONSTANT (1795344127) * 1000000) /* 2026-11-22T10:42:07Z */

static const char *const languages[] = { "en", "de" };
static const char *const letters[] = { "ack",
                                       "ack-unverified",
                                       "answer",
                                       "reply",
                                       "form-confirm",
                                       "ticket-link",
                                       "requests-link",
                                       "notice-new",
                                       "notice-assigned",
                                       "notice-replied",
                                       "notice-due",
                                       "notice-rule",
                                       "notice-unsent",
                                       "rule",
                                       "escalation",
                                       "digest",
                                       "notice-review",
                                       "report" };

/* All fields that templates/mail/README names. */
static const char full[] =
    "{'site': {'name': 'Analytical Engines', 'url': 'https://help.example'}, 'queue': {'title': 'Mill team'},"
    " 'ticket': {'number': 1042, 'subject': 'The engine stops', 'url': 'https://help.example/my/1042',"
    "            'priority': 'high', 'status': 'open'},"
    " 'person': {'name': 'Ada Lovelace', 'address': 'ada@customer.example', 'verdict': 'none'},"
    " 'agent': {'name': 'Charles Babbage'}, 'actor': {'name': 'Luigi Menabrea'},"
    " 'suggestions': [{'title': 'Oiling the mill', 'url': 'https://help.example/kb/oil'},"
    "                 {'title': 'Jammed cards', 'url': 'https://help.example/kb/cards'}],"
    " 'article': {'title': 'Oiling <the> mill', 'url': 'https://help.example/kb/oil', 'text': 'Oil it.',"
    "             'html': {'safe_html': '<p>Oil <b>it</b>.</p>'}},"
    " 'answer_by': '2026-11-22T17:00:00Z', 'due_at': '2026-11-22T11:20:07Z', 'minutes': 30, 'hours': 72,"
    " 'solved_link': 'https://help.example/s/1', 'person_link': 'https://help.example/p/1',"
    " 'confirm_link': 'https://help.example/c/1', 'link': 'https://help.example/l/1',"
    " 'items': [{'number': 1042, 'subject': 'The engine stops', 'priority': 'high', 'status': 'open', 'queue': 'Mill team',"
    "             'metric': 'first_response', 'place': '75 %', 'parts': {'percent': 75, 'hours': null, 'minutes': null, 'side': null}, 'due_at': '2026-11-22T11:20:07Z', 'at': '2026-11-22T10:20:07Z'}],"
    " 'count': 1, 'is_single': true, 'title': 'Every morning [#1042]', 'total': 7, 'unassigned': 2, 'broken': 1, 'is_capped': false,"
    " 'more': 0, 'at': '2026-11-22T10:20:07Z',"
    " 'queues': [{'title': 'Mill team', 'new': 1, 'open': 2, 'waiting': 3, 'on_hold': 1, 'total': 7, 'oldest_at': '2026-11-01T10:20:07Z'}],"
    " 'overdue': [{'number': 1042, 'subject': 'The engine stops', 'queue': 'Mill team', 'priority': 'high', 'metric': 'resolution',"
    "              'due_at': '2026-11-22T10:20:07Z', 'owner': null}],"
    " 'report': {'name': 'resolution', 'by': 'queue', 'from': '2026-11-16', 'to': '2026-11-22', 'zone': 'UTC', 'time': 'business'},"
    " 'is_one_day': false, 'path': '/desk/reports/resolution?from=2026-11-16', 'columns': [{'name': 'solved', 'unit': 'count'}],"
    " 'rows': [{'label': 'Mill <team>', 'cells': [{'column': 'solved', 'unit': 'count', 'is_set': true, 'value': 7},"
    "           {'column': 'mean', 'unit': 'seconds', 'is_set': true, 'value': 7200}, {'column': 'rate', 'unit': 'share', 'is_set': false, 'value': null}]}],"
    " 'sum': {'cells': [{'column': 'rate', 'unit': 'share', 'is_set': true, 'value': 0.25, 'percent': 25}]},"
    " 'text': 'Try <this>.\\nThen that.',"
    " 'notice': 'We are at the seaside.\\nUntil Monday.', 'signature': 'The mill team\\nMonday to Friday', 'reason': 'rule \"mill\"',"
    " 'quoted': {'name': 'Ada Lovelace', 'at': '2026-11-22T09:00:00Z', 'text': 'after card 7\\n> older'}}";

/* Only what must be there. */
static const char least[] =
    "{'site': {'name': 'Analytical Engines'}, 'queue': {'title': 'Mill team'},"
    " 'ticket': {'number': 1042, 'subject': 'The engine stops', 'url': null},"
    " 'person': {'name': '', 'address': 'ada@customer.example', 'verdict': 'pass'}, 'agent': {'name': 'Charles'},"
    " 'suggestions': [], 'article': {'title': 'Oil', 'url': 'https://help.example/kb/oil', 'text': 'Oil it.'},"
    " 'report': {'name': 'volume', 'by': 'day', 'from': '2026-11-22', 'to': '2026-11-22', 'zone': 'UTC', 'time': 'calendar'},"
    " 'is_one_day': true, 'path': '/x', 'columns': [], 'rows': [], 'sum': {'cells': []},"
    " 'items': [{'number': 1042, 'subject': 'x', 'priority': 'low', 'status': 'open', 'queue': 'Mill team',"
    "             'metric': 'resolution', 'place': '75 %', 'parts': {'percent': 75, 'hours': null, 'minutes': null, 'side': null}, 'due_at': null, 'at': '2026-11-22T10:20:07Z'}],"
    " 'count': 1, 'is_single': true, 'title': 'Every morning [#1042]', 'total': 0, 'unassigned': 0, 'broken': 0, 'is_capped': false,"
    " 'more': 0, 'queues': [], 'overdue': [], 'at': '2026-11-22T10:20:07Z',"
    " 'due_at': '2026-11-22T11:20:07Z', 'minutes': 1, 'hours': 1, 'solved_link': 'https://help.example/s/1', 'person_link': 'https://help.example/p/1',"
    " 'confirm_link': 'https://help.example/c/1', 'link': 'https://help.example/l/1', 'text': 'Try this.'}";

static json_t *
document_of (const char *text)
{
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (GString) fixed = g_string_new (json);
  json_t *document;

  g_string_replace (fixed, "rule \"mill\"", "rule mill", 0);
  document = json_loads (fixed->str, 0, NULL);
  g_assert_nonnull (document);
  if (text == full) {
    json_object_set_new (document, "html", pn_safe_html ("<p>Try &lt;this&gt;.</p>"));
    json_object_set_new (json_object_get (document, "article"), "html",
                         pn_safe_html ("<p>Oil <b>it</b>.</p>"));
  }
  return document;
}

static void
check_letter (PnTemplates *set, const char *name, const char *language, json_t *document)
{
  PnRenderOptions options = { .language = language, .now = NOW };
  g_auto (PnLetterText) letter = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_letter_render (set, name, document, &options, &letter, &error));
  pn_assert_no_error (error);
  /* who did not write to us is told no number, and a review is of no ticket */
  g_assert_true (strcmp (name, "form-confirm") == 0 || strcmp (name, "notice-review") == 0
                 || strstr (letter.subject, "[#1042]") != NULL);
  g_assert_null (strpbrk (letter.subject, "\r\n"));
  g_assert_null (strstr (letter.subject, "  "));
  g_assert_true (strcmp (name, "notice-review") == 0 || strstr (letter.text, "[#1042]") != NULL);
  g_assert_null (strstr (letter.text, "{"));
  if (strstr (letter.text, "\n\n\n") != NULL)
    g_test_message ("%s (%s): %s", name, language, letter.text);
  g_assert_null (strstr (letter.text, "\n\n\n"));
  g_assert_true (g_str_has_suffix (letter.text, "\n"));
  g_assert_cmpint (letter.text[0], !=, '\n');
  if (letter.html != NULL) {
    g_assert_null (strstr (letter.html, "<this>"));
    g_assert_null (strstr (letter.html, "<img"));
  }
}

static void
test_all (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTemplates) set = pn_templates_open (NULL, &error);
  json_t *documents[] = { document_of (full), document_of (least) };

  pn_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (letters); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (languages); j++)
      for (gsize k = 0; k < G_N_ELEMENTS (documents); k++)
        check_letter (set, letters[i], languages[j], documents[k]);
  json_decref (documents[0]);
  json_decref (documents[1]);
}

/* That nobody is there now is said wherever a person was asked for or may be. */
static void
test_notice (void)
{
  static const char *const names[] = { "ack", "ack-unverified", "answer" };
  g_autoptr (PnTemplates) set = pn_templates_open (NULL, NULL);
  json_t *document = document_of (full);
  json_t *without = document_of (least);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (languages); j++) {
      PnRenderOptions options = { .language = languages[j], .now = NOW };
      g_auto (PnLetterText) said = { 0 };
      g_auto (PnLetterText) open = { 0 };

      g_test_message ("%s %s", names[i], languages[j]);
      g_assert_true (pn_letter_render (set, names[i], document, &options, &said, NULL));
      g_assert_true (pn_letter_render (set, names[i], without, &options, &open, NULL));
      g_assert_nonnull (strstr (said.text, "\n\nWe are at the seaside.\nUntil Monday.\n\n"));
      g_assert_true (said.html == NULL || strstr (said.html, "at the seaside") != NULL);
      g_assert_null (strstr (open.text, "seaside"));
    }
  json_decref (document);
  json_decref (without);
}

/* What a stranger wrote is in no letter to an address that nobody proved. */
static void
test_unverified (void)
{
  static const char *const names[] = { "ack-unverified", "form-confirm", "ticket-link" };
  g_autoptr (PnTemplates) set = pn_templates_open (NULL, NULL);
  json_t *document = document_of (full);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (languages); j++) {
      PnRenderOptions options = { .language = languages[j], .now = NOW };
      g_auto (PnLetterText) letter = { 0 };
      g_autofree char *whole = NULL;

      g_assert_true (pn_letter_render (set, names[i], document, &options, &letter, NULL));
      g_assert_null (letter.html);
      whole = g_strconcat (letter.subject, letter.text, NULL);
      g_assert_null (strstr (whole, "engine stops"));
      g_assert_null (strstr (whole, "Ada"));
      g_assert_null (strstr (whole, "Try"));
      g_assert_null (strstr (whole, "customer.example"));
    }
  json_decref (document);
}

static void
test_ack_size (void)
{
  g_autoptr (PnTemplates) set = pn_templates_open (NULL, NULL);
  g_autofree char *title = g_strnfill (200, 'x');
  g_autofree char *url = g_strdup_printf ("https://help.example/%s", title);
  json_t *document = document_of (full);
  json_t *suggestions = json_object_get (document, "suggestions");

  json_array_clear (suggestions);
  for (int i = 0; i < 3; i++)
    json_array_append_new (suggestions, json_pack ("{s:s, s:s}", "title", title, "url", url));
  json_object_set_new (json_object_get (document, "ticket"), "subject", json_string (title));
  json_object_set_new (document, "solved_link", json_string (url));
  for (gsize j = 0; j < G_N_ELEMENTS (languages); j++)
    for (int i = 0; i < 2; i++) {
      PnRenderOptions options = { .language = languages[j], .now = NOW };
      g_auto (PnLetterText) letter = { 0 };

      g_assert_true (pn_letter_render (set, letters[i], document, &options, &letter, NULL));
      g_assert_cmpuint (strlen (letter.text), <=, PN_LETTER_MAX_ACK_BYTES);
    }
  json_decref (document);
}

static void
test_subject_is_one_line (void)
{
  static const char *const breaks[] = { "\r\nBcc: v@x", "\n\nBody", "\xe2\x80\xa8X: y",
                                        "\xc2\x85X: y", "\x0bX: y" };
  g_autoptr (PnTemplates) set = pn_templates_open (NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (breaks); i++) {
    PnRenderOptions options = { .language = "en", .now = NOW };
    g_auto (PnLetterText) letter = { 0 };
    g_autofree char *subject = g_strconcat ("a", breaks[i], NULL);
    json_t *document = document_of (least);

    json_object_set_new (json_object_get (document, "ticket"), "subject", json_string (subject));
    g_assert_true (pn_letter_render (set, "reply", document, &options, &letter, NULL));
    g_assert_true (g_str_has_prefix (letter.subject, "Re: a "));
    g_assert_true (g_str_has_suffix (letter.subject, " [#1042]"));
    g_assert_null (strpbrk (letter.subject, "\r\n\x0b"));
    g_assert_null (strstr (letter.subject, "\xe2\x80\xa8"));
    g_assert_true (g_str_has_prefix (letter.text, "Try this."));
    json_decref (document);
  }
}

static void
test_words (void)
{
  g_autoptr (PnTemplates) set = pn_templates_open (NULL, NULL);
  PnRenderOptions options = { .language = "de", .now = NOW, .utc_offset_seconds = 3600 };
  g_auto (PnLetterText) ack = { 0 };
  g_auto (PnLetterText) reply = { 0 };
  g_auto (PnLetterText) none = { 0 };
  g_autoptr (GError) error = NULL;
  json_t *document = document_of (full);

  g_assert_true (pn_letter_render (set, "ack", document, &options, &ack, NULL));
  g_assert_nonnull (strstr (ack.text, "Guten Tag Ada Lovelace,\n\n"));
  g_assert_nonnull (strstr (ack.text, "bis 22. Nov. 2026, 18:00 Uhr rechnen.\n\n"));
  g_assert_nonnull (strstr (ack.text, "* Jammed cards\n  https://help.example/kb/cards\n\nFalls"));
  options.language = "xx";
  g_assert_true (pn_letter_render (set, "reply", document, &options, &reply, NULL));
  g_assert_true (g_str_has_prefix (
      reply.text, "Try <this>.\nThen that.\n\nCharles Babbage\nThe mill team\nMonday"));
  g_assert_nonnull (strstr (reply.text, "\n> after card 7\n>> older\n"));
  g_assert_nonnull (strstr (reply.html, "<p>Try &lt;this&gt;.</p>"));
  g_assert_false (pn_letter_render (set, "nothing", document, &options, &none, &error));
  g_assert_error (error, PN_TEMPLATE_ERROR, PN_TEMPLATE_ERROR_NOT_FOUND);
  json_decref (document);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/letter/all", test_all);
  g_test_add_func ("/letter/notice", test_notice);
  g_test_add_func ("/letter/unverified", test_unverified);
  g_test_add_func ("/letter/ack-size", test_ack_size);
  g_test_add_func ("/letter/subject-is-one-line", test_subject_is_one_line);
  g_test_add_func ("/letter/words", test_words);
  return g_test_run ();
}
