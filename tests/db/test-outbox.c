#include <string.h>

#include "tests/lib/cost.h"
#include "tests/db/claims.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/outbox.h"

static gint64
add (PnDb *db, PnOutboxClass class, guint number, gboolean is_rendered)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = g_strdup_printf ("message:%u", number);
  g_autofree char *mid = g_strdup_printf ("%u@example.com", number);
  guint8 sha[PN_SHA256_BYTES] = { 1 };
  gint64 id = 0;
  const PnLetterOrder order = {
    .class = class,
    .letter = "reply",
    .message_id = number,
    .mailbox_id = 1,
    .recipient = "ada@example.com",
    .reason_key = reason,
  };

  g_assert_true (pn_outbox_add (db, &order, &id, &error));
  if (is_rendered)
    g_assert_true (pn_outbox_set_rendered (db, id, mid, "b@example.com", sha, &error));
  g_assert_no_error (error);
  return id;
}

static void
test_add (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnLetterRow) row = NULL;
  g_autoptr (PnLetterRow) by_mid = NULL;
  g_autoptr (GPtrArray) unrendered = NULL;
  guint8 sha[PN_SHA256_BYTES] = { 1 };
  gint64 id = 0;
  gint64 again = 0;
  json_t *document = json_pack ("{s:s}", "a", "ü");
  PnLetterOrder order = { .class = PN_CLASS_AUTOMATIC,
                          .letter = "acknowledgement",
                          .message_id = 4,
                          .mailbox_id = 2,
                          .recipient = "ada@example.com",
                          .recipient_name = "Ada\r\nBcc: eve@example.com",
                          .document = document,
                          .reason_key = "message:4" };

  if (db == NULL)
    return;
  g_assert_true (pn_outbox_add (db, &order, &id, &error));
  g_assert_true (pn_outbox_add (db, &order, &again, &error));
  g_assert_cmpint (again, ==, id);
  order.recipient = "bob@example.com";
  g_assert_true (pn_outbox_add (db, &order, &again, &error));
  g_assert_cmpint (again, !=, id);
  json_decref (document);
  row = pn_outbox_load (db, id, &error);
  g_assert_cmpstr (row->recipient_name, ==, "Ada Bcc: eve@example.com");
  g_assert_cmpstr (json_string_value (json_object_get (row->document, "a")), ==, "ü");
  g_assert_cmpint (row->state, ==, PN_OUTBOX_WAITING);
  unrendered = pn_outbox_unrendered (db, 10, &error);
  g_assert_cmpuint (unrendered->len, ==, 2);
  g_assert_true (pn_outbox_set_rendered (db, id, "x@y", "bounce@y", sha, &error));
  g_assert_false (pn_outbox_set_rendered (db, id, "x@y", "bounce@y", sha, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  g_assert_true (pn_outbox_find_mid (db, "x@y", &by_mid, &error));
  g_assert_cmpint (by_mid->id, ==, id);
  g_clear_pointer (&by_mid, pn_letter_row_free);
  g_assert_true (pn_outbox_find_mid (db, "X@y", &by_mid, &error));
  g_assert_null (by_mid);
  g_assert_true (pn_outbox_set_unrenderable (db, again, "no template", &error));
  by_mid = pn_outbox_load (db, again, &error);
  g_assert_cmpint (by_mid->state, ==, PN_OUTBOX_FAILED);
  g_assert_cmpstr (by_mid->reply_text, ==, "no template");
  pn_assert_no_error (error);
}

typedef enum { DOTTED, SENT, DEFERRED, FAILED, UNCERTAIN, CANCEL, RETRY, UNDO, N_STEPS } Step;

static gboolean
take_step (PnDb *db, const PnLetterRow *row, Step step, GError **error)
{
  gint64 cancelled = 0;

  switch (step) {
  case DOTTED: return pn_outbox_set_dotted (db, row, error);
  case SENT: return pn_outbox_set_sent (db, row, 250, "ok", error);
  case DEFERRED: return pn_outbox_set_deferred (db, row, 451, "later", error);
  case FAILED: return pn_outbox_set_failed (db, row, 550, "no", error);
  case UNCERTAIN: return pn_outbox_set_uncertain (db, row, "no answer", error);
  case CANCEL: return pn_outbox_cancel (db, row->id, error);
  case RETRY: return pn_outbox_retry (db, row->id, error);
  case UNDO: return pn_outbox_undo_message (db, row->message_id, &cancelled, error);
  case N_STEPS: break;
  }
  return FALSE;
}

static const char force_sql[] =
    "UPDATE outbox SET state = ?, is_taken_back = 0, dotted_at = 1, next_at = 1 WHERE id = ?";

#define NO -1

/* What becomes of a letter in each state (row) by each step (column) under the claim's own gen. */
static const int transitions[][N_STEPS] = {
  /* clang-format off */
  /*             DOTTED, SENT, DEFERRED, FAILED, UNCERTAIN, CANCEL, RETRY, UNDO */
  [PN_OUTBOX_WAITING]   = { NO, NO, NO, NO, NO, PN_OUTBOX_CANCELLED, NO, PN_OUTBOX_CANCELLED },
  [PN_OUTBOX_SENDING]   = { PN_OUTBOX_DOTTED, NO, PN_OUTBOX_DEFERRED, PN_OUTBOX_FAILED, NO, NO, NO, NO },
  [PN_OUTBOX_DOTTED]    = { NO, PN_OUTBOX_SENT, PN_OUTBOX_DEFERRED, PN_OUTBOX_FAILED, PN_OUTBOX_UNCERTAIN, NO, NO, NO },
  [PN_OUTBOX_SENT]      = { NO, NO, NO, NO, NO, NO, NO, NO },
  [PN_OUTBOX_DEFERRED]  = { NO, NO, NO, NO, NO, PN_OUTBOX_CANCELLED, PN_OUTBOX_WAITING, PN_OUTBOX_CANCELLED },
  [PN_OUTBOX_FAILED]    = { NO, NO, NO, NO, NO, NO, PN_OUTBOX_WAITING, NO },
  [PN_OUTBOX_UNCERTAIN] = { NO, PN_OUTBOX_SENT, PN_OUTBOX_DEFERRED, PN_OUTBOX_FAILED, NO, NO, PN_OUTBOX_WAITING, NO },
  [PN_OUTBOX_HELD]      = { NO, NO, NO, NO, NO, PN_OUTBOX_CANCELLED, PN_OUTBOX_WAITING, PN_OUTBOX_CANCELLED },
  [PN_OUTBOX_CANCELLED] = { NO, NO, NO, NO, NO, NO, PN_OUTBOX_WAITING, PN_OUTBOX_CANCELLED },
  /* clang-format on */
};

static void
check_transition (PnDb *db, PnLetterRow *row, int state, Step step)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnLetterRow) after = NULL;
  int expected = transitions[state][step];
  gboolean is_done;

  g_test_message ("%s, step %d", pn_outbox_state_name ((PnOutboxState) state), step);
  g_assert_true (
      pn_db_exec (db, force_sql, PN_ARGS (pn_int (state), pn_int (row->id)), NULL, &error));
  row->state = (PnOutboxState) state;
  g_assert_cmpint (pn_outbox_can_cancel (row), ==, transitions[state][CANCEL] != NO);
  g_assert_cmpint (pn_outbox_can_retry (row), ==, transitions[state][RETRY] != NO);
  is_done = take_step (db, row, step, &error);
  g_assert_cmpint (is_done, ==, expected != NO);
  if (!is_done)
    g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  after = pn_outbox_load (db, row->id, &error);
  g_assert_cmpint (after->state, ==, expected != NO ? expected : state);
}

static void
test_transitions (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  guint number = 1;

  if (db == NULL)
    return;
  for (int state = 0; state < (int) G_N_ELEMENTS (transitions); state++) {
    for (int step = 0; step < N_STEPS; step++) {
      gint64 id = add (db, PN_CLASS_REPLY, number++, TRUE);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) claimed = pn_outbox_claim (db, "a", 1, &error);

      pn_assert_no_error (error);
      g_assert_cmpuint (claimed->len, ==, 1);
      g_assert_cmpint (((PnLetterRow *) claimed->pdata[0])->id, ==, id);
      check_transition (db, claimed->pdata[0], state, (Step) step);
      g_assert_true (
          pn_db_exec (db, force_sql, PN_ARGS (pn_int (PN_OUTBOX_SENT), pn_int (id)), NULL, &error));
    }
  }
}

static const char rewind_sql[] =
    "UPDATE outbox SET next_at = next_at - ?, lease_until = lease_until - ?,"
    " dotted_at = dotted_at - ?, give_up_at = give_up_at - ?"
    " WHERE next_at < 9223372036854775807";

static void
let_pass (PnDb *db, PnTime time)
{
  g_autoptr (GError) error = NULL;
  const PnValue value = pn_int (time);

  g_assert_true (pn_db_exec (db, rewind_sql, PN_ARGS (value, value, value, value), NULL, &error));
  g_assert_no_error (error);
}

static void
test_lost_claim (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GPtrArray) third = NULL;

  if (db == NULL)
    return;
  add (db, PN_CLASS_REPLY, 1, TRUE);
  first = pn_outbox_claim (db, "a", 5, &error);
  g_assert_cmpuint (first->len, ==, 1);
  second = pn_outbox_claim (db, "b", 5, &error);
  g_assert_cmpuint (second->len, ==, 0);
  let_pass (db, 61 * PN_SECOND);
  g_ptr_array_unref (second);
  second = pn_outbox_claim (db, "b", 5, &error); /* a died */
  g_assert_cmpuint (second->len, ==, 1);
  g_assert_false (pn_outbox_set_dotted (db, first->pdata[0], &error)); /* a was only slow */
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  let_pass (db, 61 * PN_SECOND);
  third = pn_outbox_claim (db, "c", 5, &error); /* b died too: perhaps of this letter */
  g_assert_cmpuint (third->len, ==, 0);
  let_pass (db, 10 * PN_MINUTE);
  g_ptr_array_unref (third);
  third = pn_outbox_claim (db, "c", 5, &error);
  g_assert_cmpuint (third->len, ==, 1);
  g_assert_true (pn_outbox_set_dotted (db, third->pdata[0], &error));
  g_assert_true (pn_outbox_set_sent (db, third->pdata[0], 250, "ok", &error));
  pn_assert_no_error (error);
}

static void
test_sweep (void)
{
  static const struct {
    PnOutboxClass class;
    PnOutboxState after_minute;
    PnOutboxState after_quarter;
  } cases[] = {
    { PN_CLASS_REPLY, PN_OUTBOX_UNCERTAIN, PN_OUTBOX_WAITING },
    { PN_CLASS_AUTOMATIC, PN_OUTBOX_UNCERTAIN, PN_OUTBOX_UNCERTAIN },
    { PN_CLASS_NOTICE, PN_OUTBOX_UNCERTAIN, PN_OUTBOX_UNCERTAIN },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint64 id = add (db, cases[i].class, i, TRUE);
    g_autoptr (GPtrArray) claimed = pn_outbox_claim (db, "a", 1, &error);
    const struct {
      PnTime pause;
      PnOutboxState state;
    } looks[] = {
      { 0, PN_OUTBOX_DOTTED },
      { 61 * PN_SECOND, cases[i].after_minute },
      { 13 * PN_MINUTE, PN_OUTBOX_UNCERTAIN },
      { PN_MINUTE, cases[i].after_quarter },
    };

    g_assert_true (pn_outbox_set_dotted (db, claimed->pdata[0], &error));
    for (guint k = 0; k < G_N_ELEMENTS (looks); k++) {
      g_autoptr (PnLetterRow) row = NULL;

      let_pass (db, looks[k].pause);
      g_assert_true (pn_outbox_sweep (db, &error));
      pn_assert_no_error (error);
      row = pn_outbox_load (db, id, &error);
      g_test_message ("class %d, look %u", cases[i].class, k);
      g_assert_cmpint (row->state, ==, looks[k].state);
    }
    g_assert_true (
        pn_db_exec (db, force_sql, PN_ARGS (pn_int (PN_OUTBOX_SENT), pn_int (id)), NULL, &error));
  }
}

static void
test_backoff (void)
{
  static const struct {
    int attempts;
    int minutes;
  } cases[] = { { 0, 1 },  { 1, 1 },  { 2, 5 },    { 3, 15 },   { 4, 30 },
                { 5, 60 }, { 6, 60 }, { 119, 60 }, { 9999, 60 } };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) claimed = NULL;
  g_autoptr (PnLetterRow) row = NULL;
  gint64 id;

  if (db == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (pn_outbox_backoff (cases[i].attempts), ==, cases[i].minutes * PN_MINUTE);
  id = add (db, PN_CLASS_REPLY, 1, TRUE);
  claimed = pn_outbox_claim (db, "a", 1, &error);
  g_assert_true (pn_outbox_set_deferred (db, claimed->pdata[0], 451, "later", &error));
  g_ptr_array_unref (claimed);
  claimed = pn_outbox_claim (db, "a", 1, &error);
  g_assert_cmpuint (claimed->len, ==, 0); /* not for a minute */
  let_pass (db, 5 * PN_DAY);
  g_ptr_array_unref (claimed);
  claimed = pn_outbox_claim (db, "a", 1, &error);
  g_assert_cmpuint (claimed->len, ==, 1);
  g_assert_true (pn_outbox_set_deferred (db, claimed->pdata[0], 451, "later\nstill", &error));
  row = pn_outbox_load (db, id, &error);
  g_assert_cmpint (row->state, ==, PN_OUTBOX_FAILED); /* five days are enough */
  g_assert_cmpstr (row->reply_text, ==, "later still");
  pn_assert_no_error (error);
}

static void
test_undo (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) claimed = NULL;
  gint64 ids[4];
  gint64 cancelled = 0;

  if (db == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autofree char *recipient = g_strdup_printf ("r%u@example.com", i);
    guint8 sha[PN_SHA256_BYTES] = { 1 };
    const PnLetterOrder order = { .class = PN_CLASS_REPLY,
                                  .letter = "reply",
                                  .message_id = i < 2 ? 10 : 20,
                                  .mailbox_id = 1,
                                  .recipient = recipient,
                                  .reason_key = "m" };

    g_assert_true (pn_outbox_add (db, &order, &ids[i], &error));
    g_assert_true (pn_outbox_set_rendered (db, ids[i], recipient, "b@x", sha, &error));
  }
  g_assert_true (pn_outbox_cancel (db, ids[0], &error));
  g_assert_true (pn_outbox_undo_message (db, 10, &cancelled, &error));
  g_assert_cmpint (cancelled, ==, 2);
  claimed = pn_outbox_claim (db, "a", 1, &error);
  g_assert_cmpuint (claimed->len, ==, 1);
  g_assert_false (pn_outbox_undo_message (db, 20, &cancelled, &error)); /* one is on its way */
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    static const PnOutboxState states[] = { PN_OUTBOX_CANCELLED, PN_OUTBOX_CANCELLED,
                                            PN_OUTBOX_SENDING, PN_OUTBOX_WAITING };
    g_autoptr (PnLetterRow) row = pn_outbox_load (db, ids[i], &error);

    g_assert_cmpint (row->state, ==, states[i]);
    g_assert_cmpint (row->is_taken_back, ==, i < 2);
    if (i >= 2)
      continue;
    g_assert_false (pn_outbox_can_retry (row)); /* its text went back to who wrote it */
    g_assert_false (pn_outbox_retry (db, ids[i], &error));
    g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
    g_clear_error (&error);
  }
  pn_assert_no_error (error);
}

static const char age_bounce_sql[] = "UPDATE outbox SET bounced_at = bounced_at - ? WHERE id = ?";

static void
test_bounces (void)
{
  static const struct {
    const char *status;
    gboolean is_proven;
    gboolean is_old;
    gint64 hard;
  } cases[] = {
    { "5.1.1", FALSE, FALSE, 0 }, { "5.1.1", TRUE, TRUE, 1 },  { "4.2.2", TRUE, FALSE, 0 },
    { "5.1.1", TRUE, FALSE, 1 },  { "5.0.0", TRUE, FALSE, 2 }, { "", TRUE, FALSE, 2 },
    { "5.7.1", TRUE, FALSE, 3 },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint64 id = add (db, PN_CLASS_AUTOMATIC, i, TRUE);
    g_autoptr (PnLetterRow) row = NULL;
    gint64 hard = -1;

    g_test_message ("case %u", i);
    g_assert_true (pn_db_exec (db, force_sql, PN_ARGS (pn_int (PN_OUTBOX_UNCERTAIN), pn_int (id)),
                               NULL, &error));
    g_assert_true (pn_outbox_set_bounced (db, id, cases[i].status, "unknown user",
                                          cases[i].is_proven, &hard, &error));
    pn_assert_no_error (error);
    g_assert_cmpint (hard, ==, cases[i].hard);
    row = pn_outbox_load (db, id, &error);
    g_assert_cmpint (row->bounce_is_proven, ==, cases[i].is_proven);
    g_assert_cmpint (row->state, ==, cases[i].is_proven ? PN_OUTBOX_SENT : PN_OUTBOX_UNCERTAIN);
    g_assert_true (pn_outbox_set_bounced (db, id, "5.9.9", "forged", FALSE, &hard, &error));
    g_clear_pointer (&row, pn_letter_row_free);
    row = pn_outbox_load (db, id, &error);
    if (cases[i].is_proven)
      g_assert_cmpstr (row->bounce_status, ==, cases[i].status); /* the proven one stays */
    if (cases[i].is_old)
      g_assert_true (pn_db_exec (db, age_bounce_sql, PN_ARGS (pn_int (8 * PN_DAY), pn_int (id)),
                                 NULL, &error));
  }
}

static GPtrArray *
claim (PnDb *db, const char *owner, GError **error)
{
  return pn_outbox_claim (db, owner, 20, error);
}

static gint64
id_of (gconstpointer row)
{
  return ((const PnLetterRow *) row)->id;
}

static void
test_race (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (guint i = 0; i < PN_CLAIM_ROWS; i++)
    add (db, PN_CLASS_AUTOMATIC, i, TRUE);
  pn_claims_race (claim, id_of);
}

static const char ticket_sql[] =
    "INSERT INTO ticket (id, queue_id, status, priority, person_id, subject, created_at,"
    " updated_at) VALUES (?, ?, 0, 1, 1, 'x', 1, 1)";
static const char move_ticket_sql[] = "UPDATE ticket SET queue_id = ? WHERE id = ?";

static guint
count_in (PnDb *db, gint64 queue_id, int state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) list = NULL;

  g_array_append_val (queues, queue_id);
  list = pn_outbox_list (db, state, queues, 0, 100, &error);
  g_assert_no_error (error);
  return list->len;
}

static void
test_move (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = NULL;
  PnLetterOrder order = { .class = PN_CLASS_REPLY,
                          .letter = "reply",
                          .mailbox_id = 1,
                          .ticket_id = 7,
                          .recipient = "ada@example.com",
                          .reason_key = "1" };
  gint64 ids[2];

  if (db == NULL)
    return;
  g_assert_true (pn_db_exec (db, ticket_sql, PN_ARGS (pn_int (7), pn_int (1)), NULL, &error));
  g_assert_true (pn_outbox_add (db, &order, &ids[0], &error));
  order.reason_key = "2";
  g_assert_true (pn_outbox_add (db, &order, &ids[1], &error));
  g_assert_true (
      pn_db_exec (db, force_sql, PN_ARGS (pn_int (PN_OUTBOX_SENT), pn_int (ids[0])), NULL, &error));
  g_assert_cmpuint (count_in (db, 1, -1), ==, 2);
  g_assert_cmpuint (count_in (db, 1, PN_OUTBOX_SENT), ==, 1);
  g_assert_true (pn_db_exec (db, move_ticket_sql, PN_ARGS (pn_int (2), pn_int (7)), NULL, &error));
  g_assert_true (pn_outbox_move (db, 7, 9, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (count_in (db, 1, -1), ==, 0); /* nothing of it is seen there any more */
  g_assert_cmpuint (count_in (db, 2, -1), ==, 2);
  all = pn_outbox_of_ticket (db, 7, &error);
  g_assert_cmpint (((PnLetterRow *) all->pdata[0])->mailbox_id, ==, 9);
  g_assert_cmpint (((PnLetterRow *) all->pdata[1])->mailbox_id, ==, 1); /* sent: history */
}

static const char fill_sql[] =
    "INSERT INTO outbox (dedupe_key, ref, class, letter, ticket_id, queue_id, message_id,"
    " mailbox_id, recipient, state, is_rendered, next_at, give_up_at, created_at, dotted_at, bounced_at,"
    " bounce_status, bounce_is_proven)"
    " SELECT UNHEX(SHA2(seq, 256)), UNHEX(LPAD(HEX(seq), 20, '0')), seq % 2, 'reply', seq % 2000,"
    " seq % 3, seq, 1, IF(seq % 2 = 0, 'ada@example.com', 'bob@example.com'), seq % 9,"
    " seq % 9 <> 0 OR seq % 2 = 0, seq, 9000000000000000000, seq, seq, IF(seq % 100 = 0, seq, NULL),"
    " '5.1.1', 1"
    " FROM seq_1_to_10000";

static const char analyze_sql[] = "ANALYZE TABLE outbox";

static void
check_list_cost (PnDb *db, int state, const GArray *queues, gint64 rows)
{
  g_autoptr (GError) error = NULL;
  PnTestCost before = pn_test_cost (db);
  g_autoptr (GPtrArray) list = pn_outbox_list (db, state, queues, 9000, 50, &error);

  pn_assert_no_error (error);
  pn_test_assert_cost (db, &before, rows, 0);
  g_assert_cmpuint (list->len, ==, 50);
  for (guint i = 0; i < list->len; i++) {
    const PnLetterRow *row = list->pdata[i];

    g_assert_cmpint (row->id, <, i == 0 ? 9000 : ((PnLetterRow *) list->pdata[i - 1])->id);
    g_assert_true (state < 0 || (int) row->state == state);
  }
}

static void
test_cost (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) claimed = NULL;
  g_autoptr (GPtrArray) unrendered = NULL;
  g_autoptr (GPtrArray) of_ticket = NULL;
  const gint64 ids[] = { 1, 2 };
  gint64 number = 0;
  PnTestCost before;

  if (db == NULL)
    return;
  g_array_append_vals (queues, ids, G_N_ELEMENTS (ids));
  g_assert_true (pn_db_exec (db, fill_sql, PN_NO_ARGS, NULL, &error));
  pn_rows_free (pn_db_query_built (db, analyze_sql, PN_NO_ARGS, &error));
  check_list_cost (db, -1, NULL, 51);
  check_list_cost (db, PN_OUTBOX_SENT, NULL, 102);
  check_list_cost (db, -1, queues, 102);
  check_list_cost (db, PN_OUTBOX_FAILED, queues, 102);
  before = pn_test_cost (db);
  unrendered = pn_outbox_unrendered (db, 50, &error);
  pn_test_assert_cost (db, &before, 51, 0);
  g_assert_cmpuint (unrendered->len, ==, 50);
  before = pn_test_cost (db);
  of_ticket = pn_outbox_of_ticket (db, 77, &error);
  g_assert_cmpuint (of_ticket->len, ==, 5);
  g_assert_true (pn_outbox_undo_message (db, 27, &number, &error) || error != NULL);
  g_clear_error (&error);
  g_assert_true (pn_outbox_set_bounced (db, 2, "5.1.1", "x", TRUE, &number, &error));
  pn_test_assert_cost (db, &before, 30, 5);
  before = pn_test_cost (db);
  claimed = pn_outbox_claim (db, "a", 32, &error);
  pn_test_assert_cost (db, &before, 32 * 9, 32 * 5);
  g_assert_cmpuint (claimed->len, ==, 32);
  before = pn_test_cost (db);
  g_assert_true (pn_outbox_sweep (db, &error));
  pn_test_assert_cost (db, &before, 3 * 1112, 3 * 1112);
  pn_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/outbox/add", test_add);
  g_test_add_func ("/outbox/transitions", test_transitions);
  g_test_add_func ("/outbox/lost-claim", test_lost_claim);
  g_test_add_func ("/outbox/sweep", test_sweep);
  g_test_add_func ("/outbox/backoff", test_backoff);
  g_test_add_func ("/outbox/undo", test_undo);
  g_test_add_func ("/outbox/bounces", test_bounces);
  g_test_add_func ("/outbox/race", test_race);
  g_test_add_func ("/outbox/move", test_move);
  g_test_add_func ("/outbox/cost", test_cost);
  return g_test_run ();
}
