#include "ticketing/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/secret.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox_private.h"

#define OF_TICKET_MAX "500"

/* The same order again finds its row by the dedupe key and gives that row's id. */
static const char insert_sql[] =
    "INSERT INTO outbox (dedupe_key, ref, class, letter, ticket_id, queue_id, message_id,"
    " mailbox_id, agent_id, recipient, recipient_name, document, state, next_at, give_up_at,"
    " created_at)"
    " VALUES (?, ?, ?, ?, ?, (SELECT queue_id FROM ticket WHERE id = ?), ?, ?, ?, ?, ?, ?, 0, ?,"
    " ?, ?)"
    " ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)";

static const char unrendered_sql[] =
    "SELECT " PN_OUTBOX_COLUMNS " FROM outbox FORCE INDEX (outbox_unrendered)"
    " WHERE is_rendered = 0 AND state = 0"
    " ORDER BY id"
    " LIMIT ?";

static const char rendered_sql[] =
    "UPDATE outbox"
    " SET is_rendered = 1, mid = ?, mid_hash = ?, envelope_from = ?, raw_sha = ?"
    " WHERE id = ? AND is_rendered = 0 AND state IN (0, 7)";

static const char unrenderable_sql[] = "UPDATE outbox"
                                       " SET state = 5, gen = gen + 1, reply_text = ?"
                                       " WHERE id = ? AND is_rendered = 0 AND state IN (0, 7)";

static const char load_sql[] = "SELECT " PN_OUTBOX_COLUMNS " FROM outbox WHERE id = ?";

static const char find_mid_sql[] = "SELECT " PN_OUTBOX_COLUMNS " FROM outbox"
                                   " WHERE mid_hash = ? AND mid = ?"
                                   " ORDER BY id"
                                   " LIMIT 1";

static const char of_ticket_sql[] = "SELECT " PN_OUTBOX_COLUMNS " FROM outbox"
                                    " WHERE ticket_id = ?"
                                    " ORDER BY id DESC"
                                    " LIMIT " OF_TICKET_MAX;

static const char *const state_names[] = {
  [PN_OUTBOX_WAITING] = "waiting",     [PN_OUTBOX_SENDING] = "sending",
  [PN_OUTBOX_DOTTED] = "dotted",       [PN_OUTBOX_SENT] = "sent",
  [PN_OUTBOX_DEFERRED] = "deferred",   [PN_OUTBOX_FAILED] = "failed",
  [PN_OUTBOX_UNCERTAIN] = "uncertain", [PN_OUTBOX_HELD] = "held",
  [PN_OUTBOX_CANCELLED] = "cancelled",
};

static const char *const class_names[] = {
  [PN_CLASS_REPLY] = "reply",
  [PN_CLASS_AUTOMATIC] = "automatic",
  [PN_CLASS_NOTICE] = "notice",
};

void
pn_letter_row_free (PnLetterRow *row)
{
  if (row == NULL)
    return;
  g_free (row->letter);
  g_free (row->recipient);
  g_free (row->recipient_name);
  json_decref (row->document);
  g_free (row->envelope_from);
  g_free (row->mid);
  g_free (row->reply_text);
  g_free (row->bounce_status);
  g_free (row->bounce_text);
  g_free (row);
}

static void
free_row (gpointer row)
{
  pn_letter_row_free (row);
}

GPtrArray *
pn_outbox_rows_new (void)
{
  return g_ptr_array_new_with_free_func (free_row);
}

/* The second half of the columns: what became of the letter. */
static void
read_fate (const PnRows *rows, PnLetterRow *row)
{
  row->envelope_from = g_strdup (pn_rows_text (rows, 13));
  row->mid = g_strdup (pn_rows_text (rows, 14));
  pn_rows_copy (rows, 15, row->raw_sha, PN_SHA256_BYTES);
  row->attempts = (int) pn_rows_int (rows, 16);
  row->gen = pn_rows_int (rows, 17);
  row->next_at = pn_rows_int (rows, 18);
  row->give_up_at = pn_rows_int (rows, 19);
  row->created_at = pn_rows_int (rows, 20);
  row->dotted_at = pn_rows_int (rows, 21);
  row->sent_at = pn_rows_int (rows, 22);
  row->reply_code = (int) pn_rows_int (rows, 23);
  row->reply_text = g_strdup (pn_rows_text (rows, 24));
  row->bounced_at = pn_rows_int (rows, 25);
  row->bounce_status = g_strdup (pn_rows_text (rows, 26));
  row->bounce_text = g_strdup (pn_rows_text (rows, 27));
  row->bounce_is_proven = pn_rows_int (rows, 28) != 0;
  row->is_taken_back = pn_rows_int (rows, 29) != 0;
}

static PnLetterRow *
read_row (const PnRows *rows)
{
  PnLetterRow *row = g_new0 (PnLetterRow, 1);
  const char *document = pn_rows_text (rows, 10);

  row->id = pn_rows_int (rows, 0);
  pn_rows_copy (rows, 1, row->ref, PN_OUTBOX_REF_BYTES);
  row->class = (PnOutboxClass) pn_rows_int (rows, 2);
  row->letter = g_strdup (pn_rows_text (rows, 3));
  row->ticket_id = pn_rows_int (rows, 4);
  row->message_id = pn_rows_int (rows, 5);
  row->mailbox_id = pn_rows_int (rows, 6);
  row->agent_id = pn_rows_int (rows, 7);
  row->recipient = g_strdup (pn_rows_text (rows, 8));
  row->recipient_name = g_strdup (pn_rows_text (rows, 9));
  if (document != NULL)
    row->document = json_loads (document, 0, NULL);
  row->state = (PnOutboxState) pn_rows_int (rows, 11);
  row->is_rendered = pn_rows_int (rows, 12) != 0;
  read_fate (rows, row);
  return row;
}

void
pn_outbox_read_rows (PnRows *rows, GPtrArray *letters)
{
  while (pn_rows_next (rows))
    g_ptr_array_add (letters, read_row (rows));
}

static void
dedupe_key (const PnLetterOrder *order, guint8 key[PN_SHA256_BYTES])
{
  g_autofree char *text =
      g_strdup_printf ("%s\n%s\n%s", order->letter, order->recipient, order->reason_key);

  pn_sha256 (text, strlen (text), key);
}

gboolean
pn_outbox_add (PnDb *db, const PnLetterOrder *order, gint64 *id, GError **error)
{
  guint8 key[PN_SHA256_BYTES];
  guint8 ref[PN_OUTBOX_REF_BYTES];
  PnTime now = pn_clock_now ();
  PnTime not_before = order->not_before != 0 ? order->not_before : now;
  char *document = order->document != NULL ? json_dumps (order->document, JSON_COMPACT) : NULL;
  g_autofree char *name = pn_text_clean_line (order->recipient_name, 200);
  gboolean is_done;

  dedupe_key (order, key);
  pn_secret_random (ref, sizeof ref);
  {
    const PnValue args[] = { pn_bytes (key, sizeof key),
                             pn_bytes (ref, sizeof ref),
                             pn_int (order->class),
                             pn_text (order->letter),
                             pn_int_or_null (order->ticket_id),
                             pn_int_or_null (order->ticket_id),
                             pn_int_or_null (order->message_id),
                             pn_int (order->mailbox_id),
                             pn_int_or_null (order->agent_id),
                             pn_text (order->recipient),
                             pn_text (name),
                             pn_text (document),
                             pn_int (not_before),
                             pn_int (not_before + PN_OUTBOX_LIFE),
                             pn_int (now) };

    is_done = id != NULL ? pn_db_insert (db, insert_sql, args, G_N_ELEMENTS (args), id, error)
                         : pn_db_later (db, insert_sql, args, G_N_ELEMENTS (args), FALSE, error);
  }
  free (document);
  return is_done;
}

static GPtrArray *
read_all (PnRows *rows)
{
  GPtrArray *letters = pn_outbox_rows_new ();

  pn_outbox_read_rows (rows, letters);
  return letters;
}

GPtrArray *
pn_outbox_unrendered (PnDb *db, guint limit, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, unrendered_sql, PN_ARGS (pn_int (limit)), error);

  return rows != NULL ? read_all (rows) : NULL;
}

typedef struct {
  const char *sql;
  const PnValue *args;
  gsize n_args;
  gint64 id;
} Change;

static gboolean
change (PnDb *db, gpointer data, GError **error)
{
  const Change *work = data;
  gint64 affected = 0;

  if (!pn_db_exec (db, work->sql, work->args, work->n_args, &affected, error))
    return FALSE;
  if (affected == 1)
    return TRUE;
  pn_error_set (error, PN_ERROR_CONFLICT,
                "letter %" G_GINT64_FORMAT " is not in a state that allows this any more",
                work->id);
  return FALSE;
}

gboolean
pn_outbox_change (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 id,
                  GError **error)
{
  Change work = { .sql = sql, .args = args, .n_args = n_args, .id = id };

  return pn_db_in_transaction (db) ? change (db, &work, error)
                                   : pn_db_run (db, change, &work, error);
}

gboolean
pn_outbox_set_rendered (PnDb *db, gint64 id, const char *mid, const char *envelope_from,
                        const guint8 raw_sha[PN_SHA256_BYTES], GError **error)
{
  guint8 hash[PN_SHA256_BYTES];

  pn_sha256 (mid, strlen (mid), hash);
  return pn_db_later (db, rendered_sql,
                      PN_ARGS (pn_text (mid), pn_bytes (hash, sizeof hash), pn_text (envelope_from),
                               pn_bytes (raw_sha, PN_SHA256_BYTES), pn_int (id)),
                      TRUE, error);
}

gboolean
pn_outbox_set_unrenderable (PnDb *db, gint64 id, const char *reason, GError **error)
{
  g_autofree char *line = pn_text_clean_line (reason, 1000);

  return pn_outbox_change (db, unrenderable_sql, PN_ARGS (pn_text (line), pn_int (id)), id, error);
}

PnLetterRow *
pn_outbox_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no letter %" G_GINT64_FORMAT, id);
    return NULL;
  }
  return read_row (rows);
}

gboolean
pn_outbox_find_mid (PnDb *db, const char *mid, PnLetterRow **row, GError **error)
{
  guint8 hash[PN_SHA256_BYTES];
  g_autoptr (PnRows) rows = NULL;

  pn_sha256 (mid, strlen (mid), hash);
  rows =
      pn_db_query (db, find_mid_sql, PN_ARGS (pn_bytes (hash, sizeof hash), pn_text (mid)), error);
  if (rows == NULL)
    return FALSE;
  *row = pn_rows_next (rows) ? read_row (rows) : NULL;
  return TRUE;
}

GPtrArray *
pn_outbox_of_ticket (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, of_ticket_sql, PN_ARGS (pn_int (ticket_id)), error);

  return rows != NULL ? read_all (rows) : NULL;
}

const char *
pn_outbox_state_name (PnOutboxState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_names), "");
  return state_names[state];
}

gboolean
pn_outbox_state_read (const char *name, PnOutboxState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++) {
    if (strcmp (name, state_names[i]) == 0) {
      *state = (PnOutboxState) i;
      return TRUE;
    }
  }
  return FALSE;
}

const char *
pn_outbox_class_name (PnOutboxClass class)
{
  g_return_val_if_fail ((guint) class < G_N_ELEMENTS (class_names), "");
  return class_names[class];
}
