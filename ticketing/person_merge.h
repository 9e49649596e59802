/* Person merge: one history over many addresses, put together by hand and taken apart again.
 *
 *   7 ──merged into──► 4 ──merged into──► 2     the root of all three is 2, and 2 reads as the person
 *
 * A merge is a row of its own; nothing else is rewritten but the root that each member knows, so undoing one gives
 * back what was there. Histories follow a merge, rights do not: an address answers to a ticket because it takes part in
 * it, and is vouched for by itself (TRUST.md 0). Owns the table person_merge, with ticketing/person.
 */
#pragma once

#include "ticketing/person.h"

#define PN_PERSON_MEMBERS_MAX 200

/* The ids (gint64) under which @id's history was filed: the root first, then who was merged. Whom nobody knows has
 * @id alone. (owned) */
GArray *pn_person_members (PnDb *db, gint64 id, GError **error);

typedef struct {
  gint64 id;
  char *name;
  char *address;   /* its oldest; NULL: none */
  gint64 agent_id; /* who merged it */
  PnTime merged_at;
} PnPersonMember;

void pn_person_member_free (PnPersonMember *member);

/* Who was merged into @id, by a merge of their own each, newest first. (owned) of PnPersonMember. */
GPtrArray *pn_person_merged (PnDb *db, gint64 id, GError **error);

/* All of these in the caller's transaction. */

/* @id's root becomes a member of @into_id's root. INVALID when they are one already. */
gboolean pn_person_merge (PnDb *db, gint64 id, gint64 into_id, gint64 agent_id, GError **error);

/* Takes @id out again, with whoever was merged into it before. INVALID when it is not merged. */
gboolean pn_person_unmerge (PnDb *db, gint64 id, GError **error);

/* INVALID when it is none, or one of ours; CONFLICT when somebody has it. */
gboolean pn_person_add_address (PnDb *db, gint64 id, const char *address, GError **error);

/* @address becomes a person of its own; tickets stay where they are. NOT_FOUND when @id has no such address; INVALID
 * when it is the only one. */
gboolean pn_person_remove_address (PnDb *db, gint64 id, const char *address, GError **error);
