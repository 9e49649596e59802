/* Test web: the whole web tier in this process, on a free port of loopback, against a test database with a few people and
 * tickets in it:
 *
 *   queues   mill, billing (both public)
 *   staff    agent, lead (mill), other (billing), admin; password "correct horse battery"
 *   tickets  mill: of ada@customer.example, with one mail that has an attachment; billing: of bob@other.example
 */
#pragma once

#include "gateway/web/web.h"
#include "ticketing/agent.h"

typedef struct {
  PnDb *db;
  PnWeb *web;
  PnWebConfig config;
  PnTemplates *templates;
  PnSecret *key;
  guint port;
  gint64 mill;
  gint64 billing;
  gint64 agents[4]; /* agent, lead, admin, other */
  gint64 ticket;
  gint64 message;
  gint64 attachment;
  gint64 other_ticket;
  gint64 person;
  gint64 spool; /* a delivery to mill that waits */
} PnTestWeb;

typedef enum {
  PN_CALLER_NOBODY,
  PN_CALLER_OTHER_CUSTOMER,
  PN_CALLER_CUSTOMER,
  PN_CALLER_OTHER_AGENT,
  PN_CALLER_AGENT,
  PN_CALLER_LEAD,
  PN_CALLER_ADMIN,
} PnCaller;
#define PN_CALLERS 7

#define PN_TESTWEB_PASSWORD "correct horse battery"

/* Returns: NULL where there is no mariadbd; the test is skipped then. */
PnTestWeb *pn_testweb_start (void);
void pn_testweb_stop (PnTestWeb *test);

/* Returns: (owned) the session cookie of a caller ("postern=…"), or the customer's; NULL for nobody. */
char *pn_testweb_cookie (PnTestWeb *test, PnCaller caller);

/* Returns: (owned) the CSRF token for such a cookie. */
char *pn_testweb_csrf (PnTestWeb *test, const char *cookie);

/* Returns: (owned) a new API token of a caller that is staff; NULL for others. */
char *pn_testweb_token (PnTestWeb *test, PnCaller caller);

/* A test web and what its administrator brings along. */
typedef struct {
  PnTestWeb *web;
  char *cookie;
  char *headers; /* the cookie, as a line of a request's head */
  char *csrf;
  char *bearer; /* a token of the API, as a line of a request's head */
} PnTestAdmin;

/* Returns: FALSE where there is no mariadbd; the test is skipped then. */
gboolean pn_testadmin_start (PnTestAdmin *admin);
void pn_testadmin_stop (PnTestAdmin *admin);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnTestAdmin, pn_testadmin_stop)

/* Sends one request. @headers: whole lines with CRLF, may be ""; @body NULL: none, else urlencoded or, where it begins
 * with "{", JSON. Returns: (owned) the answer. */
char *pn_testweb_ask (PnTestWeb *test, const char *method, const char *target, const char *headers,
                      const char *body);
