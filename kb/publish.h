/* Publish: what becomes of articles by the clock. Each is done once, also when two clerks look at the same time. */
#pragma once

#include "kb/article.h"

/* Publishes at most @limit articles whose time has come, each in a transaction of its own. @done: how many. */
gboolean pn_kb_publish_round (PnDb *db, guint limit, guint *done, GError **error);

/* Called in the transaction that notes that @article's owner was told of its review date. */
typedef gboolean (*PnKbRemindFunc) (PnDb *db, const PnArticle *article, gpointer data,
                                    GError **error);

/* Calls @remind for at most @limit published articles whose review date has come and whose owner was not told yet. */
gboolean pn_kb_remind_round (PnDb *db, guint limit, PnKbRemindFunc remind, gpointer data,
                             guint *done, GError **error);
