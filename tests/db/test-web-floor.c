#include "gateway/web/web.h"

#include <string.h>

#include "ticketing/core/json.h"
#include "ticketing/ticket.h"

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"

static char *
ask (PnTestWeb *test, PnCaller caller, const char *method, const char *target, const char *body)
{
  g_autofree char *token = pn_testweb_token (test, caller);
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", token);

  return pn_testweb_ask (test, method, target, headers, body);
}

static void
wait_since (PnTestWeb *test, PnTime ago)
{
  g_autoptr (GError) error = NULL;

  pn_db_exec (test->db, "UPDATE ticket SET waiting_at = ?, due_at = ? WHERE id IN (?, ?)",
              PN_ARGS (pn_int (pn_clock_now () - ago), pn_int (pn_clock_now () - PN_MINUTE),
                       pn_int (test->ticket), pn_int (test->other_ticket)),
              NULL, &error);
  pn_assert_no_error (error);
}

static json_int_t
number (const json_t *document, const char *part, const char *key)
{
  const json_t *load = json_object_get (json_object_get (document, "floor"), part);
  const json_t *ages = json_object_get (load, "ages");
  const json_t *value = json_object_get (load, key);

  return json_integer_value (value != NULL ? value : json_object_get (ages, key));
}

/* A lead counts the tickets of the own queues; what waits is in one age, and in the list. */
static void
test_numbers (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *answer = NULL;
  g_autofree char *whole = NULL;
  g_autoptr (json_t) own = NULL;
  g_autoptr (json_t) all = NULL;

  if (test == NULL)
    return;
  wait_since (test, 5 * PN_HOUR);
  answer = ask (test, PN_CALLER_LEAD, "GET", "/api/v1/floor", NULL);
  whole = ask (test, PN_CALLER_ADMIN, "GET", "/api/v1/floor", NULL);
  own = json_loads (pn_testhttp_body (answer), 0, NULL);
  all = json_loads (pn_testhttp_body (whole), 0, NULL);
  g_assert_cmpint (number (own, "all", "turns"), ==, 1);
  g_assert_cmpint (number (own, "all", "over"), ==, 1);
  g_assert_cmpint (number (own, "all", "under_1h"), ==, 0);
  g_assert_cmpint (number (own, "all", "under_4h"), ==, 0);
  g_assert_cmpint (number (own, "all", "under_1d"), ==, 1);
  g_assert_cmpint (number (own, "all", "older"), ==, 0);
  g_assert_cmpint (number (all, "all", "turns"), ==, 2);
  g_assert_cmpuint (json_array_size (json_object_get (own, "tickets")), ==, 1);
  g_assert_cmpuint (json_array_size (json_object_get (all, "tickets")), ==, 2);
  pn_testweb_stop (test);
}

static char *
move (PnTestWeb *test, gint64 ticket, gint64 version, const char *rest)
{
  g_autofree char *body = g_strdup_printf (
      "{\"tickets\": {\"%" G_GINT64_FORMAT "\": %" G_GINT64_FORMAT "}, %s}", ticket, version, rest);

  return ask (test, PN_CALLER_LEAD, "POST", "/api/v1/floor", body);
}

/* What changed since the page was made stays; what may not be seen does not exist. */
static void
test_move (void)
{
  g_autoptr (GError) error = NULL;
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (PnTicket) after = NULL;
  g_autofree char *first = NULL;
  g_autofree char *again = NULL;
  g_autofree char *foreign = NULL;
  g_autofree char *nobody = NULL;

  if (test == NULL)
    return;
  ticket = pn_ticket_load (test->db, test->ticket, &error);
  pn_assert_no_error (error);
  first = move (test, ticket->id, ticket->version, "\"assignee\": \"agent\"");
  g_assert_nonnull (strstr (first, "\"moved\":1"));
  again = move (test, ticket->id, ticket->version, "\"assignee\": \"none\"");
  g_assert_nonnull (strstr (again, "\"missed\":1"));
  foreign = move (test, test->other_ticket, 1, "\"assignee\": \"me\"");
  g_assert_nonnull (strstr (foreign, "\"moved\":0"));
  nobody = move (test, ticket->id, ticket->version, "\"assignee\": \"none-such\"");
  g_assert_cmpint (pn_testhttp_status (nobody), ==, 400);
  after = pn_ticket_load (test->db, test->ticket, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (after->assignee_id, ==, test->agents[0]);
  pn_testweb_stop (test);
}

static void
test_pages (void)
{
  static const char *const pages[] = { "/desk/floor", "/desk/floor?moved=2&missed=1",
                                       "/desk/wall" };
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *cookie = NULL;
  g_autofree char *headers = NULL;

  if (test == NULL)
    return;
  wait_since (test, 5 * PN_DAY);
  cookie = pn_testweb_cookie (test, PN_CALLER_LEAD);
  headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autofree char *answer = pn_testweb_ask (test, "GET", pages[i], headers, NULL);

    g_assert_cmpint (pn_testhttp_status (answer), ==, 200);
    g_assert_nonnull (strstr (answer, "data-live=\"/desk/events\""));
  }
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web-floor/numbers", test_numbers);
  g_test_add_func ("/web-floor/move", test_move);
  g_test_add_func ("/web-floor/pages", test_pages);
  return g_test_run ();
}
