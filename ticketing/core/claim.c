#include "ticketing/core/claim.h"

typedef struct {
  const PnClaimKind *kind;
  PnClaim claim;
  PnRows *rows; /* (owned) */
} Batch;

static gboolean
take_batch (PnDb *db, gpointer data, GError **error)
{
  Batch *batch = data;

  g_clear_pointer (&batch->rows, pn_rows_free);
  batch->rows = batch->kind->take (db, &batch->claim, error);
  return batch->rows != NULL;
}

gboolean
pn_claim (PnDb *db, const PnClaimKind *kind, PnRows *candidates, GPtrArray *list, GError **error)
{
  gboolean has_more = pn_rows_next (candidates);

  while (has_more) {
    const PnTime now = pn_clock_now ();
    Batch batch = { kind, { .owner = kind->owner, .now = now, .until = now + kind->lease }, NULL };
    gboolean is_done;

    for (guint i = 0; i < PN_CLAIM_BATCH; i++) {
      batch.claim.ids[i] = has_more ? pn_int (pn_rows_int (candidates, 0)) : batch.claim.ids[i - 1];
      has_more = has_more && pn_rows_next (candidates);
    }
    is_done = pn_db_run (db, take_batch, &batch, error);
    if (is_done)
      kind->read (batch.rows, list);
    pn_rows_free (batch.rows);
    if (!is_done)
      return FALSE;
  }
  return TRUE;
}
