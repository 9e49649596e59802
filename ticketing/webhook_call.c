#include "ticketing/webhook.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/sha256.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox.h"

#define LEASE PN_MINUTE
#define LIFE PN_DAY
#define ANSWER_BYTES 500
#define SHOWN_KEY_BYTES 16
#define GONE 410

#define COLUMNS                                                                                    \
  "id, call_key, webhook_id, ticket_id, kind, body, state, attempts, gen, next_at, created_at,"    \
  " done_at, status, answer"

static const char order_sql[] =
    "INSERT IGNORE INTO webhook_call"
    " (call_key, webhook_id, ticket_id, kind, body, next_at, created_at)"
    " SELECT ?, id, ?, ?, ?, ?, ?"
    " FROM webhook"
    " WHERE id = ? AND is_enabled = 1";

static const char due_sql[] = "SELECT " COLUMNS " FROM webhook_call FORCE INDEX (webhook_call_due)"
                              " WHERE state = 0 AND next_at <= ?"
                              " ORDER BY next_at, id"
                              " LIMIT ?";

static const char claim_sql[] =
    "UPDATE webhook_call SET gen = gen + 1, attempts = attempts + 1, next_at = ?"
    " WHERE id = ? AND gen = ? AND state = 0";

static const char finish_sql[] =
    "UPDATE webhook_call SET gen = gen + 1, state = ?, next_at = ?, done_at = ?, status = ?,"
    " answer = ?"
    " WHERE id = ? AND gen = ? AND state = 0";

static const char retry_sql[] =
    "UPDATE webhook_call SET gen = gen + 1, state = 0, attempts = 0, next_at = ?, created_at = ?,"
    " done_at = NULL"
    " WHERE id = ? AND state = 2 AND (? = 0 OR webhook_id = ?)";

static const char calls_sql[] = "SELECT " COLUMNS " FROM webhook_call"
                                " WHERE webhook_id = ?"
                                " ORDER BY id DESC"
                                " LIMIT ?";

static const char *const state_names[] = {
  [PN_CALL_WAITING] = "waiting",
  [PN_CALL_DONE] = "done",
  [PN_CALL_FAILED] = "failed",
};

const char *
pn_call_state_name (PnCallState state)
{
  return state_names[state];
}

gboolean
pn_webhook_order (PnDb *db, gint64 webhook_id, const char *kind, const char *key, gint64 ticket_id,
                  const json_t *body, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autofree char *text = pn_json_write (body);
  g_autofree char *whole =
      g_strdup_printf ("webhook:%" G_GINT64_FORMAT ":%s:%s", webhook_id, kind, key);
  guint8 hash[PN_SHA256_BYTES];

  if (strlen (text) > PN_WEBHOOK_BODY_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "a webhook's body has at most %d bytes, this has %zu",
                  PN_WEBHOOK_BODY_BYTES, strlen (text));
    return FALSE;
  }
  pn_sha256 (whole, strlen (whole), hash);
  return pn_db_exec (db, order_sql,
                     PN_ARGS (pn_bytes (hash, sizeof hash), pn_int_or_null (ticket_id),
                              pn_text (kind), pn_text (text), pn_int (now), pn_int (now),
                              pn_int (webhook_id)),
                     NULL, error);
}

void
pn_webhook_call_free (PnWebhookCall *call)
{
  if (call == NULL)
    return;
  g_free (call->key);
  g_free (call->kind);
  g_free (call->body);
  g_free (call->answer);
  g_free (call);
}

static void
free_call (gpointer call)
{
  pn_webhook_call_free (call);
}

static char *
write_key (const PnRows *rows)
{
  gsize size = 0;
  const guint8 *bytes = pn_rows_bytes (rows, 1, &size);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < MIN (size, SHOWN_KEY_BYTES); i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

static PnWebhookCall *
read_row (const PnRows *rows)
{
  PnWebhookCall *call = g_new0 (PnWebhookCall, 1);

  call->id = pn_rows_int (rows, 0);
  call->key = write_key (rows);
  call->webhook_id = pn_rows_int (rows, 2);
  call->ticket_id = pn_rows_int (rows, 3);
  call->kind = g_strdup (pn_rows_text (rows, 4));
  call->body = g_strdup (pn_rows_text (rows, 5));
  call->state = (PnCallState) CLAMP (pn_rows_int (rows, 6), 0, PN_CALL_FAILED);
  call->attempts = (int) pn_rows_int (rows, 7);
  call->gen = pn_rows_int (rows, 8);
  call->next_at = pn_rows_int (rows, 9);
  call->created_at = pn_rows_int (rows, 10);
  call->done_at = pn_rows_int (rows, 11);
  call->status = (int) pn_rows_int (rows, 12);
  call->answer = g_strdup (pn_rows_text (rows, 13));
  return call;
}

static GPtrArray *
read_rows (PnRows *rows)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (free_call);

  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}

/* Each row alone: what another took first is not ours. */
GPtrArray *
pn_webhook_claim (PnDb *db, guint limit, GError **error)
{
  const PnTime now = pn_clock_now ();
  g_autoptr (PnRows) rows =
      pn_db_query (db, due_sql, PN_ARGS (pn_int (now), pn_int (limit)), error);
  g_autoptr (GPtrArray) due = NULL;

  if (rows == NULL)
    return NULL;
  due = read_rows (rows);
  for (guint i = 0; i < due->len;) {
    PnWebhookCall *call = due->pdata[i];
    gint64 affected = 0;

    if (!pn_db_exec (db, claim_sql,
                     PN_ARGS (pn_int (now + LEASE), pn_int (call->id), pn_int (call->gen)),
                     &affected, error))
      return NULL;
    if (affected == 0) {
      g_ptr_array_remove_index (due, i);
      continue;
    }
    call->gen++;
    call->attempts++;
    i++;
  }
  return g_steal_pointer (&due);
}

static PnCallState
judge (const PnWebhookCall *call, int status, PnTime now)
{
  if (status >= 200 && status < 300)
    return PN_CALL_DONE;
  return status == GONE || now - call->created_at >= LIFE ? PN_CALL_FAILED : PN_CALL_WAITING;
}

gboolean
pn_webhook_finish (PnDb *db, const PnWebhookCall *call, int status, const char *answer,
                   GError **error)
{
  const PnTime now = pn_clock_now ();
  const PnCallState state = judge (call, status, now);
  g_autofree char *words = pn_text_clean_line (answer, ANSWER_BYTES);
  gint64 affected = 0;

  if (!pn_db_exec (db, finish_sql,
                   PN_ARGS (pn_int (state), pn_int (now + pn_outbox_backoff (call->attempts)),
                            pn_int_or_null (state != PN_CALL_WAITING ? now : 0),
                            pn_int_or_null (status), pn_text (words), pn_int (call->id),
                            pn_int (call->gen)),
                   &affected, error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_CONFLICT, "webhook call %" G_GINT64_FORMAT " was taken over",
                  call->id);
  return affected > 0;
}

gboolean
pn_webhook_retry (PnDb *db, gint64 webhook_id, gint64 call_id, GError **error)
{
  const PnTime now = pn_clock_now ();
  gint64 affected = 0;

  if (!pn_db_exec (db, retry_sql,
                   PN_ARGS (pn_int (now), pn_int (now), pn_int (call_id), pn_int (webhook_id),
                            pn_int (webhook_id)),
                   &affected, error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_CONFLICT, "webhook call %" G_GINT64_FORMAT " has not failed",
                  call_id);
  return affected > 0;
}

GPtrArray *
pn_webhook_calls (PnDb *db, gint64 webhook_id, guint limit, GError **error)
{
  g_autoptr (PnRows) rows =
      pn_db_query (db, calls_sql, PN_ARGS (pn_int (webhook_id), pn_int (limit)), error);

  return rows != NULL ? read_rows (rows) : NULL;
}
