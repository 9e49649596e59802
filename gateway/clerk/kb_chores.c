#include "gateway/clerk/kb_chores.h"

#include "kb/image.h"
#include "kb/link.h"
#include "kb/publish.h"
#include "ticketing/agent.h"
#include "ticketing/core/json.h"
#include "ticketing/mailbox.h"
#include "ticketing/outbox.h"

#define PUBLISHED 20
#define CHECKED 50
#define REMINDED 20

gboolean
pn_kb_chore_publish (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_kb_publish_round (context->db, PUBLISHED, done, error);
}

gboolean
pn_kb_chore_links (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_link_check_round (context->db, CHECKED, done, error);
}

/* Any mailbox that can send will do: no queue has a part in this. 0: none can. */
static gboolean
find_mailbox (PnDb *db, gint64 *mailbox_id, GError **error)
{
  g_autoptr (GArray) queues = pn_mailbox_sending_queues (db, error);
  g_autoptr (PnMailbox) mailbox = NULL;

  if (queues == NULL
      || (queues->len > 0
          && !pn_mailbox_for_queue (db, g_array_index (queues, gint64, 0), &mailbox, error)))
    return FALSE;
  *mailbox_id = mailbox != NULL ? mailbox->id : 0;
  return TRUE;
}

static gboolean
order_letter (PnDb *db, const PnAgent *agent, const PnArticle *article, const char *site_url,
              GError **error)
{
  g_autofree char *key = g_strdup_printf ("kb-review:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                                          article->id, article->review_at);
  g_autofree char *url = g_strdup_printf ("%s/desk/kb/%" G_GINT64_FORMAT, site_url, article->id);
  g_autoptr (json_t) document =
      json_pack ("{s:{s:o, s:s}}", "article", "title", pn_json_text (article->title), "url", url);
  PnLetterOrder letter = { .class = PN_CLASS_NOTICE,
                           .letter = "notice-review",
                           .agent_id = agent->id,
                           .recipient = agent->address,
                           .recipient_name = agent->name,
                           .document = document,
                           .reason_key = key };

  return find_mailbox (db, &letter.mailbox_id, error)
         && (letter.mailbox_id == 0 || pn_outbox_add (db, &letter, NULL, error));
}

static gboolean
remind (PnDb *db, const PnArticle *article, gpointer data, GError **error)
{
  const PnChoreContext *context = data;
  g_autoptr (PnAgent) agent = NULL;

  if (!pn_agent_find (db, article->owner, &agent, error))
    return FALSE;
  return agent == NULL || !agent->is_enabled || *agent->address == '\0'
         || order_letter (db, agent, article, context->site_url, error);
}

gboolean
pn_kb_chore_remind (const PnChoreContext *context, guint *done, GError **error)
{
  return pn_kb_remind_round (context->db, REMINDED, remind, (gpointer) context, done, error);
}

gboolean
pn_kb_chore_pictures (const PnChoreContext *context, guint *done, GError **error)
{
  gboolean is_gone;

  return pn_image_sweep (context->db, done, &is_gone, error);
}

static gboolean
keep_picture (PnDb *db, const guint8 *sha, gpointer data, GError **error)
{
  pn_blob_sweep_keep (data, sha);
  return TRUE;
}

gboolean
pn_kb_keep_pictures (PnBlobSweep *sweep, PnDb *db, GError **error)
{
  return pn_image_each_blob (db, keep_picture, sweep, error);
}
