#include "ticketing/person.h"

#include <string.h>

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

  if (db == NULL)
    return;
  g_assert_true (pn_sender_rule_set (db, "@bad.example", PN_SENDER_ALLOW, 0, &error));
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

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/person/one-person-an-address", test_one_person_an_address);
  g_test_add_func ("/person/merged", test_merged);
  g_test_add_func ("/person/bad-addresses", test_bad_addresses);
  g_test_add_func ("/person/suspended", test_suspended);
  g_test_add_func ("/person/sender-rules", test_sender_rules);
  g_test_add_func ("/person/race", test_race);
  return g_test_run ();
}
