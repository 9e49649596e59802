#include "tests/lib/testweb.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "gateway/web/visit.h"
#include "ticketing/core/password.h"
#include "ticketing/message.h"
#include "ticketing/participant.h"
#include "ticketing/person.h"
#include "ticketing/queue.h"
#include "ticketing/session.h"
#include "ticketing/spool.h"

#include "tests/lib/test.h"
#include "tests/lib/testdb.h"
#include "tests/lib/testhttp.h"

static const struct {
  const char *login;
  PnAgentRole role;
  gboolean is_other;
} staff[] = {
  { "agent", PN_ROLE_AGENT, FALSE },
  { "lead", PN_ROLE_LEAD, FALSE },
  { "admin", PN_ROLE_ADMIN, FALSE },
  { "other", PN_ROLE_AGENT, TRUE },
};

static gint64
add_queue (PnDb *db, const char *name, const char *title)
{
  g_autoptr (GError) error = NULL;
  PnQueue *queue = pn_queue_new (name);
  gint64 id;

  g_free (queue->title);
  queue->title = g_strdup (title);
  pn_queue_save (db, queue, &error);
  pn_assert_no_error (error);
  id = queue->id;
  pn_queue_free (queue);
  return id;
}

static void
add_staff (PnTestWeb *test)
{
  g_autofree char *hash = pn_password_hash (PN_TESTWEB_PASSWORD);

  for (gsize i = 0; i < G_N_ELEMENTS (staff); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *login = g_strdup (staff[i].login);
    g_autofree char *address = g_strconcat (login, "@staff.example", NULL);
    PnAgent agent = {
      .login = login, .name = login, .address = address, .role = staff[i].role, .is_enabled = TRUE
    };

    pn_agent_add (test->db, &agent, hash, &test->agents[i], &error);
    pn_assert_no_error (error);
    pn_agent_give_queue (test->db, test->agents[i], staff[i].is_other ? test->billing : test->mill,
                         &error);
    pn_assert_no_error (error);
  }
}

typedef struct {
  PnTestWeb *test;
  gint64 queue_id;
  const char *address;
  const char *subject;
  const guint8 *sha;
  gint64 ticket_id;
  gint64 message_id;
  gint64 attachment_id;
  gint64 person_id;
} Opening;

static gboolean
open_ticket (PnDb *db, gpointer data, GError **error)
{
  Opening *opening = data;
  PnTicket ticket = { .queue_id = opening->queue_id,
                      .priority = PN_PRIORITY_NORMAL,
                      .subject = (char *) opening->subject,
                      .preview = (char *) "after card 7 nothing moves" };
  g_autoptr (PnMessage) message = pn_message_new ();
  PnStoredAttachment *attachment = pn_stored_attachment_new ();

  if (!pn_person_for_address (db, opening->address, "Ada Lovelace", &opening->person_id, error))
    return FALSE;
  ticket.person_id = opening->person_id;
  if (!pn_ticket_open (db, &ticket, PN_ACTOR_IS_SYSTEM, "a test opened it", error)
      || !pn_participant_add (db, ticket.id, opening->address, "Ada Lovelace",
                              PN_PARTICIPANT_REQUESTER, "wrote it", error))
    return FALSE;
  opening->ticket_id = ticket.id;
  message->ticket_id = ticket.id;
  message->direction = PN_DIRECTION_IN;
  message->channel = PN_CHANNEL_IMAP;
  message->person_id = ticket.person_id;
  g_free (message->from_name);
  message->from_name = g_strdup ("Ada Lovelace");
  g_free (message->from_address);
  message->from_address = g_strdup (opening->address);
  g_free (message->subject);
  message->subject = g_strdup (opening->subject);
  g_free (message->text);
  message->text = g_strdup ("after card 7 nothing moves\n<script>alert(1)</script>");
  message->html = g_strdup ("<p>after card 7</p>");
  attachment->name = g_strdup ("card \"7\".txt");
  attachment->type = g_strdup ("text/html");
  attachment->declared_type = g_strdup ("text/html");
  attachment->size_bytes = 3;
  memcpy (attachment->sha, opening->sha, PN_SHA256_BYTES);
  g_ptr_array_add (message->attachments, attachment);
  if (!pn_message_add (db, message, error))
    return FALSE;
  opening->message_id = message->id;
  opening->attachment_id = attachment->id;
  return pn_ticket_touch (db, ticket.id, PN_TOUCH_CUSTOMER, "after card 7", PN_ACTOR_IS_SYSTEM,
                          NULL, error);
}

static gint64
add_delivery (PnTestWeb *test, const guint8 *sha)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDelivery) delivery = pn_delivery_new ();
  gboolean is_known;
  gint64 id = 0;

  delivery->queue_id = test->mill;
  delivery->channel = PN_CHANNEL_API;
  delivery->format = PN_FORMAT_JSON;
  memcpy (delivery->raw_sha, sha, sizeof delivery->raw_sha);
  pn_spool_add (test->db, delivery, NULL, &id, &is_known, &error);
  pn_assert_no_error (error);
  return id;
}

static void
add_tickets (PnTestWeb *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  guint8 sha[PN_SHA256_BYTES];
  Opening ada = { test, test->mill, "ada@customer.example", "The engine stops at card 7", sha };
  Opening bob = { test, test->billing, "bob@other.example", "Invoice 1834 is wrong", sha };

  pn_blob_store (test->db, bytes, sha, &error);
  pn_assert_no_error (error);
  pn_db_run (test->db, open_ticket, &ada, &error);
  pn_assert_no_error (error);
  pn_db_run (test->db, open_ticket, &bob, &error);
  pn_assert_no_error (error);
  test->ticket = ada.ticket_id;
  test->message = ada.message_id;
  test->attachment = ada.attachment_id;
  test->person = ada.person_id;
  test->spool = add_delivery (test, sha);
  test->other_ticket = bob.ticket_id;
}

PnTestWeb *
pn_testweb_start (void)
{
  g_autoptr (GError) error = NULL;
  PnDb *db = pn_testdb_open ();
  PnTestWeb *test;

  if (db == NULL)
    return NULL;
  pn_secret_library_start ();
  test = g_new0 (PnTestWeb, 1);
  test->db = db;
  test->mill = add_queue (db, "mill", "Mill team");
  test->billing = add_queue (db, "billing", "Billing");
  add_staff (test);
  add_tickets (test);
  test->templates = pn_templates_open (NULL, &error);
  pn_assert_no_error (error);
  test->key = pn_secret_new_random (PN_KEY_BYTES);
  test->config.target = *pn_testdb_target ();
  test->config.token_key = test->key;
  test->config.templates = test->templates;
  test->config.listen = "127.0.0.1:0";
  test->config.listen_fd = -1;
  test->config.url = "http://127.0.0.1";
  test->config.upload_limit_bytes = 4 * 1024 * 1024;
  test->config.threads = 2;
  test->config.workers = 2;
  test->web = pn_web_start (&test->config, &error);
  pn_assert_no_error (error);
  test->port = pn_server_port (test->web->server);
  return test;
}

void
pn_testweb_stop (PnTestWeb *test)
{
  if (test == NULL)
    return;
  g_assert_true (pn_web_stop (test->web, PN_TEST_PATIENCE_SECONDS * 1000));
  pn_db_close (test->db);
  pn_templates_free (test->templates);
  pn_secret_free (test->key);
  g_free (test);
}

/* Takes the cookie out of a response as a browser would. */
static char *
customer_cookie (PnTestWeb *test, gint64 ticket_id, const char *address)
{
  g_autoptr (PnRequest) request = pn_request_new ();
  g_autoptr (PnResponse) response = pn_response_new ();
  PnCall call = { .web = test->web, .request = request, .response = response };
  const char *cookie;

  pn_visit_begin (&call, ticket_id, address);
  cookie = pn_response_header (response, "Set-Cookie");
  return g_strndup (cookie, strcspn (cookie, ";"));
}

static gint64
agent_of (const PnTestWeb *test, PnCaller caller)
{
  switch (caller) {
  case PN_CALLER_AGENT: return test->agents[0];
  case PN_CALLER_LEAD: return test->agents[1];
  case PN_CALLER_ADMIN: return test->agents[2];
  case PN_CALLER_OTHER_AGENT: return test->agents[3];
  case PN_CALLER_NOBODY:
  case PN_CALLER_CUSTOMER:
  case PN_CALLER_OTHER_CUSTOMER: return 0;
  }
  return 0;
}

char *
pn_testweb_cookie (PnTestWeb *test, PnCaller caller)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *session = NULL;

  if (caller == PN_CALLER_NOBODY)
    return NULL;
  if (caller == PN_CALLER_CUSTOMER)
    return customer_cookie (test, test->ticket, "ada@customer.example");
  if (caller == PN_CALLER_OTHER_CUSTOMER)
    return customer_cookie (test, test->other_ticket, "bob@other.example");
  pn_session_start (test->db, agent_of (test, caller), "test", &session, &error);
  pn_assert_no_error (error);
  return g_strconcat ("postern=", session, NULL);
}

char *
pn_testweb_csrf (PnTestWeb *test, const char *cookie)
{
  PnCall call = { .web = test->web };
  char *token;

  if (cookie == NULL)
    return g_strdup ("");
  call.cookie = strstr (cookie, "postern-my") != NULL ? pn_visit_name (strchr (cookie, '=') + 1)
                                                      : g_strdup (strchr (cookie, '=') + 1);
  token = pn_auth_csrf (&call);
  g_free (call.cookie);
  return token;
}

char *
pn_testweb_token (PnTestWeb *test, PnCaller caller)
{
  g_autoptr (GError) error = NULL;
  char *token = NULL;
  gint64 id;

  if (agent_of (test, caller) == 0)
    return NULL;
  pn_api_token_add (test->db, agent_of (test, caller), "test", &token, &id, &error);
  pn_assert_no_error (error);
  return token;
}

gboolean
pn_testadmin_start (PnTestAdmin *admin)
{
  g_autofree char *token = NULL;

  admin->web = pn_testweb_start ();
  if (admin->web == NULL)
    return FALSE;
  admin->cookie = pn_testweb_cookie (admin->web, PN_CALLER_ADMIN);
  admin->headers = g_strdup_printf ("Cookie: %s\r\n", admin->cookie);
  admin->csrf = pn_testweb_csrf (admin->web, admin->cookie);
  token = pn_testweb_token (admin->web, PN_CALLER_ADMIN);
  admin->bearer = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  return TRUE;
}

void
pn_testadmin_stop (PnTestAdmin *admin)
{
  pn_testweb_stop (admin->web);
  g_free (admin->cookie);
  g_free (admin->headers);
  g_free (admin->csrf);
  g_free (admin->bearer);
}

char *
pn_testweb_ask (PnTestWeb *test, const char *method, const char *target, const char *headers,
                const char *body)
{
  g_autoptr (GString) request = g_string_new ("");
  gboolean is_json = body != NULL && body[0] == '{';

  g_string_append_printf (request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s",
                          method, target, headers);
  if (body != NULL)
    g_string_append_printf (request, "Content-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n",
                            is_json ? "application/json" : "application/x-www-form-urlencoded",
                            strlen (body));
  g_string_append_printf (request, "\r\n%s", body != NULL ? body : "");
  return pn_testhttp_ask (test->port, request->str);
}
