#include "ticketing/participant.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/core/error.h"
#include "ticketing/event.h"

static void
test_stronger_role_stays (void)
{
  static const struct {
    const char *address;
    PnParticipantRole role;
    PnParticipantRole wanted;
    gboolean is_participant;
  } cases[] = {
    { "Ada@example.com", PN_PARTICIPANT_REQUESTER, PN_PARTICIPANT_REQUESTER, TRUE },
    { "ada@example.com", PN_PARTICIPANT_CC, PN_PARTICIPANT_REQUESTER, TRUE },
    { "ada@example.com", PN_PARTICIPANT_STRANGER, PN_PARTICIPANT_REQUESTER, TRUE },
    { "new@example.com", PN_PARTICIPANT_STRANGER, PN_PARTICIPANT_STRANGER, FALSE },
    { "new@example.com", PN_PARTICIPANT_CC, PN_PARTICIPANT_CC, TRUE },
    { "new@example.com", PN_PARTICIPANT_STRANGER, PN_PARTICIPANT_CC, TRUE },
  };
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;

  if (db == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) list = NULL;
    gboolean is_participant = !cases[i].is_participant;

    g_assert_true (
        pn_participant_add (db, 7, cases[i].address, "", cases[i].role, "a test", &error));
    pn_assert_no_error (error);
    g_assert_true (pn_participant_has (db, 7, cases[i].address, &is_participant, &error));
    g_assert_cmpint (is_participant, ==, cases[i].is_participant);
    list = pn_participant_list (db, 7, &error);
    g_assert_cmpint (((PnParticipant *) list->pdata[list->len - 1])->role, ==, cases[i].wanted);
  }
}

static void
test_list_and_remove (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  const PnParticipant *first;
  gboolean is_participant = TRUE;

  if (db == NULL)
    return;
  pn_participant_add (db, 1, "cc@example.com", "", PN_PARTICIPANT_CC, "in Cc", &error);
  pn_participant_add (db, 1, "cc@example.com", "Cece\r\nBcc: x@y", PN_PARTICIPANT_CC, "again",
                      &error);
  pn_participant_add (db, 1, "me@example.com", "Me", PN_PARTICIPANT_REQUESTER, "wrote", &error);
  pn_participant_add (db, 2, "other@example.com", "", PN_PARTICIPANT_CC, "elsewhere", &error);
  pn_assert_no_error (error);
  list = pn_participant_list (db, 1, &error);
  g_assert_cmpuint (list->len, ==, 2);
  first = list->pdata[0];
  g_assert_cmpstr (first->address, ==, "me@example.com");
  g_assert_cmpstr (pn_participant_role_name (first->role), ==, "requester");
  g_assert_cmpstr (((PnParticipant *) list->pdata[1])->name, ==, "Cece Bcc: x@y");
  g_assert_cmpstr (((PnParticipant *) list->pdata[1])->added_by, ==, "in Cc");
  g_assert_true (pn_participant_remove (db, 1, "CC@example.com", &error));
  g_assert_true (pn_participant_has (db, 1, "cc@example.com", &is_participant, &error));
  g_assert_false (is_participant);
  g_assert_false (pn_participant_add (db, 1, "", "", PN_PARTICIPANT_CC, "nobody", &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
}

static void
test_events (void)
{
  g_autoptr (PnDb) db = pn_testdb_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *long_reason = g_strnfill (5000, 'x');
  const PnActor agent = { PN_ACTOR_AGENT, 3 };

  if (db == NULL)
    return;
  pn_event_add (db, 1, PN_EVENT_CREATED, PN_ACTOR_IS_SYSTEM, NULL, NULL, "A mail came.", &error);
  pn_event_add (db, 1, PN_EVENT_STATUS, agent, "new", "open", long_reason, &error);
  pn_event_add (db, 2, PN_EVENT_CREATED, PN_ACTOR_IS_SYSTEM, NULL, NULL, NULL, &error);
  pn_assert_no_error (error);
  list = pn_event_list (db, 1, &error);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (pn_event_kind_name (((PnEvent *) list->pdata[0])->kind), ==, "created");
  g_assert_cmpstr (((PnEvent *) list->pdata[0])->reason, ==, "A mail came.");
  g_assert_cmpint (((PnEvent *) list->pdata[1])->actor.kind, ==, PN_ACTOR_AGENT);
  g_assert_cmpint (((PnEvent *) list->pdata[1])->actor.id, ==, 3);
  g_assert_cmpstr (((PnEvent *) list->pdata[1])->new_value, ==, "open");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/participant/stronger-role-stays", test_stronger_role_stays);
  g_test_add_func ("/participant/list-and-remove", test_list_and_remove);
  g_test_add_func ("/event/list", test_events);
  return g_test_run ();
}
