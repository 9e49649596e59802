/* Mail: the one inbound record. Mail, pipe, form and API all become a PnMail and take the same path from there.
 *
 * It has a JSON form, which is the contract of `postern parse --json`, the answer of the jailed parser and the body
 * of spooled form posts. Lists are never NULL. All texts are valid UTF-8 without NUL, control characters removed from
 * everything that is one line. Attachments' bytes lie beside the record: @sha256 names them.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "ticketing/core/clock.h"

typedef enum {
  PN_MAIL_MESSAGE, /* written by a person, as far as anybody can tell */
  PN_MAIL_AUTO_REPLY,
  PN_MAIL_BOUNCE,          /* RFC 3464 failed or delayed, or in prose */
  PN_MAIL_DELIVERY_REPORT, /* delivered, relayed, expanded */
  PN_MAIL_FEEDBACK_REPORT, /* RFC 5965 */
  PN_MAIL_DISPOSITION,     /* RFC 8098 */
  PN_MAIL_LIST,
  PN_MAIL_CALENDAR,
} PnMailKind;

typedef enum { PN_VERDICT_NONE, PN_VERDICT_PASS, PN_VERDICT_FAIL } PnVerdict;

typedef struct {
  char *name;    /* "" when there is none */
  char *address; /* lower-case domain; "" when it could not be read */
} PnAddress;

typedef struct {
  char *name; /* a label to show, never a path; made up where the mail has none */
  char *type; /* by libmagic */
  char *declared_type;
  gint64 size_bytes;
  char *sha256;     /* of the decoded bytes, 64 hex digits */
  char *content_id; /* without <>; NULL */
  gboolean is_inline;
  GBytes *bytes; /* (owned) NULL where they are not at hand; not in the JSON form */
} PnAttachment;

typedef struct {
  char *address;
  char *action; /* "failed", "delayed", "delivered", "relayed", "expanded"; "" when unknown */
  char *status; /* "5.1.1"; "" when unknown */
  char *diagnostic;
} PnBounceRecipient;

typedef struct {
  GPtrArray *recipients;     /* of PnBounceRecipient */
  char *original_message_id; /* without <>; NULL */
} PnBounce;

typedef struct {
  char *name;
  char *value;
} PnHeader;

typedef struct {
  char *message_id;       /* without <>; NULL when missing */
  GPtrArray *in_reply_to; /* of char *, without <>, in order */
  GPtrArray *references;
  PnTime date;              /* 0 when missing or unreadable */
  gint32 date_zone_minutes; /* east of UTC, as the mail said */
  char *subject;            /* "" when missing */
  PnAddress *from;          /* never NULL; fields "" when missing */
  PnAddress *sender;        /* NULL when missing */
  GPtrArray *reply_to;      /* of PnAddress */
  GPtrArray *to;
  GPtrArray *cc;
  char *text;             /* the whole body as text */
  char *html;             /* sanitised; NULL when the mail has none */
  char *reply;            /* text without quotes and signature */
  GPtrArray *attachments; /* of PnAttachment */
  PnMailKind kind;
  GPtrArray *auto_reasons; /* of char *: why this is no letter of a person */
  PnBounce *bounce;        /* NULL unless bounce or delivery report */
  char *return_path;       /* NULL when missing; "" for <> */
  GPtrArray *delivered_to; /* of char *: Delivered-To, X-Original-To, Envelope-To */
  GPtrArray *headers;      /* of PnHeader, in order, decoded */
  gint64 received_count;
  char *list_id;                     /* NULL */
  GPtrArray *authentication_results; /* of char *, topmost first */
  char *language;                    /* "de"; NULL when not sure */
  PnVerdict sender_verdict;
  GPtrArray *defects;   /* of char *: what was broken, in words */
  char *content_digest; /* 64 hex digits over the decoded leaf parts in order (L3, TRUST.md 5.2) */
  json_t *form;         /* extra fields of a form post or API call; NULL for mail */
} PnMail;

/* Returns: (owned) an empty record. */
PnMail *pn_mail_new (void);
void pn_mail_free (PnMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnMail, pn_mail_free)

PnAddress *pn_address_new (const char *name,
                           const char *address); /* (owned) copies; NULL counts as "" */
void pn_address_free (PnAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnAddress, pn_address_free)
PnAttachment *pn_attachment_new (void); /* (owned) */
void pn_attachment_free (PnAttachment *attachment);
PnBounce *pn_bounce_new (void);                                /* (owned) */
PnBounceRecipient *pn_bounce_recipient_new (void);             /* (owned) append it to recipients */
PnHeader *pn_header_new (const char *name, const char *value); /* (owned) copies */

const char *pn_mail_kind_name (PnMailKind kind); /* "auto_reply" */
gboolean pn_mail_kind_read (const char *name, PnMailKind *kind);
const char *pn_verdict_name (PnVerdict verdict);
gboolean pn_verdict_read (const char *name, PnVerdict *verdict);

/* Returns: the value of the first header named @name (any case), or NULL. */
const char *pn_mail_header (const PnMail *mail, const char *name);

/* Returns: (owned) the record as the contract's JSON object (and "content_digest", "form" where they are set). */
json_t *pn_mail_write (const PnMail *mail);

/* Returns: (owned) the record; NULL with INVALID naming the field that is wrong. Missing fields are empty. */
PnMail *pn_mail_read (const json_t *document, GError **error);
