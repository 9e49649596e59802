/* Blob sweep: frees the bytes that nothing refers to any more: of pictures that were swept, of files whose rows went, of
 * what was stored for a transaction that never came, of what a dying process left half stored.
 *
 *   (a day) ──► mark: what each place of the list in blob_sweep.c names ──► pictures of articles ──► free the rest ──► done
 *
 * What is named is kept in a filter in memory, two bytes a name: a name in it may be there by chance, which keeps a blob
 * until the next sweep; one that is not in it was nowhere. No index and no write when mail is filed.
 *
 * Why nobody loses what they are about to refer to: a blob is free for the taking by PN_BLOB_GRACE after it was stored
 * last, and pn_blob_store () stores one again that is older than PN_BLOB_FRESH. A reference that comes from such a step
 * is there within days, or never. One that is taken over from another row (a held mail's files become a message's) comes
 * from a place that is marked before that to which it goes. Freeing is one transaction, on the time of storing.
 *
 * One sweep runs at a time; when its process dies, the next begins a day after it began. Owns the table blob_sweep;
 * reads the names in the tables of others by its own statements (listed with the owners), so that one list shows all.
 * One thread.
 */
#pragma once

#include "ticketing/core/blob.h"

#define PN_BLOB_SWEEP_PERIOD PN_DAY

typedef struct PnBlobSweep PnBlobSweep;

/* Calls pn_blob_sweep_keep () for all that ticketing does not know. */
typedef gboolean (*PnBlobSweepOthers) (PnBlobSweep *sweep, PnDb *db, GError **error);

PnBlobSweep *pn_blob_sweep_new (PnBlobSweepOthers others); /* (owned) */
void pn_blob_sweep_free (PnBlobSweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnBlobSweep, pn_blob_sweep_free)

/* Somebody refers to it. */
void pn_blob_sweep_keep (PnBlobSweep *sweep, const guint8 sha[PN_SHA256_BYTES]);

/* Does the next portion, or begins when it is time. @is_working: there is more to do now. An error ends the sweep. */
gboolean pn_blob_sweep_work (PnBlobSweep *sweep, PnDb *db, gboolean *is_working, GError **error);

/* All places were looked at; blobs are freed next. */
gboolean pn_blob_sweep_is_marked (const PnBlobSweep *sweep);

typedef struct {
  PnTime finished_at; /* of the last one; 0: never */
  gint64 blobs;       /* freed by all of them */
  gint64 size_bytes;
} PnBlobSweepFigures;

gboolean pn_blob_sweep_load (PnDb *db, PnBlobSweepFigures *figures, GError **error);
