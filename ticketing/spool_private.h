/* Spool, inside: what spool.c (adding, leasing, filing) and spool_held.c (held mail and spam) share. */
#pragma once

#include "ticketing/spool.h"

#define PN_SPOOL_COLUMNS                                                                           \
  "id, mailbox_id, queue_id, channel, format, raw_sha, internal_date, size_bytes,"                 \
  " is_header_only, form_key, state, attempts, disposition, ticket_id, message_id, record_sha,"    \
  " from_address, subject, reasons, received_at, filed_at, may_answer"

/* Appends a PnDelivery for each of @rows, which have PN_SPOOL_COLUMNS. */
void pn_spool_read_rows (PnRows *rows, GPtrArray *deliveries);
void pn_spool_free_delivery (gpointer delivery);
char *pn_spool_write_reasons (const json_t *reasons); /* (owned) NULL for NULL */

/* Runs a compare-and-set; CONFLICT when the row was not in a state that allows it. */
gboolean pn_spool_change (PnDb *db, const char *sql, const PnValue *args, gsize n_args, gint64 id,
                          GError **error);
