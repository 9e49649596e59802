#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/mail/bounce.h"
#include "gateway/mail/mime_text.h"

/* @data: report type, delivery status, prose and original header, separated by NUL. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  char *texts[4] = { NULL };
  g_autoptr (PnMail) mail = pn_mail_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    const guint8 *end = memchr (data, 0, size);
    gsize n = end != NULL ? (gsize) (end - data) : size;

    texts[i] = pn_mime_text_decode (data, n, NULL, NULL);
    pn_mime_text_clean (texts[i]);
    data += n + (end != NULL);
    size -= n + (end != NULL);
  }
  PnReport report = {
    .report_type = texts[0], .delivery_status = texts[1], .text = texts[2], .original = texts[3]
  };
  if (*texts[1] == '\0')
    report.delivery_status = NULL;
  g_free (mail->subject);
  mail->subject = pn_mime_text_line (texts[0]);
  mail->return_path = g_strdup ("");
  pn_bounce_judge (mail, &report);
  if (mail->bounce != NULL && mail->bounce->recipients->len == 0)
    g_error ("a bounce without recipient");
  json_t *document = pn_mail_write (mail);
  if (document == NULL)
    g_error ("a bounce that cannot be written");
  json_decref (document);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  return 0;
}
