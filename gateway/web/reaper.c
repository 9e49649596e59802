#include "gateway/web/reaper.h"

#include <string.h>
#include <sys/socket.h>

#define LOOK_MILLISECONDS 100

struct PnWatch {
  int fd;
  char *client;
  gint64 deadline; /* monotonic; 0: none */
};

struct PnReaper {
  GMutex lock; /* all below */
  GCond changed;
  GHashTable *watches; /* PnWatch * */
  GHashTable *clients; /* char * -> number of connections */
  guint limit_per_client;
  gboolean is_ending;
  GThread *thread;
};

static void
watch_free (gpointer data)
{
  PnWatch *watch = data;

  g_free (watch->client);
  g_free (watch);
}

static void
end_late (PnReaper *reaper, gint64 now)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, reaper->watches);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    PnWatch *watch = key;

    if (watch->deadline == 0 || watch->deadline > now)
      continue;
    shutdown (watch->fd, SHUT_RDWR);
    watch->deadline = 0;
  }
}

static gpointer
reap (gpointer data)
{
  PnReaper *reaper = data;

  g_mutex_lock (&reaper->lock);
  while (!reaper->is_ending) {
    gint64 now = g_get_monotonic_time ();

    end_late (reaper, now);
    g_cond_wait_until (&reaper->changed, &reaper->lock,
                       now + LOOK_MILLISECONDS * G_TIME_SPAN_MILLISECOND);
  }
  g_mutex_unlock (&reaper->lock);
  return NULL;
}

PnReaper *
pn_reaper_new (guint limit_per_client)
{
  PnReaper *reaper = g_new0 (PnReaper, 1);

  g_mutex_init (&reaper->lock);
  g_cond_init (&reaper->changed);
  reaper->watches = g_hash_table_new_full (NULL, NULL, watch_free, NULL);
  reaper->clients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reaper->limit_per_client = limit_per_client;
  reaper->thread = g_thread_new ("reaper", reap, reaper);
  return reaper;
}

void
pn_reaper_free (PnReaper *reaper)
{
  if (reaper == NULL)
    return;
  g_mutex_lock (&reaper->lock);
  reaper->is_ending = TRUE;
  g_cond_signal (&reaper->changed);
  g_mutex_unlock (&reaper->lock);
  g_thread_join (reaper->thread);
  g_hash_table_unref (reaper->watches);
  g_hash_table_unref (reaper->clients);
  g_mutex_clear (&reaper->lock);
  g_cond_clear (&reaper->changed);
  g_free (reaper);
}

/* Counts a connection of @client by @delta. Returns: their number. */
static guint
count_client (PnReaper *reaper, const char *client, int delta)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (reaper->clients, client)) + (guint) delta;

  if (n == 0)
    g_hash_table_remove (reaper->clients, client);
  else
    g_hash_table_replace (reaper->clients, g_strdup (client), GUINT_TO_POINTER (n));
  return n;
}

PnWatch *
pn_reaper_join (PnReaper *reaper, int fd, const char *client)
{
  PnWatch *watch = g_new0 (PnWatch, 1);

  watch->fd = fd;
  watch->client = g_strdup (client);
  g_mutex_lock (&reaper->lock);
  g_hash_table_add (reaper->watches, watch);
  if (client != NULL && reaper->limit_per_client > 0
      && count_client (reaper, client, 1) > reaper->limit_per_client)
    shutdown (fd, SHUT_RDWR);
  g_mutex_unlock (&reaper->lock);
  return watch;
}

void
pn_reaper_leave (PnReaper *reaper, PnWatch *watch)
{
  g_mutex_lock (&reaper->lock);
  if (watch->client != NULL && reaper->limit_per_client > 0)
    count_client (reaper, watch->client, -1);
  g_hash_table_remove (reaper->watches, watch);
  g_mutex_unlock (&reaper->lock);
}

void
pn_reaper_set_deadline (PnReaper *reaper, PnWatch *watch, gint64 milliseconds)
{
  g_mutex_lock (&reaper->lock);
  watch->deadline =
      milliseconds == 0 ? 0 : g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;
  g_mutex_unlock (&reaper->lock);
}

guint
pn_reaper_count (PnReaper *reaper)
{
  guint n;

  g_mutex_lock (&reaper->lock);
  n = g_hash_table_size (reaper->watches);
  g_mutex_unlock (&reaper->lock);
  return n;
}
