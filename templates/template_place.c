#include "templates/template_place.h"

#include <string.h>

#include "templates/escape.h"

#define SPACE " \t\r\n\f"

static gboolean
is_space (char c)
{
  return c != '\0' && strchr (SPACE, c) != NULL;
}

static gboolean
is_one_of (const char *name, const char *const *names)
{
  return g_strv_contains (names, name);
}

static void
push (char *word, char c)
{
  gsize size = strlen (word);

  if (size + 1 < PN_PLACE_NAME) {
    word[size] = g_ascii_tolower (c);
    word[size + 1] = '\0';
  }
}

static PnAttributeKind
attribute_kind (const char *name)
{
  static const char *const urls[] = { "href",     "src",        "action",     "formaction", "cite",
                                      "poster",   "data",       "background", "longdesc",   "ping",
                                      "manifest", "xlink:href", NULL };
  static const char *const code[] = {
    "style", "srcdoc", "srcset", "imagesrcset", "http-equiv", NULL
  };

  if (is_one_of (name, urls))
    return PN_ATTRIBUTE_URL;
  if (is_one_of (name, code) || g_str_has_prefix (name, "on"))
    return PN_ATTRIBUTE_CODE;
  return PN_ATTRIBUTE_PLAIN;
}

static void
enter_element (PnPlace *place)
{
  static const char *const raw[] = { "script",  "style",    "xmp",       "iframe",
                                     "noembed", "noframes", "plaintext", NULL };
  static const char *const escapable[] = { "title", "textarea", NULL };

  place->word[0] = '\0';
  place->state = PN_PLACE_TEXT;
  if (!place->is_end_tag && is_one_of (place->element, raw))
    place->state = PN_PLACE_RAW;
  else if (!place->is_end_tag && is_one_of (place->element, escapable))
    place->state = PN_PLACE_RCDATA;
}

/* Script, style, title and textarea end at their own end tag alone; @word collects "</name". */
static void
take_special (PnPlace *place, char c)
{
  gsize size = strlen (place->word);

  if (c == '<') {
    g_strlcpy (place->word, "<", PN_PLACE_NAME);
    return;
  }
  if (size == 0)
    return;
  if (size >= 2 && (is_space (c) || c == '/' || c == '>')
      && strcmp (place->word + 2, place->element) == 0) {
    place->is_end_tag = TRUE;
    place->state = PN_PLACE_IN_TAG;
    if (c == '>')
      enter_element (place);
    return;
  }
  if ((size == 1 && c == '/')
      || (size >= 2 && g_ascii_tolower (c) == place->element[size - 2]
          && place->element[size - 2] != '\0'))
    push (place->word, c);
  else
    place->word[0] = '\0';
}

static void
take_tag_open (PnPlace *place, char c)
{
  if (c == '!') {
    place->state = PN_PLACE_DECLARATION;
    place->word[0] = '\0';
  } else if (g_ascii_isalpha (c)) {
    place->state = PN_PLACE_TAG_NAME;
    push (place->element, c);
  } else if (c == '/' && !place->is_end_tag) {
    place->is_end_tag = TRUE;
  } else if (c == '?' || (place->is_end_tag && c != '>')) {
    place->state = PN_PLACE_DECLARATION;
    g_strlcpy (place->word, "?", PN_PLACE_NAME);
  } else if (c == '<') {
    place->is_end_tag = FALSE;
  } else {
    place->state = PN_PLACE_TEXT;
  }
}

static void
take_declaration (PnPlace *place, char c)
{
  push (place->word, c);
  if (strcmp (place->word, "--") == 0) {
    place->state = PN_PLACE_COMMENT;
  } else if (c == '>') {
    place->state = PN_PLACE_TEXT;
  }
}

static void
take_comment (PnPlace *place, char c)
{
  if (c == '>' && strcmp (place->word, "--") == 0)
    place->state = PN_PLACE_TEXT;
  if (c != '-')
    place->word[0] = '\0';
  else if (strlen (place->word) < 2)
    push (place->word, c);
}

static void
start_attribute (PnPlace *place, char c)
{
  place->state = PN_PLACE_ATTRIBUTE;
  place->word[0] = '\0';
  push (place->word, c);
}

static void
take_in_tag (PnPlace *place, char c)
{
  if (c == '>')
    enter_element (place);
  else if (!is_space (c) && c != '/')
    start_attribute (place, c);
  else
    place->state = PN_PLACE_IN_TAG;
}

static void
take_attribute (PnPlace *place, char c)
{
  if (c == '=') {
    place->attribute = attribute_kind (place->word);
    place->state = PN_PLACE_BEFORE_VALUE;
    place->word[0] = '\0';
    place->url = PN_URL_START;
    place->is_bad_url = FALSE;
  } else if (c == '>') {
    enter_element (place);
  } else if (is_space (c)) {
    place->state = PN_PLACE_AFTER_ATTRIBUTE;
  } else if (c == '/') {
    place->state = PN_PLACE_IN_TAG;
  } else if (place->state == PN_PLACE_AFTER_ATTRIBUTE) {
    start_attribute (place, c);
  } else {
    push (place->word, c);
  }
}

static void
take_before_value (PnPlace *place, char c)
{
  if (c == '"' || c == '\'') {
    place->state = PN_PLACE_QUOTED;
    place->quote = c;
  } else if (c == '>') {
    enter_element (place);
  } else if (!is_space (c)) {
    place->state = PN_PLACE_UNQUOTED;
  }
}

static void
take_url (PnPlace *place, char c)
{
  if (place->url == PN_URL_START) {
    push (place->word, c);
    if (c == ':')
      place->is_bad_url = !pn_url_scheme_is_safe (place->word, strlen (place->word));
    if (strchr (":/", c) != NULL)
      place->url = PN_URL_PATH;
  }
  if (c == '?' || c == '#')
    place->url = PN_URL_QUERY;
}

static void
take_quoted (PnPlace *place, char c)
{
  if (c == place->quote)
    place->state = PN_PLACE_EDGE;
  else if (place->attribute == PN_ATTRIBUTE_URL)
    take_url (place, c);
}

static const char *
take_char (PnPlace *place, char c)
{
  switch (place->state) {
  case PN_PLACE_TEXT:
    if (c == '<') {
      place->state = PN_PLACE_TAG_OPEN;
      place->is_end_tag = FALSE;
      place->element[0] = '\0';
    }
    break;
  case PN_PLACE_RCDATA:
  case PN_PLACE_RAW: take_special (place, c); break;
  case PN_PLACE_TAG_OPEN: take_tag_open (place, c); break;
  case PN_PLACE_TAG_NAME:
    if (is_space (c) || c == '/' || c == '>')
      take_in_tag (place, c);
    else
      push (place->element, c);
    break;
  case PN_PLACE_EDGE:
    if (!is_space (c) && c != '/' && c != '>')
      return "white space is missing between attributes";
    take_in_tag (place, c);
    break;
  case PN_PLACE_IN_TAG: take_in_tag (place, c); break;
  case PN_PLACE_ATTRIBUTE:
  case PN_PLACE_AFTER_ATTRIBUTE: take_attribute (place, c); break;
  case PN_PLACE_BEFORE_VALUE: take_before_value (place, c); break;
  case PN_PLACE_QUOTED: take_quoted (place, c); break;
  case PN_PLACE_UNQUOTED:
    if (is_space (c) || c == '>')
      take_in_tag (place, c);
    break;
  case PN_PLACE_DECLARATION: take_declaration (place, c); break;
  case PN_PLACE_COMMENT: take_comment (place, c); break;
  }
  return NULL;
}

const char *
pn_place_take_text (PnPlace *place, const char *text)
{
  for (const char *c = text; *c != '\0'; c++) {
    const char *wrong = take_char (place, *c);

    if (wrong != NULL)
      return wrong;
  }
  return NULL;
}

void
pn_place_take_value (PnPlace *place)
{
  if (place->state == PN_PLACE_RCDATA)
    place->word[0] = '\0';
  if (place->state == PN_PLACE_QUOTED && place->url == PN_URL_START)
    place->url = PN_URL_PATH;
}

void
pn_place_take_tag (PnPlace *place)
{
  if (place->state != PN_PLACE_TAG_NAME && place->state != PN_PLACE_ATTRIBUTE
      && place->state != PN_PLACE_AFTER_ATTRIBUTE)
    return;
  place->state = PN_PLACE_EDGE;
  place->word[0] = '\0';
}

const char *
pn_place_refuses_value (const PnPlace *place)
{
  switch (place->state) {
  case PN_PLACE_TEXT:
  case PN_PLACE_RCDATA: return NULL;
  case PN_PLACE_QUOTED:
    if (place->attribute == PN_ATTRIBUTE_CODE)
      return "no values in attributes that hold code";
    return place->is_bad_url ? "no values behind this scheme" : NULL;
  case PN_PLACE_RAW: return "no values in script and style";
  case PN_PLACE_UNQUOTED:
  case PN_PLACE_BEFORE_VALUE: return "a value in an attribute needs quotes around it";
  case PN_PLACE_DECLARATION:
  case PN_PLACE_COMMENT: return "no values in comments and declarations";
  case PN_PLACE_TAG_OPEN:
  case PN_PLACE_TAG_NAME:
  case PN_PLACE_IN_TAG:
  case PN_PLACE_EDGE:
  case PN_PLACE_ATTRIBUTE:
  case PN_PLACE_AFTER_ATTRIBUTE: return "no values in names of tags and attributes";
  }
  return "no value here";
}

PnEscape
pn_place_escape (const PnPlace *place)
{
  if (place->state != PN_PLACE_QUOTED || place->attribute != PN_ATTRIBUTE_URL)
    return PN_ESCAPE_HTML;
  switch (place->url) {
  case PN_URL_START: return place->word[0] == '\0' ? PN_ESCAPE_URL_START : PN_ESCAPE_URL_QUERY;
  case PN_URL_PATH: return PN_ESCAPE_URL_PATH;
  case PN_URL_QUERY: return PN_ESCAPE_URL_QUERY;
  }
  return PN_ESCAPE_URL_QUERY;
}

static gboolean
is_special (const PnPlace *place)
{
  return place->state == PN_PLACE_RAW || place->state == PN_PLACE_RCDATA;
}

static gboolean
is_in_tag (const PnPlace *place)
{
  return place->state == PN_PLACE_IN_TAG || place->state == PN_PLACE_EDGE;
}

gboolean
pn_place_equal (const PnPlace *a, const PnPlace *b)
{
  if (a->state != b->state)
    return FALSE;
  if (is_special (a) || is_in_tag (a))
    return strcmp (a->element, b->element) == 0 && a->is_end_tag == b->is_end_tag;
  if (a->state != PN_PLACE_QUOTED)
    return TRUE;
  return a->quote == b->quote && a->attribute == b->attribute
         && (a->attribute != PN_ATTRIBUTE_URL
             || (a->url == b->url && a->is_bad_url == b->is_bad_url
                 && strcmp (a->word, b->word) == 0));
}

gboolean
pn_place_join (const PnPlace *a, const PnPlace *b, PnPlace *joined)
{
  *joined = *a;
  if (pn_place_equal (a, b))
    return TRUE;
  if (is_in_tag (a) && is_in_tag (b) && strcmp (a->element, b->element) == 0) {
    joined->state = PN_PLACE_EDGE;
    return TRUE;
  }
  if (a->state != PN_PLACE_QUOTED || b->state != PN_PLACE_QUOTED || a->quote != b->quote
      || a->attribute != PN_ATTRIBUTE_URL || b->attribute != PN_ATTRIBUTE_URL)
    return FALSE;
  /* An address whose part is not certain: a whole component is escaped, which is right or too much. */
  joined->url = a->url == PN_URL_START && b->url == PN_URL_START ? PN_URL_START : PN_URL_QUERY;
  g_strlcpy (joined->word, "?", PN_PLACE_NAME);
  joined->is_bad_url = a->is_bad_url || b->is_bad_url;
  return TRUE;
}
