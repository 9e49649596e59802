#include "gateway/mail/sender.h"

#include <string.h>

#include "gateway/mail/address.h"

#define COMMENT_DEPTH_MAX 100

/* Returns: (owned) @text without comments; quoted strings lose their quotes and any separator inside. */
static char *
without_comments (const char *text)
{
  GString *out = g_string_new (NULL);
  guint depth = 0;
  gboolean quoted = FALSE;

  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '\\' && c[1] != '\0' && (quoted || depth > 0)) {
      c++;
      continue;
    }
    if (depth == 0 && *c == '"') {
      quoted = !quoted;
    } else if (quoted) {
      g_string_append_c (out, strchr ("; \t=", *c) != NULL ? '_' : *c);
    } else if (*c == '(') {
      depth = MIN (depth + 1, COMMENT_DEPTH_MAX);
    } else if (*c == ')' && depth > 0) {
      depth--;
      g_string_append_c (out, ' ');
    } else if (depth == 0) {
      g_string_append_c (out, g_ascii_isspace (*c) ? ' ' : g_ascii_tolower (*c));
    }
  }
  return g_string_free (out, FALSE);
}

/* Returns: (owned) the host behind "by" of a Received value; "" when it has none. */
static char *
received_by (const char *value)
{
  g_autofree char *plain = without_comments (value);
  g_auto (GStrv) words = g_strsplit_set (plain, " ;", 200);

  for (guint i = 0; words[i] != NULL; i++) {
    if (strcmp (words[i], "by") != 0)
      continue;
    for (i++; words[i] != NULL; i++) {
      if (*words[i] != '\0')
        return g_strdup (words[i]);
    }
    break;
  }
  return g_strdup ("");
}

static gboolean
is_listed (const char *ids, const char *id)
{
  g_auto (GStrv) list = g_strsplit_set (ids, ", ", -1);

  for (guint i = 0; list[i] != NULL; i++) {
    if (*list[i] != '\0' && g_ascii_strcasecmp (list[i], id) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
pn_sender_is_aligned (const char *a, const char *b)
{
  static const char *const seconds[] = { "co", "com", "org", "net", "gov", "ac",  "edu", "ne", "or",
                                         "go", "gob", "gv",  "ltd", "plc", "nom", "asn", "id" };
  gsize na = strlen (a);
  gsize nb = strlen (b);
  const char *longer = na > nb ? a : b;
  const char *shorter = na > nb ? b : a;
  gsize cut = MAX (na, nb) - MIN (na, nb);
  const char *dot = strchr (shorter, '.');

  if (na == 0 || nb == 0)
    return FALSE;
  if (g_ascii_strcasecmp (a, b) == 0)
    return TRUE;
  if (cut < 2 || dot == NULL || longer[cut - 1] != '.'
      || g_ascii_strcasecmp (longer + cut, shorter) != 0)
    return FALSE;
  if (strchr (dot + 1, '.') == NULL && strlen (dot + 1) == 2) {
    for (gsize i = 0; i < G_N_ELEMENTS (seconds); i++) {
      if (strlen (seconds[i]) == (gsize) (dot - shorter)
          && g_ascii_strncasecmp (shorter, seconds[i], (gsize) (dot - shorter)) == 0)
        return FALSE;
    }
  }
  return TRUE;
}

/* Returns: the value of the property @name in the words of one result, or NULL. */
static const char *
property (char **words, const char *name)
{
  gsize n = strlen (name);

  for (guint i = 0; words[i] != NULL; i++) {
    if (strncmp (words[i], name, n) == 0 && words[i][n] == '=')
      return words[i] + n + 1;
  }
  return NULL;
}

static gboolean
dkim_is_aligned (char **words, const char *domain)
{
  const char *signer = property (words, "header.d");
  const char *identity = property (words, "header.i");

  if (signer == NULL && identity != NULL)
    signer = pn_address_domain (identity);
  return signer != NULL && pn_sender_is_aligned (signer, domain);
}

static gboolean
spf_is_aligned (char **words, const char *domain)
{
  const char *sender = property (words, "smtp.mailfrom");

  if (sender == NULL)
    sender = property (words, "smtp.mail");
  if (sender == NULL)
    return FALSE;
  g_autofree char *clean = g_strndup (sender, strcspn (sender, ">"));
  const char *plain = clean[0] == '<' ? clean + 1 : clean;
  return pn_sender_is_aligned (strchr (plain, '@') != NULL ? pn_address_domain (plain) : plain,
                               domain);
}

/* Joins "dkim = pass" to "dkim=pass" and splits at spaces. */
static char **
result_words (const char *result)
{
  GString *tight = g_string_new (NULL);
  char **words;

  for (const char *c = result; *c != '\0'; c++) {
    if (*c == ' '
        && (c[1 + strspn (c + 1, " ")] == '='
            || (tight->len > 0 && tight->str[tight->len - 1] == '=')))
      continue;
    if (*c != ' ' || tight->len == 0 || tight->str[tight->len - 1] != ' ')
      g_string_append_c (tight, *c);
  }
  words = g_strsplit (g_strstrip (tight->str), " ", -1);
  g_string_free (tight, TRUE);
  return words;
}

/* @plain: a value without comments. */
static PnVerdict
judge_results (char **results, const char *domain)
{
  gboolean passes = FALSE;

  for (guint i = 0; results[i] != NULL; i++) {
    g_auto (GStrv) words = result_words (results[i]);
    char *equals = words[0] != NULL ? strchr (words[0], '=') : NULL;

    if (equals == NULL)
      continue;
    *equals = '\0';
    words[0][strcspn (words[0], "/")] = '\0';
    if (strcmp (words[0], "dmarc") == 0) {
      const char *from = property (words + 1, "header.from");

      if (strcmp (equals + 1, "fail") == 0)
        return PN_VERDICT_FAIL;
      passes |=
          strcmp (equals + 1, "pass") == 0 && (from == NULL || pn_sender_is_aligned (from, domain));
    } else if (strcmp (equals + 1, "pass") == 0) {
      passes |= strcmp (words[0], "dkim") == 0 && dkim_is_aligned (words + 1, domain);
      passes |= strcmp (words[0], "spf") == 0 && spf_is_aligned (words + 1, domain);
    }
  }
  return passes ? PN_VERDICT_PASS : PN_VERDICT_NONE;
}

PnVerdict
pn_sender_judge (const GPtrArray *fields, const char *authserv_ids, const char *from)
{
  const char *domain = pn_address_domain (from);
  g_autofree char *top = NULL;
  guint froms = 0;

  if (authserv_ids == NULL || *domain == '\0')
    return PN_VERDICT_NONE;
  for (guint i = 0; i < fields->len; i++) {
    const PnHeader *field = g_ptr_array_index (fields, i);

    if (g_ascii_strcasecmp (field->name, "From") == 0) {
      g_autoptr (GPtrArray) list = pn_address_read_list (field->value);

      froms += MAX (list->len, 1);
    }
  }
  if (froms != 1)
    return PN_VERDICT_NONE;
  for (guint i = 0; i < fields->len; i++) {
    const PnHeader *field = g_ptr_array_index (fields, i);

    if (g_ascii_strcasecmp (field->name, "Received") == 0) {
      g_autofree char *by = received_by (field->value);

      if (top == NULL)
        top = g_strdup (by);
      if (by[0] == '\0' || (strcmp (by, top) != 0 && !is_listed (authserv_ids, by)))
        return PN_VERDICT_NONE;
    } else if (g_ascii_strcasecmp (field->name, "Authentication-Results") == 0) {
      g_autofree char *plain = without_comments (field->value);
      g_auto (GStrv) results = g_strsplit (plain, ";", 1000);
      const char *first = results[0] != NULL ? g_strstrip (results[0]) : "";
      g_autofree char *id = g_strndup (first, strcspn (first, " /"));

      if (*id != '\0' && is_listed (authserv_ids, id))
        return judge_results (results + 1, domain);
    }
  }
  return PN_VERDICT_NONE;
}
