#include "ticketing/organisation.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/person.h"
#include "ticketing/sla.h"

typedef struct {
  PnOrganisation *organisation;
  gboolean takes_public;
} Save;

static gboolean
save_in_transaction (PnDb *db, gpointer data, GError **error)
{
  const Save *save = data;

  return pn_organisation_save (db, save->organisation, save->takes_public, error);
}

static gboolean
save (PnDb *db, PnOrganisation *organisation, gboolean takes_public, GError **error)
{
  Save data = { organisation, takes_public };

  return pn_db_run (db, save_in_transaction, &data, error);
}

static void
sweep (PnDb *db)
{
  gboolean is_done = FALSE;

  while (!is_done) {
    g_autoptr (GError) error = NULL;

    g_assert_true (pn_organisation_sweep (db, &is_done, &error));
    pn_assert_no_error (error);
  }
}

static PnOrganisation *
make (PnDb *db, const char *name, const char *domain)
{
  g_autoptr (GError) error = NULL;
  PnOrganisation *organisation = pn_organisation_new (name);

  if (domain != NULL)
    g_ptr_array_add (organisation->domains, g_strdup (domain));
  g_assert_true (save (db, organisation, FALSE, &error));
  pn_assert_no_error (error);
  return organisation;
}

static gint64
person_for (PnDb *db, const char *address)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_true (pn_person_for_address (db, address, "", &id, &error));
  pn_assert_no_error (error);
  return id;
}

/* Returns: the name of the person's organisation, "" for none. */
static char *
name_of (PnDb *db, gint64 person_id, gboolean *by_hand)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnOrganisation) organisation = NULL;

  *by_hand = FALSE;
  g_assert_true (pn_organisation_of_person (db, person_id, &organisation, by_hand, &error));
  pn_assert_no_error (error);
  return g_strdup (organisation != NULL ? organisation->name : "");
}

static void
assert_place (PnDb *db, gint64 person_id, const char *name, gboolean is_by_hand)
{
  gboolean by_hand;
  g_autofree char *found = name_of (db, person_id, &by_hand);

  g_assert_cmpstr (found, ==, name);
  g_assert_cmpint (by_hand, ==, is_by_hand);
}

static void
test_domains (void)
{
  static const struct {
    const char *typed;
    const char *read; /* NULL: refused */
  } cases[] = {
    { "acme.example", "acme.example" },
    { " @ACME.Example ", "acme.example" },
    { "bücher.example", "xn--bcher-kva.example" },
    { "localhost", NULL },
    { "a b.example", NULL },
    { "ada@acme.example", NULL },
    { "[127.0.0.1]", NULL },
    { "", NULL },
    { "*.example", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *read = pn_organisation_read_domain (cases[i].typed, &error);

    g_assert_cmpstr (read, ==, cases[i].read);
    g_assert_cmpint (pn_error_is (error, PN_ERROR_INVALID), ==, cases[i].read == NULL);
  }
  g_assert_true (pn_organisation_is_public_domain ("gmail.com"));
  g_assert_true (pn_organisation_is_public_domain ("GMX.de"));
  g_assert_false (pn_organisation_is_public_domain ("acme.example"));
}

static void
test_save (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnOrganisation) acme = NULL;
  g_autoptr (PnOrganisation) stale = NULL;
  g_autoptr (PnOrganisation) other = NULL;
  g_autoptr (PnOrganisation) found = NULL;

  if (db == NULL)
    return;
  acme = make (db, "Acme", "Acme.Example");
  g_assert_true (pn_organisation_find (db, "acme.example", &found, &error));
  g_assert_cmpint (found->id, ==, acme->id);
  stale = pn_organisation_load (db, acme->id, &error);
  g_free (acme->service_level);
  acme->service_level = g_strdup ("gold");
  g_assert_true (save (db, acme, FALSE, &error));
  g_assert_false (save (db, stale, FALSE, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  other = pn_organisation_new ("Other");
  g_ptr_array_add (other->domains, g_strdup ("acme.example"));
  g_assert_false (save (db, other, FALSE, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_assert_nonnull (strstr (error->message, "belongs to Acme"));
  g_clear_error (&error);
  g_ptr_array_set_size (other->domains, 0);
  g_ptr_array_add (other->domains, g_strdup ("gmail.com"));
  g_assert_false (save (db, other, FALSE, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_true (save (db, other, TRUE, &error));
  pn_assert_no_error (error);
  g_free (other->service_level);
  other->service_level = g_strdup ("Gold!");
  g_assert_false (save (db, other, TRUE, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
}

/* A domain's persons follow it, whoever came first; what staff has said stays. */
static void
test_places (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnOrganisation) acme = NULL;
  g_autoptr (PnOrganisation) bits = NULL;
  g_autoptr (PnPolicy) policy = pn_policy_new ("gold");
  gint64 early;
  gint64 late;
  gint64 sub;
  gint64 persons = 0;

  if (db == NULL)
    return;
  early = person_for (db, "early@acme.example");
  sub = person_for (db, "x@mail.acme.example");
  acme = make (db, "Acme", "acme.example");
  bits = make (db, "Bits", NULL);
  late = person_for (db, "late@acme.example");
  assert_place (db, early, "", FALSE);
  assert_place (db, late, "Acme", FALSE);
  sweep (db);
  assert_place (db, early, "Acme", FALSE);
  assert_place (db, sub, "", FALSE);
  g_assert_true (pn_organisation_place (db, late, bits->id, &error));
  assert_place (db, late, "Bits", TRUE);
  g_ptr_array_set_size (acme->domains, 0);
  g_assert_true (save (db, acme, FALSE, &error));
  g_ptr_array_add (bits->domains, g_strdup ("acme.example"));
  g_assert_true (save (db, bits, FALSE, &error));
  sweep (db);
  assert_place (db, early, "Bits", FALSE);
  assert_place (db, late, "Bits", TRUE);
  g_assert_true (pn_organisation_count_persons (db, bits->id, &persons, &error));
  g_assert_cmpint (persons, ==, 2);
  g_assert_true (pn_organisation_place (db, late, 0, &error));
  assert_place (db, late, "Bits", FALSE);
  g_array_append_val (policy->organisations, bits->id);
  g_assert_true (pn_sla_save (db, policy, 0, 0, &error));
  g_assert_false (pn_organisation_delete (db, bits->id, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "named by the policy gold"));
  g_clear_error (&error);
  g_assert_true (pn_sla_remove (db, policy->id, 0, &error));
  g_assert_true (pn_organisation_delete (db, bits->id, &error));
  sweep (db);
  assert_place (db, early, "", FALSE);
  assert_place (db, late, "", FALSE);
  pn_assert_no_error (error);
}

static void
test_list (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autofree char *after = g_strdup ("");
  gint64 after_id = 0;
  guint seen = 0;

  if (db == NULL)
    return;
  for (guint i = 0; i < 25; i++) {
    g_autofree char *name = g_strdup_printf ("%s %02u", i % 5 == 0 ? "100%" : "Mill", i);

    pn_organisation_free (make (db, name, NULL));
  }
  for (;;) {
    g_autoptr (GPtrArray) page = pn_organisation_list (db, "mill", after, after_id, 7, &error);
    const PnOrganisation *last;

    pn_assert_no_error (error);
    seen += page->len;
    if (page->len == 0)
      break;
    last = page->pdata[page->len - 1];
    g_free (after);
    after = g_strdup (last->name);
    after_id = last->id;
  }
  g_assert_cmpuint (seen, ==, 20);
  {
    g_autoptr (GPtrArray) page = pn_organisation_list (db, "100%", NULL, 0, 100, &error);

    g_assert_cmpuint (page->len, ==, 5);
  }
  pn_testdb_assert_key (db,
                        "EXPLAIN SELECT id FROM organisation WHERE name LIKE 'mill%' AND"
                        " (name > 'mill 3' OR (name = 'mill 3' AND id > 4)) ORDER BY name, id"
                        " LIMIT 7",
                        PN_NO_ARGS, "organisation_name");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/organisation/domains", test_domains);
  g_test_add_func ("/organisation/save", test_save);
  g_test_add_func ("/organisation/places", test_places);
  g_test_add_func ("/organisation/list", test_list);
  return g_test_run ();
}
