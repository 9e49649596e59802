/* Compose, for compose*.c alone: one letter and what it is about. */
#pragma once

#include "gateway/clerk/compose.h"
#include "kb/article.h"
#include "ticketing/agent.h"
#include "ticketing/mailbox.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/person.h"
#include "ticketing/queue.h"
#include "ticketing/ticket.h"
#include "ticketing/wording.h"

/* What the letters of a round share, each loaded once. */
typedef struct {
  GHashTable *mailboxes; /* id -> PnMailbox */
  GHashTable *queues;    /* id -> PnQueue */
  GHashTable *wordings;  /* "letter language" -> PnWording */
} PnComposeShelf;

void pn_compose_shelf_init (PnComposeShelf *shelf);
void pn_compose_shelf_clear (PnComposeShelf *shelf);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnComposeShelf, pn_compose_shelf_clear)

typedef struct {
  const PnCompose *compose;
  const PnComposeShelf *shelf;
  const PnLetterRow *row;
  const PnMailbox *mailbox; /* of the shelf */
  const PnQueue *queue;     /* of the shelf */
  PnTicket *ticket;         /* NULL: about no ticket */
  PnMessage
      *message; /* that is sent, or that the letter answers or tells of; perhaps @parent; NULL */
  PnMessage *parent;  /* the newest that came in: an answer refers to it; NULL */
  PnPerson *person;   /* of the ticket; NULL */
  PnAgent *agent;     /* who wrote the answer, or reads the notice; NULL */
  PnArticle *article; /* that is the answer; NULL */
  const char
      *letter; /* of templates/mail: the row's, or "ack" where its article is gone meanwhile */
} PnComposition;

void pn_composition_clear (PnComposition *composition);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnComposition, pn_composition_clear)

/* Returns: (borrowed) from the shelf (compose_shelf.c); NULL with @error set. Of the wordings the newest for the letter. */
const PnMailbox *pn_composition_find_mailbox (const PnComposition *composition, gint64 id,
                                              GError **error);
const PnQueue *pn_composition_find_queue (const PnComposition *composition, gint64 id,
                                          GError **error);
const PnWording *pn_composition_find_wording (const PnComposition *composition,
                                              const char *language, GError **error);

/* Loads all that @composition's row is about. */
gboolean pn_composition_load (PnComposition *composition, GError **error);

/* Returns: (owned) the document for the letter's template (templates/mail/README). */
json_t *pn_composition_write (const PnComposition *composition);

/* Returns: the language for the reader: their own choice, that of the ticket, that of the queue. */
const char *pn_composition_language (const PnComposition *composition);

/* Finds the article that is the answer, and the letter (compose_answer.c). */
gboolean pn_composition_load_article (PnComposition *composition, GError **error);

/* Adds suggestions, article and the links that say what came of them. */
void pn_composition_add_answer (const PnComposition *composition, json_t *document);
