#include "ticketing/digest.h"

#include <string.h>

#include "ticketing/agent.h"
#include "ticketing/core/error.h"
#include "ticketing/core/json.h"
#include "ticketing/core/text.h"

#define NAME_BYTES 64
#define TITLE_BYTES 200
#define READERS_MAX 50
#define LIST_MAX 200
#define DAY_MINUTES 1440
#define WEEK 7
#define ALL_DAYS 127

#define COLUMNS "id, name, document, is_enabled, next_at, gen, sent_at"

static const char insert_sql[] =
    "INSERT INTO digest (name, document, is_enabled, next_at, created_at) VALUES (?, ?, ?, ?, ?)";

static const char update_sql[] = "UPDATE digest SET name = ?, document = ?, is_enabled = ?,"
                                 " next_at = ?, gen = gen + 1"
                                 " WHERE id = ?";

static const char delete_sql[] = "DELETE FROM digest WHERE id = ?";

static const char load_sql[] = "SELECT " COLUMNS " FROM digest WHERE id = ?";

static const char find_sql[] = "SELECT " COLUMNS " FROM digest WHERE name = ?";

static const char list_sql[] = "SELECT " COLUMNS " FROM digest ORDER BY name LIMIT ?";

PnDigest *
pn_digest_new (const char *name)
{
  PnDigest *digest = g_new0 (PnDigest, 1);

  digest->name = g_strdup (name);
  digest->title = g_strdup (name);
  digest->is_enabled = TRUE;
  digest->minute = 8 * 60;
  digest->zone = g_strdup ("UTC");
  digest->days = 31;
  digest->queues = g_array_new (FALSE, FALSE, sizeof (gint64));
  digest->agents = g_ptr_array_new_with_free_func (g_free);
  digest->addresses = g_ptr_array_new_with_free_func (g_free);
  return digest;
}

void
pn_digest_free (PnDigest *digest)
{
  if (digest == NULL)
    return;
  g_free (digest->name);
  g_free (digest->title);
  g_free (digest->zone);
  g_array_unref (digest->queues);
  g_ptr_array_unref (digest->agents);
  g_ptr_array_unref (digest->addresses);
  g_free (digest);
}

/* Returns: (owned) its time on the @days-th day behind that of @start; NULL: the zone has no such day. */
static GDateTime *
time_on_day (const PnDigest *digest, GDateTime *start, int days)
{
  g_autoptr (GDateTime) day = g_date_time_add_days (start, days);

  if (day == NULL)
    return NULL;
  return g_date_time_new (g_date_time_get_timezone (start), g_date_time_get_year (day),
                          g_date_time_get_month (day), g_date_time_get_day_of_month (day),
                          digest->minute / 60, digest->minute % 60, 0);
}

PnTime
pn_digest_next (const PnDigest *digest, PnTime after)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (digest->zone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (after / PN_SECOND);
  g_autoptr (GDateTime) start =
      zone != NULL && utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  for (int i = 0; start != NULL && i <= WEEK; i++) {
    g_autoptr (GDateTime) at = time_on_day (digest, start, i);
    PnTime instant = at != NULL ? g_date_time_to_unix (at) * PN_SECOND : 0;

    if (at != NULL && instant > after
        && (digest->days >> (g_date_time_get_day_of_week (at) - 1) & 1) != 0)
      return instant;
  }
  return 0;
}

static gboolean
refuse (const PnDigest *digest, const char *what, GError **error)
{
  pn_error_set (error, PN_ERROR_INVALID, "digest %s: %s", digest->name, what);
  return FALSE;
}

static gboolean
check_readers (PnDb *db, const PnDigest *digest, GError **error)
{
  if (digest->agents->len + digest->addresses->len == 0)
    return refuse (digest, "it has no reader", error);
  if (digest->agents->len + digest->addresses->len > READERS_MAX)
    return refuse (digest, "it has more than 50 readers", error);
  for (guint i = 0; i < digest->agents->len; i++) {
    g_autoptr (PnAgent) agent = NULL;

    if (!pn_agent_find (db, digest->agents->pdata[i], &agent, error))
      return FALSE;
    if (agent == NULL) {
      pn_error_set (error, PN_ERROR_INVALID, "there is no agent \"%s\"",
                    (const char *) digest->agents->pdata[i]);
      return FALSE;
    }
  }
  for (guint i = 0; i < digest->addresses->len; i++) {
    char *address = pn_text_read_address (digest->addresses->pdata[i], error);

    if (address == NULL)
      return FALSE;
    g_free (digest->addresses->pdata[i]);
    digest->addresses->pdata[i] = address;
  }
  return TRUE;
}

static gboolean
check (PnDb *db, const PnDigest *digest, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (digest->zone);

  if (!pn_text_is_label (digest->name, NAME_BYTES))
    return refuse (digest, "a name has 1 to 64 of a-z, 0-9 and \"-\"", error);
  if (*digest->title == '\0' || strlen (digest->title) > TITLE_BYTES)
    return refuse (digest, "a title has 1 to 200 bytes", error);
  if (digest->minute < 0 || digest->minute >= DAY_MINUTES)
    return refuse (digest, "the time is none from 00:00 to 23:59", error);
  if (digest->days == 0 || digest->days > ALL_DAYS)
    return refuse (digest, "it is sent on no day", error);
  if (zone == NULL)
    return refuse (digest, "there is no such time zone; write one like Europe/Berlin", error);
  return check_readers (db, digest, error);
}

static json_t *
write_document (const PnDigest *digest)
{
  json_t *queues = json_array ();

  for (guint i = 0; i < digest->queues->len; i++)
    json_array_append_new (queues, json_integer (g_array_index (digest->queues, gint64, i)));
  return json_pack ("{s:o, s:i, s:o, s:i, s:I, s:o, s:o, s:o}", "title",
                    pn_json_text (digest->title), "minute", digest->minute, "zone",
                    pn_json_text (digest->zone), "days", (int) digest->days, "team",
                    (json_int_t) digest->team_id, "queues", queues, "agents",
                    pn_json_texts (digest->agents), "addresses", pn_json_texts (digest->addresses));
}

static gboolean
write_row (PnDb *db, PnDigest *digest, GError **error)
{
  g_autoptr (json_t) document = write_document (digest);
  g_autofree char *text = pn_json_write (document);
  g_autoptr (PnDigest) there = NULL;
  gint64 affected = 0;

  digest->next_at = pn_digest_next (digest, pn_clock_now ());
  if (digest->id == 0)
    return pn_db_insert (db, insert_sql,
                         PN_ARGS (pn_text (digest->name), pn_text (text),
                                  pn_int (digest->is_enabled), pn_int (digest->next_at),
                                  pn_int (pn_clock_now ())),
                         &digest->id, error);
  if (!pn_db_exec (db, update_sql,
                   PN_ARGS (pn_text (digest->name), pn_text (text), pn_int (digest->is_enabled),
                            pn_int (digest->next_at), pn_int (digest->id)),
                   &affected, error))
    return FALSE;
  there = affected > 0 ? NULL : pn_digest_load (db, digest->id, error);
  return affected > 0 || there != NULL;
}

gboolean
pn_digest_save (PnDb *db, PnDigest *digest, GError **error)
{
  if (!check (db, digest, error))
    return FALSE;
  if (write_row (db, digest, error))
    return TRUE;
  pn_error_reword (error, PN_ERROR_CONFLICT, "there is a digest named \"%s\" already",
                   digest->name);
  return FALSE;
}

gboolean
pn_digest_delete (PnDb *db, gint64 id, GError **error)
{
  gint64 affected = 0;

  if (!pn_db_exec (db, delete_sql, PN_ARGS (pn_int (id)), &affected, error))
    return FALSE;
  if (affected == 0)
    pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no digest %" G_GINT64_FORMAT, id);
  return affected > 0;
}

static void
read_texts (const json_t *list, GPtrArray *texts)
{
  const json_t *value;
  size_t i;

  json_array_foreach (list, i, value) g_ptr_array_add (texts, g_strdup (json_string_value (value)));
}

static void
read_document (PnDigest *digest, const json_t *document)
{
  const json_t *value;
  size_t i;

  g_free (digest->title);
  digest->title = g_strdup (pn_json_get_text (document, "title"));
  g_free (digest->zone);
  digest->zone = g_strdup (pn_json_get_text (document, "zone"));
  digest->minute = (int) json_integer_value (json_object_get (document, "minute"));
  digest->days = (guint) json_integer_value (json_object_get (document, "days"));
  digest->team_id = json_integer_value (json_object_get (document, "team"));
  json_array_foreach (json_object_get (document, "queues"), i, value)
  {
    gint64 id = json_integer_value (value);

    g_array_append_val (digest->queues, id);
  }
  read_texts (json_object_get (document, "agents"), digest->agents);
  read_texts (json_object_get (document, "addresses"), digest->addresses);
}

static PnDigest *
read_row (const PnRows *rows)
{
  PnDigest *digest = pn_digest_new (pn_rows_text (rows, 1));
  g_autoptr (json_t) document = json_loads (pn_rows_text (rows, 2), 0, NULL);

  digest->id = pn_rows_int (rows, 0);
  if (document != NULL)
    read_document (digest, document);
  digest->is_enabled = pn_rows_int (rows, 3) != 0;
  digest->next_at = pn_rows_int (rows, 4);
  digest->gen = pn_rows_int (rows, 5);
  digest->sent_at = pn_rows_int (rows, 6);
  return digest;
}

PnDigest *
pn_digest_load (PnDb *db, gint64 id, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, load_sql, PN_ARGS (pn_int (id)), error);

  if (rows == NULL)
    return NULL;
  if (pn_rows_next (rows))
    return read_row (rows);
  pn_error_set (error, PN_ERROR_NOT_FOUND, "there is no digest %" G_GINT64_FORMAT, id);
  return NULL;
}

gboolean
pn_digest_find (PnDb *db, const char *name, PnDigest **digest, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, find_sql, PN_ARGS (pn_text (name)), error);

  if (rows == NULL)
    return FALSE;
  *digest = pn_rows_next (rows) ? read_row (rows) : NULL;
  return TRUE;
}

GPtrArray *
pn_digest_list (PnDb *db, GError **error)
{
  g_autoptr (PnRows) rows = pn_db_query (db, list_sql, PN_ARGS (pn_int (LIST_MAX)), error);
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) pn_digest_free);
  while (pn_rows_next (rows))
    g_ptr_array_add (list, read_row (rows));
  return list;
}

gboolean
pn_digest_uses_team (PnDb *db, gint64 team_id, char **name, GError **error)
{
  g_autoptr (GPtrArray) digests = pn_digest_list (db, error);

  *name = NULL;
  for (guint i = 0; digests != NULL && i < digests->len && *name == NULL; i++) {
    const PnDigest *digest = digests->pdata[i];

    *name = digest->team_id == team_id ? g_strdup (digest->name) : NULL;
  }
  return digests != NULL;
}
