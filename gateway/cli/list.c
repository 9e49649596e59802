#include "gateway/cli/list.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS_MAX 16
#define GAP 2

static void
measure (char **cells, glong widths[COLUMNS_MAX])
{
  for (guint i = 0; cells[i] != NULL && i < COLUMNS_MAX; i++)
    widths[i] = MAX (widths[i], g_utf8_strlen (cells[i], -1));
}

static void
print_row (char **cells, const glong widths[COLUMNS_MAX])
{
  g_autoptr (GString) line = g_string_new ("");

  for (guint i = 0; cells[i] != NULL && i < COLUMNS_MAX; i++) {
    glong gap = widths[i] - g_utf8_strlen (cells[i], -1) + GAP;

    g_string_append (line, cells[i]);
    for (glong space = 0; space < gap && cells[i + 1] != NULL; space++)
      g_string_append_c (line, ' ');
  }
  puts (line->str);
}

void
pn_cli_print_list (const PnCli *cli, const PnCliList *list, const GPtrArray *rows)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  glong widths[COLUMNS_MAX] = { 0 };

  if (pn_cli_wants_json (cli)) {
    for (guint i = 0; i < rows->len; i++)
      pn_cli_print_json (list->make_json (g_ptr_array_index (rows, i)));
    return;
  }
  if (rows->len == 0)
    return;
  g_ptr_array_add (lines, g_strsplit (list->head, "\t", -1));
  for (guint i = 0; i < rows->len; i++) {
    g_autofree char *text = list->make_text (g_ptr_array_index (rows, i));

    g_ptr_array_add (lines, g_strsplit (text, "\t", -1));
  }
  for (guint i = 0; i < lines->len; i++)
    measure (g_ptr_array_index (lines, i), widths);
  for (guint i = 0; i < lines->len; i++)
    print_row (g_ptr_array_index (lines, i), widths);
}

gboolean
pn_cli_list (PnCli *cli, const PnCliList *list, int argc, char **argv, GError **error)
{
  PnDb *db = pn_cli_open (cli, NULL, "", &argc, &argv, error);
  g_autoptr (GPtrArray) rows = db != NULL ? list->load (db, error) : NULL;

  if (rows == NULL)
    return FALSE;
  pn_cli_print_list (cli, list, rows);
  return TRUE;
}
