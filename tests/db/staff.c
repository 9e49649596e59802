#include "tests/db/staff.h"

#include "tests/lib/test.h"
#include "ticketing/mailbox.h"

void
pn_staff_start (PnStaff *staff, PnCaller caller)
{
  staff->web = pn_testweb_start ();
  if (staff->web == NULL)
    return;
  staff->cookie = pn_testweb_cookie (staff->web, caller);
  staff->headers = g_strdup_printf ("Cookie: %s\r\n", staff->cookie);
  staff->csrf = pn_testweb_csrf (staff->web, staff->cookie);
}

void
pn_staff_stop (PnStaff *staff)
{
  pn_testweb_stop (staff->web);
  g_free (staff->cookie);
  g_free (staff->headers);
  g_free (staff->csrf);
}

char *
pn_staff_ask_ticket (PnStaff *staff, const char *method, const char *rest, const char *format, ...)
{
  g_autofree char *target =
      g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT "%s", staff->web->ticket, rest);
  g_autofree char *body = NULL;

  if (format != NULL) {
    va_list arguments;
    g_autofree char *fields = NULL;

    va_start (arguments, format);
    fields = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    body = g_strdup_printf ("csrf=%s&%s", staff->csrf, fields);
  }
  return pn_testweb_ask (staff->web, method, target, staff->headers, body);
}

void
pn_staff_add_mailbox (PnTestWeb *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMailbox) mailbox = pn_mailbox_new ("support");

  mailbox->queue_id = test->mill;
  g_free (mailbox->address);
  mailbox->address = g_strdup ("support@demo.example");
  g_free (mailbox->smtp.host);
  mailbox->smtp.host = g_strdup ("127.0.0.1");
  mailbox->smtp.port = 25;
  pn_mailbox_save (test->db, mailbox, &error);
  pn_assert_no_error (error);
}
