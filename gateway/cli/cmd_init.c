#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/context.h"
#include "gateway/serve/place.h"
#include "ticketing/core/error.h"
#include "ticketing/mailbox.h"

typedef struct {
  char *data;
  char *user;
  gboolean makes_key;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->data);
  g_free (options->user);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* The whole explanation, with the two lines that were asked for switched on. */
static char *
make_file (const Options *options)
{
  g_autofree char *explained = pn_settings_explain ();
  g_auto (GStrv) lines = g_strsplit (explained, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = lines[i];

    if (options->data != NULL && g_str_has_prefix (line, "#data ="))
      lines[i] = g_strdup_printf ("data = %s", options->data);
    else if (options->user != NULL && g_str_has_prefix (line, "#user =") && i > 0
             && strstr (lines[i - 1], "data directory") != NULL)
      lines[i] = g_strdup_printf ("user = %s", options->user);
    else
      lines[i] = g_steal_pointer (&line);
  }
  return g_strjoinv ("\n", lines);
}

/* Writes the settings where there are none. */
static gboolean
write_settings (const char *path, const Options *options, gboolean *is_new, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  g_autoptr (PnSettings) settings = NULL;

  *is_new = !g_file_test (path, G_FILE_TEST_EXISTS);
  if (!*is_new) {
    if (options->data == NULL && options->user == NULL)
      return TRUE;
    pn_cli_set_usage (
        error, "%s is there already; --data and --user are for a new one, edit that file instead",
        path);
    return FALSE;
  }
  text = make_file (options);
  settings = pn_settings_read (text, path, error);
  if (settings == NULL || !pn_place_check_user (settings, error))
    return FALSE;
  if (g_mkdir_with_parents (folder, 0755) == 0
      && g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL))
    return TRUE;
  pn_error_set (error, PN_ERROR_DENIED, "the settings %s could not be written: %s", path,
                g_strerror (errno));
  return FALSE;
}

/* A new key makes what is sealed under the old one unreadable: nobody gets that without having asked for it. */
static gboolean
has_sealed (PnDb *db, gboolean *has, GError **error)
{
  g_autoptr (GPtrArray) mailboxes = pn_mailbox_list (db, error);

  if (mailboxes == NULL)
    return FALSE;
  *has = FALSE;
  for (guint i = 0; i < mailboxes->len; i++) {
    const PnMailbox *mailbox = g_ptr_array_index (mailboxes, i);

    *has = *has || mailbox->imap.sealed_password != NULL || mailbox->smtp.sealed_password != NULL;
  }
  return TRUE;
}

static gboolean
make_key (PnCli *cli, PnDb *db, gboolean is_asked_for, gboolean *is_new, GError **error)
{
  const char *path = pn_settings_text (pn_cli_settings (cli), PN_SETTING_PATHS_KEY);
  g_autoptr (PnSecret) key = NULL;
  gboolean has = FALSE;

  *is_new = !g_file_test (path, G_FILE_TEST_EXISTS);
  if (*is_new && !is_asked_for && !has_sealed (db, &has, error))
    return FALSE;
  key = pn_place_load_key (pn_cli_settings (cli), !has, error);
  return key != NULL;
}

static gboolean
init (PnCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options.data, "The data directory, for new settings",
      "DIR" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &options.user,
      "The user to run as when root starts it, for new settings", "NAME" },
    { "new-key", 0, 0, G_OPTION_ARG_NONE, &options.makes_key,
      "Make a new key file in place of one that is lost", NULL },
    { NULL },
  };
  g_autofree char *path = NULL;
  gboolean has_new_settings = FALSE;
  gboolean has_new_key = FALSE;
  PnDb *db = NULL;

  if (!pn_cli_parse (cli, entries, "", &argc, &argv, error))
    return FALSE;
  path = pn_cli_make_settings_path (cli);
  if (!write_settings (path, &options, &has_new_settings, error)
      || !pn_cli_load_settings (cli, TRUE, error)
      || !pn_place_prepare_data (pn_cli_settings (cli), error)
      || !pn_place_prepare_run (pn_cli_settings (cli), error))
    return FALSE;
  db = pn_cli_db_prepared (cli, error);
  if (db == NULL || !make_key (cli, db, options.makes_key, &has_new_key, error))
    return FALSE;
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:s,s:b,s:s,s:b}", "settings", path, "settings_are_new",
                                  has_new_settings, "data",
                                  pn_settings_text (pn_cli_settings (cli), PN_SETTING_PATHS_DATA),
                                  "key_is_new", has_new_key));
  else
    printf (
        "settings  %s%s\ndata      %s%s\nThe database is up to date. Next: postern staff add, postern serve\n",
        path, has_new_settings ? " (new)" : "",
        pn_settings_text (pn_cli_settings (cli), PN_SETTING_PATHS_DATA),
        has_new_key ? " (new key file: keep a copy of it)" : "");
  return TRUE;
}

static const PnCliVerb verbs[] = {
  { NULL, init, "Writes settings where there are none, creates or migrates the database" },
  { NULL, NULL, NULL },
};

int
pn_cmd_init (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
