#include "tests/fuzz/target.h"

#include "kb/article_json.h"
#include "kb/front_matter.h"
#include "kb/import.h"

/* What was read can be written, and read again to the same. */
static void
try_front_matter (const char *text)
{
  g_autoptr (PnArticle) article = pn_front_matter_read (text, "fuzz", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnArticle) again = NULL;
  g_autofree char *written = NULL;
  json_t *one, *other;

  if (article == NULL)
    return;
  written = pn_front_matter_write (article);
  again = pn_front_matter_read (written, "other", &error);
  if (again == NULL)
    g_error ("what was written can't be read: %s", error->message);
  one = pn_article_write_json (article);
  other = pn_article_write_json (again);
  if (!json_equal (one, other) && *article->title != '\0')
    g_error ("the article is not the same again");
  json_decref (one);
  json_decref (other);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  GPtrArray *articles = pn_import_read_lines ((const char *) data, size, NULL);

  if (articles != NULL)
    g_ptr_array_unref (articles);
  try_front_matter (text);
  return 0;
}
