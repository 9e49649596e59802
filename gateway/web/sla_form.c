#include "gateway/web/sla_form.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/text.h"
#include "ticketing/sla.h"

#define HOLIDAYS_MAX 5000
#define NAME_BYTES 100

static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static const char *const conditions[] = {
  "queues", "organisations", "levels", "tags", "forms", "languages",
};

static const struct {
  const char *name;
  gint64 minutes;
} units[] = {
  { "d", 24 * 60 }, { "h", 60 }, { "min", 1 }, { "m", 1 }, { "", 1 },
};

static const char *
skip_blanks (const char *text)
{
  return text + strspn (text, " \t");
}

/* Reads a number and its unit at @text, which moves on. */
static gboolean
read_part (const char **text, gint64 *minutes)
{
  char *end;
  const gint64 number = (gint64) g_ascii_strtoull (*text, &end, 10);
  gsize length;

  if (!g_ascii_isdigit (**text) || number > PN_SLA_MINUTES_MAX)
    return FALSE;
  end = (char *) skip_blanks (end);
  length = strspn (end, "abcdefghijklmnopqrstuvwxyz");
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    if (strlen (units[i].name) == length && strncmp (end, units[i].name, length) == 0) {
      *minutes += number * units[i].minutes;
      *text = skip_blanks (end + length);
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
pn_sla_form_read_minutes (const char *text, gint64 *minutes)
{
  *minutes = 0;
  text = skip_blanks (text);
  while (*text != '\0') {
    if (!read_part (&text, minutes) || *minutes > PN_SLA_MINUTES_MAX)
      return FALSE;
  }
  return TRUE;
}

char *
pn_sla_form_write_minutes (gint64 minutes)
{
  if (minutes == 0)
    return g_strdup ("");
  if (minutes % 60 == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " h", minutes / 60);
  if (minutes < 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT " min", minutes);
  return g_strdup_printf ("%" G_GINT64_FORMAT " h %" G_GINT64_FORMAT " min", minutes / 60,
                          minutes % 60);
}

/* Returns: (owned) what the field holds as JSON; NULL when it is no JSON. */
static json_t *
read_json (const char *text)
{
  return *text == '[' || *text == '{' ? json_loads (text, 0, NULL) : NULL;
}

static json_t *
read_words (const char *text)
{
  json_t *list = read_json (text);
  g_auto (GStrv) words = NULL;

  if (list != NULL)
    return list;
  list = json_array ();
  words = g_strsplit (text, ",", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    if (*g_strstrip (words[i]) != '\0')
      json_array_append_new (list, pn_json_text (words[i]));
  }
  return list;
}

static gboolean
read_target (const PnCall *call, PnMetric metric, PnPriority priority, json_t *targets,
             GError **error)
{
  g_autofree char *name =
      g_strdup_printf ("targets.%s.%s", pn_metric_name (metric), pn_priority_name (priority));
  const char *text = pn_call_field (call, name);
  gint64 minutes;

  if (text == NULL)
    return TRUE;
  if (!pn_sla_form_read_minutes (text, &minutes)) {
    g_autofree char *shown = pn_text_clean_line (text, 40);

    pn_error_set (error, PN_ERROR_INVALID, "%s: \"%s\" is no span of time; write 90 min or 4 h",
                  name, shown);
    return FALSE;
  }
  if (minutes > 0)
    pn_json_set (targets, pn_priority_name (priority), json_integer (minutes));
  return TRUE;
}

static gboolean
read_targets (const PnCall *call, json_t *document, GError **error)
{
  json_t *targets = json_object ();

  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    const char *metric = pn_metric_name ((PnMetric) m);
    g_autofree char *name = g_strconcat ("targets.", metric, NULL);
    const char *text = pn_call_field (call, name);
    json_t *minutes = text != NULL ? read_json (text) : NULL;

    if (minutes == NULL)
      minutes = json_object ();
    pn_json_set (targets, metric, minutes);
    for (int p = 0; p < PN_PRIORITY_COUNT; p++) {
      if (!read_target (call, (PnMetric) m, (PnPriority) p, minutes, error)) {
        json_decref (targets);
        return FALSE;
      }
    }
    if (call->is_api && json_object_size (minutes) == 0 && text == NULL)
      json_object_del (targets, metric);
  }
  if (call->is_api && json_object_size (targets) == 0)
    json_decref (targets);
  else
    pn_json_set (document, "targets", targets);
  return TRUE;
}

/* A page has a box for each status that may pause. */
static json_t *
read_pause_boxes (const PnCall *call, const char *metric)
{
  json_t *list = json_array ();

  for (int s = 0; s < PN_STATUS_SOLVED; s++) {
    const char *status = pn_status_name ((PnStatus) s);
    g_autofree char *name = g_strdup_printf ("pauses.%s.%s", metric, status);

    if (g_strcmp0 (pn_call_field (call, name), "1") == 0)
      json_array_append_new (list, json_string (status));
  }
  return list;
}

static void
read_pauses (const PnCall *call, json_t *document)
{
  json_t *pauses = json_object ();

  for (int m = 0; m < PN_METRIC_COUNT; m++) {
    const char *metric = pn_metric_name ((PnMetric) m);
    g_autofree char *name = g_strconcat ("pauses.", metric, NULL);
    const char *text = pn_call_field (call, name);

    if (text != NULL)
      pn_json_set (pauses, metric, read_words (text));
    else if (!call->is_api)
      pn_json_set (pauses, metric, read_pause_boxes (call, metric));
  }
  if (json_object_size (pauses) > 0)
    pn_json_set (document, "pauses", pauses);
  else
    json_decref (pauses);
}

static void
read_conditions (const PnCall *call, json_t *document)
{
  json_t *found = json_object ();

  for (gsize i = 0; i < G_N_ELEMENTS (conditions); i++) {
    g_autofree char *name = g_strconcat ("conditions.", conditions[i], NULL);
    const char *text = pn_call_field (call, name);

    if (text != NULL)
      pn_json_set (found, conditions[i], read_words (text));
  }
  if (json_object_size (found) > 0)
    pn_json_set (document, "conditions", found);
  else
    json_decref (found);
}

static void
read_line (const PnCall *call, const char *name, json_t *document)
{
  g_autofree char *line = pn_call_line (call, name, 200);

  if (pn_call_field (call, name) != NULL)
    pn_json_set (document, name, pn_json_text (line));
}

json_t *
pn_sla_form_policy (const PnCall *call, GError **error)
{
  g_autoptr (json_t) document = json_object ();
  const char *enabled = pn_call_field (call, "is_enabled");

  read_line (call, "name", document);
  read_line (call, "title", document);
  read_line (call, "calendar", document);
  if (enabled != NULL || !call->is_api)
    pn_json_set (document, "is_enabled", json_boolean (g_strcmp0 (enabled, "1") == 0));
  read_pauses (call, document);
  read_conditions (call, document);
  return read_targets (call, document, error) ? json_incref (document) : NULL;
}

/* Reads "09:00-12:00, 13:00-17:30" into pairs; what is no time is refused by whoever reads the calendar. */
static json_t *
read_intervals (const char *text)
{
  json_t *list = read_json (text);
  g_auto (GStrv) parts = NULL;

  if (list != NULL)
    return list;
  list = json_array ();
  parts = g_strsplit (text, ",", -1);
  for (guint i = 0; parts[i] != NULL; i++) {
    g_auto (GStrv) ends = g_strsplit (parts[i], "-", 2);

    if (*g_strstrip (parts[i]) != '\0')
      json_array_append_new (
          list, json_pack ("[o, o]", pn_json_text (g_strstrip (ends[0])),
                           pn_json_text (ends[1] != NULL ? g_strstrip (ends[1]) : "")));
  }
  return list;
}

static json_t *
read_holiday (char *line)
{
  const gsize length = strcspn (line, " \t");
  g_autofree char *date = g_strndup (line, length);
  g_autofree char *name = pn_text_clean_line (line + length, NAME_BYTES);

  if (*name == '\0')
    return pn_json_text (date);
  return json_pack ("{s:o, s:o}", "date", pn_json_text (date), "name", pn_json_text (name));
}

static json_t *
read_holidays (const char *text, gboolean is_api)
{
  json_t *list = read_json (text);
  g_auto (GStrv) lines = NULL;

  if (list != NULL)
    return list;
  list = json_array ();
  lines = g_strsplit (text, is_api ? "," : "\n", HOLIDAYS_MAX);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (*g_strstrip (lines[i]) != '\0')
      json_array_append_new (list, read_holiday (lines[i]));
  }
  return list;
}

json_t *
pn_sla_form_calendar (const PnCall *call, GError **error)
{
  json_t *document = json_object ();
  json_t *week = json_object ();
  const char *text;

  read_line (call, "name", document);
  read_line (call, "title", document);
  read_line (call, "zone", document);
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++) {
    g_autofree char *name = g_strconcat ("week.", days[i], NULL);

    text = pn_call_field (call, name);
    if (text != NULL)
      pn_json_set (week, days[i], read_intervals (text));
  }
  if (json_object_size (week) > 0)
    pn_json_set (document, "week", week);
  else
    json_decref (week);
  text = pn_call_field (call, "holidays");
  if (text != NULL)
    pn_json_set (document, "holidays", read_holidays (text, call->is_api));
  return document;
}

static const char *
text_at (const json_t *list, gsize i)
{
  const char *text = json_string_value (json_array_get (list, i));

  return text != NULL ? text : "";
}

char *
pn_sla_form_write_day (const json_t *calendar, const char *day)
{
  const json_t *list = json_object_get (json_object_get (calendar, "week"), day);
  GString *text = g_string_new (NULL);
  json_t *pair;
  gsize i;

  json_array_foreach (list, i, pair) g_string_append_printf (text, "%s%s-%s", i > 0 ? ", " : "",
                                                             text_at (pair, 0), text_at (pair, 1));
  return g_string_free (text, FALSE);
}

char *
pn_sla_form_write_holidays (const json_t *calendar)
{
  GString *text = g_string_new (NULL);
  json_t *each;
  gsize i;

  json_array_foreach (json_object_get (calendar, "holidays"), i, each)
  {
    const char *name = pn_json_get_text (each, "name");

    if (json_is_object (each))
      g_string_append_printf (text, "%s%s%s\n", pn_json_get_text (each, "date"),
                              name != NULL && *name != '\0' ? " " : "", name != NULL ? name : "");
    else
      g_string_append_printf (text, "%s\n", json_string_value (each));
  }
  return g_string_free (text, FALSE);
}

char *
pn_sla_form_write_words (const json_t *list)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (list); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", text_at (list, i));
  return g_string_free (text, FALSE);
}
