#include "tests/db/world.h"

#include <string.h>

#include "gateway/mail/mime_read.h"
#include "templates/sentence.h"
#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "ticketing/rule_store.h"
#include "ticketing/agent.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/core/token.h"
#include "ticketing/mailbox.h"
#include "ticketing/participant.h"
#include "ticketing/queue.h"
#include "ticketing/thread.h"

#define LETTER_LIMIT_BYTES (1024 * 1024)

static PnMail *
parse_here (gpointer data, gpointer started, GBytes *raw, const char *authserv_ids,
            gboolean *has_died, GError **error)
{
  const PnParseOptions options = { .authserv_ids = authserv_ids };

  *has_died = FALSE;
  return pn_mime_read (raw, &options);
}

static gint64
add_queue (PnWorld *world, const char *name)
{
  g_autoptr (PnQueue) queue = pn_queue_new (name);
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_queue_save (world->db, queue, &error));
  pn_assert_no_error (error);
  return queue->id;
}

static gint64
add_mailbox (PnWorld *world, const char *name, gint64 queue_id)
{
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new (name);
  g_autoptr (GError) error = NULL;

  mailbox->queue_id = queue_id;
  g_free (mailbox->address);
  mailbox->address = g_strconcat (name, "@demo.example", NULL);
  g_free (mailbox->smtp.host);
  mailbox->smtp.host = g_strdup ("127.0.0.1");
  mailbox->smtp.port = 25;
  mailbox->smtp.security = PN_SECURITY_PLAIN;
  g_free (mailbox->authserv_id);
  mailbox->authserv_id = g_strdup ("mx.demo.example");
  g_free (mailbox->spam_header);
  mailbox->spam_header = g_strdup ("X-Spam-Flag: yes");
  g_assert_true (pn_mailbox_save (world->db, mailbox, &error));
  pn_assert_no_error (error);
  return mailbox->id;
}

static gint64
add_agent (PnWorld *world, const char *login, gint64 queue_id)
{
  g_autofree char *address = g_strconcat (login, "@demo.example", NULL);
  g_autoptr (GError) error = NULL;
  const PnAgent agent = {
    .login = (char *) login,
    .name = (char *) login,
    .address = address,
    .role = PN_ROLE_AGENT,
    .notices = PN_NOTICE_NEW | PN_NOTICE_ASSIGNED | PN_NOTICE_REPLY,
    .is_enabled = TRUE,
  };
  gint64 id = 0;

  g_assert_true (pn_agent_add (world->db, &agent, "no password", &id, &error));
  g_assert_true (pn_agent_give_queue (world->db, id, queue_id, &error));
  pn_assert_no_error (error);
  return id;
}

PnWorld *
pn_world_new (void)
{
  static const char key[PN_KEY_BYTES] = "a key for tests, of 32 bytes....";
  PnWorld *world = g_new0 (PnWorld, 1);
  g_autoptr (GError) error = NULL;

  world->db = pn_testdb_open ();
  if (world->db == NULL) {
    g_free (world);
    return NULL;
  }
  world->key = pn_secret_new (key, sizeof key);
  world->templates = pn_templates_open (NULL, &error);
  pn_assert_no_error (error);
  world->filing =
      (PnFiling){ .db = world->db, .key = world->key, .owner = "test", .parse = parse_here };
  world->support_id = add_queue (world, "support");
  world->sales_id = add_queue (world, "sales");
  world->support_mailbox_id = add_mailbox (world, "support", world->support_id);
  world->sales_mailbox_id = add_mailbox (world, "sales", world->sales_id);
  world->mill_id = add_agent (world, "mill", world->support_id);
  world->babbage_id = add_agent (world, "babbage", world->sales_id);
  return world;
}

void
pn_world_free (PnWorld *world)
{
  if (world == NULL)
    return;
  pn_db_close (world->db);
  pn_secret_free (world->key);
  pn_templates_free (world->templates);
  g_free (world);
}

void
pn_world_run (PnWorld *world)
{
  g_autoptr (GError) error = NULL;
  guint taken = 1;

  while (taken > 0) {
    g_assert_true (pn_filing_round (&world->filing, &taken, &error));
    g_assert_no_error (error);
  }
}

PnDelivery *
pn_world_file_by (PnWorld *world, gint64 mailbox_id, PnChannel channel, PnSpoolFormat format,
                  const char *text)
{
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  PnDelivery *filed;
  gboolean is_known;
  gint64 id = 0;

  delivery->mailbox_id = mailbox_id;
  delivery->queue_id = mailbox_id == world->sales_mailbox_id ? world->sales_id : world->support_id;
  delivery->channel = channel;
  delivery->format = format;
  delivery->size_bytes = (gint64) strlen (text);
  g_assert_true (pn_blob_store (world->db, bytes, delivery->raw_sha, &error));
  g_assert_true (pn_spool_add (world->db, delivery, NULL, &id, &is_known, &error));
  pn_world_run (world);
  filed = pn_spool_load (world->db, id, &error);
  g_assert_no_error (error);
  return filed;
}

PnDelivery *
pn_world_file (PnWorld *world, const char *text)
{
  return pn_world_file_by (world, world->support_mailbox_id, PN_CHANNEL_PIPE, PN_FORMAT_RFC822,
                           text);
}

char *
pn_world_mail (const char *from, const char *message_id, const char *headers, const char *subject,
               const char *body)
{
  return g_strdup_printf ("%sFrom: Ada <%s>\nTo: support@demo.example\nMessage-ID: <%s>\n"
                          "Date: Sun, 22 Nov 2026 10:00:00 +0000\nSubject: %s\n\n%s\n",
                          headers, from, message_id, subject, body);
}

gint64
pn_world_ticket (PnWorld *world, const char *from, const char *message_id)
{
  g_autofree char *text =
      pn_world_mail (from, message_id, PN_WORLD_PASS, "The engine stops", message_id);
  g_autoptr (PnDelivery) delivery = pn_world_file (world, text);

  g_assert_cmpint (delivery->disposition, ==, PN_DISPOSITION_CREATED);
  g_assert_cmpint (delivery->ticket_id, >, 0);
  return delivery->ticket_id;
}

gint64
pn_world_count (PnWorld *world, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows = pn_db_query (world->db, sql, PN_NO_ARGS, &error);

  g_assert_no_error (error);
  return pn_rows_next (rows) ? pn_rows_int (rows, 0) : 0;
}

char *
pn_world_words (const json_t *reason)
{
  const PnRenderOptions options = { .mode = PN_RENDER_TEXT };
  g_autoptr (json_t) document = pn_reason_read_item (reason);
  g_autoptr (PnTemplates) templates = pn_templates_open (NULL, NULL);
  char *words = pn_sentence_write (templates, document, &options);

  return words != NULL ? words : g_strdup ("");
}

gboolean
pn_world_has_reason (const PnDelivery *delivery, const char *part)
{
  const json_t *reason;
  size_t i;

  json_array_foreach (delivery->reasons, i, reason)
  {
    g_autofree char *words = pn_world_words (reason);

    if (strstr (words, part) != NULL)
      return TRUE;
  }
  return FALSE;
}

char *
pn_world_address (PnWorld *world, char letter, gint64 id)
{
  g_autofree char *token =
      pn_token_make (world->key, letter == 't' ? PN_TOKEN_REPLY : PN_TOKEN_BOUNCE, id, 0);

  return pn_thread_tagged_address ("support@demo.example", letter, token);
}

GPtrArray *
pn_world_letters (PnWorld *world, gint64 ticket_id)
{
  const PnCompose compose = { world->db, world->key, world->templates, "https://help.example" };
  g_autoptr (GError) error = NULL;
  GPtrArray *letters;
  guint looked_at = 1;

  while (looked_at > 0) {
    g_assert_true (pn_compose_round (&compose, 100, &looked_at, &error));
    g_assert_no_error (error);
  }
  letters = pn_outbox_of_ticket (world->db, ticket_id, &error);
  g_assert_no_error (error);
  return letters;
}

char *
pn_world_letter_text (PnWorld *world, const PnLetterRow *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = pn_blob_load (world->db, row->raw_sha, LETTER_LIMIT_BYTES, &error);

  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

PnDelivery *
pn_world_file_mail (PnWorld *world, const char *from, const char *mid, const char *headers,
                    const char *subject, const char *body)
{
  g_autofree char *text = pn_world_mail (from, mid, headers, subject, body);

  return pn_world_file (world, text);
}

gboolean
pn_world_takes_part (PnWorld *world, gint64 ticket_id, const char *address)
{
  g_autoptr (GError) error = NULL;
  gboolean is_participant = FALSE;

  g_assert_true (pn_participant_has (world->db, ticket_id, address, &is_participant, &error));
  pn_assert_no_error (error);
  return is_participant;
}

PnStatus
pn_world_status (PnWorld *world, gint64 ticket_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTicket) ticket = pn_ticket_load (world->db, ticket_id, &error);

  g_assert_no_error (error);
  return ticket->status;
}

static gboolean
change_body (PnDb *db, gpointer data, GError **error)
{
  const gint64 *wanted = data; /* ticket, status */
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, wanted[0], error);
  PnTicketChange change = PN_TICKET_CHANGE_NONE;

  change.status = (int) wanted[1];
  return ticket != NULL && pn_ticket_change (db, ticket, &change, PN_ACTOR_IS_SYSTEM, error);
}

void
pn_world_set_status (PnWorld *world, gint64 ticket_id, PnStatus status)
{
  gint64 wanted[] = { ticket_id, (gint64) status };
  g_autoptr (GError) error = NULL;

  g_assert_true (pn_db_run (world->db, change_body, wanted, &error));
  pn_assert_no_error (error);
}

gint64
pn_world_events (PnWorld *world, gint64 ticket_id, PnEventKind kind, const char *new_value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = pn_event_list (world->db, ticket_id, &error);
  gint64 n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < events->len; i++) {
    const PnEvent *event = events->pdata[i];

    n += event->kind == kind && (new_value == NULL || g_strcmp0 (event->new_value, new_value) == 0);
  }
  return n;
}

gint64
pn_world_letters_to (PnWorld *world, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnRows) rows =
      pn_db_query (world->db, "SELECT COUNT(*) FROM outbox WHERE recipient = ?",
                   PN_ARGS (pn_text (address)), &error);

  g_assert_no_error (error);
  g_assert_true (pn_rows_next (rows));
  return pn_rows_int (rows, 0);
}

PnRule *
pn_world_add_rule (PnWorld *world, const char *text)
{
  g_autoptr (GError) error = NULL;
  PnRule *rule = pn_rule_parse (text, strlen (text), NULL, &error);

  pn_assert_no_error (error);
  g_assert_true (pn_rule_save (world->db, rule, 0, world->mill_id, &error));
  pn_assert_no_error (error);
  return rule;
}
