#include <stdio.h>

#include "gateway/cli/commands.h"
#include "gateway/cli/doctor.h"
#include "ticketing/core/error.h"

static guint
count (const PnDoctor *doctor, PnFindingKind kind)
{
  guint n = 0;

  for (guint i = 0; i < doctor->findings->len; i++)
    n += ((const PnFinding *) g_ptr_array_index (doctor->findings, i))->kind == kind ? 1 : 0;
  return n;
}

static json_t *
make_list (const PnDoctor *doctor, PnFindingKind kind)
{
  json_t *list = json_array ();

  for (guint i = 0; i < doctor->findings->len; i++) {
    const PnFinding *finding = g_ptr_array_index (doctor->findings, i);

    if (finding->kind == kind)
      json_array_append_new (
          list, json_pack ("{s:s,s:s}", "area", finding->area, "sentence", finding->sentence));
  }
  return list;
}

static void
print_text (const PnDoctor *doctor)
{
  for (guint i = 0; i < doctor->findings->len; i++) {
    const PnFinding *finding = g_ptr_array_index (doctor->findings, i);

    printf ("%s  %s: %s\n", finding->kind == PN_FINDING_PROBLEM ? "problem" : "advice ",
            finding->area, finding->sentence);
  }
  if (count (doctor, PN_FINDING_PROBLEM) == 0)
    puts ("All is well.");
}

static gboolean
examine (PnCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PnDoctor) doctor = pn_doctor_new (cli);
  guint problems = 0;

  if (!pn_cli_parse (cli, NULL, "", &argc, &argv, error))
    return FALSE;
  if (pn_doctor_examine_place (doctor) && pn_doctor_examine_database (doctor))
    (void) pn_doctor_examine_data (doctor);
  problems = count (doctor, PN_FINDING_PROBLEM);
  if (pn_cli_wants_json (cli))
    pn_cli_print_json (json_pack ("{s:b,s:o,s:o}", "ok", problems == 0, "problems",
                                  make_list (doctor, PN_FINDING_PROBLEM), "advice",
                                  make_list (doctor, PN_FINDING_ADVICE)));
  else
    print_text (doctor);
  if (problems == 0)
    return TRUE;
  pn_error_set (error, PN_ERROR_PERMANENT, "%u problem%s found", problems,
                problems == 1 ? "" : "s");
  return FALSE;
}

static const PnCliVerb verbs[] = {
  { NULL, examine, "Says in plain words what is wrong" },
  { NULL, NULL, NULL },
};

int
pn_cmd_doctor (int argc, char **argv)
{
  return pn_cli_main (verbs, argc, argv);
}
