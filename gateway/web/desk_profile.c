#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/auth.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/core/password.h"
#include "ticketing/core/text.h"
#include "ticketing/session.h"

static const char *const languages[] = { "en", "de" };

static const struct {
  const char *name;
  const char *field;
  guint bit;
} notices[] = {
  { "new", "notice_new", PN_NOTICE_NEW },
  { "assigned", "notice_assigned", PN_NOTICE_ASSIGNED },
  { "reply", "notice_reply", PN_NOTICE_REPLY },
};

/* Where the agent is logged in. Without them the page still has everything else. */
static json_t *
show_sessions (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions =
      pn_session_list (call->db, call->agent->id, call->cookie, &error);
  json_t *list = json_array ();

  if (sessions == NULL)
    pn_log_error (PN_LOG_WARNING, "sessions-unread", error, NULL);
  for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
    const PnSession *session = sessions->pdata[i];

    json_array_append_new (
        list,
        json_pack ("{s:o, s:o, s:o, s:o, s:b}", "name", pn_json_text (session->name), "client",
                   pn_json_text (session->client), "created_at", pn_json_time (session->created_at),
                   "seen_at", pn_json_time (session->seen_at), "is_current", session->is_current));
  }
  return list;
}

static void
show_profile (PnCall *call, int status, const PnAgent *agent, const char *field,
              const char *problem)
{
  json_t *list = json_array ();
  json_t *flags = json_object ();
  json_t *errors = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    json_array_append_new (list, json_pack ("{s:s, s:b}", "name", languages[i], "is_current",
                                            g_strcmp0 (agent->language, languages[i]) == 0));
  for (gsize i = 0; i < G_N_ELEMENTS (notices); i++)
    pn_json_set (flags, notices[i].name, json_boolean (agent->notices & notices[i].bit));
  if (problem != NULL)
    json_array_append_new (
        errors, json_pack ("{s:s, s:o}", "field", field, "message", pn_json_text (problem)));
  pn_call_page (call, status, "desk-profile",
                json_pack ("{s:{s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o}}", "profile",
                           "sessions", show_sessions (call), "login", pn_json_text (agent->login),
                           "name", pn_json_text (agent->name), "address",
                           pn_json_text (agent->address), "role", pn_agent_role_name (agent->role),
                           "language", pn_json_text (agent->language), "languages", list, "notices",
                           flags, "errors", errors));
}

void
pn_desk_profile (PnCall *call)
{
  show_profile (call, 200, call->agent, NULL, NULL);
}

static gboolean
is_language (const char *language)
{
  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++) {
    if (strcmp (language, languages[i]) == 0)
      return TRUE;
  }
  return *language == '\0';
}

/* Whoever found a desk unlocked may not lead the owner's letters away (TRUST.md row 42). */
static gboolean
may_change_address (PnCall *call, const PnAgent *agent, const char *address)
{
  const char *current = pn_call_field (call, "current");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) known = NULL;

  if (g_ascii_strcasecmp (call->agent->address, address) == 0)
    return TRUE;
  known = pn_agent_log_in (call->db, call->agent->login, current != NULL ? current : "", &error);
  if (known != NULL)
    return TRUE;
  if (pn_error_is (error, PN_ERROR_DENIED))
    show_profile (call, 403, agent, "current", "to change the address, give your current password");
  else
    pn_call_fail (call, error);
  return FALSE;
}

void
pn_desk_profile_save (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) agent = pn_agent_load (call->db, call->agent->id, &error);
  g_autofree char *address = pn_call_line (call, "address", 254);
  const char *language = pn_call_field (call, "language");

  if (agent == NULL) {
    pn_call_fail (call, error);
    return;
  }
  g_free (agent->name);
  agent->name = pn_call_line (call, "name", 200);
  g_free (agent->address);
  agent->address = pn_text_read_address (address, &error);
  if (agent->address == NULL) {
    agent->address = g_steal_pointer (&address);
    show_profile (call, 400, agent, "address", error->message);
    return;
  }
  if (*agent->name == '\0' || (language != NULL && !is_language (language))) {
    show_profile (call, 400, agent, *agent->name == '\0' ? "name" : "language",
                  *agent->name == '\0' ? "the name is empty" : "there is no such language");
    return;
  }
  if (!may_change_address (call, agent, agent->address))
    return;
  g_free (agent->language);
  agent->language = language != NULL && *language != '\0' ? g_strdup (language) : NULL;
  agent->notices = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (notices); i++) {
    if (g_strcmp0 (pn_call_field (call, notices[i].field), "1") == 0)
      agent->notices |= notices[i].bit;
  }
  if (pn_agent_save_profile (call->db, agent, &error))
    pn_call_done (call, "/desk/profile", "saved", 200, json_object ());
  else
    pn_call_fail (call, error);
}

/* Setting it ends every session, this one too; whoever knew the old password gets a new session. */
static void
set_password (PnCall *call, const char *password)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = pn_password_hash (password);
  g_autofree char *cookie = NULL;

  if (!pn_agent_set_password (call->db, call->agent->id, hash, &error)
      || !pn_session_start (call->db, call->agent->id, call->request->client, &cookie, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, "password-changed", "agent=%" G_GINT64_FORMAT, call->agent->id);
  pn_auth_set_staff_cookie (call, cookie);
  pn_call_done (call, "/desk/profile", "password", 200, json_object ());
}

void
pn_desk_password (PnCall *call)
{
  const char *current = pn_call_field (call, "current");
  const char *password = pn_call_field (call, "password");
  g_autoptr (GError) error = NULL;
  g_autoptr (PnAgent) agent =
      pn_agent_log_in (call->db, call->agent->login, current != NULL ? current : "", &error);

  if (agent == NULL && pn_error_is (error, PN_ERROR_DENIED))
    show_profile (call, 403, call->agent, "current", "this is not your current password");
  else if (agent == NULL)
    pn_call_fail (call, error);
  else if (!pn_password_check (password != NULL ? password : "", call->agent->login, &error))
    show_profile (call, 400, call->agent, "password", error->message);
  else
    set_password (call, password);
}

/* One session of the caller's, or with none named all of them. */
void
pn_desk_sessions (PnCall *call)
{
  const char *name = pn_call_field (call, "session");
  g_autoptr (GError) error = NULL;

  if (name != NULL && *name != '\0') {
    if (pn_session_end_one (call->db, call->agent->id, name, &error))
      pn_call_done (call, "/desk/profile", "sessions", 200, json_object ());
    else
      pn_call_fail (call, error);
    return;
  }
  if (!pn_session_end_all (call->db, call->agent->id, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_auth_set_staff_cookie (call, NULL);
  pn_call_done (call, "/desk/login", NULL, 200, json_object ());
}
