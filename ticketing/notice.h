/* Notices: letters that tell staff what happened on tickets they may see (outbox class "notice").
 *
 *   new in my queue    every agent of the queue who wants it     notice-new
 *   customer replied   the assignee; with none, as above         notice-replied
 *   given to me        the new assignee                          notice-assigned
 *   a rule says so     whom it names, whatever they wish         notice-rule
 *   answer not sent    who sent it by mail, whatever they wish   notice-unsent
 *
 * Nobody is told of what they did themselves. An agent gets one notice of a kind about a ticket in ten minutes and at
 * most PN_NOTICE_LIMIT letters an hour: a flood of mail must not become a flood of notices.
 */
#pragma once

#include "ticketing/ticket.h"

#define PN_NOTICE_LIMIT 30

/* Agents and mailboxes of queues, remembered for a batch. One thread. */
typedef struct PnNotices PnNotices;

PnNotices *pn_notices_new (void); /* (owned) */
void pn_notices_free (PnNotices *notices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnNotices, pn_notices_free)

/* Each orders letters in the caller's transaction; @notices may be NULL for a single call. @message_id: what happened. */
gboolean pn_notice_new (PnDb *db, PnNotices *notices, const PnTicket *ticket, gint64 message_id,
                        GError **error);
gboolean pn_notice_reply (PnDb *db, PnNotices *notices, const PnTicket *ticket, gint64 message_id,
                          GError **error);

/* @readers: agents (of gint64; those who may see the ticket are told); NULL: everybody of the queue. @rule, @reason: which
 * rule and why, for the letter; @firing_id: once for each. */
typedef struct {
  const PnTicket *ticket;
  const GArray *readers;
  const char *rule;
  const char *reason;
  gint64 firing_id;
} PnNoticeOfRule;
gboolean pn_notice_rule (PnDb *db, PnNotices *notices, const PnNoticeOfRule *notice,
                         GError **error);
/* @message_id: the note that the agent's mail became. */
typedef struct {
  const PnTicket *ticket;
  gint64 agent_id;
  const char *reason;
  gint64 message_id;
} PnNoticeUnsent;
gboolean pn_notice_unsent (PnDb *db, PnNotices *notices, const PnNoticeUnsent *notice,
                           GError **error);
gboolean pn_notice_assigned (PnDb *db, PnNotices *notices, const PnTicket *ticket, PnActor actor,
                             GError **error);
