/* Categories: the shelves of the help centre, by name; one is made when an article first names it. */
#pragma once

#include "ticketing/core/db.h"

#define PN_CATEGORY_NAME_MAX_CHARS 190

typedef struct {
  gint64 id;
  char *name;
  char *title;     /* what it is called in the language asked for; else the name */
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

/* The same with titles in @language. */
GPtrArray *pn_category_list_in (PnDb *db, const char *language, GError **error);

/* A title in one language; @title is owned by the list. */
typedef struct {
  gint64 category_id;
  char *language;
  char *title;
} PnCategoryTitle;

/* Returns: (owned) all titles, of PnCategoryTitle, by category and language, at most 5000. */
GPtrArray *pn_category_list_titles (PnDb *db, GError **error);

/* Calls the category @title in @language; "" forgets that. INVALID for what is no language tag or too long. */
gboolean pn_category_set_title (PnDb *db, gint64 id, const char *language, const char *title,
                                GError **error);

/* Gives the category another name. NOT_FOUND; CONFLICT when another has it; INVALID when it is empty or too long. */
gboolean pn_category_rename (PnDb *db, gint64 id, const char *name, GError **error);

/* Removes a category without articles. NOT_FOUND; CONFLICT when there are some. */
gboolean pn_category_remove (PnDb *db, gint64 id, GError **error);

/* Moves the category @id. NOT_FOUND when there is none. */
gboolean pn_category_place (PnDb *db, gint64 id, gint64 position, GError **error);
