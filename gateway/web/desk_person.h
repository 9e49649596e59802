/* The person's page, and who may know of a person: who may see one of their tickets, and administrators. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/person.h"

/* @known_id: of the person that @id reads as, where the caller may know of it; else 0. */
gboolean pn_desk_may_know (PnCall *call, gint64 id, gint64 *known_id, GError **error);

/* Returns: (owned) the person that @id reads as; NULL: answered already. */
PnPerson *pn_desk_load_person (PnCall *call, gint64 id);

/* Answers with the page of the person (or its document). */
void pn_desk_show_person (PnCall *call, gint64 id);
