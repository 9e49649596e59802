#include "tests/fuzz/target.h"

#include "ticketing/core/json.h"
#include "ticketing/holiday.h"
#include "ticketing/hours.h"

/* Whatever is read as holidays is good for a calendar. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (json_t) list = pn_holiday_read ((const char *) data, size, 2020, 2035, NULL, NULL);
  g_autoptr (json_t) document = json_pack ("{s:s, s:{}}", "zone", "UTC", "week");

  if (list != NULL) {
    g_autoptr (PnHours) hours = NULL;

    pn_holiday_add (document, list);
    hours = pn_hours_read (document, NULL);
    g_assert (hours != NULL);
  }
  return 0;
}
