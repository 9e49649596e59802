#include "gateway/web/contact.h"

#include <fcntl.h>
#include <unistd.h>

#include "gateway/web/uploads.h"
#include "ticketing/core/error.h"

#define SNIFFED_BYTES 512

static gboolean
load (PnContact *contact, GError **error)
{
  guint8 hash[PN_SHA256_BYTES];

  pn_contact_hash_key (contact->key, hash);
  g_clear_pointer (&contact->uploads, g_ptr_array_unref);
  contact->uploads = pn_form_upload_list (contact->call->db, hash, error);
  return contact->uploads != NULL;
}

/* Boxes "drop.12" that were ticked. */
static gboolean
drop (PnContact *contact, gboolean *is_changed, GError **error)
{
  guint8 hash[PN_SHA256_BYTES];

  pn_contact_hash_key (contact->key, hash);
  for (guint i = 0; i < contact->uploads->len; i++) {
    const PnFormUpload *upload = contact->uploads->pdata[i];
    g_autofree char *name = g_strdup_printf ("drop.%" G_GINT64_FORMAT, upload->id);

    if (pn_call_field (contact->call, name) == NULL)
      continue;
    *is_changed = TRUE;
    if (!pn_form_upload_remove (contact->call->db, hash, upload->id, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_fit (PnContact *contact, const PnUpload *upload, const char *type)
{
  const PnFormPlan *plan = contact->plan;
  g_autofree char *bytes = g_strdup_printf ("%" G_GINT64_FORMAT, plan->file_bytes);

  if (upload->size_bytes > plan->file_bytes)
    pn_form_reading_complain (contact->reading, "files", upload->file_name, "size", bytes);
  else if (!pn_form_plan_takes_type (plan, type))
    pn_form_reading_complain (contact->reading, "files", upload->file_name, "type", NULL);
  else
    return TRUE;
  return FALSE;
}

/* One too many goes again; what a second click sends is there already and is not one more. */
static gboolean
drop_surplus (PnContact *contact, const guint8 *hash, GError **error)
{
  g_autofree char *most = g_strdup_printf ("%u", contact->plan->files_most);
  const PnFormUpload *last;

  if (contact->uploads->len <= contact->plan->files_most)
    return TRUE;
  last = contact->uploads->pdata[contact->uploads->len - 1];
  pn_form_reading_complain (contact->reading, "files", last->name, "many", most);
  return pn_form_upload_remove (contact->call->db, hash, last->id, error) && load (contact, error);
}

static gboolean
take (PnContact *contact, const PnUpload *upload, GError **error)
{
  guint8 head[SNIFFED_BYTES];
  ssize_t n = pread (upload->fd, head, sizeof head, 0);
  PnFormUpload row = { .name = upload->file_name,
                       .type = (char *) pn_uploads_sniff (head, n > 0 ? (gsize) n : 0),
                       .declared_type = upload->declared_type,
                       .size_bytes = upload->size_bytes };
  guint8 hash[PN_SHA256_BYTES];

  if (!is_fit (contact, upload, row.type))
    return TRUE;
  pn_contact_hash_key (contact->key, hash);
  return pn_form_upload_add (contact->call->db, hash, &row, upload->fd, error)
         && load (contact, error) && drop_surplus (contact, hash, error);
}

gboolean
pn_contact_take_files (PnContact *contact, GError **error)
{
  const GPtrArray *uploads = contact->call->request->form->uploads;
  const PnFormField *field = pn_form_plan_find (contact->plan, "files", NULL);
  gboolean is_changed = FALSE;

  if (!load (contact, error) || !drop (contact, &is_changed, error)
      || (is_changed && !load (contact, error)))
    return FALSE;
  for (guint i = 0; field != NULL && i < uploads->len; i++) {
    if (!take (contact, uploads->pdata[i], error))
      return FALSE;
  }
  if (field != NULL && field->is_required && pn_form_reading_shows (contact->reading, "files")
      && contact->uploads->len == 0)
    pn_form_reading_complain (contact->reading, "files", field->label, "needed", NULL);
  return TRUE;
}

static gboolean
store (PnContact *contact, const PnFormUpload *upload, GPtrArray *stored, GError **error)
{
  PnDb *db = contact->call->db;
  PnStoredAttachment *attachment = pn_stored_attachment_new ();
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  gboolean is_stored;

  g_ptr_array_add (stored, attachment);
  attachment->name = g_strdup (upload->name);
  attachment->type = g_strdup (upload->type);
  attachment->declared_type = g_strdup (upload->declared_type);
  if (fd < 0) {
    pn_error_set (error, PN_ERROR_TEMPORARY, "can't make room for a file");
    return FALSE;
  }
  is_stored = pn_form_upload_read (db, upload->id, fd, error)
              && pn_blob_store_fd (db, fd, contact->call->web->config.upload_limit_bytes,
                                   attachment->sha, &attachment->size_bytes, error);
  close (fd);
  return is_stored;
}

GPtrArray *
pn_contact_store_files (PnContact *contact, GError **error)
{
  g_autoptr (GPtrArray) stored =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pn_stored_attachment_free);

  if (!pn_form_reading_shows (contact->reading, "files"))
    return g_steal_pointer (&stored);
  for (guint i = 0; i < contact->uploads->len; i++) {
    if (!store (contact, contact->uploads->pdata[i], stored, error))
      return NULL;
  }
  return g_steal_pointer (&stored);
}
