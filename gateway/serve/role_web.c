/* Web: the desk, the help centre and the API. The work is done by threads of gateway/web; this one keeps in touch with
 * the supervisor and passes nudges on. */
#include <string.h>
#include <unistd.h>

#include "gateway/serve/role.h"
#include "gateway/web/web.h"
#include "kb/search.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/room.h"

#define STOP_MILLISECONDS (20 * 1000)
#define BEAT (5 * PN_SECOND)

/* Links are made of the url without a slash at its end. */
static char *
read_url (const PnSettings *settings)
{
  char *url = g_strdup (pn_settings_text (settings, PN_SETTING_WEB_BASE_URL));
  gsize size = strlen (url);

  while (size > 0 && url[size - 1] == '/')
    url[--size] = '\0';
  return url;
}

static void
configure (PnWebConfig *config, PnRole *role, PnTemplates *templates, const char *url)
{
  const PnSettings *settings = pn_role_settings (role);

  *config = (PnWebConfig){
    .token_key = pn_role_key (role, PN_KEY_TOKEN),
    .templates = templates,
    .listen = pn_settings_text (settings, PN_SETTING_WEB_LISTEN),
    .listen_fd = -1,
    .url = url,
    .checks_host = pn_settings_is_set (settings, PN_SETTING_WEB_BASE_URL),
    .proxies = pn_settings_list (settings, PN_SETTING_WEB_TRUSTED_PROXIES),
    .webhook_hosts = pn_settings_list (settings, PN_SETTING_WEB_WEBHOOK_HOSTS),
    .run_path = pn_role_run_path (role),
    .room_path = pn_room_path (settings),
    .upload_limit_bytes =
        pn_settings_number (settings, PN_SETTING_WEB_UPLOAD_LIMIT_MB) * 1024 * 1024,
    .threads = (guint) pn_settings_number (settings, PN_SETTING_WEB_THREADS),
    .workers = (guint) pn_settings_number (settings, PN_SETTING_WEB_WORKERS),
  };
  pn_role_db_target (role, &config->target);
}

static void
serve (PnRole *role, PnWeb *web)
{
  PnRoleEvent event;

  while ((event = pn_role_wait (role, -1, BEAT)) != PN_ROLE_EVENT_STOP) {
    if (event == PN_ROLE_EVENT_WOKEN)
      pn_live_nudge (web->live);
  }
}

/* Reads the knowledge base while nobody asks yet: the first who does need not wait for it. */
static gpointer
warm_up (gpointer data)
{
  const PnDbTarget *target = data;
  const gint64 started_at = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  PnDb *db = pn_db_open (target, &error);

  if (db != NULL && pn_kb_warm (db, &error))
    pn_log (PN_LOG_INFO, "kb-read", "took_ms=%" G_GINT64_FORMAT,
            (g_get_monotonic_time () - started_at) / PN_MILLISECOND);
  else
    pn_log_error (PN_LOG_WARNING, "kb-unread", error, NULL); /* the first search tries again */
  pn_db_close (db);
  pn_db_thread_end ();
  return NULL;
}

gboolean
pn_role_web_run (PnRole *role, GError **error)
{
  g_autofree char *url = read_url (pn_role_settings (role));
  g_autoptr (PnTemplates) templates = pn_templates_open (
      pn_settings_text (pn_role_settings (role), PN_SETTING_PATHS_TEMPLATES), error);
  PnWebConfig config;
  PnWeb *web;
  GThread *warming;

  if (templates == NULL)
    return FALSE;
  pn_db_library_start ();
  configure (&config, role, templates, url);
  web = pn_web_start (&config, error);
  if (web == NULL)
    return FALSE;
  pn_log (PN_LOG_INFO, "listening", "port=%u", pn_server_port (web->server));
  pn_role_ready (role);
  warming = g_thread_new ("warm", warm_up, &config.target);
  serve (role, web);
  g_thread_join (warming);
  if (pn_web_stop (web, STOP_MILLISECONDS))
    return TRUE;
  /* a handler hangs and uses what would be freed: leave at once, nothing that was answered is lost */
  pn_log (PN_LOG_WARNING, "stopped-hard", NULL);
  _exit (0);
}
