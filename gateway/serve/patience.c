#include "gateway/serve/patience.h"

#include "ticketing/core/error.h"

#define DENIALS 3
#define AFTER_DENIALS (15 * PN_MINUTE)

void
pn_patience_reset (PnPatience *patience)
{
  *patience = (PnPatience){ 0 };
}

void
pn_patience_fail (PnPatience *patience, const GError *error, PnTime longest)
{
  PnTime wait;

  patience->denials = pn_error_is (error, PN_ERROR_DENIED) ? patience->denials + 1 : 0;
  wait = MIN (PN_SECOND << MIN (patience->failures, 12), longest);
  if (patience->denials >= DENIALS)
    wait = AFTER_DENIALS;
  wait += g_random_int_range (0, (gint32) (wait / 2000)) * G_GINT64_CONSTANT (1000) - wait / 4;
  patience->failures++;
  patience->until = g_get_monotonic_time () + wait;
}

PnTime
pn_patience_left (const PnPatience *patience)
{
  return patience->until != 0 ? MAX (patience->until - g_get_monotonic_time (), 0) : 0;
}
