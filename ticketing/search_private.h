/* Search, inside: what search_term.c (terms), search_index.c (the inverted index), search_query.c (the grammar),
 * search_list.c (ordered lists of candidates) and search.c (pages) share.
 *
 * A page is made in three steps, each of bounded size: candidates in their order, from lists that an index gives in
 * that order; the few columns that decide (access, filters), read for a batch of candidates; the rows that are shown.
 */
#pragma once

#include "ticketing/search.h"

#define PN_SEARCH_TERM_BYTES 48
#define PN_SEARCH_MESSAGE_TERMS 2000

/* Marks terms of senders, for from: (a text can't contain it). */
#define PN_SEARCH_SENDER '\x01'

typedef enum {
  PN_TERM_WHOLE,
  PN_TERM_LAST,      /* ends the text: a longer word could begin like this */
  PN_TERM_BEGINNING, /* one character of a script of pairs: it is found as a beginning only */
} PnTermKind;

/* Called with each term in order, also repeated ones. Stops when it returns FALSE. */
typedef gboolean (*PnSearchTermFunc) (const char *term, PnTermKind kind, gpointer data);

/* @is_query: gives the terms to look for, else those to be found by. */
void pn_search_each_term (const char *text, gboolean is_query, PnSearchTermFunc func,
                          gpointer data);

/* Appends the terms by which from: finds a sender. */
void pn_search_add_sender_terms (GPtrArray *terms, const char *name, const char *address);

/* Returns: (owned) @word as a sender's term. */
char *pn_search_sender_term (const char *word);

/* What a word of a query asks for. */
typedef struct {
  char *term;
  gboolean is_prefix; /* also words that begin so */
} PnSearchWord;

/* What due: asks for: the next promise of a ticket. */
typedef enum { PN_SEARCH_DUE_WITHIN, PN_SEARCH_DUE_PAUSED, PN_SEARCH_DUE_NONE } PnSearchDueKind;

typedef struct {
  PnSearchDueKind kind;
  PnTime from; /* WITHIN: from now on, inclusive; may be in the past */
  PnTime until;
} PnSearchDue;

#define PN_SEARCH_DUE_SOON PN_DAY
#define PN_SEARCH_DUE_EVER (G_MAXINT64 / 4)

/* FALSE with INVALID that says which values there are. */
gboolean pn_search_due_read (const char *text, PnSearchDue *due, GError **error);

/* Is a ticket with its next promise at @due_at (0: none, or all @is_paused) one of @dues (of PnSearchDue)? */
gboolean pn_search_due_has (const GArray *dues, PnTime now, PnTime due_at, gboolean is_paused);

/* A query as typed. Names are not looked up yet. */
typedef struct {
  GPtrArray *words;         /* of PnSearchWord: all must occur */
  GPtrArray *tags;          /* of GPtrArray of char *: one of each */
  GPtrArray *queues;        /* of char *; NULL: any */
  GPtrArray *assignees;     /* of char *: "me", "none", log-ins; NULL: any */
  GPtrArray *organisations; /* of char *: "none", names, domains; NULL: any */
  GPtrArray *teams;         /* of char *; NULL: any */
  GArray *due;              /* of PnSearchDue: one of them; NULL: any */
  guint statuses;           /* a bit for each PnStatus */
  guint priorities;
  PnTime before; /* 0: none */
  PnTime after;
  gboolean is_looping; /* only such */
  gint64 number;       /* the query is a ticket's number; 0: no */
  gboolean is_nothing; /* it has text, but none that could be found */
} PnSearchQuery;

/* Returns: (owned) NULL with INVALID that says what is wrong and which values there are. */
PnSearchQuery *pn_search_query_read (const char *text, GError **error);
void pn_search_query_free (PnSearchQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSearchQuery, pn_search_query_free)
