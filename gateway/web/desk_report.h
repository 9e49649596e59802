/* Reports on the desk, inside: what desk_report.c (pages) and desk_report_csv.c (files) share. */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/report.h"

/* Names of a report's query: routes.c and links know them from here. */
#define PN_REPORT_QUERY                                                                            \
  "from to by time zone queue agent team organisation policy channel priority tag"

/* Reads the report of {name} and its query, for what the caller may see. (owned) NULL: answered already. */
PnReportRequest *pn_desk_report_read (PnCall *call);

/* Returns: (owned) a field for each dimension, with what is chosen in it (templates/web/README). */
json_t *pn_desk_report_filters (PnCall *call, const PnReportRequest *request, GError **error);

/* Returns: (owned) {"by": […], "reports": […]}, what can be chosen with what is. */
json_t *pn_desk_report_choices (const PnReportRequest *request);

/* Reads "column" and "key". @key -1: the total. FALSE: answered already. */
gboolean pn_desk_report_read_cell (PnCall *call, const char **column, gint64 *key);
