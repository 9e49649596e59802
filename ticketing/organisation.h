/* Organisations: whom our customers belong to, with the service level they were promised.
 * Owns the tables organisation, organisation_domain, organisation_person and organisation_sweep.
 *
 *   by domain  the part of an address behind "@", exactly ("mail.acme.example" is not "acme.example")
 *   by hand    staff has said so; that goes before every domain
 *
 * A domain belongs to one organisation. Who writes from it is placed when the address is seen first; those who were
 * known before a domain was given or taken are placed by the sweep, in portions. A domain says what an address claims:
 * who must be sure of the sender asks for the verdict of the message.
 */
#pragma once

#include "ticketing/core/db.h"

#define PN_SERVICE_LEVEL_MAX 32

typedef struct {
  gint64 id; /* 0: not stored yet */
  char *name;
  char *service_level; /* [a-z0-9-]{0,32}: "gold"; "" none */
  char *note;
  GPtrArray *domains; /* of char *, sorted; NULL in lists */
  gint64 version;
  PnTime created_at;
} PnOrganisation;

PnOrganisation *pn_organisation_new (const char *name); /* (owned) without domains */
void pn_organisation_free (PnOrganisation *organisation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnOrganisation, pn_organisation_free)

/* Reads a domain as people type it ("Acme.Example", "@acme.example"). Returns: (owned) it in lower case, as A-labels;
 * NULL with INVALID. */
char *pn_organisation_read_domain (const char *text, GError **error);

/* Is it one where everybody may have an address (gmail.com)? Then its persons have nothing in common. */
gboolean pn_organisation_is_public_domain (const char *domain);

/* Inserts or (id set) updates, with its domains; in the caller's transaction. Sets id and version. Before an update the
 * version must be what it was when loaded, else CONFLICT; CONFLICT also for a name or a domain of another. INVALID for
 * a bad value, and for a public mail provider's domain unless @takes_public. */
gboolean pn_organisation_save (PnDb *db, PnOrganisation *organisation, gboolean takes_public,
                               GError **error);

/* In the caller's transaction. Its domains are free again; its persons stay, and belong to none until another organisation
 * takes their domain. NOT_FOUND; CONFLICT while a policy names it. */
gboolean pn_organisation_delete (PnDb *db, gint64 id, GError **error);

PnOrganisation *pn_organisation_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */

/* By name (in any case) or one of its domains. (owned) NULL: none. */
gboolean pn_organisation_find (PnDb *db, const char *name, PnOrganisation **organisation,
                               GError **error);

/* The one that has exactly @domain (lower case). (owned) NULL: none. */
gboolean pn_organisation_find_domain (PnDb *db, const char *domain, PnOrganisation **organisation,
                                      GError **error);

/* Those whose name begins with @prefix (NULL or "": all), by name, behind @after_name and @after_id (NULL and 0: from
 * the first). (owned) of PnOrganisation. */
GPtrArray *pn_organisation_list (PnDb *db, const char *prefix, const char *after_name,
                                 gint64 after_id, guint limit, GError **error);

/* Service levels in use, at most 100. (owned) of char *. */
GPtrArray *pn_organisation_levels (PnDb *db, GError **error);

/* 0 and NULL: belongs to none. @by_hand may be NULL. */
gboolean pn_organisation_of_person (PnDb *db, gint64 person_id, PnOrganisation **organisation,
                                    gboolean *by_hand, GError **error);

/* By hand; 0 as @organisation_id leaves it to the domains of the addresses again. In the caller's transaction. */
gboolean pn_organisation_place (PnDb *db, gint64 person_id, gint64 organisation_id, GError **error);

/* A person got the address @address (folded): places by its domain, unless placed already. One statement. */
gboolean pn_organisation_join (PnDb *db, gint64 person_id, const char *address, GError **error);

/* Ids of its persons behind @after, ascending. (owned) of gint64. */
GArray *pn_organisation_persons (PnDb *db, gint64 id, gint64 after, guint limit, GError **error);
gboolean pn_organisation_count_persons (PnDb *db, gint64 id, gint64 *persons, GError **error);

/* A portion of the sweep: @done says that nothing is left. Two may sweep at once. */
gboolean pn_organisation_sweep (PnDb *db, gboolean *is_done, GError **error);
