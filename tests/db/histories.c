#include "tests/db/histories.h"

#include "ticketing/fact.h"
#include "ticketing/message.h"
#include "ticketing/ticket.h"

#include "tests/lib/test.h"

#define START (G_GINT64_CONSTANT (1759700000) * PN_SECOND)
#define SPAN (50 * PN_DAY)
#define TICKETS 400

const char *const pn_history_tags[TAGS] = { "mill", "oil", "paper", "zinc" };
const char *const pn_history_queues[] = { "one", "two", "three" };

static PnTime
later (PnTime at)
{
  const double share = g_test_rand_double () * g_test_rand_double () * g_test_rand_double ();

  return at + (PnTime) (share * 6 * PN_DAY) + 1;
}

static History
make_history (gint64 id)
{
  History history = {
    .id = id,
    .queue = g_test_rand_int_range (1, 4),
    .agent = g_test_rand_int_range (0, 4),
    .priority = g_test_rand_int_range (0, 4),
    .tags = (guint) (g_test_rand_bit () ? g_test_rand_int_range (0, 1 << TAGS) : 0),
    .created = START + (PnTime) (g_test_rand_double () * SPAN),
    .messages = g_array_new (FALSE, FALSE, sizeof (Message)),
    .turns = g_array_new (FALSE, FALSE, sizeof (Turn)),
  };
  Message message = { history.created, TRUE, 0 };
  PnTime at = history.created;
  gboolean is_over = FALSE;

  g_array_append_val (history.messages, message);
  for (int i = g_test_rand_int_range (0, 7); i > 0; i--) {
    at = later (at);
    message = (Message){ at, g_test_rand_bit (), 0 };
    if (!message.is_in)
      message.agent = g_test_rand_int_range (1, 4);
    g_array_append_val (history.messages, message);
  }
  at = history.created;
  for (int i = g_test_rand_int_range (0, 4); i > 0; i--) {
    Turn turn = { at = later (at), is_over = !is_over };

    g_array_append_val (history.turns, turn);
  }
  return history;
}

static void
run_sql (PnDb *db, const char *sql, const PnValue *args, gsize n)
{
  g_autoptr (GError) error = NULL;

  pn_db_exec (db, sql, args, n, NULL, &error);
  pn_assert_no_error (error);
}

static void
store_history (PnDb *db, const History *history)
{
  const gboolean is_over = history->turns->len % 2 == 1;

  run_sql (db,
           "INSERT INTO ticket (id, queue_id, status, priority, assignee_id, person_id, subject,"
           " created_at, updated_at) VALUES (?, ?, ?, ?, ?, 1, 'x', ?, ?)",
           PN_ARGS (pn_int (history->id), pn_int (history->queue),
                    pn_int (is_over ? PN_STATUS_SOLVED : PN_STATUS_OPEN),
                    pn_int (history->priority), pn_int_or_null (history->agent),
                    pn_int (history->created), pn_int (history->created)));
  for (guint i = 0; i < history->messages->len; i++) {
    const Message *message = &g_array_index (history->messages, Message, i);

    run_sql (
        db,
        "INSERT INTO message (ticket_id, direction, kind, channel, agent_id, text, created_at)"
        " VALUES (?, ?, 0, ?, ?, '', ?)",
        PN_ARGS (pn_int (history->id), pn_int (message->is_in ? PN_DIRECTION_IN : PN_DIRECTION_OUT),
                 pn_int (PN_CHANNEL_FORM), pn_int_or_null (message->agent), pn_int (message->at)));
  }
  for (guint i = 0; i < history->turns->len; i++) {
    const Turn *turn = &g_array_index (history->turns, Turn, i);

    run_sql (db,
             "INSERT INTO event (ticket_id, at, kind, actor_kind, old_value, new_value)"
             " VALUES (?, ?, ?, 0, ?, ?)",
             PN_ARGS (pn_int (history->id), pn_int (turn->at), pn_int (PN_EVENT_STATUS),
                      pn_text (turn->is_over ? "open" : "solved"),
                      pn_text (turn->is_over ? "solved" : "open")));
  }
  for (guint i = 0; i < TAGS; i++) {
    if ((history->tags >> i & 1) != 0)
      run_sql (db, "INSERT INTO ticket_tag (ticket_id, tag) VALUES (?, ?)",
               PN_ARGS (pn_int (history->id), pn_text (pn_history_tags[i])));
  }
}

static void
free_history (gpointer data)
{
  History *history = data;

  g_array_unref (history->messages);
  g_array_unref (history->turns);
}

GArray *
pn_histories_make (PnDb *db)
{
  GArray *world = g_array_new (FALSE, FALSE, sizeof (History));
  gint64 id = 1;

  g_array_set_clear_func (world, free_history);
  for (gsize i = 0; i < G_N_ELEMENTS (pn_history_queues); i++)
    run_sql (db, "INSERT INTO queue (id, name, title, created_at) VALUES (?, ?, ?, 1)",
             PN_ARGS (pn_int ((gint64) i + 1), pn_text (pn_history_queues[i]),
                      pn_text (pn_history_queues[i])));
  for (gint64 i = 1; i < 4; i++) {
    g_autofree char *name = g_strdup_printf ("agent %d", (int) i);

    run_sql (db,
             "INSERT INTO agent (id, login, name, address, role, password_hash, created_at)"
             " VALUES (?, ?, ?, ?, 0, '', 1)",
             PN_ARGS (pn_int (i), pn_text (name), pn_text (name), pn_text (name)));
  }
  for (int i = 0; i < TICKETS; i++) {
    History history = make_history (id);

    store_history (db, &history);
    g_array_append_val (world, history);
    id += g_test_rand_int_range (1, 60); /* some segments, and holes in them */
  }
  return world;
}

void
pn_histories_make_facts (PnDb *db, guint packed)
{
  g_autoptr (GError) error = NULL;
  guint done;

  do {
    pn_fact_rebuild_step (db, &done, &error);
    pn_assert_no_error (error);
  } while (done > 0);
  if (packed > 0)
    pn_fact_pack (db, packed, &done, &error);
  pn_assert_no_error (error);
}
