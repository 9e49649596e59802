/* Search: the articles that answer a question, best first.
 *
 * Each process keeps an index of the base in memory (kb/index) and follows the database by its change number: every
 * search asks for it, so an article is found as soon as its transaction is committed, on every node. 10,000 articles
 * take about two seconds to read at the first search; pn_kb_warm () does that beforehand. Any thread may search, with a
 * connection of its own.
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/db.h"

#define PN_KB_HITS_MAX 100
#define PN_KB_HITS_DEFAULT 10

typedef struct {
  const char *text; /* words, a question, or a whole mail: its subject, a line break, its text */
  const char *language;   /* the asker's; NULL or "": found out */
  guint limit;            /* at most PN_KB_HITS_MAX; 0: 10 */
  gboolean with_internal; /* also articles for staff only */
  gboolean is_typing;     /* the last word may be half a word */
  gboolean has_phrases; /* what stands in quotation marks must stand in the article (kb/phrase.h) */
  gboolean wants_excerpts;
  gboolean wants_why;
} PnKbQuery;

typedef struct {
  char *text;
  gboolean is_hit; /* to be marked */
} PnKbPart;

/* A term that counted, as a word of the question where it has one, and its share of all that did. */
typedef struct {
  char *text;
  double share;
} PnKbReason;

typedef struct {
  gint64 id;
  char *external_id;
  char *title;
  char *language;
  char *category;
  double score; /* only to compare within one answer */
  double
      confidence; /* 0..1: how probably this answers the question (kb/confidence.h); only the first one's is
                        calibrated, the others' are at most 1 minus it */
  char *known_as;  /* the phrasing that was nearest; NULL when it is the title */
  GArray *excerpt; /* of PnKbPart, when wanted */
  GArray *why;     /* of PnKbReason, when wanted, the greatest first */
} PnKbHit;

void pn_kb_hit_free (PnKbHit *hit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnKbHit, pn_kb_hit_free)

/* Returns: (owned) the hits, PnKbHit; none is no error. NULL with what the database says. */
GPtrArray *pn_kb_search (PnDb *db, const PnKbQuery *query, GError **error);

/* Reads what has changed (at first: everything). */
gboolean pn_kb_warm (PnDb *db, GError **error);

/* From here on the first search asks whether something has changed, and those after it do not, until pn_kb_release (): for a
 * process of one thread that searches for many at once. */
void pn_kb_hold (void);
void pn_kb_release (void);

/* Forgets the index, for a process that ends or that serves another database next. */
void pn_kb_forget (void);

/* Returns: (owned) @hit as a document: {"id","external_id","title","language","category","score","confidence",
 * "known_as","excerpt":[{"text","hit"}],"why":[{"term","share"}]}. */
json_t *pn_kb_hit_write (const PnKbHit *hit);
