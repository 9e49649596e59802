#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/queue.h"

static void
test_save (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnQueue) queue = pn_queue_new ("support");
  g_autoptr (PnQueue) other = pn_queue_new ("support");
  g_autoptr (PnQueue) loaded = NULL;
  g_autoptr (PnQueue) none = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (db == NULL)
    return;
  g_assert_true (pn_queue_save (db, queue, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (queue->id, >, 0);
  g_assert_false (pn_queue_save (db, other, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  g_free (queue->title);
  queue->title = g_strdup ("Käse & Support");
  queue->is_public = FALSE;
  g_assert_true (pn_queue_save (db, queue, &error));
  g_assert_true (pn_queue_save (db, queue, &error)); /* changes nothing */
  pn_assert_no_error (error);
  g_assert_true (pn_queue_find (db, "support", &loaded, &error));
  g_assert_nonnull (loaded);
  g_assert_cmpstr (loaded->title, ==, "Käse & Support");
  g_assert_cmpstr (loaded->language, ==, "en");
  g_assert_true (loaded->acknowledges);
  g_assert_false (loaded->is_public);
  g_assert_true (pn_queue_find (db, "sales", &none, &error));
  g_assert_null (none);
  none = pn_queue_load (db, 4711, &error);
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_clear_error (&error);
  queue->id = 4711;
  g_assert_false (pn_queue_save (db, queue, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_clear_error (&error);
  list = pn_queue_list (db, &error);
  g_assert_cmpuint (list->len, ==, 1);
}

static void
test_names (void)
{
  static const char *const bad[] = {
    "",  "Support", "a b",  "a_b",
    "ü", "a'b",     "a\nb", "0123456789012345678901234567890123456789012345678901234567890123x",
  };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (PnQueue) queue = pn_queue_new (bad[i]);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_false (pn_queue_save (db, queue, &error));
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  }
}

#define ADDERS 4
#define ADDITIONS 50

static gpointer
add_many (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_db_open (data, &error);

  for (guint i = 0; db != NULL && error == NULL && i < ADDITIONS; i++) {
    if (pn_queue_count_add (db, 7, 0, 1, &error) && i % 2 == 0)
      pn_queue_count_add (db, 7, 1, -1, &error);
  }
  g_assert_no_error (error);
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

static void
test_counts (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) counts = NULL;
  GThread *threads[ADDERS];

  if (db == NULL)
    return;
  for (guint i = 0; i < ADDERS; i++)
    threads[i] = g_thread_new ("adder", add_many, (gpointer) pn_testdb_target ());
  for (guint i = 0; i < ADDERS; i++)
    g_thread_join (threads[i]);
  counts = pn_queue_counts (db, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (counts->len, ==, 2);
  g_assert_cmpint (g_array_index (counts, PnQueueCount, 0).queue_id, ==, 7);
  g_assert_cmpint (g_array_index (counts, PnQueueCount, 0).tickets, ==, ADDERS * ADDITIONS);
  g_assert_cmpint (g_array_index (counts, PnQueueCount, 1).status, ==, 1);
  g_assert_cmpint (g_array_index (counts, PnQueueCount, 1).tickets, ==, -ADDERS * ADDITIONS / 2);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/queue/save", test_save);
  g_test_add_func ("/queue/names", test_names);
  g_test_add_func ("/queue/counts", test_counts);
  return g_test_run ();
}
