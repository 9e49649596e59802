/* Ladders: what happens before and after a due time when nobody does what was promised.
 * Owns the tables ladder, ladder_version and ladder_policy.
 *
 *   {"name": "standard", "title": "Standard", "is_enabled": true, "is_default": true, "policies": ["gold"],
 *    "calendar": "waking",
 *    "steps": [{"key": 1, "percent": 75, "notify": ["owner"]},
 *              {"key": 2, "percent": 100, "metrics": ["first_response"], "notify": ["leads"], "priority": "raise"},
 *              {"key": 3, "minutes": 60, "urgent": true, "notify": ["on_call"], "agents": ["ada"],
 *               "addresses": ["boss@demo.example"], "assign": "on_call", "tag": "late", "queue": "mill",
 *               "webhook": "pager", "note": "Call the customer."}]}
 *
 * A step stands at a share of the target (in the hours of the policy's calendar) or a number of minutes after the due
 * time (below 0: before it). It fires once a round of its metric, in the order of time. Outside the hours of the
 * ladder's calendar it waits for their beginning, unless it is urgent: then it takes those before it along. A step's key
 * stays when steps are added or moved, and is never given again. A key is a level: when a ticket comes to another ladder
 * within a round, the levels that fired are not fired again.
 *
 * What a step changes comes first, then it tells: an owner that it chose is told.
 */
#pragma once

#include <jansson.h>

#include "ticketing/sla_clock.h"

#define PN_LADDER_STEPS_MAX 50
#define PN_LADDER_NOTE_BYTES 2000

typedef enum {
  PN_ASSIGN_NOBODY, /* leaves it as it is */
  PN_ASSIGN_ON_CALL,
  PN_ASSIGN_LEAD,
  PN_ASSIGN_LEAST_LOADED,
} PnLadderAssign;

/* Who is told, bits. Without an owner the one on call is told, without that the leads. */
#define PN_TELL_OWNER 1
#define PN_TELL_LEADS 2
#define PN_TELL_ON_CALL 4

#define PN_LADDER_PRIORITY_KEEP (-1)
#define PN_LADDER_PRIORITY_RAISE 100 /* by one */

typedef struct {
  int key;       /* from 1; 0: not given yet */
  int percent;   /* of the target; 0: minutes counts */
  int minutes;   /* after the due time; below 0: before it */
  guint metrics; /* bits: 1 << PnMetric; 0: all */
  gboolean is_urgent;
  guint tells;       /* PN_TELL_… */
  GPtrArray *agents; /* of char *: log-ins that are told */
  GPtrArray *addresses;
  PnLadderAssign assign;
  int priority; /* a PnPriority, or one of the two above */
  char *tag;    /* "": none; so are the others */
  char *queue;  /* its name */
  char *webhook;
  char *note;
} PnLadderStep;

typedef struct {
  gint64 id;  /* 0: not stored yet */
  char *name; /* [a-z0-9-]{1,64} */
  char *title;
  gboolean is_enabled;
  gboolean is_default; /* for policies that no ladder names */
  GArray *policies;    /* of gint64 */
  gint64 calendar_id;  /* 0: fires at any time */
  int last_key;
  GPtrArray *steps; /* of PnLadderStep, as they were put in */
  gint64 version;
} PnLadder;

PnLadder *pn_ladder_new (const char *name); /* (owned) enabled, no default, without steps */
void pn_ladder_free (PnLadder *ladder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnLadder, pn_ladder_free)

PnLadderStep *pn_ladder_step_new (void); /* (owned) at 100 %, does nothing */
void pn_ladder_step_free (PnLadderStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnLadderStep, pn_ladder_step_free)

/* (borrowed) NULL: none. */
PnLadderStep *pn_ladder_find_step (const PnLadder *ladder, int key);

/* Does it tell, change or call anything? */
gboolean pn_ladder_step_acts (const PnLadderStep *step);

/* Returns: (owned) where it stands, in words: "75 %", "1 h after", "30 min before". */
char *pn_ladder_step_words (const PnLadderStep *step);

/* Returns: (owned) such words in parts, for other languages: {"percent", "hours", "minutes", "side": "before", "after" or
 * "due"}; what is not said is null. */
json_t *pn_ladder_words_parts (const char *words);

/* A step in the form above; reading leaves defaults where nothing is said. Reading is pure, from anybody's bytes: INVALID
 * says what is wrong. (owned) */
json_t *pn_ladder_step_write (const PnLadderStep *step);
PnLadderStep *pn_ladder_step_read (const json_t *document, GError **error);

/* The whole ladder, with ids for policies and calendar, as it is stored. */
json_t *pn_ladder_write (const PnLadder *ladder);
gboolean pn_ladder_read (PnLadder *ladder, const json_t *document, GError **error);

/* Puts the steps of @list in place of those that the ladder has; INVALID leaves them. */
gboolean pn_ladder_read_steps (PnLadder *ladder, const json_t *list, GError **error);

/* Inserts or (id set) updates, as a new version by @agent_id (0: nobody), in the caller's transaction; keys new steps
 * and starts the walk over what is owed. @if_version 0 is not asked, else CONFLICT unless it still has this one.
 * INVALID for what can't be done: a step without effect, an unknown agent, queue or webhook. CONFLICT for a taken name
 * or a policy that another ladder has. */
gboolean pn_ladder_save (PnDb *db, PnLadder *ladder, gint64 if_version, gint64 agent_id,
                         GError **error);
gboolean pn_ladder_delete (PnDb *db, gint64 id, GError **error); /* NOT_FOUND */
PnLadder *pn_ladder_load (PnDb *db, gint64 id, GError **error);  /* (owned) NOT_FOUND */
gboolean pn_ladder_find (PnDb *db, const char *name, PnLadder **ladder,
                         GError **error); /* (owned) NULL: none */
GPtrArray *pn_ladder_list (PnDb *db,
                           GError **error); /* (owned) of PnLadder, by name; at most 200 */

/* The enabled ladder for a policy, else the default; NULL: none. (owned) */
gboolean pn_ladder_for_policy (PnDb *db, gint64 policy_id, PnLadder **ladder, GError **error);

typedef struct {
  gint64 version;
  gint64 agent_id; /* 0: nobody */
  PnTime at;
  char *document;
} PnLadderVersion;
GPtrArray *pn_ladder_versions (PnDb *db, gint64 id, GError **error); /* (owned) newest 100 */
