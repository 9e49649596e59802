#include "ticketing/organisation.h"

#include <string.h>

#include "ticketing/core/error.h"
#include "ticketing/fact.h"
#include "ticketing/core/text.h"
#include "ticketing/organisation_private.h"
#include "ticketing/sla.h"
#include "ticketing/sla_job.h"

#define NAME_BYTES 200
#define NOTE_BYTES 60000
#define DOMAINS_MAX 200
#define LEVELS_SHOWN 100
#define PROBE "someone@"

#define COLUMNS "id, name, service_level, note, version, created_at"

static const char insert_sql[] = "INSERT INTO organisation (name, service_level, note, created_at)"
                                 " VALUES (?, ?, ?, ?)";

static const char update_sql[] =
    "UPDATE organisation SET name = ?, service_level = ?, note = ?, version = version + 1"
    " WHERE id = ? AND version = ?";

static const char delete_sql[] = "DELETE FROM organisation WHERE id = ?";

static const char load_sql[] = "SELECT " COLUMNS " FROM organisation WHERE id = ?";

static const char find_sql[] = "SELECT " COLUMNS " FROM organisation WHERE name = ?";

static const char find_domain_sql[] =
    "SELECT " PN_ORGANISATION_COLUMNS " FROM organisation_domain d"
    " JOIN organisation o ON o.id = d.organisation_id"
    " WHERE d.domain = ?";

static const char list_sql[] = "SELECT " COLUMNS " FROM organisation"
                               " WHERE name LIKE CONCAT(?, '%')"
                               " AND (name > ? OR (name = ? AND id > ?))"
                               " ORDER BY name, id"
                               " LIMIT ?";

static const char levels_sql[] = "SELECT service_level FROM organisation"
                                 " WHERE service_level > ''"
                                 " GROUP BY service_level"
                                 " LIMIT ?";

static const char domains_sql[] =
    "SELECT domain FROM organisation_domain WHERE organisation_id = ? ORDER BY domain LIMIT ?";

static const char add_domain_sql[] =
    "INSERT INTO organisation_domain (domain, organisation_id) VALUES (?, ?)";

static const char drop_domain_sql[] =
    "DELETE FROM organisation_domain WHERE domain = ? AND organisation_id = ?";

static const char mark_sql[] = "INSERT INTO organisation_sweep (domain) VALUES (?)"
                               " ON DUPLICATE KEY UPDATE after_address = '', round = round + 1";

static const char drop_hand_sql[] =
    "DELETE FROM organisation_person WHERE organisation_id = ? AND domain IS NULL";

/* Where everybody may have an address. */
static const char *const public_domains[] = {
  "126.com",      "163.com",     "aol.com",        "arcor.de",   "bluewin.ch",    "btinternet.com",
  "fastmail.com", "free.fr",     "freenet.de",     "gmail.com",  "gmx.at",        "gmx.ch",
  "gmx.de",       "gmx.net",     "googlemail.com", "hey.com",    "hotmail.co.uk", "hotmail.com",
  "hotmail.de",   "hotmail.fr",  "hushmail.com",   "icloud.com", "laposte.net",   "libero.it",
  "live.com",     "live.de",     "mac.com",        "mail.com",   "mail.ru",       "mailbox.org",
  "me.com",       "msn.com",     "naver.com",      "online.de",  "orange.fr",     "outlook.com",
  "outlook.de",   "pm.me",       "posteo.de",      "posteo.net", "proton.me",     "protonmail.com",
  "qq.com",       "rambler.ru",  "rocketmail.com", "seznam.cz",  "t-online.de",   "tuta.com",
  "tutanota.com", "vodafone.de", "wanadoo.fr",     "web.de",     "wp.pl",         "yahoo.co.uk",
  "yahoo.com",    "yahoo.de",    "yahoo.fr",       "yandex.com", "yandex.ru",     "ymail.com",
};

PnOrganisation *
pn_organisation_new (const char *name)
{
  PnOrganisation *organisation = g_new0 (PnOrganisation, 1);

  organisation->name = g_strdup (name);
  organisation->service_level = g_strdup ("");
  organisation->note = g_strdup ("");
  organisation->domains = g_ptr_array_new_with_free_func (g_free);
  return organisation;
}

void
pn_organisation_free (PnOrganisation *organisation)
{
  if (organisation == NULL)
    return;
  g_free (organisation->name);
  g_free (organisation->service_level);
  g_free (organisation->note);
  g_clear_pointer (&organisation->domains, g_ptr_array_unref);
  g_free (organisation);
}

char *
pn_organisation_read_domain (const char *text, GError **error)
{
  g_autofree char *word = g_strstrip (g_strdup (text));
  g_autofree char *probe = g_strconcat (PROBE, *word == '@' ? word + 1 : word, NULL);
  g_autofree char *address = pn_text_read_address (probe, NULL);
  const char *domain = address != NULL ? pn_text_address_domain (address) : NULL;

  if (domain == NULL || *domain == '[' || strchr (domain, '.') == NULL) {
    pn_error_set (error, PN_ERROR_INVALID, "\"%s\" is no domain such as acme.example", word);
    return NULL;
  }
  return g_strdup (domain);
}

gboolean
pn_organisation_is_public_domain (const char *domain)
{
  for (gsize i = 0; i < G_N_ELEMENTS (public_domains); i++) {
    if (g_ascii_strcasecmp (public_domains[i], domain) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_domain (const GPtrArray *domains, const char *domain)
{
  for (guint i = 0; i < domains->len; i++) {
    if (strcmp (domains->pdata[i], domain) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
check (const PnOrganisation *organisation, GError **error)
{
  const char *level = organisation->service_level;

  if (*organisation->name == '\0' || strlen (organisation->name) > NAME_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "an organisation's name has 1 to %d bytes", NAME_BYTES);
    return FALSE;
  }
  if (*level != '\0' && !pn_text_is_label (level, PN_SERVICE_LEVEL_MAX)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "service level \"%s\": up to %d of a-z, 0-9 and \"-\" are allowed", level,
                  PN_SERVICE_LEVEL_MAX);
    return FALSE;
  }
  if (strlen (organisation->note) > NOTE_BYTES || organisation->domains->len > DOMAINS_MAX) {
    pn_error_set (error, PN_ERROR_INVALID, "a note has at most %d bytes, and there are %d domains",
                  NOTE_BYTES, DOMAINS_MAX);
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_row (PnDb *db, PnOrganisation *organisation, GError **error)
{
  const PnValue name = pn_text (organisation->name);
  const PnValue level = pn_text (organisation->service_level);
  const PnValue note = pn_text (organisation->note);
  g_autoptr (PnOrganisation) there = NULL;
  gint64 affected = 0;

  if (organisation->id == 0) {
    organisation->version = 1;
    organisation->created_at = pn_clock_now ();
    return pn_db_insert (db, insert_sql,
                         PN_ARGS (name, level, note, pn_int (organisation->created_at)),
                         &organisation->id, error);
  }
  if (!pn_db_exec (
          db, update_sql,
          PN_ARGS (name, level, note, pn_int (organisation->id), pn_int (organisation->version)),
          &affected, error))
    return FALSE;
  organisation->version++;
  if (affected > 0)
    return TRUE;
  there = pn_organisation_load (db, organisation->id, error);
  if (there != NULL)
    pn_error_set (error, PN_ERROR_CONFLICT, "organisation %s was changed by somebody else",
                  there->name);
  return FALSE;
}

static gboolean
add_domain (PnDb *db, const PnOrganisation *organisation, const char *domain, gboolean takes_public,
            GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (PnOrganisation) other = NULL;

  if (!takes_public && pn_organisation_is_public_domain (domain)) {
    pn_error_set (error, PN_ERROR_INVALID,
                  "%s gives addresses to everybody: its persons do not belong together", domain);
    return FALSE;
  }
  if (pn_db_exec (db, add_domain_sql, PN_ARGS (pn_text (domain), pn_int (organisation->id)), NULL,
                  &problem))
    return pn_db_exec (db, mark_sql, PN_ARGS (pn_text (domain)), NULL, error);
  if (!pn_error_is (problem, PN_ERROR_CONFLICT)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (pn_organisation_find (db, domain, &other, error))
    pn_error_set (error, PN_ERROR_CONFLICT, "%s belongs to %s already", domain,
                  other != NULL ? other->name : "another organisation");
  return FALSE;
}

static gboolean
drop_domain (PnDb *db, const char *domain, gint64 organisation_id, GError **error)
{
  return pn_db_exec (db, drop_domain_sql, PN_ARGS (pn_text (domain), pn_int (organisation_id)),
                     NULL, error)
         && pn_db_exec (db, mark_sql, PN_ARGS (pn_text (domain)), NULL, error);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
load_domains (PnDb *db, gint64 id, GError **error)
{
  return pn_db_query_texts (db, domains_sql, PN_ARGS (pn_int (id), pn_int (DOMAINS_MAX)), error);
}

static gboolean
write_domains (PnDb *db, const PnOrganisation *organisation, gboolean takes_public, GError **error)
{
  g_autoptr (GPtrArray) old = load_domains (db, organisation->id, error);

  if (old == NULL)
    return FALSE;
  for (guint i = 0; i < old->len; i++) {
    if (!has_domain (organisation->domains, old->pdata[i])
        && !drop_domain (db, old->pdata[i], organisation->id, error))
      return FALSE;
  }
  for (guint i = 0; i < organisation->domains->len; i++) {
    const char *domain = organisation->domains->pdata[i];

    if (!has_domain (old, domain) && !add_domain (db, organisation, domain, takes_public, error))
      return FALSE;
  }
  return TRUE;
}

/* Reads the domains as they were typed and leaves each once, sorted. */
static gboolean
tidy_domains (PnOrganisation *organisation, GError **error)
{
  g_autoptr (GPtrArray) tidy = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < organisation->domains->len; i++) {
    g_autofree char *domain = pn_organisation_read_domain (organisation->domains->pdata[i], error);

    if (domain == NULL)
      return FALSE;
    if (!has_domain (tidy, domain))
      g_ptr_array_add (tidy, g_steal_pointer (&domain));
  }
  g_ptr_array_sort (tidy, by_text);
  g_ptr_array_unref (organisation->domains);
  organisation->domains = g_steal_pointer (&tidy);
  return TRUE;
}

/* What is promised to its persons may be something else now, and whose tickets figures count. */
static gboolean
recompute (PnDb *db, const char *name, GError **error)
{
  g_autofree char *reason = g_strdup_printf ("organisation %s", name);

  return pn_sla_job_start (db, reason, 0, error) && pn_fact_rebuild (db, error);
}

gboolean
pn_organisation_save (PnDb *db, PnOrganisation *organisation, gboolean takes_public, GError **error)
{
  const gboolean is_new = organisation->id == 0;
  const gint64 version = organisation->version;

  if (!tidy_domains (organisation, error) || !check (organisation, error))
    return FALSE;
  if (!write_row (db, organisation, error)) {
    organisation->version = version;
    if (is_new)
      pn_error_reword (error, PN_ERROR_CONFLICT, "there is an organisation named \"%s\" already",
                       organisation->name);
    return FALSE;
  }
  if (write_domains (db, organisation, takes_public, error)
      && (is_new || recompute (db, organisation->name, error)))
    return TRUE;
  organisation->version = version; /* the transaction rolls back */
  if (is_new)
    organisation->id = 0;
  return FALSE;
}

gboolean
pn_organisation_delete (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnOrganisation) organisation = pn_organisation_load (db, id, error);
  g_autofree char *user = NULL;

  if (organisation == NULL || !pn_sla_uses_organisation (db, id, &user, error))
    return FALSE;
  if (user != NULL) {
    pn_error_set (error, PN_ERROR_CONFLICT, "organisation %s is named by the policy %s",
                  organisation->name, user);
    return FALSE;
  }
  for (guint i = 0; i < organisation->domains->len; i++) {
    if (!drop_domain (db, organisation->domains->pdata[i], id, error))
      return FALSE;
  }
  return pn_db_exec (db, drop_hand_sql, PN_ARGS (pn_int (id)), NULL, error)
         && pn_db_exec (db, delete_sql, PN_ARGS (pn_int (id)), NULL, error)
         && recompute (db, organisation->name, error);
}

PnOrganisation *
pn_organisation_read_row (const PnRows *rows)
{
  PnOrganisation *organisation = g_new0 (PnOrganisation, 1);

  organisation->id = pn_rows_int (rows, 0);
  organisation->name = g_strdup (pn_rows_text (rows, 1));
  organisation->service_level = g_strdup (pn_rows_text (rows, 2));
  organisation->note = g_strdup (pn_rows_text (rows, 3));
  organisation->version = pn_rows_int (rows, 4);
  organisation->created_at = pn_rows_int (rows, 5);
  return organisation;
}

PnOrganisation *
pn_organisation_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);
  g_autoptr (PnOrganisation) organisation = NULL;

  if (rows == NULL)
    return NULL;
  if (!pn_rows_next (rows)) {
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no organisation %" G_GINT64_FORMAT, id);
    return NULL;
  }
  organisation = pn_organisation_read_row (rows);
  organisation->domains = load_domains (db, id, error);
  return organisation->domains != NULL ? g_steal_pointer (&organisation) : NULL;
}

static gboolean
find_one (PnDb *db, const char *sql, const char *text, PnOrganisation **organisation,
          GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, sql, PN_ARGS (pn_text (text)), error);
  g_autoptr (PnOrganisation) found = NULL;

  *organisation = NULL;
  if (rows == NULL)
    return FALSE;
  if (!pn_rows_next (rows))
    return TRUE;
  found = pn_organisation_read_row (rows);
  found->domains = load_domains (db, found->id, error);
  if (found->domains == NULL)
    return FALSE;
  *organisation = g_steal_pointer (&found);
  return TRUE;
}

gboolean
pn_organisation_find (PnDb *db, const char *name, PnOrganisation **organisation, GError **error)
{
  g_autofree char *domain = pn_organisation_read_domain (name, NULL);

  return find_one (db, find_sql, name, organisation, error)
         && (*organisation != NULL || domain == NULL
             || find_one (db, find_domain_sql, domain, organisation, error));
}

gboolean
pn_organisation_find_domain (PnDb *db, const char *domain, PnOrganisation **organisation,
                             GError **error)
{
  return find_one (db, find_domain_sql, domain, organisation, error);
}

/* What LIKE takes for more than itself. */
static char *
escape_like (const char *text)
{
  GString *escaped = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    if (strchr ("%_\\", *text) != NULL)
      g_string_append_c (escaped, '\\');
    g_string_append_c (escaped, *text);
  }
  return g_string_free (escaped, FALSE);
}

static void
free_organisation (gpointer organisation)
{
  pn_organisation_free (organisation);
}

GPtrArray *
pn_organisation_list (PnDb *db, const char *prefix, const char *after_name, gint64 after_id,
                      guint limit, GError **error)
{
  g_autofree char *like = escape_like (prefix != NULL ? prefix : "");
  const PnValue after = pn_text (after_name != NULL ? after_name : "");
  g_autoptr (PnRows) rows = pn_db_query (
      db, list_sql, PN_ARGS (pn_text (like), after, after, pn_int (after_id), pn_int (limit)),
      error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (free_organisation);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, pn_organisation_read_row (rows));
  return list;
}

GPtrArray *
pn_organisation_levels (PnDb *db, GError **error)
{
  return pn_db_query_texts (db, levels_sql, PN_ARGS (pn_int (LEVELS_SHOWN)), error);
}
