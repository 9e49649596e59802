/* Organisations, inside: what organisation.c (the rows) and organisation_person.c (who belongs to them) share. */
#pragma once

#include "ticketing/organisation.h"

#define PN_ORGANISATION_COLUMNS "o.id, o.name, o.service_level, o.note, o.version, o.created_at"

/* Returns: (owned) a row of PN_ORGANISATION_COLUMNS, without domains. */
PnOrganisation *pn_organisation_read_row (const PnRows *rows);
