#include "gateway/web/once.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/core/token.h"
#include "ticketing/message.h"
#include "ticketing/op.h"

#define KEY_MAX_BYTES 200

static gboolean
is_key (const char *key)
{
  gsize size = strlen (key);

  for (gsize i = 0; i < size; i++) {
    if ((guchar) key[i] <= 0x20 || (guchar) key[i] >= 0x7f)
      return FALSE;
  }
  return size > 0 && size <= KEY_MAX_BYTES;
}

/* Everything that the caller means; not what differs each time the same is sent. */
static void
append_body (PnOnce *once, const PnCall *call, const GPtrArray *uploads)
{
  static const char *const ignored[] = { "csrf", "op", "seen", "if_version", "key" };
  const GPtrArray *fields = call->request->form->fields;

  g_string_append (once->body, call->request->path);
  for (guint i = 0; i < fields->len; i++) {
    const PnField *field = fields->pdata[i];
    gboolean is_ignored = FALSE;

    for (gsize j = 0; j < G_N_ELEMENTS (ignored); j++)
      is_ignored = is_ignored || strcmp (field->name, ignored[j]) == 0;
    if (!is_ignored)
      g_string_append_printf (once->body, "\n%s=%" G_GSIZE_FORMAT ":%s", field->name,
                              strlen (field->value), field->value);
  }
  for (guint i = 0; uploads != NULL && i < uploads->len; i++) {
    const PnStoredAttachment *upload = uploads->pdata[i];
    g_autofree char *sha = pn_hex (upload->sha, PN_SHA256_BYTES);

    g_string_append_printf (once->body, "\nfile %s %s", sha, upload->name);
  }
}

gboolean
pn_once_init (PnOnce *once, PnCall *call, const GPtrArray *uploads)
{
  const char *key = call->is_api ? pn_request_header (call->request, "idempotency-key")
                                 : pn_call_field (call, "op");

  if (key != NULL && !is_key (key)) {
    pn_call_problem (call, 400,
                     "the key that makes this happen once is 1 to 200 visible characters");
    return FALSE;
  }
  if (call->agent != NULL)
    once->scope = g_strdup_printf ("agent:%" G_GINT64_FORMAT, call->agent->id);
  else
    once->scope = g_strdup_printf ("customer:%" G_GINT64_FORMAT, call->customer_ticket);
  once->key = g_strdup (key);
  once->body = g_string_new ("");
  append_body (once, call, uploads);
  return TRUE;
}

void
pn_once_clear (PnOnce *once)
{
  g_free (once->scope);
  g_free (once->key);
  g_free (once->result);
  if (once->body != NULL)
    g_string_free (once->body, TRUE);
}

gboolean
pn_once_begin (PnOnce *once, PnDb *db, GError **error)
{
  GError *problem = NULL;

  g_clear_pointer (&once->result, g_free);
  once->is_reused = FALSE;
  if (once->key == NULL)
    return TRUE;
  if (pn_op_begin (db, once->scope, once->key, once->body->str, once->body->len, &once->result,
                   &problem))
    return TRUE;
  once->is_reused = pn_error_is (problem, PN_ERROR_CONFLICT);
  g_propagate_error (error, problem);
  return FALSE;
}

gboolean
pn_once_finish (PnOnce *once, PnDb *db, const char *result, GError **error)
{
  return once->key == NULL || pn_op_finish (db, once->scope, once->key, result, error);
}

char *
pn_once_new_key (void)
{
  return pn_token_random ();
}
