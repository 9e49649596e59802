/* Call: one request on its way through a handler: who asks, what came with it, and how to answer.
 *
 * A handler builds one JSON document and ends with one of the answering functions. A page gets the document in its
 * template with the key "page" (user, navigation, CSRF token); an API call gets it as it is. Errors become a page for
 * people and a problem document (RFC 9457) for machines; what the caller may not know of is the same 404, alike in body
 * and length, as what does not exist.
 */
#pragma once

#include "gateway/web/web.h"
#include "ticketing/access.h"
#include "ticketing/core/health.h"
#include "ticketing/core/json.h"
#include "ticketing/ticket.h"

struct PnCall {
  PnWeb *web;
  PnDb *db;
  PnRequest *request;
  PnResponse *response;
  gboolean is_api;
  PnAgent *agent;         /* staff routes; else NULL */
  PnAccess *access;       /* likewise */
  char *cookie;           /* of the session; of a customer the name of the visit; NULL: none */
  gint64 customer_ticket; /* customer routes: the ticket that was asked for; 0: none */
  gboolean
      customer_has_all;   /* likewise: proved to read mail to the address now, so all its tickets */
  char *customer_address; /* likewise: the participant */
  char *customer_name;    /* likewise; "" when it is unknown */
  char *language;         /* of the page */
  GPtrArray *queues;      /* of PnQueue, all; loaded when first asked for (show.h) */
  GPtrArray *agents;      /* of PnAgent, likewise */
};

/* Returns: the field of the body, or NULL. */
const char *pn_call_field (const PnCall *call, const char *name);

/* Takes together what an API body's member @prefix became as fields "PREFIX.NAME". @texts: members that are text; @documents:
 * members that are JSON; what is none stays text, for its reader to refuse. Both end with NULL. Returns: (owned) an object. */
json_t *pn_call_gather (const PnCall *call, const char *prefix, const char *const *texts,
                        const char *const *documents);

/* Returns: the field without blanks at its ends as one line, (owned); "" when it is not there. */
char *pn_call_line (const PnCall *call, const char *name, gsize max_bytes);
const char *pn_call_query (const PnCall *call, const char *name); /* of the address, or NULL */
gint64 pn_call_id (const PnCall *call);                           /* of {id} in the route */

/* Reads a number from a field or query. FALSE: it is there and is none. */
gboolean pn_call_read_number (const char *text, gint64 *number);

/* Answers. @document is taken. */
void pn_call_page (PnCall *call, int status, const char *template, json_t *document);

/* After a change: a page goes to @location (a path of ours; @flash, or NULL, tells what happened there), an API call gets
 * @document with @status. */
void pn_call_done (PnCall *call, const char *location, const char *flash, int status,
                   json_t *document);

/* @error is not freed. 404 for DENIED and NOT_FOUND alike. */
void pn_call_fail (PnCall *call, const GError *error);
void pn_call_problem (PnCall *call, int status, const char *detail);
/* What runs on this machine, and a row for a disk that is full: on such a one the gateway may not be able to write down
 * how it fares. Returns: (owned) NULL where nobody says. */
PnHealth *pn_call_health (const PnCall *call);

/* 503, with @detail unless the disk is full, which explains it. */
void pn_call_unavailable (PnCall *call, const char *detail);
void pn_call_not_found (PnCall *call);

/* Loads the ticket of {id}, or @id, when the caller has @right on it. A merged ticket is seen by whoever sees the one it
 * is part of, and worked on there: 409. NULL: answered already. (owned) */
PnTicket *pn_call_ticket (PnCall *call, gint64 id, PnRight right);

/* Problem documents and pages, for what never becomes a call too. */
void pn_problem_fill (PnWeb *web, const PnRequest *request, PnResponse *response, int status,
                      const char *detail);
