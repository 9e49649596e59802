#include "gateway/mail/address.h"

#include <string.h>

#include "gateway/mail/mime_header.h"
#include "gateway/mail/mime_text.h"

#define COMMENT_DEPTH_MAX 50
#define ADDRESS_BYTES_MAX 998
#define WORD_BYTES_MAX 1000

/* What has been read of one mailbox. */
typedef struct {
  GPtrArray *list;
  GString *phrase; /* what stands outside of brackets, quotes taken off */
  GString *quoted; /* the quoted parts alone */
  GString *angle;
  GString *comment;
  gboolean has_angle;
  gboolean has_at;     /* an "@" stands in @phrase */
  gboolean quotes_end; /* FALSE: no further quote is ever closed */
  gboolean comments_end;
} Reader;

const char *
pn_address_domain (const char *address)
{
  const char *at = strrchr (address, '@');

  return at != NULL ? at + 1 : "";
}

gboolean
pn_address_is_valid (const char *address)
{
  const char *at = strrchr (address, '@');

  if (at == NULL || at == address || strlen (address) > ADDRESS_BYTES_MAX)
    return FALSE;
  if (memchr (address, '@', (gsize) (at - address)) != NULL && address[0] != '"')
    return FALSE;
  for (const char *c = at + 1; *c != '\0'; c++) {
    if ((guchar) *c < 128 && !g_ascii_isalnum (*c) && strchr (".-_[]:", *c) == NULL)
      return FALSE;
  }
  return at[1] != '\0' && at[1] != '.' && at[1] != '-';
}

/* What breaks lines in Unicode is a space by now. Returns: @text. */
static char *
drop_spaces (char *text)
{
  char *to = text;

  for (const char *c = text; *c != '\0'; c++) {
    if (*c != ' ')
      *to++ = *c;
  }
  *to = '\0';
  return text;
}

/* Takes off what does not belong to an address: spaces, brackets, quotes around, "mailto:", routes, a final dot. */
static char *
address_clean (const char *text)
{
  GString *out = g_string_new (NULL);
  const char *route;

  while (*text != '\0' && strchr (" \t<>[](){}'\",;:", *text) != NULL && *text != '"')
    text++;
  if (g_ascii_strncasecmp (text, "mailto:", 7) == 0)
    text += 7;
  if (g_ascii_strncasecmp (text, "smtp:", 5) == 0)
    text += 5;
  if (text[0] == '@' && (route = strchr (text, ':')) != NULL && strchr (route, '@') != NULL)
    text = route + 1;
  for (const char *c = text; *c != '\0' && out->len < ADDRESS_BYTES_MAX; c++) {
    if ((guchar) *c > 32 && *c != 127 && *c != '<' && *c != '>')
      g_string_append_c (out, *c);
  }
  while (out->len > 0 && strchr (".,;:'", out->str[out->len - 1]) != NULL)
    g_string_truncate (out, out->len - 1);
  if (out->len > 1 && out->str[0] == '"' && out->str[out->len - 1] == '"') {
    g_string_truncate (out, out->len - 1);
    g_string_erase (out, 0, 1);
  }
  for (char *c = (char *) pn_address_domain (out->str); *c != '\0'; c++)
    *c = g_ascii_tolower (*c);
  g_autofree char *valid = g_utf8_make_valid (out->str, (gssize) out->len);
  g_string_free (out, TRUE);
  return drop_spaces (pn_mime_text_line (valid));
}

static char *
name_clean (const char *text)
{
  g_autofree char *words = pn_mime_header_words (text);
  g_autofree char *line = pn_mime_text_line (words);
  gsize n = strlen (line);
  const char *start = line;

  while (
      n >= 2
      && ((start[0] == '"' && start[n - 1] == '"') || (start[0] == '\'' && start[n - 1] == '\''))) {
    start++;
    n -= 2;
  }
  g_autofree char *name = g_strndup (start, n);
  return g_strdup (g_strstrip (name));
}

/* Takes the word that holds an '@' out of @phrase. Returns: (owned) it, or NULL. */
static char *
take_address (GString *phrase)
{
  const char *at = strchr (phrase->str, '@');
  gsize start;
  gsize end;
  char *address;

  if (at == NULL)
    return NULL;
  start = end = (gsize) (at - phrase->str);
  while (start > 0 && phrase->str[start - 1] == ' ' && at[1] != '\0')
    start--; /* "john @ x.org" */
  while (start > 0 && strchr (" \t,;", phrase->str[start - 1]) == NULL)
    start--;
  if (phrase->str[end + 1] == ' ')
    end++;
  while (phrase->str[end + 1] != '\0' && strchr (" \t,;", phrase->str[end + 1]) == NULL)
    end++;
  g_autofree char *raw = g_strndup (phrase->str + start, end + 1 - start);
  address = address_clean (raw);
  g_string_erase (phrase, (gssize) start, (gssize) (end + 1 - start));
  return address;
}

/* A mailbox without brackets: the address is the word with the '@', the rest is the name. */
static char *
bare_address (Reader *reader)
{
  g_autofree char *decoded = pn_mime_header_words (reader->phrase->str);

  if (strchr (reader->phrase->str, '@') == NULL && strchr (decoded, '@') != NULL)
    g_string_assign (reader->phrase, decoded);
  char *address = take_address (reader->phrase);
  if (address == NULL && strchr (reader->comment->str, '@') != NULL)
    address = take_address (reader->comment);
  if (address == NULL) {
    g_autofree char *word = g_strdup (reader->phrase->str);

    g_strstrip (word);
    if (word[0] != '\0' && strpbrk (word, " \t") == NULL && reader->quoted->len == 0)
      address = address_clean (word);
  }
  return address;
}

/* "Doe, John <j@x>": a name without address belongs to the mailbox that follows, if that one has brackets. */
static void
join_name (Reader *reader, PnAddress *made)
{
  PnAddress *before =
      reader->list->len > 0 ? g_ptr_array_index (reader->list, reader->list->len - 1) : NULL;

  if (!reader->has_angle || before == NULL || strchr (before->address, '@') != NULL)
    return;
  g_autofree char *head = g_strdup (before->name[0] != '\0' ? before->name : before->address);
  if (head[0] == '\0')
    return;
  char *name =
      made->name[0] != '\0' ? g_strdup_printf ("%s, %s", head, made->name) : g_strdup (head);
  g_free (made->name);
  made->name = name;
  g_ptr_array_remove_index (reader->list, reader->list->len - 1);
}

static void
mailbox_end (Reader *reader, gboolean may_join)
{
  g_autofree char *address = NULL;
  g_autofree char *name = NULL;

  if (reader->has_angle && strchr (reader->angle->str, '@') == NULL
      && strchr (reader->phrase->str, '@') != NULL)
    address = take_address (reader->phrase);
  else if (reader->has_angle)
    address = address_clean (reader->angle->str);
  else
    address = bare_address (reader);
  name = name_clean (reader->phrase->str);
  if (name[0] == '\0' && reader->comment->len > 0) {
    g_free (name);
    name = name_clean (reader->comment->str);
  }
  if (address != NULL && (strcmp (name, address) == 0))
    name[0] = '\0';
  if (reader->list->len < PN_ADDRESS_LIST_MAX
      && ((address != NULL && address[0] != '\0') || name[0] != '\0')) {
    PnAddress *made = pn_address_new (name, address);

    if (may_join)
      join_name (reader, made);
    g_ptr_array_add (reader->list, made);
  }
  g_string_truncate (reader->phrase, 0);
  g_string_truncate (reader->quoted, 0);
  g_string_truncate (reader->angle, 0);
  g_string_truncate (reader->comment, 0);
  reader->has_angle = reader->has_at = FALSE;
}

/* Reads from the '"' at @c to its end. Returns: behind the closing quote; NULL when it is never closed. */
static const char *
quote_read (Reader *reader, const char *c)
{
  const char *end = c + 1;

  while (*end != '\0' && *end != '"')
    end += *end == '\\' && end[1] != '\0' ? 2 : 1;
  if (*end == '\0') {
    reader->quotes_end = FALSE;
    return NULL;
  }
  for (c++; c < end; c++) {
    if (*c == '\\' && c + 1 < end)
      c++;
    reader->has_at |= *c == '@';
    g_string_append_c (reader->phrase, *c);
    g_string_append_c (reader->quoted, *c);
  }
  return end + 1;
}

static const char *
comment_read (Reader *reader, const char *c)
{
  const char *end = c + 1;
  int depth = 1;

  for (; *end != '\0' && depth > 0; end++) {
    if (*end == '\\' && end[1] != '\0')
      end++;
    else if (*end == '(' && depth < COMMENT_DEPTH_MAX)
      depth++;
    else if (*end == ')')
      depth--;
  }
  if (depth > 0) {
    reader->comments_end = FALSE;
    return NULL;
  }
  if (reader->comment->len > 0)
    g_string_append_c (reader->comment, ' ');
  g_string_append_len (reader->comment, c + 1, end - c - 2);
  return end;
}

/* Reads "<...>": up to the last bracket before the next comma, so that "<<a@b>>" and "<a@b<mailto:a@b>>" are one. */
static const char *
angle_read (Reader *reader, const char *c)
{
  gboolean is_second = reader->has_angle && strchr (reader->angle->str, '@') != NULL;
  const char *end = c + 1;

  while (*end == '<' || *end == ' ')
    end++;
  const char *start = end;
  while (*end != '\0' && *end != '>' && *end != '<' && *end != ',' && *end != ';')
    end++;
  if (*end == ',' && strchr ("@", start[0]) != NULL)
    end += strcspn (end, ">"); /* a route: <@a,@b:user@c> */
  if (!is_second && end > start) {
    g_string_truncate (reader->angle, 0);
    g_string_append_len (reader->angle, start, end - start);
    reader->has_angle = TRUE;
  }
  while (*end == '>')
    end++;
  return end;
}

/* Returns: behind the RFC 2047 word at @c, or NULL when it is none. */
static const char *
word_end (const char *c)
{
  const char *limit = c + strnlen (c, WORD_BYTES_MAX);
  const char *text = c + 2;

  for (int marks = 0; marks < 2 && text < limit; text++) {
    if (*text == '?')
      marks++;
    else if (marks == 0 && (*text == ' ' || *text == ','))
      return NULL;
  }
  for (; text + 1 < limit; text++) {
    if (*text == ' ' || *text == '\t')
      return NULL;
    if (text[0] == '?' && text[1] == '=')
      return text + 2;
  }
  return NULL;
}

static const char *
read_char (Reader *reader, const char *c)
{
  const char *end = NULL;

  if (*c == '"' && reader->quotes_end)
    end = quote_read (reader, c);
  else if (*c == '(' && reader->comments_end)
    end = comment_read (reader, c);
  else if (*c == '<')
    end = angle_read (reader, c);
  if (end != NULL)
    return end;
  if (c[0] == '=' && c[1] == '?') { /* an encoded word is one thing, whatever is in it */
    const char *stop = word_end (c);

    if (stop != NULL) {
      g_string_append_len (reader->phrase, c, stop - c);
      return stop;
    }
  }
  reader->has_at |= *c == '@';
  if (*c != '>' && *c != '"')
    g_string_append_c (reader->phrase, *c);
  return c + 1;
}

GPtrArray *
pn_address_read_list (const char *text)
{
  Reader reader = { .list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_address_free),
                    .phrase = g_string_new (NULL),
                    .quoted = g_string_new (NULL),
                    .angle = g_string_new (NULL),
                    .comment = g_string_new (NULL),
                    .quotes_end = TRUE,
                    .comments_end = TRUE };
  g_autofree char *valid = g_utf8_validate (text, -1, NULL) ? NULL : g_utf8_make_valid (text, -1);
  gboolean may_join = FALSE;

  for (const char *c = valid != NULL ? valid : text;
       *c != '\0' && reader.list->len < PN_ADDRESS_LIST_MAX;) {
    if (*c == ',' || *c == ';') {
      mailbox_end (&reader, may_join);
      may_join = *c == ',';
      c++;
    } else if (*c == ':' && !reader.has_angle && !reader.has_at
               && g_ascii_strcasecmp (reader.phrase->str, "mailto") != 0
               && reader.phrase->len > 0) {
      g_string_truncate (reader.phrase, 0); /* a group's name */
      g_string_truncate (reader.quoted, 0);
      may_join = FALSE;
      c++;
    } else {
      c = read_char (&reader, c);
    }
  }
  mailbox_end (&reader, may_join);
  g_string_free (reader.phrase, TRUE);
  g_string_free (reader.quoted, TRUE);
  g_string_free (reader.angle, TRUE);
  g_string_free (reader.comment, TRUE);
  return reader.list;
}

PnAddress *
pn_address_read (const char *text)
{
  g_autoptr (GPtrArray) list = pn_address_read_list (text);

  for (guint i = 0; i < list->len; i++) {
    const PnAddress *address = g_ptr_array_index (list, i);

    if (strchr (address->address, '@') != NULL)
      return pn_address_new (address->name, address->address);
  }
  if (list->len > 0) {
    const PnAddress *address = g_ptr_array_index (list, 0);

    return pn_address_new (address->name, address->address);
  }
  return pn_address_new (NULL, NULL);
}
