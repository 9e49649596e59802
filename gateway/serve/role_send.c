#include "gateway/serve/role.h"

#include <string.h>
#include <unistd.h>

#include "gateway/mail/smtp.h"
#include "gateway/serve/mail_server.h"
#include "gateway/serve/patience.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/wake.h"
#include "ticketing/outbox.h"

#define LOOK_EVERY (5 * PN_SECOND)
#define CLAIM_ROWS 4 /* a claim holds for 60 s */
#define CLAIM_GOOD (30 * PN_SECOND)
#define CLOCK_EVERY PN_MINUTE
#define TRY_EVERY (5 * PN_MINUTE) /* a door in trouble, when no letter tries it */
/* Letters have pauses of their own; this one only keeps a queue of them from knocking one after the other. */
#define LONGEST_PATIENCE (30 * PN_SECOND)

/* One mailbox's way out. */
typedef struct {
  PnMailbox *mailbox;
  PnSmtp *smtp; /* NULL: not connected */
  PnPatience patience;
  char *trouble;   /* why not; NULL */
  gint64 tried_at; /* monotonic */
} Door;

typedef struct {
  PnRole *role;
  PnDb *db;
  gboolean is_db_broken;
  char *owner;
  GHashTable *doors; /* by mailbox id */
  gint64 clock_at;   /* monotonic */
} Send;

static void
door_free (gpointer data)
{
  Door *door = data;

  pn_smtp_free (door->smtp);
  pn_mailbox_free (door->mailbox);
  g_free (door->trouble);
  g_free (door);
}

/* A letter that was begun is finished. */
static gboolean
beat (gpointer data)
{
  pn_role_beat (data);
  return TRUE;
}

static gboolean
db_failed (Send *send)
{
  send->is_db_broken = TRUE;
  return FALSE;
}

/* -- the way out ------------------------------------------------------------------------------ */

/* Tells everybody of the first mailbox that cannot send. */
static void
tell_role (Send *send)
{
  GHashTableIter iter;
  Door *door;

  g_hash_table_iter_init (&iter, send->doors);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &door)) {
    if (door->trouble != NULL) {
      pn_role_trouble (send->role, door->trouble);
      return;
    }
  }
  pn_role_trouble (send->role, NULL);
}

/* @error NULL: all is well. */
static gboolean
note_trouble (Send *send, Door *door, const GError *error)
{
  g_free (door->trouble);
  door->trouble = NULL;
  if (error != NULL) {
    door->trouble = g_strdup_printf ("mailbox %s: %s", door->mailbox->name, error->message);
    pn_patience_fail (&door->patience, error, LONGEST_PATIENCE);
    pn_log_error (PN_LOG_WARNING, "mailbox-trouble", error, "mailbox=%s side=send again_in_s=%d",
                  door->mailbox->name, (int) (pn_patience_left (&door->patience) / PN_SECOND));
  } else {
    pn_patience_reset (&door->patience);
  }
  tell_role (send);
  return pn_mailbox_set_trouble (send->db, door->mailbox->id, PN_SIDE_SEND, door->trouble, NULL)
         || db_failed (send);
}

static PnSmtp *
connect_server (Send *send, const Door *door, GError **error)
{
  const char *name = pn_settings_text (pn_role_settings (send->role), PN_SETTING_MAIL_HELLO_NAME);
  const char *at = strrchr (door->mailbox->address, '@');
  g_autoptr (PnSecret) secret = NULL;
  g_autoptr (GError) reason = NULL;
  PnServer server;
  PnSmtp *smtp;

  if (!pn_mail_server_fill (send->db, pn_role_key (send->role, PN_KEY_SEAL), door->mailbox,
                            PN_SIDE_SEND, &server, &secret, error))
    return NULL;
  server.beat = beat;
  server.beat_data = send->role;
  /* Without a name of our own, the mailbox's domain: never this machine's name or address. */
  if (*name == '\0')
    name = at != NULL ? at + 1 : NULL;
  smtp = pn_smtp_open (&server, name, &reason);
  if (smtp == NULL) {
    pn_mail_server_note_refusal (send->db, door->mailbox, &server, reason);
    g_propagate_error (error, g_steal_pointer (&reason));
  }
  return smtp;
}

/* Returns: (owned) NULL with NOT_FOUND, or with TEMPORARY when it is switched off. */
static PnMailbox *
load_mailbox (Send *send, gint64 id, GError **error)
{
  g_autoptr (PnMailbox) mailbox = pn_mailbox_load (send->db, id, error);

  if (mailbox != NULL && !mailbox->is_enabled) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "mailbox %s is switched off", mailbox->name);
    return NULL;
  }
  return g_steal_pointer (&mailbox);
}

/* Returns: (borrowed) the door with a connection that is ready; NULL with @error. */
static Door *
open_door (Send *send, gint64 mailbox_id, GError **error)
{
  Door *door = g_hash_table_lookup (send->doors, &mailbox_id);
  g_autoptr (GError) failure = NULL;
  PnMailbox *mailbox;

  if (door != NULL && door->smtp != NULL && pn_smtp_is_usable (door->smtp))
    return door;
  if (door != NULL && pn_patience_left (&door->patience) > 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "%s", door->trouble);
    return NULL;
  }
  mailbox = load_mailbox (send, mailbox_id, error);
  if (mailbox == NULL)
    return NULL;
  if (door == NULL) {
    door = g_new0 (Door, 1);
    g_hash_table_insert (send->doors, g_memdup2 (&mailbox_id, sizeof mailbox_id), door);
  }
  g_clear_pointer (&door->smtp, pn_smtp_free);
  pn_mailbox_free (door->mailbox);
  door->mailbox = mailbox;
  door->tried_at = g_get_monotonic_time ();
  door->smtp = connect_server (send, door, &failure);
  note_trouble (send, door, failure);
  if (door->smtp == NULL) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "%s", failure->message);
    return NULL;
  }
  return door;
}

/* Ends connections that were idle for too long; forgets mailboxes that are gone, and sees whether trouble is over. */
static void
look_at_doors (Send *send)
{
  g_autoptr (GList) ids = g_hash_table_get_keys (send->doors);
  gint64 now = g_get_monotonic_time ();

  for (const GList *i = ids; i != NULL; i = i->next) {
    gint64 id = *(const gint64 *) i->data;
    Door *door = g_hash_table_lookup (send->doors, &id);
    g_autoptr (GError) failure = NULL;

    if (door->smtp != NULL && !pn_smtp_is_usable (door->smtp))
      g_clear_pointer (&door->smtp, pn_smtp_free);
    if (door->trouble == NULL || now - door->tried_at < TRY_EVERY)
      continue;
    door->tried_at = now;
    if (open_door (send, id, &failure) == NULL && pn_patience_left (&door->patience) == 0) {
      g_hash_table_remove (send->doors, &id);
      tell_role (send);
    }
  }
}

/* -- one letter ------------------------------------------------------------------------------- */

typedef struct {
  Send *send;
  const PnLetterRow *row;
  guint seq;
} Letter;

static GBytes *
read_letter (gpointer data, GError **error)
{
  Letter *letter = data;

  return pn_blob_load_chunk (letter->send->db, letter->row->raw_sha, letter->seq++, error);
}

/* The record without which the next process would have to guess. */
static gboolean
note_dotted (gpointer data, GError **error)
{
  const Letter *letter = data;

  return pn_outbox_set_dotted (letter->send->db, letter->row, error);
}

/* Writes how it went. A claim that was lost meanwhile is no trouble: its new owner decides. */
static gboolean
note_outcome (Send *send, const PnLetterRow *row, gboolean is_sent, const PnSmtpResult *result,
              const GError *failure, GError **error)
{
  g_autoptr (GError) lost = NULL;
  g_autofree char *words =
      g_strdup_printf ("%s%s%s", result->reply.enhanced, *result->reply.enhanced != '\0' ? " " : "",
                       result->reply.text != NULL ? result->reply.text : "");
  int code = result->reply.code;
  gboolean is_noted = TRUE;

  PN_CRASH_POINT ("send-before-sent-commit");
  if (is_sent)
    is_noted = pn_outbox_set_sent (send->db, row, code, words, &lost);
  else if (pn_error_is (failure, PN_ERROR_UNCERTAIN))
    is_noted = pn_outbox_set_uncertain (send->db, row, failure->message, &lost);
  else if (pn_error_is (failure, PN_ERROR_PERMANENT) || pn_error_is (failure, PN_ERROR_INVALID)
           || pn_error_is (failure, PN_ERROR_NOT_FOUND))
    is_noted =
        pn_outbox_set_failed (send->db, row, code, code != 0 ? words : failure->message, &lost);
  else if (!pn_error_is (failure, PN_ERROR_CONFLICT))
    is_noted =
        pn_outbox_set_deferred (send->db, row, code, code >= 400 ? words : failure->message, &lost);
  PN_CRASH_POINT ("send-after-sent-commit");
  if (is_noted || pn_error_is (lost, PN_ERROR_CONFLICT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&lost));
  return db_failed (send);
}

/* What the log says: ids and the server's code, no addresses. */
static void
log_outcome (const PnLetterRow *row, const PnSmtpResult *result, const GError *failure)
{
  if (failure == NULL)
    pn_log (PN_LOG_INFO, "letter-sent",
            "letter=%" G_GINT64_FORMAT " ticket=%" G_GINT64_FORMAT " code=%d", row->id,
            row->ticket_id, result->reply.code);
  else
    pn_log (PN_LOG_WARNING, "letter-not-sent",
            "letter=%" G_GINT64_FORMAT " ticket=%" G_GINT64_FORMAT " stage=%d code=%d attempt=%d",
            row->id, row->ticket_id, (int) result->stage, result->reply.code, row->attempts);
}

static gboolean
hand_over (Send *send, const PnLetterRow *row, PnSmtpResult *result, GError **error)
{
  g_autofree char *envid = pn_hex (row->ref, PN_OUTBOX_REF_BYTES);
  Letter letter = { .send = send, .row = row };
  PnSmtpMail mail = {
    .from = row->envelope_from != NULL ? row->envelope_from : "",
    .to = row->recipient,
    .envid = envid,
    .notify = row->class == PN_CLASS_AUTOMATIC ? PN_SMTP_NOTIFY_NEVER : PN_SMTP_NOTIFY_FAILURE,
    .read = read_letter,
    .before_dot = note_dotted,
    .data = &letter,
  };
  Door *door;

  if (!pn_blob_size (send->db, row->raw_sha, &mail.size_bytes, error))
    return FALSE;
  door = open_door (send, row->mailbox_id, error);
  return door != NULL && pn_smtp_send (door->smtp, &mail, result, error);
}

static gboolean
send_letter (Send *send, const PnLetterRow *row, GError **error)
{
  g_auto (PnSmtpResult) result = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean is_sent;

  PN_CRASH_POINT ("send-claimed");
  pn_role_beat (send->role);
  is_sent = hand_over (send, row, &result, &failure);
  log_outcome (row, &result, failure);
  return note_outcome (send, row, is_sent, &result, failure, error);
}

/* -- the role --------------------------------------------------------------------------------- */

/* Sends what is due. @has_more: a full claim, so there may be more. */
static gboolean
send_due (Send *send, gboolean *has_more, GError **error)
{
  gint64 claimed_at = g_get_monotonic_time ();
  g_autoptr (GPtrArray) rows = NULL;

  *has_more = FALSE;
  rows = pn_outbox_claim (send->db, send->owner, CLAIM_ROWS, error);
  if (rows == NULL)
    return db_failed (send);
  *has_more = rows->len == CLAIM_ROWS;
  for (guint i = 0; i < rows->len; i++) {
    /* The rest of a claim that grew old is left to whoever claims it next. */
    if (pn_role_should_stop (send->role) || g_get_monotonic_time () - claimed_at > CLAIM_GOOD)
      break;
    if (!send_letter (send, rows->pdata[i], error))
      return FALSE;
  }
  if (rows->len > 0) /* pages that show their state */
    pn_wake_send (pn_role_run_path (send->role), "web");
  return TRUE;
}

static gboolean
look_after (Send *send, GError **error)
{
  gint64 now = g_get_monotonic_time ();

  look_at_doors (send);
  if (now - send->clock_at >= CLOCK_EVERY) {
    send->clock_at = now;
    if (!pn_db_sync_clock (send->db, error))
      return db_failed (send);
  }
  return pn_outbox_sweep (send->db, error) || db_failed (send);
}

static gboolean
work (Send *send, GError **error)
{
  gboolean has_more = TRUE;

  if (!look_after (send, error))
    return FALSE;
  while (has_more && !pn_role_should_stop (send->role)) {
    if (!send_due (send, &has_more, error))
      return FALSE;
  }
  return TRUE;
}

/* A wake-up that comes while we work is seen by the next wait. */
static void
run (Send *send, GError **error)
{
  do {
    g_autoptr (GError) failure = NULL;

    if (send->is_db_broken)
      g_clear_pointer (&send->db, pn_db_close);
    send->is_db_broken = FALSE;
    if (send->db == NULL) {
      send->db = pn_role_open_db (send->role, error);
      if (send->db == NULL)
        return;
      pn_role_ready (send->role);
    }
    if (!work (send, &failure))
      pn_log_error (PN_LOG_WARNING, "send-trouble", failure, NULL);
  } while (pn_role_wait (send->role, -1, LOOK_EVERY) != PN_ROLE_EVENT_STOP);
}

gboolean
pn_role_send_run (PnRole *role, GError **error)
{
  g_autoptr (GError) failure = NULL;
  Send send = {
    .role = role,
    .owner =
        g_strdup_printf ("send:%.24s:%d:%u", g_get_host_name (), (int) getpid (), g_random_int ()),
    .doors = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, door_free),
  };

  pn_db_library_start ();
  run (&send, &failure);
  g_hash_table_unref (send.doors);
  pn_db_close (send.db);
  g_free (send.owner);
  if (failure == NULL || pn_role_should_stop (role))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}
