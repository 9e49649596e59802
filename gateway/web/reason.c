#include "gateway/web/reason.h"

#include "gateway/web/show.h"
#include "templates/sentence.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"

/* Returns: (owned) @why with the names of those whom it has by number. */
static json_t *
add_names (const PnCall *call, const json_t *why)
{
  const gint64 id = json_integer_value (json_object_get (why, "agent"));
  const PnAgent *agent = call->agents != NULL ? pn_show_agent (call, id) : NULL;
  json_t *named = json_copy ((json_t *) why);

  if (agent != NULL)
    pn_json_set (named, "agent_name", pn_json_text (agent->name));
  return named;
}

/* Returns: (owned) the sentence; null for null. */
static json_t *
show_sentence (const PnCall *call, const json_t *why)
{
  const PnRenderOptions options = { .mode = PN_RENDER_TEXT,
                                    .language = call->language,
                                    .now = pn_clock_now () };
  g_autoptr (json_t) named = NULL;
  g_autofree char *sentence = NULL;

  if (json_is_null (why))
    return json_null ();
  named = add_names (call, why);
  sentence = pn_sentence_write (call->web->config.templates, named, &options);
  return pn_json_text (sentence);
}

void
pn_reason_put (const PnCall *call, json_t *shown, const char *key, const char *stored)
{
  json_t *why = pn_reason_read (stored);

  pn_json_set (shown, key, show_sentence (call, why));
  pn_json_set (shown, "why", why);
}

void
pn_reason_put_all (const PnCall *call, json_t *shown, const json_t *reasons)
{
  json_t *sentences = json_array ();
  json_t *documents = json_array ();
  const json_t *reason;
  gsize i;

  json_array_foreach (reasons, i, reason)
  {
    json_t *why = pn_reason_read_item (reason);

    json_array_append_new (sentences, show_sentence (call, why));
    json_array_append_new (documents, why);
  }
  pn_json_set (shown, "reasons", sentences);
  pn_json_set (shown, "why", documents);
}

json_t *
pn_reason_show_effects (const PnCall *call, const json_t *effects)
{
  json_t *list = json_array ();
  const json_t *effect;
  gsize i;

  json_array_foreach (effects, i, effect)
  {
    json_t *shown = json_copy ((json_t *) effect);
    json_t *why = pn_reason_read_item (json_object_get (effect, "why"));

    pn_json_set (shown, "reason", show_sentence (call, why));
    pn_json_set (shown, "why", why);
    json_array_append_new (list, shown);
  }
  return list;
}
