/* Rules at work: asked about new tickets while they are filed, about other events and by schedule in the background.
 *
 *   arrival   in the filing transaction, before the automatic answer is decided; costs no statement while no rule holds
 *             that needs to look something up
 *   events    each rule_event in a transaction of its own, which takes the event away
 *   schedule  portions of tickets by status and last change; each ticket a rule newly holds for in a transaction of its
 *             own, with the mark that keeps it from firing again
 */
#pragma once

#include "gateway/clerk/chores.h"
#include "gateway/clerk/intake_private.h"

/* Asks the rules about the ticket of @intake, which is new, or notes that they are to be asked about a reply. */
gboolean pn_rules_arrive (PnIntake *intake, GError **error);

/* Chores. @done: how much there was to do. */
gboolean pn_rules_work_events (const PnChoreContext *context, guint *done, GError **error);
gboolean pn_rules_work_schedules (const PnChoreContext *context, guint *done, GError **error);
gboolean pn_rules_work_dues (const PnChoreContext *context, guint *done, GError **error);
