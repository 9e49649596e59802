/* SLA policies: what is promised to whom, in an explicit order; the first one that fits a ticket is its policy.
 * Owns the tables sla_policy, sla_version and sla_book.
 *
 *   {"name": "gold", "title": "Gold customers", "is_enabled": true, "calendar": "office",
 *    "targets": {"first_response": {"urgent": 30, "high": 60, "normal": 240}, "resolution": {"urgent": 480}, …},
 *    "pauses": {"next_response": ["waiting"], "resolution": ["waiting", "on_hold"]},
 *    "conditions": {"queues": ["mill"], "organisations": ["analytical"], "levels": ["gold"], "tags": ["vip"],
 *                   "forms": ["contact"], "languages": ["de"]}}
 *
 * Targets are minutes that count in the policy's calendar; a priority without one is promised nothing. A metric's clock
 * stands still while the ticket's status is one of its pauses. A condition that is empty or absent fits all; each that
 * is there must be met by one of its words, tags too. Queues and organisations are kept by id, so they may be renamed.
 */
#pragma once

#include <jansson.h>

#include "ticketing/calendar.h"
#include "ticketing/ticket.h"

typedef enum {
  PN_METRIC_FIRST_RESPONSE,
  PN_METRIC_NEXT_RESPONSE,
  PN_METRIC_PERIODIC_UPDATE,
  PN_METRIC_RESOLUTION,
} PnMetric;
#define PN_METRIC_COUNT 4
#define PN_PRIORITY_COUNT 4

#define PN_SLA_MINUTES_MAX (366 * 24 * 60) /* the longest target */

typedef struct {
  gint64 id; /* 0: not stored yet */
  char *name;
  char *title;
  gint64 position; /* the lowest is tried first */
  gboolean is_enabled;
  gint64 calendar_id;
  gint64 version;
  PnTime created_at; /* it promises nothing for what was over before */
  int minutes[PN_METRIC_COUNT][PN_PRIORITY_COUNT]; /* 0: nothing is promised */
  guint pauses[PN_METRIC_COUNT];                   /* bits: 1 << PnStatus */
  GArray *queues;                                  /* of gint64; each condition may be empty */
  GArray *organisations;                           /* of gint64 */
  GPtrArray *levels;                               /* of char * */
  GPtrArray *tags;
  GPtrArray *forms;
  GPtrArray *languages;
} PnPolicy;

PnPolicy *
pn_policy_new (const char *name); /* (owned) 24/7, pauses as people expect them, no targets */
void pn_policy_free (PnPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnPolicy, pn_policy_free)

/* Does it promise something, but not for urgent tickets? Then a ticket that is raised to urgent loses its promise. */
gboolean pn_policy_lacks_urgent (const PnPolicy *policy);

const char *pn_metric_name (PnMetric metric); /* "first_response" */
gboolean pn_metric_read (const char *name, PnMetric *metric);

/* Inserts at the end of the order or (id set) updates; a new version with its author, and a job that computes the due
 * times anew, in one transaction. @if_version as in pn_calendar_save (). INVALID, CONFLICT likewise. */
gboolean pn_sla_save (PnDb *db, PnPolicy *policy, gint64 if_version, gint64 agent_id,
                      GError **error);
gboolean pn_sla_remove (PnDb *db, gint64 id, gint64 agent_id, GError **error);

/* Moves the policy up (-1) or down (+1) in the order; at the end of it nothing happens. */
gboolean pn_sla_move (PnDb *db, gint64 id, int by, gint64 agent_id, GError **error);

PnPolicy *pn_sla_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
gboolean pn_sla_find (PnDb *db, const char *name, PnPolicy **policy,
                      GError **error); /* NULL: none */
GPtrArray *pn_sla_list (PnDb *db,
                        GError **error); /* (owned) of PnPolicy, in order; at most 1,000 */

/* @name: (owned) a policy that uses the calendar; NULL: none does. */
gboolean pn_sla_uses_calendar (PnDb *db, gint64 calendar_id, char **name, GError **error);

/* @name: (owned) of a policy, enabled or not, that is for the organisation; NULL: there is none. */
gboolean pn_sla_uses_organisation (PnDb *db, gint64 organisation_id, char **name, GError **error);

typedef struct {
  gint64 version;
  gint64 agent_id; /* 0: nobody */
  PnTime at;
  char *document; /* JSON, with ids */
} PnPolicyVersion;
GPtrArray *pn_sla_versions (PnDb *db, gint64 id,
                            GError **error); /* (owned) newest first; at most 100 */

/* (owned) The policy as it was in this version, with the calendar it had; NULL: it is not known. */
gboolean pn_sla_load_version (PnDb *db, gint64 id, gint64 version, PnPolicy **policy,
                              GError **error);

/* The policy's document, ids for names; and back into @policy (what is not in it becomes empty). INVALID. */
json_t *pn_policy_write (const PnPolicy *policy);
gboolean pn_policy_read (PnPolicy *policy, const json_t *document, GError **error);

/* What a policy is chosen by. All borrowed; NULL and 0: unknown, which meets no condition. */
typedef struct {
  gint64 queue_id;
  gint64 organisation_id;
  const char *level;
  const GPtrArray *tags; /* of char * */
  const char *form;
  const char *language; /* "de-AT" meets "de" */
} PnSlaFacts;

/* Does @policy fit? Returns: NULL when it does, else the word of the first condition that is not met: "queues",
 * "organisations", "levels", "tags", "forms", "languages", or "disabled". */
const char *pn_policy_misfit (const PnPolicy *policy, const PnSlaFacts *facts);

/* The book: all policies in order with their calendars, as one state of the database. Never changes: any thread. */
typedef struct PnSlaBook PnSlaBook;

PnSlaBook *pn_sla_book_load (PnDb *db, GError **error); /* (owned) */
PnSlaBook *pn_sla_book_new (void);                      /* (owned) empty; for tests and previews */
void pn_sla_book_free (PnSlaBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSlaBook, pn_sla_book_free)

/* Takes both. A policy whose calendar is not there never applies. */
void pn_sla_book_add_calendar (PnSlaBook *book, gint64 id, PnHours *hours);
void pn_sla_book_add_policy (PnSlaBook *book, PnPolicy *policy);

const GPtrArray *pn_sla_book_policies (const PnSlaBook *book);                /* of PnPolicy */
const PnHours *pn_sla_book_hours (const PnSlaBook *book, gint64 calendar_id); /* NULL: none */

/* Returns: the first policy that fits; NULL: none. */
const PnPolicy *pn_sla_match (const PnSlaBook *book, const PnSlaFacts *facts);

/* Returns: (owned) why: [{"policy", "title", "version", "is_chosen", "misfit": null or the condition's word}…], up to
 * the one that was chosen. */
json_t *pn_sla_explain (const PnSlaBook *book, const PnSlaFacts *facts);

/* Counts the book up, in the caller's transaction: after every change of a policy or calendar. */
gboolean pn_sla_book_touch (PnDb *db, GError **error);
