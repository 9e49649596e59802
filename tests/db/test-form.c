#include <string.h>
#include <unistd.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/error.h"
#include "ticketing/form.h"

static PnFormSheet *
make_sheet (const char *name)
{
  PnFormSheet *sheet = g_new0 (PnFormSheet, 1);

  sheet->name = g_strdup (name);
  sheet->queue_id = 1;
  sheet->is_enabled = TRUE;
  sheet->plan = pn_form_plan_new ();
  return sheet;
}

static void
set_title (PnFormSheet *sheet, const char *title)
{
  g_free (sheet->plan->title);
  sheet->plan->title = g_strdup (title);
}

/* Each save is a version; the older ones stay; who has not seen the newest does not overwrite it. */
static void
test_versions (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnFormSheet) sheet = make_sheet ("returns");
  g_autoptr (PnFormSheet) late = NULL;
  g_autoptr (PnFormSheet) old = NULL;
  g_autoptr (PnFormSheet) none = NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  set_title (sheet, "One");
  pn_form_save (db, sheet, 7, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (sheet->version, ==, 1);
  pn_form_save (db, sheet, 7, &error); /* nothing new */
  pn_assert_no_error (error);
  g_assert_cmpint (sheet->version, ==, 1);
  pn_form_find (db, "returns", 0, &late, &error);
  pn_assert_no_error (error);
  set_title (sheet, "Two");
  pn_form_save (db, sheet, 7, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (sheet->version, ==, 2);
  set_title (late, "Three");
  g_assert_false (pn_form_save (db, late, 8, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  pn_form_find (db, "returns", 1, &old, &error);
  pn_assert_no_error (error);
  g_assert_cmpstr (old->plan->title, ==, "One");
  g_assert_cmpint (old->newest, ==, 2);
  pn_form_find (db, "returns", 3, &none, &error);
  pn_assert_no_error (error);
  g_assert_null (none);
  g_assert_true (pn_form_remove (db, sheet->id, &error));
  g_assert_false (pn_form_remove (db, sheet->id, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
}

static void
test_names (void)
{
  static const char *const bad[] = { "", "Returns", "a b", "../x", "-x", "thanks", "ä" };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnFormSheet) one = make_sheet ("one");
  g_autoptr (PnFormSheet) two = make_sheet ("one");
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (PnFormSheet) sheet = make_sheet (bad[i]);
    g_autoptr (GError) problem = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_false (pn_form_save (db, sheet, 0, &problem));
    g_assert_true (pn_error_is (problem, PN_ERROR_INVALID));
  }
  pn_form_save (db, one, 0, &error);
  pn_assert_no_error (error);
  g_assert_false (pn_form_save (db, two, 0, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_assert_nonnull (strstr (error->message, "already"));
  g_clear_error (&error);
  list = pn_form_list (db, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
}

static void
test_answers (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (json_t) form = json_pack ("{s:s, s:i, s:i, s:[{s:s, s:s, s:s, s:i}]}", "form",
                                       "returns", "form_id", 3, "version", 2, "answers", "name",
                                       "count", "label", "How many?", "type", "number", "value", 4);
  g_autoptr (json_t) plain = json_pack ("{s:s}", "key", "k");
  g_autoptr (json_t) bare = json_pack ("{s:s, s:[]}", "form", "returns", "answers");
  g_autofree char *name = NULL;
  g_autoptr (GHashTable) table = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 id = 12;
  const json_t *found;

  if (db == NULL)
    return;
  g_assert_true (pn_form_answer_add (db, 12, 5, form, &error));
  g_assert_true (pn_form_answer_add (db, 13, 5, plain, &error));
  g_assert_true (pn_form_answer_add (db, 14, 5, NULL, &error));
  g_assert_true (
      pn_form_answer_add (db, 15, 6, bare, &error)); /* a form that asks for nothing else */
  g_assert_true (pn_form_of_ticket (db, 6, &name, &error));
  g_assert_cmpstr (name, ==, "returns");
  table = pn_form_answer_list (db, 5, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (table), ==, 1);
  found = g_hash_table_lookup (table, &id);
  g_assert_cmpstr (pn_json_get_text (found, "form"), ==, "returns");
  g_assert_true (
      json_equal (json_object_get (found, "answers"), json_object_get (form, "answers")));
}

static void
write_bytes (int fd, gsize size)
{
  g_autofree char *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (char) (i % 251);
  g_assert_cmpint (write (fd, bytes, size), ==, (gssize) size);
  lseek (fd, 0, SEEK_SET);
}

static int
open_file (void)
{
  g_autofree char *name = g_strdup ("/tmp/postern-test-XXXXXX");
  int fd = g_mkstemp (name);

  g_assert_cmpint (fd, >=, 0);
  unlink (name);
  return fd;
}

static guint
count_uploads (PnDb *db, const guint8 *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = pn_form_upload_list (db, key, &error);

  pn_assert_no_error (error);
  return list->len;
}

/* Files of an unfinished form belong to its key alone, come back byte by byte, and are gone after a day. */
static void
test_uploads (void)
{
  static const gsize size = 1024 * 1024 + 77;
  g_autoptr (PnDb) db = pn_testdb_open ();
  PnFormUpload upload = { .name = (char *) "a.bin",
                          .type = (char *) "text/plain",
                          .declared_type = (char *) "text/plain",
                          .size_bytes = (gint64) size };
  guint8 key[PN_SHA256_BYTES] = { 1 };
  guint8 other[PN_SHA256_BYTES] = { 2 };
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  int from = open_file ();
  int to = open_file ();
  char byte;

  if (db == NULL)
    return;
  write_bytes (from, size);
  pn_form_upload_add (db, key, &upload, from, &error);
  pn_assert_no_error (error);
  g_assert_cmpuint (count_uploads (db, other), ==, 0);
  list = pn_form_upload_list (db, key, &error);
  g_assert_cmpuint (list->len, ==, 1);
  upload.id = ((PnFormUpload *) list->pdata[0])->id;
  g_assert_true (pn_form_upload_read (db, upload.id, to, &error));
  g_assert_cmpint (lseek (to, 0, SEEK_END), ==, (off_t) size);
  g_assert_cmpint (pread (to, &byte, 1, (off_t) size - 1), ==, 1);
  g_assert_cmpint (byte, ==, (char) ((size - 1) % 251));
  g_assert_true (pn_form_upload_remove (db, other, upload.id, &error)); /* not theirs */
  g_assert_true (pn_form_upload_sweep (db, NULL, &error));              /* not old */
  g_assert_cmpuint (count_uploads (db, key), ==, 1);
  g_assert_true (pn_form_upload_sweep (db, key, &error));
  g_assert_cmpuint (count_uploads (db, key), ==, 0);
  for (int i = 0; i < 2; i++) { /* a double click */
    pn_form_upload_add (db, other, &upload, from, &error);
    pn_assert_no_error (error);
  }
  g_assert_cmpuint (count_uploads (db, other), ==, 1);
  for (int i = 0; i < 2 * PN_FORM_FILES_MAX; i++) {
    g_autofree char *name = g_strdup_printf ("%d", i);

    upload.name = name;
    upload.size_bytes = 1;
    pn_form_upload_add (db, key, &upload, from, &error);
    pn_assert_no_error (error);
  }
  upload.name = (char *) "one more";
  g_assert_false (pn_form_upload_add (db, key, &upload, from, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_TEMPORARY));
  close (from);
  close (to);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/form/versions", test_versions);
  g_test_add_func ("/form/names", test_names);
  g_test_add_func ("/form/answers", test_answers);
  g_test_add_func ("/form/uploads", test_uploads);
  return g_test_run ();
}
