/* World: a small gateway without its processes, for tests of the clerk: a database with a queue "support", its mailbox
 * support@demo.example (takes "+" addresses, can send, believes mx.demo.example), a second queue and mailbox "sales",
 * and two agents: mill (of support) and babbage (of sales). Mail is filed as the clerk does it, parsed in this process.
 */
#pragma once

#include "gateway/clerk/compose.h"
#include "gateway/serve/filing.h"
#include "ticketing/message.h"
#include "ticketing/outbox.h"
#include "ticketing/rule.h"
#include "ticketing/spool.h"
#include "ticketing/ticket.h"

#define PN_WORLD_PASS                                                                              \
  "Authentication-Results: mx.demo.example; dmarc=pass header.from=customer.example\n"
#define PN_WORLD_FAIL                                                                              \
  "Authentication-Results: mx.demo.example; dmarc=fail header.from=customer.example\n"

typedef struct {
  PnDb *db;
  PnSecret *key;
  PnTemplates *templates;
  PnFiling filing;
  gint64 support_id; /* queues */
  gint64 sales_id;
  gint64 support_mailbox_id;
  gint64 sales_mailbox_id;
  gint64 mill_id; /* agents */
  gint64 babbage_id;
} PnWorld;

/* Returns: (owned) NULL, and the test is skipped, where there is no mariadbd. */
PnWorld *pn_world_new (void);
void pn_world_free (PnWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnWorld, pn_world_free)

/* Spools @text (lines end with LF) for the mailbox support and files what waits. Returns: (owned) its row. */
PnDelivery *pn_world_file (PnWorld *world, const char *text);

/* As pn_world_file (), for any mailbox and channel. */
PnDelivery *pn_world_file_by (PnWorld *world, gint64 mailbox_id, PnChannel channel,
                              PnSpoolFormat format, const char *text);

/* Files what waits, whoever spooled it. */
void pn_world_run (PnWorld *world);

/* Returns: (owned) a mail from Ada <@from> to support@demo.example: @headers are lines that end with LF. */
char *pn_world_mail (const char *from, const char *message_id, const char *headers,
                     const char *subject, const char *body);

/* Opens a ticket of @from's by a mail that somebody vouches for. Returns: its id. */
gint64 pn_world_ticket (PnWorld *world, const char *from, const char *message_id);

/* Returns: the only number that @sql gives. */
gint64 pn_world_count (PnWorld *world, const char *sql);

/* Returns: (owned) a reason, or a stored text of one, in English; "" for none. */
char *pn_world_words (const json_t *reason);

/* Is one of the delivery's reasons like @part? */
gboolean pn_world_has_reason (const PnDelivery *delivery, const char *part);

/* Returns: (owned) an address of the mailbox support with a valid token behind "+" and @letter. */
char *pn_world_address (PnWorld *world, char letter, gint64 id);

/* Renders what the outbox orders. Returns: (owned) of PnLetterRow: all letters about @ticket_id, newest first. */
GPtrArray *pn_world_letters (PnWorld *world, gint64 ticket_id);

/* Returns: (owned) the bytes of a rendered letter as text. */
char *pn_world_letter_text (PnWorld *world, const PnLetterRow *row);

/* pn_world_mail () and pn_world_file () in one. */
PnDelivery *pn_world_file_mail (PnWorld *world, const char *from, const char *mid,
                                const char *headers, const char *subject, const char *body);

gboolean pn_world_takes_part (PnWorld *world, gint64 ticket_id, const char *address);
PnStatus pn_world_status (PnWorld *world, gint64 ticket_id);
void pn_world_set_status (PnWorld *world, gint64 ticket_id, PnStatus status);

/* How many events of @kind with @new_value (NULL: any) the ticket has. */
gint64 pn_world_events (PnWorld *world, gint64 ticket_id, PnEventKind kind, const char *new_value);

/* How many letters go to @address. */
gint64 pn_world_letters_to (PnWorld *world, const char *address);

/* Stores a rule, as mill. Returns: (owned) it. */
PnRule *pn_world_add_rule (PnWorld *world, const char *text);
