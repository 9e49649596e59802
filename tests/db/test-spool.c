#include <string.h>

#include "tests/lib/cost.h"
#include "tests/db/claims.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"
#include "ticketing/spool.h"

static PnDelivery *
make (guint number)
{
  PnDelivery *delivery = pn_delivery_new ();

  delivery->mailbox_id = 1;
  delivery->queue_id = 3;
  pn_sha256 (&number, sizeof number, delivery->raw_sha);
  delivery->internal_date = 1000 + number;
  delivery->size_bytes = 42;
  return delivery;
}

static gint64
add (PnDb *db, guint number)
{
  g_autoptr (PnDelivery) delivery = make (number);
  g_autoptr (GError) error = NULL;
  gboolean is_known = FALSE;
  gint64 id = 0;

  g_assert_true (pn_spool_add (db, delivery, NULL, &id, &is_known, &error));
  g_assert_no_error (error);
  return id;
}

static void
test_add (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) delivery = make (1);
  g_autoptr (PnDelivery) loaded = NULL;
  const PnCopy first = { 7, 100 };
  const PnCopy second = { 8, 5 };
  const PnCopy unknown = { 8, 6 };
  gint64 id = 0;
  gint64 again = 0;
  gboolean is_known = TRUE;
  gboolean is_done = TRUE;

  if (db == NULL)
    return;
  g_assert_true (pn_spool_add (db, delivery, &first, &id, &is_known, &error));
  g_assert_false (is_known);
  g_assert_true (pn_spool_add (db, delivery, &second, &again, &is_known, &error)); /* L2 */
  g_assert_true (is_known);
  g_assert_cmpint (again, ==, id);
  g_assert_true (pn_spool_add (db, delivery, &second, &again, &is_known, &error));
  g_assert_true (pn_spool_find_copy (db, 1, &first, &again, &is_done, &error)); /* L1 */
  g_assert_cmpint (again, ==, id);
  g_assert_false (is_done);
  g_assert_true (pn_spool_set_copy_done (db, 1, &second, &error));
  g_assert_true (pn_spool_find_copy (db, 1, &second, &again, &is_done, &error));
  g_assert_cmpint (again, ==, id);
  g_assert_true (is_done);
  g_assert_true (pn_spool_find_copy (db, 1, &unknown, &again, &is_done, &error));
  g_assert_cmpint (again, ==, 0);
  delivery->internal_date++; /* the same bytes, delivered again */
  g_assert_true (pn_spool_add (db, delivery, NULL, &again, &is_known, &error));
  g_assert_false (is_known);
  g_assert_cmpint (again, !=, id);
  pn_assert_no_error (error);
  loaded = pn_spool_load (db, id, &error);
  g_assert_cmpmem (loaded->raw_sha, PN_SHA256_BYTES, delivery->raw_sha, PN_SHA256_BYTES);
  g_assert_cmpint (loaded->state, ==, PN_SPOOL_WAITING);
  g_assert_cmpint (loaded->disposition, ==, -1);
  g_assert_false (loaded->has_form_key);
  g_assert_cmpint (loaded->received_at, >, 0);
}

static void
test_form_key (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) post = make (1);
  g_autoptr (PnDelivery) other = make (2);
  gint64 id = 0;
  gint64 again = 0;
  gboolean is_known = TRUE;

  if (db == NULL)
    return;
  post->channel = PN_CHANNEL_FORM;
  post->format = PN_FORMAT_JSON;
  post->has_form_key = TRUE;
  memset (post->form_key, 7, PN_SHA256_BYTES);
  g_assert_true (pn_spool_add (db, post, NULL, &id, &is_known, &error));
  g_assert_false (is_known);
  other->has_form_key = TRUE; /* other bytes, the same form */
  memset (other->form_key, 7, PN_SHA256_BYTES);
  g_assert_true (pn_spool_add (db, other, NULL, &again, &is_known, &error));
  g_assert_true (is_known);
  g_assert_cmpint (again, ==, id);
  memset (other->form_key, 8, PN_SHA256_BYTES);
  g_assert_true (pn_spool_add (db, other, NULL, &again, &is_known, &error));
  g_assert_false (is_known);
  pn_assert_no_error (error);
}

static const char lapse_sql[] = "UPDATE spool SET lease_until = 1 WHERE state = 0";

static void
test_lease (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  gint64 ids[40];

  if (db == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = add (db, i);
  for (guint round = 0; round < 2; round++) { /* again when the lease has lapsed */
    g_autoptr (GPtrArray) first = pn_spool_lease (db, "a", 33, &error);
    g_autoptr (GPtrArray) second = pn_spool_lease (db, "b", 33, &error);
    g_autoptr (GPtrArray) third = pn_spool_lease (db, "a", 33, &error);

    pn_assert_no_error (error);
    g_assert_cmpuint (first->len, ==, 33);
    g_assert_cmpuint (second->len, ==, 7);
    g_assert_cmpuint (third->len, ==, 0);
    for (guint i = 0; i < first->len; i++)
      g_assert_cmpint (((PnDelivery *) first->pdata[i])->id, ==, ids[i]);
    g_assert_cmpint (((PnDelivery *) first->pdata[0])->attempts, ==, (int) round + 1);
    g_assert_true (pn_db_exec (db, lapse_sql, PN_NO_ARGS, NULL, &error));
  }
  {
    g_autoptr (GPtrArray) one = pn_spool_lease (db, "a", 1, &error);
    g_autoptr (GPtrArray) next = NULL;

    g_assert_true (
        pn_spool_give_back (db, ids[0], "b", 0, TRUE, &error)); /* not b's: nothing happens */
    g_assert_cmpint (((PnDelivery *) one->pdata[0])->attempts, ==, 3);
    g_assert_true (pn_spool_give_back (db, ids[0], "a", 0, FALSE, &error));
    g_clear_pointer (&one, g_ptr_array_unref);
    one = pn_spool_lease (db, "a", 1, &error);
    g_assert_cmpint (((PnDelivery *) one->pdata[0])->attempts, ==, 3); /* blameless */
    g_assert_true (
        pn_spool_give_back (db, ids[0], "a", pn_clock_now () + PN_HOUR, TRUE, &error)); /* later */
    next = pn_spool_lease (db, "a", 40, &error);
    g_assert_cmpuint (next->len, ==, 39);
    g_assert_cmpint (((PnDelivery *) next->pdata[0])->id, ==, ids[1]);
  }
  pn_assert_no_error (error);
}

static GPtrArray *
claim (PnDb *db, const char *owner, GError **error)
{
  return pn_spool_lease (db, owner, 20, error);
}

static gint64
id_of (gconstpointer row)
{
  return ((const PnDelivery *) row)->id;
}

static void
test_race (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (guint i = 0; i < PN_CLAIM_ROWS; i++)
    add (db, i);
  pn_claims_race (claim, id_of);
}

/* What every state allows. */
typedef enum { FILE_IT, HOLD, MARK_SPAM, RELEASE, DISCARD } Step;

static gboolean
take_step (PnDb *db, gint64 id, Step step, GError **error)
{
  guint8 record[PN_SHA256_BYTES] = { 9 };
  json_t *reasons = json_pack ("[s]", "because");
  gboolean is_done = FALSE;

  switch (step) {
  case FILE_IT:
    is_done = pn_spool_set_filed (db, id, PN_DISPOSITION_CREATED, 5, 6, reasons, error);
    break;
  case HOLD:
  case MARK_SPAM:
    is_done = pn_spool_set_held (db, id, step == HOLD ? PN_SPOOL_HELD : PN_SPOOL_SPAM, record,
                                 "eve@example.com", "hello\nworld", reasons, error);
    break;
  case RELEASE: is_done = pn_spool_release (db, id, 11, TRUE, error); break;
  case DISCARD: is_done = pn_spool_discard (db, id, 0, error); break;
  }
  json_decref (reasons);
  return is_done;
}

static void
test_states (void)
{
  static const struct {
    Step first;
    Step second;
    gboolean is_allowed;
    PnSpoolState state; /* afterwards */
  } cases[] = {
    { FILE_IT, FILE_IT, FALSE, PN_SPOOL_FILED },
    { FILE_IT, HOLD, FALSE, PN_SPOOL_FILED },
    { FILE_IT, RELEASE, FALSE, PN_SPOOL_FILED },
    { FILE_IT, DISCARD, FALSE, PN_SPOOL_FILED },
    { HOLD, FILE_IT, TRUE, PN_SPOOL_FILED },
    { HOLD, MARK_SPAM, FALSE, PN_SPOOL_HELD },
    { HOLD, RELEASE, TRUE, PN_SPOOL_WAITING },
    { HOLD, DISCARD, TRUE, PN_SPOOL_DISCARDED },
    { MARK_SPAM, FILE_IT, TRUE, PN_SPOOL_FILED },
    { MARK_SPAM, RELEASE, TRUE, PN_SPOOL_WAITING },
    { MARK_SPAM, DISCARD, TRUE, PN_SPOOL_DISCARDED },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnDelivery) delivery = NULL;
    gint64 id = add (db, i);

    g_test_message ("case %u", i);
    g_assert_true (take_step (db, id, cases[i].first, &error));
    pn_assert_no_error (error);
    g_assert_cmpint (take_step (db, id, cases[i].second, &error), ==, cases[i].is_allowed);
    if (!cases[i].is_allowed)
      g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
    g_clear_error (&error);
    delivery = pn_spool_load (db, id, &error);
    g_assert_cmpint (delivery->state, ==, cases[i].state);
    g_assert_cmpint (pn_spool_is_released (delivery), ==,
                     cases[i].second == RELEASE && cases[i].is_allowed);
    if (delivery->state == PN_SPOOL_FILED) {
      g_assert_cmpint (delivery->ticket_id, ==, 5);
      g_assert_cmpint (delivery->message_id, ==, 6);
      g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
    }
    if (delivery->state == PN_SPOOL_WAITING) {
      const json_t *reason = json_array_get (delivery->reasons, 1);

      g_assert_true (pn_reason_is (reason, PN_WHY_HELD_RELEASED));
      g_assert_cmpint (json_integer_value (json_object_get (reason, "agent")), ==, 11);
      g_assert_true (delivery->may_answer);
    }
  }
}

static const char fill_sql[] =
    "INSERT INTO spool (mailbox_id, queue_id, channel, format, raw_sha, internal_date, size_bytes,"
    " state, lease_until, received_at)"
    " SELECT 1, seq % 3, 0, 0, UNHEX(SHA2(seq, 256)), seq, 1, IF(seq % 10 = 0, 2, seq % 2), 0, 1"
    " FROM seq_1_to_10000";

static const char analyze_sql[] = "ANALYZE TABLE spool";

/* 10,000 rows: half filed, some held, the rest waits. */
static void
test_cost (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) leased = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) some = NULL;
  const gint64 ids[] = { 1, 2 };
  gint64 count = 0;
  PnTestCost before;

  if (db == NULL)
    return;
  g_array_append_vals (queues, ids, G_N_ELEMENTS (ids));
  g_assert_true (pn_db_exec (db, fill_sql, PN_NO_ARGS, NULL, &error));
  pn_rows_free (pn_db_query_built (db, analyze_sql, PN_NO_ARGS, &error));
  pn_assert_no_error (error);
  before = pn_test_cost (db);
  leased = pn_spool_lease (db, "a", 48, &error);
  pn_test_assert_cost (db, &before, 48 * 4, 48 * 2);
  g_assert_cmpuint (leased->len, ==, 48);
  before = pn_test_cost (db);
  all = pn_spool_list (db, PN_SPOOL_HELD, NULL, 9000, 50, &error);
  pn_test_assert_cost (db, &before, 51, 0);
  g_assert_cmpuint (all->len, ==, 50);
  g_assert_cmpint (((PnDelivery *) all->pdata[0])->id, <, 9000);
  before = pn_test_cost (db);
  some = pn_spool_list (db, PN_SPOOL_HELD, queues, 0, 50, &error);
  pn_test_assert_cost (db, &before, 102, 0);
  g_assert_cmpuint (some->len, ==, 50);
  for (guint i = 0; i < some->len; i++) {
    g_assert_cmpint (((PnDelivery *) some->pdata[i])->queue_id, !=, 0);
    if (i > 0)
      g_assert_cmpint (((PnDelivery *) some->pdata[i])->id, <,
                       ((PnDelivery *) some->pdata[i - 1])->id);
  }
  before = pn_test_cost (db);
  g_assert_true (pn_spool_count (db, PN_SPOOL_HELD, NULL, &count, &error));
  g_assert_cmpint (count, ==, 1000);
  pn_test_assert_cost (db, &before, 2010, 0);
  g_assert_true (pn_spool_count (db, PN_SPOOL_HELD, queues, &count, &error));
  g_assert_cmpint (count, >, 600);
  g_assert_cmpint (count, <, 700);
  pn_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/spool/add", test_add);
  g_test_add_func ("/spool/form-key", test_form_key);
  g_test_add_func ("/spool/lease", test_lease);
  g_test_add_func ("/spool/race", test_race);
  g_test_add_func ("/spool/states", test_states);
  g_test_add_func ("/spool/cost", test_cost);
  return g_test_run ();
}
