#include "tests/db/form_post.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "ticketing/core/blob.h"
#include "ticketing/core/json.h"
#include "ticketing/spool.h"

GPtrArray *
pn_form_post_spooled (PnTestWeb *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) waiting = pn_spool_lease (test->db, "test", 100, &error);
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);

  pn_assert_no_error (error);
  for (guint i = 0; i < waiting->len; i++) {
    const PnDelivery *delivery = waiting->pdata[i];
    g_autoptr (GBytes) raw = NULL;

    if (delivery->channel != PN_CHANNEL_FORM)
      continue;
    raw = pn_blob_load (test->db, delivery->raw_sha, 1000000, &error);
    pn_assert_no_error (error);
    g_ptr_array_add (records,
                     json_loadb (g_bytes_get_data (raw, NULL), g_bytes_get_size (raw), 0, NULL));
  }
  return records;
}

char *
pn_form_post_send (PnTestWeb *test, const char *target, const char *fields,
                   const char *const *files)
{
  g_auto (GStrv) pairs = g_strsplit (fields, "|", 0);
  g_autoptr (GString) body = g_string_new ("");
  g_autofree char *request = NULL;

  for (char **pair = pairs; *pair != NULL; pair++) {
    char *equals = strchr (*pair, '=');

    g_string_append_printf (body,
                            "--X\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n%s\r\n",
                            (int) (equals - *pair), *pair, equals + 1);
  }
  for (; files != NULL && *files != NULL; files++) {
    g_auto (GStrv) parts = g_strsplit (*files, ":", 3);

    g_string_append_printf (
        body,
        "--X\r\nContent-Disposition: form-data; name=\"files\"; filename=\"%s\"\r\nContent-Type: "
        "%s\r\n\r\n%s\r\n",
        parts[0], parts[1], parts[2]);
  }
  g_string_append (body, "--X--\r\n");
  request = g_strdup_printf (
      "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: "
      "multipart/form-data; boundary=X\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
      target, body->len, body->str);
  return pn_testhttp_ask (test->port, request);
}
