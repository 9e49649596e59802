/* SLA documents: policies and calendars as people and other programs see them, with names where the database has ids.
 *
 *   policy    {"name", "title", "is_enabled", "calendar": "office", "targets", "pauses", "conditions"} as in sla.h, with
 *             queues and organisations by name; written ones have "id", "position" and "version" too
 *   calendar  {"name", "title", "zone", "week", "holidays"} as in hours.h; written ones have "id", "version" and
 *             "updated_at" too
 *
 * What is not in a document that is read stays as it is; names that there are none of are INVALID.
 */
#pragma once

#include "ticketing/sla.h"

json_t *pn_sla_write_policy (PnDb *db, const PnPolicy *policy, GError **error); /* (owned) */
gboolean pn_sla_read_policy (PnDb *db, const json_t *document, PnPolicy *policy, GError **error);

/* Puts names in place of the ids in the conditions of @document (a version of a policy); what is gone is left out. */
gboolean pn_sla_name_conditions (PnDb *db, json_t *document, GError **error);

json_t *pn_sla_write_calendar (const PnCalendar *calendar); /* (owned) */
gboolean pn_sla_read_calendar (const json_t *document, PnCalendar *calendar, GError **error);
