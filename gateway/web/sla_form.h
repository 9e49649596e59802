/* SLA forms: policies and calendars as they are typed on a page or sent to the API, read into the documents of
 * ticketing/sla_document.h.
 *
 *   minutes    "90", "90 min", "1 h 30 min", "2 d" (a day is 24 hours); "" is none
 *   intervals  "09:00-12:00, 13:00-17:30"
 *   holidays   a line each: "2026-12-25 Christmas", "12-26" for every year
 *   words      with commas between
 *
 * A field may also hold JSON of what it stands for, as calls of the API do. Pure but for the fields of the call.
 */
#pragma once

#include "gateway/web/call.h"

/* Returns: (owned) the document of what was sent; NULL with INVALID that names the field. On a page, a box that was not
 * ticked and a text that is empty count; in the API, what was not sent is not in it. */
json_t *pn_sla_form_policy (const PnCall *call, GError **error);
json_t *pn_sla_form_calendar (const PnCall *call, GError **error);

/* Reads @text as minutes: 0 for "". FALSE: it is none. */
gboolean pn_sla_form_read_minutes (const char *text, gint64 *minutes);
char *pn_sla_form_write_minutes (gint64 minutes); /* (owned) "1 h 30 min"; "" for 0 */

/* (owned) what a page shows in its fields. */
char *pn_sla_form_write_day (const json_t *calendar, const char *day);
char *pn_sla_form_write_holidays (const json_t *calendar);
char *pn_sla_form_write_words (const json_t *list);
