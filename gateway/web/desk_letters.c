/* /desk/manage/letters: the words of letters. Own words are checked by rendering them before they are saved, every version
 * is kept, and the built-in ones can come back. */
#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/letter_sample.h"
#include "gateway/web/show.h"
#include "templates/letter.h"
#include "templates/template_names.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/wording.h"

/* To customers, and then to staff. */
static const char *const letters[] = {
  "ack",           "ack-unverified", "answer",          "reply",
  "rule",          "survey",         "form-confirm",    "ticket-link",
  "requests-link", "notice-new",     "notice-assigned", "notice-replied",
  "notice-due",    "notice-rule",    "notice-unsent",   "notice-review",
  "escalation",    "digest",         "answers-off",
};

static const char *const languages[] = { "en", "de" };

/* A letter on the page. */
typedef struct {
  const char *letter;
  const char *language;
  PnTicket *ticket;   /* it is tried on; NULL: an invented one */
  char *problem;      /* why not on the one that was asked for; NULL */
  PnWording *wording; /* the newest */
  char *text;         /* what is shown and tried */
  char *html;         /* NULL: without */
} Sheet;

static void
sheet_clear (Sheet *sheet)
{
  pn_ticket_free (sheet->ticket);
  pn_wording_free (sheet->wording);
  g_free (sheet->problem);
  g_free (sheet->text);
  g_free (sheet->html);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sheet, sheet_clear)

static const char *
find_word (const char *const *words, gsize n, const char *word)
{
  for (gsize i = 0; i < n; i++) {
    if (g_strcmp0 (words[i], word) == 0)
      return words[i];
  }
  return NULL;
}

static gboolean
is_own (const GPtrArray *own, const char *letter, const char *language)
{
  for (guint i = 0; i < own->len; i++) {
    const PnWording *wording = own->pdata[i];

    if (strcmp (wording->letter, letter) == 0 && strcmp (wording->language, language) == 0)
      return TRUE;
  }
  return FALSE;
}

static json_t *
show_letter (const GPtrArray *own, const char *letter)
{
  json_t *list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_autofree char *url =
        g_strdup_printf ("/desk/manage/letters/%s?language=%s", letter, languages[i]);

    json_array_append_new (list, json_pack ("{s:s, s:s, s:b}", "name", languages[i], "url", url,
                                            "is_own", is_own (own, letter, languages[i])));
  }
  return json_pack ("{s:s, s:o}", "name", letter, "languages", list);
}

void
pn_desk_letters (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) own = pn_wording_list_own (call->db, &error);
  json_t *list;

  if (own == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (gsize i = 0; i < G_N_ELEMENTS (letters); i++)
    json_array_append_new (list, show_letter (own, letters[i]));
  pn_call_page (call, 200, "desk-letters", json_pack ("{s:o}", "letters", list));
}

/* Returns: (owned) the built-in words; NULL: there are none of this kind. */
static char *
built_in (const PnCall *call, const Sheet *sheet, const char *ending)
{
  g_autofree char *name = g_strconcat ("mail/", sheet->language, "/", sheet->letter, ending, NULL);

  return g_strdup (pn_templates_letter_source (call->web->config.templates, name));
}

static gboolean
fill_texts (PnCall *call, Sheet *sheet, int version, GError **error)
{
  g_autoptr (PnWording) shown =
      pn_wording_load (call->db, sheet->letter, sheet->language, version, error);

  if (shown == NULL)
    return FALSE;
  sheet->text = shown->is_own ? g_strdup (shown->text) : built_in (call, sheet, ".txt");
  sheet->html = shown->is_own ? g_strdup (shown->html) : built_in (call, sheet, ".html");
  return TRUE;
}

/* A wrong number is told on the page, beside what was typed. FALSE: answered already. */
static gboolean
find_ticket (PnCall *call, const char *number, Sheet *sheet)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;
  const gboolean is_number = pn_call_read_number (number, &id);

  if (call->is_api) {
    if (!is_number)
      pn_call_problem (call, 400, "ticket is a number");
    return is_number && (sheet->ticket = pn_call_ticket (call, id, PN_RIGHT_SEE)) != NULL;
  }
  sheet->ticket = pn_ticket_load (call->db, id, &error);
  if (sheet->ticket != NULL)
    return TRUE;
  if (!pn_error_is (error, PN_ERROR_NOT_FOUND)) {
    pn_call_fail (call, error);
    return FALSE;
  }
  sheet->problem = g_strdup_printf ("there is no ticket with the number \"%s\"", number);
  return TRUE;
}

/* The letter, language and ticket that are asked for. FALSE: answered already. */
static gboolean
open_sheet (PnCall *call, const char *language, const char *number, Sheet *sheet)
{
  g_autoptr (GError) error = NULL;

  sheet->letter = find_word (letters, G_N_ELEMENTS (letters), call->request->match.name);
  sheet->language = find_word (languages, G_N_ELEMENTS (languages),
                               language != NULL && *language != '\0' ? language : "en");
  if (sheet->letter == NULL || sheet->language == NULL) {
    pn_call_not_found (call);
    return FALSE;
  }
  if (number != NULL && *number != '\0' && !find_ticket (call, number, sheet))
    return FALSE;
  sheet->wording = pn_wording_load (call->db, sheet->letter, sheet->language, 0, &error);
  if (sheet->wording == NULL)
    pn_call_fail (call, error);
  return sheet->wording != NULL;
}

/* What no letter may do to its reader, nor load from anywhere (TRUST.md rows 21 and 50). */
static gboolean
check_html (const char *html, GError **error)
{
  static const char *const forbidden[] = { "<script",    "<iframe",   "<object", "<embed",
                                           "<form",      "<link",     "<base",   "javascript:",
                                           "src=\"http", "src='http", "url(" };
  g_autofree char *lower = html != NULL ? g_ascii_strdown (html, -1) : g_strdup ("");

  for (gsize i = 0; i < G_N_ELEMENTS (forbidden); i++) {
    if (strstr (lower, forbidden[i]) != NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "the HTML of a letter may not have %s", forbidden[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* INVALID with what the template engine says. */
static gboolean
try_letter (PnCall *call, const Sheet *sheet, gboolean is_bare, PnLetterText *made, GError **error)
{
  const PnRenderOptions options = { .language = sheet->language, .now = pn_clock_now () };
  const PnLetterWords words = { sheet->text, sheet->html };
  g_autoptr (json_t) document =
      pn_letter_sample (call, sheet->letter, sheet->ticket, is_bare, error);
  g_autoptr (GError) problem = NULL;

  if (document == NULL || !check_html (sheet->html, error))
    return FALSE;
  if (pn_letter_render_words (call->web->config.templates, sheet->letter, &words, document,
                              &options, made, &problem))
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID, "%s", problem->message);
  return FALSE;
}

static void
add_unknown (json_t *list, const char *part, const GPtrArray *found)
{
  for (guint i = 0; i < found->len; i++) {
    const PnUnknownName *unknown = found->pdata[i];

    json_array_append_new (list, json_pack ("{s:s, s:o, s:o}", "part", part, "name",
                                            pn_json_text (unknown->name), "near",
                                            pn_json_text (unknown->near)));
  }
}

/* Returns: (owned) the names that would stay empty, since no letter of this kind has them: what an invented ticket brings
 * is all there is. What is no template is told elsewhere. NULL with an error. */
static json_t *
show_unknown (PnCall *call, const Sheet *sheet, GError **error)
{
  const char *const parts[] = { "text", "html" };
  const char *const texts[] = { sheet->text, sheet->html };
  g_autoptr (json_t) sample = pn_letter_sample (call, sheet->letter, NULL, FALSE, error);
  json_t *list;

  if (sample == NULL)
    return NULL;
  list = json_array ();
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *name = g_strdup_printf ("mail/%s/%s.%s", sheet->language, sheet->letter,
                                             i == 0 ? "txt" : parts[i]);
    g_autoptr (GPtrArray) found =
        texts[i] != NULL ? pn_template_unknown_names (name, texts[i], sample, NULL) : NULL;

    if (found != NULL)
      add_unknown (list, parts[i], found);
  }
  return list;
}

static json_t *
show_versions (PnCall *call, const Sheet *sheet, GError **error)
{
  g_autoptr (GPtrArray) versions =
      pn_wording_list_versions (call->db, sheet->letter, sheet->language, error);
  json_t *list;

  if (versions == NULL || !pn_show_load (call, error))
    return NULL;
  list = json_array ();
  for (guint i = 0; i < versions->len; i++) {
    const PnWording *wording = versions->pdata[i];
    const PnAgent *agent = pn_show_agent (call, wording->agent_id);
    g_autofree char *url = g_strdup_printf ("/desk/manage/letters/%s?language=%s&version=%d",
                                            sheet->letter, sheet->language, wording->version);

    json_array_append_new (list,
                           json_pack ("{s:i, s:s, s:b, s:o, s:o}", "version", wording->version,
                                      "url", url, "is_own", wording->is_own, "agent",
                                      pn_json_text (agent != NULL ? agent->name : NULL),
                                      "created_at", pn_json_time (wording->created_at)));
  }
  return list;
}

static json_t *
show_languages (const Sheet *sheet)
{
  json_t *list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_autofree char *url =
        g_strdup_printf ("/desk/manage/letters/%s?language=%s", sheet->letter, languages[i]);

    json_array_append_new (list, json_pack ("{s:s, s:s, s:b}", "name", languages[i], "url", url,
                                            "is_current", languages[i] == sheet->language));
  }
  return list;
}

/* The page, with what the texts become; @problem: why they were not saved; NULL. */
static void
show_sheet (PnCall *call, const Sheet *sheet, int status, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_auto (PnLetterText) made = { NULL };
  g_autofree char *wrong = g_strdup (problem);
  json_t *versions;
  json_t *unknown;

  if (!try_letter (call, sheet, FALSE, &made, &error)) {
    if (!pn_error_is (error, PN_ERROR_INVALID)) {
      pn_call_fail (call, error);
      return;
    }
    wrong = wrong != NULL ? g_steal_pointer (&wrong) : g_strdup (error->message);
    g_clear_error (&error);
  }
  versions = show_versions (call, sheet, &error);
  unknown = versions != NULL ? show_unknown (call, sheet, &error) : NULL;
  if (unknown == NULL) {
    json_decref (versions);
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (
      call, status, "desk-letter",
      json_pack (
          "{s:{s:s, s:s, s:o, s:b, s:b, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o, s:b}}}",
          "letter", "name", sheet->letter, "language", sheet->language, "languages",
          show_languages (sheet), "is_own", sheet->wording->is_own, "is_tried",
          g_strcmp0 (pn_call_field (call, "action"), "preview") == 0, "version",
          sheet->wording->version, "versions", versions, "text", pn_json_text (sheet->text), "html",
          pn_json_text (sheet->html), "ticket",
          sheet->ticket != NULL ? json_integer (sheet->ticket->id) : json_null (), "problem",
          pn_json_text (wrong), "unknown", unknown, "preview", "subject",
          pn_json_text (made.subject), "text", pn_json_text (made.text), "has_html",
          made.html != NULL));
}

void
pn_desk_letter (PnCall *call)
{
  const char *version = pn_call_query (call, "version");
  g_autoptr (GError) error = NULL;
  g_auto (Sheet) sheet = { NULL };
  gint64 number = 0;

  if (!open_sheet (call, pn_call_query (call, "language"), pn_call_query (call, "ticket"), &sheet))
    return;
  if (version != NULL && (!pn_call_read_number (version, &number) || number > G_MAXINT)) {
    pn_call_problem (call, 400, "version is a number");
    return;
  }
  if (!fill_texts (call, &sheet, (int) number, &error))
    pn_call_fail (call, error);
  else
    show_sheet (call, &sheet, sheet.problem != NULL ? 404 : 200, sheet.problem);
}

/* What was typed. */
static void
take_texts (const PnCall *call, Sheet *sheet)
{
  const char *text = pn_call_field (call, "text");
  const char *html = pn_call_field (call, "html");

  sheet->text = g_strdup (text != NULL ? text : "");
  sheet->html = html != NULL && strspn (html, " \t\n") < strlen (html) ? g_strdup (html) : NULL;
}

static gboolean
save (PnCall *call, const Sheet *sheet, gboolean is_own_words, GError **error)
{
  const char *version = pn_call_field (call, "version");
  const PnWording wording = { .letter = (char *) sheet->letter,
                              .language = (char *) sheet->language,
                              .version = sheet->wording->version,
                              .is_own = is_own_words,
                              .text = is_own_words ? sheet->text : (char *) "",
                              .html = is_own_words ? sheet->html : NULL,
                              .agent_id = call->agent->id };
  g_auto (PnLetterText) full = { NULL };
  g_auto (PnLetterText) bare = { NULL };
  gint64 seen;

  if (version != NULL
      && (!pn_call_read_number (version, &seen) || seen != sheet->wording->version)) {
    pn_error_set (error, PN_ERROR_CONFLICT, "somebody else has changed this letter meanwhile");
    return FALSE;
  }
  if (is_own_words
      && (!try_letter (call, sheet, FALSE, &full, error)
          || !try_letter (call, sheet, TRUE, &bare, error)))
    return FALSE;
  if (!pn_wording_save (call->db, &wording, error))
    return FALSE;
  pn_log (PN_LOG_INFO, "letter-worded", "letter=%s language=%s version=%d agent=%" G_GINT64_FORMAT,
          wording.letter, wording.language, wording.version + 1, call->agent->id);
  return TRUE;
}

void
pn_desk_letter_save (PnCall *call)
{
  const char *action = pn_call_field (call, "action");
  const gboolean is_own_words = g_strcmp0 (action, "reset") != 0;
  g_autoptr (GError) error = NULL;
  g_auto (Sheet) sheet = { NULL };
  g_autofree char *location = NULL;
  g_autoptr (json_t) unknown = NULL;

  if (!open_sheet (call, pn_call_field (call, "language"), pn_call_field (call, "ticket"), &sheet))
    return;
  take_texts (call, &sheet);
  if (sheet.problem != NULL || g_strcmp0 (action, "preview") == 0) {
    show_sheet (call, &sheet, sheet.problem != NULL ? 400 : 200, sheet.problem);
    return;
  }
  location = g_strdup_printf ("/desk/manage/letters/%s?language=%s", sheet.letter, sheet.language);
  unknown = is_own_words ? show_unknown (call, &sheet, &error) : json_array ();
  if (unknown != NULL && save (call, &sheet, is_own_words, &error))
    pn_call_done (call, location, NULL, 200, json_pack ("{s:O}", "unknown", unknown));
  else if (!call->is_api
           && (pn_error_is (error, PN_ERROR_INVALID) || pn_error_is (error, PN_ERROR_CONFLICT)))
    show_sheet (call, &sheet, pn_error_http_status (error), error->message);
  else
    pn_call_fail (call, error);
}

/* The HTML as its reader will see it, in a frame without scripts, origin and cookies; of what was typed. */
void
pn_desk_letter_html (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_auto (Sheet) sheet = { NULL };
  g_auto (PnLetterText) made = { NULL };

  if (!open_sheet (call, pn_call_field (call, "language"), pn_call_field (call, "ticket"), &sheet))
    return;
  take_texts (call, &sheet);
  if (!try_letter (call, &sheet, FALSE, &made, &error)) {
    if (pn_error_is (error, PN_ERROR_INVALID))
      pn_call_problem (call, 400, error->message);
    else
      pn_call_fail (call, error);
    return;
  }
  if (made.html == NULL) {
    pn_call_problem (call, 400, "this letter has no HTML");
    return;
  }
  call->response->policy = PN_POLICY_MAIL;
  pn_response_set_text (call->response, 200, "text/html; charset=utf-8",
                        g_steal_pointer (&made.html));
}
