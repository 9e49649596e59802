#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/mime_date.h"
#include "gateway/mail/mime_header.h"
#include "ticketing/core/label.h"

static void
check (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    g_error ("a header is no text");
  for (const char *c = text; *c != '\0'; c++) {
    if (g_ascii_iscntrl (*c))
      g_error ("a header has control characters");
  }
}

/* Values become one line of text; file names lose every directory. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *value = pn_mime_header_decode ((const char *) data, size, "koi8-r");
  g_autofree char *text = pn_mime_header_utf8 ((const char *) data, size, NULL);
  g_autoptr (PnMimeParams) params = pn_mime_params_read (text);
  const char *name = pn_mime_params_get (params, "filename");
  g_autofree char *label = pn_label_clean (name != NULL ? name : text);
  PnTime time;
  gint32 zone;

  check (value);
  if (name != NULL)
    check (name);
  if (label != NULL) {
    check (label);
    if (strlen (label) > PN_LABEL_BYTES_MAX || strpbrk (label, "/\\") != NULL)
      g_error ("a label is a path, or too long");
  }
  pn_mime_date_read (text, &time, &zone);
  return 0;
}
