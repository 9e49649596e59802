#include "ticketing/search.h"

#include "ticketing/core/error.h"
#include "ticketing/message.h"
#include "ticketing/search_private.h"

#define SOME 16
#define CLAIMED 64
#define TERMS_16 "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

/* message_id is a message's, or below zero a ticket's whose subject alone is to be indexed. */
static const char note_sql[] = "INSERT INTO search_pending (message_id, ticket_id)"
                               " VALUES (?, ?)"
                               " ON DUPLICATE KEY UPDATE ticket_id = VALUES(ticket_id)";

static const char forget_sql[] = "DELETE FROM search_term"
                                 " WHERE ticket_id = ? AND term IN (" TERMS_16 ")";

static const char pending_sql[] = "SELECT message_id, ticket_id FROM search_pending"
                                  " ORDER BY message_id"
                                  " LIMIT ?";

static const char subjects_sql[] = "SELECT id, subject FROM ticket"
                                   " WHERE id IN (?, ?, ?, ?, ?, ?, ?, ?)";

#define NOTES_64 TERMS_16 ", " TERMS_16 ", " TERMS_16 ", " TERMS_16

static const char claim_sql[] = "DELETE FROM search_pending"
                                " WHERE message_id IN (" NOTES_64 ")"
                                " RETURNING message_id, ticket_id";

static const char unnote_sql[] = "DELETE FROM search_pending WHERE message_id = ?";

static const char insert_sql[] = "INSERT IGNORE INTO search_term (term, ticket_id) VALUES (?, ?)";

gboolean
pn_search_note (PnDb *db, gint64 ticket_id, gint64 message_id, GError **error)
{
  return pn_db_later (db, note_sql, PN_ARGS (pn_int (message_id), pn_int (ticket_id)), FALSE,
                      error);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* Sorted, so that two who index at once take the same rows in the same order. */
static gboolean
insert_terms (PnDb *db, GPtrArray *terms, gint64 ticket_id, GError **error)
{
  g_ptr_array_sort (terms, by_text);
  for (guint i = 0; i < terms->len; i++) {
    if (!pn_db_later (db, insert_sql, PN_ARGS (pn_text (terms->pdata[i]), pn_int (ticket_id)),
                      FALSE, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_search_note_subject (PnDb *db, gint64 ticket_id, GError **error)
{
  return pn_search_note (db, ticket_id, -ticket_id, error);
}

/* Subject, sender and names of attachments first: a long text may use up the rest. */
static GPtrArray *
terms_of (const PnMessage *message, const char *ticket_subject)
{
  g_autoptr (GString) text = g_string_new (ticket_subject);
  GPtrArray *terms;

  g_string_append_printf (text, "\n%s\n%s %s\n", message->subject, message->from_name,
                          message->from_address);
  for (guint i = 0; message->attachments != NULL && i < message->attachments->len; i++) {
    const PnStoredAttachment *attachment = message->attachments->pdata[i];

    g_string_append (text, attachment->name);
    g_string_append_c (text, '\n');
  }
  g_string_append (text, message->text);
  terms = pn_search_terms (text->str, PN_SEARCH_MESSAGE_TERMS);
  if (message->direction == PN_DIRECTION_IN)
    pn_search_add_sender_terms (terms, message->from_name, message->from_address);
  return terms;
}

static gboolean
forget_terms (PnDb *db, const GPtrArray *terms, gint64 ticket_id, GError **error)
{
  PnValue args[1 + SOME] = { pn_int (ticket_id) };

  for (guint done = 0; done < terms->len; done += SOME) {
    for (guint i = 0; i < SOME; i++)
      args[1 + i] = pn_text (terms->pdata[MIN (done + i, terms->len - 1)]);
    if (!pn_db_exec (db, forget_sql, args, G_N_ELEMENTS (args), NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
pn_search_forget (PnDb *db, gint64 ticket_id, gint64 message_id, GError **error)
{
  g_autoptr (PnMessage) message = pn_message_load (db, message_id, error);
  g_autoptr (GPtrArray) terms = NULL;

  if (message == NULL)
    return FALSE;
  terms = terms_of (message, "");
  g_ptr_array_sort (terms, by_text);
  return forget_terms (db, terms, ticket_id, error);
}

gboolean
pn_search_forget_subject (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, ticket_id, error);
  g_autoptr (GPtrArray) terms = NULL;

  if (ticket == NULL || !pn_db_exec (db, unnote_sql, PN_ARGS (pn_int (-ticket_id)), NULL, error))
    return FALSE;
  terms = pn_search_terms (ticket->subject, PN_SEARCH_MESSAGE_TERMS);
  g_ptr_array_sort (terms, by_text);
  return forget_terms (db, terms, ticket_id, error);
}

/* A note that is being worked off. */
typedef struct {
  gint64 message_id; /* below 0: the ticket's subject alone */
  gint64 ticket_id;
} Note;

#define NOTES_OF PN_MESSAGE_WORDS_OF

/* Some notes and what they are about. */
typedef struct {
  const Note *notes;
  guint n;
  char *subjects[NOTES_OF]; /* of their tickets; NULL: erased meanwhile */
  GPtrArray *messages;      /* of PnMessage, those that are still there */
} Portion;

static void
portion_clear (Portion *portion)
{
  for (guint i = 0; i < NOTES_OF; i++)
    g_clear_pointer (&portion->subjects[i], g_free);
  g_clear_pointer (&portion->messages, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Portion, portion_clear)

static gboolean
load_subjects (PnDb *db, Portion *portion, GError **error)
{
  PnValue ids[NOTES_OF];
  g_autoptr (PnRows) rows = NULL;

  for (guint i = 0; i < NOTES_OF; i++)
    ids[i] = pn_int (portion->notes[MIN (i, portion->n - 1)].ticket_id);
  rows = pn_db_query (db, subjects_sql, ids, NOTES_OF, error);
  if (rows == NULL)
    return FALSE;
  while (pn_rows_next (rows)) {
    for (guint i = 0; i < portion->n; i++) {
      if (portion->notes[i].ticket_id == pn_rows_int (rows, 0))
        portion->subjects[i] = g_strdup (pn_rows_text (rows, 1));
    }
  }
  return TRUE;
}

static gboolean
load_messages (PnDb *db, Portion *portion, GError **error)
{
  gint64 ids[NOTES_OF];
  guint n = 0;

  for (guint i = 0; i < portion->n; i++) {
    if (portion->notes[i].message_id > 0)
      ids[n++] = portion->notes[i].message_id;
  }
  portion->messages = n > 0 ? pn_message_load_words (db, ids, n, error) : g_ptr_array_new ();
  return portion->messages != NULL;
}

static const PnMessage *
find_message (const Portion *portion, gint64 id)
{
  for (guint i = 0; i < portion->messages->len; i++) {
    const PnMessage *message = portion->messages->pdata[i];

    if (message->id == id)
      return message;
  }
  return NULL;
}

/* What was erased meanwhile has no words any more. */
static gboolean
index_noted (PnDb *db, const Portion *portion, guint i, GError **error)
{
  const Note *note = &portion->notes[i];
  const PnMessage *message = find_message (portion, note->message_id);
  g_autoptr (GPtrArray) terms = NULL;

  if (portion->subjects[i] == NULL || (message == NULL && note->message_id > 0))
    return TRUE;
  terms = message != NULL ? terms_of (message, portion->subjects[i])
                          : pn_search_terms (portion->subjects[i], PN_SEARCH_MESSAGE_TERMS);
  return insert_terms (db, terms, note->ticket_id, error);
}

static gboolean
index_portion (PnDb *db, const Note *notes, guint n, GError **error)
{
  g_auto (Portion) portion = { .notes = notes, .n = n };

  if (!load_subjects (db, &portion, error) || !load_messages (db, &portion, error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (!index_noted (db, &portion, i, error))
      return FALSE;
  }
  return TRUE;
}

typedef struct {
  guint limit;
  guint indexed;
} Work;

/* Returns: (owned) those of the notes that this transaction deleted; NULL with @error set. */
static PnRows *
claim (PnDb *db, PnRows *notes, GError **error)
{
  PnValue ids[CLAIMED];
  guint n = 0;

  while (n < CLAIMED && pn_rows_next (notes))
    ids[n++] = pn_int (pn_rows_int (notes, 0));
  for (guint i = n; i < CLAIMED; i++)
    ids[i] = ids[0];
  return pn_db_query (db, claim_sql, ids, CLAIMED, error);
}

/* Whoever deletes the note indexes the message. */
static gboolean
index_pending (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;
  g_autoptr (PnRows) notes =
      pn_db_query (db, pending_sql, PN_ARGS (pn_int (MIN (work->limit, CLAIMED))), error);
  g_autoptr (PnRows) claimed = NULL;
  Note some[CLAIMED];
  guint n = 0;

  work->indexed = 0;
  if (notes == NULL)
    return FALSE;
  if (pn_rows_count (notes) == 0)
    return TRUE;
  claimed = claim (db, notes, error);
  if (claimed == NULL)
    return FALSE;
  while (n < CLAIMED && pn_rows_next (claimed))
    some[n++] = (Note){ pn_rows_int (claimed, 0), pn_rows_int (claimed, 1) };
  for (guint at = 0; at < n; at += NOTES_OF) {
    if (!index_portion (db, some + at, MIN (n - at, NOTES_OF), error))
      return FALSE;
  }
  work->indexed = n;
  return TRUE;
}

gboolean
pn_search_index (PnDb *db, guint limit, guint *indexed, GError **error)
{
  Work work = { .limit = limit };

  *indexed = 0;
  do {
    if (!pn_db_run (db, index_pending, &work, error))
      return FALSE;
    *indexed += work.indexed;
    work.limit -= MIN (work.indexed, work.limit);
  } while (work.indexed == CLAIMED && work.limit > 0);
  return TRUE;
}
