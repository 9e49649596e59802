/* Show due: how deadlines and their ledgers look in documents (templates/web/README lists the shapes). */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/deadline.h"

#define PN_DUE_HORIZON PN_DAY /* what is due within it is due soon */

/* Rows of a list: @hits (of PnSearchHit) with what is due. (owned) NULL with an error. */
json_t *pn_show_hits (PnCall *call, const GPtrArray *hits, GError **error);

/* Sets "due" of @shown (a TICKET): the next of @deadlines, or null. */
void pn_show_due (json_t *shown, gint64 ticket_id, const GArray *deadlines);

/* The ledger's lines with times of the calendar's zone too. (owned) */
json_t *pn_show_ledger (const GPtrArray *lines, const char *zone);

/* (owned) "2026-11-23 09:00" as the clocks of @zone show it; seconds where there are some. */
char *pn_show_local_time (PnTime time, const char *zone);

/* Sets "deadlines" and "sla" of a ticket's @document: every round with its ledger, and why it has its policy. */
gboolean pn_show_deadlines (PnCall *call, gint64 ticket_id, json_t *document, GError **error);
