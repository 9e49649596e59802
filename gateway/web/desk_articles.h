/* Articles beside a ticket: what the knowledge base suggests, what is put into an answer, and what that teaches.
 *
 * The question is the ticket's subject and the newest message of a customer. An article is inserted by a link (the page
 * comes again with it in the composer; the script takes it from there); the answer names the articles it was made with,
 * and each is then known by the customer's words.
 */
#pragma once

#include "gateway/web/call.h"
#include "kb/search.h"

#define PN_DESK_ARTICLES 5

/* Returns: (owned) what was asked, newest of @messages (PnMessage) that came in; "" where none did. */
char *pn_desk_question (const PnTicket *ticket, const GPtrArray *messages);

/* Returns: (owned) at most PN_DESK_ARTICLES as documents (templates/web/README: SUGGESTION). */
json_t *pn_desk_suggest (PnCall *call, const PnTicket *ticket, const char *question,
                         GError **error);

/* Returns: (owned) the text of the article as an answer, links made whole; NULL with NOT_FOUND. */
char *pn_desk_article_text (PnCall *call, gint64 id, GError **error);

/* Notes, in the transaction of the answer @reply_id, with which articles (@articles: "7 12"; NULL or "": none) it was made.
 * INVALID when that is no list of numbers. @is_first: nobody had answered the ticket before. */
gboolean pn_desk_note_articles (PnDb *db, gint64 ticket_id, gint64 reply_id, const char *articles,
                                gboolean is_first, GError **error);
