#include "ticketing/spool.h"

#include <string.h>

#include "ticketing/core/claim.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"
#include "ticketing/spool_private.h"

#define LEASE (60 * PN_SECOND)
#define ROUNDS 3 /* of looking for rows when others were faster */

static const char insert_sql[] =
    "INSERT INTO spool (mailbox_id, queue_id, channel, format, raw_sha, internal_date, size_bytes,"
    " is_header_only, form_key, state, received_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)";

/* Locking, so that they see what was committed after this transaction's first read. */
static const char find_form_sql[] = "SELECT id FROM spool WHERE form_key = ? LOCK IN SHARE MODE";

static const char find_bytes_sql[] = "SELECT id FROM spool"
                                     " WHERE mailbox_id = ? AND raw_sha = ? AND internal_date = ?"
                                     " LOCK IN SHARE MODE";

static const char copy_sql[] = "INSERT INTO spool_copy (mailbox_id, uidvalidity, uid, spool_id)"
                               " VALUES (?, ?, ?, ?)"
                               " ON DUPLICATE KEY UPDATE uid = uid";

static const char find_copy_sql[] = "SELECT spool_id, is_done FROM spool_copy"
                                    " WHERE mailbox_id = ? AND uidvalidity = ? AND uid = ?";

static const char copy_done_sql[] = "UPDATE spool_copy SET is_done = 1"
                                    " WHERE mailbox_id = ? AND uidvalidity = ? AND uid = ?";

static const char candidates_sql[] = "SELECT id FROM spool"
                                     " WHERE state = 0 AND lease_until <= ?"
                                     " ORDER BY lease_until, id"
                                     " LIMIT ?";

static const char lease_sql[] = "UPDATE spool FORCE INDEX (PRIMARY)"
                                " SET lease_owner = ?, lease_until = ?, attempts = attempts + 1"
                                " WHERE id IN (" PN_CLAIM_PLACES ")"
                                " AND state = 0 AND lease_until <= ?";

static const char leased_sql[] = "SELECT " PN_SPOOL_COLUMNS " FROM spool FORCE INDEX (PRIMARY)"
                                 " WHERE id IN (" PN_CLAIM_PLACES ")"
                                 " AND state = 0 AND lease_owner = ? AND lease_until = ?"
                                 " ORDER BY id";

static const char give_back_sql[] = "UPDATE spool"
                                    " SET lease_owner = NULL, lease_until = ?,"
                                    " attempts = GREATEST(attempts - ?, 0)"
                                    " WHERE id = ? AND state = 0 AND lease_owner = ?";

static const char filed_sql[] =
    "UPDATE spool"
    " SET state = 1, lease_owner = NULL, lease_until = 0, disposition = ?, ticket_id = ?,"
    " message_id = ?, reasons = ?, filed_at = ?"
    " WHERE id = ? AND state IN (0, 2, 3)";

static const char held_sql[] =
    "UPDATE spool"
    " SET state = ?, lease_owner = NULL, lease_until = 0, disposition = ?, record_sha = ?,"
    " from_address = ?, subject = ?, reasons = ?"
    " WHERE id = ? AND state = 0";

static const char load_sql[] = "SELECT " PN_SPOOL_COLUMNS " FROM spool WHERE id = ?";

static const char *const state_names[] = {
  [PN_SPOOL_WAITING] = "waiting", [PN_SPOOL_FILED] = "filed",         [PN_SPOOL_HELD] = "held",
  [PN_SPOOL_SPAM] = "spam",       [PN_SPOOL_DISCARDED] = "discarded",
};

static const char *const disposition_names[] = {
  [PN_DISPOSITION_CREATED] = "created",     [PN_DISPOSITION_APPENDED] = "appended",
  [PN_DISPOSITION_DUPLICATE] = "duplicate", [PN_DISPOSITION_HELD] = "held",
  [PN_DISPOSITION_RECORDED] = "recorded",
};

PnDelivery *
pn_delivery_new (void)
{
  PnDelivery *delivery = g_new0 (PnDelivery, 1);

  delivery->disposition = -1;
  return delivery;
}

void
pn_delivery_free (PnDelivery *delivery)
{
  if (delivery == NULL)
    return;
  g_free (delivery->from_address);
  g_free (delivery->subject);
  json_decref (delivery->reasons);
  g_free (delivery);
}

void
pn_spool_free_delivery (gpointer delivery)
{
  pn_delivery_free (delivery);
}

static PnDelivery *
read_delivery (const PnRows *rows)
{
  PnDelivery *delivery = pn_delivery_new ();
  const char *reasons = pn_rows_text (rows, 18);

  delivery->id = pn_rows_int (rows, 0);
  delivery->mailbox_id = pn_rows_int (rows, 1);
  delivery->queue_id = pn_rows_int (rows, 2);
  delivery->channel = (PnChannel) pn_rows_int (rows, 3);
  delivery->format = (PnSpoolFormat) pn_rows_int (rows, 4);
  pn_rows_copy (rows, 5, delivery->raw_sha, PN_SHA256_BYTES);
  delivery->internal_date = pn_rows_int (rows, 6);
  delivery->size_bytes = pn_rows_int (rows, 7);
  delivery->is_header_only = pn_rows_int (rows, 8) != 0;
  delivery->has_form_key = pn_rows_copy (rows, 9, delivery->form_key, PN_SHA256_BYTES);
  delivery->state = (PnSpoolState) pn_rows_int (rows, 10);
  delivery->attempts = (int) pn_rows_int (rows, 11);
  delivery->disposition = pn_rows_is_null (rows, 12) ? -1 : (int) pn_rows_int (rows, 12);
  delivery->ticket_id = pn_rows_int (rows, 13);
  delivery->message_id = pn_rows_int (rows, 14);
  delivery->has_record = pn_rows_copy (rows, 15, delivery->record_sha, PN_SHA256_BYTES);
  delivery->from_address = g_strdup (pn_rows_text (rows, 16));
  delivery->subject = g_strdup (pn_rows_text (rows, 17));
  if (reasons != NULL)
    delivery->reasons = json_loads (reasons, 0, NULL);
  delivery->received_at = pn_rows_int (rows, 19);
  delivery->filed_at = pn_rows_int (rows, 20);
  delivery->may_answer = pn_rows_int (rows, 21) != 0;
  return delivery;
}

void
pn_spool_read_rows (PnRows *rows, GPtrArray *deliveries)
{
  while (pn_rows_next (rows))
    g_ptr_array_add (deliveries, read_delivery (rows));
}

typedef struct {
  const PnDelivery *delivery;
  const PnCopy *copy;
  gint64 id;
  gboolean is_known;
} Addition;

static PnValue
form_key_of (const PnDelivery *delivery)
{
  return pn_bytes (delivery->has_form_key ? delivery->form_key : NULL, PN_SHA256_BYTES);
}

static gboolean
find_known (PnDb *db, Addition *addition, GError **error)
{
  const PnDelivery *delivery = addition->delivery;
  g_autoptr (PnRows) rows = NULL;

  if (delivery->has_form_key) {
    rows = pn_db_query (db, find_form_sql, PN_ARGS (form_key_of (delivery)), error);
    if (rows == NULL)
      return FALSE;
  }
  if (rows == NULL || pn_rows_count (rows) == 0) {
    g_clear_pointer (&rows, pn_rows_free);
    rows = pn_db_query (db, find_bytes_sql,
                        PN_ARGS (pn_int (delivery->mailbox_id),
                                 pn_bytes (delivery->raw_sha, PN_SHA256_BYTES),
                                 pn_int (delivery->internal_date)),
                        error);
    if (rows == NULL)
      return FALSE;
  }
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "a known delivery vanished while it was asked for");
    return FALSE;
  }
  addition->id = pn_rows_int (rows, 0);
  addition->is_known = TRUE;
  return TRUE;
}

static gboolean
insert (PnDb *db, Addition *addition, GError **error)
{
  const PnDelivery *delivery = addition->delivery;
  g_autoptr (GError) problem = NULL;

  addition->is_known = FALSE;
  if (pn_db_insert (db, insert_sql,
                    PN_ARGS (pn_int (delivery->mailbox_id), pn_int (delivery->queue_id),
                             pn_int (delivery->channel), pn_int (delivery->format),
                             pn_bytes (delivery->raw_sha, PN_SHA256_BYTES),
                             pn_int (delivery->internal_date), pn_int (delivery->size_bytes),
                             pn_int (delivery->is_header_only), form_key_of (delivery),
                             pn_int (pn_clock_now ())),
                    &addition->id, &problem))
    return TRUE;
  if (pn_error_is (problem, PN_ERROR_CONFLICT))
    return find_known (db, addition, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
add (PnDb *db, gpointer data, GError **error)
{
  Addition *addition = data;

  if (!insert (db, addition, error))
    return FALSE;
  return addition->copy == NULL
         || pn_db_exec (db, copy_sql,
                        PN_ARGS (pn_int (addition->delivery->mailbox_id),
                                 pn_int (addition->copy->uidvalidity), pn_int (addition->copy->uid),
                                 pn_int (addition->id)),
                        NULL, error);
}

gboolean
pn_spool_add (PnDb *db, const PnDelivery *delivery, const PnCopy *copy, gint64 *id,
              gboolean *is_known, GError **error)
{
  Addition addition = { .delivery = delivery, .copy = copy };

  if (!(pn_db_in_transaction (db) ? add (db, &addition, error)
                                  : pn_db_run (db, add, &addition, error)))
    return FALSE;
  *id = addition.id;
  *is_known = addition.is_known;
  return TRUE;
}

gboolean
pn_spool_find_copy (PnDb *db, gint64 mailbox_id, const PnCopy *copy, gint64 *spool_id,
                    gboolean *is_done, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (
      db, find_copy_sql,
      PN_ARGS (pn_int (mailbox_id), pn_int (copy->uidvalidity), pn_int (copy->uid)), error);
  gboolean is_there;

  if (rows == NULL)
    return FALSE;
  is_there = pn_rows_next (rows);
  *spool_id = is_there ? pn_rows_int (rows, 0) : 0;
  *is_done = is_there && pn_rows_int (rows, 1) != 0;
  return TRUE;
}

gboolean
pn_spool_set_copy_done (PnDb *db, gint64 mailbox_id, const PnCopy *copy, GError **error)
{
  return pn_db_exec (db, copy_done_sql,
                     PN_ARGS (pn_int (mailbox_id), pn_int (copy->uidvalidity), pn_int (copy->uid)),
                     NULL, error);
}

static PnRows *
take_batch (PnDb *db, const PnClaim *claim, GError **error)
{
  PnValue args[PN_CLAIM_BATCH + 3];
  gsize n = 0;

  args[n++] = pn_text (claim->owner);
  args[n++] = pn_int (claim->until);
  for (guint i = 0; i < PN_CLAIM_BATCH; i++)
    args[n++] = claim->ids[i];
  args[n++] = pn_int (claim->now);
  if (!pn_db_exec (db, lease_sql, args, n, NULL, error))
    return NULL;
  n = 0;
  for (guint i = 0; i < PN_CLAIM_BATCH; i++)
    args[n++] = claim->ids[i];
  args[n++] = pn_text (claim->owner);
  args[n++] = pn_int (claim->until);
  return pn_db_query (db, leased_sql, args, n, error);
}

GPtrArray *
pn_spool_lease (PnDb *db, const char *owner, guint limit, GError **error)
{
  const PnClaimKind kind = { owner, LEASE, take_batch, pn_spool_read_rows };
  g_autoptr (GPtrArray) deliveries = g_ptr_array_new_with_free_func (pn_spool_free_delivery);

  for (guint round = 0; round < ROUNDS && deliveries->len == 0; round++) {
    g_autoptr (PnRows) candidates =
        pn_db_query (db, candidates_sql, PN_ARGS (pn_int (pn_clock_now ()), pn_int (limit)), error);

    if (candidates == NULL)
      return NULL;
    if (pn_rows_count (candidates) == 0)
      break;
    if (!pn_claim (db, &kind, candidates, deliveries, error))
      return NULL;
  }
  return g_steal_pointer (&deliveries);
}

gboolean
pn_spool_give_back (PnDb *db, gint64 id, const char *owner, PnTime not_before, gboolean is_to_blame,
                    GError **error)
{
  return pn_db_exec (
      db, give_back_sql,
      PN_ARGS (pn_int (not_before), pn_int (is_to_blame ? 0 : 1), pn_int (id), pn_text (owner)),
      NULL, error);
}

char *
pn_spool_write_reasons (const json_t *reasons)
{
  char *text = reasons != NULL ? json_dumps (reasons, JSON_COMPACT) : NULL;
  char *copy = g_strdup (text);

  free (text);
  return copy;
}

/* Runs a compare-and-set; CONFLICT when the row was not in a state that allows it. */
gboolean
pn_spool_change (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 id,
                 GError **error)
{
  gint64 affected = 0;

  if (!pn_db_exec (db, sql, args, n_args, &affected, error))
    return FALSE;
  if (affected == 1)
    return TRUE;
  pn_error_set (error, PN_ERROR_CONFLICT,
                "delivery %" G_GINT64_FORMAT " was decided by somebody else", id);
  return FALSE;
}

gboolean
pn_spool_set_filed (PnDb *db, gint64 id, PnDisposition disposition, gint64 ticket_id,
                    gint64 message_id, const json_t *reasons, GError **error)
{
  g_autofree char *text = pn_spool_write_reasons (reasons);

  return pn_db_later (db, filed_sql,
                      PN_ARGS (pn_int (disposition), pn_int_or_null (ticket_id),
                               pn_int_or_null (message_id), pn_text (text),
                               pn_int (pn_clock_now ()), pn_int (id)),
                      TRUE, error);
}

gboolean
pn_spool_set_held (PnDb *db, gint64 id, PnSpoolState state,
                   const guint8 record_sha[PN_SHA256_BYTES], const char *from_address,
                   const char *subject, const json_t *reasons, GError **error)
{
  g_autofree char *from = pn_text_clean_line (from_address, 320);
  g_autofree char *line = pn_text_clean_line (subject, 500);
  g_autofree char *text = pn_spool_write_reasons (reasons);

  g_return_val_if_fail (state == PN_SPOOL_HELD || state == PN_SPOOL_SPAM, FALSE);
  return pn_spool_change (db, held_sql,
                          PN_ARGS (pn_int (state), pn_int (PN_DISPOSITION_HELD),
                                   pn_bytes (record_sha, PN_SHA256_BYTES), pn_text (from),
                                   pn_text (line), pn_text (text), pn_int (id)),
                          id, error);
}

gboolean
pn_spool_is_released (const PnDelivery *delivery)
{
  return delivery->state == PN_SPOOL_WAITING && delivery->has_record;
}

PnDelivery *
pn_spool_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no delivery %" G_GINT64_FORMAT, id);
    return NULL;
  }
  return read_delivery (rows);
}

const char *
pn_disposition_name (PnDisposition disposition)
{
  g_return_val_if_fail ((guint) disposition < G_N_ELEMENTS (disposition_names), "");
  return disposition_names[disposition];
}

const char *
pn_spool_state_name (PnSpoolState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_names), "");
  return state_names[state];
}

GPtrArray *
pn_spool_record_blobs (GBytes *record)
{
  GPtrArray *names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize size;
  const char *text = g_bytes_get_data (record, &size);
  g_autoptr (json_t) document = json_loadb (text, size, 0, NULL);
  const json_t *attachment;
  size_t i;

  json_array_foreach (json_object_get (document, "attachments"), i, attachment)
  {
    const char *hex = pn_json_get_text (attachment, "sha256");
    guint8 sha[PN_SHA256_BYTES];

    if (hex != NULL && pn_hex_read (hex, sha, sizeof sha))
      g_ptr_array_add (names, g_bytes_new (sha, sizeof sha));
  }
  return names;
}
