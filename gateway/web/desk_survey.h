/* Surveys on the desk: what pages of tickets and persons show of them. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/survey.h"

/* Adds "survey" (or null) to the document of a ticket's page, "surveys" to that of a person. */
gboolean pn_desk_add_survey (PnCall *call, gint64 ticket_id, json_t *document, GError **error);
gboolean pn_desk_add_surveys (PnCall *call, gint64 person_id, json_t *document, GError **error);
