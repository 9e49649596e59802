#include <string.h>

#include "gateway/cli/doctor.h"
#include "gateway/serve/probe.h"
#include "ticketing/agent.h"
#include "ticketing/clock_guard.h"
#include "ticketing/core/error.h"
#include "ticketing/core/migrate.h"
#include "ticketing/core/text.h"
#include "ticketing/outbox.h"
#include "ticketing/queue.h"
#include "ticketing/schema.h"
#include "ticketing/spool.h"

#define CLOCK_TOLERANCE (2 * PN_SECOND)
#define STUCK_AFTER (10 * PN_MINUTE)
#define LOOK_AT 200 /* rows of each kind, the newest */

/* The clock has taken over the database's time; without, it would be this machine's. */
static void
examine_clock (PnDoctor *doctor)
{
  PnTime before = pn_clock_now ();
  PnTime difference = 0;

  if (!pn_db_sync_clock (doctor->db, NULL))
    return;
  difference = pn_clock_now () - before;
  if (ABS (difference) > CLOCK_TOLERANCE)
    pn_doctor_find (doctor, PN_FINDING_PROBLEM, "clock",
                    "this machine's clock and the database's differ by %" G_GINT64_FORMAT
                    " s; let both follow a time server",
                    ABS (difference) / PN_SECOND);
}

static gboolean
examine_schema (PnDoctor *doctor)
{
  g_autoptr (GError) error = NULL;
  gsize n = 0;
  gsize pending = 0;
  const PnMigration *migrations = pn_schema (&n);

  if (!pn_migrate_pending (doctor->db, migrations, n, &pending, &error)) {
    pn_doctor_find_error (doctor, "database", error);
    return FALSE;
  }
  if (pending == 0)
    return TRUE;
  pn_doctor_find (doctor, PN_FINDING_PROBLEM, "database",
                  "the database is older than this program (%" G_GSIZE_FORMAT
                  " changes are missing); run postern init",
                  pending);
  return FALSE;
}

gboolean
pn_doctor_examine_database (PnDoctor *doctor)
{
  g_autoptr (GError) error = NULL;
  PnDbTarget target;

  if (!pn_cli_open_server (doctor->cli, &target, &error)) {
    if (!doctor->is_disk_full)
      pn_doctor_find_error (doctor, "database", error);
    return FALSE;
  }
  doctor->db = pn_db_open (&target, &error);
  if (doctor->db == NULL) {
    if (!doctor->is_disk_full)
      pn_doctor_find_error (doctor, "database", error);
    return FALSE;
  }
  examine_clock (doctor);
  return examine_schema (doctor);
}

static void
examine_staff (PnDoctor *doctor, const GPtrArray *agents)
{
  for (guint i = 0; i < agents->len; i++) {
    const PnAgent *agent = g_ptr_array_index (agents, i);

    if (agent->is_enabled && agent->role == PN_ROLE_ADMIN)
      return;
  }
  pn_doctor_find (
      doctor, PN_FINDING_PROBLEM, "staff",
      "there is no admin who may log in; run postern staff add LOGIN --role admin --address ADDRESS");
}

/* Mail to a domain whose users are staff may carry what was meant for them: "ticket trick", TRUST.md row 6. */
static void
examine_domain (PnDoctor *doctor, const PnMailbox *mailbox, const GPtrArray *agents,
                const char *area)
{
  const char *domain = pn_text_address_domain (mailbox->address);

  for (guint i = 0; i < agents->len; i++) {
    const PnAgent *agent = g_ptr_array_index (agents, i);

    if (strcmp (pn_text_address_domain (agent->address), domain) != 0)
      continue;
    pn_doctor_find (
        doctor, PN_FINDING_ADVICE, area,
        "%s is in the same domain as staff (%s): other services take mail from there for proof of "
        "belonging to you, so strangers' tickets should have a domain of their own",
        mailbox->address, agent->address);
    return;
  }
}

static void
examine_side (PnDoctor *doctor, const PnMailbox *mailbox, PnMailboxSide side, const char *area)
{
  const char *hello = pn_settings_text (doctor->settings, PN_SETTING_MAIL_HELLO_NAME);
  g_autoptr (PnSecret) key = NULL;
  g_autoptr (GError) error = NULL;

  if (doctor->master == NULL)
    return;
  key = pn_key_derive (doctor->master, PN_KEY_SEAL);
  if (!pn_probe (doctor->db, mailbox, side, key, *hello != '\0' ? hello : NULL, NULL, &error))
    pn_doctor_find_error (doctor, area, error);
}

static void
examine_mailbox (PnDoctor *doctor, const PnMailbox *mailbox, const GPtrArray *agents)
{
  g_autofree char *area = g_strdup_printf ("mailbox %s", mailbox->name);

  if (!mailbox->is_enabled)
    return;
  if (*mailbox->imap.host != '\0')
    examine_side (doctor, mailbox, PN_SIDE_FETCH, area);
  if (*mailbox->smtp.host != '\0')
    examine_side (doctor, mailbox, PN_SIDE_SEND, area);
  else
    pn_doctor_find (doctor, PN_FINDING_ADVICE, area,
                    "it has no SMTP server, so tickets of its queue cannot be answered");
  examine_domain (doctor, mailbox, agents, area);
}

/* A mailbox without an SMTP side was told of already. */
static void
examine_queues (PnDoctor *doctor, const GPtrArray *queues, const GPtrArray *mailboxes)
{
  for (guint i = 0; i < queues->len; i++) {
    const PnQueue *queue = g_ptr_array_index (queues, i);
    g_autofree char *area = g_strdup_printf ("queue %s", queue->name);
    gboolean has_mailbox = FALSE;

    for (guint j = 0; j < mailboxes->len; j++) {
      const PnMailbox *mailbox = g_ptr_array_index (mailboxes, j);

      has_mailbox = has_mailbox || (mailbox->is_enabled && mailbox->queue_id == queue->id);
    }
    if (!has_mailbox)
      pn_doctor_find (doctor, PN_FINDING_ADVICE, area,
                      "it has no mailbox, so tickets that came by a form or were moved there from "
                      "one that cannot send can't be answered");
  }
}

static void
examine_leaps (PnDoctor *doctor)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *at = NULL;
  PnClockLeap leap;

  if (!pn_clock_leap_load (doctor->db, &leap, &error)) {
    pn_doctor_find_error (doctor, "clock", error);
    return;
  }
  if (leap.id == 0)
    return;
  at = pn_clock_write (leap.noticed_at);
  pn_doctor_find (doctor, PN_FINDING_PROBLEM, "clock",
                  "the clock of %s leapt by %" G_GINT64_FORMAT
                  " s (it then showed %s), so nothing escalates; when it is right now, run postern "
                  "ladder resume",
                  leap.node, leap.by / PN_SECOND, at);
}

static gboolean
examine_people (PnDoctor *doctor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) agents = pn_agent_list (doctor->db, &error);
  g_autoptr (GPtrArray) mailboxes = agents != NULL ? pn_mailbox_list (doctor->db, &error) : NULL;
  g_autoptr (GPtrArray) queues = mailboxes != NULL ? pn_queue_list (doctor->db, &error) : NULL;

  if (queues == NULL) {
    pn_doctor_find_error (doctor, "database", error);
    return FALSE;
  }
  examine_leaps (doctor);
  examine_staff (doctor, agents);
  if (mailboxes->len == 0)
    pn_doctor_find (doctor, PN_FINDING_PROBLEM, "mailboxes",
                    "there is no mailbox yet; run postern queue add and postern mailbox add");
  for (guint i = 0; i < mailboxes->len; i++)
    examine_mailbox (doctor, g_ptr_array_index (mailboxes, i), agents);
  if (mailboxes->len > 0)
    examine_queues (doctor, queues, mailboxes);
  return TRUE;
}

/* Which letters of a state say that something is wrong? */
typedef struct {
  PnOutboxState state;
  PnTime patience;  /* since they were due */
  const char *what; /* after "3 letters" */
} Stuck;

static const Stuck stuck_letters[] = {
  { PN_OUTBOX_WAITING, STUCK_AFTER, "waited longer than 10 minutes to be sent" },
  { PN_OUTBOX_DEFERRED, 0, "put off by a server, to be tried again" },
  { PN_OUTBOX_FAILED, 0, "could not be sent at all; see the outbox on the desk" },
  { PN_OUTBOX_UNCERTAIN, 0, "may or may not have arrived; see the outbox on the desk" },
};

static void
examine_letters (PnDoctor *doctor, const Stuck *stuck)
{
  g_autoptr (GPtrArray) rows =
      pn_outbox_list (doctor->db, (int) stuck->state, NULL, 0, LOOK_AT, NULL);
  PnTime due_before = pn_clock_now () - stuck->patience;
  const char *words = NULL;
  guint n = 0;

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const PnLetterRow *row = g_ptr_array_index (rows, i);

    if (stuck->patience != 0 && row->next_at > due_before)
      continue;
    if (words == NULL && row->reply_text != NULL && *row->reply_text != '\0')
      words = row->reply_text;
    n++;
  }
  if (n > 0)
    pn_doctor_find (doctor, PN_FINDING_PROBLEM, "outbox", "%u letter%s %s%s%s", n,
                    n == 1 ? "" : "s", stuck->what, words != NULL ? "; the last answer was: " : "",
                    words != NULL ? words : "");
}

static void
examine_spool (PnDoctor *doctor)
{
  g_autoptr (GPtrArray) rows = pn_spool_list (doctor->db, PN_SPOOL_WAITING, NULL, 0, LOOK_AT, NULL);
  PnTime late = pn_clock_now () - STUCK_AFTER;
  guint n = 0;

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const PnDelivery *delivery = g_ptr_array_index (rows, i);

    n += delivery->received_at < late ? 1 : 0;
  }
  if (n > 0)
    pn_doctor_find (
        doctor, PN_FINDING_PROBLEM, "spool",
        "%u mail%s waited longer than 10 minutes to be filed; nothing is lost, but see what the "
        "roles clerk and parse say",
        n, n == 1 ? "" : "s");
}

gboolean
pn_doctor_examine_data (PnDoctor *doctor)
{
  if (!examine_people (doctor))
    return FALSE;
  examine_spool (doctor);
  for (gsize i = 0; i < G_N_ELEMENTS (stuck_letters); i++)
    examine_letters (doctor, &stuck_letters[i]);
  return TRUE;
}
