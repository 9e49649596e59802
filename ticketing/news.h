/* News: which tickets have rows of a table that are newer than a watcher has seen, for events and messages alike. */
#pragma once

#include "ticketing/core/db.h"

typedef struct {
  const char *newest_sql; /* gives the newest id */
  const char
      *find_sql; /* takes an id and a limit, gives (id, ticket_id) of newer rows in their order */
} PnNews;

/* As pn_event_find_new (). */
gboolean pn_news_find (PnDb *db, const PnNews *news, gint64 *after, GHashTable *tickets,
                       guint limit, GError **error);
