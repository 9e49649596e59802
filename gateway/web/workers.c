#include "gateway/web/workers.h"

struct PnWorkers {
  PnWorkersConfig config;
  GMutex lock; /* all below */
  GCond changed;
  GQueue jobs;
  guint alive;
  gboolean is_ending;
  GPtrArray *threads; /* of GThread */
};

static gpointer
take_job (PnWorkers *workers)
{
  gpointer job;

  g_mutex_lock (&workers->lock);
  while (g_queue_is_empty (&workers->jobs) && !workers->is_ending)
    g_cond_wait (&workers->changed, &workers->lock);
  job = g_queue_pop_head (&workers->jobs);
  g_mutex_unlock (&workers->lock);
  return job;
}

static gpointer
work (gpointer data)
{
  PnWorkers *workers = data;
  gpointer state = workers->config.begin (workers->config.data);
  gpointer job;

  while ((job = take_job (workers)) != NULL)
    workers->config.run (job, state, workers->config.data);
  workers->config.end (state, workers->config.data);
  g_mutex_lock (&workers->lock);
  workers->alive--;
  g_cond_broadcast (&workers->changed);
  g_mutex_unlock (&workers->lock);
  return NULL;
}

PnWorkers *
pn_workers_new (const PnWorkersConfig *config)
{
  PnWorkers *workers = g_new0 (PnWorkers, 1);

  workers->config = *config;
  g_mutex_init (&workers->lock);
  g_cond_init (&workers->changed);
  g_queue_init (&workers->jobs);
  workers->threads = g_ptr_array_new ();
  workers->alive = config->threads;
  for (guint i = 0; i < config->threads; i++)
    g_ptr_array_add (workers->threads, g_thread_new ("worker", work, workers));
  return workers;
}

gboolean
pn_workers_add (PnWorkers *workers, gpointer job)
{
  gboolean is_added;

  g_mutex_lock (&workers->lock);
  is_added = !workers->is_ending && workers->jobs.length < workers->config.queue_limit;
  if (is_added) {
    g_queue_push_tail (&workers->jobs, job);
    g_cond_signal (&workers->changed);
  }
  g_mutex_unlock (&workers->lock);
  return is_added;
}

gboolean
pn_workers_end (PnWorkers *workers, gint64 milliseconds)
{
  gint64 until = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;
  guint alive;

  g_mutex_lock (&workers->lock);
  workers->is_ending = TRUE;
  g_cond_broadcast (&workers->changed);
  while (workers->alive > 0 && g_cond_wait_until (&workers->changed, &workers->lock, until))
    ;
  alive = workers->alive;
  g_mutex_unlock (&workers->lock);
  if (alive > 0)
    return FALSE;
  for (guint i = 0; i < workers->threads->len; i++)
    g_thread_join (workers->threads->pdata[i]);
  g_ptr_array_unref (workers->threads);
  g_mutex_clear (&workers->lock);
  g_cond_clear (&workers->changed);
  g_free (workers);
  return TRUE;
}
