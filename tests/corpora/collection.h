/* Collection: the articles and questions of a collection in ../shared/corpora/faq (its README tells the format), for tests
 * in C. Skip loudly where pn_collection_path () finds none.
 */
#pragma once

#include "kb/article.h"
#include "kb/index.h"

typedef struct {
  char *qid;
  char *text;
  GHashTable *right; /* external ids of the articles that answer it; NULL: none does */
} PnAsked;

typedef struct {
  GPtrArray *articles; /* of PnArticle; its id is its place + 1 */
  GHashTable *by_name; /* external id -> PnArticle (borrowed) */
  GArray *questions;   /* of PnAsked, in an order that has nothing to do with the files' */
} PnCollection;

/* @set: its name there; any other is a path, from the root of the sources where it
 * is not absolute. Returns: (owned) where its @file is; NULL
 * where there is none. */
char *pn_collection_path (const char *set, const char *file);

/* Returns: (owned) the collection, with its questions that are out of scope. */
PnCollection *pn_collection_load (const char *set);
void pn_collection_free (PnCollection *collection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnCollection, pn_collection_free)

/* Is it one that some article of @names (external ids) answers? */
gboolean pn_asked_has_answer (const PnAsked *asked, GHashTable *names);

/* Returns: 0 .. @n - 1, the same in every run that begins with the same @seed. */
guint pn_collection_draw (guint32 *seed, guint n);

/* Draws a base of @n of the articles, each with at most @phrasings more than its title. @names: gets what they are called.
 * Returns: (owned) its index, sealed. */
PnKbIndex *pn_collection_cut (const PnCollection *collection, guint32 *seed, guint n,
                              guint phrasings, GHashTable *names);
