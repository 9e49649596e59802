#include "gateway/clerk/removal.h"

#include "kb/feedback.h"
#include "kb/image.h"
#include "ticketing/core/crash.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/removal.h"

#define AT_ONCE (200 * G_TIME_SPAN_MILLISECOND) /* then mail is looked after again */

/* What articles learned from the person; their members one after the other, as often as there is something. */
static gboolean
forget_questions (PnDb *db, PnRemoval *removal, GError **error)
{
  for (guint i = 0; i < removal->members->len; i++) {
    gint64 count = 0;

    if (!pn_feedback_forget_person (db, g_array_index (removal->members, gint64, i), &count, error))
      return FALSE;
    if (count > 0)
      return TRUE;
  }
  pn_removal_go_on (removal);
  return TRUE;
}

static gboolean
keep_picture (PnDb *db, const guint8 *sha, gpointer data, GError **error)
{
  return pn_removal_keep (db, data, sha, error);
}

/* In a transaction that may run again. */
static gboolean
work (PnDb *db, gpointer data, GError **error)
{
  PnRemoval **removal = data;
  PnRemovalStep step;

  g_clear_pointer (removal, pn_removal_free);
  if (!pn_removal_next (db, removal, error))
    return FALSE;
  if (*removal == NULL)
    return TRUE;
  step = (*removal)->step;
  if ((step == PN_REMOVAL_RETIRE || step == PN_REMOVAL_HELD_AGAIN)
      && !pn_image_each_blob (db, keep_picture, *removal, error))
    return FALSE;
  if (!(step == PN_REMOVAL_QUESTIONS ? forget_questions (db, *removal, error)
                                     : pn_removal_portion (db, *removal, error)))
    return FALSE;
  PN_CRASH_POINT ("removal-portion");
  return pn_removal_save (db, *removal, error);
}

static void
report (const PnRemoval *removal)
{
  pn_log (PN_LOG_INFO, "person-removed",
          "person=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT " tickets=%" G_GINT64_FORMAT
          " messages=%" G_GINT64_FORMAT " letters=%" G_GINT64_FORMAT " files=%" G_GINT64_FORMAT,
          removal->person_id, removal->agent_id, removal->tickets, removal->messages,
          removal->letters, removal->files);
}

gboolean
pn_removal_work (const PnChoreContext *context, guint *done, GError **error)
{
  const gint64 enough = g_get_monotonic_time () + AT_ONCE;
  gboolean is_more = TRUE;

  *done = 0;
  while (is_more && g_get_monotonic_time () < enough) {
    g_autoptr (PnRemoval) removal = NULL;
    g_autoptr (GError) problem = NULL;

    if (!pn_db_run (context->db, work, &removal, &problem)) {
      if (pn_error_is (problem, PN_ERROR_CONFLICT))
        return TRUE; /* another clerk was first */
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    is_more = removal != NULL;
    *done += is_more ? 1 : 0;
    if (is_more && removal->step == PN_REMOVAL_DONE)
      report (removal);
  }
  return TRUE;
}
