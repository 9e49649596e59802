/* Role: one process of the gateway, as seen from inside it.
 *
 *   postern serve (supervisor) ──exec──► postern role NAME [MAILBOX]
 *        3  control socket: "ready", "beat", "trouble …" go up; its end means that the supervisor is gone
 *        4  the settings and the keys that this role needs, never in argv or the environment
 *
 * A role is a function in gateway/serve/role_<name>.c that works until pn_role_wait () or pn_role_should_stop () tells it
 * to stop, finishes its unit of work and returns TRUE; or it returns FALSE with the reason, and is started again after
 * 1 s, 2 s … 60 s. Whatever it was doing when it died must be taken up from the database by its successor.
 *
 *   while ((event = pn_role_wait (role, -1, 5 * PN_SECOND)) != PN_ROLE_EVENT_STOP)
 *     if (!do_what_is_there_to_do (role, db, &reason)) …
 *
 * A role that is silent for 60 s counts as hung and is killed: pn_role_wait () beats by itself, work that may take
 * longer than some seconds calls pn_role_beat () in between (as often as it likes).
 *
 * SIGTERM and SIGINT are blocked and seen through the stop descriptor. In the main thread only, but for the functions
 * marked "any thread".
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/core/secret.h"
#include "ticketing/core/settings.h"

typedef struct PnRole PnRole;

typedef enum {
  PN_ROLE_DATABASE, /* the private mariadbd */
  PN_ROLE_PREPARE,  /* once: waits for the database, migrates, tells the supervisor the mailboxes */
  PN_ROLE_PARSE,
  PN_ROLE_CLERK,
  PN_ROLE_SEND,
  PN_ROLE_WEB,
  PN_ROLE_FETCH, /* one a mailbox; its argument is the mailbox's name */
} PnRoleKind;

typedef enum {
  PN_ROLE_EVENT_STOP,     /* finish and return */
  PN_ROLE_EVENT_WOKEN,    /* somebody called pn_wake_send () for us; drained already */
  PN_ROLE_EVENT_READABLE, /* the descriptor given to pn_role_wait () */
  PN_ROLE_EVENT_TIMEOUT,
} PnRoleEvent;

const char *
pn_role_argument (const PnRole *role); /* the mailbox's name; NULL but in fetch. Any thread. */

const PnSettings *pn_role_settings (const PnRole *role); /* any thread */
const char *pn_role_run_path (const PnRole *role); /* the directory for sockets. Any thread. */

/* The key for @purpose: clerk and web have that for tokens, fetch and send that for sealing, the others none.
 * Returns: (borrowed) NULL where this role has none. Any thread. */
const PnSecret *pn_role_key (const PnRole *role, PnKeyPurpose purpose);

/* Where the database is; not in parse. @target borrows from the settings. Any thread. */
void pn_role_db_target (const PnRole *role, PnDbTarget *target);

/* Opens a connection; waits, beating, until the database answers. Returns: (owned) NULL with TEMPORARY when told to stop
 * meanwhile, DENIED when the database refuses us. */
PnDb *pn_role_open_db (PnRole *role, GError **error);

/* Tells the supervisor that this role does its work now (once its listening sockets are bound, its database is open).
 * The supervisor starts the roles after `database` and `prepare` all at once; nobody needs to wait for another. */
void pn_role_ready (PnRole *role);

/* I am alive. Cheap: at most one message a second goes out. Any thread. */
void pn_role_beat (PnRole *role);

/* What keeps this role from its work, as one plain sentence for /readyz, the desk and doctor ("mailbox support: the
 * password was refused"); NULL: all is well again. Only changes are sent. Any thread. */
void pn_role_trouble (PnRole *role, const char *sentence);

/* Readable, for good, as soon as the role is to stop. For use in a poll () of one's own. */
int pn_role_stop_fd (const PnRole *role);
gboolean pn_role_should_stop (const PnRole *role); /* any thread */

/* Readable when somebody woke this role; pn_role_wake_drain () forgets that, before looking for work. */
int pn_role_wake_fd (const PnRole *role);
void pn_role_wake_drain (PnRole *role);

/* Waits for one of the events, beating meanwhile; the first in the enum's order wins. @fd -1: none. @timeout in
 * microseconds (a PnTime), 0: only looks, negative: for ever. */
PnRoleEvent pn_role_wait (PnRole *role, int fd, PnTime timeout);

/* The roles' bodies. Each returns TRUE when it stopped as it was told. */
gboolean pn_role_database_run (PnRole *role, GError **error);
gboolean pn_role_prepare_run (PnRole *role, GError **error);
gboolean pn_role_parse_run (PnRole *role, GError **error);
gboolean pn_role_clerk_run (PnRole *role, GError **error);
gboolean pn_role_send_run (PnRole *role, GError **error);
gboolean pn_role_web_run (PnRole *role, GError **error);
gboolean pn_role_fetch_run (PnRole *role, GError **error);
