#include "ticketing/person_merge.h"

#include <string.h>

#include "tests/lib/cost.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"

static gint64
person_for (PnDb *db, const char *address, const char *name)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_true (pn_person_for_address (db, address, name, &id, &error));
  pn_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  return id;
}

static void
test_one_person_an_address (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnPerson) person = NULL;
  gint64 ada;
  gint64 found = -1;

  if (db == NULL)
    return;
  ada = person_for (db, "Ada@Example.com", "");
  g_assert_cmpint (person_for (db, "ada@example.COM", "Ada L."), ==, ada);
  g_assert_cmpint (person_for (db, "ada@example.com", "Somebody Else"), ==, ada);
  g_assert_cmpint (person_for (db, "ada+shop@example.com", "Ada"), !=, ada);
  g_assert_true (pn_person_find_address (db, "ADA@example.com", &found, &error));
  g_assert_cmpint (found, ==, ada);
  g_assert_true (pn_person_find_address (db, "nobody@example.com", &found, &error));
  g_assert_cmpint (found, ==, 0);
  person = pn_person_load (db, ada, &error);
  pn_assert_no_error (error);
  g_assert_cmpstr (person->name, ==, "Ada L.");
  g_assert_null (person->language);
  g_assert_cmpuint (person->addresses->len, ==, 1);
  g_assert_cmpstr (person->addresses->pdata[0], ==, "ada@example.com");
}

static void
test_merged (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnPerson) person = NULL;
  gint64 one;
  gint64 two;
  gint64 found = 0;

  if (db == NULL)
    return;
  one = person_for (db, "one@example.com", "One");
  two = person_for (db, "two@example.com", "Two");
  g_assert_true (pn_db_exec (db, "UPDATE person SET merged_into = ? WHERE id = ?",
                             PN_ARGS (pn_int (one), pn_int (two)), NULL, &error));
  g_assert_true (pn_person_find_address (db, "two@example.com", &found, &error));
  g_assert_cmpint (found, ==, one);
  person = pn_person_load (db, two, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (person->id, ==, one);
  g_assert_cmpuint (person->addresses->len, ==, 2);
}

typedef enum { MERGE, UNMERGE, ADD, REMOVE } Step;

typedef struct {
  Step step;
  gint64 id;
  gint64 into;
  const char *address;
} Deed;

static gboolean
take_step (PnDb *db, gpointer data, GError **error)
{
  const Deed *deed = data;

  switch (deed->step) {
  case MERGE: return pn_person_merge (db, deed->id, deed->into, 3, error);
  case UNMERGE: return pn_person_unmerge (db, deed->id, error);
  case ADD: return pn_person_add_address (db, deed->id, deed->address, error);
  case REMOVE: return pn_person_remove_address (db, deed->id, deed->address, error);
  }
  g_return_val_if_reached (FALSE);
}

/* Who reads as whom, as "1 1 3 3". */
static char *
write_roots (PnDb *db, guint n)
{
  GString *roots = g_string_new (NULL);

  for (guint i = 1; i <= n; i++) {
    g_autoptr (PnPerson) person = pn_person_load (db, i, NULL);

    g_string_append_printf (roots, "%s%" G_GINT64_FORMAT, i > 1 ? " " : "", person->id);
  }
  return g_string_free (roots, FALSE);
}

/* Each merge can be undone by itself, in any order, and gives back what there was. */
static void
test_merge_and_back (void)
{
  static const struct {
    Deed deed;
    int code;          /* of PnError; -1: done */
    const char *roots; /* afterwards */
  } cases[] = {
    { { MERGE, 1, 2, NULL }, -1, "2 2 3 4" },
    { { MERGE, 2, 1, NULL }, PN_ERROR_INVALID, "2 2 3 4" },
    { { MERGE, 3, 1, NULL }, -1, "2 2 2 4" }, /* into the root of 1 */
    { { MERGE, 1, 4, NULL }, -1, "4 4 4 4" }, /* the root of 1, with all of its members */
    { { MERGE, 9, 4, NULL }, PN_ERROR_NOT_FOUND, "4 4 4 4" },
    { { UNMERGE, 4, 0, NULL }, PN_ERROR_INVALID, "4 4 4 4" },
    { { UNMERGE, 1, 0, NULL }, -1, "1 4 4 4" },
    { { UNMERGE, 2, 0, NULL }, -1, "1 2 2 4" },
    { { MERGE, 4, 3, NULL }, -1, "1 2 2 2" },
    { { UNMERGE, 3, 0, NULL }, -1, "1 2 3 2" },
    { { UNMERGE, 4, 0, NULL }, -1, "1 2 3 4" },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (guint i = 1; i <= 4; i++) {
    g_autofree char *address = g_strdup_printf ("%u@example.com", i);

    g_assert_cmpint (person_for (db, address, ""), ==, i);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    Deed deed = cases[i].deed;
    g_autofree char *roots = NULL;

    g_test_message ("case %zu", i);
    g_assert_cmpint (pn_db_run (db, take_step, &deed, &error), ==, cases[i].code < 0);
    if (cases[i].code >= 0)
      g_assert_true (pn_error_is (error, (PnErrorCode) cases[i].code));
    roots = write_roots (db, 4);
    g_assert_cmpstr (roots, ==, cases[i].roots);
  }
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT id FROM person WHERE merged_into = ? ORDER BY id LIMIT 9",
                        PN_ARGS (pn_int (4)), "person_merged");
}

static void
test_addresses (void)
{
  static const struct {
    Deed deed;
    int code;
    gint64 one; /* addresses of person 1 afterwards */
  } cases[] = {
    { { ADD, 1, 0, "Second@Example.com" }, -1, 2 },
    { { ADD, 1, 0, "second@example.com" }, -1, 2 },
    { { ADD, 1, 0, "2@example.com" }, PN_ERROR_CONFLICT, 2 },
    { { ADD, 1, 0, "no address" }, PN_ERROR_INVALID, 2 },
    { { REMOVE, 1, 0, "2@example.com" }, PN_ERROR_NOT_FOUND, 2 },
    { { REMOVE, 1, 0, "SECOND@example.com" }, -1, 1 },
    { { REMOVE, 1, 0, "1@example.com" }, PN_ERROR_INVALID, 1 },
    { { MERGE, 2, 1, NULL }, -1, 2 },
    { { REMOVE, 1, 0, "2@example.com" }, -1, 1 },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  g_assert_cmpint (person_for (db, "1@example.com", ""), ==, 1);
  g_assert_cmpint (person_for (db, "2@example.com", ""), ==, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnPerson) person = NULL;
    Deed deed = cases[i].deed;

    g_test_message ("case %zu", i);
    g_assert_cmpint (pn_db_run (db, take_step, &deed, &error), ==, cases[i].code < 0);
    if (cases[i].code >= 0)
      g_assert_true (pn_error_is (error, (PnErrorCode) cases[i].code));
    person = pn_person_load (db, 1, NULL);
    g_assert_cmpint (person->addresses->len, ==, cases[i].one);
  }
}

static void
test_bad_addresses (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autofree char *local = g_strnfill (300, 'a');
  g_autofree char *too_long = g_strconcat (local, "@example.com", NULL);
  const char *const cases[] = { "", too_long };

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gint64 id = 0;

    g_assert_false (pn_person_for_address (db, cases[i], "x", &id, &error));
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
    g_assert_cmpint (id, ==, 0);
  }
}

static void
test_suspended (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  gboolean is_suspended = TRUE;

  if (db == NULL)
    return;
  g_assert_true (pn_person_is_suspended (db, "x@example.com", &is_suspended, &error));
  g_assert_false (is_suspended);
  g_assert_true (pn_person_suspend (db, "X@example.com", "three hard bounces", &error));
  pn_assert_no_error (error);
  g_assert_true (pn_person_is_suspended (db, "x@example.com", &is_suspended, &error));
  g_assert_true (is_suspended);
}

static void
test_sender_rules (void)
{
  static const struct {
    const char *address;
    gboolean has_rule;
    PnSenderVerdict verdict;
  } cases[] = {
    { "spam@bad.example", TRUE, PN_SENDER_BLOCK },   { "Good@Bad.example", TRUE, PN_SENDER_ALLOW },
    { "x@sub.bad.example", FALSE, PN_SENDER_BLOCK }, { "x@fine.example", FALSE, PN_SENDER_BLOCK },
    { "no address", FALSE, PN_SENDER_BLOCK },        { "", FALSE, PN_SENDER_BLOCK },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  gboolean exist;

  if (db == NULL)
    return;
  g_assert_true (pn_sender_rule_exist (db, &exist, &error));
  g_assert_false (exist);
  g_assert_true (pn_sender_rule_set (db, "@bad.example", PN_SENDER_ALLOW, 0, &error));
  g_assert_true (pn_sender_rule_exist (db, &exist, &error));
  g_assert_true (exist);
  g_assert_true (pn_sender_rule_set (db, "@BAD.example", PN_SENDER_BLOCK, 1, &error));
  g_assert_true (pn_sender_rule_set (db, "good@bad.example", PN_SENDER_ALLOW, 1, &error));
  pn_assert_no_error (error);
  g_assert_false (pn_sender_rule_set (db, "bad.example", PN_SENDER_BLOCK, 1, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_clear_error (&error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean has_rule = !cases[i].has_rule;
    PnSenderVerdict verdict = PN_SENDER_BLOCK;

    g_assert_true (pn_sender_rule_find (db, cases[i].address, &has_rule, &verdict, &error));
    pn_assert_no_error (error);
    g_assert_cmpint (has_rule, ==, cases[i].has_rule);
    if (has_rule)
      g_assert_cmpint (verdict, ==, cases[i].verdict);
  }
}

static gboolean
rival_body (PnDb *db, gpointer data, GError **error)
{
  PnDb **rival = data;
  gint64 mine = 0;
  gint64 theirs = 0;

  if (!pn_person_find_address (db, "race@example.com", &mine, error))
    return FALSE;
  if (*rival != NULL) { /* the first time, somebody is faster */
    g_assert_true (pn_person_for_address (*rival, "race@example.com", "Rival", &theirs, NULL));
    g_clear_pointer (rival, pn_db_close);
  }
  return pn_person_for_address (db, "race@example.com", "Me", &mine, error);
}

static void
test_race (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = NULL;
  PnDb *rival = NULL;

  if (db == NULL)
    return;
  rival = pn_db_open (pn_testdb_target (), &error);
  g_assert_true (pn_db_run (db, rival_body, &rival, &error));
  pn_assert_no_error (error);
  rows = pn_db_query (db, "SELECT name FROM person", PN_NO_ARGS, &error);
  g_assert_cmpuint (pn_rows_count (rows), ==, 1);
  g_assert_true (pn_rows_next (rows));
  g_assert_cmpstr (pn_rows_text (rows, 0), ==, "Rival");
}

static const char many_sql[] =
    "INSERT INTO address (address, person_id, created_at, suspended_at)"
    " SELECT CONCAT('c', seq, '@example.com'), seq, 1, IF(seq = 7, 1, NULL) FROM seq_1_to_20000";
static const char many_persons_sql[] =
    "INSERT INTO person (id, name, created_at) SELECT seq, 'C', 1 FROM seq_1_to_20000";
static const char analyze_sql[] = "ANALYZE TABLE address";

/* What was looked up ahead is as if it was asked for then; what the transaction adds itself it finds. */
static gboolean
ahead_body (PnDb *db, gpointer data, GError **error)
{
  static const char *const addresses[] = { "c7@example.com", "c8@example.com", "new@example.com",
                                           "c9@example.com" };
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  PnTestCost before;
  gboolean is_suspended;
  gint64 ids[2];

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    g_ptr_array_add (keys, g_bytes_new (addresses[i], strlen (addresses[i])));
  before = pn_test_cost (db);
  g_assert_true (pn_person_look_ahead (db, keys, error));
  pn_test_assert_cost (db, &before, 200, 0);
  before = pn_test_cost (db);
  g_assert_true (pn_person_is_suspended (db, "c8@example.com", &is_suspended, error));
  g_assert_false (is_suspended);
  g_assert_true (pn_person_is_suspended (db, "new@example.com", &is_suspended, error));
  g_assert_false (is_suspended);
  pn_test_assert_cost (db, &before, 0, 0); /* known already */
  g_assert_true (pn_person_is_suspended (db, "c7@example.com", &is_suspended, error));
  g_assert_true (is_suspended);
  g_assert_true (pn_person_for_address (db, "c9@example.com", "", &ids[0], error));
  g_assert_cmpint (ids[0], ==, 9);
  for (guint i = 0; i < 2; i++)
    g_assert_true (pn_person_for_sender (db, "new@example.com", "New", TRUE, &ids[i], error));
  g_assert_cmpint (ids[0], ==, ids[1]);
  return pn_person_suspend (db, "new@example.com", "bounced", error)
         && pn_person_is_suspended (db, "new@example.com", data, error);
}

static void
test_ahead (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  gboolean is_suspended = FALSE;

  if (db == NULL)
    return;
  g_assert_true (pn_db_exec (db, many_persons_sql, PN_NO_ARGS, NULL, &error));
  g_assert_true (pn_db_exec (db, many_sql, PN_NO_ARGS, NULL, &error));
  pn_rows_free (pn_db_query_built (db, analyze_sql, PN_NO_ARGS, &error));
  g_assert_true (pn_db_run (db, ahead_body, &is_suspended, &error));
  pn_assert_no_error (error);
  g_assert_true (is_suspended);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/person/one-person-an-address", test_one_person_an_address);
  g_test_add_func ("/person/merged", test_merged);
  g_test_add_func ("/person/merge-and-back", test_merge_and_back);
  g_test_add_func ("/person/addresses", test_addresses);
  g_test_add_func ("/person/bad-addresses", test_bad_addresses);
  g_test_add_func ("/person/suspended", test_suspended);
  g_test_add_func ("/person/sender-rules", test_sender_rules);
  g_test_add_func ("/person/race", test_race);
  g_test_add_func ("/person/ahead", test_ahead);
  return g_test_run ();
}
