/* Wording: letters in the site's own words, in place of those of templates/mail; every version is kept, so that any can
 * come back. Owns the table letter_text.
 *
 *   version 1, 2, 3 …   of a letter in a language; the newest counts
 *   is_own FALSE        from here on the built-in words again
 *
 * Whether the words are a good template is checked by who saves them.
 */
#pragma once

#include "ticketing/core/db.h"

#define PN_WORDING_MAX_BYTES (64 * 1024) /* of each text */
#define PN_WORDING_VERSIONS 50           /* listed */

typedef struct {
  char *letter;   /* "ack" */
  char *language; /* "de" */
  int version;    /* 0: none was ever saved */
  gboolean is_own;
  char *text; /* "" unless own */
  char *html; /* NULL: without */
  gint64 agent_id;
  PnTime created_at;
} PnWording;

void pn_wording_free (PnWording *wording);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnWording, pn_wording_free)

/* Returns: (owned) the newest version, built-in or own; @version 0: the newest. NOT_FOUND for another that is not there;
 * without any: version 0, not own. */
PnWording *pn_wording_load (PnDb *db, const char *letter, const char *language, int version,
                            GError **error);

GPtrArray *
pn_wording_list_versions (PnDb *db, const char *letter, const char *language,
                          GError **error); /* (owned) of PnWording, newest first, without texts */
GPtrArray *pn_wording_list_own (PnDb *db,
                                GError **error); /* (owned) the newest of each letter that is own */

/* Adds version @wording->version + 1. CONFLICT when somebody else did so before; INVALID for texts that are too long. */
gboolean pn_wording_save (PnDb *db, const PnWording *wording, GError **error);
