/* Persons: who writes to us; one history over many addresses. Owns the tables person, address and sender_rule.
 *
 * Addresses are compared with the domain in lower case and the local part as it is folded by pn_person_fold (lower
 * case; plus tags and dots stay, they are different addresses). A person merged into another reads as that other.
 */
#pragma once

#include "ticketing/core/db.h"

typedef struct {
  gint64 id; /* of the person that it was merged into, if it was */
  char *name;
  char *language; /* NULL: unknown */
  char *note;
  GPtrArray *addresses; /* of char *, oldest first */
  PnTime created_at;
} PnPerson;

void pn_person_free (PnPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnPerson, pn_person_free)

char *pn_person_fold (const char *address); /* (owned) */

/* Finds or makes the person of @address; in the caller's transaction. @name fills an empty name only. */
gboolean pn_person_for_address (PnDb *db, const char *address, const char *name, gint64 *person_id,
                                GError **error);
/* The same for who wrote a mail; @is_vouched_for: then the address is theirs for sure. */
gboolean pn_person_for_sender (PnDb *db, const char *address, const char *name,
                               gboolean is_vouched_for, gint64 *person_id, GError **error);
/* Asks at once for what a transaction is going to look for by these functions and pn_person_is_suspended () (core/db.h, absent
 * keys). @addresses: of GBytes, folded, without a NUL. */
gboolean pn_person_look_ahead (PnDb *db, const GPtrArray *addresses, GError **error);
gboolean pn_person_find_address (PnDb *db, const char *address, gint64 *person_id,
                                 GError **error);               /* 0: none */
PnPerson *pn_person_load (PnDb *db, gint64 id, GError **error); /* (owned) NOT_FOUND */
PnPerson *pn_person_load_alone (PnDb *db, gint64 id,
                                GError **error); /* (owned) without addresses; NOT_FOUND */

typedef struct {
  char *address;
  gint64 person_id; /* as it was filed: a merged person is not looked up */
} PnPersonAddress;

/* The addresses of @domain (lower case, exactly) behind @after, in order. (owned) of PnPersonAddress. */
GPtrArray *pn_person_list_domain (PnDb *db, const char *domain, const char *after, guint limit,
                                  GError **error);
/* Name, language (NULL: unknown) and note. INVALID when one is too long or no language. */
gboolean pn_person_save (PnDb *db, const PnPerson *person, GError **error);

/* Three proven hard bounces in 7 days suspend automatic mail to an address (TRUST.md 3.12). */
gboolean pn_person_suspend (PnDb *db, const char *address, const char *reason, GError **error);
gboolean pn_person_is_suspended (PnDb *db, const char *address, gboolean *is_suspended,
                                 GError **error);

typedef enum { PN_SENDER_ALLOW, PN_SENDER_BLOCK } PnSenderVerdict;

/* "Always": @pattern is an address or "@domain". A rule for the address goes before one for the domain. */
gboolean pn_sender_rule_set (PnDb *db, const char *pattern, PnSenderVerdict verdict,
                             gint64 agent_id, GError **error);
gboolean pn_sender_rule_find (PnDb *db, const char *address, gboolean *has_rule,
                              PnSenderVerdict *verdict, GError **error);
gboolean pn_sender_rule_exist (PnDb *db, gboolean *exist, GError **error); /* @exist: any */
