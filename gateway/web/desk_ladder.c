#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/desk_ladder_version.h"
#include "gateway/web/manage_form.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/ladder.h"
#include "ticketing/webhook.h"

#define NAME_BYTES 64
#define TITLE_BYTES 200

static const char *const metrics[] = { "first_response", "next_response", "periodic_update",
                                       "resolution" };

/* What the names in a ladder stand for. */
typedef struct {
  GPtrArray *policies;  /* of PnPolicy */
  GPtrArray *calendars; /* of PnCalendar */
  GPtrArray *webhooks;  /* of PnWebhook */
} Names;

static void
names_clear (Names *names)
{
  g_clear_pointer (&names->policies, g_ptr_array_unref);
  g_clear_pointer (&names->calendars, g_ptr_array_unref);
  g_clear_pointer (&names->webhooks, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Names, names_clear)

static gboolean
load_names (PnCall *call, Names *names, GError **error)
{
  if (!pn_show_load (call, error))
    return FALSE;
  names->policies = pn_sla_list (call->db, error);
  names->calendars = names->policies != NULL ? pn_calendar_list (call->db, error) : NULL;
  names->webhooks = names->calendars != NULL ? pn_webhook_list (call->db, error) : NULL;
  return names->webhooks != NULL;
}

static const char *
policy_name (const Names *names, gint64 id)
{
  for (guint i = 0; i < names->policies->len; i++) {
    const PnPolicy *policy = names->policies->pdata[i];

    if (policy->id == id)
      return policy->name;
  }
  return NULL;
}

static const char *
calendar_name (const Names *names, gint64 id)
{
  for (guint i = 0; i < names->calendars->len; i++) {
    const PnCalendar *calendar = names->calendars->pdata[i];

    if (calendar->id == id)
      return calendar->name;
  }
  return NULL;
}

/* What only a page needs of a step: its fields. */
static void
add_fields (const PnLadderStep *step, json_t *shown)
{
  json_t *boxes = json_array ();
  g_autofree char *agents = pn_manage_join (step->agents);
  g_autofree char *addresses = pn_manage_join (step->addresses);

  for (gsize i = 0; i < G_N_ELEMENTS (metrics); i++)
    json_array_append_new (boxes, json_pack ("{s:s, s:b}", "name", metrics[i], "is_set",
                                             (step->metrics >> i & 1) != 0));
  pn_json_set (shown, "fields",
               json_pack ("{s:i, s:s, s:o, s:b, s:b, s:b, s:o, s:o, s:s}", "at",
                          step->percent != 0 ? step->percent : ABS (step->minutes), "unit",
                          step->percent != 0  ? "percent"
                          : step->minutes < 0 ? "before"
                                              : "after",
                          "metrics", boxes, "owner", (step->tells & PN_TELL_OWNER) != 0, "leads",
                          (step->tells & PN_TELL_LEADS) != 0, "on_call",
                          (step->tells & PN_TELL_ON_CALL) != 0, "agents", pn_json_text (agents),
                          "addresses", pn_json_text (addresses), "priority",
                          step->priority == PN_LADDER_PRIORITY_KEEP ? ""
                          : step->priority == PN_LADDER_PRIORITY_RAISE
                              ? "raise"
                              : pn_priority_name ((PnPriority) step->priority)));
}

static int
by_height (gconstpointer a, gconstpointer b)
{
  const PnLadderStep *one = *(const PnLadderStep *const *) a;
  const PnLadderStep *two = *(const PnLadderStep *const *) b;
  int first = one->percent != 0 ? one->percent * 10 : one->minutes < 0 ? 999 : 1000 + one->minutes;
  int second = two->percent != 0 ? two->percent * 10 : two->minutes < 0 ? 999 : 1000 + two->minutes;

  if (first != second)
    return first < second ? -1 : 1;
  return one->minutes != two->minutes ? (one->minutes < two->minutes ? -1 : 1)
                                      : one->key - two->key;
}

/* A step without a key was refused: it stands in the form for a new one. */
static json_t *
show_steps (const PnCall *call, const PnLadder *ladder)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  json_t *list = json_array ();

  for (guint i = 0; i < ladder->steps->len; i++) {
    if (((const PnLadderStep *) ladder->steps->pdata[i])->key != 0)
      g_ptr_array_add (sorted, ladder->steps->pdata[i]);
  }
  g_ptr_array_sort (sorted, by_height);
  for (guint i = 0; i < sorted->len; i++) {
    json_t *shown = pn_ladder_step_write (sorted->pdata[i]);
    g_autofree char *words = pn_ladder_step_words (sorted->pdata[i]);

    pn_json_set (shown, "place", pn_json_text (words));
    pn_json_set (shown, "parts", pn_ladder_words_parts (words));
    if (!call->is_api)
      add_fields (sorted->pdata[i], shown);
    json_array_append_new (list, shown);
  }
  return list;
}

static json_t *
show_ladder (const PnCall *call, const PnLadder *ladder, const Names *names)
{
  g_autofree char *url = g_strdup_printf ("/desk/manage/ladders/%" G_GINT64_FORMAT, ladder->id);
  g_autoptr (GPtrArray) policies = g_ptr_array_new ();
  json_t *shown;

  for (guint i = 0; i < ladder->policies->len; i++) {
    const char *name = policy_name (names, g_array_index (ladder->policies, gint64, i));

    if (name != NULL)
      g_ptr_array_add (policies, (gpointer) name);
  }
  shown = json_pack ("{s:I, s:o, s:o, s:b, s:b, s:o, s:o, s:I, s:o, s:s}", "id",
                     (json_int_t) ladder->id, "name", pn_json_text (ladder->name), "title",
                     pn_json_text (ladder->title), "is_enabled", ladder->is_enabled, "is_default",
                     ladder->is_default, "policies", pn_json_texts (policies), "calendar",
                     pn_json_text (calendar_name (names, ladder->calendar_id)), "version",
                     (json_int_t) ladder->version, "steps", show_steps (call, ladder), "url", url);
  if (!call->is_api) {
    g_autofree char *joined = pn_manage_join (policies);

    pn_json_set (shown, "policies_text", pn_json_text (joined));
  }
  return shown;
}

static json_t *
show_choices (const PnCall *call, const Names *names, const PnLadder *ladder)
{
  json_t *calendars = json_array ();
  json_t *webhooks = json_array ();
  json_t *queues = json_array ();
  json_t *agents = json_array ();
  json_t *policies = json_array ();

  for (guint i = 0; i < names->calendars->len; i++) {
    const PnCalendar *calendar = names->calendars->pdata[i];

    json_array_append_new (calendars, json_pack ("{s:s, s:s, s:b}", "name", calendar->name, "title",
                                                 calendar->title, "is_current",
                                                 calendar->id == ladder->calendar_id));
  }
  for (guint i = 0; i < names->webhooks->len; i++)
    json_array_append_new (webhooks,
                           json_string (((const PnWebhook *) names->webhooks->pdata[i])->name));
  for (guint i = 0; i < names->policies->len; i++)
    json_array_append_new (policies,
                           json_string (((const PnPolicy *) names->policies->pdata[i])->name));
  for (guint i = 0; i < call->queues->len; i++)
    json_array_append_new (queues, pn_json_text (((const PnQueue *) call->queues->pdata[i])->name));
  for (guint i = 0; i < call->agents->len; i++)
    json_array_append_new (agents,
                           pn_json_text (((const PnAgent *) call->agents->pdata[i])->login));
  return json_pack ("{s:o, s:o, s:o, s:o, s:o}", "calendars", calendars, "webhooks", webhooks,
                    "queues", queues, "agents", agents, "policies", policies);
}

static void
show_list (PnCall *call, int status, const char *problem, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (Names) names = { NULL };
  g_autoptr (GPtrArray) ladders = NULL;
  json_t *list;

  (void) data;
  if (!load_names (call, &names, &error) || (ladders = pn_ladder_list (call->db, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < ladders->len; i++)
    json_array_append_new (list, show_ladder (call, ladders->pdata[i], &names));
  pn_call_page (call, status, "desk-ladders",
                call->is_api
                    ? json_pack ("{s:o}", "ladders", list)
                    : json_pack ("{s:o, s:{s:o, s:o, s:o}}", "ladders", list, "form", "name",
                                 pn_json_text (pn_manage_typed (call, "name", "")), "title",
                                 pn_json_text (pn_manage_typed (call, "title", "")), "error",
                                 pn_json_text (problem)));
}

void
pn_desk_ladders (PnCall *call)
{
  show_list (call, 200, NULL, NULL);
}

static void
show_one (PnCall *call, int status, const char *problem, gpointer data)
{
  const PnLadder *ladder = data;
  g_autoptr (GError) error = NULL;
  g_auto (Names) names = { NULL };
  json_t *versions = NULL;
  json_t *document;

  if (!load_names (call, &names, &error)
      || (versions = pn_desk_ladder_versions (call, ladder->id, &error)) == NULL) {
    pn_call_fail (call, error);
    return;
  }
  document =
      json_pack ("{s:o, s:o}", "ladder", show_ladder (call, ladder, &names), "versions", versions);
  if (!call->is_api) {
    g_autoptr (PnLadderStep) fresh = pn_ladder_step_new ();
    const PnLadderStep *refused = pn_ladder_find_step (ladder, 0);
    json_t *blank = pn_ladder_step_write (refused != NULL ? refused : fresh);

    add_fields (refused != NULL ? refused : fresh, blank);
    pn_json_set (document, "blank", blank);
    pn_json_set (document, "choices", show_choices (call, &names, ladder));
    pn_json_set (document, "error", pn_json_text (problem));
  }
  pn_call_page (call, status, "desk-ladder", document);
}

static PnLadder *
load_one (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnLadder *ladder = pn_ladder_load (call->db, pn_call_id (call), &error);

  if (ladder == NULL)
    pn_call_fail (call, error);
  return ladder;
}

void
pn_desk_ladder (PnCall *call)
{
  g_autoptr (PnLadder) ladder = load_one (call);

  if (ladder != NULL)
    show_one (call, 200, NULL, ladder);
}

typedef struct {
  PnLadder *ladder;
  gint64 if_version;
  gint64 agent_id;
} Save;

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  const Save *save = data;

  return pn_ladder_save (db, save->ladder, save->if_version, save->agent_id, error);
}

static void
save_ladder (PnCall *call, PnLadder *ladder)
{
  const char *version = pn_call_field (call, "if_version");
  Save save = { ladder, 0, call->agent->id };
  g_autoptr (GError) error = NULL;

  if (version != NULL && !pn_call_read_number (version, &save.if_version)) {
    pn_call_problem (call, 400, "\"if_version\" is no number");
    return;
  }
  if (pn_db_run (call->db, save_body, &save, &error))
    pn_manage_done (call, "ladders", ladder->id, show_one, ladder);
  else
    pn_manage_refuse (call, error, ladder->id != 0 ? show_one : show_list, ladder);
}

static gboolean
take_policies (const PnCall *call, const Names *names, PnLadder *ladder, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  if (!pn_manage_has (call, "policies"))
    return TRUE;
  pn_manage_take_words (call, "policies", words);
  g_array_set_size (ladder->policies, 0);
  for (guint i = 0; i < words->len; i++) {
    gint64 id = 0;

    for (guint j = 0; j < names->policies->len; j++) {
      const PnPolicy *policy = names->policies->pdata[j];

      id = strcmp (policy->name, words->pdata[i]) == 0 ? policy->id : id;
    }
    if (id == 0) {
      pn_error_set (error, PN_ERROR_INVALID, "there is no policy \"%s\"",
                    (const char *) words->pdata[i]);
      return FALSE;
    }
    g_array_append_val (ladder->policies, id);
  }
  return TRUE;
}

static gboolean
take_calendar (const PnCall *call, const Names *names, PnLadder *ladder, GError **error)
{
  const char *name = pn_call_field (call, "calendar");

  if (name == NULL)
    return TRUE;
  ladder->calendar_id = 0;
  for (guint i = 0; i < names->calendars->len; i++) {
    const PnCalendar *calendar = names->calendars->pdata[i];

    if (strcmp (calendar->name, name) == 0)
      ladder->calendar_id = calendar->id;
  }
  if (*name != '\0' && ladder->calendar_id == 0)
    pn_error_set (error, PN_ERROR_INVALID, "there is no calendar \"%s\"", name);
  return *name == '\0' || ladder->calendar_id != 0;
}

/* The API sends all steps at once. */
static gboolean
take_steps (const PnCall *call, PnLadder *ladder, GError **error)
{
  const char *text = pn_call_field (call, "steps");
  g_autoptr (json_t) list = text != NULL ? json_loads (text, 0, NULL) : NULL;

  if (text == NULL)
    return TRUE;
  if (!json_is_array (list) && *text != '\0') {
    pn_error_set (error, PN_ERROR_INVALID, "\"steps\" is a list");
    return FALSE;
  }
  if (list == NULL) {
    g_ptr_array_set_size (ladder->steps, 0);
    return TRUE;
  }
  return pn_ladder_read_steps (ladder, list, error);
}

/* @ladder: taken over what was sent. */
static gboolean
take_ladder (PnCall *call, PnLadder *ladder, GError **error)
{
  g_auto (Names) names = { NULL };

  if (!load_names (call, &names, error))
    return FALSE;
  pn_manage_take_line (call, "name", NAME_BYTES + 1, &ladder->name);
  pn_manage_take_line (call, "title", TITLE_BYTES, &ladder->title);
  pn_manage_take_flag (call, "is_enabled", &ladder->is_enabled);
  pn_manage_take_flag (call, "is_default", &ladder->is_default);
  return take_policies (call, &names, ladder, error) && take_calendar (call, &names, ladder, error)
         && take_steps (call, ladder, error);
}

void
pn_desk_ladder_add (PnCall *call)
{
  g_autoptr (PnLadder) ladder = pn_ladder_new ("");
  g_autoptr (GError) error = NULL;

  if (call->is_api && !take_ladder (call, ladder, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_manage_take_line (call, "name", NAME_BYTES + 1, &ladder->name);
  pn_manage_take_line (call, "title", TITLE_BYTES, &ladder->title);
  if (*ladder->title == '\0') {
    g_free (ladder->title);
    ladder->title = g_strdup (ladder->name);
  }
  save_ladder (call, ladder);
}

void
pn_desk_ladder_save (PnCall *call)
{
  g_autoptr (PnLadder) ladder = load_one (call);
  g_autoptr (GError) error = NULL;

  if (ladder == NULL)
    return;
  if (take_ladder (call, ladder, &error))
    save_ladder (call, ladder);
  else
    pn_manage_refuse (call, error, show_one, ladder);
}

static void
drop_lost_policies (const Names *names, PnLadder *ladder)
{
  for (guint i = ladder->policies->len; i > 0; i--) {
    if (policy_name (names, g_array_index (ladder->policies, gint64, i - 1)) == NULL)
      g_array_remove_index (ladder->policies, i - 1);
  }
}

/* What an older version said; whether the ladder is in use stays as it is, and no key is given again. */
static gboolean
take_version (PnCall *call, PnLadder *ladder, GError **error)
{
  g_autoptr (GPtrArray) versions = pn_ladder_versions (call->db, ladder->id, error);
  g_auto (Names) names = { NULL };
  const char *text = pn_call_field (call, "version");
  const gboolean is_enabled = ladder->is_enabled;
  const int last_key = ladder->last_key;
  gint64 wanted = 0;

  if (versions == NULL || !load_names (call, &names, error))
    return FALSE;
  if (text != NULL)
    pn_call_read_number (text, &wanted);
  for (guint i = 0; i < versions->len; i++) {
    const PnLadderVersion *version = versions->pdata[i];
    g_autoptr (json_t) document = NULL;

    if (version->version != wanted)
      continue;
    document = json_loads (version->document, 0, NULL);
    if (!pn_ladder_read (ladder, document, error))
      return FALSE;
    drop_lost_policies (&names, ladder);
    ladder->is_enabled = is_enabled;
    ladder->last_key = MAX (ladder->last_key, last_key);
    return TRUE;
  }
  pn_error_set (error, PN_ERROR_NOT_FOUND, "the ladder has no such version");
  return FALSE;
}

void
pn_desk_ladder_restore (PnCall *call)
{
  g_autoptr (PnLadder) ladder = load_one (call);
  g_autoptr (GError) error = NULL;

  if (ladder == NULL)
    return;
  if (take_version (call, ladder, &error))
    save_ladder (call, ladder);
  else
    pn_manage_refuse (call, error, show_one, ladder);
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  const gint64 *id = data;

  return pn_ladder_delete (db, *id, error);
}

void
pn_desk_ladder_remove (PnCall *call)
{
  gint64 id = pn_call_id (call);
  g_autoptr (GError) error = NULL;

  if (pn_db_run (call->db, remove_body, &id, &error))
    pn_manage_done (call, "ladders", 0, NULL, NULL);
  else
    pn_call_fail (call, error);
}

static void
set_list (json_t *object, const char *key, const PnCall *call, const char *field)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  pn_manage_take_words (call, field, words);
  pn_json_set (object, key, pn_json_texts (words));
}

static void
set_if_ticked (json_t *list, const PnCall *call, const char *prefix, const char *name)
{
  g_autofree char *field = g_strconcat (prefix, name, NULL);

  if (g_strcmp0 (pn_call_field (call, field), "1") == 0)
    json_array_append_new (list, json_string (name));
}

static gboolean
set_place (json_t *object, const PnCall *call, GError **error)
{
  const char *unit = pn_manage_typed (call, "unit", "percent");
  const char *at = pn_manage_typed (call, "at", "");
  gint64 number = 0;

  if (!pn_call_read_number (at, &number)) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%.40s\" is no number of percent or minutes", at);
    return FALSE;
  }
  if (strcmp (unit, "percent") == 0)
    pn_json_set (object, "percent", json_integer (number));
  else
    pn_json_set (object, "minutes", json_integer (strcmp (unit, "before") == 0 ? -number : number));
  return TRUE;
}

/* Returns: (owned) the step that a page's form describes. */
static PnLadderStep *
read_step (const PnCall *call, gint64 key, GError **error)
{
  static const char *const texts[] = { "assign", "priority", "tag", "queue", "webhook", "note" };
  g_autoptr (json_t) object = json_pack ("{s:I}", "key", (json_int_t) key);
  json_t *ticked = json_array ();
  json_t *told = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (metrics); i++)
    set_if_ticked (ticked, call, "metrics.", metrics[i]);
  set_if_ticked (told, call, "notify.", "owner");
  set_if_ticked (told, call, "notify.", "leads");
  set_if_ticked (told, call, "notify.", "on_call");
  pn_json_set (object, "metrics", ticked);
  pn_json_set (object, "notify", told);
  pn_json_set (object, "urgent",
               json_boolean (g_strcmp0 (pn_call_field (call, "urgent"), "1") == 0));
  set_list (object, "agents", call, "agents");
  set_list (object, "addresses", call, "addresses");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    pn_json_set (object, texts[i], pn_json_text (pn_manage_typed (call, texts[i], "")));
  return set_place (object, call, error) ? pn_ladder_step_read (object, error) : NULL;
}

static void
put_step (PnLadder *ladder, PnLadderStep *step)
{
  for (guint i = 0; i < ladder->steps->len; i++) {
    if (((const PnLadderStep *) ladder->steps->pdata[i])->key != step->key || step->key == 0)
      continue;
    pn_ladder_step_free (ladder->steps->pdata[i]);
    ladder->steps->pdata[i] = step;
    return;
  }
  g_ptr_array_add (ladder->steps, step);
}

void
pn_desk_ladder_step (PnCall *call)
{
  g_autoptr (PnLadder) ladder = load_one (call);
  g_autoptr (GError) error = NULL;
  PnLadderStep *step = NULL;
  gint64 key = 0;

  if (ladder == NULL)
    return;
  if (!pn_call_read_number (pn_manage_typed (call, "key", "0"), &key) || key > G_MAXINT) {
    pn_call_problem (call, 400, "\"key\" is no number");
    return;
  }
  if (pn_call_field (call, "remove") != NULL) {
    step = pn_ladder_find_step (ladder, (int) key);
    if (step != NULL)
      g_ptr_array_remove (ladder->steps, step);
    save_ladder (call, ladder);
    return;
  }
  step = read_step (call, key, &error);
  if (step == NULL) {
    pn_manage_refuse (call, error, show_one, ladder);
    return;
  }
  put_step (ladder, step);
  save_ladder (call, ladder);
}
