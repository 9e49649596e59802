#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/mime_read.h"

/* Any bytes are a mail, and its record can be written and read again to the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  PnParseOptions options = { .authserv_ids = "mx.demo.example" };
  g_autoptr (GBytes) raw = g_bytes_new (data, size);
  g_autoptr (PnMail) mail = pn_mime_read (raw, &options);
  g_autoptr (PnMail) unparsed = pn_mime_read_unparsed (raw);
  g_autoptr (GError) error = NULL;
  json_t *once = pn_mail_write (mail);
  g_autoptr (PnMail) again = pn_mail_read (once, &error);
  json_t *twice = again != NULL ? pn_mail_write (again) : NULL;
  json_t *other = pn_mail_write (unparsed);

  if (!json_equal (once, twice))
    g_error ("the mail is not the same again: %s", error != NULL ? error->message : "");
  json_decref (once);
  json_decref (twice);
  json_decref (other);
  return 0;
}
