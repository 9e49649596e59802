/* Staff: somebody who is logged in at the desk of a test's web tier, and what they send. */
#pragma once

#include "tests/lib/testweb.h"

typedef struct {
  PnTestWeb *web;
  char *cookie;
  char *headers;
  char *csrf;
} PnStaff;

void pn_staff_start (PnStaff *staff, PnCaller caller); /* web is NULL where there is no mariadbd */
void pn_staff_stop (PnStaff *staff);

/* Asks for /desk/tickets/N and @rest; the body, when there is one, begins with the CSRF token. (owned) */
char *pn_staff_ask_ticket (PnStaff *staff, const char *method, const char *rest, const char *format,
                           ...) G_GNUC_PRINTF (4, 5);

/* The queue mill can send from now on. */
void pn_staff_add_mailbox (PnTestWeb *test);
