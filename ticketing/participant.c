#include "ticketing/participant.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/person.h"

#define NAME_BYTES 200
#define SHOWN 500

/* The stronger role is the smaller number; added_by goes with the role, and is set while the old one is still there. */
static const char add_sql[] =
    "INSERT INTO participant (ticket_id, address, name, role, added_by, added_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE"
    " added_by = IF(VALUES(role) < role, VALUES(added_by), added_by),"
    " name = IF(name = '', VALUES(name), name),"
    " role = LEAST(role, VALUES(role))";

static const char remove_sql[] = "DELETE FROM participant WHERE ticket_id = ? AND address = ?";

static const char list_sql[] = "SELECT address, name, role, added_by, added_at"
                               " FROM participant"
                               " WHERE ticket_id = ?"
                               " ORDER BY role, added_at, address"
                               " LIMIT ?";

static const char has_sql[] = "SELECT role FROM participant WHERE ticket_id = ? AND address = ?";

static const char tickets_sql[] = "SELECT ticket_id FROM participant"
                                  " WHERE address = ? AND role < 2"
                                  " ORDER BY ticket_id DESC"
                                  " LIMIT ?";

static const char *const role_names[] = {
  [PN_PARTICIPANT_REQUESTER] = "requester",
  [PN_PARTICIPANT_CC] = "cc",
  [PN_PARTICIPANT_STRANGER] = "stranger",
};

void
pn_participant_free (PnParticipant *participant)
{
  if (participant == NULL)
    return;
  g_free (participant->address);
  g_free (participant->name);
  g_free (participant->added_by);
  g_free (participant);
}

gboolean
pn_participant_add (PnDb *db, gint64 ticket_id, const char *address, const char *name,
                    PnParticipantRole role, const char *added_by, GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  g_autofree char *label = pn_text_clean_line (name, NAME_BYTES);
  g_autofree char *why = pn_text_clean_line (added_by, NAME_BYTES);

  if (*folded == '\0' || strlen (folded) > PN_ADDRESS_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "an address has 1 to %d bytes, this one has %zu",
                  PN_ADDRESS_MAX_BYTES, strlen (folded));
    return FALSE;
  }
  return pn_db_later (db, add_sql,
                      PN_ARGS (pn_int (ticket_id), pn_text (folded), pn_text (label), pn_int (role),
                               pn_text (why), pn_int (pn_clock_now ())),
                      FALSE, error);
}

gboolean
pn_participant_remove (PnDb *db, gint64 ticket_id, const char *address, GError **error)
{
  g_autofree char *folded = pn_person_fold (address);

  return pn_db_exec (db, remove_sql, PN_ARGS (pn_int (ticket_id), pn_text (folded)), NULL, error);
}

static PnParticipantRole
role_of (gint64 number)
{
  return number >= 0 && number <= PN_PARTICIPANT_STRANGER ? (PnParticipantRole) number
                                                          : PN_PARTICIPANT_STRANGER;
}

GPtrArray *
pn_participant_list (PnDb *db, gint64 ticket_id, GError **error)
{
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pn_participant_free);
  g_autoptr (PnRows) rows =
      pn_db_query (db, list_sql, PN_ARGS (pn_int (ticket_id), pn_int (SHOWN)), error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    PnParticipant *participant = g_new0 (PnParticipant, 1);

    participant->address = g_strdup (pn_rows_text (rows, 0));
    participant->name = g_strdup (pn_rows_text (rows, 1));
    participant->role = role_of (pn_rows_int (rows, 2));
    participant->added_by = g_strdup (pn_rows_text (rows, 3));
    participant->added_at = pn_rows_int (rows, 4);
    g_ptr_array_add (list, participant);
  }
  return g_steal_pointer (&list);
}

gboolean
pn_participant_has (PnDb *db, gint64 ticket_id, const char *address, gboolean *is_participant,
                    GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  g_autoptr (PnRows) rows =
      pn_db_query (db, has_sql, PN_ARGS (pn_int (ticket_id), pn_text (folded)), error);

  if (rows == NULL)
    return FALSE;
  *is_participant =
      pn_rows_next (rows) && role_of (pn_rows_int (rows, 0)) != PN_PARTICIPANT_STRANGER;
  return TRUE;
}

const char *
pn_participant_role_name (PnParticipantRole role)
{
  return role_names[role];
}

GArray *
pn_participant_tickets (PnDb *db, const char *address, guint limit, GError **error)
{
  g_autofree char *folded = pn_person_fold (address);
  return pn_db_query_ids (db, tickets_sql, PN_ARGS (pn_text (folded), pn_int (limit)), error);
}
