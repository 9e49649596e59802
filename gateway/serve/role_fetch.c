/* The connections of a fetcher: to the server and the database, and what becomes of it when they fail. */
#include "gateway/serve/fetch.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "gateway/serve/mail_server.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/spool.h"

#define LOOK_SECONDS 300 /* even where IDLE is quiet */
#define CLOCK_EVERY PN_MINUTE
#define LONGEST_PATIENCE (5 * PN_MINUTE)

static void
fetch_clear (PnFetch *fetch)
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

static gboolean
connect_server (PnFetch *fetch, GError **error)
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
compare_clock (PnFetch *fetch, GError **error)
{
  gint64 now = g_get_monotonic_time ();

  if (now - fetch->clock_at < CLOCK_EVERY)
    return TRUE;
  fetch->clock_at = now;
  return pn_db_sync_clock (fetch->db, error) || pn_fetch_db_failed (fetch);
}

/* Tests look hardly ever, to see that it is the server that calls. */
static guint
look_seconds (const PnFetch *fetch)
{
#ifdef PN_TEST_HOOKS
  const char *wanted = g_getenv ("POSTERN_LOOK_SECONDS");

  if (wanted != NULL)
    return (guint) g_ascii_strtoull (wanted, NULL, 10);
#endif
  return g_hash_table_size (fetch->pending) > 0 ? PN_FETCH_GRACE_SECONDS : LOOK_SECONDS;
}

/* Works until told to stop. Returns: FALSE when the connection, or the database, is gone. */
static gboolean
work (PnFetch *fetch, GError **error)
{
  if (!connect_server (fetch, error))
    return FALSE;
  while (!pn_role_should_stop (fetch->role)) {
    PnImapEvent event;

    pn_role_wake_drain (fetch->role);
    if (!compare_clock (fetch, error) || !pn_fetch_scan (fetch, error))
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
tell_trouble (PnFetch *fetch, const GError *error)
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
load_mailbox (PnFetch *fetch, GError **error)
{
  const char *name = pn_role_argument (fetch->role);
  PnMailbox *mailbox = NULL;

  if (!pn_mailbox_find (fetch->db, name, &mailbox, error))
    return pn_fetch_db_failed (fetch);
  if (mailbox == NULL) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no mailbox %s", name);
    return FALSE;
  }
  pn_mailbox_free (fetch->mailbox);
  fetch->mailbox = mailbox;
  return TRUE;
}

static gboolean
run_once (PnFetch *fetch, GError **error)
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
be_patient (PnFetch *fetch)
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
  PnFetch fetch = {
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
