/* Files of visitors, TRUST.md rows 51 to 53: a name is a label, and what it shows is what it is; a type is told by bytes. */
#include <string.h>

#include "gateway/web/web.h"
#include "tests/db/form_post.h"
#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/json.h"

#define NAME_BYTES_MAX 255

/* Sends one file of each; returns: (owned) what lies in the spool then. */
static GPtrArray *
send_each (PnTestWeb *test, const char *const *files, gsize n)
{
  GPtrArray *records;

  for (gsize i = 0; i < n; i++) {
    const char *const list[] = { files[i], NULL };
    g_autofree char *fields = g_strdup_printf ("address=a%zu@customer.example|subject=S|text=x", i);
    g_autofree char *sent = pn_form_post_send (test, "/contact/mill", fields, list);

    g_test_message ("%.100s", files[i]);
    g_assert_cmpint (pn_testhttp_status (sent), ==, 303);
  }
  records = pn_form_post_spooled (test);
  g_assert_cmpuint (records->len, ==, n);
  return records;
}

static const json_t *
file_of (const GPtrArray *records, guint i)
{
  return json_array_get (json_object_get (records->pdata[i], "attachments"), 0);
}

/* Where it lies is told by its bytes, whatever path its name is. */
static void
test_paths (void)
{
  static const char *const files[] = {
    "../../x:text/plain:text",   "/etc/x:text/plain:text", "..\\x:text/plain:text",
    "a/../../b:text/plain:text", "CON:text/plain:text",    ".:text/plain:text",
  };
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GPtrArray) records = NULL;
  guint8 sha[PN_SHA256_BYTES];
  g_autofree char *hex = NULL;

  if (test == NULL)
    return;
  pn_sha256 ("text", 4, sha);
  hex = pn_hex (sha, sizeof sha);
  records = send_each (test, files, G_N_ELEMENTS (files));
  for (guint i = 0; i < records->len; i++) {
    const char *name = pn_json_get_text (file_of (records, i), "name");

    g_assert_null (strpbrk (name, "/\\"));
    g_assert_cmpstr (name, !=, ".");
    g_assert_cmpstr (pn_json_get_text (file_of (records, i), "sha256"), ==, hex);
  }
  pn_testweb_stop (test);
}

static void
test_long_name (void)
{
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *name = g_strnfill (5000, 'n');
  g_autofree char *file = g_strconcat (name, ".txt:text/plain:text", NULL);
  const char *const files[] = { file, NULL };
  g_autofree char *sent = NULL;
  g_autoptr (GPtrArray) records = NULL;

  if (test == NULL)
    return;
  sent = pn_form_post_send (test, "/contact/mill", "address=a@customer.example|subject=S|text=x",
                            files);
  records = pn_form_post_spooled (test);
  if (pn_testhttp_status (sent) == 303)
    g_assert_cmpuint (strlen (pn_json_get_text (file_of (records, 0), "name")), <=, NAME_BYTES_MAX);
  else
    g_assert_cmpint (pn_testhttp_status (sent), ==, 400);
  pn_testweb_stop (test);
}

/* A form's key is one that we gave. */
static void
test_keys (void)
{
  static const char *const keys[] = { "../../x", "0123456789abcdef0123456789abcdef.1.2", "%00" };
  PnTestWeb *test = pn_testweb_start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree char *fields =
        g_strdup_printf ("key=%s|address=a@customer.example|subject=S|text=x", keys[i]);
    g_autofree char *refused = pn_form_post_send (test, "/contact/mill", fields, NULL);

    g_assert_cmpint (pn_testhttp_status (refused), ==, 400);
  }
  pn_testweb_stop (test);
}

/* What can't be seen in a name is not in it: neither what hides its beginning nor what turns its end around. */
static void
test_labels (void)
{
  static const struct {
    const char *file;
    const char *name;
  } rows[] = {
    { "gpj.\xe2\x80\xae"
      "exe:image/png:text",
      "gpj.exe" },
    { "a\xe2\x81\xa6"
      "b.txt:text/plain:text",
      "ab.txt" },
    { "a\xe2\x80\x8b\xe2\x80\x8d.htaccess:text/plain:text", "a.htaccess" },
    { "a\xef\xbb\xbf.php:text/plain:text", "a.php" },
  };
  const char *files[G_N_ELEMENTS (rows)];
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GPtrArray) records = NULL;

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    files[i] = rows[i].file;
  records = send_each (test, files, G_N_ELEMENTS (rows));
  for (guint i = 0; i < records->len; i++)
    g_assert_cmpstr (pn_json_get_text (file_of (records, i), "name"), ==, rows[i].name);
  pn_testweb_stop (test);
}

/* Neither the name's end nor what the sender declares makes a type. */
static void
test_types (void)
{
  static const struct {
    const char *file;
    const char *type;
  } rows[] = {
    { "avatar.php:image/png:<?php echo 1;", "text/plain" },
    { "avatar.pht:image/gif:plain words", "text/plain" },
    { "a.txt:text/html:<script>alert(1)</script>", "text/plain" },
    { "a.png:image/png:<svg onload='alert(1)'/>", "text/plain" },
    { "a.html:text/html:%PDF-1.4", "application/pdf" },
    { "a.png:image/png:\x01\x02", "application/octet-stream" },
  };
  const char *files[G_N_ELEMENTS (rows)];
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GPtrArray) records = NULL;

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    files[i] = rows[i].file;
  records = send_each (test, files, G_N_ELEMENTS (rows));
  for (guint i = 0; i < records->len; i++)
    g_assert_cmpstr (pn_json_get_text (file_of (records, i), "type"), ==, rows[i].type);
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/upload/row-51-paths", test_paths);
  g_test_add_func ("/web/upload/row-51-long-name", test_long_name);
  g_test_add_func ("/web/upload/row-51-keys", test_keys);
  g_test_add_func ("/web/upload/row-52-labels", test_labels);
  g_test_add_func ("/web/upload/row-53-types", test_types);
  return g_test_run ();
}
