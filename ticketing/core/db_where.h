/* Where: composes one SELECT whose conditions are known only when a person has typed them: search, views, reports.
 *
 *   SELECT … FROM … WHERE (condition) AND (condition) … ORDER BY key, id LIMIT n
 *
 * Nothing but constants enters the text: every fragment is a literal, or a member of a compiled-in table that a word of
 * the user has chosen. What a person typed is bound. All const char * are kept as they are (borrowed), and so are the
 * values' bytes, until the query was run.
 */
#pragma once

#include "ticketing/core/db.h"

typedef struct PnWhere PnWhere;

/* A row of a table of orders. With keyset paging, cost does not grow with the page's number. */
typedef struct {
  const char *key; /* "t.updated_at"; never NULL in the database */
  const char *id;  /* "t.id", unique: orders rows with the same key */
  gboolean is_descending;
} PnOrder;

/* @select: the text up to the FROM clause's end. */
PnWhere *pn_where_new (const char *select);
void pn_where_free (PnWhere *where);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnWhere, pn_where_free)

/* Adds a condition with a question mark for each of @args. */
void pn_where_add (PnWhere *where, const char *condition, const PnValue *args, gsize n_args);

/* Adds "column is one of @ids"; where there are none, nothing is found. */
void pn_where_add_ids (PnWhere *where, const char *column, const gint64 *ids, gsize n_ids);

/* Ends with a page of at most @limit rows in @order, behind the row with @after_key and @after_id (NULL and 0 for the
 * first page). */
void pn_where_page (PnWhere *where, const PnOrder *order, const PnValue *after_key, gint64 after_id,
                    gint64 limit);

/* Returns: (owned) the rows. */
PnRows *pn_where_query (PnWhere *where, PnDb *db, GError **error);

/* Returns: the text so far, and in @n_values (may be NULL) how many values it takes; for EXPLAIN and tests. */
const char *pn_where_text (PnWhere *where, gsize *n_values);
