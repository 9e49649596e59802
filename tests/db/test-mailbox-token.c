#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/mailbox_token.h"

#define NOW (G_GINT64_CONSTANT (1800000000) * PN_SECOND)

static PnMailboxToken *
make (const PnSecret *key, const PnMailbox *mailbox)
{
  g_autoptr (PnSecret) refresh = pn_secret_new_text ("refresh one");
  PnMailboxToken *token = pn_mailbox_token_new (mailbox->id);

  g_free (token->token_url);
  g_free (token->client_id);
  token->token_url = g_strdup ("https://login.x.example/token");
  token->client_id = g_strdup ("client");
  pn_mailbox_token_put (token, key, mailbox, PN_TOKEN_REFRESH, refresh);
  return token;
}

static PnMailboxToken *
load (PnDb *db, const PnMailbox *mailbox)
{
  g_autoptr (GError) error = NULL;
  PnMailboxToken *token = NULL;

  g_assert_true (pn_mailbox_token_find (db, mailbox->id, &token, &error));
  pn_assert_no_error (error);
  return token;
}

static void
assert_part (const PnMailboxToken *token, const PnSecret *key, const PnMailbox *mailbox,
             PnTokenPart part, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSecret) plain = pn_mailbox_token_open (token, key, mailbox, part, &error);

  pn_assert_no_error (error);
  g_assert_cmpstr (pn_secret_text (plain), ==, text);
}

static void
test_save (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new ("support");
  g_autoptr (PnMailboxToken) none = NULL;
  g_autoptr (PnMailboxToken) token = NULL;
  g_autoptr (PnMailboxToken) found = NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  mailbox->id = 7;
  none = load (db, mailbox);
  g_assert_null (none);
  token = make (key, mailbox);
  g_assert_true (pn_mailbox_token_save (db, token, &error));
  pn_assert_no_error (error);
  found = load (db, mailbox);
  g_assert_cmpstr (found->token_url, ==, token->token_url);
  g_assert_cmpint (found->grant, ==, PN_GRANT_REFRESH);
  g_assert_cmpint (found->gen, ==, 1);
  assert_part (found, key, mailbox, PN_TOKEN_REFRESH, "refresh one");
  assert_part (found, key, mailbox, PN_TOKEN_ACCESS, "");
  g_assert_true (pn_mailbox_token_remove (db, mailbox->id, &error));
  g_clear_pointer (&none, pn_mailbox_token_free);
  none = load (db, mailbox);
  g_assert_null (none);
}

/* What was sealed for one place opens at no other. */
static void
test_places (void)
{
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnSecret) other_key = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new ("support");
  g_autoptr (PnMailbox) other = pn_mailbox_new ("sales");
  g_autoptr (PnMailboxToken) token = make (key, mailbox);
  g_autoptr (GError) error = NULL;

  g_assert_null (pn_mailbox_token_open (token, key, other, PN_TOKEN_REFRESH, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (pn_mailbox_token_open (token, other_key, mailbox, PN_TOKEN_REFRESH, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_DENIED);
  g_clear_error (&error);
  token->sealed[PN_TOKEN_ACCESS] = g_steal_pointer (&token->sealed[PN_TOKEN_REFRESH]);
  g_assert_null (pn_mailbox_token_open (token, key, mailbox, PN_TOKEN_ACCESS, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_DENIED);
}

static void
test_bad (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new ("support");
  g_autoptr (PnMailboxToken) token = NULL;
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  token = make (key, mailbox);
  g_free (token->client_id);
  token->client_id = g_strdup ("");
  g_assert_false (pn_mailbox_token_save (db, token, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
  g_clear_error (&error);
  g_free (token->client_id);
  token->client_id = g_strnfill (301, 'x');
  g_assert_false (pn_mailbox_token_save (db, token, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
}

/* One at a time renews; whose lease ran out, or whose row was changed, comes too late. */
static void
test_lease (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnSecret) renewed = pn_secret_new_text ("access two");
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new ("support");
  g_autoptr (PnMailboxToken) token = NULL;
  g_autoptr (PnMailboxToken) first = NULL;
  g_autoptr (PnMailboxToken) second = NULL;
  g_autoptr (PnMailboxToken) third = NULL;
  g_autoptr (PnMailboxToken) last = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_ours = FALSE;

  if (db == NULL)
    return;
  mailbox->id = 8;
  token = make (key, mailbox);
  g_assert_true (pn_mailbox_token_save (db, token, &error));
  first = load (db, mailbox);
  second = load (db, mailbox);
  pn_clock_freeze (NOW);
  g_assert_true (pn_mailbox_token_lease (db, first, NOW + PN_MINUTE, &is_ours, &error));
  g_assert_true (is_ours);
  g_assert_true (pn_mailbox_token_lease (db, second, NOW + PN_MINUTE, &is_ours, &error));
  g_assert_false (is_ours);
  third = load (db, mailbox); /* with the generation of the lease */
  g_assert_true (pn_mailbox_token_lease (db, third, NOW + PN_MINUTE, &is_ours, &error));
  g_assert_false (is_ours);
  pn_clock_freeze (NOW + 2 * PN_MINUTE);
  g_assert_true (pn_mailbox_token_lease (db, third, NOW + 3 * PN_MINUTE, &is_ours, &error));
  g_assert_true (is_ours);
  pn_mailbox_token_put (first, key, mailbox, PN_TOKEN_ACCESS, renewed);
  g_assert_false (pn_mailbox_token_renewed (db, first, &error));
  g_assert_error (error, PN_ERROR, PN_ERROR_CONFLICT);
  g_clear_error (&error);
  pn_mailbox_token_put (third, key, mailbox, PN_TOKEN_ACCESS, renewed);
  third->expires_at = NOW + PN_HOUR;
  g_assert_true (pn_mailbox_token_renewed (db, third, &error));
  pn_assert_no_error (error);
  last = load (db, mailbox);
  assert_part (last, key, mailbox, PN_TOKEN_ACCESS, "access two");
  assert_part (last, key, mailbox, PN_TOKEN_REFRESH, "refresh one");
  g_assert_cmpint (last->expires_at, ==, NOW + PN_HOUR);
  g_assert_cmpint (last->lease_until, ==, 0);
  pn_clock_freeze (0);
}

static void
test_end (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (PnSecret) key = pn_secret_new_random (PN_KEY_BYTES);
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new ("support");
  g_autoptr (PnMailboxToken) token = NULL;
  g_autoptr (PnMailboxToken) first = NULL;
  g_autoptr (PnMailboxToken) second = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_ours = FALSE;

  if (db == NULL)
    return;
  mailbox->id = 9;
  token = make (key, mailbox);
  token->expires_at = NOW;
  g_assert_true (pn_mailbox_token_save (db, token, &error));
  first = load (db, mailbox);
  g_assert_cmpint (first->expires_at, ==, NOW);
  g_assert_true (pn_mailbox_token_spoil (db, mailbox->id, &error));
  g_assert_true (pn_mailbox_token_lease (db, first, pn_clock_now () + PN_HOUR, &is_ours, &error));
  g_assert_true (is_ours);
  g_assert_true (pn_mailbox_token_let_go (db, first, &error));
  second = load (db, mailbox);
  g_assert_cmpint (second->expires_at, ==, 0);
  g_assert_true (pn_mailbox_token_lease (db, second, pn_clock_now () + PN_HOUR, &is_ours, &error));
  g_assert_true (is_ours);
  pn_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_secret_library_start ();
  pn_db_library_start ();
  g_test_add_func ("/mailbox-token/save", test_save);
  g_test_add_func ("/mailbox-token/places", test_places);
  g_test_add_func ("/mailbox-token/bad", test_bad);
  g_test_add_func ("/mailbox-token/lease", test_lease);
  g_test_add_func ("/mailbox-token/end", test_end);
  return g_test_run ();
}
