#include "gateway/serve/role.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "gateway/mail/imap.h"
#include "gateway/serve/mail_server.h"
#include "gateway/serve/patience.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/room.h"
#include "ticketing/core/wake.h"
#include "ticketing/spool.h"

#define SMALL_BYTES (128 * 1024) /* fetched with others in one command */
#define CHUNK_UIDS 200
#define LOOK_SECONDS 300 /* even where IDLE is quiet */
#define GRACE_SECONDS 15 /* for another fetcher to finish what it began */
#define CLOCK_EVERY PN_MINUTE
#define LONGEST_PATIENCE (5 * PN_MINUTE)

/* The work on one mailbox. What is known of the server dies with the session; what matters is in the database.
 *   done      UIDs (guint32) that we spooled and have not filed away yet
 *   settled   UIDs that are done but stay in the list, as on a server without keywords
 *   pending   UIDs that are spooled but not done, with the monotonic time (gint64) when we saw that
 *   too_large UIDs whose mail was larger than it said */
typedef struct {
  PnRole *role;
  PnDb *db;
  gboolean is_db_broken;
  PnMailbox *mailbox;
  PnImap *imap; /* NULL: not connected */
  guint32 uidvalidity;
  int wake_fd; /* readable when told to stop or woken */
  gint64 limit_bytes;
  GArray *done;
  GHashTable *settled;
  GHashTable *pending;
  GHashTable *too_large;
  PnPatience patience;
  gint64 clock_at; /* monotonic, when the clock was compared last */
} Fetch;

static void
fetch_clear (Fetch *fetch)
{
  pn_imap_free (fetch->imap);
  pn_mailbox_free (fetch->mailbox);
  pn_db_close (fetch->db);
  g_array_unref (fetch->done);
  g_hash_table_unref (fetch->settled);
  g_hash_table_unref (fetch->pending);
  g_hash_table_unref (fetch->too_large);
  if (fetch->wake_fd >= 0)
    close (fetch->wake_fd);
}

/* A mail that was begun is fetched again: nothing is lost by stopping at once. */
static gboolean
beat (gpointer data)
{
  pn_role_beat (data);
  return !pn_role_should_stop (data);
}

/* The database's failures end the connection to it too. */
static gboolean
db_failed (Fetch *fetch)
{
  fetch->is_db_broken = TRUE;
  return FALSE;
}

static PnCopy
copy_of (const Fetch *fetch, guint32 uid)
{
  return (PnCopy){ .uidvalidity = fetch->uidvalidity, .uid = uid };
}

/* Spooled, but still in the folder: by a fetcher that died, or by one that is about to finish.
 * Returns: TRUE when it had time enough. */
static gboolean
is_abandoned (Fetch *fetch, guint32 uid)
{
  gint64 now = g_get_monotonic_time ();
  const gint64 *since = g_hash_table_lookup (fetch->pending, GUINT_TO_POINTER (uid));

  if (since == NULL) {
    g_hash_table_insert (fetch->pending, GUINT_TO_POINTER (uid), g_memdup2 (&now, sizeof now));
    return FALSE;
  }
  return now - *since >= GRACE_SECONDS * G_TIME_SPAN_SECOND;
}

/* -- one mail --------------------------------------------------------------------------------- */

/* The row that makes a mail ours; its bytes are stored already. What somebody else has spooled already is his to finish:
 * two MOVEs of one mail at the same time can lose Dovecot's copy of it. */
static gboolean
spool (Fetch *fetch, const PnImapMail *mail, const guint8 sha[PN_SHA256_BYTES], gint64 size_bytes,
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
    return db_failed (fetch);
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
spool_bytes (Fetch *fetch, const PnImapMail *mail, GBytes *bytes, gboolean is_header_only,
             GError **error)
{
  guint8 sha[PN_SHA256_BYTES];

  pn_role_beat (fetch->role);
  if (!pn_blob_store (fetch->db, bytes, sha, error))
    return db_failed (fetch);
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
take_large (Fetch *fetch, const PnImapMail *mail, gboolean *is_there, GError **error)
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
take_header (Fetch *fetch, const PnImapMail *mail, gboolean *is_there, GError **error)
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
file_away (Fetch *fetch, const GArray *done, GError **error)
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
        return db_failed (fetch);
    }
  }
  return TRUE;
}

/* After what was taken is committed. */
static gboolean
finish (Fetch *fetch, GError **error)
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
  Fetch *fetch;
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
take_batch (Fetch *fetch, GArray *mails, GError **error)
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
take_singly (Fetch *fetch, const PnImapMail *mail, GError **error)
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
has_room (const Fetch *fetch, const PnImapMail *mail, GError **error)
{
  const PnSettings *settings = pn_role_settings (fetch->role);
  gint64 size_bytes = MIN (mail->size_bytes, fetch->limit_bytes);

  return pn_room_check (pn_room_path (settings), PN_ROOM_TAKE_BYTES + PN_ROOM_COPIES * size_bytes,
                        error);
}

/* Takes the mails with @uids, which are not in the spool yet. */
static gboolean
take (Fetch *fetch, const GArray *uids, GError **error)
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
sort (Fetch *fetch, const GArray *uids, guint from, guint to, GArray *fresh, GArray *known,
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
      return db_failed (fetch);
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

/* Takes everything that lies in the folder. */
static gboolean
scan (Fetch *fetch, GError **error)
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
      return db_failed (fetch);
    fetch->mailbox->uidvalidity = fetch->uidvalidity;
    fetch->mailbox->last_uid = last;
    PN_CRASH_POINT ("fetch-cursor-saved");
  }
  if (!pn_mailbox_set_trouble (fetch->db, fetch->mailbox->id, PN_SIDE_FETCH, NULL, error))
    return db_failed (fetch);
  return TRUE;
}

/* -- the session ------------------------------------------------------------------------------ */

static gboolean
connect_server (Fetch *fetch, GError **error)
{
  g_autoptr (PnSecret) secret = NULL;
  g_autoptr (GError) reason = NULL;
  PnServer server;

  if (!pn_mail_server_fill (fetch->db, pn_role_key (fetch->role, PN_KEY_SEAL), fetch->mailbox,
                            PN_SIDE_FETCH, &server, &secret, error))
    return FALSE;
  server.beat = beat;
  server.beat_data = fetch->role;
  fetch->imap = pn_imap_open (&server, fetch->wake_fd, &reason);
  if (fetch->imap == NULL) {
    pn_mail_server_note_refusal (fetch->db, fetch->mailbox, &server, reason);
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  PN_CRASH_POINT ("fetch-connected");
  if (!pn_imap_select (fetch->imap, fetch->mailbox->folder, &fetch->uidvalidity, error))
    return FALSE;
  PN_CRASH_POINT ("fetch-selected");
  g_hash_table_remove_all (fetch->settled);
  g_hash_table_remove_all (fetch->pending);
  g_array_set_size (fetch->done, 0);
  pn_log (PN_LOG_INFO, "mailbox-open", "mailbox=%s move=%d idle=%d", fetch->mailbox->name,
          pn_imap_has_move (fetch->imap), pn_imap_has_idle (fetch->imap));
  return TRUE;
}

static gboolean
compare_clock (Fetch *fetch, GError **error)
{
  gint64 now = g_get_monotonic_time ();

  if (now - fetch->clock_at < CLOCK_EVERY)
    return TRUE;
  fetch->clock_at = now;
  return pn_db_sync_clock (fetch->db, error) || db_failed (fetch);
}

/* Tests look hardly ever, to see that it is the server that calls. */
static guint
look_seconds (const Fetch *fetch)
{
#ifdef PN_TEST_HOOKS
  const char *wanted = g_getenv ("POSTERN_LOOK_SECONDS");

  if (wanted != NULL)
    return (guint) g_ascii_strtoull (wanted, NULL, 10);
#endif
  return g_hash_table_size (fetch->pending) > 0 ? GRACE_SECONDS : LOOK_SECONDS;
}

/* Works until told to stop. Returns: FALSE when the connection, or the database, is gone. */
static gboolean
work (Fetch *fetch, GError **error)
{
  if (!connect_server (fetch, error))
    return FALSE;
  while (!pn_role_should_stop (fetch->role)) {
    PnImapEvent event;

    pn_role_wake_drain (fetch->role);
    if (!compare_clock (fetch, error) || !scan (fetch, error))
      return FALSE;
    pn_patience_reset (&fetch->patience);
    pn_role_trouble (fetch->role, NULL);
    if (!pn_role_should_stop (fetch->role)
        && !pn_imap_idle (fetch->imap, look_seconds (fetch), &event, error))
      return FALSE;
  }
  return TRUE;
}

/* One plain sentence for the desk, doctor and the log. */
static void
tell_trouble (Fetch *fetch, const GError *error)
{
  g_autofree char *sentence =
      g_strdup_printf ("mailbox %s: %s", fetch->mailbox->name, error->message);

  pn_patience_fail (&fetch->patience, error, LONGEST_PATIENCE);
  pn_log_error (PN_LOG_WARNING, "mailbox-trouble", error, "mailbox=%s again_in_s=%d",
                fetch->mailbox->name, (int) (pn_patience_left (&fetch->patience) / PN_SECOND));
  pn_role_trouble (fetch->role, sentence);
  if (!fetch->is_db_broken
      && !pn_mailbox_set_trouble (fetch->db, fetch->mailbox->id, PN_SIDE_FETCH, sentence, NULL))
    fetch->is_db_broken = TRUE;
}

/* Loads the mailbox anew: staff may have mended what was wrong. */
static gboolean
load_mailbox (Fetch *fetch, GError **error)
{
  const char *name = pn_role_argument (fetch->role);
  PnMailbox *mailbox = NULL;

  if (!pn_mailbox_find (fetch->db, name, &mailbox, error))
    return db_failed (fetch);
  if (mailbox == NULL) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no mailbox %s", name);
    return FALSE;
  }
  pn_mailbox_free (fetch->mailbox);
  fetch->mailbox = mailbox;
  return TRUE;
}

static gboolean
run_once (Fetch *fetch, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (fetch->is_db_broken) {
    g_clear_pointer (&fetch->db, pn_db_close);
    fetch->is_db_broken = FALSE;
  }
  if (fetch->db == NULL)
    fetch->db = pn_role_open_db (fetch->role, error);
  if (fetch->db == NULL)
    return FALSE;
  if (!load_mailbox (fetch, error))
    return FALSE;
  pn_role_ready (fetch->role);
  if (!work (fetch, &failure) && !pn_role_should_stop (fetch->role))
    tell_trouble (fetch, failure);
  g_clear_pointer (&fetch->imap, pn_imap_free);
  return TRUE;
}

/* A wake-up ends the waiting: somebody mended something. */
static void
be_patient (Fetch *fetch)
{
  PnTime left = pn_patience_left (&fetch->patience);

  if (left > 0)
    pn_role_wait (fetch->role, -1, left);
}

/* One descriptor for both: libetpan's session waits for one. */
static int
join_fds (PnRole *role)
{
  struct epoll_event event = { .events = EPOLLIN };
  int fd = epoll_create1 (EPOLL_CLOEXEC);

  epoll_ctl (fd, EPOLL_CTL_ADD, pn_role_stop_fd (role), &event);
  epoll_ctl (fd, EPOLL_CTL_ADD, pn_role_wake_fd (role), &event);
  return fd;
}

gboolean
pn_role_fetch_run (PnRole *role, GError **error)
{
  gint64 limit_mb = pn_settings_number (pn_role_settings (role), PN_SETTING_MAIL_SIZE_LIMIT_MB);
  Fetch fetch = {
    .role = role,
    .wake_fd = join_fds (role),
    .limit_bytes = MIN (limit_mb * 1024 * 1024, PN_SPOOL_LIMIT_BYTES),
    .done = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .settled = g_hash_table_new (NULL, NULL),
    .pending = g_hash_table_new_full (NULL, NULL, NULL, g_free),
    .too_large = g_hash_table_new (NULL, NULL),
  };
  g_autoptr (GError) failure = NULL;

  pn_db_library_start ();
  while (!pn_role_should_stop (role)) {
    if (!run_once (&fetch, &failure))
      break;
    be_patient (&fetch);
  }
  fetch_clear (&fetch);
  if (failure == NULL || pn_role_should_stop (role))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}
