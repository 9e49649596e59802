/* Teams and organisations of a large house: pages stay short, everything can be found, the API has it whole. */
#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"

#define TEAMS 200
#define STAFF 300
#define FIRMS 1000
#define PERSONS 250
#define PAGE_BYTES (64 * 1024)

static const char *const fill[] = {
  "INSERT INTO agent (login, name, address, role, password_hash, created_at)"
  " SELECT CONCAT('clerk', seq), CONCAT('Person Number ', seq), CONCAT('c', seq, '@firm.example'), 0,"
  " '', 1 FROM seq_1_to_300",
  "INSERT INTO team (name, title, created_at)"
  " SELECT CONCAT('team-', seq), CONCAT('Region ', seq, ' north'), 1 FROM seq_1_to_200",
  "INSERT INTO team_member (team_id, agent_id, is_lead, on_call)"
  " SELECT 1, id, login = 'clerk7', IF(login = 'clerk9', 1, NULL) FROM agent WHERE login LIKE 'clerk%'",
  "INSERT INTO team_member (team_id, agent_id)"
  " SELECT team.id, agent.id FROM team JOIN agent"
  " WHERE team.id > 1 AND login LIKE 'clerk%' AND (team.id + agent.id) MOD 40 = 0",
  "INSERT INTO organisation (name, created_at)"
  " SELECT CONCAT('Firm ', seq), 1 FROM seq_1_to_1000",
  "INSERT INTO person (id, name, created_at)"
  " SELECT 100000 + seq, CONCAT('Customer ', seq), 1 FROM seq_1_to_250",
  "INSERT INTO organisation_person (person_id, organisation_id)"
  " SELECT 100000 + seq, (SELECT MAX(id) FROM organisation) FROM seq_1_to_250",
};

static gboolean
start (PnTestAdmin *admin)
{
  if (!pn_testadmin_start (admin))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (fill); i++) {
    g_autoptr (GError) error = NULL;

    pn_db_exec (admin->web->db, fill[i], PN_NO_ARGS, NULL, &error);
    pn_assert_no_error (error);
  }
  return TRUE;
}

static char *
get (const PnTestAdmin *admin, const char *target)
{
  const char *headers = g_str_has_prefix (target, "/api/") ? admin->bearer : admin->headers;
  char *answer = pn_testweb_ask (admin->web, "GET", target, headers, NULL);

  if (!g_str_has_prefix (answer, "HTTP/1.1 200"))
    g_test_message ("%s: %s", target, answer);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200"));
  return answer;
}

static guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (const char *at = strstr (text, part); at != NULL; at = strstr (at + 1, part))
    n++;
  return n;
}

/* Follows "More" from @first. Returns: how many times @part was on the pages. */
static guint
count_all (const PnTestAdmin *admin, const char *first, const char *part, guint *pages)
{
  g_autofree char *target = g_strdup (first);
  guint n = 0;

  for (*pages = 0; target != NULL; ++*pages) {
    g_autofree char *page = get (admin, target);
    const char *next = strstr (page, "rel=\"next\"");
    const char *start = next;

    g_assert_cmpuint (strlen (page), <, PAGE_BYTES);
    n += count (page, part);
    g_clear_pointer (&target, g_free);
    while (start != NULL && !g_str_has_prefix (start, "href=\""))
      start--;
    if (start != NULL) {
      g_autofree char *escaped =
          g_strndup (start + 6, (gsize) (strchr (start + 6, '"') - start - 6));
      g_auto (GStrv) parts = g_strsplit (escaped, "&amp;", -1);

      target = g_strjoinv ("&", parts);
    }
  }
  return n;
}

static void
test_teams (void)
{
  g_auto (PnTestAdmin) admin = { NULL };
  g_autofree char *found = NULL;
  g_autofree char *none = NULL;
  g_autofree char *all = NULL;
  guint pages;

  if (!start (&admin))
    return;
  g_assert_cmpuint (
      count_all (&admin, "/desk/manage/teams", "<li><a href=\"/desk/manage/teams/", &pages), ==,
      TEAMS);
  g_assert_cmpuint (pages, ==, 4);
  found = get (&admin, "/desk/manage/teams?query=REGION+17");
  g_assert_cmpuint (count (found, "<li><a href=\"/desk/manage/teams/"), ==, 11); /* 17, 170 … 179 */
  none = get (&admin, "/desk/manage/teams?query=nowhere");
  g_assert_nonnull (strstr (none, "No team here."));
  all = get (&admin, "/api/v1/teams");
  g_assert_cmpuint (count (all, "\"hours\""), ==, TEAMS);
}

/* Who leads and who is called first stand above; the others are folded. The form has them all. */
static void
test_team (void)
{
  g_auto (PnTestAdmin) admin = { NULL };
  g_autofree char *large = NULL;
  g_autofree char *small = NULL;
  g_autofree char *whole = NULL;
  const char *fold;
  const char *lead;

  if (!start (&admin))
    return;
  large = get (&admin, "/desk/manage/teams/1");
  fold = strstr (large, "<details>");
  lead = strstr (large, "Person Number 7<");
  g_assert_true (fold != NULL && lead != NULL && lead < fold);
  g_assert_nonnull (strstr (large, "All 300 members"));
  g_assert_nonnull (strstr (large, "<textarea id=\"members\""));
  small = get (&admin, "/desk/manage/teams/2");
  g_assert_null (strstr (small, "members</summary>"));
  g_assert_nonnull (strstr (small, "<input id=\"members\""));
  whole = get (&admin, "/api/v1/teams/1");
  g_assert_cmpuint (count (whole, "\"login\""), ==, STAFF);
}

static void
test_organisations (void)
{
  g_auto (PnTestAdmin) admin = { NULL };
  g_autoptr (PnRows) rows = NULL;
  g_autofree char *last = NULL;
  guint pages;

  if (!start (&admin))
    return;
  g_assert_cmpuint (count_all (&admin, "/desk/manage/organisations?query=Firm",
                               "<li><a href=\"/desk/manage/organisations/", &pages),
                    ==, FIRMS);
  g_assert_cmpuint (pages, ==, FIRMS / 50 + 1);
  rows = pn_db_query (admin.web->db, "SELECT MAX(id) FROM organisation", PN_NO_ARGS, NULL);
  g_assert_true (pn_rows_next (rows));
  last = g_strdup_printf ("/desk/manage/organisations/%d", (int) pn_rows_int (rows, 0));
  g_assert_cmpuint (count_all (&admin, last, "<bdi>Customer ", &pages), ==, PERSONS);
  g_assert_cmpuint (pages, ==, 3);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/team/list", test_teams);
  g_test_add_func ("/web/team/large", test_team);
  g_test_add_func ("/web/team/organisations", test_organisations);
  return g_test_run ();
}
