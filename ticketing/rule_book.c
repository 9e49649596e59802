#include "ticketing/rule_book.h"

#include "ticketing/agent.h"
#include "ticketing/mailbox.h"
#include "ticketing/queue.h"
#include "ticketing/rule_store.h"

struct PnRuleBook {
  GPtrArray *rules; /* of PnRule */
  guint events;     /* that any of them listens for */
  guint64 fields;   /* that any condition asks */
  PnStemFunc stem;
  gpointer stem_data;
  GHashTable *queues;    /* id → name; NULL: not loaded yet */
  GHashTable *languages; /* of queues */
  GHashTable *mailboxes;
  GHashTable *agents;
  PnMood *mood; /* NULL: no rule asks for it */
};

PnRuleBook *
pn_rule_book_new (GPtrArray *rules, PnStemFunc stem, gpointer stem_data)
{
  PnRuleBook *book = g_new0 (PnRuleBook, 1);

  book->rules = rules;
  book->stem = stem;
  book->stem_data = stem_data;
  for (guint i = 0; i < rules->len; i++) {
    const PnRule *rule = rules->pdata[i];

    book->events |= rule->events;
    book->fields |= pn_rule_fields (rule->condition);
  }
  return book;
}

PnRuleBook *
pn_rule_book_load (PnDb *db, PnStemFunc stem, gpointer stem_data, GError **error)
{
  GPtrArray *rules = pn_rule_list (db, TRUE, error);

  return rules != NULL ? pn_rule_book_new (rules, stem, stem_data) : NULL;
}

void
pn_rule_book_free (PnRuleBook *book)
{
  if (book == NULL)
    return;
  g_ptr_array_unref (book->rules);
  g_clear_pointer (&book->queues, g_hash_table_unref);
  g_clear_pointer (&book->languages, g_hash_table_unref);
  g_clear_pointer (&book->mailboxes, g_hash_table_unref);
  g_clear_pointer (&book->agents, g_hash_table_unref);
  pn_mood_free (book->mood);
  g_free (book);
}

const GPtrArray *
pn_rule_book_rules (const PnRuleBook *book)
{
  return book->rules;
}

gboolean
pn_rule_book_listens (const PnRuleBook *book, PnRuleOn on)
{
  return (book->events >> on & 1) != 0;
}

const PnRule *
pn_rule_book_find (const PnRuleBook *book, gint64 id)
{
  for (guint i = 0; i < book->rules->len; i++) {
    const PnRule *rule = book->rules->pdata[i];

    if (rule->id == id)
      return rule;
  }
  return NULL;
}

guint64
pn_rule_book_fields (const PnRuleBook *book)
{
  return book->fields;
}

PnFacts *
pn_rule_book_facts (const PnRuleBook *book)
{
  return pn_facts_new (book->stem, book->stem_data);
}

static void
add_name (GHashTable *names, gint64 id, const char *name)
{
  g_hash_table_insert (names, g_memdup2 (&id, sizeof id), g_strdup (name));
}

static GHashTable *
names_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

gboolean
pn_rule_book_load_names (PnRuleBook *book, PnDb *db, GError **error)
{
  g_autoptr (GPtrArray) queues = NULL;
  g_autoptr (GPtrArray) mailboxes = NULL;
  g_autoptr (GPtrArray) agents = NULL;

  if (book->queues != NULL)
    return TRUE;
  if ((book->fields & PN_FIELD_BIT (PN_FIELD_SENTIMENT)) != 0 && book->mood == NULL
      && (book->mood = pn_mood_load (db, error)) == NULL)
    return FALSE;
  if ((queues = pn_queue_list (db, error)) == NULL
      || (mailboxes = pn_mailbox_list (db, error)) == NULL
      || (agents = pn_agent_list (db, error)) == NULL)
    return FALSE;
  book->queues = names_new ();
  book->languages = names_new ();
  book->mailboxes = names_new ();
  book->agents = names_new ();
  for (guint i = 0; i < queues->len; i++) {
    const PnQueue *queue = queues->pdata[i];

    add_name (book->queues, queue->id, queue->name);
    add_name (book->languages, queue->id, queue->language);
  }
  for (guint i = 0; i < mailboxes->len; i++)
    add_name (book->mailboxes, ((const PnMailbox *) mailboxes->pdata[i])->id,
              ((const PnMailbox *) mailboxes->pdata[i])->name);
  for (guint i = 0; i < agents->len; i++)
    add_name (book->agents, ((const PnAgent *) agents->pdata[i])->id,
              ((const PnAgent *) agents->pdata[i])->login);
  return TRUE;
}

static const char *
find_name (GHashTable *names, gint64 id)
{
  return names != NULL ? g_hash_table_lookup (names, &id) : NULL;
}

const char *
pn_rule_book_queue (const PnRuleBook *book, gint64 id)
{
  return find_name (book->queues, id);
}

const char *
pn_rule_book_language (const PnRuleBook *book, gint64 queue_id)
{
  return find_name (book->languages, queue_id);
}

const char *
pn_rule_book_mailbox (const PnRuleBook *book, gint64 id)
{
  return find_name (book->mailboxes, id);
}

const char *
pn_rule_book_agent (const PnRuleBook *book, gint64 id)
{
  return find_name (book->agents, id);
}

const PnMood *
pn_rule_book_mood (const PnRuleBook *book)
{
  return book->mood;
}
