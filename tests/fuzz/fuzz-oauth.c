#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/oauth_answer.h"

static void
check_secret (const PnSecret *secret)
{
  const char *text = secret != NULL ? pn_secret_text (secret) : "x";

  for (const char *c = text; *c != '\0'; c++) {
    if (*c < 0x20 || *c > 0x7E)
      g_error ("a token that could end its message");
  }
  if (*text == '\0')
    g_error ("an empty token");
}

static void
check_error (const GError *error)
{
  if (error == NULL)
    g_error ("refused without a word");
  if (!g_utf8_validate (error->message, -1, NULL) || strchr (error->message, '\n') != NULL)
    g_error ("a sentence that is no line of text");
}

/* The first byte chooses the status. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const long statuses[] = { 200, 400, 401, 429, 503 };
  g_auto (PnOauthTokens) tokens = { 0 };
  g_auto (PnOauthDevice) device = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;
  long status = statuses[size > 0 ? data[0] % G_N_ELEMENTS (statuses) : 0];
  const char *bytes = size > 0 ? (const char *) data + 1 : "";
  gsize n = size > 0 ? size - 1 : 0;

  switch (pn_oauth_read_tokens (status, bytes, n, &tokens, &error)) {
  case PN_OAUTH_GIVEN:
    check_secret (tokens.access);
    check_secret (tokens.refresh);
    break;
  case PN_OAUTH_PENDING:
  case PN_OAUTH_SLOWER: break;
  case PN_OAUTH_REFUSED: check_error (error); break;
  }
  if (!pn_oauth_read_device (status, bytes, n, &device, &other))
    check_error (other);
  return 0;
}
