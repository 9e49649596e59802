#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"

static json_t *
make_json (const char *text)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  json_t *document = json_object ();

  g_key_file_load_from_data (file, text, (gsize) -1, G_KEY_FILE_NONE, NULL);
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++) {
    g_auto (GStrv) keys = g_key_file_get_keys (file, groups[i], NULL, NULL);
    json_t *group = json_object ();

    for (guint j = 0; keys[j] != NULL; j++) {
      g_autofree char *value = g_key_file_get_string (file, groups[i], keys[j], NULL);

      json_object_set_new (group, keys[j], json_string (value));
    }
    json_object_set_new (document, groups[i], group);
  }
  return document;
}

static gboolean
show (PnCli *cli, int argc, char **argv, GError **error)
{
  gboolean explains = FALSE;
  const GOptionEntry entries[] = {
    { "explain", 0, 0, G_OPTION_ARG_NONE, &explains,
      "Print every setting with its default and what it is for", NULL },
    { NULL },
  };
  g_autofree char *text = NULL;

  if (!pn_cli_parse (cli, entries, "", &argc, &argv, error))
    return FALSE;
  if (explains) {
    text = pn_settings_explain ();
    fputs (text, stdout);
    return TRUE;
  }
  if (!pn_cli_load_settings (cli, FALSE, error))
    return FALSE;
  text = pn_settings_write (pn_cli_settings (cli), FALSE);
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (make_json (text));
  else
    fputs (text, stdout);
  return TRUE;
}

static const PnCliVerb verbs[] = {
  { NULL, show, "Shows the effective settings" },
  { NULL, NULL, NULL },
};

int
pn_cmd_settings (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
