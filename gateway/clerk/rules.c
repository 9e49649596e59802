#include "gateway/clerk/rules.h"

#include "gateway/clerk/rule_letter.h"
#include "gateway/clerk/rule_stem.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/log.h"
#include "ticketing/core/reason.h"
#include "ticketing/rule_due.h"
#include "ticketing/rule_match.h"
#include "ticketing/rule_run.h"
#include "ticketing/rule_store.h"
#include "ticketing/rule_time.h"

#define DUES_OF 1000   /* deadlines that passed lately, looked at in a round */
#define EVENTS_OF 50   /* worked off in a round */
#define TURNS_OF 5     /* schedules in a round */
#define PORTION_OF 200 /* tickets looked at in a round, of a schedule */

/* What the rules are asked with. */
typedef struct {
  PnDb *db;
  PnBook *book;
  PnRuleBook *rules; /* of the book */
  PnNotices *notices;
  PnRuleLetters letters;
  PnRulePorts ports;
} House;

static void
house_clear (House *house)
{
  g_clear_pointer (&house->book, pn_book_free);
  g_clear_pointer (&house->notices, pn_notices_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (House, house_clear)

static gboolean
house_open (House *house, PnDb *db, GError **error)
{
  house->db = db;
  house->notices = pn_notices_new ();
  house->book = pn_book_load (db, error);
  if (house->book == NULL)
    return FALSE;
  house->rules = pn_book_rules (house->book);
  if (!pn_rule_book_load_names (house->rules, db, error))
    return FALSE;
  house->letters = (PnRuleLetters){ db, house->book };
  house->ports = (PnRulePorts){ .letter = pn_rule_letter, .data = &house->letters };
  return TRUE;
}

/* The mail as facts; what it says is taken apart only where a rule asks for it. */
static void
set_mail (PnFacts *facts, const PnIntake *intake, guint64 fields)
{
  const PnMail *mail = intake->mail;
  const GPtrArray *lists[] = { mail->to, mail->cc };

  pn_facts_set (facts, PN_FIELD_CHANNEL, pn_channel_name (intake->delivery->channel));
  pn_facts_set (facts, PN_FIELD_KIND, pn_mail_kind_name (mail->kind));
  pn_facts_set (facts, PN_FIELD_VERDICT, pn_verdict_name (mail->sender_verdict));
  pn_rule_ticket_set_sender (facts, mail->from->address);
  pn_facts_clear (facts, PN_FIELD_RECIPIENT);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    for (guint j = 0; j < lists[i]->len; j++)
      pn_facts_add (facts, PN_FIELD_RECIPIENT, ((const PnAddress *) lists[i]->pdata[j])->address);
  }
  if ((fields & (PN_FIELD_BIT (PN_FIELD_BODY) | PN_FIELD_BIT (PN_FIELD_SENTIMENT))) != 0)
    pn_rule_ticket_set_body (facts, mail->reply != NULL && *mail->reply != '\0' ? mail->reply
                                                                                : mail->text);
  pn_facts_set_number (facts, PN_FIELD_ATTACHMENTS, mail->attachments->len);
  pn_facts_clear (facts, PN_FIELD_ATTACHMENT_TYPE);
  for (guint i = 0; i < mail->attachments->len; i++)
    pn_facts_add (facts, PN_FIELD_ATTACHMENT_TYPE,
                  ((const PnAttachment *) mail->attachments->pdata[i])->type);
  pn_rule_ticket_set_form (facts, pn_json_get_text (mail->form, "form"),
                           json_object_get (mail->form, "answers"));
}

static gboolean
ask_about_new (PnIntake *intake, PnRuleBook *rules, GError **error)
{
  const PnClerk *clerk = intake->clerk;
  g_autoptr (PnFacts) facts = pn_rule_book_facts (rules);
  PnRuleLetters letters = { clerk->db, clerk->book };
  const PnRulePorts ports = { .letter = pn_rule_letter, .data = &letters };
  PnRuleRun run = {
    .db = clerk->db,
    .book = rules,
    .ports = &ports,
    .notices = clerk->notices,
    .ticket = intake->ticket,
    .facts = facts,
    .occasion = { .on = PN_RULE_ON_ARRIVAL,
                  .source = PN_RULE_SOURCE_ARRIVAL,
                  .source_id = intake->message_id,
                  .message_id = intake->message_id,
                  .by = PN_ACTOR_PERSON },
  };

  if (!pn_rule_book_load_names (rules, clerk->db, error))
    return FALSE;
  pn_rule_ticket_set (facts, rules, intake->ticket, pn_clock_now ());
  pn_facts_set_number (facts, PN_FIELD_MESSAGES, 1);
  pn_facts_clear (facts, PN_FIELD_TAG);
  set_mail (facts, intake, pn_rule_book_fields (rules));
  if (!pn_rule_run (&run, error))
    return FALSE;
  if (run.wants_no_answer && intake->refusal == NULL)
    intake->refusal = g_strdup (pn_reason (PN_WHY_SILENT_RULE));
  return TRUE;
}

gboolean
pn_rules_arrive (PnIntake *intake, GError **error)
{
  PnRuleBook *rules = pn_book_rules (intake->clerk->book);
  const PnRuleNews news = {
    PN_RULE_ON_REPLY, { PN_ACTOR_PERSON, intake->person_id }, intake->message_id, NULL, NULL
  };
  if (intake->is_new)
    return !pn_rule_book_listens (rules, PN_RULE_ON_ARRIVAL)
           || ask_about_new (intake, rules, error);
  if (pn_intake_is_quiet (intake) || !pn_rule_book_listens (rules, PN_RULE_ON_REPLY))
    return TRUE;
  return pn_rule_event_add (intake->clerk->db, intake->ticket->id, &news, error);
}

typedef struct {
  House *house;
  const PnRuleEvent *event;
} EventWork;

static gboolean
work_event (PnDb *db, gpointer data, GError **error)
{
  const EventWork *work = data;
  House *house = work->house;
  const PnRuleEvent *event = work->event;
  g_autoptr (PnFacts) facts = pn_rule_book_facts (house->rules);
  g_autoptr (PnTicket) ticket = NULL;
  PnRuleRun run = {
    .db = db,
    .book = house->rules,
    .ports = &house->ports,
    .notices = house->notices,
    .facts = facts,
    .occasion = { event->on, PN_RULE_SOURCE_EVENT, event->id, event->generation, event->message_id,
                  event->by, event->old_value, event->new_value },
  };
  gboolean is_taken;

  if (!pn_rule_event_take (db, event->id, &is_taken, error))
    return FALSE;
  if (!is_taken)
    return TRUE;
  PN_CRASH_POINT ("rule-event-taken");
  ticket = pn_ticket_load (db, event->ticket_id, error);
  if (ticket == NULL)
    return FALSE;
  if (ticket->merged_into != 0)
    return TRUE;
  run.ticket = ticket;
  pn_rule_ticket_set (facts, house->rules, ticket, pn_clock_now ());
  return pn_rule_run (&run, error);
}

/* An event that can't be worked off does not stand in the way of the others. */
static gboolean
postpone (PnDb *db, const PnRuleEvent *event, const GError *problem, GError **error)
{
  gboolean is_over = FALSE;

  pn_log_error (PN_LOG_WARNING, "rule-event-failed", problem,
                "event=%" G_GINT64_FORMAT " ticket=%" G_GINT64_FORMAT " attempt=%d", event->id,
                event->ticket_id, event->attempts + 1);
  if (!pn_rule_event_postpone (db, event, &is_over, error))
    return FALSE;
  if (is_over)
    pn_log_error (PN_LOG_ERROR, "rule-event-given-up", problem, "event=%" G_GINT64_FORMAT,
                  event->id);
  return TRUE;
}

gboolean
pn_rules_work_events (const PnChoreContext *context, guint *done, GError **error)
{
  g_autoptr (GPtrArray) events = pn_rule_event_due (context->db, EVENTS_OF, error);
  g_auto (House) house = { 0 };

  if (events == NULL)
    return FALSE;
  if (events->len == 0)
    return TRUE;
  if (!house_open (&house, context->db, error))
    return FALSE;
  for (guint i = 0; i < events->len; i++) {
    EventWork work = { &house, events->pdata[i] };
    g_autoptr (GError) problem = NULL;

    if (!pn_db_run (context->db, work_event, &work, &problem)) {
      if (pn_error_is (problem, PN_ERROR_TEMPORARY)) {
        g_propagate_error (error, g_steal_pointer (&problem));
        return FALSE;
      }
      if (!postpone (context->db, events->pdata[i], problem, error))
        return FALSE;
    }
  }
  *done = events->len;
  return TRUE;
}

typedef struct {
  House *house;
  const PnRule *rule;
  const PnRuleTurn *turn;
  gint64 ticket_id;
} TicketWork;

/* Looked at again inside the transaction: it may have changed since. */
static gboolean
work_ticket (PnDb *db, gpointer data, GError **error)
{
  const TicketWork *work = data;
  House *house = work->house;
  g_autoptr (PnFacts) facts = pn_rule_book_facts (house->rules);
  g_autoptr (PnTicket) ticket = pn_ticket_load (db, work->ticket_id, error);
  PnRuleRun run = {
    .db = db,
    .book = house->rules,
    .ports = &house->ports,
    .notices = house->notices,
    .ticket = ticket,
    .facts = facts,
    .occasion = { .on = PN_RULE_ON_SCHEDULE,
                  .source = PN_RULE_SOURCE_SCHEDULE,
                  .source_id = work->turn->run,
                  .by = PN_ACTOR_SYSTEM },
  };
  gboolean is_match = FALSE;
  gboolean is_new = FALSE;

  if (ticket == NULL)
    return FALSE;
  if (ticket->merged_into != 0)
    return TRUE;
  pn_rule_ticket_set (facts, house->rules, ticket, pn_clock_now ());
  pn_rule_run_set_occasion (facts, &run.occasion);
  if (!pn_rule_run_matches (&run, work->rule, &is_match, error))
    return FALSE;
  if (!is_match)
    return TRUE;
  if (!pn_rule_time_mark (db, work->turn, ticket->id, &is_new, error))
    return FALSE;
  PN_CRASH_POINT ("rule-schedule-marked");
  return !is_new || pn_rule_run_fire (&run, work->rule, error);
}

/* May the rule hold for it, as far as its row tells? */
static gboolean
is_candidate (const House *house, const PnRule *rule, const PnTicket *ticket)
{
  g_autoptr (PnFacts) facts = pn_rule_book_facts (house->rules);
  const PnRuleOccasion occasion = { .on = PN_RULE_ON_SCHEDULE, .by = PN_ACTOR_SYSTEM };

  if (ticket->merged_into != 0)
    return FALSE;
  pn_rule_ticket_set (facts, house->rules, ticket, pn_clock_now ());
  pn_rule_run_set_occasion (facts, &occasion);
  return pn_rule_match (rule->condition, facts) != PN_MATCH_FALSE;
}

static gboolean
work_portion (House *house, const PnRule *rule, PnRuleTurn *turn, GPtrArray *tickets,
              GError **error)
{
  for (guint i = 0; i < tickets->len; i++) {
    const PnTicket *ticket = tickets->pdata[i];
    TicketWork work = { house, rule, turn, ticket->id };
    g_autoptr (GError) problem = NULL;

    turn->after_time = ticket->updated_at;
    turn->after_id = ticket->id;
    if (!is_candidate (house, rule, ticket) || pn_db_run (house->db, work_ticket, &work, &problem))
      continue;
    if (pn_error_is (problem, PN_ERROR_TEMPORARY)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    pn_log_error (PN_LOG_WARNING, "rule-failed", problem,
                  "rule=%" G_GINT64_FORMAT " ticket=%" G_GINT64_FORMAT, rule->id, ticket->id);
  }
  return TRUE;
}

/* Closed tickets are looked through only by rules that ask for the status; which ones, the condition tells. */
static gboolean
may_hold_in (const House *house, const PnRule *rule, PnStatus status)
{
  g_autoptr (PnFacts) facts = pn_rule_book_facts (house->rules);

  if (status >= PN_STATUS_SOLVED
      && (pn_rule_fields (rule->condition) & PN_FIELD_BIT (PN_FIELD_STATUS)) == 0)
    return FALSE;
  pn_facts_set (facts, PN_FIELD_STATUS, pn_status_name (status));
  return pn_rule_match (rule->condition, facts) != PN_MATCH_FALSE;
}

typedef struct {
  PnRuleTurn *turn;
  const PnRule *rule;
  gboolean (*step) (PnDb *db, PnRuleTurn *turn, const PnRule *rule, GError **error);
} Step;

static gboolean
take_step (PnDb *db, gpointer data, GError **error)
{
  const Step *step = data;
  PnRuleTurn turn = *step->turn;

  if (!step->step (db, &turn, step->rule, error))
    return FALSE;
  *step->turn = turn;
  return TRUE;
}

static gboolean
start (PnDb *db, PnRuleTurn *turn, const PnRule *rule, GError **error)
{
  return pn_rule_time_start (db, turn, error);
}

static gboolean
advance (PnDb *db, PnRuleTurn *turn, const PnRule *rule, GError **error)
{
  return pn_rule_time_advance (db, turn, error);
}

static gboolean
finish (PnDb *db, PnRuleTurn *turn, const PnRule *rule, GError **error)
{
  return pn_rule_time_finish (db, turn, rule, error);
}

/* One portion of a run. */
static gboolean
work_turn (House *house, PnRuleTurn *turn, const PnRule *rule, GError **error)
{
  Step step = { turn, rule, start };
  g_autoptr (GPtrArray) tickets = NULL;

  if (turn->started_at == 0 && !pn_db_run (house->db, take_step, &step, error))
    return FALSE;
  while (turn->status < PN_STATUS_COUNT && !may_hold_in (house, rule, (PnStatus) turn->status)) {
    turn->status++;
    turn->after_time = turn->after_id = 0;
  }
  if (turn->status == PN_STATUS_COUNT) {
    step.step = finish;
    return pn_db_run (house->db, take_step, &step, error);
  }
  tickets = pn_ticket_sweep (house->db, (PnStatus) turn->status, turn->started_at, turn->after_time,
                             turn->after_id, PORTION_OF, error);
  if (tickets == NULL || !work_portion (house, rule, turn, tickets, error))
    return FALSE;
  if (tickets->len < PORTION_OF) {
    turn->status++;
    turn->after_time = turn->after_id = 0;
  }
  PN_CRASH_POINT ("rule-portion-done");
  step.step = advance;
  return pn_db_run (house->db, take_step, &step, error);
}

gboolean
pn_rules_work_schedules (const PnChoreContext *context, guint *done, GError **error)
{
  g_autoptr (GArray) turns = pn_rule_time_due (context->db, TURNS_OF, error);
  g_auto (House) house = { 0 };

  if (turns == NULL)
    return FALSE;
  if (turns->len == 0)
    return TRUE;
  if (!house_open (&house, context->db, error))
    return FALSE;
  for (guint i = 0; i < turns->len; i++) {
    PnRuleTurn *turn = &g_array_index (turns, PnRuleTurn, i);
    const PnRule *rule = pn_rule_book_find (house.rules, turn->rule_id);
    g_autoptr (GError) problem = NULL;

    if (rule == NULL || work_turn (&house, turn, rule, &problem)
        || pn_error_is (problem, PN_ERROR_CONFLICT))
      continue;
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  *done = turns->len;
  return TRUE;
}

gboolean
pn_rules_work_dues (const PnChoreContext *context, guint *done, GError **error)
{
  g_autoptr (PnRuleBook) rules = pn_rule_book_load (context->db, NULL, NULL, error);

  if (rules == NULL)
    return FALSE;
  return !pn_rule_book_listens (rules, PN_RULE_ON_SLA)
         || pn_rule_due_work (context->db, DUES_OF, done, error);
}
