#include "ticketing/search.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/search_private.h"

#define QUERY_MAX_BYTES 1000
#define WORDS_MAX 16
#define VALUES_MAX 32
#define UNSOLVED                                                                                   \
  (1u << PN_STATUS_NEW | 1u << PN_STATUS_OPEN | 1u << PN_STATUS_WAITING | 1u << PN_STATUS_ON_HOLD)

typedef gboolean (*ReadFunc) (PnSearchQuery *query, const GPtrArray *values, GError **error);

typedef struct {
  const char *name;
  ReadFunc read;
} Field;

static void
free_word (gpointer data)
{
  PnSearchWord *word = data;

  g_free (word->term);
  g_free (word);
}

static void
free_strings (gpointer strings)
{
  g_ptr_array_unref (strings);
}

static PnSearchQuery *
query_new (void)
{
  PnSearchQuery *query = g_new0 (PnSearchQuery, 1);

  query->words = g_ptr_array_new_with_free_func (free_word);
  query->tags = g_ptr_array_new_with_free_func (free_strings);
  query->statuses = (1u << PN_STATUS_COUNT) - 1;
  query->priorities = (1u << (PN_PRIORITY_URGENT + 1)) - 1;
  return query;
}

void
pn_search_query_free (PnSearchQuery *query)
{
  if (query == NULL)
    return;
  g_ptr_array_unref (query->words);
  g_ptr_array_unref (query->tags);
  g_clear_pointer (&query->queues, g_ptr_array_unref);
  g_clear_pointer (&query->assignees, g_ptr_array_unref);
  g_clear_pointer (&query->organisations, g_ptr_array_unref);
  g_clear_pointer (&query->teams, g_ptr_array_unref);
  g_clear_pointer (&query->due, g_array_unref);
  g_free (query);
}

static gboolean
add_word (PnSearchQuery *query, const char *term, gboolean is_prefix, GError **error)
{
  PnSearchWord *word;

  if (query->words->len == WORDS_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "the query has more than %d words", WORDS_MAX);
    return FALSE;
  }
  word = g_new0 (PnSearchWord, 1);
  word->term = g_strdup (term);
  word->is_prefix = is_prefix;
  g_ptr_array_add (query->words, word);
  return TRUE;
}

static gboolean
read_status (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  guint statuses = 0;

  for (guint i = 0; i < values->len; i++) {
    const char *name = values->pdata[i];
    PnStatus status;

    if (strcmp (name, "unsolved") == 0)
      statuses |= UNSOLVED;
    else if (pn_status_read (name, &status))
      statuses |= 1u << status;
    else {
      pn_error_set (
          error, PN_ERROR_INVALID,
          "status \"%s\" is none of new, open, waiting, on_hold, solved, closed, unsolved", name);
      return FALSE;
    }
  }
  query->statuses &= statuses;
  return TRUE;
}

static gboolean
read_priority (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  guint priorities = 0;

  for (guint i = 0; i < values->len; i++) {
    PnPriority priority;

    if (!pn_priority_read (values->pdata[i], &priority)) {
      pn_error_set (error, PN_ERROR_INVALID, "priority \"%s\" is none of low, normal, high, urgent",
                    (const char *) values->pdata[i]);
      return FALSE;
    }
    priorities |= 1u << priority;
  }
  query->priorities &= priorities;
  return TRUE;
}

static void
add_strings (GPtrArray **strings, const GPtrArray *values)
{
  if (*strings == NULL)
    *strings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < values->len; i++)
    g_ptr_array_add (*strings, g_strdup (values->pdata[i]));
}

static gboolean
read_queue (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  add_strings (&query->queues, values);
  return TRUE;
}

static gboolean
read_assignee (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  add_strings (&query->assignees, values);
  return TRUE;
}

static gboolean
read_organisation (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  add_strings (&query->organisations, values);
  return TRUE;
}

static gboolean
read_team (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  add_strings (&query->teams, values);
  return TRUE;
}

static gboolean
read_due (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  if (query->due == NULL)
    query->due = g_array_new (FALSE, FALSE, sizeof (PnSearchDue));
  for (guint i = 0; i < values->len; i++) {
    PnSearchDue due;

    if (!pn_search_due_read (values->pdata[i], &due, error))
      return FALSE;
    g_array_append_val (query->due, due);
  }
  return TRUE;
}

static gboolean
read_tag (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  GPtrArray *any = NULL;

  add_strings (&any, values);
  g_ptr_array_add (query->tags, any);
  return TRUE;
}

typedef struct {
  PnSearchQuery *query;
  GError *error; /* (owned) */
  gboolean is_sender;
  gboolean wants_all; /* of the symbols too: the word is nothing else */
  gboolean may_go_on; /* its last term may be the beginning of a longer one */
  gboolean has_any;
} Reading;

static gboolean
is_number (const char *text)
{
  return *text != '\0' && text[strspn (text, "0123456789")] == '\0';
}

/* A hyphen and a quotation mark inside a word are how people write; alone they are looked for. */
static gboolean
read_term (const char *term, PnTermKind kind, gpointer data)
{
  Reading *reading = data;
  g_autofree char *text = reading->is_sender ? pn_search_sender_term (term) : g_strdup (term);
  gboolean is_prefix = kind == PN_TERM_BEGINNING
                       || (kind == PN_TERM_LAST && reading->may_go_on && !is_number (term));

  if (!reading->wants_all && (strcmp (term, "-") == 0 || strcmp (term, "\"") == 0))
    return TRUE;
  reading->has_any = TRUE;
  return add_word (reading->query, text, is_prefix, &reading->error);
}

static gboolean
has_letters (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    if (g_unichar_isalnum (g_utf8_get_char (c)))
      return TRUE;
  }
  return FALSE;
}

static gboolean
read_words (PnSearchQuery *query, const char *text, gboolean is_sender, gboolean may_go_on,
            GError **error)
{
  Reading reading = {
    .query = query, .is_sender = is_sender, .wants_all = !has_letters (text), .may_go_on = may_go_on
  };

  pn_search_each_term (text, TRUE, read_term, &reading);
  if (!reading.has_any && reading.error == NULL)
    query->is_nothing = TRUE; /* unless other words can be found */
  if (reading.error == NULL)
    return TRUE;
  g_propagate_error (error, reading.error);
  return FALSE;
}

/* A whole address or "@domain" is one term; else each word of it must be in the name or the address. */
static gboolean
read_from (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  for (guint i = 0; i < values->len; i++) {
    const char *value = values->pdata[i];

    if (strchr (value, '@') != NULL) {
      g_autofree char *folded = g_utf8_casefold (value, -1);
      g_autofree char *term = pn_search_sender_term (folded);

      if (!add_word (query, term, FALSE, error))
        return FALSE;
    } else if (!read_words (query, value, TRUE, TRUE, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_time (const GPtrArray *values, const char *field, PnTime *time, GError **error)
{
  const char *value = values->pdata[0];

  if (values->len == 1 && pn_clock_read (value, time, NULL))
    return TRUE;
  pn_error_set (error, PN_ERROR_INVALID,
                "%s \"%s\" is no date such as 2026-11-22 or 2026-11-22T09:30:00Z", field, value);
  return FALSE;
}

static gboolean
read_before (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  return read_time (values, "before", &query->before, error);
}

static gboolean
read_after (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  return read_time (values, "after", &query->after, error);
}

static gboolean
read_is (PnSearchQuery *query, const GPtrArray *values, GError **error)
{
  for (guint i = 0; i < values->len; i++) {
    const char *name = values->pdata[i];

    if (strcmp (name, "unsolved") == 0)
      query->statuses &= UNSOLVED;
    else if (strcmp (name, "looping") == 0)
      query->is_looping = TRUE;
    else if (strcmp (name, "mine") == 0 || strcmp (name, "unassigned") == 0) {
      if (query->assignees == NULL)
        query->assignees = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (query->assignees, g_strdup (strcmp (name, "mine") == 0 ? "me" : "none"));
    } else {
      pn_error_set (error, PN_ERROR_INVALID,
                    "is \"%s\" is none of unsolved, mine, unassigned, looping", name);
      return FALSE;
    }
  }
  return TRUE;
}

static const Field fields[] = {
  { "status", read_status },
  { "queue", read_queue },
  { "priority", read_priority },
  { "assignee", read_assignee },
  { "from", read_from },
  { "tag", read_tag },
  { "before", read_before },
  { "after", read_after },
  { "is", read_is },
  { "due", read_due },
  { "organisation", read_organisation },
  { "team", read_team },
};

/* The field that @token begins with, @value behind its colon; NULL: it is a word. What looks like a field and is none
 * is INVALID, but not links ("https://"), times ("10:30") and the like. */
static const Field *
find_field (const char *token, const char **value, GError **error)
{
  const char *colon = strchr (token, ':');
  gsize length = colon != NULL ? (gsize) (colon - token) : 0;

  if (length == 0)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (strlen (fields[i].name) == length
        && g_ascii_strncasecmp (token, fields[i].name, length) == 0) {
      *value = colon + 1;
      return &fields[i];
    }
  }
  if (strspn (token, "abcdefghijklmnopqrstuvwxyz_") == length && colon[1] != '\0' && colon[1] != '/'
      && !g_ascii_isspace (colon[1]))
    pn_error_set (error, PN_ERROR_INVALID,
                  "\"%.*s\" is none of the fields status, queue, priority, assignee, from, tag,"
                  " before, after, is, due, organisation, team",
                  (int) length, token);
  return NULL;
}

/* Reads one value up to a comma or a space; quotation marks hold both. Returns: what is behind it. */
static const char *
read_value (const char *text, char **value)
{
  GString *read = g_string_new (NULL);
  gboolean is_quoted = *text == '"' && strchr (text + 1, '"') != NULL;

  if (is_quoted)
    text++;
  while (*text != '\0' && (is_quoted ? *text != '"' : *text != ',' && !g_ascii_isspace (*text)))
    g_string_append_c (read, *text++);
  if (is_quoted)
    text++;
  *value = g_string_free (read, FALSE);
  return text;
}

/* Returns: what is behind the values; NULL with INVALID. */
static const char *
read_values (PnSearchQuery *query, const Field *field, const char *text, GError **error)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  gboolean has_more = TRUE;

  while (has_more) {
    char *value = NULL;

    text = read_value (text, &value);
    g_ptr_array_add (values, value);
    if (*value == '\0' || values->len > VALUES_MAX) {
      pn_error_set (error, PN_ERROR_INVALID,
                    *value == '\0' ? "%s: has no value behind it" : "%s: has too many values",
                    field->name);
      return NULL;
    }
    has_more = *text == ',';
    text += has_more ? 1 : 0;
  }
  return field->read (query, values, error) ? text : NULL;
}

static const char *
read_token (PnSearchQuery *query, const char *text, GError **error)
{
  gsize length = strcspn (text, " \t\r\n");
  g_autofree char *token = g_strndup (text, length);
  g_autoptr (GError) problem = NULL;
  const char *value = NULL;
  const Field *field = find_field (text, &value, &problem);

  if (field != NULL)
    return read_values (query, field, value, error);
  if (problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  return read_words (query, token, FALSE, text[length] == '\0', error) ? text + length : NULL;
}

/* "#1042" or "1042", and nothing else. */
static gint64
read_number (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const char *digits = *stripped == '#' ? stripped + 1 : stripped;

  return is_number (digits) && strlen (digits) <= 18 ? g_ascii_strtoll (digits, NULL, 10) : 0;
}

PnSearchQuery *
pn_search_query_read (const char *text, GError **error)
{
  g_autoptr (PnSearchQuery) query = query_new ();
  const char *left = text != NULL ? text : "";

  if (strlen (left) > QUERY_MAX_BYTES || !g_utf8_validate (left, -1, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "a query is UTF-8 text of at most %d bytes",
                  QUERY_MAX_BYTES);
    return NULL;
  }
  query->number = read_number (left);
  while (left != NULL) {
    left += strspn (left, " \t\r\n");
    if (*left == '\0') {
      query->is_nothing = query->is_nothing && query->words->len == 0;
      return g_steal_pointer (&query);
    }
    left = read_token (query, left, error);
  }
  return NULL;
}
