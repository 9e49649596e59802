/* A mailbox's side as a server to connect to. */
#pragma once

#include "gateway/mail/server.h"
#include "ticketing/mailbox.h"
#include "ticketing/core/secret.h"

/* @server borrows from @mailbox and @password (which may be NULL where no user is set). */
void pn_mailbox_server (const PnMailbox *mailbox, PnMailboxSide side, const PnSecret *password,
                        PnServer *server);
