#include "gateway/serve/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/room.h"
#include "ticketing/core/wake.h"
#include "ticketing/spool.h"

#define SMALL_BYTES (128 * 1024) /* fetched with others in one command */
#define CHUNK_UIDS 200

gboolean
pn_fetch_db_failed (PnFetch *fetch)
{
  fetch->is_db_broken = TRUE;
  return FALSE;
}

static PnCopy
copy_of (const PnFetch *fetch, guint32 uid)
{
  return (PnCopy){ .uidvalidity = fetch->uidvalidity, .uid = uid };
}

/* Spooled, but still in the folder: by a fetcher that died, or by one that is about to finish.
 * Returns: TRUE when it had time enough. */
static gboolean
is_abandoned (PnFetch *fetch, guint32 uid)
{
  gint64 now = g_get_monotonic_time ();
  const gint64 *since = g_hash_table_lookup (fetch->pending, GUINT_TO_POINTER (uid));

  if (since == NULL) {
    g_hash_table_insert (fetch->pending, GUINT_TO_POINTER (uid), g_memdup2 (&now, sizeof now));
    return FALSE;
  }
  return now - *since >= PN_FETCH_GRACE_SECONDS * G_TIME_SPAN_SECOND;
}

/* -- one mail --------------------------------------------------------------------------------- */

/* The row that makes a mail ours; its bytes are stored already. What somebody else has spooled already is his to finish:
 * two MOVEs of one mail at the same time can lose Dovecot's copy of it. */
static gboolean
spool (PnFetch *fetch, const PnImapMail *mail, const guint8 sha[PN_SHA256_BYTES], gint64 size_bytes,
       gboolean is_header_only, GError **error)
{
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  PnCopy copy = copy_of (fetch, mail->uid);
  gboolean is_known = FALSE;

  delivery->mailbox_id = fetch->mailbox->id;
  delivery->queue_id = fetch->mailbox->queue_id;
  delivery->channel = PN_CHANNEL_IMAP;
  delivery->format = PN_FORMAT_RFC822;
  memcpy (delivery->raw_sha, sha, PN_SHA256_BYTES);
  delivery->internal_date = mail->internal_date;
  delivery->size_bytes = size_bytes;
  delivery->is_header_only = is_header_only;
  delivery->received_at = pn_clock_now ();
  PN_CRASH_POINT ("fetch-before-commit");
  if (!pn_spool_add (fetch->db, delivery, fetch->uidvalidity != 0 ? &copy : NULL, &delivery->id,
                     &is_known, error))
    return pn_fetch_db_failed (fetch);
  PN_CRASH_POINT ("fetch-after-commit");
  pn_log (PN_LOG_INFO, is_known ? "mail-known" : "mail-spooled",
          "mailbox=%s uid=%u spool=%" G_GINT64_FORMAT " bytes=%" G_GINT64_FORMAT,
          fetch->mailbox->name, mail->uid, delivery->id, size_bytes);
  if (!is_known || fetch->uidvalidity == 0)
    g_array_append_val (fetch->done, mail->uid);
  else
    is_abandoned (fetch, mail->uid);
  return TRUE;
}

static gboolean
spool_bytes (PnFetch *fetch, const PnImapMail *mail, GBytes *bytes, gboolean is_header_only,
             GError **error)
{
  guint8 sha[PN_SHA256_BYTES];

  pn_role_beat (fetch->role);
  if (!pn_blob_store (fetch->db, bytes, sha, error))
    return pn_fetch_db_failed (fetch);
  PN_CRASH_POINT ("fetch-blob-written");
  return spool (fetch, mail, sha,
                is_header_only ? mail->size_bytes : (gint64) g_bytes_get_size (bytes),
                is_header_only, error);
}

static int
open_temporary (GError **error)
{
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    pn_error_set (error, PN_ERROR_TEMPORARY, "no file can be made in %s: %s", g_get_tmp_dir (),
                  g_strerror (errno));
  return fd;
}

/* Fetches a large mail by way of a file without a name. */
static gboolean
take_large (PnFetch *fetch, const PnImapMail *mail, gboolean *is_there, GError **error)
{
  g_autoptr (GError) failure = NULL;
  guint8 sha[PN_SHA256_BYTES];
  gint64 size_bytes = 0;
  int fd = open_temporary (error);
  gboolean is_good;

  if (fd < 0)
    return FALSE;
  is_good = pn_imap_fetch_fd (fetch->imap, mail, fd, fetch->limit_bytes, is_there, &failure);
  if (is_good && *is_there) {
    is_good = pn_blob_store_fd (fetch->db, fd, fetch->limit_bytes, sha, &size_bytes, &failure);
    fetch->is_db_broken = !is_good;
  }
  close (fd);
  if (pn_error_is (failure, PN_ERROR_INVALID) && !fetch->is_db_broken)
    g_hash_table_add (fetch->too_large, GUINT_TO_POINTER (mail->uid));
  if (!is_good) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  PN_CRASH_POINT ("fetch-blob-written");
  return !*is_there || spool (fetch, mail, sha, size_bytes, FALSE, error);
}

/* Takes the header alone; the mail stays where it is. */
static gboolean
take_header (PnFetch *fetch, const PnImapMail *mail, gboolean *is_there, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) header = pn_imap_fetch_header (fetch->imap, mail->uid, &failure);

  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  *is_there = header != NULL;
  return header == NULL || spool_bytes (fetch, mail, header, TRUE, error);
}

/* -- many mails ------------------------------------------------------------------------------- */

/* Finishes the server's side of mails that are in the spool, and notes that. */
static gboolean
file_away (PnFetch *fetch, const GArray *done, GError **error)
{
  for (guint i = 0; i < done->len; i += PN_IMAP_BATCH) {
    const guint32 *uids = &g_array_index (done, guint32, i);
    guint n = MIN (PN_IMAP_BATCH, done->len - i);

    PN_CRASH_POINT ("fetch-before-move");
    if (!pn_imap_file_away (fetch->imap, uids, n, fetch->mailbox->done_folder, error))
      return FALSE;
    PN_CRASH_POINT ("fetch-after-move");
    for (guint k = 0; k < n; k++) {
      PnCopy copy = copy_of (fetch, uids[k]);

      g_hash_table_add (fetch->settled, GUINT_TO_POINTER (uids[k]));
      g_hash_table_remove (fetch->pending, GUINT_TO_POINTER (uids[k]));
      if (fetch->uidvalidity != 0
          && !pn_spool_set_copy_done (fetch->db, fetch->mailbox->id, &copy, error))
        return pn_fetch_db_failed (fetch);
    }
  }
  return TRUE;
}

/* After what was taken is committed. */
static gboolean
finish (PnFetch *fetch, GError **error)
{
  if (fetch->done->len == 0)
    return TRUE;
  pn_wake_send (pn_role_run_path (fetch->role), "clerk");
  if (!file_away (fetch, fetch->done, error))
    return FALSE;
  g_array_set_size (fetch->done, 0);
  return TRUE;
}

typedef struct {
  PnFetch *fetch;
  const GArray *mails; /* of PnImapMail */
} Batch;

static gboolean
take_small (guint32 uid, const char *bytes, gsize size_bytes, gpointer data, GError **error)
{
  const Batch *batch = data;
  g_autoptr (GBytes) body = g_bytes_new (bytes, size_bytes);

  for (guint i = 0; i < batch->mails->len; i++) {
    const PnImapMail *mail = &g_array_index (batch->mails, PnImapMail, i);

    if (mail->uid != uid)
      continue;
    if (!spool_bytes (batch->fetch, mail, body, FALSE, error))
      return FALSE;
  }
  return TRUE;
}

/* Fetches and spools the small mails collected in @mails, tells the clerk, and empties the list. */
static gboolean
take_batch (PnFetch *fetch, GArray *mails, GError **error)
{
  Batch batch = { .fetch = fetch, .mails = mails };

  if (mails->len == 0)
    return TRUE;
  if (!pn_imap_fetch (fetch->imap, (const PnImapMail *) (const void *) mails->data, mails->len,
                      take_small, &batch, error))
    return FALSE;
  g_array_set_size (mails, 0);
  return finish (fetch, error);
}

static gboolean
take_singly (PnFetch *fetch, const PnImapMail *mail, GError **error)
{
  gboolean is_too_large = mail->size_bytes > fetch->limit_bytes
                          || g_hash_table_contains (fetch->too_large, GUINT_TO_POINTER (mail->uid));
  gboolean is_there = FALSE;

  if (is_too_large ? !take_header (fetch, mail, &is_there, error)
                   : !take_large (fetch, mail, &is_there, error))
    return FALSE;
  return finish (fetch, error);
}

/* What there is no room for stays on the server. */
static gboolean
has_room (const PnFetch *fetch, const PnImapMail *mail, GError **error)
{
  const PnSettings *settings = pn_role_settings (fetch->role);
  gint64 size_bytes = MIN (mail->size_bytes, fetch->limit_bytes);

  return pn_room_check (pn_room_path (settings), PN_ROOM_TAKE_BYTES + PN_ROOM_COPIES * size_bytes,
                        error);
}

/* Takes the mails with @uids, which are not in the spool yet. */
static gboolean
take (PnFetch *fetch, const GArray *uids, GError **error)
{
  g_autoptr (GArray) mails = NULL;
  g_autoptr (GArray) small = g_array_new (FALSE, FALSE, sizeof (PnImapMail));

  if (uids->len == 0)
    return TRUE;
  mails =
      pn_imap_sizes (fetch->imap, (const guint32 *) (const void *) uids->data, uids->len, error);
  if (mails == NULL)
    return FALSE;
  for (guint i = 0; i < mails->len && !pn_role_should_stop (fetch->role); i++) {
    const PnImapMail *mail = &g_array_index (mails, PnImapMail, i);

    pn_role_beat (fetch->role);
    if (!has_room (fetch, mail, error))
      return FALSE;
    if (mail->size_bytes > SMALL_BYTES || mail->size_bytes > fetch->limit_bytes
        || g_hash_table_contains (fetch->too_large, GUINT_TO_POINTER (mail->uid))) {
      if (!take_singly (fetch, mail, error))
        return FALSE;
      continue;
    }
    g_array_append_vals (small, mail, 1);
    if (small->len == PN_IMAP_BATCH / 2 && !take_batch (fetch, small, error))
      return FALSE;
  }
  return take_batch (fetch, small, error);
}

/* Sorts @uids: @known ones are only to be filed away, @fresh ones are to be taken. */
static gboolean
sort (PnFetch *fetch, const GArray *uids, guint from, guint to, GArray *fresh, GArray *known,
      GError **error)
{
  for (guint i = from; i < to; i++) {
    guint32 uid = g_array_index (uids, guint32, i);
    PnCopy copy = copy_of (fetch, uid);
    gint64 spool_id = 0;
    gboolean is_done = FALSE;

    if (g_hash_table_contains (fetch->settled, GUINT_TO_POINTER (uid)))
      continue;
    if (fetch->uidvalidity != 0
        && !pn_spool_find_copy (fetch->db, fetch->mailbox->id, &copy, &spool_id, &is_done, error))
      return pn_fetch_db_failed (fetch);
    if (is_done)
      g_hash_table_add (fetch->settled, GUINT_TO_POINTER (uid));
    else if (spool_id == 0)
      g_array_append_val (fresh, uid);
    else if (is_abandoned (fetch, uid))
      g_array_append_val (known, uid);
  }
  return TRUE;
}

static gboolean
is_gone (gpointer uid, gpointer since, gpointer uids)
{
  return !pn_imap_has_uid (uids, GPOINTER_TO_UINT (uid));
}

gboolean
pn_fetch_scan (PnFetch *fetch, GError **error)
{
  g_autoptr (GArray) uids = pn_imap_list (fetch->imap, error);
  guint32 last;

  if (uids == NULL)
    return FALSE;
  g_hash_table_foreach_remove (fetch->pending, is_gone, uids);
  for (guint i = 0; i < uids->len && !pn_role_should_stop (fetch->role); i += CHUNK_UIDS) {
    g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (guint32));
    g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (guint32));

    pn_role_beat (fetch->role);
    if (!sort (fetch, uids, i, MIN (i + CHUNK_UIDS, uids->len), fresh, known, error)
        || !file_away (fetch, known, error) || !take (fetch, fresh, error))
      return FALSE;
  }
  last = uids->len > 0 ? g_array_index (uids, guint32, uids->len - 1) : 0;
  if (last > fetch->mailbox->last_uid || fetch->uidvalidity != fetch->mailbox->uidvalidity) {
    if (!pn_mailbox_set_cursor (fetch->db, fetch->mailbox->id, fetch->uidvalidity, last, error))
      return pn_fetch_db_failed (fetch);
    fetch->mailbox->uidvalidity = fetch->uidvalidity;
    fetch->mailbox->last_uid = last;
    PN_CRASH_POINT ("fetch-cursor-saved");
  }
  if (!pn_mailbox_set_trouble (fetch->db, fetch->mailbox->id, PN_SIDE_FETCH, NULL, error))
    return pn_fetch_db_failed (fetch);
  return TRUE;
}
