/* What is written into the editor, or sent by a program, becomes a draft, a published article or a proposal. */
#include <string.h>
#include <unistd.h>

#include "gateway/web/desk_kb.h"
#include "gateway/web/handlers.h"
#include "gateway/web/once.h"
#include "kb/address.h"
#include "kb/image.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"

#define TITLE_MAX_BYTES (4 * PN_ARTICLE_TITLE_MAX_CHARS)
#define LINE_MAX_BYTES 800
#define NAMES_TRIED 20

static const struct {
  const char *name;
  PnKbAction action;
} actions[] = {
  { "save", PN_KB_SAVE },     { "preview", PN_KB_PREVIEW }, { "upload", PN_KB_UPLOAD },
  { "review", PN_KB_REVIEW }, { "publish", PN_KB_PUBLISH }, { "schedule", PN_KB_SCHEDULE },
  { "draft", PN_KB_DRAFT },   { "archive", PN_KB_ARCHIVE },
};

void
pn_kb_change_clear (PnKbChange *change)
{
  pn_article_free (change->article);
}

static void
set (char **field, char *text)
{
  g_free (*field);
  *field = text;
}

static void
read_line (PnCall *call, const char *name, char **field, gsize max_bytes)
{
  if (pn_call_field (call, name) != NULL)
    set (field, pn_call_line (call, name, max_bytes));
}

/* A question a line. */
static void
read_questions (PnCall *call, PnArticle *article)
{
  const char *text = pn_call_field (call, "questions");
  g_auto (GStrv) lines = NULL;

  if (text == NULL)
    return;
  g_ptr_array_set_size (article->questions, 0);
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    g_strstrip (lines[i]);
    if (*lines[i] != '\0')
      g_ptr_array_add (article->questions, g_strdup (lines[i]));
  }
}

/* "" is none. "2026-11-22T10:00", as browsers send it, is meant in the desk's zone, and in UTC from a program. */
static gboolean
read_time (PnCall *call, const char *name, PnTime *time, GError **error)
{
  g_autofree char *text = pn_call_line (call, name, 40);
  g_autofree char *zone_name = NULL;
  g_autoptr (GTimeZone) zone = NULL;

  if (pn_call_field (call, name) == NULL)
    return TRUE;
  if (*text == '\0') {
    *time = 0;
    return TRUE;
  }
  zone = call->is_api ? g_time_zone_new_utc () : pn_desk_kb_zone (call, &zone_name, error);
  if (zone == NULL || !pn_desk_kb_read_local (text, zone, time, error)) {
    g_prefix_error (error, "%s: ", name);
    return FALSE;
  }
  *time -= *time % PN_SECOND;
  return TRUE;
}

static gboolean
read_times (PnCall *call, PnArticle *article, GError **error)
{
  const char *in_step = pn_call_field (call, "in_step");
  PnTime seen = 0;

  if (!read_time (call, "publish_at", &article->publish_at, error)
      || !read_time (call, "review_at", &article->review_at, error)
      || !read_time (call, "original_seen", &seen, error))
    return FALSE;
  if (*article->translation_of == '\0')
    article->translated_at = 0;
  else if (seen != 0 && (article->id == 0 || g_strcmp0 (in_step, "1") == 0))
    article->translated_at = seen;
  return TRUE;
}

/* What is not sent stays as it is. */
static gboolean
read_article (PnCall *call, PnArticle *article, GError **error)
{
  const char *body = pn_call_field (call, "body");
  const char *visibility = pn_call_field (call, "visibility");

  read_line (call, "title", &article->title, TITLE_MAX_BYTES);
  read_line (call, "language", &article->language, LINE_MAX_BYTES);
  read_line (call, "category", &article->category, LINE_MAX_BYTES);
  read_line (call, "owner", &article->owner, LINE_MAX_BYTES);
  read_line (call, "translation_of", &article->translation_of, LINE_MAX_BYTES);
  if (article->id == 0)
    read_line (call, "external_id", &article->external_id, LINE_MAX_BYTES);
  set (&article->note, pn_call_line (call, "note", 4 * PN_ARTICLE_NOTE_MAX_CHARS));
  if (body != NULL)
    set (&article->body, g_strdup (body));
  read_questions (call, article);
  if (visibility != NULL && !pn_article_set_visibility (article, visibility, error))
    return FALSE;
  return read_times (call, article, error);
}

/* A program names the state that it wants. */
static gboolean
read_state (PnCall *call, PnKbAction *action, GError **error)
{
  const char *word = pn_call_field (call, "state");
  PnArticleState state = PN_ARTICLE_DRAFT;

  *action = PN_KB_SAVE;
  if (word == NULL)
    return TRUE;
  if (!pn_article_state_read (word, &state, error))
    return FALSE;
  switch (state) {
  case PN_ARTICLE_DRAFT: *action = PN_KB_DRAFT; break;
  case PN_ARTICLE_REVIEW: *action = PN_KB_REVIEW; break;
  case PN_ARTICLE_PUBLISHED: *action = PN_KB_PUBLISH; break;
  case PN_ARTICLE_ARCHIVED: *action = PN_KB_ARCHIVE; break;
  case PN_ARTICLE_REMOVED: break;
  }
  return TRUE;
}

static gboolean
read_action (PnCall *call, PnKbAction *action, GError **error)
{
  const char *word = pn_call_field (call, "action");

  if (call->is_api)
    return read_state (call, action, error);
  *action = PN_KB_SAVE;
  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (actions); i++) {
    if (strcmp (word, actions[i].name) == 0) {
      *action = actions[i].action;
      return TRUE;
    }
  }
  if (word != NULL)
    pn_error_set (error, PN_ERROR_INVALID, "there is no such action");
  return word == NULL;
}

static GBytes *
read_upload (const PnUpload *upload)
{
  gsize size = (gsize) MIN (upload->size_bytes, PN_IMAGE_MAX_BYTES + 1);
  g_autofree guint8 *data = g_malloc (MAX (size, 1));
  gsize at = 0;
  ssize_t n;

  while (at < size && (n = pread (upload->fd, data + at, size - at, (off_t) at)) > 0)
    at += (gsize) n;
  return g_bytes_new_take (g_steal_pointer (&data), at);
}

static gboolean
store_upload (PnCall *call, const PnUpload *upload, char **name, GError **error)
{
  g_autoptr (GBytes) bytes = read_upload (upload);

  return pn_image_store (call->db, bytes, upload->file_name, name, error);
}

/* Puts the pictures that came into the text, at its end; the writer moves them. */
static gboolean
add_uploads (PnCall *call, PnArticle *article, GError **error)
{
  const GPtrArray *uploads = call->request->form->uploads;

  for (guint i = 0; i < uploads->len; i++) {
    const PnUpload *upload = uploads->pdata[i];
    g_autofree char *name = NULL;
    g_autofree char *label = NULL;

    if (!store_upload (call, upload, &name, error))
      return FALSE;
    label = g_strdelimit (g_strdup (upload->file_name), "[]()\\\n", ' ');
    set (&article->body, g_strdup_printf ("%s%s![%s](image:%s)\n", article->body,
                                          *article->body != '\0' ? "\n\n" : "", label, name));
  }
  return TRUE;
}

/* One transaction. */
typedef struct {
  PnOnce *once;
  PnKbChange *change;
  const char *author;
  gboolean is_proposal;
  gboolean is_outdated;
  gint64 id; /* of what was saved */
} Job;

static gboolean
name_new (PnDb *db, PnArticle *article, GError **error)
{
  g_autofree char *slug = pn_kb_slug (article->title, article->language);
  const char *base = *slug != '\0' ? slug : "article";

  for (guint i = 1; *article->external_id == '\0' && i <= NAMES_TRIED; i++) {
    g_autofree char *name = i < NAMES_TRIED
                                ? (i > 1 ? g_strdup_printf ("%s-%u", base, i) : g_strdup (base))
                                : g_strdup_printf ("%s-%08x", base, g_random_int ());
    gboolean is_taken;

    if (!pn_article_is_taken (db, name, &is_taken, error))
      return FALSE;
    if (!is_taken)
      set (&article->external_id, g_steal_pointer (&name));
  }
  return TRUE;
}

static gboolean
save (PnDb *db, Job *job, PnArticle *article, GError **error)
{
  PnArticleOutcome outcome;
  gint64 change_no;
  gboolean is_taken = FALSE;
  GError *problem = NULL;

  if (article->id == 0
      && (!name_new (db, article, error)
          || !pn_article_is_taken (db, article->external_id, &is_taken, error)))
    return FALSE;
  if (is_taken) {
    pn_error_set (error, PN_ERROR_INVALID, "there is an article with the id \"%s\"",
                  article->external_id);
    return FALSE;
  }
  if (pn_article_begin_change (db, &change_no, error)
      && pn_article_save (db, article, change_no, job->change->if_version, &outcome, &problem)) {
    job->id = article->id;
    return !job->change->ends_proposal || pn_proposal_forget (db, article->id, error);
  }
  job->is_outdated = pn_error_is (problem, PN_ERROR_CONFLICT);
  if (problem != NULL)
    g_propagate_error (error, problem);
  return FALSE;
}

static gboolean
carry_out (PnDb *db, gpointer data, GError **error)
{
  Job *job = data;
  g_autoptr (PnArticle) article = pn_article_copy (job->change->article);
  g_autofree char *result = NULL;

  job->is_outdated = FALSE;
  if (!pn_once_begin (job->once, db, error))
    return FALSE;
  if (job->once->result != NULL)
    return pn_call_read_number (job->once->result, &job->id);
  set (&article->author, g_strdup (job->author));
  if (job->is_proposal) {
    job->id = article->id;
    if (!pn_article_check (article, error)
        || !pn_proposal_put (db, article, job->change->if_version, error))
      return FALSE;
  } else if (!save (db, job, article, error)) {
    return FALSE;
  }
  result = g_strdup_printf ("%" G_GINT64_FORMAT, job->id);
  return pn_once_finish (job->once, db, result, error);
}

/* Only who may publish changes what is public, or will be by itself. FALSE: it is not for the caller. */
static gboolean
settle_action (PnCall *call, PnKbChange *change, gboolean *is_proposal)
{
  PnArticle *article = change->article;
  gboolean may_publish = pn_desk_kb_may_publish (call);
  gboolean is_published = article->state == PN_ARTICLE_PUBLISHED;

  *is_proposal =
      is_published
      && (change->action == PN_KB_REVIEW || (change->action == PN_KB_SAVE && !may_publish));
  if (*is_proposal)
    return TRUE;
  if (!may_publish
      && (is_published || change->action == PN_KB_PUBLISH || change->action == PN_KB_SCHEDULE
          || change->action == PN_KB_ARCHIVE))
    return FALSE;
  if (!may_publish)
    article->publish_at = 0;
  switch (change->action) {
  case PN_KB_SAVE:
    if (!may_publish)
      article->state = PN_ARTICLE_DRAFT;
    break;
  case PN_KB_PREVIEW:
  case PN_KB_UPLOAD: break;
  case PN_KB_REVIEW: article->state = PN_ARTICLE_REVIEW; break;
  case PN_KB_PUBLISH:
    article->state = PN_ARTICLE_PUBLISHED;
    article->publish_at = 0;
    break;
  case PN_KB_SCHEDULE: article->state = PN_ARTICLE_REVIEW; break;
  case PN_KB_DRAFT:
    article->state = PN_ARTICLE_DRAFT;
    article->publish_at = 0;
    break;
  case PN_KB_ARCHIVE:
    article->state = PN_ARTICLE_ARCHIVED;
    article->publish_at = 0;
    break;
  }
  return TRUE;
}

static const char *
flash_of (const PnKbChange *change, gboolean is_proposal)
{
  if (is_proposal)
    return "proposed";
  switch (change->action) {
  case PN_KB_PUBLISH: return "published";
  case PN_KB_SCHEDULE: return "scheduled";
  case PN_KB_REVIEW: return "review";
  case PN_KB_ARCHIVE: return "archived";
  case PN_KB_SAVE:
  case PN_KB_PREVIEW:
  case PN_KB_UPLOAD:
  case PN_KB_DRAFT: break;
  }
  return "saved";
}

static void
answer (PnCall *call, const Job *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) article = NULL;
  g_autofree char *location = g_strdup_printf ("/desk/kb/%" G_GINT64_FORMAT, job->id);
  json_t *document = NULL;

  pn_log (PN_LOG_INFO, job->is_proposal ? "article-proposed" : "article-saved",
          "article=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT, job->id, call->agent->id);
  if (call->is_api) {
    if (!pn_article_find (call->db, job->id, &article, &error)) {
      pn_call_fail (call, error);
      return;
    }
    document = json_pack ("{s:o, s:b}", "article",
                          article != NULL ? pn_desk_kb_show_article (article) : json_null (),
                          "is_proposal", job->is_proposal);
  }
  pn_call_done (call, location, flash_of (job->change, job->is_proposal),
                job->change->article->id == 0 ? 201 : 200, document);
}

static void
refuse (PnCall *call, const PnKbChange *change, const Job *job, const GError *error)
{
  PnEditor editor = { .article = change->article,
                      .is_proposal = change->ends_proposal,
                      .problem = error->message,
                      .note = change->article->note,
                      .is_conflict = job->is_outdated,
                      .is_unsaved = TRUE,
                      .status = pn_error_http_status (error) };

  if (call->is_api && job->once->is_reused) {
    pn_call_problem (call, 422, "the Idempotency-Key was used for something else");
    return;
  }
  if (call->is_api
      || !(pn_error_is (error, PN_ERROR_INVALID) || pn_error_is (error, PN_ERROR_CONFLICT))) {
    pn_call_fail (call, error);
    return;
  }
  change->article->version = change->if_version;
  pn_desk_show_editor (call, &editor);
}

/* A translation is of an article that is there, and in a language of its own. */
static gboolean
check_translation (PnCall *call, const PnArticle *article, GError **error)
{
  g_autoptr (PnArticle) original = NULL;

  if (*article->translation_of == '\0')
    return TRUE;
  if (!pn_article_find_external (call->db, article->translation_of, &original, error))
    return FALSE;
  if (original == NULL)
    pn_error_set (error, PN_ERROR_INVALID, "there is no article with the id \"%s\" to translate",
                  article->translation_of);
  else if (*article->language == '\0' || strcmp (article->language, original->language) == 0)
    pn_error_set (error, PN_ERROR_INVALID,
                  "a translation needs another language than its original");
  return original != NULL && *article->language != '\0'
         && strcmp (article->language, original->language) != 0;
}

/* What is wrong with it for the one who wrote it, beyond what no article may be. */
static gboolean
check_change (PnCall *call, const PnKbChange *change, GError **error)
{
  const PnArticle *article = change->article;

  if (change->action == PN_KB_SCHEDULE && article->publish_at == 0)
    pn_error_set (error, PN_ERROR_INVALID, "say when it is to be published");
  else if (change->action == PN_KB_SCHEDULE && article->publish_at <= pn_clock_now ())
    pn_error_set (error, PN_ERROR_INVALID, "the time to publish it has passed already");
  else if (*article->title == '\0')
    pn_error_set (error, PN_ERROR_INVALID, "an article needs a title");
  else
    return change->action == PN_KB_ARCHIVE || check_translation (call, article, error);
  return FALSE;
}

void
pn_desk_kb_carry_out (PnCall *call, PnKbChange *change)
{
  g_autoptr (GError) error = NULL;
  g_auto (PnOnce) once = { NULL };
  Job job = { .once = &once, .change = change, .author = call->agent->login };

  if (!settle_action (call, change, &job.is_proposal)) {
    pn_call_problem (call, 403, "a lead publishes and archives; you may ask for a review");
    return;
  }
  if (!check_change (call, change, &error)) {
    refuse (call, change, &job, error);
    return;
  }
  if (!pn_once_init (&once, call, NULL))
    return;
  if (pn_db_run (call->db, carry_out, &job, &error))
    answer (call, &job);
  else
    refuse (call, change, &job, error);
}

/* @article (taken): what is there; new or stored. */
static void
take_change (PnCall *call, PnArticle *article)
{
  g_auto (PnKbChange) change = { .article = article };
  const char *version = pn_call_field (call, "if_version");
  const char *proposal = pn_call_field (call, "proposal");
  g_autoptr (GError) error = NULL;

  article->updated_at = 0;
  if (!read_action (call, &change.action, &error) || !read_article (call, article, &error)
      || (version != NULL && *version != '\0'
          && !pn_call_read_number (version, &change.if_version))) {
    pn_call_problem (call, 400, error != NULL ? error->message : "if_version is a number");
    return;
  }
  change.ends_proposal = g_strcmp0 (proposal, "1") == 0;
  if (!add_uploads (call, article, &error) || change.action == PN_KB_PREVIEW
      || change.action == PN_KB_UPLOAD) {
    article->version = change.if_version != 0 ? change.if_version : article->version;
    pn_desk_show_editor (call, &(PnEditor){ .article = article,
                                            .is_proposal = change.ends_proposal,
                                            .with_preview = TRUE,
                                            .is_unsaved = TRUE,
                                            .note = article->note,
                                            .problem = error != NULL ? error->message : NULL,
                                            .status = error != NULL ? 400 : 200 });
    return;
  }
  pn_desk_kb_carry_out (call, &change);
}

void
pn_desk_kb_add (PnCall *call)
{
  PnArticle *article = pn_article_new ();

  article->state = PN_ARTICLE_DRAFT;
  take_change (call, article);
}

void
pn_desk_kb_save (PnCall *call)
{
  PnArticle *article = pn_desk_kb_find (call);

  if (article != NULL)
    take_change (call, article);
}

/* API: pictures alone. */
void
pn_desk_kb_images (PnCall *call)
{
  const GPtrArray *uploads = call->request->form->uploads;
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) list = json_array ();

  if (uploads->len == 0) {
    pn_call_problem (call, 400, "send the pictures as \"files\" (multipart/form-data)");
    return;
  }
  for (guint i = 0; i < uploads->len; i++) {
    g_autofree char *name = NULL;
    g_autofree char *address = NULL;

    if (!store_upload (call, uploads->pdata[i], &name, &error)) {
      pn_call_fail (call, error);
      return;
    }
    address = g_strconcat ("image:", name, NULL);
    json_array_append_new (list, json_pack ("{s:s, s:s}", "name", name, "address", address));
  }
  pn_call_done (call, "/desk/kb", NULL, 201, json_pack ("{s:O}", "images", list));
}
