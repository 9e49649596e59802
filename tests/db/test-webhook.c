#include "ticketing/webhook.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"

static void
test_urls (void)
{
  static const char *const allowed[] = { "127.0.0.1", "pager.internal", NULL };
  static const struct {
    const char *url;
    gboolean is_good;
  } cases[] = {
    { "https://hooks.example/x?y=1", TRUE },
    { "https://hooks.example:8443/x", TRUE },
    { "https://93.184.216.34/x", TRUE },
    { "http://127.0.0.1:9/x", TRUE },
    { "http://pager.internal/x", TRUE },
    { "http://hooks.example/x", FALSE },
    { "https://localhost/x", FALSE },
    { "https://a.localhost/x", FALSE },
    { "https://127.0.0.2/x", FALSE },
    { "https://10.1.2.3/x", FALSE },
    { "https://169.254.169.254/latest/meta-data", FALSE },
    { "https://2130706433/x", FALSE },
    { "https://0x7f000001/x", FALSE },
    { "https://017700000001/x", FALSE },
    { "https://127.1/x", FALSE },
    { "https://0/x", FALSE },
    { "https://[::1]/x", FALSE },
    { "https://[::ffff:7f00:1]/x", FALSE },
    { "https://[::ffff:127.0.0.1]/x", FALSE },
    { "https://[fd00::1]/x", FALSE },
    { "https://[fe80::1]/x", FALSE },
    { "https://[64:ff9b::7f00:1]/x", FALSE },
    { "https://[2002:7f00:1::]/x", FALSE },
    { "https://user:pw@hooks.example/x", FALSE },
    { "https://hooks.example/x#frag", FALSE },
    { "https://hooks.example\\@127.0.0.1/", FALSE },
    { "https://hooks.example /x", FALSE },
    { "file:///etc/passwd", FALSE },
    { "gopher://hooks.example/", FALSE },
    { "//hooks.example/x", FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gboolean is_good = pn_webhook_check_url (cases[i].url, allowed, &error);

    g_test_message ("%s", cases[i].url);
    g_assert_cmpint (is_good, ==, cases[i].is_good);
    g_assert_cmpint (pn_error_is (error, PN_ERROR_INVALID), ==, !cases[i].is_good);
  }
}

/* The signature is HMAC-SHA-256 as everybody computes it (python3: hmac.new(b"key", b"1.{}", "sha256")). */
static void
test_signature (void)
{
  g_autofree char *signature = pn_webhook_sign ("key", PN_SECOND, "{}");

  g_assert_cmpstr (signature, ==,
                   "1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224");
}

static PnWebhook *
add_webhook (PnDb *db)
{
  g_autoptr (GError) error = NULL;
  PnWebhook *webhook = pn_webhook_new ("pager", "https://hooks.example/x");

  g_assert_true (pn_webhook_save (db, webhook, NULL, &error));
  pn_assert_no_error (error);
  return webhook;
}

static void
order (PnDb *db, const PnWebhook *webhook, const char *key)
{
  g_autoptr (json_t) body = json_pack ("{s:s}", "event", "test");
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_webhook_order (db, webhook->id, "test", key, 7, body, &error));
  pn_assert_no_error (error);
}

static void
test_calls (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnWebhook) webhook = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GPtrArray) all = NULL;
  const PnWebhookCall *call;

  if (db == NULL)
    return;
  webhook = add_webhook (db);
  order (db, webhook, "a");
  order (db, webhook, "a");
  order (db, webhook, "b");
  first = pn_webhook_claim (db, 10, &error);
  g_assert_cmpuint (first->len, ==, 2);
  none = pn_webhook_claim (db, 10, &error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (pn_webhook_finish (db, first->pdata[0], 204, "", &error));
  g_assert_true (pn_webhook_finish (db, first->pdata[1], 500, "oops", &error));
  g_assert_false (pn_webhook_finish (db, first->pdata[1], 200, "", &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
  g_clear_error (&error);
  pn_clock_set_database_now (pn_clock_now () + 2 * PN_MINUTE);
  again = pn_webhook_claim (db, 10, &error);
  g_assert_cmpuint (again->len, ==, 1);
  call = again->pdata[0];
  g_assert_cmpint (call->attempts, ==, 2);
  g_assert_cmpstr (call->key, ==, ((const PnWebhookCall *) first->pdata[1])->key);
  g_assert_true (pn_webhook_finish (db, call, 410, "gone", &error));
  all = pn_webhook_calls (db, webhook->id, 10, &error);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpint (((const PnWebhookCall *) all->pdata[0])->state, ==, PN_CALL_FAILED);
  g_assert_cmpint (((const PnWebhookCall *) all->pdata[1])->state, ==, PN_CALL_DONE);
  g_assert_true (pn_webhook_retry (db, call->webhook_id, call->id, &error));
  g_assert_false (pn_webhook_retry (db, call->webhook_id, call->id, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_CONFLICT));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/webhook/urls", test_urls);
  g_test_add_func ("/webhook/signature", test_signature);
  g_test_add_func ("/webhook/calls", test_calls);
  return g_test_run ();
}
