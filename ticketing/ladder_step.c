#include "ticketing/ladder.h"

#include <stdio.h>
#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"

#define PERCENT_MAX 1000
#define MINUTES_MAX (31 * 24 * 60)
#define LISTED_MAX 20
#define NAME_BYTES 64
#define LOGIN_BYTES 100

static const char *const assign_names[] = {
  [PN_ASSIGN_NOBODY] = "",
  [PN_ASSIGN_ON_CALL] = "on_call",
  [PN_ASSIGN_LEAD] = "lead",
  [PN_ASSIGN_LEAST_LOADED] = "least_loaded",
};

static const struct {
  const char *name;
  guint bit;
} tells[] = {
  { "owner", PN_TELL_OWNER },
  { "leads", PN_TELL_LEADS },
  { "on_call", PN_TELL_ON_CALL },
};

/* "place" is what the API says of a step in words; who sends it back means nothing by it. */
static const char *const step_keys[] = {
  "key",    "percent",  "minutes", "metrics", "urgent",  "notify", "agents", "addresses",
  "assign", "priority", "tag",     "queue",   "webhook", "note",   "place",
};

static gboolean
read_assign (const char *name, PnLadderAssign *assign)
{
  for (gsize i = 0; i < G_N_ELEMENTS (assign_names); i++) {
    if (strcmp (assign_names[i], name) != 0)
      continue;
    *assign = (PnLadderAssign) i;
    return TRUE;
  }
  return FALSE;
}

PnLadderStep *
pn_ladder_step_new (void)
{
  PnLadderStep *step = g_new0 (PnLadderStep, 1);

  step->percent = 100;
  step->agents = g_ptr_array_new_with_free_func (g_free);
  step->addresses = g_ptr_array_new_with_free_func (g_free);
  step->priority = PN_LADDER_PRIORITY_KEEP;
  step->tag = g_strdup ("");
  step->queue = g_strdup ("");
  step->webhook = g_strdup ("");
  step->note = g_strdup ("");
  return step;
}

void
pn_ladder_step_free (PnLadderStep *step)
{
  if (step == NULL)
    return;
  g_ptr_array_unref (step->agents);
  g_ptr_array_unref (step->addresses);
  g_free (step->tag);
  g_free (step->queue);
  g_free (step->webhook);
  g_free (step->note);
  g_free (step);
}

gboolean
pn_ladder_step_acts (const PnLadderStep *step)
{
  return step->tells != 0 || step->agents->len > 0 || step->addresses->len > 0
         || step->assign != PN_ASSIGN_NOBODY || step->priority != PN_LADDER_PRIORITY_KEEP
         || *step->tag != '\0' || *step->queue != '\0' || *step->webhook != '\0'
         || *step->note != '\0';
}

char *
pn_ladder_step_words (const PnLadderStep *step)
{
  int minutes = ABS (step->minutes);
  const char *side = step->minutes < 0 ? "before" : "after";

  if (step->percent != 0)
    return g_strdup_printf ("%d %%", step->percent);
  if (minutes == 0)
    return g_strdup ("when due");
  if (minutes % 60 == 0)
    return g_strdup_printf ("%d h %s", minutes / 60, side);
  if (minutes > 60)
    return g_strdup_printf ("%d h %d min %s", minutes / 60, minutes % 60, side);
  return g_strdup_printf ("%d min %s", minutes, side);
}

static json_t *
number_or_null (int number)
{
  return number != 0 ? json_integer (number) : json_null ();
}

json_t *
pn_ladder_words_parts (const char *words)
{
  const gboolean is_before = g_str_has_suffix (words, "before");
  int percent = 0, hours = 0, minutes = 0;

  if (g_str_has_suffix (words, "%"))
    percent = (int) g_ascii_strtoll (words, NULL, 10);
  else if (sscanf (words, "%d h %d min", &hours, &minutes) < 2 && strstr (words, " h ") == NULL) {
    minutes = hours;
    hours = 0;
  }
  return json_pack ("{s:o, s:o, s:o, s:o}", "percent", number_or_null (percent), "hours",
                    number_or_null (hours), "minutes", number_or_null (minutes), "side",
                    percent != 0           ? json_null ()
                    : hours + minutes == 0 ? json_string ("due")
                                           : json_string (is_before ? "before" : "after"));
}

static void
set_text (json_t *object, const char *key, const char *text)
{
  if (*text != '\0')
    pn_json_set (object, key, pn_json_text (text));
}

static const char *
priority_word (int priority)
{
  return priority == PN_LADDER_PRIORITY_RAISE ? "raise" : pn_priority_name ((PnPriority) priority);
}

static void
write_bits (const PnLadderStep *step, json_t *object)
{
  json_t *metrics = json_array ();
  json_t *told = json_array ();

  for (int i = 0; i < PN_METRIC_COUNT; i++) {
    if ((step->metrics >> i & 1) != 0)
      json_array_append_new (metrics, json_string (pn_metric_name ((PnMetric) i)));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tells); i++) {
    if ((step->tells & tells[i].bit) != 0)
      json_array_append_new (told, json_string (tells[i].name));
  }
  pn_json_set (object, "metrics", metrics);
  pn_json_set (object, "notify", told);
}

json_t *
pn_ladder_step_write (const PnLadderStep *step)
{
  json_t *object = json_pack ("{s:i}", "key", step->key);

  if (step->percent != 0)
    pn_json_set (object, "percent", json_integer (step->percent));
  else
    pn_json_set (object, "minutes", json_integer (step->minutes));
  write_bits (step, object);
  if (step->is_urgent)
    pn_json_set (object, "urgent", json_true ());
  if (step->agents->len > 0)
    pn_json_set (object, "agents", pn_json_texts (step->agents));
  if (step->addresses->len > 0)
    pn_json_set (object, "addresses", pn_json_texts (step->addresses));
  set_text (object, "assign", assign_names[step->assign]);
  if (step->priority != PN_LADDER_PRIORITY_KEEP)
    pn_json_set (object, "priority", json_string (priority_word (step->priority)));
  set_text (object, "tag", step->tag);
  set_text (object, "queue", step->queue);
  set_text (object, "webhook", step->webhook);
  set_text (object, "note", step->note);
  return object;
}

static gboolean
refuse (GError **error, const char *key, const char *wish)
{
  pn_error_set (error, PN_ERROR_INVALID, "a step's \"%s\" is %s", key, wish);
  return FALSE;
}

static gboolean
read_number (const json_t *object, const char *key, int lowest, int highest, int *number,
             GError **error)
{
  const json_t *value = json_object_get (object, key);
  g_autofree char *wish = g_strdup_printf ("a number from %d to %d", lowest, highest);

  if (value == NULL)
    return TRUE;
  if (!json_is_integer (value) || json_integer_value (value) < lowest
      || json_integer_value (value) > highest)
    return refuse (error, key, wish);
  *number = (int) json_integer_value (value);
  return TRUE;
}

static gboolean
read_text (const json_t *object, const char *key, gsize max_bytes, char **text, GError **error)
{
  const json_t *value = json_object_get (object, key);
  g_autofree char *wish = g_strdup_printf ("a text of at most %zu bytes", max_bytes);

  if (value == NULL)
    return TRUE;
  if (!json_is_string (value) || json_string_length (value) > max_bytes)
    return refuse (error, key, wish);
  g_free (*text);
  *text = g_strdup (json_string_value (value));
  return TRUE;
}

static gboolean
read_texts (const json_t *object, const char *key, gsize max_bytes, GPtrArray *texts,
            GError **error)
{
  const json_t *list = json_object_get (object, key);
  const json_t *value;
  size_t i;

  if (list == NULL)
    return TRUE;
  if (!json_is_array (list) || json_array_size (list) > LISTED_MAX)
    return refuse (error, key, "a list of at most 20 texts");
  json_array_foreach (list, i, value)
  {
    if (!json_is_string (value) || json_string_length (value) == 0
        || json_string_length (value) > max_bytes)
      return refuse (error, key, "a list of texts");
    g_ptr_array_add (texts, g_strdup (json_string_value (value)));
  }
  return TRUE;
}

static gboolean
read_bits (const json_t *object, PnLadderStep *step, GError **error)
{
  g_autoptr (GPtrArray) metrics = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  PnMetric metric;

  if (!read_texts (object, "metrics", NAME_BYTES, metrics, error)
      || !read_texts (object, "notify", NAME_BYTES, told, error))
    return FALSE;
  for (guint i = 0; i < metrics->len; i++) {
    if (!pn_metric_read (metrics->pdata[i], &metric))
      return refuse (error, "metrics",
                     "a list of first_response, next_response, periodic_update, resolution");
    step->metrics |= 1u << metric;
  }
  for (guint i = 0; i < told->len; i++) {
    guint bit = 0;

    for (gsize j = 0; j < G_N_ELEMENTS (tells); j++)
      bit |= strcmp (tells[j].name, told->pdata[i]) == 0 ? tells[j].bit : 0;
    if (bit == 0)
      return refuse (error, "notify", "a list of owner, leads, on_call");
    step->tells |= bit;
  }
  return TRUE;
}

static gboolean
read_words (const json_t *object, PnLadderStep *step, GError **error)
{
  const char *assign = pn_json_get_text (object, "assign");
  const char *priority = pn_json_get_text (object, "priority");
  PnPriority read;

  if (assign != NULL && !read_assign (assign, &step->assign))
    return refuse (error, "assign", "on_call, lead or least_loaded");
  if (priority == NULL || *priority == '\0')
    return TRUE;
  if (strcmp (priority, "raise") == 0) {
    step->priority = PN_LADDER_PRIORITY_RAISE;
    return TRUE;
  }
  if (!pn_priority_read (priority, &read))
    return refuse (error, "priority", "raise, low, normal, high or urgent");
  step->priority = (int) read;
  return TRUE;
}

static gboolean
read_place (const json_t *object, PnLadderStep *step, GError **error)
{
  if (json_object_get (object, "percent") != NULL && json_object_get (object, "minutes") != NULL)
    return refuse (error, "minutes", "not to be said beside \"percent\"");
  if (json_object_get (object, "minutes") != NULL)
    step->percent = 0;
  return read_number (object, "percent", 1, PERCENT_MAX, &step->percent, error)
         && read_number (object, "minutes", -MINUTES_MAX, MINUTES_MAX, &step->minutes, error);
}

static gboolean
check_keys (const json_t *object, GError **error)
{
  const char *key;
  json_t *value;

  json_object_foreach ((json_t *) object, key, value)
  {
    gboolean is_known = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS (step_keys) && !is_known; i++)
      is_known = strcmp (step_keys[i], key) == 0;
    if (is_known)
      continue;
    pn_error_set (error, PN_ERROR_INVALID, "a step has no \"%s\"", key);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_addresses (PnLadderStep *step, GError **error)
{
  for (guint i = 0; i < step->addresses->len; i++) {
    char *address = pn_text_read_address (step->addresses->pdata[i], error);

    if (address == NULL)
      return FALSE;
    g_free (step->addresses->pdata[i]);
    step->addresses->pdata[i] = address;
  }
  return TRUE;
}

PnLadderStep *
pn_ladder_step_read (const json_t *document, GError **error)
{
  g_autoptr (PnLadderStep) step = pn_ladder_step_new ();

  if (!json_is_object (document)) {
    pn_error_set (error, PN_ERROR_INVALID, "a step is an object");
    return NULL;
  }
  step->is_urgent = json_is_true (json_object_get (document, "urgent"));
  if (!check_keys (document, error)
      || !read_number (document, "key", 0, G_MAXINT, &step->key, error)
      || !read_place (document, step, error) || !read_bits (document, step, error)
      || !read_words (document, step, error)
      || !read_texts (document, "agents", LOGIN_BYTES, step->agents, error)
      || !read_texts (document, "addresses", PN_ADDRESS_MAX_BYTES, step->addresses, error)
      || !read_addresses (step, error)
      || !read_text (document, "tag", NAME_BYTES, &step->tag, error)
      || !read_text (document, "queue", NAME_BYTES, &step->queue, error)
      || !read_text (document, "webhook", NAME_BYTES, &step->webhook, error)
      || !read_text (document, "note", PN_LADDER_NOTE_BYTES, &step->note, error))
    return NULL;
  return g_steal_pointer (&step);
}
