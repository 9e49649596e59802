#include "gateway/clerk/book.h"

#include <string.h>

#include "gateway/clerk/rule_stem.h"
#include "ticketing/agent.h"
#include "ticketing/person.h"

struct PnBook {
  GPtrArray *queues;     /* of PnQueue */
  GPtrArray *mailboxes;  /* of PnMailbox */
  GPtrArray *addresses;  /* of char * */
  GPtrArray *answerings; /* of PnAnswering, those saved */
  PnAnswering *usual;    /* of the other queues */
  GHashTable *agents;    /* folded addresses */
  gboolean has_sender_rules;
  PnRuleStems *stems;
  PnRuleBook *rules;
};

void
pn_book_free (PnBook *book)
{
  if (book == NULL)
    return;
  g_clear_pointer (&book->queues, g_ptr_array_unref);
  g_clear_pointer (&book->mailboxes, g_ptr_array_unref);
  g_clear_pointer (&book->answerings, g_ptr_array_unref);
  pn_answering_free (book->usual);
  g_ptr_array_unref (book->addresses);
  g_hash_table_unref (book->agents);
  pn_rule_book_free (book->rules);
  pn_rule_stems_free (book->stems);
  g_free (book);
}

static gboolean
load_agents (PnDb *db, PnBook *book, GError **error)
{
  g_autoptr (GPtrArray) agents = pn_agent_list (db, error);

  if (agents == NULL)
    return FALSE;
  for (guint i = 0; i < agents->len; i++) {
    const PnAgent *agent = agents->pdata[i];

    if (agent->is_enabled)
      g_hash_table_add (book->agents, pn_person_fold (agent->address));
  }
  return TRUE;
}

PnBook *
pn_book_load (PnDb *db, GError **error)
{
  g_autoptr (PnBook) book = g_new0 (PnBook, 1);

  book->addresses = g_ptr_array_new_with_free_func (g_free);
  book->agents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  book->queues = pn_queue_list (db, error);
  if (book->queues == NULL)
    return NULL;
  book->mailboxes = pn_mailbox_list (db, error);
  if (book->mailboxes == NULL || !load_agents (db, book, error)
      || !pn_sender_rule_exist (db, &book->has_sender_rules, error))
    return NULL;
  book->usual = pn_answering_new (0);
  book->answerings = pn_answering_list (db, error);
  if (book->answerings == NULL)
    return NULL;
  book->stems = pn_rule_stems_new ();
  book->rules = pn_rule_book_load (db, pn_rule_stem, book->stems, error);
  if (book->rules == NULL)
    return NULL;
  for (guint i = 0; i < book->mailboxes->len; i++) {
    const PnMailbox *mailbox = book->mailboxes->pdata[i];

    g_ptr_array_add (book->addresses, pn_person_fold (mailbox->address));
  }
  return g_steal_pointer (&book);
}

const PnQueue *
pn_book_queue (const PnBook *book, gint64 id)
{
  for (guint i = 0; i < book->queues->len; i++) {
    const PnQueue *queue = book->queues->pdata[i];

    if (queue->id == id)
      return queue;
  }
  return NULL;
}

const PnAnswering *
pn_book_answering (const PnBook *book, gint64 queue_id)
{
  for (guint i = 0; i < book->answerings->len; i++) {
    const PnAnswering *answering = book->answerings->pdata[i];

    if (answering->queue_id == queue_id)
      return answering;
  }
  return book->usual;
}

const PnMailbox *
pn_book_mailbox (const PnBook *book, gint64 id)
{
  for (guint i = 0; i < book->mailboxes->len; i++) {
    const PnMailbox *mailbox = book->mailboxes->pdata[i];

    if (mailbox->id == id)
      return mailbox;
  }
  return NULL;
}

static gboolean
can_send (const PnMailbox *mailbox, gint64 queue_id)
{
  return mailbox->queue_id == queue_id && mailbox->is_enabled && *mailbox->smtp.host != '\0';
}

const PnMailbox *
pn_book_sender (const PnBook *book, gint64 queue_id, gint64 preferred_id)
{
  const PnMailbox *preferred = pn_book_mailbox (book, preferred_id);
  const PnMailbox *first = NULL;

  if (preferred != NULL && can_send (preferred, queue_id))
    return preferred;
  for (guint i = 0; i < book->mailboxes->len; i++) {
    const PnMailbox *mailbox = book->mailboxes->pdata[i];

    if (can_send (mailbox, queue_id) && (first == NULL || mailbox->id < first->id))
      first = mailbox;
  }
  return first;
}

const GPtrArray *
pn_book_addresses (const PnBook *book)
{
  return book->addresses;
}

gboolean
pn_book_owns (const PnBook *book, const char *address)
{
  g_autofree char *folded = pn_person_fold (address);
  const char *at = strrchr (folded, '@');
  char *plus = strchr (folded, '+');

  if (at == NULL)
    return FALSE;
  if (plus != NULL && plus < at)
    memmove (plus, at, strlen (at) + 1);
  for (guint i = 0; i < book->addresses->len; i++) {
    if (strcmp (book->addresses->pdata[i], folded) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_book_is_agent (const PnBook *book, const char *address)
{
  g_autofree char *folded = pn_person_fold (address);

  return g_hash_table_contains (book->agents, folded);
}

gboolean
pn_book_has_sender_rules (const PnBook *book)
{
  return book->has_sender_rules;
}

PnRuleBook *
pn_book_rules (const PnBook *book)
{
  return book->rules;
}
