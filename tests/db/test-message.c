#include "ticketing/message.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"

static PnMessage *
make_message (gint64 ticket_id, const char *from, const char *mid, guint8 key)
{
  PnMessage *message = pn_message_new ();

  message->ticket_id = ticket_id;
  message->direction = PN_DIRECTION_IN;
  message->channel = PN_CHANNEL_PIPE;
  message->from_address = g_strdup (from);
  message->from_name = g_strdup ("Ada");
  message->mid = g_strdup (mid);
  message->subject = g_strdup ("Printer");
  message->text = g_strdup ("It is on fire 🔥");
  message->has_ingest_key = key != 0;
  memset (message->ingest_key, key, sizeof message->ingest_key);
  message->reasons = json_pack ("[s]", "A test wrote it.");
  return message;
}

static gint64
add (PnDb *db, gint64 ticket_id, const char *from, const char *mid, guint8 key)
{
  g_autoptr (PnMessage) message = make_message (ticket_id, from, mid, key);
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_message_add (db, message, &error));
  pn_assert_no_error (error);
  return message->id;
}

static PnStoredAttachment *
make_attachment (const char *name, guint8 sha)
{
  PnStoredAttachment *attachment = pn_stored_attachment_new ();

  attachment->name = g_strdup (name);
  attachment->type = g_strdup ("text/plain");
  attachment->declared_type = g_strdup ("text/x-strange");
  attachment->size_bytes = 5;
  memset (attachment->sha, sha, sizeof attachment->sha);
  return attachment;
}

static void
test_round_trip (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnMessage) message = make_message (4, "ada@example.com", "a@b", 1);
  g_autoptr (PnMessage) loaded = NULL;
  g_autoptr (PnStoredAttachment) attachment = NULL;
  g_autoptr (GError) error = NULL;
  PnDirection direction = PN_DIRECTION_NOTE;
  gint64 ticket_id = 0;

  if (db == NULL)
    return;
  g_ptr_array_add (message->attachments, make_attachment ("a.txt", 7));
  g_ptr_array_add (message->attachments, make_attachment ("ü\xE2\x80\xAEgpj.exe", 8));
  g_assert_true (pn_message_add (db, message, &error));
  pn_assert_no_error (error);
  loaded = pn_message_load (db, message->id, &error);
  pn_assert_no_error (error);
  g_assert_cmpstr (loaded->text, ==, message->text);
  g_assert_cmpstr (loaded->mid, ==, "a@b");
  g_assert_null (loaded->reply);
  g_assert_null (loaded->envelope);
  g_assert_true (json_equal (loaded->reasons, message->reasons));
  g_assert_true (loaded->has_ingest_key);
  g_assert_false (loaded->has_raw);
  g_assert_cmpuint (loaded->attachments->len, ==, 2);
  attachment = pn_attachment_load (db, ((PnStoredAttachment *) loaded->attachments->pdata[0])->id,
                                   &ticket_id, &direction, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (ticket_id, ==, 4);
  g_assert_cmpint (direction, ==, PN_DIRECTION_IN);
  g_assert_cmpstr (attachment->name, ==, "a.txt");
  g_assert_cmpint (attachment->sha[31], ==, 7);
  g_clear_pointer (&loaded, pn_message_free);
  loaded = pn_message_load (db, 99, &error);
  g_assert_null (loaded);
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
}

static void
test_same_key_once (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnMessage) again = make_message (5, "x@example.com", NULL, 9);
  g_autoptr (GError) error = NULL;
  gint64 first;
  gint64 found = 0;
  gint64 ticket_id = 0;

  if (db == NULL)
    return;
  first = add (db, 4, "x@example.com", NULL, 9);
  add (db, 4, "x@example.com", NULL, 0); /* without a key: as many as you like */
  add (db, 4, "x@example.com", NULL, 0);
  g_assert_false (pn_message_add (db, again, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  g_assert_true (pn_message_find_ingest (db, again->ingest_key, &found, &ticket_id, &error));
  g_assert_cmpint (found, ==, first);
  g_assert_cmpint (ticket_id, ==, 4);
  again->ingest_key[0] = 0;
  g_assert_true (pn_message_find_ingest (db, again->ingest_key, &found, &ticket_id, &error));
  g_assert_cmpint (found, ==, 0);
}

static void
test_mid_belongs_to_first (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autofree char *left = g_strnfill (2000, 'm');
  g_autofree char *long_mid = g_strconcat (left, "@x", NULL);
  gint64 first;
  gint64 found = 0;
  gint64 ticket_id = 0;

  if (db == NULL)
    return;
  first = add (db, 4, "x@example.com", "same@x", 0);
  add (db, 5, "y@example.com", "same@x", 0);
  g_assert_true (pn_message_find_mid (db, "same@x", &found, &ticket_id, &error));
  g_assert_cmpint (found, ==, first);
  g_assert_true (pn_message_find_mid (db, "SAME@x", &found, &ticket_id, &error));
  g_assert_cmpint (found, ==, 0);
  first = add (db, 6, "x@example.com", long_mid, 0);
  g_assert_true (pn_message_find_mid (db, long_mid, &found, &ticket_id, &error));
  g_assert_cmpint (found, ==, first);
  g_assert_true (pn_message_set_mid (db, first, "own@x", &error));
  g_assert_true (pn_message_find_mid (db, "own@x", &found, &ticket_id, &error));
  g_assert_cmpint (found, ==, first);
  pn_assert_no_error (error);
}

static void
test_lists (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMessage) newest = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  gint64 ids[5];
  gint64 count = -1;

  if (db == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    static const char *const mids[] = { "0@x", "1@x", "2@x", "3@x", NULL };
    g_autoptr (PnMessage) message = make_message (4, "x@example.com", mids[i], 0);

    message->is_stranger = i == 3;
    if (i != 2)
      g_ptr_array_add (message->attachments, make_attachment ("f", (guint8) i));
    g_assert_true (pn_message_add (db, message, &error));
    ids[i] = message->id;
    add (db, 40, "x@example.com", NULL, 0);
  }
  all = pn_message_list (db, 4, 0, 100, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 5);
  for (guint i = 0; i < all->len; i++) {
    const PnMessage *message = all->pdata[i];

    g_assert_cmpint (message->id, ==, ids[i]);
    g_assert_cmpuint (message->attachments->len, ==, i == 2 ? 0 : 1);
    if (i != 2)
      g_assert_cmpint (((PnStoredAttachment *) message->attachments->pdata[0])->sha[0], ==, i);
  }
  rest = pn_message_list (db, 4, ids[1], 2, &error);
  g_assert_cmpuint (rest->len, ==, 2);
  g_assert_cmpint (((PnMessage *) rest->pdata[0])->id, ==, ids[2]);
  g_assert_true (pn_message_newest (db, 4, PN_DIRECTION_IN, &newest, &error));
  g_assert_cmpint (newest->id, ==, ids[2]);
  g_clear_pointer (&newest, pn_message_free);
  g_assert_true (pn_message_newest (db, 4, PN_DIRECTION_OUT, &newest, &error));
  g_assert_null (newest);
  g_assert_true (pn_message_count_since (db, 4, "X@example.com", 0, &count, &error));
  g_assert_cmpint (count, ==, 5);
  g_assert_true (
      pn_message_count_since (db, 4, "x@example.com", pn_clock_now () + PN_HOUR, &count, &error));
  g_assert_cmpint (count, ==, 0);
}

static void
test_stranger_is_accepted (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnMessage) message = make_message (4, "New@example.com", NULL, 0);
  g_autoptr (PnMessage) loaded = NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  message->is_stranger = TRUE;
  g_assert_true (pn_message_add (db, message, &error));
  g_assert_true (pn_message_accept_stranger (db, 5, "new@example.com", &error));
  loaded = pn_message_load (db, message->id, &error);
  g_assert_true (loaded->is_stranger);
  g_assert_true (pn_message_accept_stranger (db, 4, "new@example.com", &error));
  g_clear_pointer (&loaded, pn_message_free);
  loaded = pn_message_load (db, message->id, &error);
  g_assert_false (loaded->is_stranger);
  pn_assert_no_error (error);
}

/* What can grow is read by an index. */
static void
test_indexes (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  guint8 key[PN_SHA256_BYTES] = { 0 };

  if (db == NULL)
    return;
  for (gint64 i = 0; i < 400; i++)
    add (db, i % 100, "x@example.com", "m@x", 0);
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT id FROM message m WHERE m.ticket_id = ? AND m.id > ?"
                        " ORDER BY m.id LIMIT 10",
                        PN_ARGS (pn_int (1), pn_int (3)), "message_ticket");
  pn_testdb_assert_key (db, "EXPLAIN SELECT id FROM message WHERE mid_hash = ? ORDER BY id LIMIT 1",
                        PN_ARGS (pn_bytes (key, sizeof key)), "message_mid");
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT direction FROM message WHERE ticket_id = ?"
                        " ORDER BY id DESC LIMIT 100",
                        PN_ARGS (pn_int (1)), "message_ticket");
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT a.id FROM attachment a WHERE a.message_id = ?"
                        " ORDER BY a.id LIMIT 10",
                        PN_ARGS (pn_int (1)), "attachment_message");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/message/round-trip", test_round_trip);
  g_test_add_func ("/message/same-key-once", test_same_key_once);
  g_test_add_func ("/message/mid-belongs-to-first", test_mid_belongs_to_first);
  g_test_add_func ("/message/lists", test_lists);
  g_test_add_func ("/message/stranger-is-accepted", test_stranger_is_accepted);
  g_test_add_func ("/message/indexes", test_indexes);
  return g_test_run ();
}
