#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/mailbox.h"

static void
replace (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
}

static PnMailbox *
make (const char *name, const char *address)
{
  PnMailbox *mailbox = pn_mailbox_new (name);

  mailbox->queue_id = 3;
  replace (&mailbox->address, address);
  replace (&mailbox->imap.host, "imap.example.com");
  replace (&mailbox->smtp.host, "smtp.example.com");
  return mailbox;
}

static void
test_save (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMailbox) mailbox = make ("support", "support@example.com");
  g_autoptr (PnMailbox) twin = make ("support", "other@example.com");
  g_autoptr (PnMailbox) loaded = NULL;
  static const char sealed[] = "\x01\x00\xff sealed";

  if (db == NULL)
    return;
  mailbox->imap.sealed_password = g_bytes_new (sealed, sizeof sealed);
  g_assert_true (pn_mailbox_save (db, mailbox, &error));
  pn_assert_no_error (error);
  g_assert_false (pn_mailbox_save (db, twin, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  mailbox->smtp.security = PN_SECURITY_STARTTLS;
  mailbox->has_plus = FALSE;
  g_assert_true (pn_mailbox_save (db, mailbox, &error));
  g_assert_true (pn_mailbox_save (db, mailbox, &error)); /* changes nothing */
  g_assert_true (pn_mailbox_set_cursor (db, mailbox->id, 77, 1234, &error));
  pn_assert_no_error (error);
  loaded = pn_mailbox_load (db, mailbox->id, &error);
  g_assert_nonnull (loaded);
  g_assert_true (g_bytes_equal (loaded->imap.sealed_password, mailbox->imap.sealed_password));
  g_assert_null (loaded->smtp.sealed_password);
  g_assert_cmpint (loaded->smtp.security, ==, PN_SECURITY_STARTTLS);
  g_assert_cmpstr (loaded->imap.host, ==, "imap.example.com");
  g_assert_cmpstr (loaded->smtp.host, ==, "smtp.example.com");
  g_assert_cmpuint (loaded->imap.port, ==, 993);
  g_assert_cmpstr (loaded->folder, ==, "INBOX");
  g_assert_cmpint (loaded->uidvalidity, ==, 77);
  g_assert_cmpint (loaded->last_uid, ==, 1234);
  g_assert_false (loaded->has_plus);
  g_assert_true (loaded->is_enabled);
}

static void
test_bad (void)
{
  static const struct {
    const char *name;
    const char *address;
    const char *host;
    guint port;
    PnSecurity security;
    gboolean is_good;
  } cases[] = {
    { "a", "a@example.com", "imap.example.com", 993, PN_SECURITY_TLS, TRUE },
    { "A", "a@example.com", "imap.example.com", 993, PN_SECURITY_TLS, FALSE },
    { "", "a@example.com", "imap.example.com", 993, PN_SECURITY_TLS, FALSE },
    { "b", "no address", "imap.example.com", 993, PN_SECURITY_TLS, FALSE },
    { "c", "a@example.com", "imap.example.com", 0, PN_SECURITY_TLS, FALSE },
    { "d", "a@example.com", "imap.example.com", 70000, PN_SECURITY_TLS, FALSE },
    { "e", "a@example.com", "imap.example.com", 143, PN_SECURITY_PLAIN, FALSE },
    { "f", "a@example.com", "127.evil.example", 143, PN_SECURITY_PLAIN, FALSE },
    { "g", "a@example.com", "127.0.0.1", 143, PN_SECURITY_PLAIN, TRUE },
    { "h", "a@example.com", "localhost", 143, PN_SECURITY_PLAIN, TRUE },
    { "i", "a@example.com", "", 0, PN_SECURITY_PLAIN, TRUE },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnMailbox) mailbox = make (cases[i].name, cases[i].address);
    g_autoptr (GError) error = NULL;
    gboolean is_saved;

    g_test_message ("%s", cases[i].name);
    replace (&mailbox->imap.host, cases[i].host);
    mailbox->imap.port = cases[i].port;
    mailbox->imap.security = cases[i].security;
    is_saved = pn_mailbox_save (db, mailbox, &error);
    g_assert_cmpint (is_saved, ==, cases[i].is_good);
    if (!is_saved)
      g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  }
}

static void
test_addresses (void)
{
  static const struct {
    const char *address;
    const char *name; /* of the mailbox; NULL: none */
  } cases[] = {
    { "support@example.com", "support" },
    { "SUPPORT@Example.com", "support" },
    { "support+t.abcdef@example.com", "support" },
    { "support+@example.com", "support" },
    { "supp+ort@example.com", NULL },
    { "süpport@example.com", NULL },
    { "support@example.org", NULL },
    { "support", NULL },
    { "", NULL },
    { "sales+eu@example.com", "sales-eu" },
    { "sales@example.com", NULL },
    { "plain@example.com", "plain" },
    { "plain+x@example.com", NULL },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMailbox) support = make ("support", "support@example.com");
  g_autoptr (PnMailbox) sales = make ("sales-eu", "sales+eu@example.com");
  g_autoptr (PnMailbox) plain = make ("plain", "plain@example.com");

  if (db == NULL)
    return;
  plain->has_plus = FALSE;
  g_assert_true (pn_mailbox_save (db, support, &error));
  g_assert_true (pn_mailbox_save (db, sales, &error));
  g_assert_true (pn_mailbox_save (db, plain, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PnMailbox) found = NULL;

    g_test_message ("%s", cases[i].address);
    g_assert_true (pn_mailbox_find_address (db, cases[i].address, &found, &error));
    pn_assert_no_error (error);
    g_assert_cmpstr (found != NULL ? found->name : NULL, ==, cases[i].name);
  }
}

static void
test_for_queue (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMailbox) deaf = make ("deaf", "deaf@example.com");
  g_autoptr (PnMailbox) off = make ("off", "off@example.com");
  g_autoptr (PnMailbox) right = make ("right", "right@example.com");
  g_autoptr (PnMailbox) later = make ("later", "later@example.com");
  g_autoptr (PnMailbox) found = NULL;
  g_autoptr (PnMailbox) none = NULL;

  if (db == NULL)
    return;
  replace (&deaf->smtp.host, "");
  off->is_enabled = FALSE;
  g_assert_true (pn_mailbox_save (db, deaf, &error));
  g_assert_true (pn_mailbox_save (db, off, &error));
  g_assert_true (pn_mailbox_save (db, right, &error));
  g_assert_true (pn_mailbox_save (db, later, &error));
  g_assert_true (pn_mailbox_for_queue (db, 3, &found, &error));
  g_assert_cmpstr (found->name, ==, "right");
  g_assert_true (pn_mailbox_for_queue (db, 4, &none, &error));
  g_assert_null (none);
}

static void
test_trouble (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMailbox) mailbox = make ("support", "support@example.com");
  g_autoptr (PnMailbox) sick = NULL;
  g_autoptr (PnMailbox) well = NULL;

  if (db == NULL)
    return;
  g_assert_true (pn_mailbox_save (db, mailbox, &error));
  g_assert_true (pn_mailbox_set_trouble (db, mailbox->id, PN_SIDE_FETCH, "no answer", &error));
  g_assert_true (pn_mailbox_set_trouble (db, mailbox->id, PN_SIDE_FETCH, "bad\npassword", &error));
  g_assert_true (pn_mailbox_set_trouble (db, mailbox->id, PN_SIDE_SEND, "full", &error));
  pn_assert_no_error (error);
  sick = pn_mailbox_load (db, mailbox->id, &error);
  g_assert_cmpstr (sick->fetch_trouble, ==, "bad password");
  g_assert_cmpint (sick->fetch_trouble_at, >, 0);
  g_assert_cmpstr (sick->send_trouble, ==, "full");
  g_assert_true (pn_mailbox_set_trouble (db, mailbox->id, PN_SIDE_FETCH, NULL, &error));
  g_assert_true (pn_mailbox_set_trouble (db, mailbox->id, PN_SIDE_SEND, NULL, &error));
  well = pn_mailbox_load (db, mailbox->id, &error);
  g_assert_null (well->fetch_trouble);
  g_assert_null (well->send_trouble);
  g_assert_cmpint (well->fetch_trouble_at, ==, 0);
  g_assert_cmpint (well->fetch_seen_at, >, 0);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  pn_db_library_start ();
  g_test_add_func ("/mailbox/save", test_save);
  g_test_add_func ("/mailbox/bad", test_bad);
  g_test_add_func ("/mailbox/addresses", test_addresses);
  g_test_add_func ("/mailbox/for-queue", test_for_queue);
  g_test_add_func ("/mailbox/trouble", test_trouble);
  return g_test_run ();
}
