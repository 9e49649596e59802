/* Asked: searches of visitors that found nothing, so that somebody writes what is missing. Counted a day and a text,
 * without whom they are of; what looks like a person's (an address, a long number) is not kept at all. Forgotten after 90
 * days. Owns the table kb_asked. */
#pragma once

#include "ticketing/core/db.h"

#define PN_ASKED_LIFE (90 * PN_DAY)

typedef struct {
  char *text;
  gint64 times;
} PnAsked;

void pn_asked_free (PnAsked *asked);

/* Is @text fit to be kept? */
gboolean pn_asked_is_fit (const char *text);

/* Counts a search for @text that found nothing. */
gboolean pn_asked_add (PnDb *db, const char *text, GError **error);

/* Returns: (owned) of PnAsked, the most often asked first, at most @limit since @from; in @total how often in all. */
GPtrArray *pn_asked_list (PnDb *db, PnTime from, guint limit, gint64 *total, GError **error);
gboolean pn_asked_sweep (PnDb *db, GError **error); /* a portion of what is older */
