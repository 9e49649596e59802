#include "tests/db/searcher.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/queue.h"

static gint64
add_agent (PnDb *db, const char *login, PnAgentRole role)
{
  g_autoptr (GError) error = NULL;
  const PnAgent agent = { .login = (char *) login,
                          .name = (char *) login,
                          .address = (char *) "staff@example.com",
                          .role = role,
                          .is_enabled = TRUE };
  gint64 id = 0;

  g_assert_true (pn_agent_add (db, &agent, "x", &id, &error));
  g_assert_no_error (error);
  return id;
}

static PnAccess *
access_of (PnDb *db, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) agent = pn_agent_load (db, id, &error);
  PnAccess *access = pn_access_load (db, agent, &error);

  g_assert_no_error (error);
  return access;
}

gboolean
pn_searcher_open (PnSearcher *world)
{
  static const char *const names[] = { "support", "sales" };
  g_autoptr (GError) error = NULL;

  *world = (PnSearcher){ .db = pn_testdb_open () };
  if (world->db == NULL)
    return FALSE;
  for (guint i = 0; i < 2; i++) {
    g_autoptr (PnQueue) queue = pn_queue_new (names[i]);

    g_assert_true (pn_queue_save (world->db, queue, &error));
    world->queues[i] = queue->id;
  }
  world->agents[0] = add_agent (world->db, "root", PN_ROLE_ADMIN);
  world->agents[1] = add_agent (world->db, "sam", PN_ROLE_AGENT);
  g_assert_true (pn_agent_give_queue (world->db, world->agents[1], world->queues[1], &error));
  g_assert_no_error (error);
  world->admin = access_of (world->db, world->agents[0]);
  world->agent = access_of (world->db, world->agents[1]);
  return TRUE;
}

void
pn_searcher_close (PnSearcher *world)
{
  pn_access_free (world->admin);
  pn_access_free (world->agent);
  pn_db_close (world->db);
}

guint
pn_searcher_walk (const PnSearcher *world, const PnAccess *access, const char *text, guint limit,
                  gboolean is_oldest)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autofree char *after = NULL;
  guint pages = 0;

  do {
    g_autoptr (GError) error = NULL;
    const PnSearchRequest request = { (char *) text, after, limit, is_oldest };
    g_autoptr (PnSearchResult) result = pn_search_tickets (world->db, access, &request, &error);

    g_assert_no_error (error);
    if (result == NULL)
      break;
    for (guint i = 0; i < result->hits->len; i++) {
      const PnSearchHit *hit = result->hits->pdata[i];

      g_assert_true (g_hash_table_add (seen, GSIZE_TO_POINTER ((gsize) hit->ticket->id)));
    }
    g_free (after);
    after = g_strdup (result->next);
    pages++;
  } while (after != NULL && pages < 2000);
  g_assert_cmpuint (pages, <, 2000);
  return g_hash_table_size (seen);
}
