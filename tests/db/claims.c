#include "tests/db/claims.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"

typedef struct {
  PnClaim claim;
  gint64 (*id_of) (gconstpointer row);
  GMutex lock;
  GHashTable *times; /* id -> how often it was had */
} Race;

static gpointer
claim_all (gpointer data)
{
  Race *race = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDb) db = pn_db_open (pn_testdb_target (), &error);
  g_autofree char *owner = g_strdup_printf ("thread-%p", (void *) g_thread_self ());
  guint idle = 0;

  while (db != NULL && error == NULL && idle < 2) {
    g_autoptr (GPtrArray) batch = race->claim (db, owner, &error);

    idle = batch != NULL && batch->len > 0 ? 0 : idle + 1;
    g_mutex_lock (&race->lock);
    for (guint i = 0; batch != NULL && i < batch->len; i++) {
      gpointer key = GSIZE_TO_POINTER ((gsize) race->id_of (batch->pdata[i]));
      guint times = GPOINTER_TO_UINT (g_hash_table_lookup (race->times, key));

      g_hash_table_insert (race->times, key, GUINT_TO_POINTER (times + 1));
    }
    g_mutex_unlock (&race->lock);
  }
  g_assert_no_error (error);
  g_clear_pointer (&db, pn_db_close);
  pn_db_thread_end ();
  return NULL;
}

void
pn_claims_race (PnClaim claim, gint64 (*id_of) (gconstpointer row))
{
  g_autoptr (GHashTable) times = g_hash_table_new (NULL, NULL);
  Race race = { .claim = claim, .id_of = id_of, .times = times };
  GHashTableIter iter;
  gpointer had;
  GThread *threads[2];

  g_mutex_init (&race.lock);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("claim", claim_all, &race);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (g_hash_table_size (times), ==, PN_CLAIM_ROWS);
  g_hash_table_iter_init (&iter, times);
  while (g_hash_table_iter_next (&iter, NULL, &had))
    g_assert_cmpuint (GPOINTER_TO_UINT (had), ==, 1);
  g_mutex_clear (&race.lock);
}
