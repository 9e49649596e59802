#include "gateway/clerk/confirm.h"

#include "gateway/clerk/answer.h"
#include "gateway/mail/auto.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox.h"
#include "ticketing/person.h"
#include "ticketing/rate.h"

gboolean
pn_confirm_is_wanted (const PnMail *mail)
{
  return json_is_true (json_object_get (mail->form, "confirm"));
}

/* The same keys as acknowledgements have. */
static gboolean
check_rates (const PnClerk *clerk, const char *address, const char **refusal, GError **error)
{
  g_autofree char *unverified = g_strconcat ("unverified:", address, NULL);
  g_autofree char *total = g_strconcat ("automatic:", address, NULL);
  gboolean is_suspended = FALSE;
  gboolean is_allowed = TRUE;

  if (!pn_person_is_suspended (clerk->db, address, &is_suspended, error))
    return FALSE;
  if (is_suspended) {
    *refusal = pn_reason (PN_WHY_HELD_SUSPENDED);
    return TRUE;
  }
  if (!pn_rate_hit (clerk->db, unverified, PN_DAY, 1, &is_allowed, error)
      || (is_allowed
          && !pn_rate_hit (clerk->db, total, PN_DAY, PN_ANSWER_DAILY_MAX, &is_allowed, error)))
    return FALSE;
  if (!is_allowed)
    *refusal = pn_reason (PN_WHY_HELD_LIMIT);
  return TRUE;
}

static gboolean
order (const PnClerk *clerk, const PnDelivery *delivery, const PnMailbox *mailbox,
       const char *recipient, GError **error)
{
  g_autofree char *key = g_strdup_printf ("confirm:%" G_GINT64_FORMAT, delivery->id);
  json_t *document = json_pack ("{s:I}", "spool", (json_int_t) delivery->id);
  const PnLetterOrder letter = {
    .class = PN_CLASS_AUTOMATIC,
    .letter = "form-confirm",
    .mailbox_id = mailbox->id,
    .recipient = recipient,
    .document = document,
    .reason_key = key,
  };
  gboolean is_added = pn_outbox_add (clerk->db, &letter, NULL, error);

  json_decref (document);
  return is_added;
}

gboolean
pn_confirm_ask (const PnClerk *clerk, const PnDelivery *delivery, const PnMail *mail,
                json_t *reasons, GError **error)
{
  g_autofree char *usable = pn_text_read_address (mail->from->address, NULL);
  g_autofree char *address = pn_person_fold (usable != NULL ? usable : "");
  const PnMailbox *mailbox = pn_book_sender (clerk->book, delivery->queue_id, delivery->mailbox_id);
  const char *refusal = NULL;

  if (usable == NULL || pn_auto_is_robot_address (usable) || pn_book_owns (clerk->book, usable))
    refusal = pn_reason (PN_WHY_HELD_UNREAD);
  else if (mailbox == NULL)
    refusal = pn_reason (PN_WHY_HELD_NO_MAILBOX);
  else if (!check_rates (clerk, address, &refusal, error))
    return FALSE;
  if (refusal != NULL) {
    pn_reason_add (reasons, refusal);
    return TRUE;
  }
  pn_reason_add (reasons, pn_reason (PN_WHY_HELD_ASKED));
  return order (clerk, delivery, mailbox, usable, error);
}
