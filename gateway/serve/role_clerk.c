/* The clerk: files what the spool holds, writes the letters that the outbox orders, indexes words, sweeps. */
#include <string.h>
#include <unistd.h>

#include "gateway/clerk/chores.h"
#include "gateway/clerk/compose.h"
#include "gateway/clerk/kb_chores.h"
#include "gateway/mail/parse_client.h"
#include "gateway/serve/filing.h"
#include "gateway/serve/role.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/room.h"
#include "ticketing/core/wake.h"

#define POLL PN_SECOND
#define LETTERS 25 /* rendered in one transaction */

typedef struct {
  PnRole *role;
  PnDb *db;
  PnTemplates *templates;
  PnFiling filing;
  PnCompose compose;
  char *parse_socket;
  char *owner;
  char *site_url;
  PnChores *chores;
  PnChoreContext chore_context;
  PnWebhookSender *webhooks;
  char *said; /* what stands in the way, as the log was told */
  PnClockGuard *guard;
  PnBlobSweep *sweep;
  PnTurns *turns;
} Clerk;

static void
clerk_clear (Clerk *clerk)
{
  pn_chores_free (clerk->chores);
  pn_webhook_sender_free (clerk->webhooks);
  pn_clock_guard_free (clerk->guard);
  pn_blob_sweep_free (clerk->sweep);
  pn_turns_free (clerk->turns);
  pn_db_close (clerk->db);
  pn_templates_free (clerk->templates);
  g_free (clerk->parse_socket);
  g_free (clerk->owner);
  g_free (clerk->site_url);
  g_free (clerk->said);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Clerk, clerk_clear)

static gpointer
start_parse (gpointer data, GBytes *raw, const char *authserv_ids)
{
  const Clerk *clerk = data;
  const PnParseOptions options = { .authserv_ids = authserv_ids };

  return pn_parse_client_start (clerk->parse_socket, raw, &options, NULL);
}

/* What could not be started is tried again, and says why. */
static PnMail *
parse (gpointer data, gpointer started, GBytes *raw, const char *authserv_ids, gboolean *has_died,
       GError **error)
{
  const Clerk *clerk = data;
  const PnParseOptions options = { .authserv_ids = authserv_ids };
  g_autoptr (GError) problem = NULL;
  PnMail *mail = started != NULL
                     ? pn_parse_client_finish (started, &problem)
                     : pn_parse_client_parse (clerk->parse_socket, raw, &options, &problem);

  *has_died = pn_error_is (problem, PN_ERROR_PERMANENT);
  if (mail == NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return mail;
}

static void
beat (gpointer data)
{
  pn_role_beat (((const Clerk *) data)->role);
}

/* Returns: (owned) an address without the slash at its end, so that paths can follow. */
static char *
read_site_url (const PnSettings *settings)
{
  char *url = g_strdup (pn_settings_text (settings, PN_SETTING_WEB_BASE_URL));
  gsize size = strlen (url);

  while (size > 0 && url[size - 1] == '/')
    url[--size] = '\0';
  return url;
}

static gboolean
start (Clerk *clerk, PnRole *role, GError **error)
{
  const PnSecret *key = pn_role_key (role, PN_KEY_TOKEN);

  clerk->role = role;
  pn_db_library_start ();
  clerk->templates = pn_templates_open (
      pn_settings_text (pn_role_settings (role), PN_SETTING_PATHS_TEMPLATES), error);
  if (clerk->templates == NULL)
    return FALSE;
  clerk->db = pn_role_open_db (role, error);
  if (clerk->db == NULL || !pn_db_sync_clock (clerk->db, error))
    return FALSE;
  clerk->parse_socket = g_build_filename (pn_role_run_path (role), "parse.sock", NULL);
  clerk->owner =
      g_strdup_printf ("clerk:%.32s:%d:%08x", g_get_host_name (), (int) getpid (), g_random_int ());
  clerk->site_url = read_site_url (pn_role_settings (role));
  clerk->filing =
      (PnFiling){ clerk->db, key, clerk->owner, start_parse, parse, clerk, beat, clerk };
  clerk->filing.agent_replies =
      pn_settings_text (pn_role_settings (role), PN_SETTING_MAIL_AGENT_REPLIES);
  clerk->compose = (PnCompose){ clerk->db, key, clerk->templates, clerk->site_url };
  clerk->chores = pn_chores_new ();
  clerk->webhooks = pn_webhook_sender_new (
      pn_settings_list (pn_role_settings (role), PN_SETTING_WEB_WEBHOOK_HOSTS), key);
  clerk->guard = pn_clock_guard_new (g_get_host_name ());
  clerk->sweep = pn_blob_sweep_new (pn_kb_keep_pictures);
  clerk->turns = pn_turns_new (clerk->owner);
  clerk->chore_context =
      (PnChoreContext){ clerk->db,       key,          clerk->owner, clerk->site_url,
                        clerk->webhooks, clerk->guard, clerk->sweep, clerk->turns };
  return TRUE;
}

/* Every clerk finds the same letters first. */
static gboolean
write_letters (Clerk *clerk, guint *letters, GError **error)
{
  static const char work[] = "letters";

  return !pn_turns_may (clerk->turns, work)
         || (pn_compose_round (&clerk->compose, LETTERS, letters, error)
             && pn_turns_done (clerk->turns, clerk->db, work, *letters >= PN_CHORES_MUCH, error));
}

/* Mail first, then the letters that come of it, then chores; each in portions, so that none waits long for another.
 * @is_idle: there was nothing to do. */
static gboolean
work_once (Clerk *clerk, gboolean *is_idle, GError **error)
{
  const char *run = pn_role_run_path (clerk->role);
  guint filed = 0;
  guint letters = 0;
  guint done = 0;

  if (!pn_room_check (pn_room_path (pn_role_settings (clerk->role)), PN_ROOM_RUN_BYTES, error)
      || !pn_filing_round (&clerk->filing, &filed, error)
      || !pn_turns_look (clerk->turns, clerk->db, error) || !write_letters (clerk, &letters, error))
    return FALSE;
  if (letters > 0)
    pn_wake_send (run, "send");
  if (filed > 0)
    pn_wake_send (run, "web");
  if (!pn_chores_round (clerk->chores, &clerk->chore_context, &done, error))
    return FALSE;
  if (done > 0)
    pn_wake_send (run, "web");
  *is_idle = filed == 0 && letters == 0 && done == 0;
  return TRUE;
}

/* What stands in the way is told to the supervisor, and to the log when it is news. */
static void
tell (Clerk *clerk, const GError *error)
{
  pn_role_trouble (clerk->role, error != NULL ? error->message : NULL);
  if (error != NULL && g_strcmp0 (clerk->said, error->message) != 0)
    pn_log_error (PN_LOG_WARNING, "clerk-waits", error, NULL);
  g_free (clerk->said);
  clerk->said = error != NULL ? g_strdup (error->message) : NULL;
}

static void
work (Clerk *clerk)
{
  g_autoptr (GError) error = NULL;
  gboolean is_idle = FALSE;

  while (!is_idle && !pn_role_should_stop (clerk->role)) {
    pn_role_beat (clerk->role);
    if (!work_once (clerk, &is_idle, &error))
      break;
  }
  tell (clerk, error);
}

gboolean
pn_role_clerk_run (PnRole *role, GError **error)
{
  g_auto (Clerk) clerk = { 0 };
  g_autoptr (GError) problem = NULL;

  if (!start (&clerk, role, &problem)) {
    if (pn_role_should_stop (role))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  pn_role_ready (role);
  do {
    pn_role_wake_drain (role);
    work (&clerk);
  } while (pn_role_wait (role, -1, POLL) != PN_ROLE_EVENT_STOP);
  return TRUE;
}
