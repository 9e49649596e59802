#include "ticketing/ladder_effect.h"

#include <string.h>

#include "ticketing/core/ids.h"

void
pn_ladder_effect_clear (PnLadderEffect *effect)
{
  g_clear_pointer (&effect->told, g_array_unref);
}

gboolean
pn_ladder_step_asks_room (const PnLadderStep *step, gint64 owner_id)
{
  return step->assign != PN_ASSIGN_NOBODY || (step->tells & (PN_TELL_LEADS | PN_TELL_ON_CALL)) != 0
         || ((step->tells & PN_TELL_OWNER) != 0 && owner_id == 0);
}

gboolean
pn_ladder_step_moves (const PnLadderStep *step)
{
  return step->priority != PN_LADDER_PRIORITY_KEEP || *step->queue != '\0' || *step->tag != '\0';
}

static void
move (const PnLadderScene *scene, PnLadderEffect *effect)
{
  if (*scene->step->queue == '\0')
    return;
  if (scene->to_queue_id == 0)
    effect->lacks |= PN_LACK_QUEUE;
  else if (scene->to_queue_id != scene->queue_id)
    effect->queue_id = scene->to_queue_id;
}

/* Whom the step gives the ticket to; 0: nobody can be found. */
static gint64
choose (const PnLadderScene *scene)
{
  g_autoptr (GArray) leads = NULL;

  switch (scene->step->assign) {
  case PN_ASSIGN_NOBODY: return 0;
  case PN_ASSIGN_ON_CALL: return pn_team_room_on_call (scene->room, scene->now);
  case PN_ASSIGN_LEAST_LOADED: return scene->least_loaded_id;
  case PN_ASSIGN_LEAD:
    leads = pn_team_room_leads (scene->room);
    return leads->len > 0 ? g_array_index (leads, gint64, 0) : 0;
  }
  g_return_val_if_reached (0);
}

static void
assign (const PnLadderScene *scene, PnLadderEffect *effect)
{
  const gint64 agent_id = choose (scene);

  if (scene->step->assign == PN_ASSIGN_NOBODY)
    return;
  if (agent_id == 0)
    effect->lacks |= PN_LACK_ASSIGNEE;
  else if (agent_id != scene->owner_id)
    effect->assignee_id = agent_id;
}

static void
set_priority (const PnLadderScene *scene, PnLadderEffect *effect)
{
  int priority = scene->step->priority;

  if (priority == PN_LADDER_PRIORITY_KEEP)
    return;
  if (priority == PN_LADDER_PRIORITY_RAISE)
    priority = MIN ((int) scene->priority + 1, PN_PRIORITY_URGENT);
  if (priority != (int) scene->priority)
    effect->priority = priority;
}

static gboolean
has_tag (const GPtrArray *tags, const char *tag)
{
  for (guint i = 0; i < tags->len; i++) {
    if (strcmp (tags->pdata[i], tag) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
tell (PnLadderEffect *effect, gint64 id)
{
  if (id != 0 && !pn_ids_have (effect->told, id))
    g_array_append_val (effect->told, id);
}

static void
tell_leads (const PnLadderScene *scene, PnLadderEffect *effect)
{
  g_autoptr (GArray) leads = pn_team_room_leads (scene->room);

  for (guint i = 0; i < leads->len; i++)
    tell (effect, g_array_index (leads, gint64, i));
  if (leads->len == 0)
    effect->lacks |= PN_LACK_LEADS;
}

static void
tell_duty (const PnLadderScene *scene, PnLadderEffect *effect)
{
  const gint64 owner_id = effect->assignee_id > 0 ? effect->assignee_id : scene->owner_id;
  const guint tells = scene->step->tells;
  gint64 on_call;

  if ((tells & PN_TELL_OWNER) != 0)
    tell (effect, owner_id);
  if ((tells & PN_TELL_ON_CALL) == 0 && ((tells & PN_TELL_OWNER) == 0 || owner_id != 0))
    return;
  on_call = pn_team_room_on_call (scene->room, scene->now);
  tell (effect, on_call);
  if (on_call != 0)
    return;
  effect->lacks |= PN_LACK_ON_CALL;
  if ((tells & PN_TELL_LEADS) == 0)
    tell_leads (scene, effect);
}

PnLadderEffect
pn_ladder_effect (const PnLadderScene *scene)
{
  const PnLadderStep *step = scene->step;
  PnLadderEffect effect = {
    .queue_id = -1,
    .assignee_id = -1,
    .priority = -1,
    .is_tagged = *step->tag != '\0' && !has_tag (scene->tags, step->tag),
    .told = g_array_new (FALSE, FALSE, sizeof (gint64)),
  };

  move (scene, &effect);
  assign (scene, &effect);
  set_priority (scene, &effect);
  tell_duty (scene, &effect);
  if ((step->tells & PN_TELL_LEADS) != 0)
    tell_leads (scene, &effect);
  for (guint i = 0; i < scene->named->len; i++)
    tell (&effect, g_array_index (scene->named, gint64, i));
  return effect;
}
