/* What staff change about persons: names, addresses, merges. */
#include "gateway/web/handlers.h"

#include <string.h>

#include "gateway/web/desk_person.h"
#include "gateway/web/show.h"
#include "ticketing/core/error.h"
#include "ticketing/core/log.h"
#include "ticketing/person_merge.h"

#define NAME_BYTES 200

typedef enum { SAVE, ADD_ADDRESS, REMOVE_ADDRESS, MERGE, UNMERGE } Deed;

static const char *const deed_names[] = {
  [SAVE] = "person-saved",    [ADD_ADDRESS] = "address-added", [REMOVE_ADDRESS] = "address-removed",
  [MERGE] = "persons-merged", [UNMERGE] = "persons-unmerged",
};

typedef struct {
  Deed deed;
  PnPerson *person; /* (borrowed) the root; with SAVE as it is to be */
  gint64 other_id;  /* of MERGE and UNMERGE */
  const char *address;
  gint64 agent_id;
} Change;

static gboolean
change_person (PnDb *db, gpointer data, GError **error)
{
  const Change *change = data;

  switch (change->deed) {
  case SAVE: return pn_person_save (db, change->person, error);
  case ADD_ADDRESS: return pn_person_add_address (db, change->person->id, change->address, error);
  case REMOVE_ADDRESS:
    return pn_person_remove_address (db, change->person->id, change->address, error);
  case MERGE:
    return pn_person_merge (db, change->other_id, change->person->id, change->agent_id, error);
  case UNMERGE: return pn_person_unmerge (db, change->other_id, error);
  }
  g_return_val_if_reached (FALSE);
}

static void
set_text (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
}

static void
finish (PnCall *call, Change *change)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *location =
      g_strdup_printf ("/desk/people/%" G_GINT64_FORMAT, change->person->id);

  change->agent_id = call->agent->id;
  if (!pn_db_run (call->db, change_person, change, &error)) {
    pn_call_fail (call, error);
    return;
  }
  pn_log (PN_LOG_INFO, deed_names[change->deed],
          "person=%" G_GINT64_FORMAT " other=%" G_GINT64_FORMAT " agent=%" G_GINT64_FORMAT,
          change->person->id, change->other_id, call->agent->id);
  if (call->is_api)
    pn_desk_show_person (call, change->person->id);
  else
    pn_call_done (call, location, "person", 200, NULL);
}

void
pn_desk_person_save (PnCall *call)
{
  g_autoptr (PnPerson) person = pn_desk_load_person (call, pn_call_id (call));
  g_autofree char *name = pn_call_line (call, "name", NAME_BYTES);
  g_autofree char *language = pn_call_line (call, "language", 64);
  const char *note = pn_call_field (call, "note");
  Change change = { .deed = SAVE, .person = person };

  if (person == NULL)
    return;
  if (pn_call_field (call, "name") != NULL)
    set_text (&person->name, name);
  if (pn_call_field (call, "language") != NULL)
    set_text (&person->language, language);
  if (note != NULL)
    set_text (&person->note, note);
  finish (call, &change);
}

void
pn_desk_person_address (PnCall *call)
{
  g_autoptr (PnPerson) person = pn_desk_load_person (call, pn_call_id (call));
  g_autofree char *address = pn_call_line (call, "address", 320);
  gboolean is_set = g_strcmp0 (pn_call_field (call, "is_set"), "0") != 0;
  Change change = { .deed = is_set ? ADD_ADDRESS : REMOVE_ADDRESS,
                    .person = person,
                    .address = address };

  if (person != NULL)
    finish (call, &change);
}

/* Who was named by address or number, where the caller may know of them. 0: there is nobody, or nobody to know of. */
static gboolean
find_other (PnCall *call, const char *words, gint64 *id, GError **error)
{
  gint64 found = 0;

  *id = 0;
  if (strchr (words, '@') == NULL)
    pn_call_read_number (*words == '#' ? words + 1 : words, &found);
  else if (!pn_person_find_address (call->db, words, &found, error))
    return FALSE;
  return found <= 0 || pn_desk_may_know (call, found, id, error);
}

void
pn_desk_person_merge (PnCall *call)
{
  g_autoptr (PnPerson) person = pn_desk_load_person (call, pn_call_id (call));
  g_autofree char *words = pn_call_line (call, "with", 320);
  g_autoptr (GError) error = NULL;
  Change change = { .deed = MERGE, .person = person };

  if (person == NULL)
    return;
  if (!find_other (call, words, &change.other_id, &error))
    pn_call_fail (call, error);
  else if (change.other_id == 0)
    pn_call_problem (call, 400, "there is no such person; give an address or a person's number");
  else
    finish (call, &change);
}

/* {id} is the member that is to be a person of its own again. */
void
pn_desk_person_unmerge (PnCall *call)
{
  g_autoptr (PnPerson) person = pn_desk_load_person (call, pn_call_id (call));
  Change change = { .deed = UNMERGE, .person = person, .other_id = pn_call_id (call) };

  if (person != NULL)
    finish (call, &change);
}
