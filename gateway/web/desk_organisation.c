#include "gateway/web/desk_organisation.h"

#include <string.h>

#include "gateway/web/handlers.h"
#include "gateway/web/manage_form.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/person.h"

#define NAME_BYTES 200
#define PAGE 50
#define PERSONS_SHOWN 100

static char *
url_of (const PnOrganisation *organisation)
{
  return g_strdup_printf ("/desk/manage/organisations/%" G_GINT64_FORMAT, organisation->id);
}

static json_t *
show_row (const PnOrganisation *organisation)
{
  g_autofree char *url = url_of (organisation);

  return json_pack ("{s:I, s:o, s:o, s:o, s:I, s:s, s:o}", "id", (json_int_t) organisation->id,
                    "name", pn_json_text (organisation->name), "service_level",
                    pn_json_text (organisation->service_level), "note",
                    pn_json_text (organisation->note), "version",
                    (json_int_t) organisation->version, "url", url, "created_at",
                    pn_json_time (organisation->created_at));
}

json_t *
pn_desk_show_organisation (PnCall *call, gint64 person_id, GError **error)
{
  g_autoptr (PnOrganisation) organisation = NULL;
  gboolean by_hand = FALSE;
  json_t *shown;

  if (!pn_organisation_of_person (call->db, person_id, &organisation, &by_hand, error))
    return NULL;
  if (organisation == NULL)
    return json_null ();
  shown = show_row (organisation);
  pn_json_set (shown, "by_hand", json_boolean (by_hand));
  return shown;
}

/* "ID:NAME" of the last row. */
static gboolean
read_after (const char *text, gint64 *id, const char **name)
{
  char *end = NULL;

  *id = 0;
  *name = "";
  if (text == NULL)
    return TRUE;
  *id = g_ascii_strtoll (text, &end, 10);
  *name = *end == ':' ? end + 1 : "";
  return *id > 0 && *end == ':';
}

static json_t *
show_next (const GPtrArray *page, const char *query, json_t **url)
{
  const PnOrganisation *last = page->len == PAGE ? page->pdata[page->len - 1] : NULL;
  g_autofree char *cursor = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *words = g_uri_escape_string (query, NULL, FALSE);
  g_autofree char *next = NULL;

  *url = json_null ();
  if (last == NULL)
    return json_null ();
  cursor = g_strdup_printf ("%" G_GINT64_FORMAT ":%s", last->id, last->name);
  escaped = g_uri_escape_string (cursor, NULL, FALSE);
  next = g_strdup_printf ("/desk/manage/organisations?query=%s&after=%s", words, escaped);
  *url = pn_json_text (next);
  return pn_json_text (cursor);
}

static void
show_list (PnCall *call, int status, const char *problem, gpointer data)
{
  const char *query = pn_call_query (call, "query");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) page = NULL;
  const char *after_name;
  gint64 after_id;
  json_t *document;
  json_t *list;
  json_t *url;

  (void) data;
  if (!read_after (pn_call_query (call, "after"), &after_id, &after_name)) {
    pn_call_problem (call, 400, "\"after\" is no place in this list");
    return;
  }
  page = pn_organisation_list (call->db, query, after_name, after_id, PAGE, &error);
  if (page == NULL) {
    pn_call_fail (call, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < page->len; i++)
    json_array_append_new (list, show_row (page->pdata[i]));
  document = json_pack ("{s:o, s:o}", "organisations", list, "next",
                        show_next (page, query != NULL ? query : "", &url));
  if (call->is_api) {
    json_decref (url);
  } else {
    pn_json_set (document, "next_url", url);
    pn_json_set (document, "query", pn_json_text (query != NULL ? query : ""));
    pn_json_set (document, "form",
                 json_pack ("{s:o, s:o, s:o, s:o}", "name",
                            pn_json_text (pn_manage_typed (call, "name", "")), "domains",
                            pn_json_text (pn_manage_typed (call, "domains", "")), "service_level",
                            pn_json_text (pn_manage_typed (call, "service_level", "")), "error",
                            pn_json_text (problem)));
  }
  pn_call_page (call, status, "desk-organisations", document);
}

void
pn_desk_organisations (PnCall *call)
{
  show_list (call, 200, NULL, NULL);
}

/* Persons are shown to those who may see every queue. @next: the last one when there may be more, else 0. */
static json_t *
show_persons (PnCall *call, gint64 id, gint64 after, gint64 *next, GError **error)
{
  g_autoptr (GArray) ids = pn_organisation_persons (call->db, id, after, PERSONS_SHOWN, error);
  g_autoptr (json_t) list = json_array ();

  if (ids == NULL)
    return NULL;
  for (guint i = 0; i < ids->len && pn_access_is_admin (call->access); i++) {
    g_autoptr (PnPerson) person = pn_person_load (call->db, g_array_index (ids, gint64, i), error);

    if (person == NULL)
      return NULL;
    json_array_append_new (list, pn_show_person (person));
    if (i + 1 == PERSONS_SHOWN)
      *next = g_array_index (ids, gint64, i);
  }
  return json_incref (list);
}

static void
show_one (PnCall *call, int status, const char *problem, gpointer data)
{
  const PnOrganisation *organisation = data;
  g_autofree char *domains = pn_manage_join (organisation->domains);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) levels = pn_organisation_levels (call->db, &error);
  const char *text = pn_call_query (call, "after");
  json_t *persons = NULL;
  json_t *shown;
  gint64 after = 0;
  gint64 next = 0;
  gint64 count = 0;

  if (text != NULL && !pn_call_read_number (text, &after)) {
    pn_call_problem (call, 400, "\"after\" is no place in this list");
    return;
  }
  if (levels != NULL)
    persons = show_persons (call, organisation->id, after, &next, &error);
  if (persons == NULL
      || !pn_organisation_count_persons (call->db, organisation->id, &count, &error)) {
    json_decref (persons);
    pn_call_fail (call, error);
    return;
  }
  shown = show_row (organisation);
  pn_json_set (shown, "domains", pn_json_texts (organisation->domains));
  pn_json_set (shown, "person_count", json_integer (count));
  pn_json_set (shown, "persons", persons);
  pn_json_set (shown, "next", pn_json_id (next));
  if (call->is_api) {
    pn_call_page (call, status, NULL, json_pack ("{s:o}", "organisation", shown));
    return;
  }
  pn_json_set (shown, "domains_text", pn_json_text (pn_manage_typed (call, "domains", domains)));
  pn_call_page (call, status, "desk-organisation",
                json_pack ("{s:o, s:o, s:o}", "organisation", shown, "levels",
                           pn_json_texts (levels), "error", pn_json_text (problem)));
}

static PnOrganisation *
load_one (PnCall *call)
{
  g_autoptr (GError) error = NULL;
  PnOrganisation *organisation = pn_organisation_load (call->db, pn_call_id (call), &error);

  if (organisation == NULL)
    pn_call_fail (call, error);
  return organisation;
}

void
pn_desk_organisation (PnCall *call)
{
  g_autoptr (PnOrganisation) organisation = load_one (call);

  if (organisation != NULL)
    show_one (call, 200, NULL, organisation);
}

typedef struct {
  PnOrganisation *organisation;
  gboolean takes_public;
} Save;

static gboolean
save_body (PnDb *db, gpointer data, GError **error)
{
  const Save *save = data;

  return pn_organisation_save (db, save->organisation, save->takes_public, error);
}

static void
save_organisation (PnCall *call, PnOrganisation *organisation)
{
  Save save = { organisation, g_strcmp0 (pn_call_field (call, "allow_public"), "1") == 0 };
  const char *version = pn_call_field (call, "if_version");
  const gboolean is_new = organisation->id == 0;
  g_autoptr (GError) error = NULL;
  gboolean is_done = TRUE;

  pn_manage_take_line (call, "name", NAME_BYTES, &organisation->name);
  pn_manage_take_line (call, "service_level", PN_SERVICE_LEVEL_MAX + 1,
                       &organisation->service_level);
  pn_manage_take_text (call, "note", &organisation->note);
  pn_manage_take_words (call, "domains", organisation->domains);
  if (version != NULL && !pn_call_read_number (version, &organisation->version)) {
    pn_call_problem (call, 400, "\"if_version\" is no number");
    return;
  }
  if (!pn_db_run (call->db, save_body, &save, &error)) {
    pn_manage_refuse (call, error, is_new ? show_list : show_one, organisation);
    return;
  }
  /* The first persons are placed at once, the rest by the clerk. */
  if (pn_organisation_sweep (call->db, &is_done, &error))
    pn_manage_done (call, "organisations", organisation->id, show_one, organisation);
  else
    pn_call_fail (call, error);
}

void
pn_desk_organisation_add (PnCall *call)
{
  g_autoptr (PnOrganisation) organisation = pn_organisation_new ("");

  save_organisation (call, organisation);
}

void
pn_desk_organisation_save (PnCall *call)
{
  g_autoptr (PnOrganisation) organisation = load_one (call);

  if (organisation != NULL)
    save_organisation (call, organisation);
}

static gboolean
remove_body (PnDb *db, gpointer data, GError **error)
{
  const gint64 *id = data;

  return pn_organisation_delete (db, *id, error);
}

void
pn_desk_organisation_remove (PnCall *call)
{
  g_autoptr (PnOrganisation) organisation = load_one (call);
  g_autoptr (GError) error = NULL;

  if (organisation == NULL)
    return;
  if (pn_db_run (call->db, remove_body, &organisation->id, &error))
    pn_manage_done (call, "organisations", 0, NULL, NULL);
  else
    pn_manage_refuse (call, error, show_one, organisation);
}

typedef struct {
  const char *address;
  gint64 organisation_id; /* 0: as the domains say */
} Place;

static gboolean
place_body (PnDb *db, gpointer data, GError **error)
{
  const Place *place = data;
  gint64 person_id = 0;

  if (!pn_person_find_address (db, place->address, &person_id, error))
    return FALSE;
  if (person_id == 0) {
    pn_error_set (error, PN_ERROR_INVALID, "nobody has written from \"%s\" yet", place->address);
    return FALSE;
  }
  return pn_organisation_place (db, person_id, place->organisation_id, error);
}

/* By hand: "remove" leaves the person to the domains again. */
void
pn_desk_organisation_person (PnCall *call)
{
  g_autoptr (PnOrganisation) organisation = load_one (call);
  g_autofree char *address = pn_call_line (call, "address", 254);
  g_autoptr (GError) error = NULL;
  Place place;

  if (organisation == NULL)
    return;
  place = (Place){ address, pn_call_field (call, "remove") != NULL ? 0 : organisation->id };
  if (pn_db_run (call->db, place_body, &place, &error))
    pn_manage_done (call, "organisations", organisation->id, show_one, organisation);
  else
    pn_manage_refuse (call, error, show_one, organisation);
}
