/* Parts: a mail taken apart by GMime: its header fields as they stand and its leaves, decoded. The one place that
 * knows GMime. Walks at most 50 levels and 1,000 leaves. One thread. */
#pragma once

#include <glib.h>

#include "gateway/mail/mime_header.h"

typedef struct {
  char *name;
  char *value; /* raw: folded, not decoded */
} PnMimeField;

typedef struct {
  PnMimeParams *type;        /* value "text/plain" where the mail says nothing */
  PnMimeParams *disposition; /* value "" where the mail says nothing */
  char *content_id;          /* without <>; NULL */
  char *description;         /* NULL */
  GBytes *bytes;             /* decoded from base64 and the like */
  guint group; /* leaves of one multipart/alternative share a number; others have their own */
  gboolean is_message; /* message/rfc822: @bytes are a mail */
  gboolean in_related; /* below multipart/related, not its first part */
  gboolean in_report;  /* below multipart/report */
  gboolean is_damaged; /* a header without body, a multipart without parts */
} PnMimePart;

typedef struct {
  GPtrArray *fields;  /* of PnMimeField */
  GPtrArray *parts;   /* of PnMimePart, in order */
  PnMimeParams *type; /* of the whole mail */
} PnMimeParts;

/* Once a process; repeated calls do nothing. Any thread. */
void pn_mime_parts_warm_up (void);

/* Returns: (owned) @raw taken apart; what was cut off is told in words in @defects (of char *). Never NULL. */
PnMimeParts *pn_mime_parts_read (GBytes *raw, GPtrArray *defects);
void pn_mime_parts_free (PnMimeParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnMimeParts, pn_mime_parts_free)

/* Returns: (owned) the value of the first field @name (any case) in the header block that @bytes start with, raw; NULL
 * when missing. For mails and headers inside of reports. */
char *pn_mime_parts_field (GBytes *bytes, const char *name);
