/* Filing: nothing is unprocessable, and nothing stands in the others' way. */
#include "gateway/serve/filing.h"

#include <string.h>

#include "gateway/mail/mime_read.h"
#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"

/* A parser that dies of mails with "poison" in them and is away for those with "later". */
static PnMail *
parse_badly (gpointer data, gpointer started, GBytes *raw, const char *authserv_ids,
             gboolean *has_died, GError **error)
{
  guint *calls = data;
  g_autofree char *text = g_strndup (g_bytes_get_data (raw, NULL), g_bytes_get_size (raw));

  (*calls)++;
  *has_died = strstr (text, "poison") != NULL;
  if (*has_died) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the parser died (signal 11)");
    return NULL;
  }
  if (strstr (text, "later") != NULL) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "no parser listens");
    return NULL;
  }
  return pn_mime_read (raw, NULL);
}

static PnMail *
parse_well (gpointer data, gpointer started, GBytes *raw, const char *authserv_ids,
            gboolean *has_died, GError **error)
{
  return pn_mime_read (raw, NULL);
}

static gint64
spool (PnWorld *world, const char *mid)
{
  g_autofree char *text = pn_world_mail ("ada@customer.example", mid, "", mid, mid);
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  gboolean is_known;
  gint64 id = 0;

  delivery->mailbox_id = world->support_mailbox_id;
  delivery->queue_id = world->support_id;
  delivery->channel = PN_CHANNEL_IMAP;
  delivery->size_bytes = (gint64) strlen (text);
  g_assert_true (pn_blob_store (world->db, bytes, delivery->raw_sha, &error));
  g_assert_true (pn_spool_add (world->db, delivery, NULL, &id, &is_known, &error));
  pn_assert_no_error (error);
  return id;
}

/* Lets the time of all pauses pass. */
static void
end_pauses (PnWorld *world)
{
  g_assert_true (
      pn_db_exec (world->db, "UPDATE spool SET lease_until = 0", PN_NO_ARGS, NULL, NULL));
}

static void
test_poison (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) poison = NULL;
  g_autoptr (PnDelivery) good = NULL;
  g_autoptr (PnMessage) message = NULL;
  guint calls = 0;
  gint64 ids[2];

  if (world == NULL)
    return;
  world->filing.parse = parse_badly;
  world->filing.parse_data = &calls;
  ids[0] = spool (world, "poison@x.example");
  ids[1] = spool (world, "good@x.example");
  pn_world_run (world);
  poison = pn_spool_load (world->db, ids[0], NULL);
  good = pn_spool_load (world->db, ids[1], NULL);
  g_assert_cmpint (poison->state, ==, PN_SPOOL_WAITING);
  g_assert_cmpint (good->state, ==, PN_SPOOL_FILED);
  end_pauses (world);
  pn_world_run (world);
  g_clear_pointer (&poison, pn_delivery_free);
  poison = pn_spool_load (world->db, ids[0], NULL);
  g_assert_cmpint (poison->state, ==, PN_SPOOL_FILED);
  g_assert_cmpint (poison->disposition, ==, PN_DISPOSITION_CREATED);
  g_assert_cmpuint (calls, ==, 3); /* once the good one, twice the other */
  message = pn_message_load (world->db, poison->message_id, NULL);
  g_assert_cmpstr (message->subject, ==, "poison@x.example");
  g_assert_cmpuint (message->attachments->len, ==, 1);
  g_assert_cmpuint (json_array_size (json_object_get (message->envelope, "defects")), >, 0);
}

/* A parser that is away costs a mail nothing but time. */
static void
test_later (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) waiting = NULL;
  g_autoptr (PnDelivery) filed = NULL;
  guint calls = 0;
  gint64 id;

  if (world == NULL)
    return;
  world->filing.parse = parse_badly;
  world->filing.parse_data = &calls;
  id = spool (world, "later@x.example");
  for (guint i = 0; i < 10; i++) {
    pn_world_run (world);
    g_clear_pointer (&waiting, pn_delivery_free);
    waiting = pn_spool_load (world->db, id, NULL);
    g_assert_cmpint (waiting->state, ==, PN_SPOOL_WAITING);
    end_pauses (world);
  }
  g_assert_cmpuint (calls, ==, 10);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 0);
  world->filing.parse_data = NULL;
  world->filing.parse = parse_well;
  pn_world_run (world);
  filed = pn_spool_load (world->db, id, NULL);
  g_assert_cmpint (filed->disposition, ==, PN_DISPOSITION_CREATED);
}

static gpointer
start_noting (gpointer data, GBytes *raw, const char *authserv_ids)
{
  g_string_append_c (data, 's');
  return NULL;
}

static PnMail *
parse_noting (gpointer data, gpointer started, GBytes *raw, const char *authserv_ids,
              gboolean *has_died, GError **error)
{
  g_string_append_c (data, 'p');
  return pn_mime_read (raw, NULL);
}

/* Mails are with the parser together, but for one that failed before: it may have been what ended a clerk. */
static void
test_groups (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (GString) seen = g_string_new (NULL);

  if (world == NULL)
    return;
  world->filing.start_parse = start_noting;
  world->filing.parse = parse_noting;
  world->filing.parse_data = seen;
  for (guint round = 0; round < 2; round++) {
    gint64 second;

    spool (world, round == 0 ? "1@x.example" : "4@x.example");
    second = spool (world, round == 0 ? "2@x.example" : "5@x.example");
    spool (world, round == 0 ? "3@x.example" : "6@x.example");
    if (round == 1)
      g_assert_true (pn_db_exec (world->db, "UPDATE spool SET attempts = 1 WHERE id = ?",
                                 PN_ARGS (pn_int (second)), NULL, NULL));
    pn_world_run (world);
  }
  g_assert_cmpstr (seen->str, ==,
                   "sssppp"
                   "spspsp");
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 6);
}

/* Whoever was killed half-way leaves a lease; the next one files the mail once. */
static void
test_two_clerks (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (GPtrArray) leased = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (world == NULL)
    return;
  id = spool (world, "one@x.example");
  leased = pn_spool_lease (world->db, "killed", 10, &error);
  g_assert_cmpuint (leased->len, ==, 1);
  pn_world_run (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 0);
  end_pauses (world);
  pn_world_run (world);
  end_pauses (world);
  pn_world_run (world);
  g_assert_cmpint (pn_world_count (world, "SELECT COUNT(*) FROM ticket"), ==, 1);
  g_assert_cmpint (id, >, 0);
}

static void
test_bad_record (void)
{
  static const char *const texts[] = { "", "{", "[]", "{\"from\": 7}", "no JSON at all" };
  g_autoptr (PnWorld) world = pn_world_new ();

  if (world == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (PnDelivery) delivery = pn_world_file_by (world, world->support_mailbox_id,
                                                        PN_CHANNEL_FORM, PN_FORMAT_JSON, texts[i]);

    g_assert_cmpint (delivery->state, ==, PN_SPOOL_FILED);
    g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/filing/poison", test_poison);
  g_test_add_func ("/filing/later", test_later);
  g_test_add_func ("/filing/groups", test_groups);
  g_test_add_func ("/filing/two-clerks", test_two_clerks);
  g_test_add_func ("/filing/bad-record", test_bad_record);
  return g_test_run ();
}
