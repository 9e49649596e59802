#include "tests/fuzz/target.h"

#include "templates/catalogue.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const languages[] = { "en", "de", NULL };
  g_autoptr (PnCatalogue) catalogue = pn_catalogue_read ((const char *) data, size, NULL);
  g_autofree char *header = g_strndup ((const char *) data, size);

  pn_catalogue_find_plural (catalogue, "a", "b", 2);
  pn_language_negotiate (header, languages);
  return 0;
}
