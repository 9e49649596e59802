#include <math.h>

#include "ticketing/report_private.h"

static void
free_group (gpointer data)
{
  PnReportGroup *group = data;

  if (group == NULL)
    return;
  for (guint i = 0; i < PN_REPORT_SERIES; i++)
    pn_quantile_free (group->quantile[i]);
  g_free (group);
}

void
pn_report_tally_init (PnReportTally *tally, const PnReportKind *kind)
{
  tally->kind = kind;
  tally->groups = g_hash_table_new_full (NULL, NULL, NULL, free_group);
  tally->near = g_new0 (PnReportGroup *, PN_REPORT_NEAR);
  tally->total = g_new0 (PnReportGroup, 1);
}

void
pn_report_tally_clear (PnReportTally *tally)
{
  g_clear_pointer (&tally->groups, g_hash_table_unref);
  g_clear_pointer (&tally->near, g_free);
  free_group (tally->total);
  tally->total = NULL;
}

PnReportGroup *
pn_report_tally_make (PnReportTally *tally, guint32 key)
{
  PnReportGroup *group = g_hash_table_lookup (tally->groups, GUINT_TO_POINTER (key));

  if (group == NULL) {
    group = g_new0 (PnReportGroup, 1);
    group->key = key;
    g_hash_table_insert (tally->groups, GUINT_TO_POINTER (key), group);
  }
  if (key < PN_REPORT_NEAR)
    tally->near[key] = group;
  return group;
}

void
pn_report_tally_add_quantile (PnReportGroup *group, guint series, guint32 value)
{
  if (group->quantile[series] == NULL)
    group->quantile[series] = pn_quantile_new ();
  pn_quantile_add (group->quantile[series], value);
}

static double
divide (gint64 part, gint64 whole)
{
  return whole != 0 ? (double) part / (double) whole : NAN;
}

static double
write_stat (const PnReportGroup *group, const PnReportStat *stat, gboolean *is_exact)
{
  PnQuantile *quantile = group->quantile[stat->series];
  const gint64 count = group->count[stat->series];

  switch (stat->stat) {
  case PN_STAT_COUNT: return (double) count;
  case PN_STAT_SUM: return (double) group->sum[stat->series];
  case PN_STAT_MEAN: return divide (group->sum[stat->series], count);
  case PN_STAT_SHARE: return divide (count, group->count[stat->of]);
  case PN_STAT_SHARE_OF_BOTH: return divide (count, count + group->count[stat->of]);
  case PN_STAT_QUANTILE:
    if (quantile == NULL)
      return NAN;
    if (!pn_quantile_is_exact (quantile))
      *is_exact = FALSE;
    return pn_quantile_at (quantile, stat->of);
  }
  g_return_val_if_reached (NAN);
}

void
pn_report_tally_write (const PnReportTally *tally, const PnReportGroup *group, double *values,
                       gboolean *is_exact)
{
  for (guint i = 0; i < tally->kind->n_stats; i++)
    values[i] = write_stat (group, &tally->kind->stats[i], is_exact);
}
