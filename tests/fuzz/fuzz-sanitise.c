#include "tests/fuzz/target.h"

#include <string.h>

#include "templates/sanitise.h"

/* What came out harmless is harmless: nothing that runs or loads, and it changes no more. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const refused[] = { "<script", "<style",  "<iframe",   "<svg",
                                         "<math",   "<object", "<form",     "<meta",
                                         "<base",   "<link",   "src=\"http" };
  g_autofree char *clean = pn_sanitise_html ((const char *) data, size, NULL);
  g_autofree char *again = clean != NULL ? pn_sanitise_html (clean, strlen (clean), NULL) : NULL;

  if (clean == NULL)
    return 0;
  if (g_strcmp0 (clean, again) != 0)
    g_error ("sanitised again it is not the same: %s", clean);
  if (!g_utf8_validate (clean, -1, NULL))
    g_error ("what came out is not UTF-8");
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    if (strstr (clean, refused[i]) != NULL)
      g_error ("%s is left: %s", refused[i], clean);
  return 0;
}
