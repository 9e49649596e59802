/* Events: every change of a ticket with its actor and reason. The clock, reports and "why?" are computed from them.
 * Rows are only ever added. Owns the table event. */
#pragma once

#include "ticketing/core/db.h"

typedef enum {
  PN_EVENT_CREATED,
  PN_EVENT_STATUS,
  PN_EVENT_PRIORITY,
  PN_EVENT_QUEUE,
  PN_EVENT_ASSIGNEE,
  PN_EVENT_SUBJECT,
  PN_EVENT_TAG,
  PN_EVENT_PARTICIPANT,
  PN_EVENT_LINK,
  PN_EVENT_ANSWER,   /* an automatic answer was or was not given */
  PN_EVENT_DELIVERY, /* a letter bounced, is in doubt, was cancelled, was sent again */
  PN_EVENT_SECURITY, /* token_bad, sender held, stranger */
  PN_EVENT_LOOP,
  PN_EVENT_MERGE,      /* new: with which ticket; old: taken apart from which */
  PN_EVENT_RULE,       /* a rule did something beside changes, or left something undone */
  PN_EVENT_ESCALATION, /* a step fired, was acknowledged, was released */
  PN_EVENT_SURVEY,     /* the customer gave a score; new, old: good, okay, bad; reason: the word */
} PnEventKind;

typedef enum { PN_ACTOR_SYSTEM, PN_ACTOR_AGENT, PN_ACTOR_PERSON, PN_ACTOR_RULE } PnActorKind;

typedef struct {
  PnActorKind kind;
  gint64 id; /* of the agent, the person or the rule's firing; 0 for the system */
} PnActor;

#define PN_ACTOR_IS_SYSTEM ((PnActor){ PN_ACTOR_SYSTEM, 0 })

typedef struct {
  gint64 id;
  gint64 ticket_id;
  PnTime at;
  PnEventKind kind;
  PnActor actor;
  char *old_value; /* names, not ids: "open", "mill"; NULL */
  char *new_value;
  char *reason; /* as core/reason stores it; NULL */
} PnEvent;

void pn_event_free (PnEvent *event);

/* Adds an event now, in the caller's transaction, and has rules asked about it (ticketing/rule_event). @old_value, @new_value, @reason (core/reason) may be NULL. */
gboolean pn_event_add (PnDb *db, gint64 ticket_id, PnEventKind kind, PnActor actor,
                       const char *old_value, const char *new_value, const char *reason,
                       GError **error);
GPtrArray *pn_event_list (PnDb *db, gint64 ticket_id,
                          GError **error); /* (owned) of PnEvent, oldest first; last 1,000 */

/* What moves the clock of the SLA: changes of status, priority, queue and tags, from the first on, at most 10,000.
 * (owned) of PnEvent. */
GPtrArray *pn_event_changes (PnDb *db, gint64 ticket_id, GError **error);

/* Has an agent ever set this on the ticket? Then it is for people to change. */
gboolean pn_event_is_by_agent (PnDb *db, gint64 ticket_id, PnEventKind kind, gboolean *is_by_agent,
                               GError **error);

/* For watchers: adds the tickets (gint64 *, owned by the set) of up to @limit events after @after, which moves on. Below 0
 * it is set to the newest id, and nothing is added. */
gboolean pn_event_find_new (PnDb *db, gint64 *after, GHashTable *tickets, guint limit,
                            GError **error);
const char *pn_event_kind_name (PnEventKind kind);
