#include "gateway/mail/oauth.h"

#include <curl/curl.h>
#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/sha256.h"
#include "ticketing/core/text.h"
#include "ticketing/core/token.h"

#define CONNECT_MILLIS 10000L
#define CALL_MILLIS 30000L
#define ANSWER_BYTES_MAX (256 * 1024)
#define VERIFIER_BYTES 32
#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

typedef struct {
  const PnOauthClient *client;
  GString *answer;
} Call;

gboolean
pn_oauth_check_url (const char *what, const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autofree char *host = pn_text_url_host (url);

  if (uri == NULL || *host == '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "%s \"%s\" is no address of the web", what, url);
    return FALSE;
  }
  if (strcmp (g_uri_get_scheme (uri), "https") == 0
      || (strcmp (g_uri_get_scheme (uri), "http") == 0 && pn_text_is_loopback (host)))
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID, "%s \"%s\" has to begin with https://", what, url);
  return FALSE;
}

static void
add_field (GString *form, const char *name, const char *value)
{
  g_autofree char *escaped = g_uri_escape_string (value, NULL, FALSE);

  if (form->len > 0)
    g_string_append_c (form, '&');
  g_string_append_printf (form, "%s=%s", name, escaped);
}

/* Returns: (owned) the beginning of a question: who asks, and for what. */
static GString *
begin_form (const PnOauthClient *client, const char *grant)
{
  GString *form = g_string_new (NULL);

  add_field (form, "client_id", client->client_id);
  if (client->client_secret != NULL && pn_secret_size (client->client_secret) > 0)
    add_field (form, "client_secret", pn_secret_text (client->client_secret));
  if (grant != NULL)
    add_field (form, "grant_type", grant);
  return form;
}

static void
free_form (GString *form)
{
  explicit_bzero (form->str, form->len);
  g_string_free (form, TRUE);
}

static size_t
take_answer (char *bytes, size_t size, size_t n, void *data)
{
  Call *call = data;

  if (call->answer->len + size * n > ANSWER_BYTES_MAX)
    return 0;
  g_string_append_len (call->answer, bytes, (gssize) (size * n));
  return size * n;
}

static int
look_after (void *data, curl_off_t to_come, curl_off_t came, curl_off_t to_go, curl_off_t gone)
{
  const Call *call = data;

  (void) to_come;
  (void) came;
  (void) to_go;
  (void) gone;
  return call->client->beat != NULL && !call->client->beat (call->client->beat_data);
}

static void
set_options (CURL *easy, Call *call, const char *url, const GString *form)
{
  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MILLIS);
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, CALL_MILLIS);
  curl_easy_setopt (easy, CURLOPT_USERAGENT, "Postern");
  curl_easy_setopt (easy, CURLOPT_POSTFIELDSIZE, (long) form->len);
  curl_easy_setopt (easy, CURLOPT_POSTFIELDS, form->str);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, take_answer);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, call);
  curl_easy_setopt (easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (easy, CURLOPT_XFERINFOFUNCTION, look_after);
  curl_easy_setopt (easy, CURLOPT_XFERINFODATA, call);
  if (call->client->ca_file != NULL)
    curl_easy_setopt (easy, CURLOPT_CAINFO, call->client->ca_file);
}

/* Posts @form, which is taken. Returns: (owned) the answer, its status in @status; NULL with TEMPORARY. */
static GString *
post (const PnOauthClient *client, const char *url, GString *form, long *status, GError **error)
{
  Call call = { .client = client, .answer = g_string_new (NULL) };
  g_autofree char *host = pn_text_url_host (url);
  CURL *easy;
  CURLcode code;

  if (!pn_oauth_check_url ("the address", url, error)) {
    free_form (form);
    g_string_free (call.answer, TRUE);
    return NULL;
  }
  curl_global_init (CURL_GLOBAL_DEFAULT);
  easy = curl_easy_init ();
  set_options (easy, &call, url, form);
  code = curl_easy_perform (easy);
  curl_easy_getinfo (easy, CURLINFO_RESPONSE_CODE, status);
  curl_easy_cleanup (easy);
  free_form (form);
  if (code == CURLE_OK)
    return call.answer;
  pn_error_set (error, PN_ERROR_TEMPORARY, "%s cannot be asked for a token: %s", host,
                curl_easy_strerror (code));
  g_string_free (call.answer, TRUE);
  return NULL;
}

static void
free_answer (GString *answer)
{
  explicit_bzero (answer->str, answer->len);
  g_string_free (answer, TRUE);
}

/* Posts @form, which is taken, to the token endpoint. */
static PnOauthState
ask (const PnOauthClient *client, GString *form, PnOauthTokens *tokens, GError **error)
{
  g_autofree char *host = pn_text_url_host (client->token_url);
  long status = 0;
  GString *answer;
  PnOauthState state;

  *tokens = (PnOauthTokens){ 0 };
  answer = post (client, client->token_url, form, &status, error);
  if (answer == NULL)
    return PN_OAUTH_REFUSED;
  state = pn_oauth_read_tokens (status, answer->str, answer->len, tokens, error);
  if (state == PN_OAUTH_REFUSED)
    g_prefix_error (error, "%s ", host);
  free_answer (answer);
  return state;
}

/* For grants that nobody has to decide about. */
static gboolean
ask_now (const PnOauthClient *client, GString *form, PnOauthTokens *tokens, GError **error)
{
  PnOauthState state = ask (client, form, tokens, error);

  if (state == PN_OAUTH_PENDING || state == PN_OAUTH_SLOWER)
    pn_error_set (error, PN_ERROR_TEMPORARY, "the provider gives no token now");
  return state == PN_OAUTH_GIVEN;
}

gboolean
pn_oauth_refresh (const PnOauthClient *client, const PnSecret *refresh, PnOauthTokens *tokens,
                  GError **error)
{
  GString *form = begin_form (client, "refresh_token");

  add_field (form, "refresh_token", pn_secret_text (refresh));
  if (*client->scope != '\0')
    add_field (form, "scope", client->scope);
  return ask_now (client, form, tokens, error);
}

gboolean
pn_oauth_ask_as_client (const PnOauthClient *client, PnOauthTokens *tokens, GError **error)
{
  GString *form = begin_form (client, "client_credentials");

  if (*client->scope != '\0')
    add_field (form, "scope", client->scope);
  return ask_now (client, form, tokens, error);
}

char *
pn_oauth_make_verifier (void)
{
  guint8 bytes[VERIFIER_BYTES];

  pn_secret_random (bytes, sizeof bytes);
  return pn_token_base64url (bytes, sizeof bytes);
}

/* "S256": RFC 7636, 4.2. */
static char *
challenge_of (const char *verifier)
{
  guint8 digest[PN_SHA256_BYTES];

  pn_sha256 (verifier, strlen (verifier), digest);
  return pn_token_base64url (digest, sizeof digest);
}

char *
pn_oauth_sign_in_url (const PnOauthClient *client, const char *authorize_url, const char *redirect,
                      const char *state, const char *verifier)
{
  g_autofree char *challenge = challenge_of (verifier);
  GString *query = g_string_new (NULL);
  char *url;

  add_field (query, "response_type", "code");
  add_field (query, "client_id", client->client_id);
  add_field (query, "redirect_uri", redirect);
  add_field (query, "scope", client->scope);
  add_field (query, "state", state);
  add_field (query, "code_challenge", challenge);
  add_field (query, "code_challenge_method", "S256");
  /* One provider gives a refresh token only where both are said; the others take no notice. */
  add_field (query, "access_type", "offline");
  add_field (query, "prompt", "consent");
  url = g_strconcat (authorize_url, strchr (authorize_url, '?') != NULL ? "&" : "?", query->str,
                     NULL);
  g_string_free (query, TRUE);
  return url;
}

gboolean
pn_oauth_redeem_code (const PnOauthClient *client, const char *code, const char *redirect,
                      const char *verifier, PnOauthTokens *tokens, GError **error)
{
  GString *form = begin_form (client, "authorization_code");

  add_field (form, "code", code);
  add_field (form, "redirect_uri", redirect);
  add_field (form, "code_verifier", verifier);
  return ask_now (client, form, tokens, error);
}

gboolean
pn_oauth_begin_device (const PnOauthClient *client, const char *device_url, PnOauthDevice *device,
                       GError **error)
{
  g_autofree char *host = pn_text_url_host (device_url);
  GString *form = begin_form (client, NULL);
  GString *answer;
  long status = 0;
  gboolean is_good;

  *device = (PnOauthDevice){ 0 };
  add_field (form, "scope", client->scope);
  answer = post (client, device_url, form, &status, error);
  if (answer == NULL)
    return FALSE;
  is_good = pn_oauth_read_device (status, answer->str, answer->len, device, error);
  if (!is_good)
    g_prefix_error (error, "%s ", host);
  free_answer (answer);
  return is_good;
}

PnOauthState
pn_oauth_ask_device (const PnOauthClient *client, const PnOauthDevice *device,
                     PnOauthTokens *tokens, GError **error)
{
  GString *form = begin_form (client, DEVICE_GRANT);

  add_field (form, "device_code", device->device_code);
  return ask (client, form, tokens, error);
}
