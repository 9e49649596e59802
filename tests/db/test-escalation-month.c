#include "ticketing/escalation.h"

#include "tests/db/climb.h"
#include "tests/lib/test.h"

/* A month of tickets that are answered after up to four hours, or never. */
#define MONTH_TICKETS 60
#define MONTH_TICKETS_DEEP 50000
#define MONTH (30 * PN_DAY)

typedef struct {
  PnTime at;
  guint ticket;
  gboolean is_answer;
} Act;

static int
by_act (gconstpointer a, gconstpointer b)
{
  const Act *one = a;
  const Act *two = b;

  if (one->at != two->at)
    return one->at < two->at ? -1 : 1;
  return (int) one->ticket - (int) two->ticket;
}

/* Opened at multiples of ten minutes and answered five minutes off them: no step is due within a minute of an act. */
static GArray *
make_acts (guint tickets)
{
  GArray *acts = g_array_new (FALSE, FALSE, sizeof (Act));

  for (guint i = 0; i < tickets; i++) {
    Act act = { PN_CLIMB_START + g_test_rand_int_range (0, 30 * 24 * 6) * 10 * PN_MINUTE, i,
                FALSE };

    g_array_append_val (acts, act);
    act.at += (g_test_rand_int_range (0, 24) * 10 + 5) * PN_MINUTE;
    act.is_answer = TRUE;
    if (g_test_rand_int_range (0, 5) > 0)
      g_array_append_val (acts, act);
  }
  g_array_sort (acts, by_act);
  return acts;
}

/* What ought to have fired on a round, said anew from its start and its end. */
static void
assert_round (PnDb *db, const PnDeadline *deadline)
{
  const PnTime reached[] = { deadline->start_at + 30 * PN_MINUTE,
                             deadline->start_at + 60 * PN_MINUTE,
                             deadline->start_at + 120 * PN_MINUTE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) fired = pn_escalation_of_ticket (db, deadline->ticket_id, &error);
  guint expected = 0;

  pn_assert_no_error (error);
  while (expected < G_N_ELEMENTS (reached)
         && (deadline->done_at == 0 || reached[expected] <= deadline->done_at))
    expected++;
  g_assert_cmpuint (fired->len, ==, expected);
  for (guint i = 0; i < fired->len; i++) {
    const PnEscalation *one = &g_array_index (fired, PnEscalation, i);

    g_assert_cmpint (one->step, ==, (int) i + 1);
    g_assert_cmpint (one->reached_at, ==, reached[i]);
    g_assert_cmpint (one->fired_at, >=, reached[i]);
  }
}

static void
test_month (void)
{
  const guint tickets = g_getenv ("DEEP") != NULL ? MONTH_TICKETS_DEEP : MONTH_TICKETS;
  PnClimb house = { NULL };
  g_autoptr (GArray) acts = make_acts (tickets);
  g_autofree gint64 *ids = g_new0 (gint64, tickets);

  if (!pn_climb_start (&house))
    return;
  pn_climb_add_step (&house, "{\"percent\": 50, \"tag\": \"half\"}");
  pn_climb_add_step (&house, "{\"percent\": 100, \"tag\": \"late\"}");
  pn_climb_add_step (&house, "{\"minutes\": 60, \"tag\": \"very-late\"}");
  pn_climb_store_ladder (&house);
  for (guint i = 0; i < acts->len; i++) {
    const Act *act = &g_array_index (acts, Act, i);
    g_autoptr (GError) error = NULL;

    pn_climb_set_now (act->at);
    pn_climb_fire (house.db);
    if (act->is_answer)
      g_assert_true (pn_db_run (house.db, pn_climb_answer_body, &ids[act->ticket], &error));
    else
      ids[act->ticket] = pn_climb_open_ticket (&house);
    pn_assert_no_error (error);
    pn_climb_compute (house.db);
  }
  pn_climb_set_now (PN_CLIMB_START + MONTH + PN_DAY);
  pn_climb_fire (house.db);
  for (guint i = 0; i < tickets; i++) {
    g_autoptr (GError) error = NULL;
    PnDeadline deadline;

    g_assert_true (
        pn_deadline_load (house.db, ids[i], PN_METRIC_FIRST_RESPONSE, 1, &deadline, &error));
    pn_assert_no_error (error);
    assert_round (house.db, &deadline);
  }
  pn_climb_stop (&house);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/escalation/month", test_month);
  return g_test_run ();
}
