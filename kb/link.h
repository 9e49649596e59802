/* Links: where the links of articles lead, without asking the network. Owns the table kb_link.
 *
 *   /kb/7  /kb/7-how-to-pay  article:refund   another article: is it there, and may whoever reads this one read it?
 *   image:0f3a….png                           a picture: is it there?
 *   https://…  mailto:…                       elsewhere: is the address well formed?
 *
 * Links to articles, and those that are broken by themselves, stand in kb_link, so that lists see it when a target goes.
 * A save marks its article as unchecked; the clerk checks it.
 */
#pragma once

#include "kb/article.h"

#define PN_LINKS_OF_ARTICLE 500

typedef enum {
  PN_LINK_GOOD,
  PN_LINK_MISSING,   /* no such article or picture */
  PN_LINK_HIDDEN,    /* the readers of this article may not see the target */
  PN_LINK_MALFORMED, /* no address that a browser could follow */
} PnLinkFault;

typedef struct {
  char *address;    /* as it is written */
  gint64 target_id; /* of an article; 0: none */
  PnLinkFault fault;
} PnLink;

/* Returns: the word for @fault, "missing". */
const char *pn_link_fault_name (PnLinkFault fault);

/* Returns: (owned) all links of the article's text as they are now, of PnLink, in order. */
GPtrArray *pn_link_check (PnDb *db, const PnArticle *article, GError **error);

/* Checks at most @limit unchecked articles, each in a transaction of its own. @done: how many. */
gboolean pn_link_check_round (PnDb *db, guint limit, guint *done, GError **error);
