/* Removal: a person asks to be forgotten (GDPR, Article 17), and is, in portions, whoever dies meanwhile.
 *
 *   goes    names, addresses, notes; texts, subjects, reasons, files and raw bytes of their tickets, of both sides; what
 *           they wrote on tickets of others; letters to them, held mail, forms, traces of rules; words to find it by;
 *           what articles learned from them (by the clerk: kb/feedback)
 *   stays   the ticket's number, times, status, queue, tags, scores; a person without a name: figures do not change
 *
 *   (order) ──► tickets ► address ► messages ► events ► spool ► calls ► notices ► questions ► shared ► held ► retire ──1 h──►
 *                                                                   shared_again ► held_again ► files ► done
 *
 * The order is one transaction: from then on nobody has the addresses, links are worthless, and mail that comes makes a
 * new person. Each portion is a compare-and-set on the row's @gen beside what it does. A file that somebody else has, too,
 * stays: it is retired first and looked for again an hour later, so that mail filed in between keeps it.
 * Owns the tables removal and removal_file; erases in the tables of others by its own statements (listed with the
 * owners), so that one module shows all that goes.
 */
#pragma once

#include "ticketing/core/blob.h"

typedef enum {
  PN_REMOVAL_TICKETS,
  PN_REMOVAL_ADDRESS,
  PN_REMOVAL_MESSAGES,
  PN_REMOVAL_EVENTS,
  PN_REMOVAL_SPOOL,
  PN_REMOVAL_CALLS,
  PN_REMOVAL_NOTICES,
  PN_REMOVAL_QUESTIONS, /* the clerk's */
  PN_REMOVAL_SHARED,
  PN_REMOVAL_HELD,
  PN_REMOVAL_RETIRE, /* pictures of articles are kept before: the clerk's */
  PN_REMOVAL_SHARED_AGAIN,
  PN_REMOVAL_HELD_AGAIN,
  PN_REMOVAL_FILES,
  PN_REMOVAL_DONE,
} PnRemovalStep;

#define PN_REMOVAL_WAIT PN_HOUR /* for mail that is being filed while files go */
#define PN_REMOVED "(removed)"  /* the name and the subject from then on */

typedef struct {
  gint64 id;
  gint64 person_id;
  gint64 agent_id;      /* who ordered it; 0: a command */
  GArray *members;      /* of gint64: the numbers that the person had */
  GPtrArray *addresses; /* of char *; none once it is done */
  PnRemovalStep step;
  gint64 gen;
  gint64 ticket_id; /* where it is: of this ticket, */
  gint64 after_id;  /* behind this row, */
  gint64 until_id;  /* up to this one */
  PnTime not_before;
  gint64 tickets; /* how much it took */
  gint64 messages;
  gint64 letters;
  gint64 files;
  PnTime created_at;
  PnTime finished_at; /* 0: not yet */
} PnRemoval;

void pn_removal_free (PnRemoval *removal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRemoval, pn_removal_free)

/* In the caller's transaction. @person_id is a root (as PnPerson's id). CONFLICT when it is ordered already; NOT_FOUND. */
gboolean pn_removal_order (PnDb *db, gint64 person_id, gint64 agent_id, gint64 *id, GError **error);

/* (owned) NULL: the person was not removed. */
gboolean pn_removal_find (PnDb *db, gint64 person_id, PnRemoval **removal, GError **error);
GPtrArray *pn_removal_list (PnDb *db, guint limit, GError **error); /* (owned) newest first */

/* What would go, for the page that asks: up to 10,000 each. */
typedef struct {
  gint64 tickets;
  gint64 messages;
  gint64 elsewhere; /* tickets of others in which an address takes part */
} PnRemovalCount;
gboolean pn_removal_count (PnDb *db, gint64 person_id, PnRemovalCount *count, GError **error);

/* The oldest that has something to do now. (owned) NULL: none. */
gboolean pn_removal_next (PnDb *db, PnRemoval **removal, GError **error);

/* In the caller's transaction: the next portion, for all steps but QUESTIONS. */
gboolean pn_removal_portion (PnDb *db, PnRemoval *removal, GError **error);

/* Somebody else has the file. */
gboolean pn_removal_keep (PnDb *db, const PnRemoval *removal, const guint8 sha[PN_SHA256_BYTES],
                          GError **error);

void pn_removal_go_on (PnRemoval *removal); /* to the next step */

/* In the same transaction, last. CONFLICT when another clerk did the portion. */
gboolean pn_removal_save (PnDb *db, PnRemoval *removal, GError **error);

const char *pn_removal_step_name (PnRemovalStep step);
