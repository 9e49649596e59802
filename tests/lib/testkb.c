#include "tests/lib/testkb.h"

#include <string.h>

#include "kb/import.h"
#include "tests/lib/test.h"

GPtrArray *
pn_testkb_import (PnDb *db, const char *lines)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *articles = pn_import_read_lines (lines, strlen (lines), &error);

  pn_assert_no_error (error);
  g_assert_true (pn_import_store (db, articles, NULL, &error));
  pn_assert_no_error (error);
  return articles;
}
