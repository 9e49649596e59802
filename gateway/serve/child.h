/* Child: one role as its supervisor keeps it: started, listened to, started again, stopped.
 *
 *            start                 ready               dies (1 s, 2 s … 60 s)
 *   IDLE ───────────► STARTING ───────────► RUNNING ───────────► BACKOFF ──► STARTING …
 *    ▲                    └──── stop ──► STOPPING ──(10 s: SIGKILL)──┐
 *    └───────────────────────────────────────────────────────────────┘
 *
 * Times are monotonic. A child that keeps running for a minute has its back-off forgotten.
 */
#pragma once

#include <sys/types.h>

#include "gateway/serve/role_table.h"
#include "ticketing/core/health.h"

typedef enum {
  PN_CHILD_IDLE, /* not wanted, or (of a role that runs once) done */
  PN_CHILD_STARTING,
  PN_CHILD_RUNNING,
  PN_CHILD_BACKOFF,
  PN_CHILD_STOPPING,
} PnChildState;

typedef struct {
  PnRoleKind kind;
  char *argument; /* NULL but for fetch */
  char *version;  /* of the mailbox that fetch works with; NULL */
  char *name;
  PnChildState state;
  pid_t pid;                    /* 0: none */
  int control_fd;               /* -1: none */
  gboolean is_wanted;           /* fetch: its mailbox is in the list */
  gboolean restarts_after_stop; /* stopped to take new settings */
  gboolean has_succeeded;       /* a role that runs once: its last run ended well */
  gint64 state_at;              /* when the state began */
  gint64 heard_at;
  gint64 next_at; /* of the next start (BACKOFF) or of SIGKILL (STOPPING) */
  PnTime backoff;
  gint64 restarts;
  char *trouble; /* what it told, or how it died; NULL */
} PnChild;

/* Called with each "NAME VERSION" that the role prepare tells. */
typedef void (*PnChildMailboxFunc) (const char *mailbox, gpointer data);

PnChild *pn_child_new (PnRoleKind kind, const char *argument);
void pn_child_free (PnChild *child); /* it must not run */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnChild, pn_child_free)

/* Executes it; when even that fails it goes to BACKOFF. */
void pn_child_start (PnChild *child, const PnSettings *settings, const PnSecret *master);

/* Asks it to stop (SIGTERM); one in back-off is IDLE at once. */
void pn_child_stop (PnChild *child);

/* Reads what it has said. */
void pn_child_listen (PnChild *child, PnChildMailboxFunc mailbox, gpointer data);

/* Its process has ended with the wait status @status. Whatever else was in its process group is killed. */
void pn_child_reap (PnChild *child, int status);

/* What is due: kills the hung and those that do not stop. Returns: TRUE when it is to be started (again) now. */
gboolean pn_child_is_due (PnChild *child);

/* Returns: when to look again, monotonic; G_MAXINT64: at an event only. */
gint64 pn_child_next (const PnChild *child);

/* Adds a row about it to @health; a role that runs once has one only when it is in trouble. */
void pn_child_report (const PnChild *child, PnHealth *health);
