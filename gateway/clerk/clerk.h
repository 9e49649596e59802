/* Clerk: what all the clerk's modules work with. */
#pragma once

#include "gateway/clerk/book.h"
#include "ticketing/core/secret.h"
#include "ticketing/notice.h"

typedef struct {
  PnDb *db;
  const PnSecret *key;       /* of PN_KEY_TOKEN */
  const PnBook *book;        /* of this batch */
  PnNotices *notices;        /* of this batch */
  const char *agent_replies; /* the setting mail.agent_replies; NULL: "verified" */
} PnClerk;
