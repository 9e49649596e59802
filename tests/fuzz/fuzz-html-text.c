#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/html_text.h"
#include "gateway/mail/mime_text.h"

/* Text comes out, of a bounded size. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *html = pn_mime_text_decode (data, size, NULL, NULL);
  g_autofree char *text = pn_html_text (html);

  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > 64 * (size + 16))
    g_error ("the text is none, or too long");
  return 0;
}
