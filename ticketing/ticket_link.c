#include "ticketing/ticket.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/deadline.h"
#include "ticketing/fact.h"

#define TAG_BYTES 64
#define REASON_BYTES 500
#define SHOWN 200

static const char tag_sql[] = "INSERT IGNORE INTO ticket_tag (ticket_id, tag) VALUES (?, ?)";

static const char untag_sql[] = "DELETE FROM ticket_tag WHERE ticket_id = ? AND tag = ?";

static const char tags_sql[] =
    "SELECT tag FROM ticket_tag WHERE ticket_id = ? ORDER BY tag LIMIT ?";

static const char link_sql[] =
    "INSERT IGNORE INTO ticket_link (ticket_id, other_id, reason, created_at)"
    " SELECT ?, ?, ?, ? FROM DUAL"
    " WHERE NOT EXISTS (SELECT 1 FROM ticket_link WHERE ticket_id = ? AND other_id = ?)";

static const char links_sql[] = "SELECT t.id, t.subject, t.status, t.queue_id, l.reason"
                                " FROM ticket_link l"
                                " JOIN ticket t ON t.id = l.other_id"
                                " WHERE l.ticket_id = ?"
                                " UNION ALL"
                                " SELECT t.id, t.subject, t.status, t.queue_id, l.reason"
                                " FROM ticket_link l"
                                " JOIN ticket t ON t.id = l.ticket_id"
                                " WHERE l.other_id = ?"
                                " LIMIT ?";

/* Returns: (owned) @tag as it is stored; NULL with INVALID. */
static char *
read_tag (const char *tag, GError **error)
{
  g_autofree char *line = pn_text_clean_line (tag, TAG_BYTES);
  g_autofree char *folded = g_utf8_strdown (line, -1);

  if (*folded == '\0' || strlen (folded) > TAG_BYTES || strchr (folded, ',') != NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "a tag has 1 to %d bytes and no comma, not \"%s\"",
                  TAG_BYTES, line);
    return NULL;
  }
  return g_steal_pointer (&folded);
}

gboolean
pn_ticket_tag (PnDb *db, gint64 id, const char *tag, gboolean is_set, PnActor actor, GError **error)
{
  return pn_ticket_tag_because (db, id, tag, is_set, actor, NULL, error);
}

gboolean
pn_ticket_tag_because (PnDb *db, gint64 id, const char *tag, gboolean is_set, PnActor actor,
                       const char *reason, GError **error)
{
  g_autofree char *name = read_tag (tag, error);
  gint64 affected;

  if (name == NULL
      || !pn_db_exec (db, is_set ? tag_sql : untag_sql, PN_ARGS (pn_int (id), pn_text (name)),
                      &affected, error))
    return FALSE;
  return affected == 0
         || (pn_event_add (db, id, PN_EVENT_TAG, actor, is_set ? NULL : name, is_set ? name : NULL,
                           reason, error)
             && pn_deadline_mark (db, id, error) && pn_fact_mark (db, id, error));
}

GPtrArray *
pn_ticket_tags (PnDb *db, gint64 id, GError **error)
{
  return pn_db_query_texts (db, tags_sql, PN_ARGS (pn_int (id), pn_int (SHOWN)), error);
}

static gboolean
note_link (PnDb *db, gint64 id, gint64 other_id, const char *reason, PnActor actor, GError **error)
{
  g_autofree char *number = g_strdup_printf ("#%" G_GINT64_FORMAT, other_id);

  return pn_event_add (db, id, PN_EVENT_LINK, actor, NULL, number, reason, error);
}

gboolean
pn_ticket_link (PnDb *db, gint64 id, gint64 other_id, const char *reason, PnActor actor,
                GError **error)
{
  g_autofree char *why = pn_text_clean_line (reason, REASON_BYTES);
  gint64 affected;

  if (id == other_id) {
    pn_error_set (error, PN_ERROR_INVALID, "ticket %" G_GINT64_FORMAT " can't be linked to itself",
                  id);
    return FALSE;
  }
  if (!pn_db_exec (db, link_sql,
                   PN_ARGS (pn_int (id), pn_int (other_id), pn_text (why), pn_int (pn_clock_now ()),
                            pn_int (other_id), pn_int (id)),
                   &affected, error))
    return FALSE;
  return affected == 0
         || (note_link (db, id, other_id, why, actor, error)
             && note_link (db, other_id, id, why, actor, error));
}

void
pn_ticket_link_free (PnTicketLink *link)
{
  if (link == NULL)
    return;
  g_free (link->subject);
  g_free (link->reason);
  g_free (link);
}

GPtrArray *
pn_ticket_links (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pn_ticket_link_free);
  g_autoptr (PnRows) rows =
      pn_db_query (db, links_sql, PN_ARGS (pn_int (id), pn_int (id), pn_int (SHOWN)), error);

  if (rows == NULL)
    return NULL;
  while (pn_rows_next (rows)) {
    PnTicketLink *link = g_new0 (PnTicketLink, 1);

    link->other_id = pn_rows_int (rows, 0);
    link->subject = g_strdup (pn_rows_text (rows, 1));
    link->status = (PnStatus) CLAMP (pn_rows_int (rows, 2), 0, PN_STATUS_CLOSED);
    link->queue_id = pn_rows_int (rows, 3);
    link->reason = g_strdup (pn_rows_text (rows, 4));
    g_ptr_array_add (list, link);
  }
  return g_steal_pointer (&list);
}
