#include "gateway/web/manage_form.h"

#include <string.h>

#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/text.h"

#define WORD_BYTES 300

gboolean
pn_manage_has (const PnCall *call, const char *name)
{
  return !call->is_api || pn_call_field (call, name) != NULL;
}

void
pn_manage_take_line (const PnCall *call, const char *name, gsize max_bytes, char **text)
{
  if (pn_call_field (call, name) == NULL)
    return;
  g_free (*text);
  *text = pn_call_line (call, name, max_bytes);
}

void
pn_manage_take_text (const PnCall *call, const char *name, char **text)
{
  const char *field = pn_call_field (call, name);

  if (field == NULL)
    return;
  g_free (*text);
  *text = g_strstrip (g_strdup (field));
}

void
pn_manage_take_flag (const PnCall *call, const char *name, gboolean *flag)
{
  if (pn_manage_has (call, name))
    *flag = g_strcmp0 (pn_call_field (call, name), "1") == 0;
}

void
pn_manage_take_words (const PnCall *call, const char *name, GPtrArray *list)
{
  const char *field = pn_call_field (call, name);
  g_auto (GStrv) parts = NULL;

  if (!pn_manage_has (call, name))
    return;
  g_ptr_array_set_size (list, 0);
  parts = g_strsplit_set (field != NULL ? field : "", ",;\n", -1);
  for (guint i = 0; parts[i] != NULL; i++) {
    char *word = pn_text_clean_line (parts[i], WORD_BYTES);

    if (*word != '\0')
      g_ptr_array_add (list, word);
    else
      g_free (word);
  }
}

gboolean
pn_manage_take_queues (const PnCall *call, const char *name, GArray *ids, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  if (!pn_manage_has (call, name))
    return TRUE;
  pn_manage_take_words (call, name, words);
  g_array_set_size (ids, 0);
  for (guint i = 0; i < words->len; i++) {
    const PnQueue *queue = pn_show_find_queue (call, words->pdata[i]);

    if (queue == NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "there is no queue \"%s\"",
                    (const char *) words->pdata[i]);
      return FALSE;
    }
    g_array_append_val (ids, queue->id);
  }
  return TRUE;
}

char *
pn_manage_join (const GPtrArray *words)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) words->pdata[i]);
  return g_string_free (text, FALSE);
}

char *
pn_manage_join_queues (const PnCall *call, const GArray *ids)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++) {
    const PnQueue *queue = pn_show_queue (call, g_array_index (ids, gint64, i));

    if (queue != NULL)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", queue->name);
  }
  return g_string_free (text, FALSE);
}

void
pn_manage_refuse (PnCall *call, const GError *error, PnManageShow show, gpointer data)
{
  gboolean is_theirs =
      pn_error_is (error, PN_ERROR_INVALID) || pn_error_is (error, PN_ERROR_CONFLICT);

  if (call->is_api || !is_theirs || show == NULL)
    pn_call_fail (call, error);
  else
    show (call, pn_error_http_status (error), error->message, data);
}

void
pn_manage_done (PnCall *call, const char *folder, gint64 id, PnManageShow show, gpointer data)
{
  g_autofree char *location =
      id != 0 ? g_strdup_printf ("/desk/manage/%s/%" G_GINT64_FORMAT, folder, id)
              : g_strdup_printf ("/desk/manage/%s", folder);

  if (call->is_api && show != NULL)
    show (call, strstr (call->request->route->pattern, "{id}") == NULL ? 201 : 200, NULL, data);
  else
    pn_call_done (call, location, "saved", 200, json_object ());
}

const char *
pn_manage_typed (const PnCall *call, const char *name, const char *stored)
{
  const char *typed = pn_call_field (call, name);

  return typed != NULL ? typed : stored;
}
