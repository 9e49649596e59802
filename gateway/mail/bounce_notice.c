#include "gateway/mail/bounce_notice.h"

#include <string.h>

#define RECIPIENTS_MAX 200

static const char *
text_of (const json_t *object, const char *name)
{
  const char *text = json_string_value (json_object_get (object, name));

  return text != NULL ? text : "";
}

static void
add (PnBounce *bounce, const char *address, const char *action, const char *status,
     const char *diagnostic)
{
  PnBounceRecipient *recipient = pn_bounce_recipient_new ();

  g_free (recipient->address);
  g_free (recipient->action);
  g_free (recipient->status);
  g_free (recipient->diagnostic);
  recipient->address = g_strdup (address);
  recipient->action = g_strdup (action);
  recipient->status = g_strdup (status);
  recipient->diagnostic = g_strdup (diagnostic);
  g_ptr_array_add (bounce->recipients, recipient);
}

static void
read_failures (PnBounce *bounce, const json_t *failures)
{
  gsize n = MIN (json_array_size (failures), RECIPIENTS_MAX);

  for (gsize i = 0; i < n; i++) {
    const json_t *one = json_array_get (failures, i);
    const char *action = text_of (one, "action");

    add (bounce, text_of (one, "emailAddress"), *action != '\0' ? action : "failed",
         text_of (one, "status"), text_of (one, "diagnosticCode"));
  }
}

/* "250 2.6.0 Message received" → "2.6.0" */
static void
read_deliveries (PnBounce *bounce, const json_t *delivery)
{
  const json_t *recipients = json_object_get (delivery, "recipients");
  const char *response = text_of (delivery, "smtpResponse");
  const char *status = response + strcspn (response, " ");
  g_autofree char *code =
      g_strndup (status + strspn (status, " "), strcspn (status + strspn (status, " "), " "));
  gsize n = MIN (json_array_size (recipients), RECIPIENTS_MAX);

  for (gsize i = 0; i < n; i++) {
    const char *address = json_string_value (json_array_get (recipients, i));

    add (bounce, address != NULL ? address : "", "delivered",
         strchr (code, '.') != NULL ? code : "", response);
  }
}

/* Returns: (owned) the Message-ID without <>, or NULL. */
static char *
message_id (const json_t *about)
{
  const char *id = text_of (json_object_get (about, "commonHeaders"), "messageId");

  id += strspn (id, "<");
  return *id != '\0' ? g_strndup (id, strcspn (id, ">")) : NULL;
}

gboolean
pn_bounce_notice_read (PnMail *mail, const char *text)
{
  json_t *document;
  const char *type;
  gboolean is_notice = TRUE;

  if (text[0] != '{' || strstr (text, "\"notificationType\"") == NULL)
    return FALSE;
  /* Line breaks on the way may have come into strings. */
  g_autofree char *flat = g_strdelimit (g_strdup (text), "\n\t", ' ');
  document = json_loads (flat, JSON_DISABLE_EOF_CHECK, NULL);
  type = text_of (document, "notificationType");
  if (strcmp (type, "Bounce") == 0 || strcmp (type, "Delivery") == 0) {
    mail->bounce = pn_bounce_new ();
    mail->kind = type[0] == 'B' ? PN_MAIL_BOUNCE : PN_MAIL_DELIVERY_REPORT;
    mail->bounce->original_message_id = message_id (json_object_get (document, "mail"));
    read_failures (mail->bounce,
                   json_object_get (json_object_get (document, "bounce"), "bouncedRecipients"));
    read_deliveries (mail->bounce, json_object_get (document, "delivery"));
    if (mail->bounce->recipients->len == 0)
      add (mail->bounce, "", type[0] == 'B' ? "failed" : "delivered", "", "");
  } else if (strcmp (type, "Complaint") == 0) {
    mail->kind = PN_MAIL_FEEDBACK_REPORT;
  } else {
    is_notice = FALSE;
  }
  json_decref (document);
  return is_notice;
}
