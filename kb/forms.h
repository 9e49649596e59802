/* Forms: the words of an index in orders in which those that are spelled alike stand together, for kb/widen.
 *
 *   alike    by first letter, then by the number of letters
 *   begun    by their letters
 *   ended    by their letters, the last one first; only where compounds are written as one word
 *
 * Words that no living article has any more stay in; whoever uses one looks at its postings.
 */
#pragma once

#include <glib.h>

typedef struct PnForms PnForms;
typedef struct PnKbIndex PnKbIndex;

PnForms *pn_forms_new (void);
void pn_forms_free (PnForms *forms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnForms, pn_forms_free)

/* Takes in the words that came to @index since the last time. @with_compounds: keeps the order for these, too. */
void pn_forms_follow (PnForms *forms, const PnKbIndex *index, gboolean with_compounds);

/* Returns: (borrowed) the terms of words of @length letters that begin with @letter, @n of them. */
const guint32 *pn_forms_alike (const PnForms *forms, const PnKbIndex *index, gunichar letter,
                               guint length, guint *n);

/* Puts at most @most words that begin with @start into @found. Returns: how many. */
guint pn_forms_begun (const PnForms *forms, const PnKbIndex *index, const char *start,
                      guint32 *found, guint most);

/* Puts at most @most words that begin or end with @folded and have at least @least bytes more into @found.
 * Returns: how many. */
guint pn_forms_compounds (const PnForms *forms, const PnKbIndex *index, const char *folded,
                          guint least, guint32 *found, guint most);
