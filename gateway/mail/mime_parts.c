#include "gateway/mail/mime_parts.h"

#include <gmime/gmime.h>
#include <string.h>

#include "gateway/mail/mime_guard.h"

#define DEPTH_MAX 50
#define BLOCK_BYTES_MAX (256 * 1024)

typedef struct {
  PnMimeParts *parts;
  GPtrArray *defects;
  guint groups;
  gboolean is_cut;
} Walk;

/* What a walk knows of the place it is in. */
typedef struct {
  guint depth;
  guint group; /* 0: each leaf its own */
  gboolean in_related;
  gboolean in_report;
} Place;

static void walk (Walk *run, GMimeObject *object, Place place);

void
pn_mime_parts_warm_up (void)
{
  static gsize is_warm = 0;

  if (g_once_init_enter (&is_warm)) {
    g_mime_init ();
    g_once_init_leave (&is_warm, 1);
  }
}

static void
field_free (gpointer data)
{
  PnMimeField *field = data;

  g_free (field->name);
  g_free (field->value);
  g_free (field);
}

static void
part_free (gpointer data)
{
  PnMimePart *part = data;

  pn_mime_params_free (part->type);
  pn_mime_params_free (part->disposition);
  g_free (part->content_id);
  g_free (part->description);
  g_bytes_unref (part->bytes);
  g_free (part);
}

void
pn_mime_parts_free (PnMimeParts *parts)
{
  if (parts == NULL)
    return;
  g_ptr_array_unref (parts->fields);
  g_ptr_array_unref (parts->parts);
  pn_mime_params_free (parts->type);
  g_free (parts);
}

/* Returns: (owned) the parameters of the field @name of @object as it stands, or of @missing. */
static PnMimeParams *
params_of (GMimeObject *object, const char *name, const char *missing)
{
  GMimeHeader *header =
      g_mime_header_list_get_header (g_mime_object_get_header_list (object), name);
  const char *raw = header != NULL ? g_mime_header_get_raw_value (header) : NULL;
  g_autofree char *text = raw != NULL ? pn_mime_header_utf8 (raw, strlen (raw), NULL) : NULL;
  const char *value = text != NULL ? text + strspn (text, " \t") : "";

  return pn_mime_params_read (*value != '\0' ? value : missing);
}

static char *
text_of (GMimeObject *object, const char *name)
{
  GMimeHeader *header =
      g_mime_header_list_get_header (g_mime_object_get_header_list (object), name);
  const char *raw = header != NULL ? g_mime_header_get_raw_value (header) : NULL;

  return raw != NULL ? pn_mime_header_decode (raw, strlen (raw), NULL) : NULL;
}

static GBytes *
content_bytes (GMimePart *part)
{
  GMimeDataWrapper *content = g_mime_part_get_content (part);
  GMimeStream *in = content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL;
  gint64 size = in != NULL ? g_mime_stream_length (in) : 0;
  GByteArray *array = g_byte_array_sized_new (size > 0 && size < G_MAXINT ? (guint) size + 64 : 64);
  GMimeStream *out = g_mime_stream_mem_new_with_byte_array (array);

  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (out), FALSE);
  if (content != NULL)
    g_mime_data_wrapper_write_to_stream (content, out);
  g_object_unref (out);
  return g_byte_array_free_to_bytes (array);
}

static GBytes *
object_bytes (GMimeObject *object)
{
  GByteArray *array = g_byte_array_new ();
  GMimeStream *out = g_mime_stream_mem_new_with_byte_array (array);

  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (out), FALSE);
  if (object != NULL)
    g_mime_object_write_to_stream (object, NULL, out);
  g_object_unref (out);
  return g_byte_array_free_to_bytes (array);
}

static char *
id_clean (char *id)
{
  char *start;

  if (id == NULL)
    return NULL;
  start = id + strspn (id, " <");
  start[strcspn (start, "> ")] = '\0';
  memmove (id, start, strlen (start) + 1);
  return id;
}

static void
leaf (Walk *run, GMimeObject *object, GBytes *bytes, Place place)
{
  PnMimePart *part = g_new0 (PnMimePart, 1);

  part->type = params_of (object, "Content-Type", "text/plain");
  part->disposition = params_of (object, "Content-Disposition", "");
  part->content_id = id_clean (text_of (object, "Content-Id"));
  part->description = text_of (object, "Content-Description");
  part->bytes = bytes;
  part->group = place.group != 0 ? place.group : ++run->groups;
  part->is_message = GMIME_IS_MESSAGE_PART (object);
  part->in_related = place.in_related;
  part->in_report = place.in_report;
  g_ptr_array_add (run->parts->parts, part);
}

/* A multipart of which nothing could be made: its text all the same. */
static void
broken_multipart (Walk *run, GMimeMultipart *multipart, Place place)
{
  const char *text = g_mime_multipart_get_prologue (multipart);
  PnMimePart *part;

  if (text == NULL || *text == '\0')
    text = g_mime_multipart_get_epilogue (multipart);
  g_ptr_array_add (run->defects, g_strdup ("a multipart without parts"));
  if (text == NULL || *text == '\0')
    return;
  part = g_new0 (PnMimePart, 1);
  part->type = pn_mime_params_read ("text/plain");
  part->disposition = pn_mime_params_read ("");
  part->bytes = g_bytes_new (text, strlen (text));
  part->group = place.group != 0 ? place.group : ++run->groups;
  part->is_damaged = TRUE;
  g_ptr_array_add (run->parts->parts, part);
}

static void
walk_multipart (Walk *run, GMimeMultipart *multipart, Place place)
{
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (multipart));
  const char *subtype = g_mime_content_type_get_media_subtype (type);
  int n = g_mime_multipart_get_count (multipart);
  gboolean is_related = subtype != NULL && g_ascii_strcasecmp (subtype, "related") == 0;

  if (n == 0)
    broken_multipart (run, multipart, place);
  if (subtype != NULL && g_ascii_strcasecmp (subtype, "alternative") == 0 && place.group == 0)
    place.group = ++run->groups;
  place.in_report |= subtype != NULL && g_ascii_strcasecmp (subtype, "report") == 0;
  place.depth++;
  for (int i = 0; i < n; i++) {
    Place child = place;

    child.in_related |= is_related && i > 0;
    walk (run, g_mime_multipart_get_part (multipart, i), child);
  }
}

static void
walk (Walk *run, GMimeObject *object, Place place)
{
  if (object == NULL)
    return;
  if (place.depth > DEPTH_MAX || run->parts->parts->len >= PN_MIME_PARTS_MAX) {
    if (!run->is_cut)
      g_ptr_array_add (run->defects,
                       g_strdup ("nested too deep or too many parts: the rest was not read"));
    run->is_cut = TRUE;
    return;
  }
  if (GMIME_IS_MULTIPART (object))
    walk_multipart (run, GMIME_MULTIPART (object), place);
  else if (GMIME_IS_MESSAGE_PART (object))
    leaf (
        run, object,
        object_bytes (GMIME_OBJECT (g_mime_message_part_get_message (GMIME_MESSAGE_PART (object)))),
        place);
  else if (GMIME_IS_PART (object))
    leaf (run, object, content_bytes (GMIME_PART (object)), place);
}

static void
read_fields (PnMimeParts *parts, GMimeObject *message)
{
  GMimeHeaderList *list = g_mime_object_get_header_list (message);
  int n = g_mime_header_list_get_count (list);

  for (int i = 0; i < n; i++) {
    GMimeHeader *header = g_mime_header_list_get_header_at (list, i);
    PnMimeField *field = g_new0 (PnMimeField, 1);
    const char *raw = g_mime_header_get_raw_value (header);

    field->name = g_strdup (g_mime_header_get_name (header));
    field->value = g_strdup (raw != NULL ? raw : "");
    g_ptr_array_add (parts->fields, field);
  }
}

/* The top part's own fields (Content-Type) belong to the mail's header for us. */
static const char *
field_value (const PnMimeParts *parts, const char *name)
{
  for (guint i = 0; i < parts->fields->len; i++) {
    const PnMimeField *field = g_ptr_array_index (parts->fields, i);

    if (g_ascii_strcasecmp (field->name, name) == 0)
      return field->value;
  }
  return NULL;
}

PnMimeParts *
pn_mime_parts_read (GBytes *raw, GPtrArray *defects)
{
  PnMimeParts *parts = g_new0 (PnMimeParts, 1);
  Walk run = { .parts = parts, .defects = defects };
  gsize size;
  gconstpointer bytes = g_bytes_get_data (raw, &size);
  GByteArray *borrowed =
      g_byte_array_new_take ((guint8 *) (bytes != NULL ? bytes : g_strdup ("")), size);
  GMimeStream *stream = g_mime_stream_mem_new_with_byte_array (borrowed);
  GMimeParser *parser;
  GMimeMessage *message;

  pn_mime_parts_warm_up ();
  parts->fields = g_ptr_array_new_with_free_func (field_free);
  parts->parts = g_ptr_array_new_with_free_func (part_free);
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  parser = g_mime_parser_new_with_stream (stream);
  g_mime_parser_set_persist_stream (parser, TRUE);
  message = g_mime_parser_construct_message (parser, NULL);
  if (message != NULL) {
    read_fields (parts, GMIME_OBJECT (message));
    walk (&run, g_mime_message_get_mime_part (message), (Place){ 0 });
    g_object_unref (message);
  }
  const char *type = field_value (parts, "Content-Type");
  g_autofree char *text =
      pn_mime_header_utf8 (type != NULL ? type : "", type != NULL ? strlen (type) : 0, NULL);
  parts->type = pn_mime_params_read (g_strstrip (text));
  g_object_unref (parser);
  g_object_unref (stream);
  if (bytes != NULL)
    g_byte_array_steal (borrowed, NULL);
  g_byte_array_unref (borrowed);
  return parts;
}

char *
pn_mime_parts_field (GBytes *bytes, const char *name)
{
  gsize size;
  const char *c = g_bytes_get_data (bytes, &size);
  const char *end = c != NULL ? c + MIN (size, BLOCK_BYTES_MAX) : NULL;
  gsize n = strlen (name);

  while (c != NULL && c < end) {
    const char *lf = memchr (c, '\n', (gsize) (end - c));
    const char *next = lf != NULL ? lf + 1 : end;

    if (*c == '\n' || (*c == '\r' && next - c <= 2))
      return NULL;
    while (next < end && (*next == ' ' || *next == '\t')) {
      lf = memchr (next, '\n', (gsize) (end - next));
      next = lf != NULL ? lf + 1 : end;
    }
    if ((gsize) (next - c) > n && g_ascii_strncasecmp (c, name, n) == 0 && c[n] == ':')
      return g_strndup (c + n + 1, (gsize) (next - c) - n - 1);
    c = next;
  }
  return NULL;
}
