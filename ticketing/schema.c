#include "ticketing/schema.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/postern/schema/"

GResource *
pn_schema_get_resource (void); /* made by glib-compile-resources; naming it keeps it linked */

static int
by_name (gconstpointer left, gconstpointer right)
{
  return strcmp (((const PnMigration *) left)->name, ((const PnMigration *) right)->name);
}

static GArray *
load (void)
{
  GResource *resource = pn_schema_get_resource ();
  g_auto (GStrv) files = g_resource_enumerate_children (resource, FOLDER, 0, NULL);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (PnMigration));

  g_assert (files != NULL);
  for (gsize i = 0; files[i] != NULL; i++) {
    g_autofree char *path = g_strconcat (FOLDER, files[i], NULL);
    /* Static data: it stays where it is when nobody refers to it. */
    g_autoptr (GBytes) text = g_resource_lookup_data (resource, path, 0, NULL);
    PnMigration migration = { .sql = g_bytes_get_data (text, NULL) };

    g_assert (g_str_has_suffix (files[i], ".sql"));
    migration.name = g_strndup (files[i], strlen (files[i]) - strlen (".sql"));
    g_array_append_val (list, migration);
  }
  g_array_sort (list, by_name);
  return list;
}

const PnMigration *
pn_schema (gsize *n)
{
  static GArray *list;

  if (g_once_init_enter (&list))
    g_once_init_leave (&list, load ());
  *n = list->len;
  return (const PnMigration *) (void *) list->data;
}
