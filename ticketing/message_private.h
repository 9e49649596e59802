/* Messages, inside: what message.c and message_ref.c share. */
#pragma once

#include "ticketing/message.h"

/* Kinds of keys of which a transaction may know that they are absent (core/db.h). */
extern const char pn_message_key_ingest[];
extern const char pn_message_key_mid[]; /* its hash */
