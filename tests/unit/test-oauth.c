#include "gateway/mail/oauth.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "tests/lib/test.h"

static void
test_given (void)
{
  static const char text[] = "{\"access_token\":\"a.b-c\",\"token_type\":\"Bearer\",\"expires_in\":"
                             "3599,\"refresh_token\":\"r/+=\",\"scope\":\"x\"}";
  g_auto (PnOauthTokens) tokens = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pn_oauth_read_tokens (200, text, strlen (text), &tokens, &error), ==,
                   PN_OAUTH_GIVEN);
  g_assert_no_error (error);
  g_assert_cmpstr (pn_secret_text (tokens.access), ==, "a.b-c");
  g_assert_cmpstr (pn_secret_text (tokens.refresh), ==, "r/+=");
  g_assert_cmpint (tokens.lifetime_seconds, ==, 3599);
}

static void
test_lifetimes (void)
{
  static const struct {
    const char *text;
    gint64 seconds;
  } cases[] = {
    { "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":\"1800\"}", 1800 },
    { "{\"access_token\":\"a\",\"expires_in\":0}", 60 },
    { "{\"access_token\":\"a\",\"expires_in\":-5}", 60 },
    { "{\"access_token\":\"a\",\"expires_in\":99999999999}", 30 * 24 * 3600 },
    { "{\"access_token\":\"a\"}", 3600 },
    { "{\"access_token\":\"a\",\"expires_in\":null}", 3600 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (PnOauthTokens) tokens = { 0 };

    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (
        pn_oauth_read_tokens (200, cases[i].text, strlen (cases[i].text), &tokens, NULL), ==,
        PN_OAUTH_GIVEN);
    g_assert_cmpint (tokens.lifetime_seconds, ==, cases[i].seconds);
    g_assert_null (tokens.refresh);
  }
}

/* What is no token, and who has to act. */
static void
test_refused (void)
{
  static const struct {
    long status;
    const char *text;
    PnErrorCode code;
    const char *words;
  } cases[] = {
    { 400, "{\"error\":\"invalid_grant\",\"error_description\":\"It expired\\r\\nTrace: 1\"}",
      PN_ERROR_DENIED, "invalid_grant: It expired" },
    { 401, "{\"error\":\"invalid_client\"}", PN_ERROR_DENIED, "invalid_client" },
    { 400, "{\"error\":\"access_denied\"}", PN_ERROR_DENIED, "access_denied" },
    { 503, "{\"error\":\"invalid_grant\"}", PN_ERROR_TEMPORARY, "HTTP 503" },
    { 400, "{\"error\":\"temporarily_unavailable\"}", PN_ERROR_TEMPORARY, "HTTP 400" },
    { 429, "{\"error\":\"too_many\"}", PN_ERROR_TEMPORARY, "HTTP 429" },
    { 502, "<html>Bad gateway</html>", PN_ERROR_TEMPORARY, "HTTP 502" },
    { 302, "", PN_ERROR_TEMPORARY, "HTTP 302" },
    { 200, "<html>Log in to the hotel</html>", PN_ERROR_TEMPORARY, "no bearer token" },
    { 200, "[]", PN_ERROR_TEMPORARY, "no bearer token" },
    { 200, "{\"access_token\":\"\"}", PN_ERROR_TEMPORARY, "no bearer token" },
    { 200, "{\"access_token\":7}", PN_ERROR_TEMPORARY, "no bearer token" },
    { 200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}", PN_ERROR_TEMPORARY,
      "no bearer token" },
    { 200, "{\"access_token\":\"a\\u0001auth=Bearer b\"}", PN_ERROR_TEMPORARY, "no bearer token" },
    { 200, "{\"access_token\":\"\\u00e9\"}", PN_ERROR_TEMPORARY, "no bearer token" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (PnOauthTokens) tokens = { 0 };
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (pn_oauth_read_tokens (cases[i].status, cases[i].text, strlen (cases[i].text),
                                           &tokens, &error),
                     ==, PN_OAUTH_REFUSED);
    g_assert_error (error, PN_ERROR, (int) cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].words));
    g_assert_null (strchr (error->message, '\n'));
    g_assert_null (tokens.access);
  }
}

static void
test_long_words (void)
{
  g_autoptr (GString) text = g_string_new ("{\"error\":\"invalid_grant\",\"error_description\":\"");
  g_auto (PnOauthTokens) tokens = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "\xC3\xA9"); /* cut within a character */
  g_string_append (text, "x\"}");
  pn_oauth_read_tokens (400, text->str, text->len, &tokens, &error);
  g_assert_error (error, PN_ERROR, PN_ERROR_DENIED);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 300);
}

static void
test_waiting (void)
{
  static const char pending[] = "{\"error\":\"authorization_pending\"}";
  static const char slower[] = "{\"error\":\"slow_down\"}";
  PnOauthTokens tokens = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pn_oauth_read_tokens (400, pending, strlen (pending), &tokens, &error), ==,
                   PN_OAUTH_PENDING);
  g_assert_cmpint (pn_oauth_read_tokens (400, slower, strlen (slower), &tokens, &error), ==,
                   PN_OAUTH_SLOWER);
  g_assert_no_error (error);
}

static void
test_device (void)
{
  static const char text[] =
      "{\"device_code\":\"d\",\"user_code\":\"ABC-DEF\",\"verification_uri\":"
      "\"https://x.example/device\",\"expires_in\":900,\"interval\":7}";
  static const char other[] = "{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_url\":"
                              "\"https://x.example/d\",\"interval\":100000}";
  static const char *const bad[] = { "", "{}", "{\"device_code\":\"d\",\"user_code\":\"A\"}",
                                     "{\"device_code\":\"d\",\"user_code\":\"A\\n\","
                                     "\"verification_uri\":\"https://x.example\"}" };
  g_auto (PnOauthDevice) device = { 0 };
  g_auto (PnOauthDevice) second = { 0 };

  g_assert_true (pn_oauth_read_device (200, text, strlen (text), &device, NULL));
  g_assert_cmpstr (device.user_code, ==, "ABC-DEF");
  g_assert_cmpstr (device.url, ==, "https://x.example/device");
  g_assert_cmpuint (device.interval_seconds, ==, 7);
  g_assert_true (pn_oauth_read_device (200, other, strlen (other), &second, NULL));
  g_assert_cmpstr (second.url, ==, "https://x.example/d");
  g_assert_cmpuint (second.interval_seconds, ==, 60);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_auto (PnOauthDevice) none = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_false (pn_oauth_read_device (200, bad[i], strlen (bad[i]), &none, &error));
    g_assert_error (error, PN_ERROR, PN_ERROR_TEMPORARY);
  }
}

static void
test_urls (void)
{
  static const struct {
    const char *url;
    gboolean is_good;
  } cases[] = {
    { "https://login.x.example/token", TRUE },
    { "http://127.0.0.1:80/token", TRUE },
    { "http://localhost/token", TRUE },
    { "http://[::1]/token", TRUE },
    { "http://login.x.example/token", FALSE },
    { "http://127.0.0.1.x.example/", FALSE },
    { "ftp://x.example/", FALSE },
    { "file:///etc/passwd", FALSE },
    { "https:///token", FALSE },
    { "token", FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", cases[i].url);
    g_assert_cmpint (pn_oauth_check_url ("the token URL", cases[i].url, &error), ==,
                     cases[i].is_good);
    if (!cases[i].is_good)
      g_assert_error (error, PN_ERROR, PN_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/oauth/given", test_given);
  g_test_add_func ("/oauth/lifetimes", test_lifetimes);
  g_test_add_func ("/oauth/refused", test_refused);
  g_test_add_func ("/oauth/long-words", test_long_words);
  g_test_add_func ("/oauth/waiting", test_waiting);
  g_test_add_func ("/oauth/device", test_device);
  g_test_add_func ("/oauth/urls", test_urls);
  return g_test_run ();
}
