/* Reading: what makes the help centre quick. Articles as HTML by their version, what is related to them, how often they
 * were read until that is written down, and the map of the site; of this process, within fixed bounds. Nothing is kept
 * here that the database does not know better: whoever asks names the version. Any thread may call.
 */
#pragma once

#include <jansson.h>

#include "kb/article_public.h"

#define PN_READING_MAX_ENTRIES 2000
#define PN_READING_MAX_BYTES (32 * 1024 * 1024)

typedef struct PnReading PnReading;

/* An article as it is shown. */
typedef struct {
  char *html;       /* sanitised; NULL: it cannot be shown as HTML safely */
  char *text;       /* then */
  char *summary;    /* the first words, for search engines and feeds */
  json_t *headings; /* [{"id", "title", "level"}], when there are several */
} PnRendered;

/* Returns: (owned) @article made HTML; pictures lie below @images ("/kb/images/"). Links to articles that not everybody
 * may read lead nowhere. */
PnRendered *pn_rendered_new (PnDb *db, const PnArticle *article, const char *images);
void pn_rendered_free (PnRendered *rendered);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnRendered, pn_rendered_free)

PnReading *pn_reading_new (void); /* (owned) */
void pn_reading_free (PnReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnReading, pn_reading_free)

/* Returns: (owned, a reference) the public article, rendered now or before; give it back with pn_reading_release (). */
const PnRendered *pn_reading_render (PnReading *reading, PnDb *db, const PnArticle *article);
void pn_reading_release (const PnRendered *rendered);

/* @ids gets the articles that are like this one (0 behind the last); looked for anew after some minutes. */
gboolean pn_reading_related (PnReading *reading, PnDb *db, const PnArticle *article,
                             gint64 ids[PN_ARTICLE_HEADS], GError **error);

/* Counts a reading; now and then those counted are written down. A failure to do so is logged. */
void pn_reading_count (PnReading *reading, PnDb *db, gint64 article_id);

/* Returns: (owned) what was kept under @name for the state @mark of the base; NULL. */
GBytes *pn_reading_find (PnReading *reading, const char *name, const char *mark);
void pn_reading_keep (PnReading *reading, const char *name, const char *mark, GBytes *bytes);
