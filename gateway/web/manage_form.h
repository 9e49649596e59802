/* Manage form: what the settings pages of the desk and their API share in reading fields.
 *
 * A page sends all its fields: a box that was not ticked is off, a text that is empty is empty. A call of the API sends
 * what is to change: what is not there stays. Lists are words with commas between.
 */
#pragma once

#include "gateway/web/call.h"

/* Was a page sent, or this field? */
gboolean pn_manage_has (const PnCall *call, const char *name);

/* Puts the field as one line into @text (freed before), when it was sent. */
void pn_manage_take_line (const PnCall *call, const char *name, gsize max_bytes, char **text);

/* Likewise with its line breaks. */
void pn_manage_take_text (const PnCall *call, const char *name, char **text);
void pn_manage_take_flag (const PnCall *call, const char *name, gboolean *flag);

/* Puts the words of the field into @list (emptied before). */
void pn_manage_take_words (const PnCall *call, const char *name, GPtrArray *list);

/* Puts the ids of the queues that the field names into @ids. INVALID for an unknown one. Needs pn_show_load (). */
gboolean pn_manage_take_queues (const PnCall *call, const char *name, GArray *ids, GError **error);

char *pn_manage_join (const GPtrArray *words); /* (owned) with commas between */

/* (owned) names of the queues, joined as above. Needs pn_show_load (). */
char *pn_manage_join_queues (const PnCall *call, const GArray *ids);

/* Answers @error of a change: as a page by @show with the problem, to a program as pn_call_fail (). Errors that are not
 * the user's fail in both. @show may be NULL. */
typedef void (*PnManageShow) (PnCall *call, int status, const char *problem, gpointer data);
void pn_manage_refuse (PnCall *call, const GError *error, PnManageShow show, gpointer data);

/* After a change: the page of @format and @id, or its document. */
void pn_manage_done (PnCall *call, const char *folder, gint64 id, PnManageShow show, gpointer data);

/* The text of a field that was typed, else @stored, for pages that show it again. */
const char *pn_manage_typed (const PnCall *call, const char *name, const char *stored);
