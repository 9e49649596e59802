#include "tests/fuzz/target.h"

#include <string.h>

#include "ticketing/core/mail.h"

/* What was read can be written, and read again to the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  json_t *document = json_loadb ((const char *) data, size, 0, NULL);
  g_autoptr (PnMail) mail = document != NULL ? pn_mail_read (document, NULL) : NULL;

  json_decref (document);
  if (mail != NULL) {
    json_t *once = pn_mail_write (mail);
    g_autoptr (GError) error = NULL;
    g_autoptr (PnMail) again = pn_mail_read (once, &error);
    json_t *twice = again != NULL ? pn_mail_write (again) : NULL;

    if (!json_equal (once, twice))
      g_error ("the mail is not the same again: %s", error != NULL ? error->message : "");
    json_decref (once);
    json_decref (twice);
  }
  return 0;
}
