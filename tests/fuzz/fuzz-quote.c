#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/language.h"
#include "gateway/mail/mime_text.h"
#include "gateway/mail/quote.h"
#include "gateway/mail/uuencode.h"

/* The reply is valid text and never longer than the whole. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = pn_mime_text_decode (data, size, NULL, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_uu_file_free);
  g_autofree char *rest = NULL;
  g_autofree char *reply = NULL;

  pn_mime_text_clean (text);
  reply = pn_quote_reply (text);
  if (!g_utf8_validate (reply, -1, NULL) || strlen (reply) > strlen (text))
    g_error ("the reply is no part of the text");
  pn_language_detect (text);
  rest = pn_uuencode_extract (text, files);
  return 0;
}
