#include <stdio.h>
#include <string.h>

#include "gateway/clerk/rule_stem.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/things.h"
#include "gateway/cli/words.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/reason.h"
#include "ticketing/rule_past.h"
#include "ticketing/rule_store.h"

#define PORTION 100
#define WEEKS_MAX 52

static json_t *
make_json (gconstpointer row)
{
  const PnRule *rule = row;

  return json_pack ("{s:I, s:I, s:I, s:b, s:o}", "id", (json_int_t) rule->id, "version",
                    (json_int_t) rule->version, "position", (json_int_t) rule->position, "enabled",
                    rule->is_enabled, "rule", pn_rule_write (rule));
}

static char *
make_text (gconstpointer row)
{
  const PnRule *rule = row;
  g_autoptr (GString) events = g_string_new (NULL);

  for (guint i = 0; i < PN_RULE_ON_COUNT; i++) {
    if (pn_rule_listens (rule, (PnRuleOn) i))
      g_string_append_printf (events, "%s%s", events->len > 0 ? "," : "",
                              pn_rule_on_name ((PnRuleOn) i));
  }
  return g_strdup_printf ("%" G_GINT64_FORMAT "\t%s\t%" G_GINT64_FORMAT "\t%s\t%s", rule->position,
                          rule->name, rule->version, rule->is_enabled ? "on" : "off", events->str);
}

static GPtrArray *
load (PnDb *db, GError **error)
{
  return pn_rule_list (db, FALSE, error);
}

static const PnCliList list_form = { "PLACE\tNAME\tVERSION\tSTATE\tASKED ON", make_json, make_text,
                                     load };

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_rule_find (db, name, (PnRule **) thing, error);
}

static void
print_rule (const PnRule *rule)
{
  g_autoptr (json_t) written = pn_rule_write (rule);

  json_dumpf (written, stdout, JSON_INDENT (2));
  putchar ('\n');
}

static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnRule) rule = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);

  if (rule == NULL)
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (make_json (rule));
  else
    print_rule (rule);
  return TRUE;
}

/* Rules of a file: one, or a list of them. (owned) of PnRule. */
static GPtrArray *
read_file (const char *path, GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_free);
  json_error_t problem;
  g_autoptr (json_t) document = strcmp (path, "-") == 0
                                    ? json_loadf (stdin, JSON_REJECT_DUPLICATES, &problem)
                                    : json_load_file (path, JSON_REJECT_DUPLICATES, &problem);
  const gsize n = json_is_array (document) ? json_array_size (document) : 1;

  if (document == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "%s: %s (line %d, column %d)", path, problem.text,
                  problem.line, problem.column);
    return NULL;
  }
  for (gsize i = 0; i < n; i++) {
    json_t *one = json_is_array (document) ? json_array_get (document, i) : document;
    PnRule *rule = pn_rule_read (one, NULL, error);

    if (rule == NULL) {
      g_prefix_error (error, "%s: rule %" G_GSIZE_FORMAT ": ", path, i + 1);
      return NULL;
    }
    g_ptr_array_add (rules, rule);
  }
  return g_steal_pointer (&rules);
}

/* A rule of the same name gets a new version. */
static gboolean
import_one (PnDb *db, PnRule *rule, gboolean is_off, GError **error)
{
  g_autoptr (PnRule) old = NULL;

  if (!pn_rule_check (db, rule, NULL, error) || !pn_rule_find (db, rule->name, &old, error))
    return FALSE;
  if (old != NULL)
    rule->id = old->id;
  rule->is_enabled = !is_off && (old == NULL || old->is_enabled);
  if (!pn_rule_save (db, rule, 0, 0, error))
    return FALSE;
  printf ("%s version %" G_GINT64_FORMAT "\n", rule->name, rule->version);
  return TRUE;
}

static gboolean
import (PnCli *cli, int argc, char **argv, GError **error)
{
  gboolean is_off = FALSE;
  const GOptionEntry entries[] = {
    { "off", 0, 0, G_OPTION_ARG_NONE, &is_off, "Leave them switched off", NULL }, { NULL }
  };
  g_autoptr (GPtrArray) rules = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, entries, "FILE", &argc, &argv, error))
    return FALSE;
  rules = read_file (argv[1], error);
  db = rules != NULL ? pn_cli_db (cli, error) : NULL;
  for (guint i = 0; db != NULL && i < rules->len; i++) {
    if (!import_one (db, rules->pdata[i], is_off, error)) {
      g_prefix_error (error, "%s: ", ((const PnRule *) rules->pdata[i])->name);
      return FALSE;
    }
  }
  return db != NULL;
}

static gboolean export(PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) rules = NULL;
  g_autoptr (json_t) all = json_array ();
  PnDb *db = pn_cli_open (cli, NULL, "", &argc, &argv, error);

  rules = db != NULL ? load (db, error) : NULL;
  for (guint i = 0; rules != NULL && i < rules->len; i++)
    json_array_append_new (all, pn_rule_write (rules->pdata[i]));
  if (rules == NULL)
    return FALSE;
  json_dumpf (all, stdout, JSON_INDENT (2));
  putchar ('\n');
  return TRUE;
}

static void
print_hit (PnCli *cli, const PnRuleHit *hit)
{
  g_autofree char *at = pn_clock_write (hit->at);
  g_autofree char *explanation = pn_cli_sentence (cli, hit->explanation);

  if (pn_cli_wants_json (cli)) {
    pn_cli_print_json (
        json_pack ("{s:I, s:s, s:o, s:o, s:o, s:O}", "ticket", (json_int_t) hit->ticket_id, "at",
                   at, "rule", pn_json_text (hit->rule), "explanation", pn_json_text (explanation),
                   "why", pn_reason_read (hit->explanation), "effects", hit->effects));
    return;
  }
  printf ("#%" G_GINT64_FORMAT " %s %s (%s):", hit->ticket_id, at, hit->rule, explanation);
  for (gsize i = 0; i < json_array_size (hit->effects); i++) {
    const json_t *effect = json_array_get (hit->effects, i);
    const char *value = pn_json_get_text (effect, "new");

    if (json_is_true (json_object_get (effect, "done")))
      printf (" %s%s%s;", pn_json_get_text (effect, "do"), value != NULL ? " " : "",
              value != NULL ? value : "");
  }
  putchar ('\n');
}

/* What was printed of a replay. */
typedef struct {
  PnCli *cli;
  PnDb *db;
  PnRuleBook *book;
  PnTime since;
  gint64 tickets;
  gint64 changed;
} Telling;

static gboolean
tell_portion (Telling *telling, const GPtrArray *tickets, GError **error)
{
  for (guint i = 0; i < tickets->len; i++) {
    g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_rule_hit_free);

    if (!pn_rule_past_tell (telling->db, telling->book, tickets->pdata[i], telling->since, hits,
                            error))
      return FALSE;
    telling->tickets++;
    telling->changed += hits->len > 0 ? 1 : 0;
    for (guint k = 0; k < hits->len; k++)
      print_hit (telling->cli, hits->pdata[k]);
  }
  return TRUE;
}

static gboolean
tell_all (Telling *telling, GError **error)
{
  gint64 first;
  gint64 last;

  if (!pn_rule_book_load_names (telling->book, telling->db, error)
      || !pn_ticket_ids_since (telling->db, telling->since, &first, &last, error))
    return FALSE;
  while (first != 0 && first <= last) {
    g_autoptr (GPtrArray) tickets = pn_ticket_range (telling->db, first, last, PORTION, error);

    if (tickets == NULL || !tell_portion (telling, tickets, error))
      return FALSE;
    if (tickets->len < PORTION)
      break;
    first = ((const PnTicket *) tickets->pdata[tickets->len - 1])->id + 1;
  }
  return TRUE;
}

static gboolean
replay (PnCli *cli, int argc, char **argv, GError **error)
{
  int weeks = 4;
  const GOptionEntry entries[] = {
    { "weeks", 0, 0, G_OPTION_ARG_INT, &weeks, "How far back (4)", "N" }, { NULL }
  };
  g_autoptr (PnRuleStems) stems = pn_rule_stems_new ();
  g_autoptr (PnRuleBook) book = NULL;
  GPtrArray *rules = NULL;
  Telling telling = { .cli = cli };

  if (!pn_cli_parse (cli, entries, "[FILE]", &argc, &argv, error))
    return FALSE;
  if (weeks < 1 || weeks > WEEKS_MAX) {
    pn_cli_set_usage (error, "--weeks is a number from 1 to %d", WEEKS_MAX);
    return FALSE;
  }
  telling.db = pn_cli_db (cli, error);
  if (telling.db == NULL)
    return FALSE;
  rules = argc > 1 ? read_file (argv[1], error) : pn_rule_list (telling.db, TRUE, error);
  if (rules == NULL)
    return FALSE;
  telling.book = book = pn_rule_book_new (rules, pn_rule_stem, stems);
  telling.since = pn_clock_now () - weeks * 7 * PN_DAY;
  if (!tell_all (&telling, error))
    return FALSE;
  if (!pn_cli_wants_json (cli))
    printf ("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
            " tickets would have changed; nothing was changed\n",
            telling.changed, telling.tickets);
  return TRUE;
}

static const PnCliThings named_rules = {
  .kind = "rule",
  .find = find,
  .free = (GDestroyNotify) pn_rule_free,
  .list = &list_form,
};

static const PnCliVerb verbs[] = {
  { "list", pn_cli_list_things, "Lists the rules in their order" },
  { "show", show, "Prints a rule" },
  { "import", import, "Takes rules from a file of JSON" },
  { "export", export, "Prints all rules as JSON" },
  { "replay", replay, "Tries rules on the tickets of the last weeks; nothing is changed" },
  { NULL, NULL, NULL },
};

int
pn_cmd_rule (int argc, char **argv)
{
  return pn_cli_main_things (&named_rules, verbs, argc, argv);
}
