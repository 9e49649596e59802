#include "ticketing/outbox.h"

#include "ticketing/core/claim.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox_private.h"

#define ROUNDS 3                      /* of looking for rows when others were faster */
#define RESEND_AFTER (15 * PN_MINUTE) /* longer than any server may take to answer the final dot */

/* Each part is in the index's order; together they are at most three times the limit. */
static const char candidates_sql[] =
    "(SELECT id, next_at FROM outbox FORCE INDEX (outbox_due)"
    " WHERE is_rendered = 1 AND state = 0 AND next_at <= ? ORDER BY next_at, id LIMIT ?)"
    " UNION ALL "
    "(SELECT id, next_at FROM outbox FORCE INDEX (outbox_due)"
    " WHERE is_rendered = 1 AND state = 4 AND next_at <= ? ORDER BY next_at, id LIMIT ?)"
    " UNION ALL "
    "(SELECT id, next_at FROM outbox FORCE INDEX (outbox_due)"
    " WHERE is_rendered = 1 AND state = 1 AND next_at <= ? ORDER BY next_at, id LIMIT ?)"
    " ORDER BY next_at, id LIMIT ?";

/* A letter that was claimed before and whose sender died may be what killed it: it comes back later and later. */
static const char claim_sql[] = "UPDATE outbox FORCE INDEX (PRIMARY)"
                                " SET lease_owner = ?, lease_until = ?,"
                                " next_at = ? + IF(state = 1, LEAST(attempts, 12) * 300000000, 0),"
                                " state = 1, gen = gen + 1, attempts = attempts + 1"
                                " WHERE id IN (" PN_CLAIM_PLACES ")"
                                " AND is_rendered = 1 AND state IN (0, 1, 4) AND next_at <= ?";

static const char claimed_sql[] = "SELECT " PN_OUTBOX_COLUMNS " FROM outbox FORCE INDEX (PRIMARY)"
                                  " WHERE id IN (" PN_CLAIM_PLACES ")"
                                  " AND state = 1 AND lease_owner = ? AND lease_until = ?"
                                  " ORDER BY id";

static const char dotted_sql[] = "UPDATE outbox"
                                 " SET state = 2, dotted_at = ?, next_at = ?, lease_until = ?"
                                 " WHERE id = ? AND gen = ? AND state = 1";

/* The server's answer may come after the sweep gave up waiting for it: it still says what happened. */
static const char sent_sql[] =
    "UPDATE outbox"
    " SET state = 3, sent_at = ?, reply_code = ?, reply_text = ?, lease_owner = NULL,"
    " lease_until = 0"
    " WHERE id = ? AND gen = ? AND state IN (2, 6)";

static const char deferred_sql[] =
    "UPDATE outbox"
    " SET state = IF(? > give_up_at, 5, 4), next_at = ?, reply_code = ?, reply_text = ?,"
    " dotted_at = NULL, lease_owner = NULL, lease_until = 0"
    " WHERE id = ? AND gen = ? AND state IN (1, 2, 6)";

static const char failed_sql[] =
    "UPDATE outbox"
    " SET state = 5, reply_code = ?, reply_text = ?, lease_owner = NULL, lease_until = 0"
    " WHERE id = ? AND gen = ? AND state IN (1, 2, 6)";

/* Class 0 is an agent's reply. */
static const char uncertain_sql[] =
    "UPDATE outbox"
    " SET state = 6, next_at = IF(class = 0, dotted_at + ?, 9223372036854775807),"
    " reply_text = ?, lease_owner = NULL, lease_until = 0"
    " WHERE id = ? AND gen = ? AND state = 2";

static const char sweep_dotted_sql[] =
    "UPDATE outbox"
    " SET state = 6, next_at = IF(class = 0, dotted_at + ?, 9223372036854775807),"
    " lease_owner = NULL, lease_until = 0"
    " WHERE is_rendered = 1 AND state = 2 AND next_at <= ?"
    " ORDER BY next_at, id"
    " LIMIT 100";

static const char sweep_uncertain_sql[] =
    "UPDATE outbox"
    " SET state = IF(give_up_at < ?, 5, 0), gen = gen + 1, next_at = ?, dotted_at = NULL"
    " WHERE is_rendered = 1 AND state = 6 AND next_at <= ?"
    " ORDER BY next_at, id"
    " LIMIT 100";

static const char sweep_sending_sql[] =
    "UPDATE outbox"
    " SET state = 5, gen = gen + 1, lease_owner = NULL, lease_until = 0,"
    " reply_text = 'the sender died of it again and again'"
    " WHERE is_rendered = 1 AND state = 1 AND next_at <= ? AND give_up_at < ?"
    " ORDER BY next_at, id"
    " LIMIT 100";

static PnRows *
take_batch (PnDb *db, const PnClaim *claim, GError **error)
{
  PnValue args[PN_CLAIM_BATCH + 4];
  gsize n = 0;

  args[n++] = pn_text (claim->owner);
  args[n++] = pn_int (claim->until);
  args[n++] = pn_int (claim->until);
  for (guint i = 0; i < PN_CLAIM_BATCH; i++)
    args[n++] = claim->ids[i];
  args[n++] = pn_int (claim->now);
  if (!pn_db_exec (db, claim_sql, args, n, NULL, error))
    return NULL;
  n = 0;
  for (guint i = 0; i < PN_CLAIM_BATCH; i++)
    args[n++] = claim->ids[i];
  args[n++] = pn_text (claim->owner);
  args[n++] = pn_int (claim->until);
  return pn_db_query (db, claimed_sql, args, n, error);
}

GPtrArray *
pn_outbox_claim (PnDb *db, const char *owner, guint limit, GError **error)
{
  const PnClaimKind kind = { owner, PN_OUTBOX_LEASE, take_batch, pn_outbox_read_rows };
  g_autoptr (GPtrArray) letters = pn_outbox_rows_new ();
  const PnValue most = pn_int (limit);

  for (guint round = 0; round < ROUNDS && letters->len == 0; round++) {
    const PnValue now = pn_int (pn_clock_now ());
    g_autoptr (PnRows) candidates =
        pn_db_query (db, candidates_sql, PN_ARGS (now, most, now, most, now, most, most), error);

    if (candidates == NULL)
      return NULL;
    if (pn_rows_count (candidates) == 0)
      break;
    if (!pn_claim (db, &kind, candidates, letters, error))
      return NULL;
  }
  return g_steal_pointer (&letters);
}

gboolean
pn_outbox_set_dotted (PnDb *db, const PnLetterRow *row, GError **error)
{
  PnTime now = pn_clock_now ();
  const PnValue until = pn_int (now + PN_OUTBOX_LEASE);

  return pn_outbox_change (
      db, dotted_sql, PN_ARGS (pn_int (now), until, until, pn_int (row->id), pn_int (row->gen)),
      row->id, error);
}

gboolean
pn_outbox_set_sent (PnDb *db, const PnLetterRow *row, int code, const char *text, GError **error)
{
  g_autofree char *line = pn_text_clean_line (text, 1000);

  return pn_outbox_change (db, sent_sql,
                           PN_ARGS (pn_int (pn_clock_now ()), pn_int_or_null (code), pn_text (line),
                                    pn_int (row->id), pn_int (row->gen)),
                           row->id, error);
}

gboolean
pn_outbox_set_deferred (PnDb *db, const PnLetterRow *row, int code, const char *text,
                        GError **error)
{
  g_autofree char *line = pn_text_clean_line (text, 1000);
  const PnValue next = pn_int (pn_clock_now () + pn_outbox_backoff (row->attempts));

  return pn_outbox_change (db, deferred_sql,
                           PN_ARGS (next, next, pn_int_or_null (code), pn_text (line),
                                    pn_int (row->id), pn_int (row->gen)),
                           row->id, error);
}

gboolean
pn_outbox_set_failed (PnDb *db, const PnLetterRow *row, int code, const char *text, GError **error)
{
  g_autofree char *line = pn_text_clean_line (text, 1000);

  return pn_outbox_change (
      db, failed_sql,
      PN_ARGS (pn_int_or_null (code), pn_text (line), pn_int (row->id), pn_int (row->gen)), row->id,
      error);
}

gboolean
pn_outbox_set_uncertain (PnDb *db, const PnLetterRow *row, const char *text, GError **error)
{
  g_autofree char *line = pn_text_clean_line (text, 1000);

  return pn_outbox_change (
      db, uncertain_sql,
      PN_ARGS (pn_int (RESEND_AFTER), pn_text (line), pn_int (row->id), pn_int (row->gen)), row->id,
      error);
}

gboolean
pn_outbox_sweep (PnDb *db, GError **error)
{
  const PnValue now = pn_int (pn_clock_now ());

  return pn_db_exec (db, sweep_dotted_sql, PN_ARGS (pn_int (RESEND_AFTER), now), NULL, error)
         && pn_db_exec (db, sweep_uncertain_sql, PN_ARGS (now, now, now), NULL, error)
         && pn_db_exec (db, sweep_sending_sql, PN_ARGS (now, now), NULL, error);
}

PnTime
pn_outbox_backoff (int attempts)
{
  static const int minutes[] = { 1, 5, 15, 30, 60 };

  return minutes[CLAMP (attempts, 1, (int) G_N_ELEMENTS (minutes)) - 1] * PN_MINUTE;
}
