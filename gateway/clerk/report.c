#include "gateway/clerk/report.h"

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/token.h"
#include "ticketing/outbox.h"
#include "ticketing/person.h"
#include "ticketing/rate.h"
#include "ticketing/thread.h"

#define IDS_LOOKED_AT 20
#define NOTES_A_DAY 3 /* of one kind on one letter */

/* A report and the letter it is about. */
typedef struct {
  const PnClerk *clerk;
  const PnMail *mail;
  PnLetterRow *letter; /* NULL: unknown */
  gboolean is_proven;
  json_t *reasons;
} Report;

gboolean
pn_report_is (const PnMail *mail)
{
  switch (mail->kind) {
  case PN_MAIL_BOUNCE:
  case PN_MAIL_DELIVERY_REPORT:
  case PN_MAIL_FEEDBACK_REPORT:
  case PN_MAIL_DISPOSITION: return TRUE;
  case PN_MAIL_MESSAGE:
  case PN_MAIL_AUTO_REPLY:
  case PN_MAIL_LIST:
  case PN_MAIL_CALENDAR: return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
add_reason (const Report *report, const char *reason)
{
  pn_reason_add (report->reasons, reason);
  return TRUE;
}

/* A letter that is gone (an old backup) is no error. */
static gboolean
load_letter (Report *report, gint64 id, GError **error)
{
  g_autoptr (GError) problem = NULL;

  report->letter = pn_outbox_load (report->clerk->db, id, &problem);
  if (report->letter != NULL || pn_error_is (problem, PN_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
look_at_address (Report *report, const char *address, GError **error)
{
  g_autofree char *tag = pn_thread_address_tag (address, 'b');
  gint64 letter_id;

  if (report->letter != NULL || tag == NULL
      || !pn_token_read (report->clerk->key, PN_TOKEN_BOUNCE, tag, pn_clock_now (), &letter_id))
    return TRUE;
  if (!load_letter (report, letter_id, error))
    return FALSE;
  report->is_proven = report->letter != NULL;
  return TRUE;
}

static gboolean
look_at_recipients (Report *report, GError **error)
{
  const PnMail *mail = report->mail;
  const GPtrArray *lists[] = { mail->to, mail->cc };

  for (guint i = 0; i < mail->delivered_to->len; i++) {
    if (!look_at_address (report, mail->delivered_to->pdata[i], error))
      return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    for (guint j = 0; j < lists[i]->len; j++) {
      const PnAddress *recipient = lists[i]->pdata[j];

      if (!look_at_address (report, recipient->address, error))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
look_at_id (Report *report, const char *mid, GError **error)
{
  return report->letter != NULL || mid == NULL
         || pn_outbox_find_mid (report->clerk->db, mid, &report->letter, error);
}

static gboolean
look_at_ids (Report *report, GError **error)
{
  const PnMail *mail = report->mail;

  if (mail->bounce != NULL && !look_at_id (report, mail->bounce->original_message_id, error))
    return FALSE;
  for (guint i = 0; i < MIN (mail->in_reply_to->len, IDS_LOOKED_AT); i++) {
    if (!look_at_id (report, mail->in_reply_to->pdata[i], error))
      return FALSE;
  }
  for (guint i = mail->references->len; i > 0 && mail->references->len - i < IDS_LOOKED_AT; i--) {
    if (!look_at_id (report, mail->references->pdata[i - 1], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_event (const Report *report, const char *what, const char *reason, GError **error)
{
  if (report->letter->ticket_id == 0)
    return TRUE;
  return pn_event_add (report->clerk->db, report->letter->ticket_id, PN_EVENT_DELIVERY,
                       PN_ACTOR_IS_SYSTEM, report->letter->recipient, what, reason, error);
}

/* As add_event (), a few times a day for the same letter: whoever knows its Message-ID can send such mails. */
static gboolean
add_note (const Report *report, const char *what, const char *reason, GError **error)
{
  g_autofree char *key = g_strdup_printf ("report:%s:%" G_GINT64_FORMAT, what, report->letter->id);
  gboolean is_allowed;

  if (!pn_rate_hit (report->clerk->db, key, PN_DAY, NOTES_A_DAY, &is_allowed, error))
    return FALSE;
  return !is_allowed || add_event (report, what, reason, error);
}

static gboolean
suspend (const Report *report, const char *reason, GError **error)
{
  add_reason (report, reason);
  return pn_person_suspend (report->clerk->db, report->letter->recipient, reason, error)
         && add_event (report, "suspended", reason, error);
}

static gboolean
note_failure (const Report *report, const PnBounceRecipient *recipient, GError **error)
{
  const PnLetterRow *letter = report->letter;
  const char *status = recipient != NULL ? recipient->status : "";
  const char *text = recipient != NULL ? recipient->diagnostic : report->mail->subject;
  g_autofree char *reason =
      pn_reason_make (PN_WHY_LETTER_BOUNCED, "{s:o, s:b, s:o}", "status", pn_json_text (status),
                      "is_proven", report->is_proven, "text", pn_json_text (text));
  const gboolean is_news =
      letter->bounced_at == 0 || (report->is_proven && !letter->bounce_is_proven);
  gint64 hard_bounces = 0;

  add_reason (report, report->is_proven ? pn_reason (PN_WHY_LETTER_BOUNCE_PROVEN)
                                        : pn_reason (PN_WHY_LETTER_BOUNCE_UNPROVEN));
  if (!is_news)
    return TRUE;
  if (!pn_outbox_set_bounced (report->clerk->db, letter->id, status, text, report->is_proven,
                              &hard_bounces, error)
      || !add_event (report, "bounced", reason, error))
    return FALSE;
  if (!report->is_proven || hard_bounces < PN_REPORT_HARD_BOUNCES)
    return TRUE;
  return suspend (report, pn_reason (PN_WHY_LETTER_MANY_BOUNCES), error);
}

static gboolean
note_bounce (const Report *report, GError **error)
{
  const PnBounce *bounce = report->mail->bounce;
  const PnBounceRecipient *recipient =
      bounce != NULL && bounce->recipients->len > 0 ? bounce->recipients->pdata[0] : NULL;
  const char *action = recipient != NULL ? recipient->action : "";
  g_autofree char *reason = NULL;

  if (g_strcmp0 (action, "delayed") != 0)
    return note_failure (report, recipient, error);
  add_reason (report, pn_reason (PN_WHY_LETTER_DELAY));
  reason =
      pn_reason_make (PN_WHY_LETTER_DELAYED, "{s:o}", "text", pn_json_text (recipient->diagnostic));
  return add_note (report, "delayed", reason, error);
}

static gboolean
note_letter (const Report *report, GError **error)
{
  switch (report->mail->kind) {
  case PN_MAIL_BOUNCE: return note_bounce (report, error);
  case PN_MAIL_DELIVERY_REPORT:
    add_reason (report, pn_reason (PN_WHY_LETTER_DELIVERY));
    return add_note (report, "delivered", pn_reason (PN_WHY_LETTER_DELIVERED), error);
  case PN_MAIL_DISPOSITION:
    add_reason (report, pn_reason (PN_WHY_LETTER_DISPLAY));
    return add_note (report, "displayed", pn_reason (PN_WHY_LETTER_DISPLAYED), error);
  case PN_MAIL_FEEDBACK_REPORT: return suspend (report, pn_reason (PN_WHY_LETTER_COMPLAINT), error);
  case PN_MAIL_MESSAGE:
  case PN_MAIL_AUTO_REPLY:
  case PN_MAIL_LIST:
  case PN_MAIL_CALENDAR: break;
  }
  g_return_val_if_reached (TRUE);
}

static gboolean
find_letter (Report *report, GError **error)
{
  return look_at_recipients (report, error) && look_at_ids (report, error);
}

gboolean
pn_report_note (const PnClerk *clerk, const PnMail *mail, json_t *reasons, gint64 *ticket_id,
                GError **error)
{
  Report report = { .clerk = clerk, .mail = mail, .reasons = reasons };
  g_autoptr (PnLetterRow) letter = NULL;

  *ticket_id = 0;
  if (!find_letter (&report, error))
    return FALSE;
  letter = report.letter;
  if (letter == NULL)
    return add_reason (&report, pn_reason (PN_WHY_LETTER_UNKNOWN));
  *ticket_id = letter->ticket_id;
  return note_letter (&report, error);
}
