#include "tests/fuzz/target.h"

#include <string.h>

#include "gateway/web/form_reader.h"

/* The first line is the content type, the second how many bytes come at a time; the rest is the body. Reading it in
 * pieces or at once gives the same. */
static PnForm *
read_form (const char *type, const char *body, gsize size, gsize piece)
{
  g_autoptr (PnFormReader) reader = pn_form_reader_new (type, 1024 * 1024, NULL);

  if (reader == NULL)
    return NULL;
  for (gsize at = 0; at < size; at += piece) {
    if (!pn_form_reader_feed (reader, body + at, MIN (piece, size - at), NULL))
      return NULL;
  }
  return pn_form_reader_finish (reader, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *end = size > 0 ? memchr (data, '\n', size) : NULL;
  g_autofree char *type = NULL;
  g_autoptr (PnForm) once = NULL;
  g_autoptr (PnForm) pieces = NULL;
  gsize head;

  if (end == NULL)
    return 0;
  head = (gsize) (end - data) + 1;
  type = g_strndup ((const char *) data, head - 1);
  once = read_form (type, (const char *) data + head, size - head, size);
  pieces = read_form (type, (const char *) data + head, size - head, 3);
  if ((once == NULL) != (pieces == NULL))
    g_error ("pieces make a difference");
  if (once != NULL
      && (once->fields->len != pieces->fields->len || once->uploads->len != pieces->uploads->len))
    g_error ("pieces make another form");
  return 0;
}
