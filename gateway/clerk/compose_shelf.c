#include "gateway/clerk/compose_private.h"

void
pn_compose_shelf_init (PnComposeShelf *shelf)
{
  shelf->mailboxes =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) pn_mailbox_free);
  shelf->queues =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) pn_queue_free);
  shelf->wordings =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) pn_wording_free);
}

void
pn_compose_shelf_clear (PnComposeShelf *shelf)
{
  g_clear_pointer (&shelf->mailboxes, g_hash_table_unref);
  g_clear_pointer (&shelf->queues, g_hash_table_unref);
  g_clear_pointer (&shelf->wordings, g_hash_table_unref);
}

const PnMailbox *
pn_composition_find_mailbox (const PnComposition *composition, gint64 id, GError **error)
{
  GHashTable *mailboxes = composition->shelf->mailboxes;
  PnMailbox *mailbox = g_hash_table_lookup (mailboxes, &id);

  if (mailbox == NULL) {
    mailbox = pn_mailbox_load (composition->compose->db, id, error);
    if (mailbox != NULL)
      g_hash_table_insert (mailboxes, &mailbox->id, mailbox);
  }
  return mailbox;
}

const PnQueue *
pn_composition_find_queue (const PnComposition *composition, gint64 id, GError **error)
{
  GHashTable *queues = composition->shelf->queues;
  PnQueue *queue = g_hash_table_lookup (queues, &id);

  if (queue == NULL) {
    queue = pn_queue_load (composition->compose->db, id, error);
    if (queue != NULL)
      g_hash_table_insert (queues, &queue->id, queue);
  }
  return queue;
}

const PnWording *
pn_composition_find_wording (const PnComposition *composition, const char *language, GError **error)
{
  GHashTable *wordings = composition->shelf->wordings;
  g_autofree char *key = g_strdup_printf ("%s %s", composition->letter, language);
  PnWording *wording = g_hash_table_lookup (wordings, key);

  if (wording == NULL) {
    wording = pn_wording_load (composition->compose->db, composition->letter, language, 0, error);
    if (wording != NULL)
      g_hash_table_insert (wordings, g_steal_pointer (&key), wording);
  }
  return wording;
}
