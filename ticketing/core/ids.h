/* Ids: short lists of row ids, GArray of gint64. Pure. */
#pragma once

#include <glib.h>

/* @ids may be NULL: none. */
gboolean pn_ids_have (const GArray *ids, gint64 id);

/* As pn_ids_have () for a list that limits: NULL limits nothing. */
gboolean pn_ids_allow (const GArray *ids, gint64 id);
