/* Doctor: the examination behind `postern doctor`: a list of checks, each of which tells what it finds in plain sentences.
 *
 *   problem  something does not work, or soon will not: the exit code tells
 *   advice   it works, but a human would raise an eyebrow
 *
 * A check that needs what another found missing is skipped: one cause, one sentence.
 */
#pragma once

#include "gateway/cli/context.h"
#include "ticketing/core/health.h"

typedef enum { PN_FINDING_PROBLEM, PN_FINDING_ADVICE } PnFindingKind;

typedef struct {
  PnFindingKind kind;
  char *area; /* "settings", "mailbox support" */
  char *sentence;
} PnFinding;

typedef struct {
  PnCli *cli;
  const PnSettings *settings;
  const PnSecret *master; /* NULL: the key file is not good */
  PnDb *db;               /* NULL: there is none to look into */
  PnHealth *health;       /* NULL: no gateway is running */
  gboolean is_disk_full;  /* which explains what else does not work */
  GPtrArray *findings;    /* of PnFinding */
} PnDoctor;

PnDoctor *pn_doctor_new (PnCli *cli);
void pn_doctor_free (PnDoctor *doctor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnDoctor, pn_doctor_free)

void pn_doctor_find (PnDoctor *doctor, PnFindingKind kind, const char *area, const char *format,
                     ...) G_GNUC_PRINTF (4, 5);

/* A problem in @error's words. */
void pn_doctor_find_error (PnDoctor *doctor, const char *area, const GError *error);

/* Everything, in parts, in this order; each leaves in @doctor what the later ones need. FALSE: nothing further can be examined. */
gboolean pn_doctor_examine_place (
    PnDoctor *doctor); /* settings, directories, key, disk, the gateway's roles */
gboolean pn_doctor_examine_database (PnDoctor *doctor);
gboolean
pn_doctor_examine_data (PnDoctor *doctor); /* staff, queues, mailboxes, mail that is stuck */
