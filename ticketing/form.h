/* Forms: what visitors fill in, their versions, the answers that came with messages, and files that wait for a form to be
 * sent. Owns the tables form, form_version, form_answer, form_upload and form_upload_chunk.
 *
 * A form has a name (its address is /contact/NAME), a queue and a plan (ticketing/form_plan). Saving makes a new version;
 * what was opened as an older one is read by that one. Going back is saving an older plan again.
 *
 * The spooled record of a form post carries {"form": name, "form_id", "version", "answers": […]} in PnMail.form, so that
 * whoever files it (rules too) has them at hand without a query.
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/form_plan.h"

typedef struct {
  gint64 id; /* 0: not stored yet */
  char *name;
  gint64 queue_id;
  gint64 version; /* of the plan that is here */
  gint64 newest;  /* version */
  gboolean is_enabled;
  PnTime updated_at;
  PnFormPlan *plan;
} PnFormSheet;

void pn_form_sheet_free (PnFormSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnFormSheet, pn_form_sheet_free)

/* Stores the sheet with its plan as the next version; one that says the same stays as it is. @sheet->newest: what the
 * writer has seen (0 for any); CONFLICT when there is a newer one, or the name is taken. INVALID for bad names and plans.
 * Sets id, version, newest. */
gboolean pn_form_save (PnDb *db, PnFormSheet *sheet, gint64 agent_id, GError **error);
gboolean pn_form_remove (PnDb *db, gint64 id, GError **error); /* its answers stay; NOT_FOUND */

/* @version 0: the newest. (owned) NULL when there is no such form. */
gboolean pn_form_find (PnDb *db, const char *name, gint64 version, PnFormSheet **sheet,
                       GError **error);
/* (owned) of PnFormSheet by name, with their newest plans; at most 500. */
GPtrArray *pn_form_list (PnDb *db, GError **error);

/* In the filing transaction: keeps which @form (of PnMail) a message came by, and its answers, if any;
 * nothing for mails and for the form of the help centre without a name. */
gboolean pn_form_answer_add (PnDb *db, gint64 message_id, gint64 ticket_id, const json_t *form,
                             GError **error);

/* (owned) gint64 message id -> json_t {"form","version","answers"}, of the first 200 messages with answers of a ticket. */
GHashTable *pn_form_answer_list (PnDb *db, gint64 ticket_id, GError **error);

/* (owned) the name of the form that the ticket's first message with answers came by; NULL: there is none. */
gboolean pn_form_of_ticket (PnDb *db, gint64 ticket_id, char **name, GError **error);

/* A file that was sent with a form that is not finished. */
typedef struct {
  gint64 id;
  char *name;
  char *type;
  char *declared_type;
  gint64 size_bytes;
} PnFormUpload;

#define PN_FORM_UPLOADS_LIMIT_BYTES ((gint64) 2 * 1024 * 1024 * 1024)
#define PN_FORM_UPLOAD_LIFE PN_DAY

/* Keeps a file for the form whose key has the SHA-256 @key_hash; the same again is one. TEMPORARY when all files of
 * unfinished forms together come to PN_FORM_UPLOADS_LIMIT_BYTES, or too many wait for this one. Not in a transaction. */
gboolean pn_form_upload_add (PnDb *db, const guint8 key_hash[32], const PnFormUpload *upload,
                             int fd, GError **error);
GPtrArray *pn_form_upload_list (PnDb *db, const guint8 key_hash[32],
                                GError **error); /* (owned) of PnFormUpload, oldest first */

/* Copies an upload's bytes into @fd. */
gboolean pn_form_upload_read (PnDb *db, gint64 id, int fd, GError **error);
gboolean pn_form_upload_remove (PnDb *db, const guint8 key_hash[32], gint64 id, GError **error);

/* The form was sent: its files go soon, not at once, since a second click sends it again. */
gboolean pn_form_upload_finish (PnDb *db, const guint8 key_hash[32], GError **error);

/* Removes uploads older than a day, or all of @key_hash where it is not NULL; a portion a call. */
gboolean pn_form_upload_sweep (PnDb *db, const guint8 *key_hash, GError **error);
