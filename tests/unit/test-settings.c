#include "ticketing/core/settings.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/test.h"
#include "ticketing/core/error.h"

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSettings) settings = pn_settings_read ("", "test", &error);
  PnDbTarget target;

  pn_assert_no_error (error);
  g_assert_nonnull (settings);
  g_assert_cmpstr (pn_settings_text (settings, PN_SETTING_PATHS_DATA), ==, "/var/lib/postern");
  g_assert_cmpstr (pn_settings_text (settings, PN_SETTING_PATHS_RUN), ==, "/var/lib/postern/run");
  g_assert_cmpstr (pn_settings_text (settings, PN_SETTING_PATHS_KEY), ==,
                   "/var/lib/postern/postern.key");
  g_assert_cmpstr (pn_settings_text (settings, PN_SETTING_WEB_BASE_URL), ==,
                   "http://127.0.0.1:8800");
  g_assert_cmpint (pn_settings_number (settings, PN_SETTING_WEB_WORKERS), ==, 4);
  g_assert_null (pn_settings_list (settings, PN_SETTING_WEB_TRUSTED_PROXIES)[0]);
  g_assert_true (pn_settings_has_private_database (settings));
  pn_settings_db_target (settings, &target);
  g_assert_cmpstr (target.socket, ==, "/var/lib/postern/run/db.sock");
  g_assert_null (target.host);
  g_assert_null (target.password);
  g_assert_cmpstr (target.name, ==, "postern");
}

static void
test_values (void)
{
  static const char text[] = "[database]\nhost = db.example\npassword = s p=a;ce\nuser=pn\n"
                             "[web]\nlisten = unix:/x/y\ntrusted_proxies = 10.0.0.1,  10.0.0.2,\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSettings) settings = pn_settings_read (text, "test", &error);
  g_autoptr (PnSettings) again = NULL;
  g_autofree char *open = NULL;
  g_autofree char *all = NULL;
  const char *const *proxies = NULL;
  PnDbTarget target;

  pn_assert_no_error (error);
  pn_settings_db_target (settings, &target);
  g_assert_cmpstr (target.host, ==, "db.example");
  g_assert_cmpuint (target.port, ==, 3306);
  g_assert_cmpstr (target.user, ==, "pn");
  g_assert_cmpstr (target.password, ==, "s p=a;ce");
  proxies = pn_settings_list (settings, PN_SETTING_WEB_TRUSTED_PROXIES);
  g_assert_cmpstr (proxies[0], ==, "10.0.0.1");
  g_assert_cmpstr (proxies[1], ==, "10.0.0.2");
  g_assert_null (proxies[2]);
  g_assert_true (pn_settings_is_set (settings, PN_SETTING_DATABASE_HOST));
  g_assert_false (pn_settings_is_set (settings, PN_SETTING_DATABASE_PORT));

  open = pn_settings_write (settings, FALSE);
  g_assert_null (strstr (open, "s p=a;ce"));
  all = pn_settings_write (settings, TRUE);
  again = pn_settings_read (all, "again", &error);
  pn_assert_no_error (error);
  g_assert_cmpstr (pn_settings_text (again, PN_SETTING_DATABASE_PASSWORD), ==, "s p=a;ce");
  g_assert_cmpstr (pn_settings_text (again, PN_SETTING_WEB_BASE_URL), ==, "http://localhost");
}

static void
test_mistakes (void)
{
  static const struct {
    const char *text;
    const char *part; /* of the message */
  } cases[] = {
    { "[web]\nlissten = 127.0.0.1:1\n",
      "line 2: there is no setting \"lissten\" in [web]; the nearest is \"listen\"" },
    { "[wep]\nlisten = x\n", "line 1: there is no group [wep]" },
    { "[mail]\n\nlisten = 127.0.0.1:1\n",
      "line 3: there is no setting \"listen\" in [mail]; the nearest is \"listen\" in [web]" },
    { "[web]\nworkers = 0\n", "line 2: [web] workers: \"0\" is no number from 1 to 64" },
    { "[web]\nworkers = 4x\n", "\"4x\" is no number" },
    { "[web]\nworkers = -1\n", "\"-1\" is no number" },
    { "[web]\nlisten = 8800\n", "\"8800\" is neither ADDRESS:PORT nor unix:PATH" },
    { "[web]\nlisten = unix:here\n", "\"here\" is no absolute path" },
    { "[web]\nbase_url = https://x.example/\n", "has more than a scheme, a host and a port" },
    { "[web]\nbase_url = ftp://x.example\n", "is no http:// or https:// address" },
    { "[web]\nbase_url = https://x.example?a\n", "has more than" },
    { "[paths]\ndata = var\n", "\"var\" is no absolute path" },
    { "[paths]\ndata =\n", "data must not be empty" },
    { "[paths]\nrun = /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
      "too long for sockets" },
    { "[database]\nname = a`b\n", "is no name of a schema" },
    { "nonsense\n", "test: " },
    { "[web]\nlisten = \xff\n", "it is not UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PnSettings) settings = pn_settings_read (cases[i].text, "test", &error);

    g_assert_null (settings);
    g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].part));
  }
}

static void
test_long_data_path (void)
{
  static const char text[] =
      "[paths]\ndata = /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (PnSettings) settings = pn_settings_read (text, "test", &error);

  pn_assert_no_error (error);
  g_assert_true (
      g_str_has_prefix (pn_settings_text (settings, PN_SETTING_PATHS_RUN), "/tmp/postern-"));
}

/* The explanation, with every comment sign before a key removed, is itself a good file that changes nothing. */
static void
test_explain (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = pn_settings_explain ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (PnSettings) plain = pn_settings_read ("", "plain", &error);
  g_autoptr (PnSettings) settings = NULL;
  g_autofree char *joined = NULL;
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_assert_cmpuint (strlen (lines[i]), <=, 80);
    if (lines[i][0] == '#' && lines[i][1] != ' ')
      lines[i][0] = ' ';
  }
  joined = g_strjoinv ("\n", lines);
  settings = pn_settings_read (joined, "explained", &error);
  pn_assert_no_error (error);
  g_assert_nonnull (settings);
  left = pn_settings_write (settings, TRUE);
  right = pn_settings_write (plain, TRUE);
  g_assert_cmpstr (left, ==, right);
}

static void
test_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("pn-settings-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "postern.conf", NULL);

  g_assert_null (pn_settings_load (path, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_NOT_FOUND));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "[database]\npassword = x\n", -1, NULL));
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_null (pn_settings_load (path, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_DENIED));
  g_clear_error (&error);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  pn_settings_free (pn_settings_load (path, &error));
  pn_assert_no_error (error);
  g_assert_null (pn_settings_load (folder, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/values", test_values);
  g_test_add_func ("/settings/mistakes", test_mistakes);
  g_test_add_func ("/settings/long-data-path", test_long_data_path);
  g_test_add_func ("/settings/explain", test_explain);
  g_test_add_func ("/settings/files", test_files);
  return g_test_run ();
}
