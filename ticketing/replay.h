/* Replays: rules or a policy tried on the tickets of the last weeks, in the background, in portions that clerks share.
 * Nothing becomes of the tickets; what would have changed is kept by the kind (rule_replay.h, sla_replay.h).
 * Owns the tables replay and replay_portion.
 *
 *   running ──portion, portion…──► done, failed
 *      └───────── cancel ────────► cancelled
 *
 * A portion is claimed by a compare-and-set that moves the replay on, looked at without a lock, and given back with what
 * was found in one transaction: whoever gives it back first counts. The portion of one who died is somebody else's after
 * PN_REPLAY_LEASE.
 */
#pragma once

#include <jansson.h>

#include "ticketing/ticket.h"

#define PN_REPLAY_WEEKS_MAX 52
#define PN_REPLAY_PORTION 50                    /* tickets at the most */
#define PN_REPLAY_BUDGET (100 * PN_MILLISECOND) /* a portion ends with the ticket that uses it up */
#define PN_REPLAY_LEASE (20 * PN_SECOND)

typedef enum { PN_REPLAY_RULES, PN_REPLAY_POLICY } PnReplayKind;
#define PN_REPLAY_KINDS 2

typedef enum {
  PN_REPLAY_RUNNING,
  PN_REPLAY_DONE,
  PN_REPLAY_FAILED,
  PN_REPLAY_CANCELLED
} PnReplayState;

typedef struct {
  gint64 id;
  PnReplayKind kind;
  gint64 subject_id; /* the policy; 0: rules */
  gint64 agent_id;   /* 0: nobody */
  char *title;
  char *definition; /* JSON, by kind */
  PnReplayState state;
  PnTime since;
  gint64 first_id; /* of the tickets that are looked at */
  gint64 after_id;
  gint64 last_id;
  gint64 tickets; /* looked at so far */
  gint64 matched; /* of them: that the rules or the policy fit */
  gint64 changed; /* of them: that would be otherwise */
  gint64 spent;   /* microseconds that all who worked at it took */
  char *trouble;  /* NULL */
  PnTime created_at;
  PnTime finished_at; /* 0: not yet */
} PnReplay;

void pn_replay_free (PnReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnReplay, pn_replay_free)

const char *pn_replay_state_name (PnReplayState state); /* "running" */
int pn_replay_percent (const PnReplay *replay);

/* {"id", "kind", "title", "state", "is_running", "percent", "since", "tickets", "matched", "changed", "spent_ms", "trouble",
 * "created_at", "finished_at"}; (owned). */
json_t *pn_replay_write (const PnReplay *replay);

/* What is ordered. All borrowed. */
typedef struct {
  PnReplayKind kind;
  gint64 subject_id;
  gint64 agent_id;
  const char *title;
  const char *definition;
  gint64 weeks;
} PnReplayOrder;

/* Orders a replay over the tickets opened in the last weeks. INVALID for a number of weeks that is not 1 ..
 * PN_REPLAY_WEEKS_MAX. */
gboolean pn_replay_add (PnDb *db, const PnReplayOrder *order, gint64 *id, GError **error);
PnReplay *pn_replay_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */

/* The newest of a subject, or @subject_id 0 of all. (owned) of PnReplay, without definitions. */
GPtrArray *pn_replay_list (PnDb *db, PnReplayKind kind, gint64 subject_id, guint limit,
                           GError **error);

/* CONFLICT when it is over already. */
gboolean pn_replay_cancel (PnDb *db, gint64 id, GError **error);

/* What became of one ticket. */
typedef struct {
  gboolean is_counted; /* it is one of those that are asked about */
  gboolean is_matched;
  gboolean is_changed;
} PnReplayLook;

/* How a kind is worked at. */
typedef struct {
  /* Gets ready for a portion: (owned) what look () and keep () work with. NULL with an error, which ends the replay. */
  gpointer (*prepare) (PnDb *db, const PnReplay *replay, gpointer data, GError **error);
  /* Looks at one ticket; NOT_FOUND: it is gone. */
  gboolean (*look) (PnDb *db, const PnReplay *replay, gpointer work, const PnTicket *ticket,
                    PnReplayLook *look, GError **error);
  /* Stores what was found, in the transaction that gives the portion back. */
  gboolean (*keep) (PnDb *db, const PnReplay *replay, gpointer work, GError **error);
  void (*free_work) (gpointer work);
  /* Removes rows that were kept, at most @limit. @removed: how many. */
  gboolean (*forget) (PnDb *db, gint64 id, guint limit, gint64 *removed, GError **error);
} PnReplayWorker;

/* All that can be worked at. */
typedef struct {
  PnReplayWorker workers[PN_REPLAY_KINDS];
  gpointer data[PN_REPLAY_KINDS]; /* for prepare () */
} PnReplayers;

/* Does a portion of replay @id, or with 0 of the oldest that has one to give away. @done: tickets looked at, and one; 0:
 * there is nothing to do. */
gboolean pn_replay_work (PnDb *db, const PnReplayers *replayers, gint64 id, guint *done,
                         GError **error);

/* Removes replays that are older than 30 days, a portion. */
gboolean pn_replay_sweep (PnDb *db, const PnReplayers *replayers, GError **error);
