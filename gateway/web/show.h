/* Show: how tickets, messages, events, letters and persons look in documents (templates/web/README lists the shapes). */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/person.h"
#include "ticketing/queue.h"

/* Loads queues and agents into the call, once, so that names cost two queries a page. */
gboolean pn_show_load (PnCall *call, GError **error);
const PnQueue *pn_show_queue (const PnCall *call, gint64 id); /* NULL: unknown */
const PnAgent *pn_show_agent (const PnCall *call, gint64 id); /* NULL: nobody */
const PnQueue *pn_show_find_queue (const PnCall *call, const char *name);

char *pn_show_initials (const char *name, const char *address); /* (owned) "AL" */

/* All need pn_show_load () before. @tags NULL: not shown. Each returns (owned). */
json_t *pn_show_ticket (const PnCall *call, const PnTicket *ticket, const char *person_name,
                        const char *person_address, const GPtrArray *tags);
json_t *pn_show_person (const PnPerson *person);

/* @letters: (of PnLetterRow) of its ticket; NULL: none. */
json_t *pn_show_message (const PnCall *call, const PnMessage *message, const GPtrArray *letters);

/* Adds what forms had asked, and what was answered, to @messages of pn_show_message () (show_form.c). */
gboolean pn_show_forms (PnCall *call, gint64 ticket_id, json_t *messages, GError **error);
json_t *pn_show_event (const PnCall *call, const PnEvent *event, const char *person_name,
                       gint64 person_id);
json_t *pn_show_letter (const PnCall *call, const PnLetterRow *row);
gboolean pn_show_has_quote (const PnMessage *message); /* is there more than what is new in it? */
json_t *pn_show_attachments (const PnCall *call, const GPtrArray *attachments, const char *base);
