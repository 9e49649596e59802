#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/access.h"
#include "ticketing/core/error.h"
#include "ticketing/core/password.h"
#include "ticketing/core/secret.h"
#include "ticketing/session.h"

#define PASSWORD "correct horse battery"

static gint64
add (PnDb *db, const char *login, PnAgentRole role, const char *hash)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_strconcat (login, "@example.com", NULL);
  const PnAgent agent = { .login = (char *) login,
                          .name = (char *) login,
                          .address = address,
                          .role = role,
                          .notices = PN_NOTICE_NEW,
                          .is_enabled = TRUE };
  gint64 id = 0;

  g_assert_true (pn_agent_add (db, &agent, hash, &id, &error));
  g_assert_no_error (error);
  return id;
}

static void
test_add (void)
{
  static const struct {
    const char *login;
    const char *name;
    const char *address;
    int code; /* -1: fine */
  } cases[] = {
    { "ada", "Ada Lovelace", "ada@example.com", -1 },
    { "ada", "Ada", "ada2@example.com", PN_ERROR_CONFLICT },
    { "Ada", "Ada", "ada2@example.com", PN_ERROR_INVALID },
    { "", "Ada", "ada2@example.com", PN_ERROR_INVALID },
    { "a b", "Ada", "ada2@example.com", PN_ERROR_INVALID },
    { "bob", "", "bob@example.com", PN_ERROR_INVALID },
    { "bob", "\n\t", "bob@example.com", PN_ERROR_INVALID },
    { "bob", "Bob", "bob@example.com\r\nBcc: eve@example.com", PN_ERROR_INVALID },
    { "bob", "Bob", "", PN_ERROR_INVALID },
    { "bob@example.com", "Bob\nEvil: yes", "bob@Example.COM", -1 },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) bob = NULL;
  g_autoptr (PnAgent) none = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const PnAgent agent = { .login = (char *) cases[i].login,
                            .name = (char *) cases[i].name,
                            .address = (char *) cases[i].address,
                            .is_enabled = TRUE };
    gint64 id = 0;
    gboolean is_added = pn_agent_add (db, &agent, "x", &id, &error);

    g_test_message ("case %zu", i);
    g_assert_cmpint (is_added, ==, cases[i].code == -1);
    g_assert_true (is_added || pn_error_is (error, (PnErrorCode) cases[i].code));
    g_clear_error (&error);
  }
  g_assert_true (pn_agent_find (db, "bob@example.com", &bob, &error));
  g_assert_cmpstr (bob->name, ==, "Bob Evil: yes");
  g_assert_cmpstr (bob->address, ==, "bob@example.com");
  bob->notices = PN_NOTICE_REPLY;
  g_assert_true (pn_agent_save_profile (db, bob, &error));
  g_assert_true (pn_agent_save_profile (db, bob, &error)); /* changes nothing */
  pn_assert_no_error (error);
  bob->id = 4711;
  g_assert_false (pn_agent_save_profile (db, bob, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_clear_error (&error);
  g_assert_true (pn_agent_find (db, "ädä", &none, &error));
  g_assert_null (none);
  list = pn_agent_list (db, &error);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpuint (((PnAgent *) list->pdata[1])->notices, ==, PN_NOTICE_REPLY);
}

static void
test_log_in (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *cookie = NULL;
  g_autoptr (PnAgent) agent = NULL;
  static const struct {
    const char *login;
    const char *password;
    gboolean is_right;
  } cases[] = {
    { "ada", PASSWORD, TRUE },
    { "ADA", PASSWORD, TRUE },
    { "ada", "", FALSE },
    { "ada", "wrong", FALSE },
    { "nobody", PASSWORD, FALSE },
    { "", "", FALSE },
    { "%", PASSWORD, FALSE },
    { "a_a", PASSWORD, FALSE },
    { "ada' OR '1'='1", PASSWORD, FALSE },
    { "\xff", PASSWORD, FALSE },
    { "off", PASSWORD, FALSE },
  };

  if (db == NULL)
    return;
  hash = pn_password_hash (PASSWORD);
  add (db, "ada", PN_ROLE_AGENT, hash);
  g_assert_true (pn_agent_set_enabled (db, add (db, "off", PN_ROLE_ADMIN, hash), FALSE, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].login);
    agent = pn_agent_log_in (db, cases[i].login, cases[i].password, &error);
    g_assert_cmpint (agent != NULL, ==, cases[i].is_right);
    if (agent == NULL) {
      g_assert_true (pn_error_is (error, PN_ERROR_DENIED));
      g_assert_cmpstr (error->message, ==, "the log-in or the password is wrong");
    }
    g_clear_error (&error);
    g_clear_pointer (&agent, pn_agent_free);
  }
}

#define PARALLEL 20
#define TRIES 10

typedef struct {
  const PnDbTarget *target;
  const char *login;
  gint evaluated; /* atomic */
  gint locked;
} Attack;

static gpointer
attack (gpointer data)
{
  Attack *work = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_db_open (work->target, &error);

  for (guint i = 0; db != NULL && i < TRIES; i++) {
    g_clear_error (&error);
    g_assert_null (pn_agent_log_in (db, work->login, "wrong", &error));
    g_assert_true (pn_error_is (error, PN_ERROR_DENIED));
    g_atomic_int_inc (strstr (error->message, "locked") != NULL ? &work->locked : &work->evaluated);
  }
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

static const char unlock_sql[] = "UPDATE agent SET locked_until = 1 WHERE login = 'ada'";

/* 200 wrong tries at once: ten are looked at. A name that nobody has behaves alike. */
static void
test_attack (void)
{
  static const char *const logins[] = { "ada", "nobody" };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL;
  g_autoptr (PnAgent) agent = NULL;

  if (db == NULL)
    return;
  hash = pn_password_hash (PASSWORD);
  add (db, "ada", PN_ROLE_AGENT, hash);
  for (gsize k = 0; k < G_N_ELEMENTS (logins); k++) {
    Attack work = { .target = pn_testdb_target (), .login = logins[k] };
    GThread *threads[PARALLEL];

    for (guint i = 0; i < PARALLEL; i++)
      threads[i] = g_thread_new ("attack", attack, &work);
    for (guint i = 0; i < PARALLEL; i++)
      g_thread_join (threads[i]);
    g_assert_cmpint (work.evaluated, ==, 10);
    g_assert_cmpint (work.locked, ==, PARALLEL * TRIES - 10);
  }
  g_assert_null (pn_agent_log_in (db, "ada", PASSWORD, &error)); /* also the right one waits */
  g_assert_true (pn_error_is (error, PN_ERROR_DENIED));
  g_clear_error (&error);
  g_assert_true (pn_db_exec (db, unlock_sql, PN_NO_ARGS, NULL, &error));
  agent = pn_agent_log_in (db, "ada", PASSWORD, &error);
  pn_assert_no_error (error);
  g_assert_nonnull (agent);
}

static const char idle_sql[] = "UPDATE session SET seen_at = seen_at - ?";
static const char age_sql[] = "UPDATE session SET expires_at = expires_at - ?";
static const char count_sql[] = "SELECT COUNT(*) FROM session";

static gboolean
is_alive (PnDb *db, const char *cookie)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) agent = NULL;

  g_assert_true (pn_session_find (db, cookie, &agent, &error));
  g_assert_no_error (error);
  return agent != NULL;
}

static gint64
count_sessions (PnDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query (db, count_sql, PN_NO_ARGS, &error);

  g_assert_no_error (error);
  pn_rows_next (rows);
  return pn_rows_int (rows, 0);
}

static void
test_session (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *upper = NULL;
  gint64 id;

  if (db == NULL)
    return;
  id = add (db, "ada", PN_ROLE_AGENT, "x");
  g_assert_true (pn_session_start (db, id, "Firefox\n", &one, &error));
  g_assert_true (pn_session_start (db, id, NULL, &two, &error));
  g_assert_cmpuint (strlen (one), ==, 64);
  g_assert_cmpstr (one, !=, two);
  g_assert_true (is_alive (db, one));
  g_assert_false (is_alive (db, NULL));
  g_assert_false (is_alive (db, ""));
  g_assert_false (is_alive (db, "%"));
  g_assert_false (
      is_alive (db, "0000000000000000000000000000000000000000000000000000000000000000"));
  g_assert_true (pn_db_exec (db, idle_sql, PN_ARGS (pn_int (11 * PN_HOUR)), NULL, &error));
  g_assert_true (is_alive (db, one)); /* and seen now */
  g_assert_true (pn_db_exec (db, idle_sql, PN_ARGS (pn_int (2 * PN_HOUR)), NULL, &error));
  g_assert_true (is_alive (db, one));
  g_assert_false (is_alive (db, two)); /* 13 h */
  g_assert_true (pn_session_end (db, one, &error));
  g_assert_false (is_alive (db, one));
  g_free (one);
  g_assert_true (pn_session_start (db, id, "", &one, &error));
  g_assert_true (pn_db_exec (db, age_sql, PN_ARGS (pn_int (PN_SESSION_LIFE)), NULL, &error));
  g_assert_false (is_alive (db, one));
  g_assert_cmpint (count_sessions (db), ==, 2);
  g_assert_true (pn_session_sweep (db, &error));
  g_assert_cmpint (count_sessions (db), ==, 0);
  g_free (one);
  g_assert_true (pn_session_start (db, id, "", &one, &error));
  g_assert_true (pn_agent_set_password (db, id, "y", &error)); /* ends them all */
  g_assert_false (is_alive (db, one));
  g_free (one);
  g_assert_true (pn_session_start (db, id, "", &one, &error));
  g_assert_true (pn_agent_set_role (db, id, PN_ROLE_LEAD, &error));
  g_assert_false (is_alive (db, one));
  g_free (one);
  g_assert_true (pn_session_start (db, id, "", &one, &error));
  g_assert_true (pn_agent_set_enabled (db, id, FALSE, &error));
  g_assert_false (is_alive (db, one));
  g_assert_true (pn_agent_set_enabled (db, id, TRUE, &error));
  g_assert_false (is_alive (db, one));
  pn_assert_no_error (error);
}

static gint64
bearer (PnDb *db, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) agent = NULL;

  g_assert_true (pn_api_token_find (db, token, &agent, &error));
  g_assert_no_error (error);
  return agent != NULL ? agent->id : 0;
}

static void
test_tokens (void)
{
  static const char *const bad[] = {
    "",
    "%",
    "_",
    "pn_",
    "pn_%",
    "pn_________________________________________",
    "pn_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *longer = NULL;
  g_autofree char *swapped = NULL;
  g_autofree char *huge = g_strnfill (10240, 'a');
  g_autoptr (GPtrArray) list = NULL;
  gint64 ada;
  gint64 id = 0;
  gint64 other = 0;

  if (db == NULL)
    return;
  ada = add (db, "ada", PN_ROLE_AGENT, "x");
  g_assert_true (pn_api_token_add (db, ada, "script", &one, &id, &error));
  g_assert_true (pn_api_token_add (db, ada, "other", &two, &other, &error));
  pn_assert_no_error (error);
  g_assert_cmpuint (strlen (one), ==, 43);
  g_assert_cmpint (bearer (db, one), ==, ada);
  g_assert_cmpint (bearer (db, huge), ==, 0);
  g_assert_cmpint (bearer (db, NULL), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (bearer (db, bad[i]), ==, 0);
  longer = g_strconcat (one, "a", NULL);
  g_assert_cmpint (bearer (db, longer), ==, 0);
  swapped = g_strdup (one);
  swapped[10] = swapped[10] == 'a' ? 'b' : 'a';
  g_assert_cmpint (bearer (db, swapped), ==, 0);
  g_assert_true (pn_api_token_revoke (db, id, &error));
  g_assert_true (pn_api_token_revoke (db, id, &error)); /* again is fine */
  g_assert_false (pn_api_token_revoke (db, 4711, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_clear_error (&error);
  g_assert_cmpint (bearer (db, one), ==, 0);
  g_assert_cmpint (bearer (db, two), ==, ada);
  g_assert_true (pn_agent_set_enabled (db, ada, FALSE, &error));
  g_assert_cmpint (bearer (db, two), ==, 0);
  list = pn_api_token_list (db, &error);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (((PnApiToken *) list->pdata[0])->name, ==, "other");
  g_assert_cmpint (((PnApiToken *) list->pdata[0])->used_at, >, 0);
  g_assert_cmpint (((PnApiToken *) list->pdata[1])->revoked_at, >, 0);
}

static void
test_access (void)
{
  static const struct {
    PnAgentRole role;
    PnRight right;
    gboolean own;   /* in a queue of theirs */
    gboolean other; /* in another one */
    gboolean none;  /* without a queue */
  } cases[] = {
    { PN_ROLE_AGENT, PN_RIGHT_SEE, TRUE, FALSE, FALSE },
    { PN_ROLE_AGENT, PN_RIGHT_WORK, TRUE, FALSE, FALSE },
    { PN_ROLE_AGENT, PN_RIGHT_RELEASE, FALSE, FALSE, FALSE },
    { PN_ROLE_AGENT, PN_RIGHT_ADMIN, FALSE, FALSE, FALSE },
    { PN_ROLE_LEAD, PN_RIGHT_SEE, TRUE, FALSE, FALSE },
    { PN_ROLE_LEAD, PN_RIGHT_WORK, TRUE, FALSE, FALSE },
    { PN_ROLE_LEAD, PN_RIGHT_RELEASE, TRUE, FALSE, FALSE },
    { PN_ROLE_LEAD, PN_RIGHT_ADMIN, FALSE, FALSE, FALSE },
    { PN_ROLE_ADMIN, PN_RIGHT_SEE, TRUE, TRUE, TRUE },
    { PN_ROLE_ADMIN, PN_RIGHT_WORK, TRUE, TRUE, TRUE },
    { PN_ROLE_ADMIN, PN_RIGHT_RELEASE, TRUE, TRUE, TRUE },
    { PN_ROLE_ADMIN, PN_RIGHT_ADMIN, TRUE, TRUE, TRUE },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) of_queue = NULL;
  gint64 ids[3];

  if (db == NULL)
    return;
  for (int role = PN_ROLE_AGENT; role <= PN_ROLE_ADMIN; role++) {
    ids[role] = add (db, pn_agent_role_name ((PnAgentRole) role), (PnAgentRole) role, "x");
    g_assert_true (pn_agent_give_queue (db, ids[role], 5, &error));
    g_assert_true (pn_agent_give_queue (db, ids[role], 5, &error));
    g_assert_true (pn_agent_give_queue (db, ids[role], 6, &error));
    g_assert_true (pn_agent_take_queue (db, ids[role], 6, &error));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnAgent) agent = pn_agent_load (db, ids[cases[i].role], &error);
    g_autoptr (PnAccess) access = pn_access_load (db, agent, &error);

    g_test_message ("%s, right %d", agent->login, cases[i].right);
    g_assert_cmpint (pn_access_may (access, cases[i].right, 5), ==, cases[i].own);
    g_assert_cmpint (pn_access_may (access, cases[i].right, 6), ==, cases[i].other);
    g_assert_cmpint (pn_access_may (access, cases[i].right, 0), ==, cases[i].none);
    g_assert_cmpint (pn_access_is_admin (access), ==, cases[i].role == PN_ROLE_ADMIN);
    g_assert_cmpint (pn_access_queues (access) == NULL, ==, cases[i].role == PN_ROLE_ADMIN);
  }
  g_assert_true (pn_agent_set_enabled (db, ids[PN_ROLE_LEAD], FALSE, &error));
  of_queue = pn_access_agents_of_queue (db, 5, &error);
  g_assert_cmpuint (of_queue->len, ==, 2);
  g_ptr_array_unref (of_queue);
  of_queue = pn_access_agents_of_queue (db, 6, &error);
  g_assert_cmpuint (of_queue->len, ==, 1);
  g_assert_cmpstr (((PnAgent *) of_queue->pdata[0])->login, ==, "admin");
  pn_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_secret_library_start ();
  pn_db_library_start ();
  g_test_add_func ("/agent/add", test_add);
  g_test_add_func ("/agent/log-in", test_log_in);
  g_test_add_func ("/agent/attack", test_attack);
  g_test_add_func ("/session", test_session);
  g_test_add_func ("/api-token", test_tokens);
  g_test_add_func ("/access", test_access);
  return g_test_run ();
}
