#include "gateway/mail/oauth_answer.h"

#include <jansson.h>
#include <string.h>

#include "ticketing/core/error.h"

#define TOKEN_BYTES_MAX (16 * 1024)
#define WORDS_BYTES_MAX 200
#define LIFETIME_SECONDS_LEAST 60
#define LIFETIME_SECONDS_MOST (30 * 24 * 3600)
#define LIFETIME_SECONDS_USUAL 3600 /* where the provider says nothing */
#define DEVICE_SECONDS_USUAL 900
#define INTERVAL_SECONDS_USUAL 5 /* RFC 8628, 3.2 */
#define INTERVAL_SECONDS_MOST 60

void
pn_oauth_tokens_clear (PnOauthTokens *tokens)
{
  g_clear_pointer (&tokens->access, pn_secret_free);
  g_clear_pointer (&tokens->refresh, pn_secret_free);
}

void
pn_oauth_device_clear (PnOauthDevice *device)
{
  g_clear_pointer (&device->device_code, g_free);
  g_clear_pointer (&device->user_code, g_free);
  g_clear_pointer (&device->url, g_free);
}

static gboolean
is_visible (const char *text, gsize most)
{
  gsize n = strlen (text);

  for (gsize i = 0; i < n; i++) {
    if (text[i] < 0x20 || text[i] > 0x7E)
      return FALSE;
  }
  return n > 0 && n <= most;
}

/* Returns: (borrowed) a text that may go on into messages and forms; NULL. */
static const char *
take (const json_t *answer, const char *key)
{
  const char *text = json_string_value (json_object_get (answer, key));

  return text != NULL && is_visible (text, TOKEN_BYTES_MAX) ? text : NULL;
}

/* A number of seconds; some providers write it as text. */
static gint64
take_seconds (const json_t *answer, const char *key, gint64 usual)
{
  const json_t *value = json_object_get (answer, key);

  if (json_is_string (value))
    return g_ascii_strtoll (json_string_value (value), NULL, 10);
  return json_is_integer (value) ? json_integer_value (value) : usual;
}

/* Returns: (owned) the first line of a provider's words. */
static char *
shorten (const char *words)
{
  g_autofree char *line = g_strndup (words, strcspn (words, "\r\n"));
  g_autofree char *cut = NULL;
  g_autofree char *valid = NULL;

  for (char *c = line; *c != '\0'; c++) {
    if ((guchar) *c < 0x20 || *c == 0x7F)
      *c = ' ';
  }
  cut = g_strndup (line, WORDS_BYTES_MAX);
  valid = g_utf8_make_valid (cut, -1);
  return g_strdup (valid);
}

/* Returns: (owned) what was answered; NULL when it is no object. */
static json_t *
read_object (const char *bytes, gsize size_bytes)
{
  json_t *answer = json_loadb (bytes, size_bytes, JSON_REJECT_DUPLICATES, NULL);

  if (json_is_object (answer))
    return answer;
  json_decref (answer);
  return NULL;
}

static PnOauthState
refuse (long status, const json_t *answer, GError **error)
{
  const char *code = take (answer, "error");
  const char *words = json_string_value (json_object_get (answer, "error_description"));
  g_autofree char *said = shorten (words != NULL ? words : "");

  if (g_strcmp0 (code, "authorization_pending") == 0)
    return PN_OAUTH_PENDING;
  if (g_strcmp0 (code, "slow_down") == 0)
    return PN_OAUTH_SLOWER;
  if (code == NULL || status >= 500 || status == 429
      || strcmp (code, "temporarily_unavailable") == 0 || strcmp (code, "server_error") == 0)
    pn_error_set (error, PN_ERROR_TEMPORARY, "gives no token now (HTTP %ld)", status);
  else {
    g_autofree char *name = shorten (code);

    pn_error_set (error, PN_ERROR_DENIED, "gives no token: %s%s%s", name, *said != '\0' ? ": " : "",
                  said);
  }
  return PN_OAUTH_REFUSED;
}

PnOauthState
pn_oauth_read_tokens (long status, const char *bytes, gsize size_bytes, PnOauthTokens *tokens,
                      GError **error)
{
  json_t *answer = read_object (bytes, size_bytes);
  PnOauthState state = PN_OAUTH_REFUSED;

  *tokens = (PnOauthTokens){ 0 };
  const char *access = take (answer, "access_token");
  const char *refresh = take (answer, "refresh_token");
  const char *type = take (answer, "token_type");
  if (status != 200)
    state = refuse (status, answer, error);
  else if (access == NULL || (type != NULL && g_ascii_strcasecmp (type, "bearer") != 0))
    pn_error_set (error, PN_ERROR_TEMPORARY, "answered something that holds no bearer token");
  else {
    tokens->access = pn_secret_new_text (access);
    tokens->refresh = refresh != NULL ? pn_secret_new_text (refresh) : NULL;
    tokens->lifetime_seconds = CLAMP (take_seconds (answer, "expires_in", LIFETIME_SECONDS_USUAL),
                                      LIFETIME_SECONDS_LEAST, LIFETIME_SECONDS_MOST);
    state = PN_OAUTH_GIVEN;
  }
  json_decref (answer);
  return state;
}

gboolean
pn_oauth_read_device (long status, const char *bytes, gsize size_bytes, PnOauthDevice *device,
                      GError **error)
{
  json_t *answer = read_object (bytes, size_bytes);

  *device = (PnOauthDevice){ 0 };
  const char *code = take (answer, "device_code");
  const char *shown = take (answer, "user_code");
  const char *url = take (answer, "verification_uri");
  if (url == NULL)
    url = take (answer, "verification_url"); /* as one large provider calls it */
  gboolean is_good = status == 200 && code != NULL && shown != NULL && url != NULL;
  if (is_good) {
    device->device_code = g_strdup (code);
    device->user_code = g_strdup (shown);
    device->url = g_strdup (url);
    device->interval_seconds = (guint) CLAMP (
        take_seconds (answer, "interval", INTERVAL_SECONDS_USUAL), 1, INTERVAL_SECONDS_MOST);
    device->lifetime_seconds = CLAMP (take_seconds (answer, "expires_in", DEVICE_SECONDS_USUAL),
                                      LIFETIME_SECONDS_LEAST, LIFETIME_SECONDS_MOST);
  } else if (status == 200 || refuse (status, answer, error) != PN_OAUTH_REFUSED) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "answered something that holds no code");
  }
  json_decref (answer);
  return is_good;
}
