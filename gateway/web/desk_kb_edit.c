#include <string.h>

#include "gateway/web/desk_kb.h"
#include "gateway/web/handlers.h"
#include "gateway/web/language_name.h"
#include "gateway/web/once.h"
#include "gateway/web/reading.h"
#include "gateway/web/show.h"
#include "kb/category.h"
#include "kb/link.h"
#include "kb/question.h"
#include "kb/redact.h"
#include "kb/version.h"
#include "kb/vote.h"
#include "ticketing/core/text.h"
#include "ticketing/participant.h"

#define WORDS 10
#define ASKED_MAX 3
#define ASKED_MAX_CHARS 300

/* Returns: (owned) "2026-11-22" for a field of the browser's kind; "" for 0. */
static char *
write_date (PnTime time)
{
  g_autofree char *text = pn_clock_write (time);

  return text != NULL ? g_strndup (text, strlen ("2026-11-22")) : g_strdup ("");
}

static char *
join_questions (const PnArticle *article)
{
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < article->questions->len; i++)
    g_string_append_printf (lines, "%s\n", (char *) article->questions->pdata[i]);
  return g_string_free (lines, FALSE);
}

static json_t *
show_form (const PnEditor *editor)
{
  const PnArticle *article = editor->article;
  g_autofree char *action = article->id != 0
                                ? g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, article->id)
                                : g_strdup ("/desk/kb");
  g_autofree char *review = write_date (article->review_at);
  g_autofree char *questions = join_questions (article);
  g_autofree char *key = pn_once_new_key ();
  json_t *form = pn_desk_kb_show_article (article);

  pn_json_set (form, "action", json_string (action));
  pn_json_set (form, "op", json_string (key));
  pn_json_set (form, "questions", pn_json_text (questions));
  pn_json_set (form, "review_at", json_string (review));
  pn_json_set (form, "note", pn_json_text (editor->note != NULL ? editor->note : ""));
  pn_json_set (form, "is_new", json_boolean (article->id == 0));
  pn_json_set (form, "is_proposal", json_boolean (editor->is_proposal));
  pn_json_set (form, "ticket", pn_json_id (editor->ticket_id));
  pn_json_set (form, "redacted", json_integer (editor->redacted));
  pn_json_set (form, "problem", pn_json_text (editor->problem));
  pn_json_set (form, "is_unsaved", json_boolean (editor->is_unsaved));
  return form;
}

/* (owned) The languages of the articles, and those that the pages have. */
static json_t *
list_languages (const GPtrArray *languages)
{
  static const char *const ours[] = { "de", "en" };
  json_t *codes = json_array ();

  for (guint i = 0; i < languages->len; i++)
    json_array_append_new (codes, pn_json_text (languages->pdata[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++) {
    if (!g_ptr_array_find_with_equal_func ((GPtrArray *) languages, ours[i], g_str_equal, NULL))
      json_array_append_new (codes, json_string (ours[i]));
  }
  return codes;
}

static gboolean
add_choices (PnCall *call, json_t *document, const PnArticle *article, GError **error)
{
  g_autoptr (GPtrArray) categories = pn_category_list (call->db, error);
  g_autoptr (GPtrArray) languages =
      categories != NULL ? pn_article_list_languages (call->db, error) : NULL;
  json_t *names = json_array (), *owners = json_array ();
  gboolean is_known = *article->owner == '\0';

  for (guint i = 0; languages != NULL && i < categories->len; i++)
    json_array_append_new (names, pn_json_text (((PnCategory *) categories->pdata[i])->name));
  if (languages != NULL && pn_show_load (call, error)) {
    for (guint i = 0; i < call->agents->len; i++) {
      const PnAgent *agent = call->agents->pdata[i];
      gboolean is_current = strcmp (agent->login, article->owner) == 0;

      is_known = is_known || is_current;
      json_array_append_new (owners,
                             json_pack ("{s:s, s:o, s:b}", "login", agent->login, "name",
                                        pn_json_text (agent->name), "is_current", is_current));
    }
  }
  if (!is_known)
    json_array_append_new (owners, json_pack ("{s:s, s:s, s:b}", "login", article->owner, "name",
                                              article->owner, "is_current", TRUE));
  pn_json_set (document, "choices",
               json_pack ("{s:o, s:o, s:o}", "categories", names, "languages",
                          languages != NULL ? list_languages (languages) : json_array (), "owners",
                          owners));
  return languages != NULL && call->agents != NULL;
}

static gboolean
add_links (PnCall *call, json_t *document, const PnArticle *article, GError **error)
{
  g_autoptr (GPtrArray) links = pn_link_check (call->db, article, error);
  json_t *list = json_array ();

  for (guint i = 0; links != NULL && i < links->len; i++) {
    const PnLink *link = links->pdata[i];

    if (link->fault != PN_LINK_GOOD)
      json_array_append_new (list, json_pack ("{s:o, s:s}", "address", pn_json_text (link->address),
                                              "fault", pn_link_fault_name (link->fault)));
  }
  pn_json_set (document, "links", list);
  return links != NULL;
}

static gboolean
add_translations (PnCall *call, json_t *document, const PnArticle *article, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (PnArticle) original = NULL;
  json_t *list = json_array ();

  if (article->id != 0)
    rows = pn_article_list_translations (call->db, article, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const PnArticleRow *row = rows->pdata[i];
    json_t *shown = pn_desk_kb_show_row (row);

    pn_json_set (shown, "is_current", json_boolean (row->id == article->id));
    json_array_append_new (list, shown);
  }
  pn_json_set (document, "translations", list);
  if (article->id != 0 && rows == NULL)
    return FALSE;
  if (*article->translation_of != '\0'
      && !pn_article_find_external (call->db, article->translation_of, &original, error))
    return FALSE;
  pn_json_set (document, "original",
               original != NULL ? pn_desk_kb_show_article (original) : json_null ());
  pn_json_set (document, "is_outdated",
               json_boolean (original != NULL && article->translated_at != 0
                             && original->updated_at > article->translated_at));
  return TRUE;
}

static gboolean
add_proposal (PnCall *call, json_t *document, const PnArticle *stored, GError **error)
{
  g_autoptr (PnProposal) proposal = NULL;
  gboolean is_own;

  if (stored != NULL && !pn_proposal_find (call->db, stored->id, &proposal, error))
    return FALSE;
  is_own = proposal != NULL && strcmp (proposal->content->author, call->agent->login) == 0;
  pn_json_set (document, "proposal",
               proposal == NULL
                   ? json_null ()
                   : json_pack ("{s:o, s:o, s:o, s:b, s:b, s:b, s:o}", "author",
                                pn_json_text (proposal->content->author), "note",
                                pn_json_text (proposal->content->note), "made_at",
                                pn_json_time (proposal->made_at), "is_own", is_own, "may_discard",
                                is_own || pn_desk_kb_may_publish (call), "is_behind",
                                proposal->base_version != stored->version, "difference",
                                pn_desk_kb_show_difference (stored, proposal->content)));
  return TRUE;
}

static gboolean
add_figures (PnCall *call, json_t *document, gint64 id, GError **error)
{
  gint64 yes = 0, no = 0, readings = 0;
  g_autoptr (GPtrArray) votes = NULL;
  json_t *words = json_array ();

  pn_json_set (document, "words", words);
  if (id != 0
      && (!pn_vote_count (call->db, id, &yes, &no, error)
          || !pn_article_readings (call->db, id, &readings, error)
          || (votes = pn_vote_list_words (call->db, id, WORDS, error)) == NULL))
    return FALSE;
  for (guint i = 0; votes != NULL && i < votes->len; i++) {
    const PnVote *vote = votes->pdata[i];

    json_array_append_new (words, json_pack ("{s:o, s:b, s:o}", "word", pn_json_text (vote->word),
                                             "is_helpful", vote->is_helpful, "voted_at",
                                             pn_json_time (vote->voted_at)));
  }
  pn_json_set (document, "figures",
               json_pack ("{s:I, s:I, s:I}", "readings", (json_int_t) readings, "helpful",
                          (json_int_t) yes, "unhelpful", (json_int_t) no));
  return TRUE;
}

/* What was saved since the writer began, against what they began from. */
static void
add_conflict (PnCall *call, json_t *document, const PnEditor *editor, const PnArticle *stored)
{
  g_autoptr (PnArticle) base =
      pn_version_load (call->db, stored->id, editor->article->version, NULL);

  pn_json_set (
      document, "conflict",
      json_pack ("{s:o, s:o, s:o}", "author", pn_json_text (stored->author), "note",
                 pn_json_text (stored->note), "difference",
                 base != NULL ? pn_desk_kb_show_difference (base, stored) : json_array ()));
  /* whoever sends this again has seen it */
  pn_json_set (json_object_get (document, "editor"), "version", json_integer (stored->version));
}

static void
add_preview (PnCall *call, json_t *document, const PnArticle *article)
{
  g_autoptr (PnRendered) rendered = pn_rendered_new (call->db, article, "/desk/kb/images/");

  pn_json_set (document, "preview",
               json_pack ("{s:o, s:o, s:o, s:s}", "title", pn_json_text (article->title), "html",
                          pn_safe_html (rendered->html), "text", pn_json_text (rendered->text),
                          "language", article->language));
}

/* Times in the form are those of the desk's zone, which it names. */
static gboolean
add_publish_time (PnCall *call, json_t *document, const PnArticle *article, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GTimeZone) zone = pn_desk_kb_zone (call, &name, error);
  g_autofree char *publish =
      zone != NULL ? pn_desk_kb_write_local (article->publish_at, zone) : NULL;
  json_t *form = json_object_get (document, "editor");

  if (zone == NULL)
    return FALSE;
  pn_json_set (form, "publish_at", json_string (publish));
  pn_json_set (form, "zone", json_string (name));
  return TRUE;
}

void
pn_desk_show_editor (PnCall *call, const PnEditor *editor)
{
  const PnArticle *article = editor->article;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) stored = NULL;
  g_autoptr (json_t) document = json_object ();

  pn_json_set (document, "editor", show_form (editor));
  pn_json_set (document, "may",
               json_pack ("{s:b, s:b}", "publish", pn_desk_kb_may_publish (call), "remove",
                          pn_desk_kb_may_remove (call)));
  if ((article->id != 0 && !pn_article_find (call->db, article->id, &stored, &error))
      || !add_choices (call, document, article, &error)
      || !add_links (call, document, article, &error)
      || !add_translations (call, document, article, &error)
      || !add_proposal (call, document, stored, &error)
      || !add_figures (call, document, article->id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_json_set (document, "article",
               stored != NULL ? pn_desk_kb_show_article (stored) : json_null ());
  if (editor->is_conflict && stored != NULL)
    add_conflict (call, document, editor, stored);
  if (editor->with_preview)
    add_preview (call, document, article);
  if (!pn_desk_kb_localise (call, document, &error)
      || !add_publish_time (call, document, article, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_call_page (call, editor->status, "desk-kb-edit", json_incref (document));
}

void
pn_desk_kb_article (PnCall *call)
{
  g_autoptr (PnArticle) article = pn_desk_kb_find (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnProposal) proposal = NULL;
  gboolean wants_proposal = g_strcmp0 (pn_call_query (call, "proposal"), "1") == 0;

  if (article == NULL)
    return;
  if (call->is_api) {
    pn_call_page (call, 200, NULL,
                  json_pack ("{s:o}", "article", pn_desk_kb_show_article (article)));
    return;
  }
  if (wants_proposal && !pn_proposal_find (call->db, article->id, &proposal, &error)) {
    pn_call_fail (call, error);
    return;
  }
  if (proposal != NULL)
    proposal->content->version = article->version;
  pn_desk_show_editor (call, &(PnEditor){ .article = proposal != NULL ? proposal->content : article,
                                          .is_proposal = proposal != NULL,
                                          .note = proposal != NULL ? proposal->content->note : NULL,
                                          .with_preview = TRUE,
                                          .status = 200 });
}

static void
set (char **field, char *text)
{
  g_free (*field);
  *field = text;
}

/* Names that the ticket knows: of its customer, of who takes part, of staff. */
static GPtrArray *
load_names (PnCall *call, const PnTicket *ticket, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PnPerson) person = NULL;
  g_autoptr (GPtrArray) participants = NULL;

  if (!pn_show_load (call, error)
      || (person = pn_person_load (call->db, ticket->person_id, error)) == NULL
      || (participants = pn_participant_list (call->db, ticket->id, error)) == NULL)
    return NULL;
  g_ptr_array_add (names, g_strdup (person->name != NULL ? person->name : ""));
  for (guint i = 0; i < participants->len; i++)
    g_ptr_array_add (names, g_strdup (((PnParticipant *) participants->pdata[i])->name));
  for (guint i = 0; i < call->agents->len; i++)
    g_ptr_array_add (names, g_strdup (((PnAgent *) call->agents->pdata[i])->name));
  return g_steal_pointer (&names);
}

/* The sentences of the customer that ask. */
static void
add_asked (PnArticle *article, const char *text)
{
  g_autoptr (GArray) pieces = pn_question_read (text);

  for (guint i = 0; i < pieces->len && article->questions->len < ASKED_MAX; i++) {
    g_autofree char *line =
        pn_text_clean_line (g_array_index (pieces, PnPiece, i).text, 4 * ASKED_MAX_CHARS);

    if (g_str_has_suffix (line, "?") && g_utf8_strlen (line, -1) <= ASKED_MAX_CHARS)
      g_ptr_array_add (article->questions, g_steal_pointer (&line));
  }
}

/* The question as customers asked it, and what we answered, without what tells about persons. */
static void
fill_from_messages (PnArticle *article, const GPtrArray *messages, const GPtrArray *names,
                    guint *redacted)
{
  GString *body = g_string_new (NULL);
  gboolean is_asked = FALSE;

  for (guint i = 0; i < messages->len; i++) {
    const PnMessage *message = messages->pdata[i];
    const char *text = message->reply != NULL ? message->reply : message->text;
    g_autofree char *clean = NULL;
    guint count = 0;

    if (text == NULL || message->direction == PN_DIRECTION_NOTE)
      continue;
    clean = pn_redact (text, names, &count);
    if (message->direction == PN_DIRECTION_IN && !is_asked) {
      is_asked = TRUE;
      *redacted += count;
      add_asked (article, clean);
    } else if (message->direction == PN_DIRECTION_OUT && message->agent_id != 0) {
      *redacted += count;
      g_string_append_printf (body, "%s\n\n", clean);
    }
  }
  set (&article->body, g_string_free (body, FALSE));
}

static PnArticle *
draft_from_ticket (PnCall *call, const PnTicket *ticket, guint *redacted, GError **error)
{
  g_autoptr (PnArticle) article = pn_article_new ();
  g_autoptr (GPtrArray) names = load_names (call, ticket, error);
  g_autoptr (GPtrArray) messages =
      names != NULL ? pn_message_list (call->db, ticket->id, 0, 200, error) : NULL;
  guint count = 0;

  if (messages == NULL)
    return NULL;
  set (&article->title, pn_redact (ticket->subject, names, &count));
  *redacted = count;
  if (ticket->language != NULL)
    set (&article->language, g_strdup (ticket->language));
  fill_from_messages (article, messages, names, redacted);
  return g_steal_pointer (&article);
}

/* A new one in another language begins with the text of the original. */
static PnArticle *
begin_translation (PnCall *call, gint64 id, GError **error)
{
  PnArticle *article = NULL;

  if (!pn_article_find (call->db, id, &article, error))
    return NULL;
  if (article == NULL)
    return pn_article_new ();
  if (*article->translation_of == '\0')
    set (&article->translation_of, g_strdup (article->external_id));
  set (&article->external_id, g_strdup (""));
  set (&article->language, g_strdup (""));
  g_ptr_array_set_size (article->questions, 0);
  article->translated_at = article->updated_at;
  article->id = article->version = 0;
  article->publish_at = article->published_at = article->review_at = 0;
  return article;
}

void
pn_desk_kb_new (PnCall *call)
{
  const char *from_ticket = pn_call_query (call, "ticket");
  const char *original = pn_call_query (call, "original");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (PnArticle) article = NULL;
  gint64 id = 0;
  guint redacted = 0;

  if ((from_ticket != NULL && !pn_call_read_number (from_ticket, &id))
      || (original != NULL && !pn_call_read_number (original, &id))) {
    pn_call_problem (call, 400, "ticket and original are numbers");
    return;
  }
  if (from_ticket != NULL && (ticket = pn_call_ticket (call, id, PN_RIGHT_SEE)) == NULL)
    return;
  if (ticket != NULL)
    article = draft_from_ticket (call, ticket, &redacted, &error);
  else if (original != NULL)
    article = begin_translation (call, id, &error);
  else
    article = pn_article_new ();
  if (article == NULL) {
    pn_call_fail (call, error);
    return;
  }
  article->state = PN_ARTICLE_DRAFT;
  set (&article->owner, g_strdup (call->agent->login));
  if (*article->language == '\0' && original == NULL)
    set (&article->language, g_strdup (call->language));
  pn_desk_show_editor (call, &(PnEditor){ .article = article,
                                          .ticket_id = ticket != NULL ? ticket->id : 0,
                                          .redacted = redacted,
                                          .status = 200 });
}
