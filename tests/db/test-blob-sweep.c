/* The sweep of blobs: what each place names stays, the rest goes after its time, and never under the hands of somebody. */
#include "ticketing/blob_sweep.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/clerk/kb_chores.h"
#include "tests/lib/interleave.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"

#define START ((PnTime) 1800000000 * PN_SECOND)
#define LARGE_BYTES (2 * PN_BLOB_CHUNK_BYTES + 17)

static gint64
count (PnDb *db, const char *sql)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_NO_ARGS, NULL);

  g_assert_true (pn_rows_next (rows));
  return pn_rows_int (rows, 0);
}

static gboolean
is_whole (PnDb *db, const guint8 *sha)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = pn_blob_load (db, sha, G_MAXINT32, &error);

  if (bytes == NULL)
    g_assert_error (error, PN_ERROR, PN_ERROR_NOT_FOUND);
  return bytes != NULL;
}

static void
store (PnDb *db, const char *text, gsize size_bytes, guint8 *sha)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) stored = NULL;
  g_autoptr (GError) error = NULL;

  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
  if (size_bytes > bytes->len) {
    const guint old = bytes->len;

    g_byte_array_set_size (bytes, (guint) size_bytes);
    memset (bytes->data + old, 'x', size_bytes - old);
  }
  stored = g_bytes_new (bytes->data, bytes->len);
  g_assert_true (pn_blob_store (db, stored, sha, &error));
  pn_assert_no_error (error);
}

/* A whole sweep, a day after the last. */
static void
sweep (PnDb *db)
{
  g_autoptr (PnBlobSweep) self = pn_blob_sweep_new (pn_kb_keep_pictures);
  gboolean is_working = TRUE;

  pn_clock_freeze (pn_clock_now () + PN_BLOB_SWEEP_PERIOD);
  while (is_working) {
    g_autoptr (GError) error = NULL;

    g_assert_true (pn_blob_sweep_work (self, db, &is_working, &error));
    pn_assert_no_error (error);
  }
}

/* How each place names a blob; a record and a document name it in hex. */
static const struct {
  const char *name;
  const char *sql; /* takes the name, as bytes */
} places[] = {
  { "attachment",
    "INSERT INTO attachment (message_id, name, type, size_bytes, sha) VALUES (1, 'a', 'b', 1, ?)" },
  { "message",
    "INSERT INTO message (ticket_id, direction, kind, channel, text, created_at, raw_sha)"
    " VALUES (1, 0, 0, 0, '', 1, ?)" },
  { "spool", "INSERT INTO spool (mailbox_id, queue_id, channel, format, raw_sha, internal_date,"
             " size_bytes, state, received_at) VALUES (1, 1, 0, 0, ?, 1, 1, 1, 1)" },
  { "record",
    "INSERT INTO spool (mailbox_id, queue_id, channel, format, raw_sha, internal_date,"
    " size_bytes, state, received_at, record_sha) VALUES (1, 1, 0, 0, '', 2, 1, 1, 1, ?)" },
  { "outbox", "INSERT INTO outbox (dedupe_key, ref, class, letter, mailbox_id, recipient, state,"
              " next_at, give_up_at, created_at, raw_sha)"
              " VALUES ('a', 'a', 0, 'reply', 1, 'a@b.example', 0, 1, 1, 1, ?)" },
  { "document", "INSERT INTO outbox (dedupe_key, ref, class, letter, mailbox_id, recipient, state,"
                " next_at, give_up_at, created_at, document)"
                " VALUES ('b', 'b', 0, 'reply', 1, 'a@b.example', 0, 1, 1, 1,"
                " CONCAT('{\"files\": [{\"name\": \"a\", \"sha\": \"', LOWER(HEX(?)), '\"}]}'))" },
  { "picture", "INSERT INTO kb_image (name, sha, type, size_bytes, label, created_at)"
               " VALUES ('a.png', ?, 'image/png', 1, 'a', 1)" },
  { "held", NULL },    /* a file in the record of a held mail: below */
  { "form", NULL },    /* the same of a form's raw bytes */
  { "nothing", NULL }, /* nobody */
};

/* A delivery that waits, with a file in its record. */
static void
hold (PnDb *db, const guint8 *sha, gboolean is_form)
{
  static const char sql[] =
      "INSERT INTO spool (mailbox_id, queue_id, channel, format, raw_sha, internal_date, size_bytes,"
      " state, received_at, record_sha) VALUES (1, 1, 0, ?, ?, 3, 1, 2, 1, ?)";
  g_autofree char *hex = pn_hex (sha, PN_SHA256_BYTES);
  g_autofree char *record = g_strdup_printf ("{\"attachments\": [{\"sha256\": \"%s\"}]}", hex);
  g_autoptr (GError) error = NULL;
  guint8 name[PN_SHA256_BYTES];
  PnValue value;

  store (db, record, 0, name);
  value = pn_bytes (name, sizeof name);
  g_assert_true (pn_db_exec (db, sql,
                             PN_ARGS (pn_int (is_form), is_form ? value : pn_text ("other"),
                                      is_form ? pn_text (NULL) : value),
                             NULL, &error));
  pn_assert_no_error (error);
}

static void
test_places (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  guint8 names[G_N_ELEMENTS (places)][PN_SHA256_BYTES];
  PnBlobSweepFigures figures;

  if (db == NULL)
    return;
  pn_clock_freeze (START);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (GError) error = NULL;

    store (db, places[i].name, i % 2 * LARGE_BYTES, names[i]);
    if (places[i].sql != NULL)
      g_assert_true (pn_db_exec (db, places[i].sql, PN_ARGS (pn_bytes (names[i], PN_SHA256_BYTES)),
                                 NULL, &error));
    else if (strcmp (places[i].name, "nothing") != 0)
      hold (db, names[i], strcmp (places[i].name, "form") == 0);
    pn_assert_no_error (error);
  }
  pn_clock_freeze (START + PN_BLOB_GRACE);
  sweep (db);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_test_message ("%s", places[i].name);
    g_assert_cmpint (is_whole (db, names[i]), ==, strcmp (places[i].name, "nothing") != 0);
  }
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM blob_chunk WHERE sha NOT IN"
                              " (SELECT sha FROM `blob`)"),
                   ==, 0);
  g_assert_true (pn_blob_sweep_load (db, &figures, NULL));
  g_assert_cmpint (figures.blobs, ==, 1);
  g_assert_cmpint (figures.size_bytes, ==, LARGE_BYTES);
  g_assert_cmpint (figures.finished_at, ==, pn_clock_now ());
  pn_clock_freeze (0);
}

/* Days pass, and each blob is swept when nobody stored it for PN_BLOB_GRACE. */
static void
test_grace (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  guint8 old[PN_SHA256_BYTES];
  guint8 again[PN_SHA256_BYTES];

  if (db == NULL)
    return;
  pn_clock_freeze (START);
  store (db, "old", LARGE_BYTES, old);
  store (db, "again", LARGE_BYTES, again);
  for (int day = 1; day <= 7; day++) {
    sweep (db);
    g_assert_true (is_whole (db, old));
    if (day == 6)
      store (db, "again", LARGE_BYTES, again);
  }
  sweep (db);
  g_assert_false (is_whole (db, old));
  g_assert_true (is_whole (db, again));
  for (int day = 9; day <= 14; day++)
    sweep (db);
  g_assert_false (is_whole (db, again));
  store (db, "again", LARGE_BYTES, again);
  g_assert_true (is_whole (db, again));
  pn_clock_freeze (0);
}

/* One a day, whoever asks; the second process leaves it to the first. */
static void
test_one (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnBlobSweep) first = pn_blob_sweep_new (pn_kb_keep_pictures);
  g_autoptr (PnBlobSweep) second = pn_blob_sweep_new (pn_kb_keep_pictures);
  gboolean is_working = FALSE;

  if (db == NULL)
    return;
  pn_clock_freeze (START);
  g_assert_true (pn_blob_sweep_work (first, db, &is_working, NULL));
  g_assert_true (is_working);
  g_assert_true (pn_blob_sweep_work (second, db, &is_working, NULL));
  g_assert_false (is_working);
  pn_clock_freeze (START + PN_BLOB_SWEEP_PERIOD);
  g_assert_true (pn_blob_sweep_work (second, db, &is_working, NULL));
  g_assert_true (is_working);
  pn_clock_freeze (0);
}

/* Killed between the rows: they are all there, and the next sweep frees them. */
static void
test_crash (void)
{
#ifdef PN_TEST_HOOKS
  g_autoptr (PnDb) db = pn_testdb_open ();
  guint8 sha[PN_SHA256_BYTES];
  int status = 0;
  pid_t child;

  if (db == NULL)
    return;
  pn_clock_freeze (START);
  store (db, "dying", LARGE_BYTES, sha);
  pn_clock_freeze (START + PN_BLOB_GRACE);
  child = fork ();
  if (child == 0) {
    PnDb *own = pn_db_open (pn_testdb_target (), NULL);

    g_setenv ("POSTERN_CRASH", "blob-sweep", TRUE);
    sweep (own);
    _exit (0);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == 9);
  g_assert_true (is_whole (db, sha));
  pn_clock_freeze (START + PN_BLOB_GRACE + PN_BLOB_SWEEP_PERIOD);
  sweep (db);
  g_assert_false (is_whole (db, sha));
  pn_clock_freeze (0);
#else
  g_test_skip ("this build has no crash points");
#endif
}

/* Killed between the chunks, and never repeated: they go when their time has come. What is repeated is whole. */
static void
test_half (void)
{
#ifdef PN_TEST_HOOKS
  static const struct {
    const char *text;
    gboolean is_repeated;
  } cases[] = { { "never again", FALSE }, { "once more", TRUE } };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 sha[PN_SHA256_BYTES];
    int status = 0;
    pid_t child;

    pn_clock_freeze (START);
    child = fork ();
    if (child == 0) {
      PnDb *own = pn_db_open (pn_testdb_target (), NULL);

      g_setenv ("POSTERN_CRASH", "blob-chunk", TRUE);
      store (own, cases[i].text, LARGE_BYTES, sha);
      _exit (0);
    }
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == 9);
    g_assert_cmpint (count (db, "SELECT COUNT(*) FROM blob_chunk"), ==, 1);
    pn_clock_freeze (START + PN_BLOB_GRACE - PN_BLOB_SWEEP_PERIOD);
    sweep (db);
    g_assert_cmpint (count (db, "SELECT COUNT(*) FROM blob_chunk"), ==, 1);
    if (cases[i].is_repeated)
      store (db, cases[i].text, LARGE_BYTES, sha);
    sweep (db);
    g_assert_cmpint (count (db, "SELECT COUNT(*) FROM blob_chunk"), ==,
                     cases[i].is_repeated ? 3 : 0);
    g_assert_cmpint (count (db, "SELECT COUNT(*) FROM `blob`"), ==, cases[i].is_repeated ? 1 : 0);
    if (cases[i].is_repeated)
      g_assert_true (is_whole (db, sha));
    g_assert_true (pn_db_exec (db, "UPDATE blob_sweep SET next_at = 0", PN_NO_ARGS, NULL, NULL));
  }
  pn_clock_freeze (0);
#else
  g_test_skip ("this build has no crash points");
#endif
}

/* A mail comes with a file that nobody had for long, while a sweep is about to free it: it has marked all places. */
typedef struct {
  PnBlobSweep *sweep;
  guint8 sha[PN_SHA256_BYTES];
  gsize size_bytes;
  PnTestActor *actor;
} Race;

static gpointer
prepare (PnDb *db, gsize size_bytes)
{
  Race *race = g_new0 (Race, 1);
  gboolean is_working = TRUE;

  pn_clock_freeze (pn_clock_now () + PN_BLOB_SWEEP_PERIOD);
  race->size_bytes = size_bytes;
  store (db, "raced for", size_bytes, race->sha);
  pn_clock_freeze (pn_clock_now () + PN_BLOB_GRACE + PN_DAY);
  race->sweep = pn_blob_sweep_new (pn_kb_keep_pictures);
  do
    g_assert_true (pn_blob_sweep_work (race->sweep, db, &is_working, NULL));
  while (!pn_blob_sweep_is_marked (race->sweep));
  return race;
}

static gpointer
prepare_small (PnDb *db)
{
  return prepare (db, 0);
}

static gpointer
prepare_large (PnDb *db)
{
  return prepare (db, LARGE_BYTES);
}

/* Somebody began to store it once. */
static gpointer
prepare_half (PnDb *db)
{
  Race *race = prepare (db, LARGE_BYTES);
  const PnValue name = pn_bytes (race->sha, sizeof race->sha);

  g_assert_true (pn_db_exec (db, "UPDATE `blob` SET size_bytes = -1 WHERE sha = ?", PN_ARGS (name),
                             NULL, NULL));
  g_assert_true (pn_db_exec (db, "DELETE FROM blob_chunk WHERE sha = ? AND seq > 0", PN_ARGS (name),
                             NULL, NULL));
  return race;
}

static gboolean
free_rest (PnDb *db, PnTestActor *actor, gpointer data, GError **error)
{
  gboolean is_working;

  return pn_blob_sweep_work (((Race *) data)->sweep, db, &is_working, error);
}

static gboolean
refer_body (PnDb *db, gpointer data, GError **error)
{
  Race *race = data;

  pn_test_begin (race->actor);
  if (race->size_bytes == 0)
    store (db, "raced for", 0, race->sha);
  pn_test_step (race->actor);
  if (!pn_db_exec (db, places[0].sql, PN_ARGS (pn_bytes (race->sha, PN_SHA256_BYTES)), NULL, error))
    return FALSE;
  pn_test_step (race->actor);
  return TRUE;
}

/* What fits is stored in the transaction itself, the large before it. */
static gboolean
refer (PnDb *db, PnTestActor *actor, gpointer data, GError **error)
{
  Race *race = data;

  race->actor = actor;
  if (race->size_bytes > 0)
    store (db, "raced for", race->size_bytes, race->sha);
  return pn_db_run (db, refer_body, race, error);
}

/* In every order, also one after the other: the file is there, and so are its bytes. */
static char *
outcome (PnDb *db, gpointer data)
{
  Race *race = data;

  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM attachment"), ==, 1);
  g_assert_true (is_whole (db, race->sha));
  g_assert_true (
      pn_db_exec (db, "DELETE FROM attachment", PN_NO_ARGS, NULL, NULL)); /* for the next order */
  pn_blob_sweep_free (race->sweep);
  g_free (race);
  return g_strdup ("whole");
}

static const PnTestRace races[] = {
  { "small", prepare_small, { free_rest, refer }, { 1, 3 }, outcome },
  { "large", prepare_large, { free_rest, refer }, { 1, 3 }, outcome },
  { "half", prepare_half, { free_rest, refer }, { 1, 3 }, outcome },
};

static void
test_race (gconstpointer data)
{
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  pn_clock_freeze (START);
  pn_test_interleave (db, pn_testdb_target (), data);
  pn_clock_freeze (0);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/blob-sweep/places", test_places);
  g_test_add_func ("/blob-sweep/grace", test_grace);
  g_test_add_func ("/blob-sweep/one", test_one);
  g_test_add_func ("/blob-sweep/crash", test_crash);
  g_test_add_func ("/blob-sweep/half", test_half);
  for (gsize i = 0; i < G_N_ELEMENTS (races); i++) {
    g_autofree char *path = g_strconcat ("/blob-sweep/race/", races[i].name, NULL);

    g_test_add_data_func (path, &races[i], test_race);
  }
  return g_test_run ();
}
