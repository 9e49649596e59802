#include "ticketing/webhook.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"
#include "ticketing/core/token.h"

#define NAME_BYTES 64
#define LIST_MAX 500

#define COLUMNS "id, name, url, salt, is_enabled, created_at"

static const char insert_sql[] =
    "INSERT INTO webhook (name, url, salt, is_enabled, created_at) VALUES (?, ?, ?, ?, ?)";

static const char update_sql[] =
    "UPDATE webhook SET name = ?, url = ?, salt = ?, is_enabled = ? WHERE id = ?";

static const char delete_sql[] = "DELETE FROM webhook WHERE id = ?";

static const char load_sql[] = "SELECT " COLUMNS " FROM webhook WHERE id = ?";

static const char find_sql[] = "SELECT " COLUMNS " FROM webhook WHERE name = ?";

static const char list_sql[] = "SELECT " COLUMNS " FROM webhook ORDER BY name LIMIT ?";

PnWebhook *
pn_webhook_new (const char *name, const char *url)
{
  PnWebhook *webhook = g_new0 (PnWebhook, 1);

  webhook->name = g_strdup (name);
  webhook->url = g_strdup (url);
  webhook->is_enabled = TRUE;
  pn_secret_random (webhook->salt, sizeof webhook->salt);
  return webhook;
}

void
pn_webhook_free (PnWebhook *webhook)
{
  if (webhook == NULL)
    return;
  g_free (webhook->name);
  g_free (webhook->url);
  g_free (webhook);
}

static void
free_webhook (gpointer webhook)
{
  pn_webhook_free (webhook);
}

static gboolean
check (const PnWebhook *webhook, const char *const *allowed, GError **error)
{
  if (!pn_text_is_label (webhook->name, NAME_BYTES)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "webhook name \"%s\": 1 to %d of a-z, 0-9 and \"-\" are allowed", webhook->name,
                  NAME_BYTES);
    return FALSE;
  }
  return pn_webhook_check_url (webhook->url, allowed, error);
}

static gboolean
write_row (PnDb *db, PnWebhook *webhook, GError **error)
{
  const PnValue name = pn_text (webhook->name);
  const PnValue url = pn_text (webhook->url);
  const PnValue salt = pn_bytes (webhook->salt, sizeof webhook->salt);
  const PnValue is_enabled = pn_int (webhook->is_enabled);
  g_autoptr (PnWebhook) there = NULL;
  gint64 affected = 0;

  if (webhook->id == 0) {
    webhook->created_at = pn_clock_now ();
    return pn_db_insert (db, insert_sql,
                         PN_ARGS (name, url, salt, is_enabled, pn_int (webhook->created_at)),
                         &webhook->id, error);
  }
  if (!pn_db_exec (db, update_sql, PN_ARGS (name, url, salt, is_enabled, pn_int (webhook->id)),
                   &affected, error))
    return FALSE;
  if (affected > 0)
    return TRUE;
  there = pn_webhook_load (db, webhook->id, error); /* nothing changed, or nothing there? */
  return there != NULL;
}

gboolean
pn_webhook_save (PnDb *db, PnWebhook *webhook, const char *const *allowed, GError **error)
{
  if (!check (webhook, allowed, error))
    return FALSE;
  if (write_row (db, webhook, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "there is a webhook named \"%s\" already",
                   webhook->name);
  return FALSE;
}

gboolean
pn_webhook_delete (PnDb *db, gint64 id, GError **error)
{
  gint64 affected = 0;

  if (!pn_db_exec (db, delete_sql, PN_ARGS (pn_int (id)), &affected, error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no webhook %" G_GINT64_FORMAT, id);
  return affected > 0;
}

static PnWebhook *
read_row (const PnRows *rows)
{
  PnWebhook *webhook = g_new0 (PnWebhook, 1);

  webhook->id = pn_rows_int (rows, 0);
  webhook->name = g_strdup (pn_rows_text (rows, 1));
  webhook->url = g_strdup (pn_rows_text (rows, 2));
  pn_rows_copy (rows, 3, webhook->salt, sizeof webhook->salt);
  webhook->is_enabled = pn_rows_int (rows, 4) != 0;
  webhook->created_at = pn_rows_int (rows, 5);
  return webhook;
}

PnWebhook *
pn_webhook_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (pn_rows_next (rows))
    return read_row (rows);
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no webhook %" G_GINT64_FORMAT, id);
  return NULL;
}

gboolean
pn_webhook_find (PnDb *db, const char *name, PnWebhook **webhook, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  if (rows == NULL)
    return FALSE;
  *webhook = pn_rows_next (rows) ? read_row (rows) : NULL;
  return TRUE;
}

GPtrArray *
pn_webhook_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (LIST_MAX)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (free_webhook);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}

char *
pn_webhook_secret (const PnWebhook *webhook, const PnSecret *key)
{
  guint8 mac[PN_TOKEN_MAC_BYTES];
  GString *text = g_string_new ("whsec_");

  pn_token_mac (key, "webhook", webhook->salt, sizeof webhook->salt, mac);
  for (gsize i = 0; i < sizeof mac; i++)
    g_string_append_printf (text, "%02x", mac[i]);
  return g_string_free (text, FALSE);
}

char *
pn_webhook_sign (const char *secret, PnTime at, const char *body)
{
  g_autofree char *signed_text = g_strdup_printf ("%" G_GINT64_FORMAT ".%s", at / PN_SECOND, body);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *) secret, strlen (secret),
                                    signed_text, -1);
}
