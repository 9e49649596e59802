/* Lists and search of tickets: one grammar for the desk, the API and views. Owns the tables search_term and
 * search_pending; reads tickets through this module's own statements over ticket (listed with the owners).
 *
 *   query  = *( term / field ":" value )        words: every one must occur; the last may be a beginning ("prin")
 *   field  = status / queue / priority / assignee / from / tag / before / after / is / due / organisation / team
 *   values = names of the contract; assignee:me, assignee:none; status:unsolved; several with commas
 *   due    = over / soon / paused / none / any / "<2h" / ">3d"    from now; m, h, d, w; what is over is not "<"
 *
 * An organisation is named by its name or one of its domains; organisation:none. A team is the queues that it answers for.
 * An unknown field or value is INVALID and says which ones there are. Text is never an operator.
 */
#pragma once

#include "ticketing/access.h"
#include "ticketing/ticket.h"

typedef struct {
  char *text;        /* the query as typed; NULL or "": everything */
  const char *after; /* the cursor of the last page; NULL: first page */
  guint limit;       /* 1..200; 0: 50 */
  gboolean is_oldest_first;
  gboolean
      is_urgent_first; /* unsolved ones by pn_ticket_urgency (); what is found by words or tags as oldest first */
} PnSearchRequest;

typedef struct {
  PnTicket *ticket;
  char *person_name;
  char *person_address;
  char *assignee_name; /* NULL: nobody */
  GPtrArray *tags;     /* of char * */
} PnSearchHit;

typedef struct {
  GPtrArray *hits; /* of PnSearchHit */
  char *next;      /* NULL: no more */
} PnSearchResult;

void pn_search_result_free (PnSearchResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSearchResult, pn_search_result_free)

/* Only tickets that @access may see. (owned) */
PnSearchResult *pn_search_tickets (PnDb *db, const PnAccess *access, const PnSearchRequest *request,
                                   GError **error);

/* What lists show of @ids (of gint64, at most 64), in their order; those that @access may not see are left out.
 * (owned) of PnSearchHit. */
GPtrArray *pn_search_hits (PnDb *db, const PnAccess *access, const GArray *ids, GError **error);

/* In the filing transaction: the message's words will be indexed soon. */
gboolean pn_search_note (PnDb *db, gint64 ticket_id, gint64 message_id, GError **error);

/* In the transaction that takes a message from a ticket: its words are not found there any more, nor are those that
 * other messages of the ticket share with it until they are noted again. */
gboolean pn_search_forget (PnDb *db, gint64 ticket_id, gint64 message_id, GError **error);

/* In the transaction that changes a ticket's subject: the new one will be found soon. */
gboolean pn_search_note_subject (PnDb *db, gint64 ticket_id, GError **error);

/* In the transaction that erases it, likewise. */
gboolean pn_search_forget_subject (PnDb *db, gint64 ticket_id, GError **error);

/* Indexes up to @limit noted messages, in transactions of their own. @indexed: how many. */
gboolean pn_search_index (PnDb *db, guint limit, guint *indexed, GError **error);

/* (owned) of char *: the terms of a text: folded (case, diacritics), at most 48 bytes each; pairs for CJK. */
GPtrArray *pn_search_terms (const char *text, gsize limit);
