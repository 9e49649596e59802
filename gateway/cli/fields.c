#include "gateway/cli/fields.h"

#include <string.h>

#include "gateway/cli/find.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"

static json_t *
make_list (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, ", ", -1);
  json_t *list = json_array ();

  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] != '\0')
      json_array_append_new (list, pn_json_text (words[i]));
  }
  return list;
}

static json_t *
make_number (const PnCliField *field, const char *text, GError **error)
{
  gint64 number;

  if (g_ascii_string_to_signed (text, 10, G_MININT, G_MAXINT, &number, NULL))
    return json_integer (number);
  pn_cli_set_usage (error, "--%s is a number, not \"%s\"", field->option, text);
  return NULL;
}

static json_t *
make_flag (const PnCliField *field, const char *text, GError **error)
{
  g_autofree char *name = g_strconcat ("--", field->option, NULL);
  gboolean is_set = FALSE;

  return pn_cli_take_flag (name, text, &is_set, error) ? json_boolean (is_set) : NULL;
}

static json_t *
make_value (const PnCliField *field, const char *text, GError **error)
{
  switch (field->kind) {
  case PN_CLI_TEXT: return pn_json_text (text);
  case PN_CLI_NAME: return *text != '\0' ? pn_json_text (text) : json_null ();
  case PN_CLI_LIST: return make_list (text);
  case PN_CLI_NUMBER: return make_number (field, text, error);
  case PN_CLI_FLAG: return make_flag (field, text, error);
  }
  g_return_val_if_reached (NULL);
}

static json_t *
make_document (const PnCliField *fields, char *const *texts, GError **error)
{
  g_autoptr (json_t) document = json_object ();

  for (guint i = 0; fields[i].option != NULL; i++) {
    json_t *value;

    if (texts[i] == NULL)
      continue;
    value = make_value (&fields[i], texts[i], error);
    if (value == NULL)
      return NULL;
    json_object_set_new (document, fields[i].key, value);
  }
  return g_steal_pointer (&document);
}

json_t *
pn_cli_read_fields (PnCli *cli, const PnCliField *fields, const char *words, int *argc,
                    char ***argv, GError **error)
{
  GOptionEntry entries[PN_CLI_FIELDS_MAX + 1] = { { NULL } };
  char *texts[PN_CLI_FIELDS_MAX + 1] = { NULL };
  json_t *document = NULL;

  for (guint i = 0; fields[i].option != NULL; i++) {
    g_assert (i < PN_CLI_FIELDS_MAX);
    entries[i] =
        (GOptionEntry){ fields[i].option, 0, 0, G_OPTION_ARG_STRING, &texts[i], fields[i].help,
                        fields[i].word };
  }
  if (pn_cli_parse (cli, entries, words, argc, argv, error))
    document = make_document (fields, texts, error);
  for (guint i = 0; i < PN_CLI_FIELDS_MAX; i++)
    g_free (texts[i]);
  return document;
}

gboolean
pn_cli_save_fields (PnCli *cli, json_t *document, gpointer thing, GError **error)
{
  const PnCliThings *things = pn_cli_things (cli);
  PnDb *db = pn_cli_db (cli, error);

  if (db == NULL || !things->read (db, document, thing, error) || !things->save (db, thing, error))
    return FALSE;
  pn_cli_wake (cli, "clerk");
  return !pn_cli_wants_json (cli) || pn_cli_print_thing (cli, thing, error);
}

gboolean
pn_cli_put_thing (PnCli *cli, const PnCliField *fields, int argc, char **argv, GError **error)
{
  g_autoptr (json_t) document = pn_cli_read_fields (cli, fields, "NAME", &argc, &argv, error);
  gpointer thing = document != NULL ? pn_cli_take_thing (cli, argv[0], argv[1], error) : NULL;
  gboolean is_saved;

  if (thing == NULL)
    return FALSE;
  is_saved = pn_cli_save_fields (cli, document, thing, error);
  pn_cli_things (cli)->free (thing);
  return is_saved;
}
