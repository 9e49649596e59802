#include "gateway/web/live.h"

#include "ticketing/core/log.h"
#include "ticketing/event.h"
#include "ticketing/message.h"

#define LOOK_SECONDS 5
#define PING_SECONDS 15
#define CHANGES_LIMIT 1000

typedef struct {
  PnStream *stream;
  gint64 ticket_id; /* 0: any */
} Listener;

struct PnLive {
  PnDbTarget target;
  GMutex lock; /* all below */
  GCond changed;
  GPtrArray *listeners; /* of Listener */
  gboolean is_nudged;
  gboolean is_ending;
  GThread *thread;
};

/* What the thread has seen. */
typedef struct {
  PnDb *db;
  gint64 event_id;
  gint64 message_id;
} Sight;

static void
listener_free (gpointer data)
{
  Listener *listener = data;

  pn_stream_unref (listener->stream);
  g_free (listener);
}

static gboolean
find_changes (PnLive *live, Sight *sight, GHashTable *tickets)
{
  g_autoptr (GError) error = NULL;

  if (sight->db == NULL)
    sight->db = pn_db_open (&live->target, &error);
  if (sight->db == NULL
      || !pn_event_find_new (sight->db, &sight->event_id, tickets, CHANGES_LIMIT, &error)
      || !pn_message_find_new (sight->db, &sight->message_id, tickets, CHANGES_LIMIT, &error)) {
    pn_log_error (PN_LOG_DEBUG, "live-blind", error, NULL);
    g_clear_pointer (&sight->db, pn_db_close);
    return FALSE;
  }
  return TRUE;
}

/* A nudge with nothing new is about letters, which have no row there: pages of tickets look again. */
static void
tell (PnLive *live, GHashTable *tickets, gboolean is_nudged, gint64 event_id)
{
  g_autofree char *text =
      g_strdup_printf ("event: change\ndata: {\"event\": %" G_GINT64_FORMAT "}\n\n", event_id);
  gboolean is_any = g_hash_table_size (tickets) > 0;

  for (guint i = 0; i < live->listeners->len; i++) {
    const Listener *listener = live->listeners->pdata[i];
    gboolean concerns =
        listener->ticket_id == 0
            ? is_any
            : g_hash_table_contains (tickets, &listener->ticket_id) || (is_nudged && !is_any);

    if (concerns)
      pn_stream_write (listener->stream, text);
  }
}

static void
drop_finished (PnLive *live)
{
  for (guint i = live->listeners->len; i > 0; i--) {
    const Listener *listener = live->listeners->pdata[i - 1];

    if (pn_stream_is_over (listener->stream))
      g_ptr_array_remove_index_fast (live->listeners, i - 1);
  }
}

static void
look (PnLive *live, Sight *sight, gboolean is_nudged)
{
  g_autoptr (GHashTable) tickets =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  if (!find_changes (live, sight, tickets))
    return;
  g_mutex_lock (&live->lock);
  tell (live, tickets, is_nudged, sight->event_id);
  g_mutex_unlock (&live->lock);
}

static void
ping (PnLive *live)
{
  g_mutex_lock (&live->lock);
  drop_finished (live);
  for (guint i = 0; i < live->listeners->len; i++)
    pn_stream_write (((Listener *) live->listeners->pdata[i])->stream, ": ping\n\n");
  g_mutex_unlock (&live->lock);
}

/* Waits for a nudge or the time to look. Returns: FALSE at the end. */
static gboolean
wait_for_nudge (PnLive *live, gboolean *is_nudged)
{
  gint64 until = g_get_monotonic_time () + LOOK_SECONDS * G_TIME_SPAN_SECOND;
  gboolean is_ending;

  g_mutex_lock (&live->lock);
  while (!live->is_nudged && !live->is_ending
         && g_cond_wait_until (&live->changed, &live->lock, until))
    ;
  *is_nudged = live->is_nudged;
  live->is_nudged = FALSE;
  is_ending = live->is_ending;
  g_mutex_unlock (&live->lock);
  return !is_ending;
}

static gpointer
watch (gpointer data)
{
  PnLive *live = data;
  Sight sight = { NULL, -1, -1 };
  gint64 pinged_at = g_get_monotonic_time ();
  gboolean is_nudged = FALSE;

  while (wait_for_nudge (live, &is_nudged)) {
    gboolean is_heard;

    g_mutex_lock (&live->lock);
    is_heard = live->listeners->len > 0;
    g_mutex_unlock (&live->lock);
    if (is_heard)
      look (live, &sight, is_nudged);
    if (g_get_monotonic_time () - pinged_at > PING_SECONDS * G_TIME_SPAN_SECOND) {
      ping (live);
      pinged_at = g_get_monotonic_time ();
    }
  }
  pn_db_close (sight.db);
  pn_db_thread_end ();
  return NULL;
}

PnLive *
pn_live_start (const PnDbTarget *target)
{
  PnLive *live = g_new0 (PnLive, 1);

  live->target = *target;
  g_mutex_init (&live->lock);
  g_cond_init (&live->changed);
  live->listeners = g_ptr_array_new_with_free_func (listener_free);
  live->thread = g_thread_new ("live", watch, live);
  return live;
}

void
pn_live_end (PnLive *live)
{
  if (live == NULL)
    return;
  g_mutex_lock (&live->lock);
  live->is_ending = TRUE;
  g_cond_broadcast (&live->changed);
  g_mutex_unlock (&live->lock);
  g_thread_join (live->thread);
  for (guint i = 0; i < live->listeners->len; i++) {
    const Listener *listener = live->listeners->pdata[i];

    pn_stream_write (listener->stream, "event: end\ndata: {}\n\n");
    pn_stream_end (listener->stream);
  }
}

void
pn_live_free (PnLive *live)
{
  if (live == NULL)
    return;
  g_ptr_array_unref (live->listeners);
  g_mutex_clear (&live->lock);
  g_cond_clear (&live->changed);
  g_free (live);
}

void
pn_live_nudge (PnLive *live)
{
  g_mutex_lock (&live->lock);
  live->is_nudged = TRUE;
  g_cond_broadcast (&live->changed);
  g_mutex_unlock (&live->lock);
}

PnStream *
pn_live_listen (PnLive *live, gint64 ticket_id)
{
  Listener *listener;

  g_mutex_lock (&live->lock);
  drop_finished (live);
  if (live->listeners->len >= PN_LIVE_LIMIT || live->is_ending) {
    g_mutex_unlock (&live->lock);
    return NULL;
  }
  listener = g_new0 (Listener, 1);
  listener->stream = pn_stream_new ();
  listener->ticket_id = ticket_id;
  g_ptr_array_add (live->listeners, listener);
  pn_stream_write (listener->stream, "retry: 3000\n: hello\n\n");
  pn_stream_ref (listener->stream);
  g_mutex_unlock (&live->lock);
  return listener->stream;
}
