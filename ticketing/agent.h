/* Agents: staff, their passwords, rights and API tokens. Owns the tables agent, agent_queue and api_token.
 *
 *   agent  works on tickets of the queues given to it
 *   lead   the same, and may release, block and see the outbox of those queues
 *   admin  everything, every queue
 */
#pragma once

#include "ticketing/core/db.h"

typedef enum { PN_ROLE_AGENT, PN_ROLE_LEAD, PN_ROLE_ADMIN } PnAgentRole;

/* Which letters an agent wants, bits. */
#define PN_NOTICE_NEW 1      /* a new ticket in my queues */
#define PN_NOTICE_ASSIGNED 2 /* a ticket was given to me */
#define PN_NOTICE_REPLY 4    /* a customer answered on my ticket */

typedef struct {
  gint64 id;
  char *login; /* [a-z0-9._@-]{1,100} */
  char *name;
  char *address; /* for notices */
  PnAgentRole role;
  char *language; /* NULL: the browser's */
  guint notices;
  gboolean is_enabled;
} PnAgent;

void pn_agent_free (PnAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnAgent, pn_agent_free)

/* Adds an agent with a password hash (core/password). Returns the id in @id. INVALID, CONFLICT (login taken). */
gboolean pn_agent_add (PnDb *db, const PnAgent *agent, const char *password_hash, gint64 *id,
                       GError **error);
gboolean pn_agent_set_password (PnDb *db, gint64 id, const char *password_hash,
                                GError **error); /* ends sessions */
gboolean pn_agent_save_profile (PnDb *db, const PnAgent *agent,
                                GError **error); /* name, address, language, notices */
gboolean pn_agent_set_enabled (PnDb *db, gint64 id, gboolean is_enabled, GError **error);
gboolean pn_agent_set_role (PnDb *db, gint64 id, PnAgentRole role,
                            GError **error);                  /* ends sessions */
PnAgent *pn_agent_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
gboolean pn_agent_find (PnDb *db, const char *login, PnAgent **agent,
                        GError **error); /* (owned) NULL: none */
GPtrArray *pn_agent_list (PnDb *db,
                          GError **error); /* (owned) of PnAgent, by name; at most 1,000 */

gboolean pn_agent_give_queue (PnDb *db, gint64 agent_id, gint64 queue_id, GError **error);
gboolean pn_agent_take_queue (PnDb *db, gint64 agent_id, gint64 queue_id, GError **error);

/* (owned) of gint64, sorted: the queues given to an agent, whatever its role. Ask ticketing/access what it may do. */
GArray *pn_agent_queues (PnDb *db, gint64 agent_id, GError **error);

/* (owned) of PnAgent, enabled ones by name: those the queue was given to, and all admins. */
GPtrArray *pn_agent_list_of_queue (PnDb *db, gint64 queue_id, GError **error);

/* Checks a password under the counter of failures (10 wrong tries lock for 15 minutes; the counter goes up before the
 * password is looked at, by compare-and-set, so parallel tries count). Costs the same for unknown logins.
 * Returns: (owned) the agent; NULL with DENIED (one sentence for every reason but "locked"). */
PnAgent *pn_agent_log_in (PnDb *db, const char *login, const char *password, GError **error);

/* @token: (owned) the new token's text, shown once: "pn_" and 40 random characters. */
gboolean pn_api_token_add (PnDb *db, gint64 agent_id, const char *name, char **token, gint64 *id,
                           GError **error);
gboolean pn_api_token_revoke (PnDb *db, gint64 id, GError **error); /* NOT_FOUND */
gboolean pn_api_token_find (PnDb *db, const char *token, PnAgent **agent,
                            GError **error); /* (owned) NULL: invalid */

typedef struct {
  gint64 id;
  char *agent_login;
  char *name;
  PnTime created_at;
  PnTime used_at;
  PnTime revoked_at;
} PnApiToken;

void pn_api_token_free (PnApiToken *token);
GPtrArray *pn_api_token_list (PnDb *db,
                              GError **error); /* (owned) of PnApiToken; the newest 1,000 */

const char *pn_agent_role_name (PnAgentRole role);
gboolean pn_agent_role_read (const char *name, PnAgentRole *role);
