#include "gateway/cli/doctor.h"

#include <string.h>

static void
finding_free (gpointer data)
{
  PnFinding *finding = data;

  g_free (finding->area);
  g_free (finding->sentence);
  g_free (finding);
}

PnDoctor *
pn_doctor_new (PnCli *cli)
{
  PnDoctor *doctor = g_new0 (PnDoctor, 1);

  doctor->cli = cli;
  doctor->findings = g_ptr_array_new_with_free_func (finding_free);
  return doctor;
}

void
pn_doctor_free (PnDoctor *doctor)
{
  if (doctor == NULL)
    return;
  pn_db_close (doctor->db);
  pn_health_free (doctor->health);
  g_ptr_array_unref (doctor->findings);
  g_free (doctor);
}

void
pn_doctor_find (PnDoctor *doctor, PnFindingKind kind, const char *area, const char *format, ...)
{
  PnFinding *finding = g_new0 (PnFinding, 1);
  va_list args;

  finding->kind = kind;
  finding->area = g_strdup (area);
  va_start (args, format);
  finding->sentence = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (doctor->findings, finding);
}

void
pn_doctor_find_error (PnDoctor *doctor, const char *area, const GError *error)
{
  g_autofree char *prefix = g_strconcat (area, ": ", NULL);
  const char *message = error->message;

  if (g_str_has_prefix (message, prefix))
    message += strlen (prefix);
  pn_doctor_find (doctor, PN_FINDING_PROBLEM, area, "%s", message);
}
