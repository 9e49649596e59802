/* Synonyms: words that mean the same to a site's customers. A question that has one of a group is also asked, with less
 * weight, with the others: groups don't touch the articles, so a change counts at the next search, on every node.
 *
 *   group = words "," words *( "," words )      a line each; case and diacritics don't matter
 *
 * Owns the table kb_synonym.
 */
#pragma once

#include "ticketing/core/db.h"

#define PN_SYNONYM_GROUPS_MAX 2000
#define PN_SYNONYM_GROUP_MAX_CHARS 1000

GPtrArray *pn_synonym_list (PnDb *db,
                            GError **error); /* (owned) of char *, a group each, in order */

/* Replaces all groups by the lines of @text, in a transaction of its own. INVALID, which names the line, for a group of
 * one, too long a line or too many. */
gboolean pn_synonym_save (PnDb *db, const char *text, GError **error);

/* Groups as the index wants them. */
typedef struct PnSynonyms PnSynonyms;

PnSynonyms *pn_synonyms_new (const GPtrArray *groups); /* (owned) NULL where there are none */
void pn_synonyms_free (PnSynonyms *synonyms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSynonyms, pn_synonyms_free)

/* Returns: (owned) the words, of char *, that mean the same as some of @text and don't stand in it. Any thread. */
GPtrArray *pn_synonyms_of (const PnSynonyms *synonyms, const char *text);
