/* Submit: what a visitor, a customer or a program writes becomes the same record as a mail and goes into the spool; the
 * clerk files it by the same rules (DESIGN.md 4). */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/message.h"

typedef struct {
  PnChannel channel;
  gint64 queue_id;
  gint64 mailbox_id; /* 0: none */
  const char *name;  /* of the sender */
  const char *address;
  const char *to; /* an address of ours; NULL: none */
  const char *subject;
  const char *text;
  const char *reply;            /* what was written by hand in @text; NULL: all of it */
  const GPtrArray *attachments; /* of PnStoredAttachment, blobs stored */
  const json_t *form;           /* more for the record's "form"; NULL: nothing */
  const char *key;              /* the same key again is the same submission */
} PnSubmission;

/* Spools it and wakes the clerk. @spool_id: the row, also when it was there before. Not in a transaction. */
gboolean pn_submit (PnCall *call, const PnSubmission *submission, gint64 *spool_id, GError **error);
