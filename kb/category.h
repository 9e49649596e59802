/* Categories: the shelves of the help centre, by name; one is made when an article first names it. */
#pragma once

#include "ticketing/core/db.h"

#define PN_CATEGORY_NAME_MAX_CHARS 190

typedef struct {
  gint64 id;
  char *name;
  gint64 position; /* they are shown by it, then by name */
} PnCategory;

void pn_category_free (PnCategory *category);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnCategory, pn_category_free)

/* @id gets the category named @name, which is made where there is none; 0 for "". */
gboolean pn_category_need (PnDb *db, const char *name, gint64 *id, GError **error);

/* @id gets the category named @name; 0 where there is none. */
gboolean pn_category_find (PnDb *db, const char *name, gint64 *id, GError **error);

/* Returns: (owned) all categories of PnCategory, in their order, at most 1000. */
GPtrArray *pn_category_list (PnDb *db, GError **error);

/* Moves the category @id. NOT_FOUND when there is none. */
gboolean pn_category_place (PnDb *db, gint64 id, gint64 position, GError **error);
