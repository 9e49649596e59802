/* Tickets. Owns the tables ticket, ticket_link and ticket_tag.
 *
 *   new ──► open ◄──► waiting, on_hold ──► solved ──► closed
 *
 * Every change is a compare-and-set on @version, an event with actor and reason, and a move of the queue's counters,
 * all in the caller's transaction. A customer's reply reopens solved, and closed for 14 days (DESIGN.md 9.3).
 * The number that people see is the id.
 */
#pragma once

#include "ticketing/event.h"

typedef enum {
  PN_STATUS_NEW,
  PN_STATUS_OPEN,
  PN_STATUS_WAITING, /* for the customer */
  PN_STATUS_ON_HOLD, /* for somebody else */
  PN_STATUS_SOLVED,
  PN_STATUS_CLOSED,
} PnStatus;
#define PN_STATUS_COUNT 6

typedef enum {
  PN_PRIORITY_LOW,
  PN_PRIORITY_NORMAL,
  PN_PRIORITY_HIGH,
  PN_PRIORITY_URGENT
} PnPriority;

#define PN_REOPEN_CLOSED (14 * PN_DAY)

typedef struct {
  gint64 id;
  gint64 queue_id;
  PnStatus status;
  PnPriority priority;
  gint64 assignee_id; /* 0: nobody */
  gint64 person_id;
  gint64 mailbox_id; /* it came by; 0: none */
  char *subject;
  char *preview;  /* first words of the newest message */
  char *language; /* NULL: unknown */
  gint64 version;
  gint64 message_count;
  gboolean is_looping;
  gint64 merged_into; /* the ticket that it is part of now (ticket_merge.h); 0: none */
  PnTime created_at;
  PnTime updated_at;
  PnTime customer_at; /* last message of the customer; 0: none */
  PnTime agent_at;    /* last answer of ours */
  PnTime closed_at;
  PnTime waiting_at; /* since when the customer waits for us; 0: does not */
  PnTime due_at;     /* its next promise (pn_ticket_set_due ()); 0: none */
  PnTime removed_at; /* what was said was erased (removal.h); 0: no */
} PnTicket;

void pn_ticket_free (PnTicket *ticket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnTicket, pn_ticket_free)

/* Opens a ticket from @ticket's queue, priority, person, mailbox, subject, preview, language; sets its id and version.
 * message_count and customer_at tell of the messages that this transaction adds without pn_ticket_touch (); zero: none.
 * Writes the event with @reason and counts it. */
gboolean pn_ticket_open (PnDb *db, PnTicket *ticket, PnActor actor, const char *reason,
                         GError **error);
PnTicket *pn_ticket_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */

/* What to change; -1 or NULL leaves a field. */
typedef struct {
  int status;
  int priority;
  gint64 queue_id;
  gint64 assignee_id; /* 0: nobody */
  const char *subject;
  gint64 if_version;  /* 0 is not asked: else CONFLICT unless the ticket still has this version */
  const char *reason; /* NULL: none */
} PnTicketChange;

#define PN_TICKET_CHANGE_NONE                                                                      \
  {                                                                                                \
    .status = -1, .priority = -1, .queue_id = -1, .assignee_id = -1                                \
  }

/* Applies @change; a field that has the value already is left alone, and without any change nothing is written.
 * @ticket is loaded anew into it. A move to another queue takes the letters that wait along (outbox). */
gboolean pn_ticket_change (PnDb *db, PnTicket *ticket, const PnTicketChange *change, PnActor actor,
                           GError **error);

/* Notes that a message came: preview, times, count; a customer's message reopens as the drawing says (@reopened tells).
 * (NULL: not asked). An agent's answer makes "new" open. Automatic mail touches neither status nor customer_at.
 * @preview NULL leaves the preview. */
typedef enum { PN_TOUCH_CUSTOMER, PN_TOUCH_AGENT, PN_TOUCH_NOTE, PN_TOUCH_MACHINE } PnTouch;
gboolean pn_ticket_touch (PnDb *db, gint64 id, PnTouch touch, const char *preview, PnActor actor,
                          gboolean *reopened, GError **error);

/* How urgent: an instant, the earlier the more urgent. What is promised is due when it is due; else a waiting customer is
 * patient for a time that depends on the priority, so that every ticket comes to the front by waiting. Where nobody
 * waits for us, a month later. */
PnTime pn_ticket_urgency (const PnTicket *ticket);

/* The ticket's next promise, from whoever keeps the deadlines; in the caller's transaction, which fails with CONFLICT when the
 * ticket is no longer as @ticket says. 0: none. It is no change of the ticket: neither version nor updated_at move. */
gboolean pn_ticket_set_due (PnDb *db, const PnTicket *ticket, PnTime due_at, GError **error);

/* Tickets in @status that were last changed up to @until, by that time and id behind @after_time and @after_id. (owned)
 * of PnTicket. */
GPtrArray *pn_ticket_sweep (PnDb *db, PnStatus status, PnTime until, PnTime after_time,
                            gint64 after_id, guint limit, GError **error);

/* Tickets with ids from @first to @last, ascending. (owned) of PnTicket. */
GPtrArray *pn_ticket_range (PnDb *db, gint64 first, gint64 last, guint limit, GError **error);

/* The ids of the first ticket opened at or after @since, and of the last there is; 0 and 0: none. */
gboolean pn_ticket_ids_since (PnDb *db, PnTime since, gint64 *first, gint64 *last, GError **error);

/* How many tickets the person opened from @since to @until (exclusive), up to 1,000. */
gboolean pn_ticket_count_of_person (PnDb *db, gint64 person_id, PnTime since, PnTime until,
                                    gint64 *tickets, GError **error);

/* TRUE unless it is closed for longer than PN_REOPEN_CLOSED, or its texts were removed. */
gboolean pn_ticket_takes_replies (const PnTicket *ticket);

/* How many unsolved tickets are the agent's and nobody's, in @queues (of gint64; NULL: all). Up to about 1,000. */
gboolean pn_ticket_count (PnDb *db, gint64 agent_id, const GArray *queues, gint64 *mine,
                          gint64 *unassigned, GError **error);

/* @created_at: of the oldest unsolved ticket of a queue; 0: there is none. */
gboolean pn_ticket_oldest (PnDb *db, gint64 queue_id, PnTime *created_at, GError **error);

/* How many unsolved tickets an agent has, up to 1,000. */
gboolean pn_ticket_count_assigned (PnDb *db, gint64 agent_id, gint64 *tickets, GError **error);

/* For walks in portions: the unsolved tickets with @after < id <= @until, ascending. (owned) of gint64. */
GArray *pn_ticket_unsolved (PnDb *db, gint64 after, gint64 until, guint limit, GError **error);
gboolean pn_ticket_newest_id (PnDb *db, gint64 *id, GError **error); /* 0: there is none */

gboolean pn_ticket_tag (PnDb *db, gint64 id, const char *tag, gboolean is_set, PnActor actor,
                        GError **error);
gboolean pn_ticket_tag_because (PnDb *db, gint64 id, const char *tag, gboolean is_set,
                                PnActor actor, const char *reason, GError **error);
GPtrArray *pn_ticket_tags (PnDb *db, gint64 id, GError **error); /* (owned) of char * */
gboolean pn_ticket_link (PnDb *db, gint64 id, gint64 other_id, const char *reason, PnActor actor,
                         GError **error);

typedef struct {
  gint64 other_id;
  char *subject;
  PnStatus status;
  gint64 queue_id;
  char *reason;
} PnTicketLink;
void pn_ticket_link_free (PnTicketLink *link);
GPtrArray *pn_ticket_links (PnDb *db, gint64 id,
                            GError **error); /* (owned) of PnTicketLink, both directions */

gboolean pn_ticket_set_looping (PnDb *db, gint64 id, const char *reason,
                                GError **error); /* once; an event */

/* The tickets of one person and of who was merged into it, newest first, at most @limit, only in @queues (of gint64; NULL: all). */
GPtrArray *pn_ticket_of_person (PnDb *db, gint64 person_id, const GArray *queues, guint limit,
                                GError **error);

const char *pn_status_name (PnStatus status); /* "on_hold" */
gboolean pn_status_read (const char *name, PnStatus *status);
const char *pn_priority_name (PnPriority priority);
gboolean pn_priority_read (const char *name, PnPriority *priority);
