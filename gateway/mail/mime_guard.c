#include "gateway/mail/mime_guard.h"

#include <string.h>

#define BLOCK_BYTES_MAX (256 * 1024)
#define FIELD_BYTES_MAX (32 * 1024)
#define FIELDS_MAX 1000
#define COLONS_MAX 200
#define BOUNDARY_BYTES_MAX 200
#define LOOK_AHEAD_LINES 10

typedef struct {
  const char *bytes;
  gsize size;
  GByteArray *out; /* NULL until something differs from @bytes */
  GHashTable *boundaries;
  guint parts;
  gsize block_bytes;
  guint block_fields;
  gboolean is_message; /* the block says that a mail follows */
  gboolean told[6];
  GPtrArray *defects;
} Guard;

static void
tell (Guard *guard, guint what, const char *text)
{
  if (!guard->told[what])
    g_ptr_array_add (guard->defects, g_strdup (text));
  guard->told[what] = TRUE;
}

static void
keep (Guard *guard, gsize start, gsize end)
{
  if (guard->out != NULL && end > start)
    g_byte_array_append (guard->out, (const guint8 *) guard->bytes + start, (guint) (end - start));
}

/* From @at on the output differs from the input. */
static void
diverge (Guard *guard, gsize at)
{
  if (guard->out == NULL) {
    guard->out = g_byte_array_new ();
    keep (guard, 0, at);
  }
}

static gsize
line_end (const Guard *guard, gsize at)
{
  const char *lf = memchr (guard->bytes + at, '\n', guard->size - at);

  return lf != NULL ? (gsize) (lf - guard->bytes) + 1 : guard->size;
}

static gboolean
is_empty_line (const Guard *guard, gsize start, gsize end)
{
  return start == end || guard->bytes[start] == '\n'
         || (guard->bytes[start] == '\r' && end - start <= 2);
}

static gboolean
has_name (const Guard *guard, gsize start, gsize end, const char *name)
{
  gsize n = strlen (name);

  return end - start > n && g_ascii_strncasecmp (guard->bytes + start, name, n) == 0
         && strchr (": \t", guard->bytes[start + n]) != NULL && guard->bytes[start + n] != '\0';
}

static gboolean
is_address_field (const Guard *guard, gsize start, gsize end)
{
  static const char *const names[] = { "from",
                                       "to",
                                       "cc",
                                       "bcc",
                                       "sender",
                                       "reply-to",
                                       "resent-from",
                                       "resent-to",
                                       "resent-cc",
                                       "resent-bcc",
                                       "resent-sender",
                                       "resent-reply-to",
                                       "disposition-notification-to",
                                       "return-path" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (has_name (guard, start, end, names[i]))
      return TRUE;
  }
  return FALSE;
}

/* Remembers the boundary in the Content-Type field between @start and @end. */
static void
learn_type (Guard *guard, gsize start, gsize end)
{
  g_autofree char *field =
      g_ascii_strdown (guard->bytes + start, (gssize) MIN (end - start, FIELD_BYTES_MAX));
  const char *found = strstr (field, "boundary");
  const char *value = field + strcspn (field, ":");

  value += strspn (value, ": \t\r\n");
  if (g_str_has_prefix (value, "message/rfc822") || g_str_has_prefix (value, "message/global")
      || g_str_has_prefix (value, "message/news"))
    guard->is_message = TRUE;
  while (found != NULL) {
    const char *c = found + strlen ("boundary");

    c += strspn (c, "*0123456789 \t");
    if (*c == '=') {
      c += 1 + strspn (c + 1, " \t\r\n");
      gboolean is_quoted = *c == '"';
      gsize from = start + (gsize) (c - field) + is_quoted;
      gsize n = strcspn (c + is_quoted, is_quoted ? "\"\r\n" : "; \t\r\n");

      if (n > 0 && n <= BOUNDARY_BYTES_MAX)
        g_hash_table_add (guard->boundaries, g_strndup (guard->bytes + from, n));
      return;
    }
    found = strstr (c, "boundary");
  }
}

/* Writes an address field with its first COLONS_MAX colons, blanks for the others. */
static void
keep_with_colons (Guard *guard, gsize start, gsize end)
{
  guint colons = 0;

  for (gsize i = start; i < end; i++)
    colons += guard->bytes[i] == ':';
  if (colons <= COLONS_MAX) {
    keep (guard, start, end);
    return;
  }
  diverge (guard, start);
  tell (guard, 0, "an address header with more than 200 colons was trimmed");
  guint kept = guard->out->len;
  keep (guard, start, end);
  colons = 0;
  for (guint i = kept; i < guard->out->len; i++) {
    if (guard->out->data[i] == ':' && ++colons > COLONS_MAX)
      guard->out->data[i] = ' ';
  }
}

/* Takes one field with its folded lines. */
static void
take_field (Guard *guard, gsize start, gsize end)
{
  gsize stop = MIN (end, start + FIELD_BYTES_MAX);

  guard->block_fields++;
  if (guard->block_fields > FIELDS_MAX || guard->block_bytes > BLOCK_BYTES_MAX) {
    diverge (guard, start);
    tell (guard, 1, "a header block with more than 1,000 fields or 256 KiB was trimmed");
    return;
  }
  if (stop < end) {
    diverge (guard, start);
    tell (guard, 2, "a header field of more than 32 KiB was trimmed");
  }
  guard->block_bytes += stop - start;
  if (has_name (guard, start, end, "content-type"))
    learn_type (guard, start, stop);
  if (is_address_field (guard, start, end))
    keep_with_colons (guard, start, stop);
  else
    keep (guard, start, stop);
  if (stop < end)
    g_byte_array_append (guard->out, (const guint8 *) "\r\n", 2);
}

/* "Name: value"; the name may be followed by blanks, as some programs write it. */
static gboolean
is_field (const Guard *guard, gsize start, gsize end)
{
  gsize i = start;

  while (i < end && guard->bytes[i] > 32 && guard->bytes[i] != 127 && guard->bytes[i] != ':')
    i++;
  while (i < end && i > start && (guard->bytes[i] == ' ' || guard->bytes[i] == '\t'))
    i++;
  return i > start && i < end && guard->bytes[i] == ':';
}

/* A block that does not start with a field: a line too many if fields follow it at once, else text without header.
 * Returns: FALSE when it is text. */
static gboolean
take_headless (Guard *guard, gsize start, gsize end)
{
  gsize second = end < guard->size ? line_end (guard, end) : end;

  diverge (guard, start);
  if (second < guard->size && is_field (guard, end, second)
      && is_field (guard, second, line_end (guard, second))) {
    tell (guard, 4, "a line of its header is none; it was taken as part of the one before");
    return TRUE;
  }
  tell (guard, 5, "no empty line ends its header");
  g_byte_array_append (guard->out, (const guint8 *) "\r\n", 2);
  return FALSE;
}

/* A line inside of a header block that is no field. If fields follow soon, it is a broken fold of the field before and
 * becomes that; if not, the header has no end of its own, and gets one here. Returns: FALSE at the header's end. */
static gboolean
take_garbage (Guard *guard, gsize start, gsize end)
{
  gsize at = end;

  if (guard->block_fields == 0)
    return take_headless (guard, start, end);
  for (guint i = 0; i < LOOK_AHEAD_LINES && at < guard->size; i++) {
    gsize next = line_end (guard, at);

    if (is_empty_line (guard, at, next))
      break;
    if (is_field (guard, at, next)) {
      diverge (guard, start);
      tell (guard, 4, "a line of its header is none; it was taken as part of the one before");
      g_byte_array_append (guard->out, (const guint8 *) " ", 1);
      keep (guard, start, end);
      guard->block_bytes += end - start;
      return guard->block_bytes <= BLOCK_BYTES_MAX;
    }
    at = next;
  }
  diverge (guard, start);
  tell (guard, 5, "no empty line ends its header");
  g_byte_array_append (guard->out, (const guint8 *) "\r\n", 2);
  return FALSE;
}

/* Takes a header block that starts at @at. Returns: where its empty line starts, or the end. */
static gsize
take_block (Guard *guard, gsize at)
{
  guard->block_bytes = guard->block_fields = 0;
  guard->is_message = FALSE;
  while (at < guard->size) {
    gsize end = line_end (guard, at);

    if (is_empty_line (guard, at, end))
      break;
    if (!is_field (guard, at, end)) {
      if (!take_garbage (guard, at, end))
        break;
      at = end;
      continue;
    }
    while (end < guard->size && (guard->bytes[end] == ' ' || guard->bytes[end] == '\t'))
      end = line_end (guard, end);
    take_field (guard, at, end);
    at = end;
  }
  return at;
}

/* Whether the line is a boundary that opens a part. */
static gboolean
opens_part (const Guard *guard, gsize start, gsize end)
{
  char boundary[BOUNDARY_BYTES_MAX + 1];
  gsize n = end - start;

  if (n < 3 || n > BOUNDARY_BYTES_MAX || guard->bytes[start] != '-'
      || guard->bytes[start + 1] != '-')
    return FALSE;
  while (n > 2 && g_ascii_isspace (guard->bytes[start + n - 1]))
    n--;
  memcpy (boundary, guard->bytes + start + 2, n - 2);
  boundary[n - 2] = '\0';
  return g_hash_table_contains (guard->boundaries, boundary);
}

/* Takes everything behind the first header block. */
static void
take_rest (Guard *guard, gsize at)
{
  while (at < guard->size) {
    gsize end = line_end (guard, at);
    gboolean opens = opens_part (guard, at, end);

    if (opens && ++guard->parts > PN_MIME_PARTS_MAX) {
      diverge (guard, at);
      tell (guard, 3, "more than 1,000 parts: the rest was not read");
      return;
    }
    gboolean follows = is_empty_line (guard, at, end) && guard->is_message;
    keep (guard, at, end);
    guard->is_message = FALSE;
    at = end;
    if (opens || follows)
      at = take_block (guard, at);
  }
}

/* Returns: the size of an mbox line and empty lines at the start. */
static gsize
before_header (const Guard *guard)
{
  gsize at = 0;

  while (at < guard->size && is_empty_line (guard, at, line_end (guard, at)))
    at = line_end (guard, at);
  if (guard->size - at > 5 && memcmp (guard->bytes + at, "From ", 5) == 0)
    at = line_end (guard, at);
  else if (guard->size - at > 6 && memcmp (guard->bytes + at, ">From ", 6) == 0)
    at = line_end (guard, at);
  return at;
}

GBytes *
pn_mime_guard (GBytes *raw, GPtrArray *defects)
{
  Guard guard = { .defects = defects };
  gsize start;
  GBytes *result;

  guard.bytes = g_bytes_get_data (raw, &guard.size);
  if (guard.bytes == NULL)
    return g_bytes_ref (raw);
  guard.boundaries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  start = before_header (&guard);
  guard.bytes += start;
  guard.size -= start;
  take_rest (&guard, take_block (&guard, 0));
  g_hash_table_unref (guard.boundaries);
  if (guard.out != NULL)
    result = g_byte_array_free_to_bytes (guard.out);
  else
    result = g_bytes_new_from_bytes (raw, start, guard.size);
  return result;
}
