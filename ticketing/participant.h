/* Participants: the addresses that belong to a ticket; they may answer to it, and answers go to them.
 * Owns the table participant. */
#pragma once

#include "ticketing/core/db.h"

typedef enum {
  PN_PARTICIPANT_REQUESTER, /* answers go To it */
  PN_PARTICIPANT_CC,        /* answers go to it too */
  PN_PARTICIPANT_STRANGER, /* wrote with known references; gets nothing until an agent accepts it (TRUST.md row 5) */
} PnParticipantRole;

typedef struct {
  char *address;
  char *name;
  PnParticipantRole role;
  char *added_by; /* why it is here (core/reason) */
  PnTime added_at;
} PnParticipant;

void pn_participant_free (PnParticipant *participant);

/* Adds; an address that is there keeps the stronger role (requester, cc, stranger). */
gboolean pn_participant_add (PnDb *db, gint64 ticket_id, const char *address, const char *name,
                             PnParticipantRole role, const char *added_by, GError **error);
gboolean pn_participant_remove (PnDb *db, gint64 ticket_id, const char *address, GError **error);
GPtrArray *pn_participant_list (PnDb *db, gint64 ticket_id,
                                GError **error); /* (owned) of PnParticipant, requester first */

/* @is_participant: TRUE for requester and cc, never for a stranger. */
gboolean pn_participant_has (PnDb *db, gint64 ticket_id, const char *address,
                             gboolean *is_participant, GError **error);
/* The newest @limit tickets that @address takes part in, no stranger. (owned) of gint64 */
GArray *pn_participant_tickets (PnDb *db, const char *address, guint limit, GError **error);
const char *pn_participant_role_name (PnParticipantRole role);
