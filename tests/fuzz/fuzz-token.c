#include "tests/fuzz/target.h"

#include <string.h>

#include "ticketing/core/text.h"
#include "ticketing/core/token.h"

/* What strangers put where we look for a token or an address: no token is accepted that we did not make, and an address
 * that is accepted fits into an SMTP command. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static PnSecret *key;
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *line = pn_text_clean_line (text, 100);
  g_autofree char *address = pn_text_read_address (text, NULL);
  gint64 id = 0;

  if (key == NULL) {
    pn_secret_library_start ();
    key = pn_secret_new_random (PN_KEY_BYTES);
  }
  if (pn_token_read (key, PN_TOKEN_REPLY, text, 0, &id))
    g_error ("a token was accepted that nobody made");
  if (strlen (line) > 100 || strpbrk (line, "\r\n") != NULL || !g_utf8_validate (line, -1, NULL))
    g_error ("a clean line is not clean");
  if (address != NULL
      && (strpbrk (address, "\r\n <>\t\"") != NULL || strlen (address) > PN_ADDRESS_MAX_BYTES))
    g_error ("an address would break a command");
  return 0;
}
