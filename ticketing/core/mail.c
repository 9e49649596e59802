#include "ticketing/core/mail.h"

#include <string.h>

static const char *const kind_names[] = {
  [PN_MAIL_MESSAGE] = "message",
  [PN_MAIL_AUTO_REPLY] = "auto_reply",
  [PN_MAIL_BOUNCE] = "bounce",
  [PN_MAIL_DELIVERY_REPORT] = "delivery_report",
  [PN_MAIL_FEEDBACK_REPORT] = "feedback_report",
  [PN_MAIL_DISPOSITION] = "disposition",
  [PN_MAIL_LIST] = "list",
  [PN_MAIL_CALENDAR] = "calendar",
};

static const char *const verdict_names[] = {
  [PN_VERDICT_NONE] = "none",
  [PN_VERDICT_PASS] = "pass",
  [PN_VERDICT_FAIL] = "fail",
};

static gboolean
find_name (const char *const *names, gsize n, const char *name, gsize *index)
{
  for (gsize i = 0; i < n; i++) {
    if (strcmp (names[i], name) == 0) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

const char *
pn_mail_kind_name (PnMailKind kind)
{
  g_return_val_if_fail ((gsize) kind < G_N_ELEMENTS (kind_names), NULL);
  return kind_names[kind];
}

gboolean
pn_mail_kind_read (const char *name, PnMailKind *kind)
{
  gsize index;

  if (!find_name (kind_names, G_N_ELEMENTS (kind_names), name, &index))
    return FALSE;
  *kind = (PnMailKind) index;
  return TRUE;
}

const char *
pn_verdict_name (PnVerdict verdict)
{
  g_return_val_if_fail ((gsize) verdict < G_N_ELEMENTS (verdict_names), NULL);
  return verdict_names[verdict];
}

gboolean
pn_verdict_read (const char *name, PnVerdict *verdict)
{
  gsize index;

  if (!find_name (verdict_names, G_N_ELEMENTS (verdict_names), name, &index))
    return FALSE;
  *verdict = (PnVerdict) index;
  return TRUE;
}

PnAddress *
pn_address_new (const char *name, const char *address)
{
  PnAddress *new = g_new0 (PnAddress, 1);

  new->name = g_strdup (name != NULL ? name : "");
  new->address = g_strdup (address != NULL ? address : "");
  return new;
}

void
pn_address_free (PnAddress *address)
{
  if (address == NULL)
    return;
  g_free (address->name);
  g_free (address->address);
  g_free (address);
}

PnAttachment *
pn_attachment_new (void)
{
  PnAttachment *attachment = g_new0 (PnAttachment, 1);

  attachment->name = g_strdup ("");
  attachment->type = g_strdup ("");
  attachment->declared_type = g_strdup ("");
  attachment->sha256 = g_strdup ("");
  return attachment;
}

void
pn_attachment_free (PnAttachment *attachment)
{
  if (attachment == NULL)
    return;
  g_free (attachment->name);
  g_free (attachment->type);
  g_free (attachment->declared_type);
  g_free (attachment->sha256);
  g_free (attachment->content_id);
  g_clear_pointer (&attachment->bytes, g_bytes_unref);
  g_free (attachment);
}

PnBounceRecipient *
pn_bounce_recipient_new (void)
{
  PnBounceRecipient *recipient = g_new0 (PnBounceRecipient, 1);

  recipient->address = g_strdup ("");
  recipient->action = g_strdup ("");
  recipient->status = g_strdup ("");
  recipient->diagnostic = g_strdup ("");
  return recipient;
}

static void
recipient_free (PnBounceRecipient *recipient)
{
  g_free (recipient->address);
  g_free (recipient->action);
  g_free (recipient->status);
  g_free (recipient->diagnostic);
  g_free (recipient);
}

PnBounce *
pn_bounce_new (void)
{
  PnBounce *bounce = g_new0 (PnBounce, 1);

  bounce->recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) recipient_free);
  return bounce;
}

static void
bounce_free (PnBounce *bounce)
{
  if (bounce == NULL)
    return;
  g_ptr_array_unref (bounce->recipients);
  g_free (bounce->original_message_id);
  g_free (bounce);
}

PnHeader *
pn_header_new (const char *name, const char *value)
{
  PnHeader *header = g_new0 (PnHeader, 1);

  header->name = g_strdup (name);
  header->value = g_strdup (value);
  return header;
}

static void
header_free (PnHeader *header)
{
  g_free (header->name);
  g_free (header->value);
  g_free (header);
}

PnMail *
pn_mail_new (void)
{
  PnMail *mail = g_new0 (PnMail, 1);

  mail->in_reply_to = g_ptr_array_new_with_free_func (g_free);
  mail->references = g_ptr_array_new_with_free_func (g_free);
  mail->subject = g_strdup ("");
  mail->from = pn_address_new (NULL, NULL);
  mail->reply_to = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_address_free);
  mail->to = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_address_free);
  mail->cc = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_address_free);
  mail->text = g_strdup ("");
  mail->reply = g_strdup ("");
  mail->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_attachment_free);
  mail->auto_reasons = g_ptr_array_new_with_free_func (g_free);
  mail->delivered_to = g_ptr_array_new_with_free_func (g_free);
  mail->headers = g_ptr_array_new_with_free_func ((GDestroyNotify) header_free);
  mail->authentication_results = g_ptr_array_new_with_free_func (g_free);
  mail->defects = g_ptr_array_new_with_free_func (g_free);
  return mail;
}

void
pn_mail_free (PnMail *mail)
{
  if (mail == NULL)
    return;
  g_free (mail->message_id);
  g_ptr_array_unref (mail->in_reply_to);
  g_ptr_array_unref (mail->references);
  g_free (mail->subject);
  pn_address_free (mail->from);
  pn_address_free (mail->sender);
  g_ptr_array_unref (mail->reply_to);
  g_ptr_array_unref (mail->to);
  g_ptr_array_unref (mail->cc);
  g_free (mail->text);
  g_free (mail->html);
  g_free (mail->reply);
  g_ptr_array_unref (mail->attachments);
  g_ptr_array_unref (mail->auto_reasons);
  bounce_free (mail->bounce);
  g_free (mail->return_path);
  g_ptr_array_unref (mail->delivered_to);
  g_ptr_array_unref (mail->headers);
  g_free (mail->list_id);
  g_ptr_array_unref (mail->authentication_results);
  g_free (mail->language);
  g_ptr_array_unref (mail->defects);
  g_free (mail->content_digest);
  json_decref (mail->form);
  g_free (mail);
}

const char *
pn_mail_header (const PnMail *mail, const char *name)
{
  for (guint i = 0; i < mail->headers->len; i++) {
    const PnHeader *header = g_ptr_array_index (mail->headers, i);

    if (g_ascii_strcasecmp (header->name, name) == 0)
      return header->value;
  }
  return NULL;
}
