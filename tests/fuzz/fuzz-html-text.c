#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/html_text.h"
#include "gateway/mail/mime_text.h"
#include "gateway/mail/quote.h"

/* Text comes out, of a bounded size; what is quoted of it has no marks. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *html = pn_mime_text_decode (data, size, NULL, NULL);
  g_autofree char *text = pn_html_text (html);
  g_autofree char *marked = pn_html_text_marked (html);
  g_autofree char *reply = pn_quote_reply (marked);

  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > 64 * (size + 16))
    g_error ("the text is none, or too long");
  pn_quote_take_marks (marked);
  if (!g_utf8_validate (reply, -1, NULL) || strlen (reply) > strlen (marked)
      || strpbrk (reply, "\x1C\x1D") != NULL)
    g_error ("the reply is no part of the text");
  return 0;
}
