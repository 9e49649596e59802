/* Filing: the clerk's work on the spool. A round leases waiting deliveries, has them parsed, stores what they bring and
 * files them in one transaction, a savepoint each; so a single mail is filed at once and a backlog in batches.
 *
 *   lease, count the attempt ──► parse ──► store attachments ──► screen ──► file ──► (commit)
 *
 * While a transaction's mails are filed, the next one's are with the parser.
 * A mail whose parser dies twice is filed as unparsed. A mail that can't be filed alone spoils nothing: it is tried in a
 * transaction of its own, then given back for later, and the others go on.
 */
#pragma once

#include "ticketing/core/db.h"
#include "ticketing/core/mail.h"
#include "ticketing/core/secret.h"

/* Hands @raw to a parser that works beside us. Returns: what PnParseFunc takes; NULL: not started. */
typedef gpointer (*PnParseStartFunc) (gpointer data, GBytes *raw, const char *authserv_ids);

/* Parses @raw. @started: (taken) by PnParseStartFunc, or NULL. Returns: (owned) the record; NULL with error, and @has_died
 * TRUE when this mail killed its parser. */
typedef PnMail *(*PnParseFunc) (gpointer data, gpointer started, GBytes *raw,
                                const char *authserv_ids, gboolean *has_died, GError **error);

typedef struct {
  PnDb *db;
  const PnSecret *key;          /* of PN_KEY_TOKEN */
  const char *owner;            /* of leases: unlike that of any other process */
  PnParseStartFunc start_parse; /* NULL: mails are parsed one after the other */
  PnParseFunc parse;
  gpointer parse_data;
  void (*beat) (gpointer data); /* NULL: nobody wants to know that we are alive */
  gpointer beat_data;
  const char *agent_replies; /* the setting mail.agent_replies; NULL: "verified" */
} PnFiling;

/* @taken: how many deliveries were leased; 0: nothing waits. */
gboolean pn_filing_round (const PnFiling *filing, guint *taken, GError **error);
