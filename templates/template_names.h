/* Template names: which names of a text lead nowhere, for whoever writes letters: they would stay empty without a word.
 *
 * A text is read without being rendered, against a sample document that holds every name there is (null where a value may
 * be missing): also what stands in sections that would not run is looked at. Parts that the text includes are not.
 */
#pragma once

#include "templates/template.h"

#define PN_UNKNOWN_NAMES 20 /* told at most */

typedef struct {
  char *name; /* as it was written, "persn.name" */
  char *near; /* the known name that is most like it; NULL: none is */
} PnUnknownName;

void pn_unknown_name_free (PnUnknownName *unknown);

/* @name: the file that @text stands for, as in pn_templates_render_as (). @sample: a list's first item counts for all.
 * Returns: (owned) of PnUnknownName, each once, in the order of the text; NULL with PN_TEMPLATE_ERROR_SYNTAX. */
GPtrArray *pn_template_unknown_names (const char *name, const char *text, json_t *sample,
                                      GError **error);
