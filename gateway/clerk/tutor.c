#include "gateway/clerk/tutor.h"

#include "gateway/clerk/book.h"
#include "kb/study.h"
#include "kb/trust.h"
#include "ticketing/agent.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/core/reason.h"
#include "ticketing/outbox.h"

#define NEW_FEEDBACK 20 /* before it is studied anew */

/* Returns: the mailbox that letters about no ticket leave by; NULL: none can send. */
static const PnMailbox *
find_sender (const PnBook *book, const GPtrArray *mailboxes)
{
  for (guint i = 0; i < mailboxes->len; i++) {
    const PnMailbox *mailbox = mailboxes->pdata[i];
    const PnMailbox *sender = pn_book_sender (book, mailbox->queue_id, mailbox->id);

    if (sender != NULL)
      return sender;
  }
  return NULL;
}

static gboolean
tell (PnDb *db, const PnAgent *agent, const PnMailbox *mailbox, const char *reason, GError **error)
{
  g_autoptr (json_t) document = json_pack ("{s:o}", "reason", pn_reason_read (reason));
  g_autofree char *key = g_strdup_printf ("answers-off:%" G_GINT64_FORMAT, pn_clock_now ());
  const PnLetterOrder order = {
    .class = PN_CLASS_NOTICE,
    .letter = "answers-off",
    .mailbox_id = mailbox->id,
    .agent_id = agent->id,
    .recipient = agent->address,
    .recipient_name = agent->name,
    .document = document,
    .reason_key = key,
  };

  return pn_outbox_add (db, &order, NULL, error);
}

static gboolean
tell_leads (PnDb *db, const char *reason, GError **error)
{
  g_autoptr (PnBook) book = pn_book_load (db, error);
  g_autoptr (GPtrArray) mailboxes = NULL;
  g_autoptr (GPtrArray) agents = NULL;
  const PnMailbox *sender;

  if (book == NULL || (mailboxes = pn_mailbox_list (db, error)) == NULL
      || (agents = pn_agent_list (db, error)) == NULL)
    return FALSE;
  sender = find_sender (book, mailboxes);
  for (guint i = 0; sender != NULL && i < agents->len; i++) {
    const PnAgent *agent = agents->pdata[i];

    if (agent->is_enabled && agent->role >= PN_ROLE_LEAD
        && !tell (db, agent, sender, reason, error))
      return FALSE;
  }
  return TRUE;
}

/* Switching off and the letters about it are one transaction: one clerk of several does it. */
static gboolean
watch (PnDb *db, gpointer data, GError **error)
{
  char **reason = data;

  g_clear_pointer (reason, g_free);
  return pn_trust_watch (db, reason, error) && (*reason == NULL || tell_leads (db, *reason, error));
}

gboolean
pn_tutor_watch (const PnChoreContext *context, guint *done, GError **error)
{
  g_autofree char *reason = NULL;

  if (!pn_db_run (context->db, watch, &reason, error))
    return FALSE;
  if (reason != NULL) {
    pn_log (PN_LOG_WARNING, "answers-off", "by=watch");
    *done = 1;
  }
  return TRUE;
}

gboolean
pn_tutor_learn (const PnChoreContext *context, guint *done, GError **error)
{
  g_auto (PnStudyReport) report = { 0 };
  gboolean is_due;

  if (!pn_study_is_due (context->db, NEW_FEEDBACK, &is_due, error))
    return FALSE;
  if (!is_due)
    return TRUE;
  if (!pn_study (context->db, PN_STUDY_SMALL, &report, error))
    return FALSE;
  if (!report.is_too_large)
    pn_log (PN_LOG_INFO, "kb-learned", "questions=%u learned=%u samples=%u", report.questions,
            report.learned, report.samples);
  return TRUE;
}
