/* Removal's work: a portion at a time of what ticketing/removal has on record, with the knowledge base's share. */
#pragma once

#include "gateway/clerk/chores.h"

gboolean pn_removal_work (const PnChoreContext *context, guint *done, GError **error);
