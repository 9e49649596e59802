#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/find.h"
#include "gateway/cli/things.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/form.h"

#define FILE_MAX_BYTES (1024 * 1024)

static json_t *
make_json (gconstpointer row)
{
  const PnFormSheet *sheet = row;

  return json_pack ("{s:s, s:o, s:I, s:b, s:i}", "name", sheet->name, "title",
                    pn_json_text (sheet->plan->title), "version", (json_int_t) sheet->version,
                    "is_enabled", sheet->is_enabled, "fields", (int) sheet->plan->fields->len);
}

static char *
make_text (gconstpointer row)
{
  const PnFormSheet *sheet = row;

  return g_strdup_printf ("%s\t%s\t%" G_GINT64_FORMAT "\t%u\t%s", sheet->name, sheet->plan->title,
                          sheet->version, sheet->plan->fields->len,
                          sheet->is_enabled ? "yes" : "no");
}

static const PnCliList list_form = {
  "NAME\tTITLE\tVERSION\tFIELDS\tENABLED",
  make_json,
  make_text,
  pn_form_list,
};

static gboolean
find (PnDb *db, const char *name, gpointer *thing, GError **error)
{
  return pn_form_find (db, name, 0, (PnFormSheet **) thing, error);
}

/* What import reads: with the name and the queue, so that a file is enough to make it again. */
static gboolean export(PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnFormSheet) sheet = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);
  g_autoptr (PnQueue) queue =
      sheet != NULL ? pn_queue_load (pn_cli_db (cli, error), sheet->queue_id, error) : NULL;
  g_autofree char *text = NULL;
  json_t *document;

  if (queue == NULL)
    return FALSE;
  document = json_pack ("{s:s, s:s, s:b, s:o}", "name", sheet->name, "queue", queue->name,
                        "is_enabled", sheet->is_enabled, "plan", pn_form_plan_write (sheet->plan));
  text = json_dumps (document, JSON_INDENT (2));
  json_decref (document);
  printf ("%s\n", text);
  return TRUE;
}

static void
show_field (const PnFormField *field)
{
  printf ("  %-16s %-10s %s%s", field->name, pn_form_type_name (field->type),
          *field->label != '\0' ? field->label : "(our own words)",
          field->is_required ? " (required)" : "");
  if (field->when_field != NULL)
    printf (" when %s is \"%s\"", field->when_field, field->when_value);
  printf ("\n");
}

static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnFormSheet) sheet = pn_cli_open_thing (cli, "NAME", &argc, &argv, error);

  if (sheet == NULL)
    return FALSE;
  if (pn_cli_wants_json (cli)) {
    json_t *document = make_json (sheet);

    pn_json_set (document, "plan", pn_form_plan_write (sheet->plan));
    pn_cli_print_json (document);
    return TRUE;
  }
  printf ("%s: %s (version %" G_GINT64_FORMAT "%s)\n", sheet->name, sheet->plan->title,
          sheet->version, sheet->is_enabled ? "" : ", switched off");
  for (guint i = 0; i < sheet->plan->fields->len; i++)
    show_field (sheet->plan->fields->pdata[i]);
  return TRUE;
}

static json_t *
read_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  json_error_t problem;
  gsize size = 0;
  json_t *document;

  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  if (size > FILE_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "%s is larger than a form can be", path);
    return NULL;
  }
  document = json_loadb (text, size, JSON_REJECT_DUPLICATES, &problem);
  if (document == NULL)
    pn_error_set (error, PN_ERROR_INVALID, "%s:%d: %s", path, problem.line, problem.text);
  return document;
}

/* A form of that name becomes a new version. */
static gboolean
store (PnDb *db, const json_t *document, PnFormSheet **stored, GError **error)
{
  const char *name = pn_json_get_text (document, "name");
  const char *queue_name = pn_json_get_text (document, "queue");
  const json_t *is_enabled = json_object_get (document, "is_enabled");
  g_autoptr (PnFormPlan) plan = pn_form_plan_read (json_object_get (document, "plan"), error);
  g_autoptr (PnFormSheet) sheet = NULL;
  g_autoptr (PnQueue) queue = NULL;

  if (plan == NULL)
    return FALSE;
  if (name == NULL || queue_name == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "a form's file has \"name\", \"queue\" and \"plan\"");
    return FALSE;
  }
  queue = pn_cli_find_queue (db, queue_name, error);
  if (queue == NULL || !pn_form_find (db, name, 0, &sheet, error))
    return FALSE;
  if (sheet == NULL) {
    sheet = g_new0 (PnFormSheet, 1);
    sheet->name = g_strdup (name);
  }
  pn_form_plan_free (sheet->plan);
  sheet->plan = g_steal_pointer (&plan);
  sheet->queue_id = queue->id;
  sheet->is_enabled = is_enabled == NULL || json_is_true (is_enabled);
  if (!pn_form_save (db, sheet, 0, error))
    return FALSE;
  *stored = g_steal_pointer (&sheet);
  return TRUE;
}

static gboolean
import (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (json_t) document = NULL;
  g_autoptr (PnFormSheet) sheet = NULL;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, NULL, "FILE", &argc, &argv, error))
    return FALSE;
  document = read_file (argv[1], error);
  db = document != NULL ? pn_cli_db (cli, error) : NULL;
  if (db == NULL || !store (db, document, &sheet, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (make_json (sheet));
  return TRUE;
}

static const PnCliThings forms = {
  .kind = "form named",
  .find = find,
  .free = (GDestroyNotify) pn_form_sheet_free,
  .list = &list_form,
};

static const PnCliVerb verbs[] = {
  { "list", pn_cli_list_things, "Lists the forms" },
  { "show", show, "Shows what a form asks" },
  { "import", import, "Makes a form, or a new version of one, from a file" },
  { "export", export, "Writes a form as import reads it" },
  { NULL, NULL, NULL },
};

int
pn_cmd_form (int argc, char **argv)
{
  return pn_cli_main_things (&forms, verbs, argc, argv);
}
