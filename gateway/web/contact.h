/* Contact: one form that a visitor fills in, from the page to the spool. For public_contact.c and contact_*.c alone.
 *
 *   GET ─► page ──POST──► wrong? page again, all kept ─► suggestions? a step with them ─► spooled ─► 303 thanks
 *                                                        └─ "this solved it" ─► counted, nothing is sent
 *
 * A form's key is a random number, its expiry and a MAC: it makes sending once (TRUST.md 5.4), binds files that wait, and
 * is what a proof of work is over. A post without proof is taken once a day for an address and some times for a
 * connection; then its sender must confirm by a mailed link before it goes on (TRUST.md row 73).
 */
#pragma once

#include "gateway/web/call.h"
#include "ticketing/form.h"
#include "ticketing/form_answer.h"
#include "ticketing/message.h"
#include "ticketing/queue.h"

#define PN_CONTACT_WORK_BITS 16 /* zero bits at the start of SHA-256 (key ":" work) */

typedef struct {
  PnCall *call;
  const PnQueue *queue; /* NULL: none chosen yet */
  gboolean is_fixed;    /* the address names the queue */
  PnFormSheet *sheet;   /* NULL: the plain form of a queue */
  PnFormPlan *plan;     /* the sheet's, or */
  PnFormPlan *own_plan; /* (owned) the plain one */
  PnFormReading *reading;
  GPtrArray *uploads; /* of PnFormUpload: files that wait */
  char *key;          /* the form's; new where none, or a bad one, came */
  gboolean has_key;   /* it came */
  gboolean is_late;   /* one came that is too old */
  gboolean is_frame;
  char *language; /* of the form's own texts; "" for what they are in */
} PnContact;

void pn_contact_clear (PnContact *contact);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnContact, pn_contact_clear)

/* contact_key.c */
char *pn_contact_make_key (const PnCall *call); /* (owned) */
gboolean pn_contact_is_key (const PnCall *call, const char *key, gboolean *is_late);
gboolean pn_contact_is_worked (const char *key, const char *work);
PnTime pn_contact_age (const char *key); /* of a good one */
void pn_contact_hash_key (const char *key, guint8 hash[PN_SHA256_BYTES]);

/* A form that we did not make has no key: the same words within some minutes are the same request. */
char *pn_contact_natural_key (const PnContact *contact); /* (owned) */

/* contact_files.c */
/* Loads what waits, drops what the visitor no longer wants, and takes what came with this post when it fits the plan;
 * what does not is a complaint. */
gboolean pn_contact_take_files (PnContact *contact, GError **error);
/* Stores what waits as blobs. Returns: (owned) of PnStoredAttachment. */
GPtrArray *pn_contact_store_files (PnContact *contact, GError **error);

/* contact_show.c */
json_t *pn_contact_show (const PnContact *contact); /* (owned) the form's document */
void pn_contact_show_page (PnContact *contact, int status);

/* Returns: (owned) what staff built and switched on: [{"title", "url"}]; what can't be loaded is logged and left out. */
json_t *pn_contact_show_forms (const PnCall *call);
const char *pn_contact_value (const PnContact *contact, const char *field);

/* contact_send.c */
/* Spools it, once, and goes to the thanks; the answer is made in every case. */
void pn_contact_send (PnContact *contact);
/* (owned) What the address of the page after it has to say: "&form=…&frame=1&language=…", or "". */
char *pn_contact_make_after (const PnContact *contact);
void pn_contact_thank (PnContact *contact, const char *key, gboolean waits);

/* contact_suggest.c */
/* Shows articles that may answer what was typed. FALSE: there are none, nothing was answered. */
gboolean pn_contact_suggest (PnContact *contact);
/* The visitor says that the article in the field "solved" answered it: counted, and nothing is sent. */
void pn_contact_solved (PnContact *contact);
