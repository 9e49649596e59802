#include <string.h>

#include "tests/lib/interleave.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/outbox.h"
#include "ticketing/queue.h"
#include "ticketing/spool.h"
#include "ticketing/ticket.h"

/* Rows of one run. */
typedef struct {
  gint64 ids[2];
  gint64 message_id;
  gint64 version;
} Rows;

/* A transaction of three steps: it reads (and so takes its snapshot), acts, commits. */
typedef struct {
  PnTestActor *actor;
  gint64 id;
  const Rows *rows;
  PnTxFunc read;
  PnTxFunc act;
} Work;

static gboolean
work_body (PnDb *db, gpointer data, GError **error)
{
  Work *work = data;

  pn_test_begin (work->actor);
  if (!work->read (db, work, error))
    return FALSE;
  pn_test_step (work->actor);
  if (!work->act (db, work, error))
    return FALSE;
  pn_test_step (work->actor);
  return TRUE;
}

static gboolean
run_work (PnDb *db, PnTestActor *actor, const Rows *rows, PnTxFunc read, PnTxFunc act,
          GError **error)
{
  Work work = { actor, rows->ids[0], rows, read, act };

  return pn_db_run (db, work_body, &work, error);
}

/* The outbox: a message with two letters. */

static gpointer
prepare_letters (PnDb *db)
{
  static gint64 message_id;
  g_autoptr (GError) error = NULL;
  Rows *rows = g_new0 (Rows, 1);

  rows->message_id = ++message_id;
  for (guint i = 0; i < 2; i++) {
    g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT ".%u@example.com", message_id, i);
    guint8 sha[PN_SHA256_BYTES] = { 1 };
    const PnLetterOrder order = { .class = PN_CLASS_REPLY,
                                  .letter = "reply",
                                  .message_id = message_id,
                                  .mailbox_id = 1,
                                  .recipient = name,
                                  .reason_key = "x" };

    g_assert_true (pn_outbox_add (db, &order, &rows->ids[i], &error));
    g_assert_true (pn_outbox_set_rendered (db, rows->ids[i], name, name, sha, &error));
  }
  g_assert_no_error (error);
  return rows;
}

static const char retire_sql[] = "UPDATE outbox SET state = 3 WHERE message_id = ?";

static char *
letters_outcome (PnDb *db, gpointer data)
{
  g_autofree Rows *rows = data;
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (PnLetterRow) row = pn_outbox_load (db, rows->ids[i], &error);

    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", pn_outbox_state_name (row->state));
  }
  g_assert_true (pn_db_exec (db, retire_sql, PN_ARGS (pn_int (rows->message_id)), NULL, &error));
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static gboolean
claim_letters (PnDb *db, PnTestActor *actor, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) letters = pn_outbox_claim (db, "sender", 2, error);

  if (letters == NULL || letters->len > 0)
    return letters != NULL;
  pn_error_set (error, PN_ERROR_CONFLICT, "nothing to claim");
  return FALSE;
}

static gboolean
read_letter (PnDb *db, gpointer data, GError **error)
{
  g_autoptr (PnLetterRow) row = pn_outbox_load (db, ((Work *) data)->id, error);

  return row != NULL;
}

static gboolean
act_cancel (PnDb *db, gpointer data, GError **error)
{
  return pn_outbox_cancel (db, ((Work *) data)->id, error);
}

static gboolean
cancel_letter (PnDb *db, PnTestActor *actor, gpointer data, GError **error)
{
  return run_work (db, actor, data, read_letter, act_cancel, error);
}

static gboolean
act_undo (PnDb *db, gpointer data, GError **error)
{
  gint64 cancelled = 0;

  return pn_outbox_undo_message (db, ((Work *) data)->rows->message_id, &cancelled, error);
}

static gboolean
undo_message (PnDb *db, PnTestActor *actor, gpointer data, GError **error)
{
  return run_work (db, actor, data, read_letter, act_undo, error);
}

/* The spool. */

static gint64
add_delivery (PnDb *db)
{
  static guint number;
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  g_autoptr (GError) error = NULL;
  gboolean is_known = FALSE;
  gint64 id = 0;

  number++;
  delivery->mailbox_id = 1;
  pn_sha256 (&number, sizeof number, delivery->raw_sha);
  g_assert_true (pn_spool_add (db, delivery, NULL, &id, &is_known, &error));
  g_assert_no_error (error);
  return id;
}

static gpointer
prepare_delivery (PnDb *db)
{
  Rows *rows = g_new0 (Rows, 1);

  rows->ids[0] = add_delivery (db);
  return rows;
}

static gpointer
prepare_held (PnDb *db)
{
  guint8 record[PN_SHA256_BYTES] = { 1 };
  g_autoptr (GError) error = NULL;
  Rows *rows = prepare_delivery (db);

  g_assert_true (
      pn_spool_set_held (db, rows->ids[0], PN_SPOOL_HELD, record, "a", "b", NULL, &error));
  g_assert_no_error (error);
  return rows;
}

static const char leased_sql[] = "SELECT lease_owner IS NOT NULL FROM spool WHERE id = ?";
static const char discard_sql[] = "UPDATE spool SET state = 4 WHERE id = ?";

static char *
delivery_outcome (PnDb *db, gpointer data)
{
  g_autofree Rows *rows = data;
  g_autoptr (GError) error = NULL;
  const PnValue id = pn_int (rows->ids[0]);
  g_autoptr (PnDelivery) delivery = pn_spool_load (db, rows->ids[0], &error);
  g_autoptr (PnRows) leased = pn_db_query (db, leased_sql, PN_ARGS (id), &error);

  pn_rows_next (leased);
  g_assert_true (pn_db_exec (db, discard_sql, PN_ARGS (id), NULL, &error));
  g_assert_no_error (error);
  return g_strdup_printf ("%s, %s, %s", pn_spool_state_name (delivery->state),
                          delivery->ticket_id != 0 ? "one ticket" : "no ticket",
                          pn_rows_int (leased, 0) != 0 ? "leased" : "free");
}

static gboolean
lease (PnDb *db, PnTestActor *actor, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) deliveries = pn_spool_lease (db, "clerk", 10, error);

  if (deliveries == NULL || deliveries->len > 0)
    return deliveries != NULL;
  pn_error_set (error, PN_ERROR_CONFLICT, "nothing to lease");
  return FALSE;
}

static gboolean
read_delivery (PnDb *db, gpointer data, GError **error)
{
  g_autoptr (PnDelivery) delivery = pn_spool_load (db, ((Work *) data)->id, error);

  return delivery != NULL;
}

static gboolean
act_release (PnDb *db, gpointer data, GError **error)
{
  return pn_spool_release (db, ((Work *) data)->id, 7, FALSE, error);
}

static gboolean
release (PnDb *db, PnTestActor *actor, gpointer data, GError **error)
{
  return run_work (db, actor, data, read_delivery, act_release, error);
}

static gboolean
act_discard (PnDb *db, gpointer data, GError **error)
{
  return pn_spool_discard (db, ((Work *) data)->id, 7, error);
}

static gboolean
discard (PnDb *db, PnTestActor *actor, gpointer data, GError **error)
{
  return run_work (db, actor, data, read_delivery, act_discard, error);
}

static gboolean
act_file (PnDb *db, gpointer data, GError **error)
{
  return pn_spool_set_filed (db, ((Work *) data)->id, PN_DISPOSITION_CREATED, 5, 6, NULL, error);
}

static gboolean
file (PnDb *db, PnTestActor *actor, gpointer data, GError **error)
{
  return run_work (db, actor, data, read_delivery, act_file, error);
}

/* Tickets. */

static gboolean
open_ticket (PnDb *db, gpointer data, GError **error)
{
  PnTicket *ticket = data;

  return pn_ticket_open (db, ticket, PN_ACTOR_IS_SYSTEM, "test", error);
}

static gpointer
prepare_ticket (PnDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnQueue) queue = NULL;
  Rows *rows = g_new0 (Rows, 1);
  PnTicket ticket = {
    .person_id = 1, .priority = PN_PRIORITY_NORMAL, .subject = (char *) "x", .preview = (char *) ""
  };

  g_assert_true (pn_queue_find (db, "support", &queue, &error));
  if (queue == NULL) {
    queue = pn_queue_new ("support");
    g_assert_true (pn_queue_save (db, queue, &error));
  }
  ticket.queue_id = queue->id;
  g_assert_true (pn_db_run (db, open_ticket, &ticket, &error));
  g_assert_no_error (error);
  rows->ids[0] = ticket.id;
  rows->version = ticket.version;
  return rows;
}

static char *
ticket_outcome (PnDb *db, gpointer data)
{
  g_autofree Rows *rows = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, rows->ids[0], &error);
  g_autoptr (GPtrArray) events = pn_event_list (db, rows->ids[0], &error);

  g_assert_no_error (error);
  return g_strdup_printf ("%s, %s, version %" G_GINT64_FORMAT ", %u events",
                          pn_status_name (ticket->status), pn_priority_name (ticket->priority),
                          ticket->version, events->len);
}

static gboolean
read_ticket (PnDb *db, gpointer data, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, ((Work *) data)->id, error);

  return ticket != NULL;
}

static gboolean
change (PnDb *db, const Work *work, const PnTicketChange *wanted, GError **error)
{
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, work->id, error);

  return ticket != NULL && pn_ticket_change (db, ticket, wanted, PN_ACTOR_IS_SYSTEM, error);
}

static gboolean
act_solve_version (PnDb *db, gpointer data, GError **error)
{
  const Work *work = data;
  PnTicketChange wanted = PN_TICKET_CHANGE_NONE;

  wanted.status = PN_STATUS_SOLVED;
  wanted.if_version = work->rows->version;
  return change (db, work, &wanted, error);
}

static gboolean
act_hold_version (PnDb *db, gpointer data, GError **error)
{
  const Work *work = data;
  PnTicketChange wanted = PN_TICKET_CHANGE_NONE;

  wanted.status = PN_STATUS_ON_HOLD;
  wanted.if_version = work->rows->version;
  return change (db, work, &wanted, error);
}

static gboolean
act_solve (PnDb *db, gpointer data, GError **error)
{
  PnTicketChange wanted = PN_TICKET_CHANGE_NONE;

  wanted.status = PN_STATUS_SOLVED;
  return change (db, data, &wanted, error);
}

static gboolean
act_raise (PnDb *db, gpointer data, GError **error)
{
  PnTicketChange wanted = PN_TICKET_CHANGE_NONE;

  wanted.priority = PN_PRIORITY_URGENT;
  return change (db, data, &wanted, error);
}

static gboolean
act_touch (PnDb *db, gpointer data, GError **error)
{
  return pn_ticket_touch (db, ((Work *) data)->id, PN_TOUCH_CUSTOMER, "again", PN_ACTOR_IS_SYSTEM,
                          NULL, error);
}

#define TICKET_OPERATION(name)                                                                     \
  static gboolean name##_ticket (PnDb *db, PnTestActor *actor, gpointer data, GError **error)      \
  {                                                                                                \
    return run_work (db, actor, data, read_ticket, act_##name, error);                             \
  }

TICKET_OPERATION (solve_version)
TICKET_OPERATION (hold_version)
TICKET_OPERATION (solve)
TICKET_OPERATION (raise)
TICKET_OPERATION (touch)

static const PnTestRace races[] = {
  { "claim-cancel", prepare_letters, { claim_letters, cancel_letter }, { 1, 3 }, letters_outcome },
  { "claim-undo", prepare_letters, { claim_letters, undo_message }, { 1, 3 }, letters_outcome },
  { "cancel-undo", prepare_letters, { cancel_letter, undo_message }, { 3, 3 }, letters_outcome },
  { "claim-claim", prepare_letters, { claim_letters, claim_letters }, { 1, 1 }, letters_outcome },
  { "lease-file", prepare_delivery, { lease, file }, { 1, 3 }, delivery_outcome },
  { "lease-release", prepare_held, { lease, release }, { 1, 3 }, delivery_outcome },
  { "release-discard", prepare_held, { release, discard }, { 3, 3 }, delivery_outcome },
  { "file-file", prepare_delivery, { file, file }, { 3, 3 }, delivery_outcome },
  { "file-discard", prepare_held, { file, discard }, { 3, 3 }, delivery_outcome },
  { "change-change-version",
    prepare_ticket,
    { solve_version_ticket, hold_version_ticket },
    { 3, 3 },
    ticket_outcome },
  { "change-change", prepare_ticket, { solve_ticket, raise_ticket }, { 3, 3 }, ticket_outcome },
  { "change-touch", prepare_ticket, { solve_ticket, touch_ticket }, { 3, 3 }, ticket_outcome },
};

static void
test_race (gconstpointer data)
{
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db != NULL)
    pn_test_interleave (db, pn_testdb_target (), data);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  for (gsize i = 0; i < G_N_ELEMENTS (races); i++) {
    g_autofree char *path = g_strconcat ("/race/", races[i].name, NULL);

    g_test_add_data_func (path, &races[i], test_race);
  }
  return g_test_run ();
}
