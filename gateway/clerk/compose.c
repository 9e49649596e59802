#include "gateway/clerk/compose.h"

#include <string.h>

#include "gateway/clerk/compose_private.h"
#include "gateway/mail/mime_write.h"
#include "templates/letter.h"
#include "templates/sentence.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/core/token.h"
#include "ticketing/thread.h"
#include "ticketing/wording.h"

#define AGENT_TOKEN_LIFE (60 * PN_DAY)
#define FILE_LIMIT_BYTES (100 * 1024 * 1024)
#define LOCAL_PART_BYTES 64
#define PROBLEM_BYTES 400

/* A letter's bytes and how they travel. */
typedef struct {
  char *mid;
  char *envelope_from;
  char *reply_to; /* NULL: the mailbox itself */
  char *identity;
  char *stop; /* where the reader can unsubscribe; NULL: from this nobody can */
  GBytes *bytes;
  guint8 sha[PN_SHA256_BYTES];
} Rendering;

static void
rendering_clear (Rendering *rendering)
{
  g_clear_pointer (&rendering->mid, g_free);
  g_clear_pointer (&rendering->envelope_from, g_free);
  g_clear_pointer (&rendering->reply_to, g_free);
  g_clear_pointer (&rendering->identity, g_free);
  g_clear_pointer (&rendering->stop, g_free);
  g_clear_pointer (&rendering->bytes, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rendering, rendering_clear)

static char *
make_token (const PnComposition *composition, PnTokenPurpose purpose, gint64 id)
{
  return pn_token_make (composition->compose->key, purpose, id, 0);
}

/* Does the mailbox take tagged addresses, and is there room for a token in 64 bytes of local part (RFC 5321, 4.5.3.1)? */
static gboolean
takes_tags (const PnMailbox *mailbox)
{
  const char *at = strrchr (mailbox->address, '@');

  return mailbox->has_plus && at != NULL
         && (gsize) (at - mailbox->address) + strlen ("+t.") + PN_TOKEN_CHARACTERS
                <= LOCAL_PART_BYTES;
}

static char *
make_envelope_from (const PnComposition *composition)
{
  const PnMailbox *mailbox = composition->mailbox;
  g_autofree char *token = NULL;

  if (!takes_tags (mailbox))
    return g_strdup (composition->row->class == PN_CLASS_REPLY ? mailbox->address : "");
  token = make_token (composition, PN_TOKEN_BOUNCE, composition->row->id);
  return pn_thread_tagged_address (mailbox->address, 'b', token);
}

/* A notice's token is bound to its reader: whoever it is forwarded to can do nothing with it (intake_agent.c). */
static char *
make_reply_to (const PnComposition *composition)
{
  g_autofree char *token = NULL;

  if (!takes_tags (composition->mailbox) || composition->ticket == NULL)
    return NULL;
  if (composition->row->class == PN_CLASS_NOTICE) {
    token = pn_token_make (composition->compose->key, PN_TOKEN_AGENT, composition->row->id,
                           pn_clock_now () + AGENT_TOKEN_LIFE);
    return pn_thread_tagged_address (composition->mailbox->address, PN_THREAD_AGENT_TAG, token);
  }
  token = make_token (composition, PN_TOKEN_REPLY, composition->ticket->id);
  return pn_thread_tagged_address (composition->mailbox->address, 't', token);
}

/* Returns: (owned) NULL unless the letter can be stopped with one click (RFC 8058). */
static char *
make_stop (const PnComposition *composition)
{
  const char *link = composition->row->document != NULL
                         ? pn_json_get_text (composition->row->document, "stop_link")
                         : NULL;

  return link != NULL && g_str_has_prefix (link, "https:") ? g_strdup_printf ("<%s>", link) : NULL;
}

static void
make_names (const PnComposition *composition, Rendering *rendering)
{
  const char *at = strrchr (composition->mailbox->address, '@');
  g_autofree char *token = make_token (composition, PN_TOKEN_MESSAGE_ID, composition->row->id);

  rendering->mid = g_strdup_printf ("p1.%s%s", token, at != NULL ? at : "@localhost");
  rendering->envelope_from = make_envelope_from (composition);
  rendering->reply_to = make_reply_to (composition);
  rendering->identity = make_token (composition, PN_TOKEN_IDENTITY, composition->row->id);
  rendering->stop = make_stop (composition);
}

static PnLetterOrigin
origin_of (const PnLetterRow *row)
{
  switch (row->class) {
  case PN_CLASS_REPLY: return PN_LETTER_BY_PERSON;
  case PN_CLASS_AUTOMATIC: return PN_LETTER_AUTO_REPLIED;
  case PN_CLASS_NOTICE: return PN_LETTER_AUTO_GENERATED;
  }
  g_return_val_if_reached (PN_LETTER_AUTO_GENERATED);
}

/* Returns: the message that the letter answers; NULL: none. */
static const PnMessage *
parent_of (const PnComposition *composition)
{
  switch (composition->row->class) {
  case PN_CLASS_REPLY: return composition->parent;
  case PN_CLASS_AUTOMATIC: return composition->message;
  case PN_CLASS_NOTICE: return NULL;
  }
  g_return_val_if_reached (NULL);
}

/* Returns: (owned) the references of @parent, or what it answers, and itself (RFC 5322, 3.6.4); texts are borrowed. */
static GPtrArray *
make_references (const PnMessage *parent)
{
  GPtrArray *list = g_ptr_array_new ();
  const json_t *known = json_object_get (parent->envelope, "references");
  const json_t *id;
  size_t i;

  if (json_array_size (known) == 0)
    known = json_object_get (parent->envelope, "in_reply_to");
  json_array_foreach (known, i, id) g_ptr_array_add (list, (gpointer) json_string_value (id));
  g_ptr_array_add (list, parent->mid);
  g_ptr_array_add (list, NULL);
  return list;
}

/* Files of a letter: of PnLetterFile; their bytes are in @bytes. */
typedef struct {
  GArray *list;
  GPtrArray *bytes;
} Files;

static gboolean
load_file (const PnComposition *composition, PnLetterFile file, const guint8 sha[PN_SHA256_BYTES],
           const Files *files, GError **error)
{
  file.bytes = pn_blob_load (composition->compose->db, sha, FILE_LIMIT_BYTES, error);
  if (file.bytes == NULL)
    return FALSE;
  g_ptr_array_add (files->bytes, file.bytes);
  g_array_append_val (files->list, file);
  return TRUE;
}

/* What the order brought along: {"files": [{"name", "type", "sha"}]}. */
static gboolean
load_ordered_files (const PnComposition *composition, const Files *files, GError **error)
{
  const json_t *list = json_object_get (composition->row->document, "files");
  const json_t *item;
  size_t i;

  json_array_foreach (list, i, item)
  {
    const PnLetterFile file = { .name = pn_json_get_text (item, "name"),
                                .type = pn_json_get_text (item, "type") };
    guint8 sha[PN_SHA256_BYTES];

    if (!pn_hex_read (pn_json_get_text (item, "sha"), sha, sizeof sha)) {
      pn_error_set (error, PN_ERROR_PERMANENT, "a file of the letter has no name in hexadecimal");
      return FALSE;
    }
    if (!load_file (composition, file, sha, files, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
load_files (const PnComposition *composition, const Files *files, GError **error)
{
  if (composition->row->class == PN_CLASS_NOTICE && composition->row->document != NULL)
    return load_ordered_files (composition, files, error);
  if (composition->row->class != PN_CLASS_REPLY || composition->message == NULL)
    return TRUE;
  for (guint i = 0; i < composition->message->attachments->len; i++) {
    const PnStoredAttachment *attachment = composition->message->attachments->pdata[i];
    const PnLetterFile file = { .name = attachment->name, .type = attachment->type };

    if (!load_file (composition, file, attachment->sha, files, error))
      return FALSE;
  }
  return TRUE;
}

/* In the site's own words where it has some. Words that don't fit this letter after all never keep it from leaving: it
 * goes out in the built-in ones. */
static gboolean
render_wording (const PnComposition *composition, json_t *document, const PnRenderOptions *options,
                PnLetterText *text, gboolean *is_done, GError **error)
{
  PnTemplates *templates = composition->compose->templates;
  const char *language = pn_letter_language (templates, composition->letter, options->language);
  const PnWording *wording = pn_composition_find_wording (composition, language, error);
  g_autoptr (GError) problem = NULL;
  PnLetterWords words;

  *is_done = FALSE;
  if (wording == NULL || !wording->is_own)
    return wording != NULL;
  words = (PnLetterWords){ wording->text, wording->html };
  *is_done = pn_letter_render_words (templates, composition->letter, &words, document, options,
                                     text, &problem);
  if (!*is_done)
    pn_log_error (PN_LOG_WARNING, "wording-unusable", problem, "letter=%s language=%s version=%d",
                  wording->letter, language, wording->version);
  return TRUE;
}

/* The order has the reason; its reader gets the sentence. */
static void
put_reason_into_words (const PnComposition *composition, json_t *document,
                       const PnRenderOptions *options)
{
  g_autoptr (json_t) reason = pn_reason_read_item (json_object_get (document, "reason"));
  g_autofree char *sentence = pn_sentence_write (composition->compose->templates, reason, options);

  pn_json_set (document, "reason", pn_json_text (sentence));
}

static gboolean
render_text (const PnComposition *composition, PnLetterText *text, GError **error)
{
  const PnRenderOptions options = {
    .mode = PN_RENDER_TEXT,
    .language = pn_composition_language (composition),
    .now = pn_clock_now (),
  };
  g_autoptr (json_t) document = pn_composition_write (composition);
  gboolean is_done;

  put_reason_into_words (composition, document, &options);
  if (!render_wording (composition, document, &options, text, &is_done, error))
    return FALSE;
  return is_done
         || pn_letter_render (composition->compose->templates, composition->letter, document,
                              &options, text, error);
}

static gboolean
write_bytes (const PnComposition *composition, const PnLetterText *text, Rendering *rendering,
             GError **error)
{
  const PnLetterRow *row = composition->row;
  const PnQueue *queue = composition->queue;
  const PnMessage *parent = parent_of (composition);
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (PnLetterFile));
  g_autoptr (GPtrArray) bytes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) references = NULL;
  PnAddress from = { *queue->from_name != '\0' ? queue->from_name : queue->title,
                     composition->mailbox->address };
  PnAddress to = { row->recipient_name, row->recipient };
  PnAddress reply_to = { from.name, rendering->reply_to };
  PnHeader headers[] = { { (char *) "X-Postern-Id", rendering->identity },
                         { (char *) "List-Unsubscribe", rendering->stop },
                         { (char *) "List-Unsubscribe-Post",
                           (char *) "List-Unsubscribe=One-Click" } };
  PnLetter letter = {
    .from = &from,
    .to = &to,
    .reply_to = rendering->reply_to != NULL ? &reply_to : NULL,
    .subject = text->subject,
    .message_id = rendering->mid,
    .date = pn_clock_now (),
    .origin = origin_of (row),
    .headers = headers,
    .n_headers = rendering->stop != NULL ? G_N_ELEMENTS (headers) : 1,
    .text = text->text,
    .html = row->class != PN_CLASS_AUTOMATIC || composition->article != NULL ? text->html : NULL,
  };

  if (!load_files (composition, &(const Files){ files, bytes }, error))
    return FALSE;
  letter.files = (const PnLetterFile *) (gpointer) files->data;
  letter.n_files = files->len;
  if (parent != NULL && parent->mid != NULL) {
    references = make_references (parent);
    letter.in_reply_to = parent->mid;
    letter.references = (const char *const *) references->pdata;
  }
  rendering->bytes = pn_mime_write (&letter, error);
  return rendering->bytes != NULL;
}

typedef struct {
  const PnComposition *composition;
  const Rendering *rendering;
} Storing;

/* The first letter of an answer lends the message its Message-ID. */
static gboolean
store_row (PnDb *db, gpointer data, GError **error)
{
  const Storing *storing = data;
  const PnLetterRow *row = storing->composition->row;
  const PnMessage *message = storing->composition->message;
  const Rendering *rendering = storing->rendering;

  if (!pn_outbox_set_rendered (db, row->id, rendering->mid, rendering->envelope_from,
                               rendering->sha, error))
    return FALSE;
  return row->class != PN_CLASS_REPLY || message == NULL || message->mid != NULL
         || pn_message_set_mid (db, message->id, rendering->mid, error);
}

/* A letter of a group. */
typedef struct {
  const PnCompose *compose;
  const PnComposeShelf *shelf;
  const PnLetterRow *row;
  gboolean is_large; /* too large to be stored among others */
  GError *problem;
} Work;

static void
work_clear (gpointer data)
{
  g_clear_error (&((Work *) data)->problem);
}

/* Among others in their transaction, or alone in one of its own. */
static gboolean
render (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;
  const gboolean is_among_others = pn_db_in_transaction (db);
  g_auto (PnComposition)
      composition = { .compose = work->compose, .shelf = work->shelf, .row = work->row };
  g_auto (PnLetterText) text = { 0 };
  g_auto (Rendering) rendering = { 0 };
  Storing storing = { &composition, &rendering };

  if (!pn_composition_load (&composition, error))
    return FALSE;
  make_names (&composition, &rendering);
  if (!render_text (&composition, &text, error)
      || !write_bytes (&composition, &text, &rendering, error))
    return FALSE;
  work->is_large = is_among_others && g_bytes_get_size (rendering.bytes) > PN_BLOB_CHUNK_BYTES;
  if (work->is_large)
    return TRUE;
  return pn_blob_store_new (db, rendering.bytes, rendering.sha, error)
         && (is_among_others ? store_row (db, &storing, error)
                             : pn_db_run (db, store_row, &storing, error));
}

/* All or none: that is what mostly happens. */
static gboolean
render_all (PnDb *db, gpointer data, GError **error)
{
  GArray *works = data;

  for (guint i = 0; i < works->len; i++) {
    if (!render (db, &g_array_index (works, Work, i), error))
      return FALSE;
  }
  return TRUE;
}

/* What fails for a letter of its own does not end the transaction; what fails for all does. */
static gboolean
render_group (PnDb *db, gpointer data, GError **error)
{
  GArray *works = data;

  for (guint i = 0; i < works->len; i++) {
    Work *work = &g_array_index (works, Work, i);

    g_clear_error (&work->problem);
    if (pn_db_try (db, render, work, &work->problem))
      continue;
    if (pn_error_is (work->problem, PN_ERROR_TEMPORARY)) {
      g_propagate_error (error, g_error_copy (work->problem));
      return FALSE;
    }
  }
  return TRUE;
}

typedef struct {
  const PnLetterRow *row;
  const char *reason;
} Refusal;

static gboolean
store_refusal (PnDb *db, gpointer data, GError **error)
{
  const Refusal *refusal = data;
  const PnLetterRow *row = refusal->row;

  return pn_outbox_set_unrenderable (db, row->id, refusal->reason, error)
         && (row->ticket_id == 0
             || pn_event_add (db, row->ticket_id, PN_EVENT_DELIVERY, PN_ACTOR_IS_SYSTEM,
                              row->recipient, "failed", refusal->reason, error));
}

/* What will never work fails for good; what another did meanwhile is no failure. */
static gboolean
refuse (const PnCompose *compose, const PnLetterRow *row, const GError *problem, GError **error)
{
  g_autofree char *words = pn_text_clean_line (problem->message, PROBLEM_BYTES);
  g_autofree char *reason =
      pn_reason_make (PN_WHY_LETTER_UNWRITTEN, "{s:o}", "problem", pn_json_text (words));
  Refusal refusal = { row, reason };
  g_autoptr (GError) failure = NULL;

  if (pn_error_is (problem, PN_ERROR_CONFLICT))
    return TRUE;
  pn_log_error (PN_LOG_ERROR, "letter-unrenderable", problem, "letter=%" G_GINT64_FORMAT, row->id);
  if (pn_db_run (compose->db, store_refusal, &refusal, &failure)
      || pn_error_is (failure, PN_ERROR_CONFLICT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* After the group's commit: large letters on their own, and those that can't be written are told of. */
static gboolean
finish (Work *work, GError **error)
{
  if (work->is_large && work->problem == NULL)
    render (work->compose->db, work, &work->problem);
  if (work->problem == NULL)
    return TRUE;
  if (!pn_error_is (work->problem, PN_ERROR_TEMPORARY)
      && !pn_error_is (work->problem, PN_ERROR_UNCERTAIN))
    return refuse (work->compose, work->row, work->problem, error);
  g_propagate_error (error, g_steal_pointer (&work->problem));
  return FALSE;
}

/* After a failure each letter is tried behind a savepoint. */
static gboolean
render_works (PnDb *db, GArray *works, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (works->len == 0 || pn_db_run (db, render_all, works, &problem))
    return TRUE;
  if (!pn_error_is (problem, PN_ERROR_TEMPORARY) && !pn_error_is (problem, PN_ERROR_UNCERTAIN))
    return pn_db_run (db, render_group, works, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
pn_compose_round (const PnCompose *compose, guint limit, guint *looked_at, GError **error)
{
  g_autoptr (GPtrArray) rows = pn_outbox_unrendered (compose->db, limit, error);
  g_autoptr (GArray) works = g_array_new (FALSE, TRUE, sizeof (Work));
  g_auto (PnComposeShelf) shelf = { 0 };

  if (rows == NULL)
    return FALSE;
  pn_compose_shelf_init (&shelf);
  g_array_set_clear_func (works, work_clear);
  for (guint i = 0; i < rows->len; i++) {
    const Work work = { .compose = compose, .shelf = &shelf, .row = rows->pdata[i] };

    g_array_append_val (works, work);
  }
  if (!render_works (compose->db, works, error))
    return FALSE;
  if (works->len > 0)
    PN_CRASH_POINT ("clerk-rendered");
  for (guint i = 0; i < works->len; i++) {
    if (!finish (&g_array_index (works, Work, i), error))
      return FALSE;
  }
  *looked_at = rows->len;
  return TRUE;
}
