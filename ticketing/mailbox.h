/* Mailboxes: the IMAP account that feeds a queue and the SMTP account that its answers leave by.
 *
 * The address is what customers write to and what answers come from. With has_plus, mail to local+t.TOKEN@domain
 * reaches the mailbox too, and reply and bounce addresses carry tokens. Passwords are sealed (core/secret) before they
 * come here. Trouble is one plain sentence, shown on the desk, by doctor and in the log. Owns the table mailbox.
 */
#pragma once

#include "ticketing/core/db.h"

typedef enum {
  PN_SECURITY_TLS,
  PN_SECURITY_STARTTLS,
  PN_SECURITY_PLAIN
} PnSecurity; /* plain: loopback only */
typedef enum { PN_SIDE_FETCH, PN_SIDE_SEND } PnMailboxSide;

typedef struct {
  char *host; /* "" : this side is not used */
  guint port;
  PnSecurity security;
  char *user;              /* "" : no authentication */
  GBytes *sealed_password; /* NULL: none */
} PnAccount;

typedef struct {
  gint64 id;
  char *name; /* [a-z0-9-]{1,64} */
  gint64 queue_id;
  char *address;
  PnAccount imap;
  PnAccount smtp;
  char *folder; /* "INBOX" */
  char *done_folder;
  char *ca_file;     /* "" : the system's certificate authorities */
  char *authserv_id; /* "" : senders are never verified */
  char *spam_header; /* "X-Spam-Flag: yes"; "" : no header decides */
  gboolean has_plus;
  gboolean is_enabled;
  gint64 uidvalidity;
  gint64 last_uid;
  char *fetch_trouble; /* NULL: none */
  PnTime fetch_trouble_at;
  PnTime fetch_seen_at; /* last successful look */
  char *send_trouble;
  PnTime send_trouble_at;
} PnMailbox;

PnMailbox *pn_mailbox_new (const char *name);
void pn_mailbox_free (PnMailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnMailbox, pn_mailbox_free)

/* Inserts or (id set) updates everything but cursor and trouble. INVALID names the field; CONFLICT: name taken. */
gboolean pn_mailbox_save (PnDb *db, PnMailbox *mailbox, GError **error);
PnMailbox *pn_mailbox_load (PnDb *db, gint64 id, GError **error); /* (owned) */
gboolean pn_mailbox_find (PnDb *db, const char *name, PnMailbox **mailbox,
                          GError **error); /* (owned) NULL: none */

/* The mailbox that owns @address (a tag after "+" does not matter). (owned) NULL: none of ours. */
gboolean pn_mailbox_find_address (PnDb *db, const char *address, PnMailbox **mailbox,
                                  GError **error);

/* The one that letters about tickets of a queue leave by: the queue's first enabled one with an SMTP side.
 * NULL when it has none. */
gboolean pn_mailbox_for_queue (PnDb *db, gint64 queue_id, PnMailbox **mailbox, GError **error);
/* (owned) of gint64: the queues that have such a mailbox. */
GArray *pn_mailbox_sending_queues (PnDb *db, GError **error);
GPtrArray *pn_mailbox_list (PnDb *db, GError **error); /* (owned) of PnMailbox, by name */

/* The cursor is a hint: losing it makes a scan slow, never wrong. */
gboolean pn_mailbox_set_cursor (PnDb *db, gint64 id, gint64 uidvalidity, gint64 last_uid,
                                GError **error);

/* @sentence NULL: all is well on that side since @now. Writes only on change or once a minute. */
gboolean pn_mailbox_set_trouble (PnDb *db, gint64 id, PnMailboxSide side, const char *sentence,
                                 GError **error);

const char *pn_security_name (PnSecurity security); /* "tls", "starttls", "plain" */
gboolean pn_security_read (const char *name, PnSecurity *security);
