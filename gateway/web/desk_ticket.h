/* The ticket's page, which answers also come back to when something was wrong with them. */
#pragma once

#include "gateway/web/call.h"

typedef struct {
  gboolean is_note;
  const char *text;     /* what was typed; NULL: nothing */
  const char *articles; /* ids of those that the text was made with, "7 12"; NULL: none */
  const char *problem;  /* a sentence above the composer; NULL: none */
  gboolean is_conflict;
  gint64 seen_message; /* what the page showed when the form was filled in: newer is shown as new */
  gint64 seen_event;
} PnComposer;

/* Answers with the page of @ticket (or its document) and @status. */
void pn_desk_show_ticket (PnCall *call, const PnTicket *ticket, int status,
                          const PnComposer *composer);

/* Reads "seen" ("12.340": last message and event) into @composer; what is no such thing counts as nothing seen. */
void pn_desk_read_seen (const PnCall *call, PnComposer *composer);
