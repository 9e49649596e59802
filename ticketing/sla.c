#include "ticketing/sla.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/ids.h"
#include "ticketing/core/json.h"

#define WORDS_MAX 100 /* of a condition */
#define WORD_BYTES 64

static const char *const metric_names[] = {
  [PN_METRIC_FIRST_RESPONSE] = "first_response",
  [PN_METRIC_NEXT_RESPONSE] = "next_response",
  [PN_METRIC_PERIODIC_UPDATE] = "periodic_update",
  [PN_METRIC_RESOLUTION] = "resolution",
};

const char *
pn_metric_name (PnMetric metric)
{
  return metric_names[metric];
}

gboolean
pn_metric_read (const char *name, PnMetric *metric)
{
  for (guint i = 0; i < G_N_ELEMENTS (metric_names); i++) {
    if (g_strcmp0 (name, metric_names[i]) == 0) {
      *metric = (PnMetric) i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
pn_policy_lacks_urgent (const PnPolicy *policy)
{
  for (guint metric = 0; metric < PN_METRIC_COUNT; metric++) {
    for (guint priority = 0; priority < PN_PRIORITY_URGENT; priority++) {
      if (policy->minutes[metric][priority] > 0 && policy->minutes[metric][PN_PRIORITY_URGENT] == 0)
        return TRUE;
    }
  }
  return FALSE;
}

PnPolicy *
pn_policy_new (const char *name)
{
  PnPolicy *policy = g_new0 (PnPolicy, 1);
  const guint waiting = 1u << PN_STATUS_WAITING;

  policy->name = g_strdup (name);
  policy->title = g_strdup (name);
  policy->is_enabled = TRUE;
  policy->calendar_id = PN_CALENDAR_ALWAYS;
  policy->pauses[PN_METRIC_PERIODIC_UPDATE] = waiting;
  policy->pauses[PN_METRIC_RESOLUTION] = waiting | 1u << PN_STATUS_ON_HOLD;
  policy->queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  policy->organisations = g_array_new (FALSE, FALSE, sizeof (gint64));
  policy->levels = g_ptr_array_new_with_free_func (g_free);
  policy->tags = g_ptr_array_new_with_free_func (g_free);
  policy->forms = g_ptr_array_new_with_free_func (g_free);
  policy->languages = g_ptr_array_new_with_free_func (g_free);
  return policy;
}

void
pn_policy_free (PnPolicy *policy)
{
  if (policy == NULL)
    return;
  g_free (policy->name);
  g_free (policy->title);
  g_array_unref (policy->queues);
  g_array_unref (policy->organisations);
  g_ptr_array_unref (policy->levels);
  g_ptr_array_unref (policy->tags);
  g_ptr_array_unref (policy->forms);
  g_ptr_array_unref (policy->languages);
  g_free (policy);
}

/* The conditions that are lists of words, and those that are lists of ids, by the word they have in documents. */
static GPtrArray **
words_of (PnPolicy *policy, const char *name)
{
  if (strcmp (name, "levels") == 0)
    return &policy->levels;
  if (strcmp (name, "tags") == 0)
    return &policy->tags;
  if (strcmp (name, "forms") == 0)
    return &policy->forms;
  return strcmp (name, "languages") == 0 ? &policy->languages : NULL;
}

static GArray **
ids_of (PnPolicy *policy, const char *name)
{
  if (strcmp (name, "queues") == 0)
    return &policy->queues;
  return strcmp (name, "organisations") == 0 ? &policy->organisations : NULL;
}

static json_t *
write_ids (const GArray *ids)
{
  json_t *list = json_array ();

  for (guint i = 0; i < ids->len; i++)
    json_array_append_new (list, json_integer (g_array_index (ids, gint64, i)));
  return list;
}

static json_t *
write_targets (const PnPolicy *policy)
{
  json_t *targets = json_object ();

  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    json_t *minutes = json_object ();

    for (int p = 0; p < PN_PRIORITY_COUNT; p++) {
      if (policy->minutes[m][p] > 0)
        pn_json_set (minutes, pn_priority_name ((PnPriority) p),
                     json_integer (policy->minutes[m][p]));
    }
    pn_json_set (targets, metric_names[m], minutes);
  }
  return targets;
}

static json_t *
write_pauses (const PnPolicy *policy)
{
  json_t *pauses = json_object ();

  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    json_t *list = json_array ();

    for (int s = 0; s < PN_STATUS_COUNT; s++) {
      if ((policy->pauses[m] & (1u << s)) != 0)
        json_array_append_new (list, json_string (pn_status_name ((PnStatus) s)));
    }
    pn_json_set (pauses, metric_names[m], list);
  }
  return pauses;
}

json_t *
pn_policy_write (const PnPolicy *policy)
{
  return json_pack ("{s:o, s:o, s:{s:o, s:o, s:o, s:o, s:o, s:o}}", "targets",
                    write_targets (policy), "pauses", write_pauses (policy), "conditions", "queues",
                    write_ids (policy->queues), "organisations", write_ids (policy->organisations),
                    "levels", pn_json_texts (policy->levels), "tags", pn_json_texts (policy->tags),
                    "forms", pn_json_texts (policy->forms), "languages",
                    pn_json_texts (policy->languages));
}

static gboolean
read_metric (const char *part, const char *name, PnMetric *metric, GError **error)
{
  if (pn_metric_read (name, metric))
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID,
                "%s: there is no \"%s\", only first_response, next_response, periodic_update and "
                "resolution",
                part, name);
  return FALSE;
}

static gboolean
read_targets (PnPolicy *policy, const json_t *targets, GError **error)
{
  const char *name, *word;
  json_t *of_metric, *value;
  PnMetric metric;
  PnPriority priority;

  json_object_foreach ((json_t *) targets, name, of_metric)
  {
    if (!read_metric ("targets", name, &metric, error))
      return FALSE;
    json_object_foreach (of_metric, word, value)
    {
      const gint64 minutes = json_integer_value (value);

      if (!pn_priority_read (word, &priority) || (!json_is_integer (value) && !json_is_null (value))
          || minutes < 0 || minutes > PN_SLA_MINUTES_MAX) {
        pn_error_set (error, PN_ERROR_INVALID,
                      "the target of %s at priority %s is no number of minutes up to %d", name,
                      word, PN_SLA_MINUTES_MAX);
        return FALSE;
      }
      policy->minutes[metric][priority] = (int) minutes;
    }
  }
  return TRUE;
}

static gboolean
read_pauses (PnPolicy *policy, const json_t *pauses, GError **error)
{
  const char *name;
  json_t *list, *word;
  PnMetric metric;
  PnStatus status;
  gsize i;

  json_object_foreach ((json_t *) pauses, name, list)
  {
    if (!read_metric ("pauses", name, &metric, error))
      return FALSE;
    json_array_foreach (list, i, word)
    {
      if (!pn_status_read (json_string_value (word), &status) || status >= PN_STATUS_SOLVED) {
        pn_error_set (error, PN_ERROR_INVALID, "%s can't pause at the status \"%s\"", name,
                      json_is_string (word) ? json_string_value (word) : "");
        return FALSE;
      }
      policy->pauses[metric] |= 1u << status;
    }
  }
  return TRUE;
}

static gboolean
read_words (GPtrArray *words, const char *name, const json_t *list, GError **error)
{
  json_t *word;
  gsize i;

  json_array_foreach (list, i, word)
  {
    const char *text = json_string_value (word);

    if (text == NULL || *text == '\0' || strlen (text) > WORD_BYTES) {
      pn_error_set (error, PN_ERROR_INVALID, "%s: a word has 1 to %d bytes, not \"%s\"", name,
                    WORD_BYTES, text != NULL ? text : "");
      return FALSE;
    }
    g_ptr_array_add (words, g_utf8_strdown (text, -1));
  }
  return TRUE;
}

static gboolean
read_ids (GArray *ids, const char *name, const json_t *list, GError **error)
{
  json_t *item;
  gsize i;

  json_array_foreach (list, i, item)
  {
    const gint64 id = json_integer_value (item);

    if (id <= 0) {
      pn_error_set (error, PN_ERROR_INVALID, "%s: ids are positive numbers", name);
      return FALSE;
    }
    g_array_append_val (ids, id);
  }
  return TRUE;
}

static gboolean
read_conditions (PnPolicy *policy, const json_t *conditions, GError **error)
{
  const char *name;
  json_t *list;

  json_object_foreach ((json_t *) conditions, name, list)
  {
    GPtrArray **words = words_of (policy, name);
    GArray **ids = ids_of (policy, name);

    if ((words == NULL && ids == NULL) || !json_is_array (list)
        || json_array_size (list) > WORDS_MAX) {
      pn_error_set (error, PN_ERROR_INVALID,
                    "condition \"%s\": there are lists of up to %d for queues, organisations, "
                    "levels, tags, forms and languages",
                    name, WORDS_MAX);
      return FALSE;
    }
    if (words != NULL ? !read_words (*words, name, list, error)
                      : !read_ids (*ids, name, list, error))
      return FALSE;
  }
  return TRUE;
}

static void
forget (PnPolicy *policy)
{
  memset (policy->minutes, 0, sizeof policy->minutes);
  memset (policy->pauses, 0, sizeof policy->pauses);
  g_array_set_size (policy->queues, 0);
  g_array_set_size (policy->organisations, 0);
  g_ptr_array_set_size (policy->levels, 0);
  g_ptr_array_set_size (policy->tags, 0);
  g_ptr_array_set_size (policy->forms, 0);
  g_ptr_array_set_size (policy->languages, 0);
}

gboolean
pn_policy_read (PnPolicy *policy, const json_t *document, GError **error)
{
  if (!json_is_object (document)) {
    pn_error_set (error, PN_ERROR_INVALID, "a policy is a JSON object");
    return FALSE;
  }
  forget (policy);
  return read_targets (policy, json_object_get (document, "targets"), error)
         && read_pauses (policy, json_object_get (document, "pauses"), error)
         && read_conditions (policy, json_object_get (document, "conditions"), error);
}

static gboolean
has_id (const GArray *ids, gint64 id)
{
  return ids->len == 0 || pn_ids_have (ids, id);
}

static gboolean
has_word (const GPtrArray *words, const char *word)
{
  for (guint i = 0; word != NULL && i < words->len; i++) {
    if (strcmp (words->pdata[i], word) == 0)
      return TRUE;
  }
  return words->len == 0;
}

static gboolean
has_any_word (const GPtrArray *words, const GPtrArray *given)
{
  for (guint i = 0; given != NULL && words->len > 0 && i < given->len; i++) {
    if (has_word (words, given->pdata[i]))
      return TRUE;
  }
  return words->len == 0;
}

/* "de" has "de-AT" too. */
static gboolean
has_language (const GPtrArray *languages, const char *language)
{
  g_autofree char *folded = language != NULL ? g_ascii_strdown (language, -1) : NULL;

  for (guint i = 0; folded != NULL && i < languages->len; i++) {
    const char *wanted = languages->pdata[i];
    const gsize length = strlen (wanted);

    if (strncmp (folded, wanted, length) == 0 && (folded[length] == '\0' || folded[length] == '-'))
      return TRUE;
  }
  return languages->len == 0;
}

const char *
pn_policy_misfit (const PnPolicy *policy, const PnSlaFacts *facts)
{
  if (!policy->is_enabled)
    return "disabled";
  if (!has_id (policy->queues, facts->queue_id))
    return "queues";
  if (!has_id (policy->organisations, facts->organisation_id))
    return "organisations";
  if (!has_word (policy->levels, facts->level))
    return "levels";
  if (!has_any_word (policy->tags, facts->tags))
    return "tags";
  if (!has_word (policy->forms, facts->form))
    return "forms";
  return has_language (policy->languages, facts->language) ? NULL : "languages";
}
