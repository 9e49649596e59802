#include "gateway/serve/rehearsal.h"

#include "gateway/mail/mime_read.h"
#include "ticketing/core/error.h"
#include "ticketing/core/reason.h"

typedef struct {
  const PnClerk *clerk;
  PnDelivery *delivery;
  PnRehearsal *rehearsal;
  guint8 record_sha[PN_SHA256_BYTES]; /* of no blob: what is held is not kept either */
  gboolean is_done;
} Stage;

void
pn_rehearsal_clear (PnRehearsal *rehearsal)
{
  g_clear_pointer (&rehearsal->mail, pn_mail_free);
  pn_filed_clear (&rehearsal->filed);
}

static PnMail *
read_mail (const PnFiling *filing, const PnMailbox *mailbox, GBytes *raw, GError **error)
{
  g_autoptr (GError) problem = NULL;
  gboolean has_died = FALSE;
  PnMail *mail =
      filing->parse (filing->parse_data, NULL, raw, mailbox->authserv_id, &has_died, &problem);

  if (mail != NULL)
    return mail;
  if (has_died)
    return pn_mime_read_unparsed (raw);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static void
name_attachments (PnMail *mail)
{
  for (guint i = 0; i < mail->attachments->len; i++) {
    PnAttachment *attachment = mail->attachments->pdata[i];
    guint8 sha[PN_SHA256_BYTES];
    gsize size_bytes = 0;
    gconstpointer bytes = NULL;

    if (attachment->bytes == NULL)
      continue;
    bytes = g_bytes_get_data (attachment->bytes, &size_bytes);
    pn_sha256 (bytes, size_bytes, sha);
    g_free (attachment->sha256);
    attachment->sha256 = pn_hex (sha, sizeof sha);
  }
}

/* Always fails, so that nothing stays. */
static gboolean
play (PnDb *db, gpointer data, GError **error)
{
  Stage *stage = data;
  PnFiled *filed = &stage->rehearsal->filed;
  PnIntakeItem item = { .delivery = stage->delivery,
                        .mail = stage->rehearsal->mail,
                        .record_sha = stage->record_sha };
  gboolean is_known = FALSE;

  if (!pn_spool_add (db, stage->delivery, NULL, &stage->delivery->id, &is_known, error))
    return FALSE;
  if (is_known) {
    filed->disposition = PN_DISPOSITION_DUPLICATE;
    filed->reasons = json_pack ("[o]", pn_reason_read (pn_reason (PN_WHY_PLACE_SAME_BYTES)));
  } else if (!pn_intake_screen (stage->clerk, stage->delivery, item.mail, &item.screening, error)
             || !pn_intake_file (stage->clerk, &item, filed, error)) {
    return FALSE;
  }
  stage->is_done = TRUE;
  pn_error_set (error, PN_ERROR_PERMANENT, "this was a rehearsal");
  return FALSE;
}

gboolean
pn_rehearse (const PnFiling *filing, const PnMailbox *mailbox, GBytes *raw, PnTime internal_date,
             PnRehearsal *rehearsal, GError **error)
{
  g_autoptr (PnBook) book = pn_book_load (filing->db, error);
  g_autoptr (PnNotices) notices = pn_notices_new ();
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  g_autoptr (GError) reason = NULL;
  PnClerk clerk = { .db = filing->db, .key = filing->key, .book = book, .notices = notices };
  Stage stage = { .clerk = &clerk, .delivery = delivery, .rehearsal = rehearsal };

  if (book == NULL)
    return FALSE;
  rehearsal->mail = read_mail (filing, mailbox, raw, error);
  if (rehearsal->mail == NULL)
    return FALSE;
  name_attachments (rehearsal->mail);
  delivery->mailbox_id = mailbox->id;
  delivery->queue_id = mailbox->queue_id;
  delivery->channel = PN_CHANNEL_IMAP;
  delivery->internal_date = internal_date;
  delivery->size_bytes = (gint64) g_bytes_get_size (raw);
  pn_sha256 (g_bytes_get_data (raw, NULL), g_bytes_get_size (raw), delivery->raw_sha);
  (void) pn_db_run (filing->db, play, &stage, &reason);
  if (!stage.is_done) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  if (rehearsal->filed.disposition == PN_DISPOSITION_CREATED)
    rehearsal->filed.ticket_id = 0;
  rehearsal->filed.message_id = 0;
  return TRUE;
}
