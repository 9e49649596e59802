/* Blobs: raw mails and attachments, in the database, named by the SHA-256 of their bytes.
 *
 *   blob (sha, size, created_at)   blob_chunk (sha, seq, data <= 1 MiB)
 *
 * Storing is idempotent and done in small transactions of its own, before the transaction that refers to it: a blob
 * nobody refers to is garbage, never a fault. What is more than a chunk has a row of size -1 first, then its chunks, then
 * its size: where the size is, all chunks are, and where it is -1 there is no blob for anybody who reads.
 *
 * What nobody refers to is freed (ticketing/blob_sweep) PN_BLOB_GRACE after it was stored last (created_at), and so is what a
 * dying process left unfinished. What is stored again is there already, and its time is set anew where that is older
 * than PN_BLOB_FRESH: whoever stores has days to refer to it.
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/core/sha256.h"

#define PN_BLOB_CHUNK_BYTES (1024 * 1024)

#define PN_BLOB_FRESH PN_DAY
#define PN_BLOB_GRACE (7 * PN_DAY)

/* Stores @bytes. @sha gets their name. What fits into one chunk may be stored in the caller's transaction; more not. */
gboolean pn_blob_store (PnDb *db, GBytes *bytes, guint8 sha[PN_SHA256_BYTES], GError **error);

/* The same for what was hardly ever stored before, as a letter with its date: in a transaction, and up to PN_BLOB_TINY_BYTES, nobody
 * asks whether it is there, and it is written with others of its kind (pn_db_later). */
#define PN_BLOB_TINY_BYTES (64 * 1024)
gboolean pn_blob_store_new (PnDb *db, GBytes *bytes, guint8 sha[PN_SHA256_BYTES], GError **error);

/* Stores what can be read from @fd from its start, in bounded memory. Fails with INVALID above @limit_bytes. */
gboolean pn_blob_store_fd (PnDb *db, int fd, gint64 limit_bytes, guint8 sha[PN_SHA256_BYTES],
                           gint64 *size_bytes, GError **error);

/* Returns: (owned) the bytes; NULL with NOT_FOUND when there is no such blob, INVALID when larger than @limit_bytes. */
GBytes *pn_blob_load (PnDb *db, const guint8 sha[PN_SHA256_BYTES], gint64 limit_bytes,
                      GError **error);

/* Asks for many at once. @names: of GBytes.
 * Returns: (owned) those of at most PN_BLOB_TINY_BYTES that are there and whole, GBytes by their names; pn_blob_load () has the
 * others, or says what is wrong with them. NULL with @error set. */
GHashTable *pn_blob_load_small (PnDb *db, const GPtrArray *names, GError **error);

/* Loads one chunk, for streaming. Returns: (owned) NULL without error after the last one. */
GBytes *pn_blob_load_chunk (PnDb *db, const guint8 sha[PN_SHA256_BYTES], guint seq, GError **error);

/* @size_bytes gets the size. NOT_FOUND when there is no such blob. */
gboolean pn_blob_size (PnDb *db, const guint8 sha[PN_SHA256_BYTES], gint64 *size_bytes,
                       GError **error);

char *pn_hex (const guint8 *bytes, gsize size_bytes); /* (owned) lower case */
gboolean pn_hex_read (const char *text, guint8 *bytes,
                      gsize size_bytes); /* exactly 2 × @size_bytes digits */
