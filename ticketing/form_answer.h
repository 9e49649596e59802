/* Form answer: what somebody typed into a form, held against its plan. Pure; any thread may call.
 *
 * A field is posted as its name where every ticket knows it ("address"), else as "f.reason"; of several choices each that
 * is chosen is posted as "f.parts.2" (its number, from 1). What a condition hides is neither read nor asked for.
 *
 *   answers  [{"name": "reason", "label": "Why?", "type": "choice", "value": "Broken"}, …]
 *            without the five standard fields; a value is a text, of several choices a list of texts, of a number a
 *            number, of a consent true, of a date "2026-11-22"
 *   problems [{"field": "f.seen", "label": "Since when?", "problem": "date"}, …], with "limit" where there is one:
 *            needed choice date number small large address consent long (and of files, by the page: files many type size)
 */
#pragma once

#include "ticketing/form_plan.h"

/* Returns: the value that was posted under @name, or NULL. */
typedef const char *(*PnFormPosted) (const char *name, gconstpointer data);

typedef struct {
  GHashTable *
      lines; /* char * -> char *: what was posted for each field that is shown, cleaned; choices with LF between */
  json_t *answers;
  json_t *problems;
} PnFormReading;

PnFormReading *pn_form_reading_new (const PnFormPlan *plan, PnFormPosted posted,
                                    gconstpointer data); /* (owned) */
void pn_form_reading_free (PnFormReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnFormReading, pn_form_reading_free)

/* Returns: what was typed into a field that is shown; "" when nothing was, or it is hidden. */
const char *pn_form_reading_text (const PnFormReading *reading, const char *name);
gboolean pn_form_reading_shows (const PnFormReading *reading, const char *name);
void pn_form_reading_complain (PnFormReading *reading, const char *post_name, const char *label,
                               const char *problem, const char *limit);

char *pn_form_post_name (const char *name); /* (owned) "f.reason", "address" */

/* Returns: (owned) a value for people: "Cog, Oil", "2.5", "✓". */
char *pn_form_value_text (const json_t *value);

/* Returns: (owned) "Why?: Broken" lines for people, "" without answers. */
char *pn_form_answers_text (const json_t *answers);
