/* Merging tickets and taking messages out of them: what is shown, who takes part, where answers go, what is found. */
#include "ticketing/ticket_merge.h"

#include <string.h>

#include "tests/db/world.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/access.h"
#include "ticketing/core/error.h"
#include "ticketing/participant.h"
#include "ticketing/person_merge.h"
#include "ticketing/search.h"

#define ADA "ada@customer.example"
#define COUNTESS "countess@customer.example"
#define BOB "bob@other.example"
#define AGENT ((PnActor){ PN_ACTOR_AGENT, 1 })

typedef struct {
  gint64 id;
  gint64 into;
  gint64 ticket;
} Deed;

static gboolean
merge (PnDb *db, gpointer data, GError **error)
{
  const Deed *deed = data;

  return pn_ticket_merge (db, deed->id, deed->into, AGENT, error);
}

static gboolean
unmerge (PnDb *db, gpointer data, GError **error)
{
  return pn_ticket_unmerge (db, ((Deed *) data)->id, AGENT, error);
}

static gboolean
split (PnDb *db, gpointer data, GError **error)
{
  Deed *deed = data;

  return pn_ticket_split (db, deed->id, AGENT, &deed->ticket, error);
}

static void
run (PnWorld *world, gboolean (*func) (PnDb *, gpointer, GError **), Deed *deed)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_db_run (world->db, func, deed, &error));
  pn_assert_no_error (error);
}

static void
refuse (PnWorld *world, gboolean (*func) (PnDb *, gpointer, GError **), Deed *deed)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (pn_db_run (world->db, func, deed, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
}

/* What the words find, as "2 1". */
static char *
find (PnWorld *world, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) agent = pn_agent_load (world->db, world->mill_id, &error);
  g_autoptr (PnAccess) access = pn_access_load (world->db, agent, &error);
  const PnSearchRequest request = { .text = (char *) text };
  g_autoptr (PnSearchResult) result = NULL;
  GString *ids = g_string_new (NULL);
  guint indexed = 1;

  while (indexed > 0)
    g_assert_true (pn_search_index (world->db, 10, &indexed, &error));
  result = pn_search_tickets (world->db, access, &request, &error);
  pn_assert_no_error (error);
  for (guint i = 0; i < result->hits->len; i++)
    g_string_append_printf (ids, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                            ((PnSearchHit *) result->hits->pdata[i])->ticket->id);
  return g_string_free (ids, FALSE);
}

static void
assert_found (PnWorld *world, const char *text, const char *expected)
{
  g_autofree char *found = find (world, text);

  g_test_message ("%s", text);
  g_assert_cmpstr (found, ==, expected);
}

static PnDelivery *
answer (PnWorld *world, const char *from, const char *mid, gint64 ticket_id, const char *words)
{
  g_autofree char *to = pn_world_address (world, 't', ticket_id);
  g_autofree char *headers = g_strdup_printf (PN_WORLD_PASS "Delivered-To: %s\n", to);

  return pn_world_file_mail (world, from, mid, headers, "Re: The engine stops", words);
}

static gint64
ticket_of (PnWorld *world, const char *from, const char *mid, const char *words)
{
  g_autoptr (PnDelivery) delivery =
      pn_world_file_mail (world, from, mid, PN_WORLD_PASS, "The engine stops", words);

  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
  return delivery->ticket_id;
}

/* The same customer wrote twice: answers to either go to the one, and its words are found there. */
static void
test_one_customer (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (PnDelivery) late = NULL;
  g_autoptr (PnDelivery) later = NULL;
  g_autoptr (GArray) members = NULL;
  Deed deed = { 0 };

  if (world == NULL)
    return;
  deed.into = ticket_of (world, ADA, "one@customer.example", "It is the waterwheel.");
  deed.id = ticket_of (world, ADA, "two@customer.example", "It was the camshaft.");
  assert_found (world, "camshaft", "2");
  run (world, merge, &deed);
  g_assert_cmpint (pn_world_status (world, deed.id), ==, PN_STATUS_CLOSED);
  g_assert_cmpint (pn_world_events (world, deed.into, PN_EVENT_MERGE, "#2"), ==, 1);
  g_assert_cmpint (pn_world_events (world, deed.id, PN_EVENT_MERGE, "#1"), ==, 1);
  members = pn_ticket_members (world->db, deed.into, NULL);
  g_assert_cmpuint (members->len, ==, 2);
  assert_found (world, "camshaft", "1");
  assert_found (world, "camshaft waterwheel", "1");
  assert_found (world, "#2", "1");
  late = answer (world, ADA, "three@customer.example", deed.id, "Still the governor.");
  g_assert_cmpint (late->ticket_id, ==, deed.into);
  g_assert_cmpint (late->disposition, ==, PN_DISPOSITION_APPENDED);
  later = pn_world_file_mail (world, ADA, "four@customer.example",
                              "In-Reply-To: <two@customer.example>\n", "Re: The engine", "And?");
  g_assert_cmpint (later->ticket_id, ==, deed.into);
  refuse (world, merge, &deed);
  run (world, unmerge, &deed);
  g_assert_cmpint (pn_world_status (world, deed.id), ==, PN_STATUS_NEW);
  assert_found (world, "camshaft", "2");
  assert_found (world, "waterwheel", "1");
  assert_found (world, "governor", "1");
  refuse (world, unmerge, &deed);
}

/* Two customers: nobody is let into the other's conversation by a merge, and the target's own second address is. */
static void
test_two_customers (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) from_bob = NULL;
  g_autoptr (PnMessage) message = NULL;
  Deed countess = { 0 };
  Deed bob = { 0 };
  gint64 person_id;

  if (world == NULL)
    return;
  countess.into = bob.into = ticket_of (world, ADA, "one@customer.example", "It stops.");
  countess.id = ticket_of (world, COUNTESS, "two@customer.example", "It stops here too.");
  bob.id = pn_world_ticket (world, BOB, "three@other.example");
  g_assert_true (pn_person_find_address (world->db, ADA, &person_id, &error));
  g_assert_true (pn_person_merge (world->db, 2, person_id, 1, &error));
  pn_assert_no_error (error);
  run (world, merge, &countess);
  run (world, merge, &bob);
  g_assert_true (pn_world_takes_part (world, bob.into, COUNTESS));
  g_assert_false (pn_world_takes_part (world, bob.into, BOB));
  from_bob = answer (world, BOB, "four@other.example", bob.id, "Mine as well.");
  g_assert_cmpint (from_bob->ticket_id, ==, bob.into);
  message = pn_message_load (world->db, from_bob->message_id, &error);
  g_assert_true (message->is_stranger);
  run (world, unmerge, &countess);
  g_assert_false (pn_world_takes_part (world, bob.into, COUNTESS));
}

static void
test_chain (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  Deed one = { .id = 1, .into = 2 };
  Deed two = { .id = 2, .into = 3 };
  gint64 target = 0;

  if (world == NULL)
    return;
  ticket_of (world, ADA, "one@customer.example", "x");
  ticket_of (world, ADA, "two@customer.example", "x");
  ticket_of (world, ADA, "three@customer.example", "x");
  run (world, merge, &one);
  run (world, merge, &two);
  g_assert_true (pn_ticket_target (world->db, 1, &target, NULL));
  g_assert_cmpint (target, ==, 3);
  run (world, unmerge, &two);
  g_assert_true (pn_ticket_target (world->db, 1, &target, NULL));
  g_assert_cmpint (target, ==, 2);
  pn_testdb_assert_key (world->db,
                        "EXPLAIN SELECT id FROM ticket WHERE merged_into = ? ORDER BY id LIMIT 9",
                        PN_ARGS (pn_int (2)), "ticket_merged");
}

static void
test_split (void)
{
  g_autoptr (PnWorld) world = pn_world_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) second = NULL;
  g_autoptr (PnDelivery) reply = NULL;
  g_autoptr (PnTicket) old = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  Deed deed = { 0 };
  gint64 first;

  if (world == NULL)
    return;
  first = ticket_of (world, ADA, "one@customer.example", "The waterwheel.");
  deed.id = 1;
  refuse (world, split, &deed);
  second = answer (world, ADA, "two@customer.example", first, "By the way, the camshaft.");
  deed.id = second->message_id;
  run (world, split, &deed);
  ticket = pn_ticket_load (world->db, deed.ticket, &error);
  old = pn_ticket_load (world->db, first, &error);
  pn_assert_no_error (error);
  g_assert_cmpint (old->message_count, ==, 1);
  g_assert_cmpint (ticket->message_count, ==, 1);
  g_assert_cmpint (ticket->person_id, ==, old->person_id);
  g_assert_true (pn_world_takes_part (world, deed.ticket, ADA));
  g_assert_true (pn_world_takes_part (world, first, ADA));
  assert_found (world, "camshaft", "2");
  assert_found (world, "waterwheel", "1");
  reply = pn_world_file_mail (world, ADA, "three@customer.example",
                              "In-Reply-To: <two@customer.example>\n", "Re: The engine", "So?");
  g_assert_cmpint (reply->ticket_id, ==, deed.ticket);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/ticket-merge/one-customer", test_one_customer);
  g_test_add_func ("/ticket-merge/two-customers", test_two_customers);
  g_test_add_func ("/ticket-merge/chain", test_chain);
  g_test_add_func ("/ticket-merge/split", test_split);
  return g_test_run ();
}
