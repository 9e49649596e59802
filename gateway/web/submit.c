#include "gateway/web/submit.h"

#include <string.h>

#include "ticketing/core/crash.h"
#include "ticketing/core/log.h"
#include "ticketing/core/wake.h"
#include "ticketing/spool.h"

static PnMail *
make_mail (const PnSubmission *submission)
{
  PnMail *mail = pn_mail_new ();
  g_autoptr (PnSha256) digest = pn_sha256_new ();

  g_free (mail->subject);
  mail->subject = g_strdup (submission->subject);
  pn_address_free (mail->from);
  mail->from = pn_address_new (submission->name, submission->address);
  if (submission->to != NULL)
    g_ptr_array_add (mail->to, pn_address_new (NULL, submission->to));
  g_free (mail->text);
  mail->text = g_strdup (submission->text);
  g_free (mail->reply);
  mail->reply = g_strdup (submission->reply != NULL ? submission->reply : submission->text);
  mail->date = pn_clock_now ();
  pn_sha256_add (digest, submission->text, strlen (submission->text));
  for (guint i = 0; i < submission->attachments->len; i++) {
    const PnStoredAttachment *stored = submission->attachments->pdata[i];
    PnAttachment *attachment = pn_attachment_new ();

    g_free (attachment->name);
    attachment->name = g_strdup (stored->name);
    g_free (attachment->type);
    attachment->type = g_strdup (stored->type);
    g_free (attachment->declared_type);
    attachment->declared_type = g_strdup (stored->declared_type);
    attachment->size_bytes = stored->size_bytes;
    g_free (attachment->sha256);
    attachment->sha256 = pn_hex (stored->sha, PN_SHA256_BYTES);
    pn_sha256_add (digest, stored->sha, PN_SHA256_BYTES);
    g_ptr_array_add (mail->attachments, attachment);
  }
  g_free (mail->content_digest);
  mail->content_digest = pn_sha256_end_hex (digest);
  mail->form = json_pack ("{s:s}", "key", submission->key);
  if (submission->form != NULL)
    json_object_update (mail->form, (json_t *) submission->form);
  return mail;
}

gboolean
pn_submit (PnCall *call, const PnSubmission *submission, gint64 *spool_id, GError **error)
{
  g_autoptr (PnMail) mail = make_mail (submission);
  g_autoptr (json_t) document = pn_mail_write (mail);
  char *text = pn_json_write (document);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  g_autofree char *key = g_strconcat ("form ", submission->key, NULL);
  gboolean is_known;

  delivery->mailbox_id = submission->mailbox_id;
  delivery->queue_id = submission->queue_id;
  delivery->channel = submission->channel;
  delivery->format = PN_FORMAT_JSON;
  delivery->size_bytes = (gint64) g_bytes_get_size (bytes);
  delivery->has_form_key = TRUE;
  pn_sha256 (key, strlen (key), delivery->form_key);
  PN_CRASH_POINT ("web-before-spool");
  if (!pn_blob_store (call->db, bytes, delivery->raw_sha, error)
      || !pn_spool_add (call->db, delivery, NULL, spool_id, &is_known, error))
    return FALSE;
  PN_CRASH_POINT ("web-after-spool");
  pn_log (PN_LOG_INFO, "submitted", "spool=%" G_GINT64_FORMAT " channel=%s known=%d", *spool_id,
          pn_channel_name (submission->channel), is_known);
  if (call->web->config.run_path != NULL)
    pn_wake_send (call->web->config.run_path, "clerk");
  return TRUE;
}
