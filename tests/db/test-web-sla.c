#include <string.h>

#include "ticketing/calendar.h"
#include "ticketing/core/json.h"
#include "ticketing/deadline.h"
#include "ticketing/message.h"
#include "ticketing/sla_job.h"
#include "ticketing/sla_replay.h"

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"

static void
assert_answer (const char *answer, int status, const char *words)
{
  g_auto (GStrv) parts = g_strsplit (words, "|", -1);
  g_autofree char *start = g_strdup_printf ("HTTP/1.1 %d", status);

  if (!g_str_has_prefix (answer, start))
    g_test_message ("%s", answer);
  g_assert_true (g_str_has_prefix (answer, start));
  for (guint i = 0; parts[i] != NULL; i++) {
    if (strstr (answer, parts[i]) == NULL)
      g_test_message ("no \"%s\" in: %s", parts[i], answer);
    g_assert_nonnull (strstr (answer, parts[i]));
  }
}

static void
get (PnTestAdmin *admin, const char *target, int status, const char *words)
{
  const gboolean is_api = g_str_has_prefix (target, "/api/");
  g_autofree char *answer =
      pn_testweb_ask (admin->web, "GET", target, is_api ? admin->bearer : admin->headers, NULL);

  assert_answer (answer, status, words);
}

static void
post (PnTestAdmin *admin, const char *target, const char *fields, int status, const char *words)
{
  g_autofree char *body = g_strdup_printf ("csrf=%s&%s", admin->csrf, fields);
  g_autofree char *answer = pn_testweb_ask (admin->web, "POST", target, admin->headers, body);

  assert_answer (answer, status, words);
}

static void
call (PnTestAdmin *admin, const char *method, const char *target, const char *json, int status,
      const char *words)
{
  g_autofree char *answer = pn_testweb_ask (admin->web, method, target, admin->bearer, json);

  assert_answer (answer, status, words);
}

static void
run_chores (PnTestAdmin *admin)
{
  guint done = 1;

  while (done > 0)
    g_assert_true (pn_deadline_work (admin->web->db, 100, &done, NULL));
  for (done = 1; done > 0;)
    g_assert_true (pn_sla_job_work (admin->web->db, PN_SECOND, &done, NULL));
}

static void
test_calendar (void)
{
  g_auto (PnTestAdmin) admin = { NULL };

  if (!pn_testadmin_start (&admin))
    return;
  get (&admin, "/desk/manage/calendars", 200, "24/7|always");
  post (&admin, "/desk/manage/calendars", "name=Of+fice&title=Office", 400, "Of fice");
  post (&admin, "/desk/manage/calendars", "name=office&title=Office", 303,
        "/desk/manage/calendars/2");
  post (&admin, "/desk/manage/calendars/2",
        "title=Office&name=office&zone=Europe%2FBerlin&week.mon=09%3A00-12%3A00%2C+13%3A00-17%3A30"
        "&week.tue=09%3A00-17%3A00&week.wed=&holidays=2026-11-24+Carnival%0A12-25&if_version=1",
        303, "done=saved");
  get (&admin, "/desk/manage/calendars/2", 200,
       "09:00-12:00, 13:00-17:30|2026-11-24 Carnival|12-25|Europe/Berlin");
  /* three and a half hours from Monday, 16:30 on: Tuesday is a holiday */
  get (&admin, "/desk/manage/calendars/2?start=2026-11-23T16:30&duration=3+h+30+min", 200,
       "2026-11-30 11:30|Carnival|outside the hours");
  get (&admin, "/desk/manage/calendars/2?start=soon&duration=3+h", 200, "no date and time");
  get (&admin, "/desk/manage/calendars/2?start=2026-11-23T16:30&duration=x", 200, "no span");
  post (&admin, "/desk/manage/calendars/2", "week.mon=9-12&if_version=2", 400, "Not saved|9-12");
  post (&admin, "/desk/manage/calendars/2", "title=Late&if_version=1", 409, "meanwhile|Late");
  get (&admin, "/api/v1/calendars/2", 200,
       "\"zone\":\"Europe/Berlin\"|[[\"09:00\",\"12:00\"],[\"13:00\",\"17:30\"]]|Carnival");
  call (&admin, "PATCH", "/api/v1/calendars/2",
        "{\"week\":{\"mon\":[[\"08:00\",\"12:00\"]]},\"holidays\":[{\"date\":\"05-01\","
        "\"name\":\"Work\"},\"2027-01-01\"]}",
        200, "[[\"08:00\",\"12:00\"]]|\"05-01\"|2027-01-01");
  call (&admin, "POST", "/api/v1/calendars",
        "{\"name\":\"night\",\"title\":\"Night\",\"zone\":\"UTC\",\"week\":{\"sun\":"
        "[[\"22:00\",\"06:00\"]]}}",
        201, "\"name\":\"night\"|22:00");
  post (&admin, "/desk/manage/calendars/1/remove", "", 409, "stays");
  post (&admin, "/desk/manage/calendars/3/remove", "", 303, "/desk/manage/calendars");
}

static void
test_import (void)
{
  g_auto (PnTestAdmin) admin = { NULL };
  g_autofree char *request = NULL;
  g_autofree char *body = NULL;
  g_autofree char *answer = NULL;
  const char *file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n"
                     "DTSTART;VALUE=DATE:20200501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Work\r\n"
                     "END:VEVENT\r\nEND:VCALENDAR\r\n";

  if (!pn_testadmin_start (&admin))
    return;
  body = g_strdup_printf ("--X\r\nContent-Disposition: form-data; name=csrf\r\n\r\n%s\r\n"
                          "--X\r\nContent-Disposition: form-data; name=files; filename=h.ics\r\n"
                          "Content-Type: text/calendar\r\n\r\n%s\r\n--X--\r\n",
                          admin.csrf, file);
  request = g_strdup_printf ("POST /desk/manage/calendars/1/import HTTP/1.1\r\n"
                             "Host: 127.0.0.1\r\nConnection: close\r\n%s"
                             "Content-Type: multipart/form-data; boundary=X\r\n"
                             "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                             admin.headers, strlen (body), body);
  answer = pn_testhttp_ask (admin.web->port, request);
  assert_answer (answer, 303, "done=saved");
  get (&admin, "/desk/manage/calendars/1", 200, "05-01 Work");
}

#define TARGETS                                                                                    \
  "targets.first_response.normal=1+h&targets.first_response.urgent=15+min"                         \
  "&targets.resolution.normal=2+d&pauses.resolution.waiting=1"

static void
test_policy (void)
{
  g_auto (PnTestAdmin) admin = { NULL };

  if (!pn_testadmin_start (&admin))
    return;
  get (&admin, "/desk/manage/sla", 200, "Nothing is promised yet");
  post (&admin, "/desk/manage/sla", "name=common&title=Common", 303, "/desk/manage/sla/1");
  get (&admin, "/desk/manage/sla/1", 200, "targets.first_response.urgent|conditions.queues");
  post (&admin, "/desk/manage/sla/1",
        "title=Common&name=common&calendar=always&if_version=1&conditions.queues=mill&" TARGETS,
        303, "done=saved");
  get (&admin, "/desk/manage/sla/1", 200, "value=\"1 h\"|value=\"15 min\"|value=\"48 h\"|mill");
  post (&admin, "/desk/manage/sla/1/replay", "weeks=1", 303, "/desk/manage/replays/1");
  get (&admin, "/desk/manage/replays/1", 200, "<progress|Without this policy|Cancel");
  post (&admin, "/desk/manage/sla/1/replay", "weeks=99", 400, "1 to 52 weeks");
  post (&admin, "/desk/manage/sla/1", "if_version=2&targets.resolution.low=soon", 400,
        "no span of time|value=\"soon\"");
  post (&admin, "/desk/manage/sla/1", "if_version=2&conditions.queues=nowhere", 400,
        "there is no queue &quot;nowhere&quot;");
  post (&admin, "/desk/manage/sla/1", "if_version=1&title=Late", 409, "meanwhile");
  get (&admin, "/api/v1/sla/1", 200,
       "\"queues\":[\"mill\"]|\"first_response\":{\"normal\":60,\"urgent\":15}|\"waiting\"");
  call (&admin, "PATCH", "/api/v1/sla/1",
        "{\"is_enabled\":true,\"targets\":{\"first_response\":{\"normal\":30}},"
        "\"conditions\":{\"tags\":[\"a, b\"]}}",
        200, "\"normal\":30|\"a, b\"|\"is_enabled\":true");
  get (&admin, "/desk/manage/sla/1", 200, "raised to urgent have no promise");
  get (&admin, "/api/v1/sla/1", 200, "\"code\":\"sla_no_urgent\"");
  post (&admin, "/desk/manage/sla/1/restore", "version=2", 303, "done=saved");
  get (&admin, "/api/v1/sla/1", 200,
       "\"normal\":60|\"is_enabled\":true|\"version\":4"); /* as it was, and still on */
  post (&admin, "/desk/manage/sla/1/restore", "version=99", 404, "");
  get (&admin, "/desk/manage/sla/1", 200, "action=\"/desk/manage/sla/1/restore\"");
  call (&admin, "POST", "/api/v1/sla", "{\"name\":\"gold\",\"title\":\"Gold\"}", 201, "\"gold\"");
  get (&admin, "/api/v1/sla/2", 200, "\"hint\":null");
  call (&admin, "POST", "/api/v1/sla/2/move", "{\"by\":\"up\"}", 200, "{");
  get (&admin, "/api/v1/sla", 200, "\"gold\"");
  call (&admin, "POST", "/api/v1/sla/2/move", "{\"by\":\"left\"}", 400, "up");
  post (&admin, "/desk/manage/sla/2/remove", "", 303, "/desk/manage/sla");
  get (&admin, "/desk/manage/sla/2", 404, "");
}

static void
test_ticket (void)
{
  g_auto (PnTestAdmin) admin = { NULL };
  g_autofree char *ticket = NULL;
  g_autofree char *api = NULL;

  if (!pn_testadmin_start (&admin))
    return;
  ticket = g_strdup_printf ("/desk/tickets/%" G_GINT64_FORMAT, admin.web->ticket);
  api = g_strdup_printf ("/api/v1/tickets/%" G_GINT64_FORMAT, admin.web->ticket);
  get (&admin, api, 200, "\"due\":null|\"deadlines\":[]");
  call (&admin, "POST", "/api/v1/sla",
        "{\"name\":\"common\",\"title\":\"Common\",\"targets\":{\"resolution\":{\"low\":60,"
        "\"normal\":60,\"high\":60,\"urgent\":60}},\"conditions\":{\"queues\":[\"mill\"]}}",
        201, "\"common\"");
  run_chores (&admin);
  get (&admin, api, 200,
       "\"metric\":\"resolution\"|\"state\":\"running\"|\"kind\":\"counted\"|\"is_chosen\":true");
  get (&admin, ticket, 200, "Due times|Solution|why?|Why this policy?|it fits");
  get (&admin, "/desk?view=due", 200, "Due soon|class=\"mark due");
  get (&admin, "/desk?view=all", 200, "class=\"mark due");
  get (&admin, "/api/v1/due", 200, "\"due\":{\"metric\":\"resolution\"");
  get (&admin, "/api/v1/due?after=x", 400, "");
  get (&admin, "/api/v1/due?after=1.2.3.4", 200, "\"tickets\"");
}

static void
work (PnTestAdmin *admin)
{
  const PnReplayers replayers = { .workers = { [PN_REPLAY_POLICY] = pn_sla_replay_worker } };
  g_autoptr (GError) error = NULL;
  guint done = 1;

  while (done > 0) {
    g_assert_true (pn_replay_work (admin->web->db, &replayers, 0, &done, &error));
    pn_assert_no_error (error);
  }
}

/* Ordered, followed, ended; on the page and by API, as it is stored and with what was typed. */
static void
test_replay (void)
{
  g_auto (PnTestAdmin) admin = { NULL };
  g_autofree char *token = NULL;
  g_autofree char *lead = NULL;
  g_autofree char *answer = NULL;

  if (!pn_testadmin_start (&admin))
    return;
  call (&admin, "POST", "/api/v1/sla",
        "{\"name\":\"common\",\"title\":\"Common\",\"targets\":{\"resolution\":{\"low\":60,"
        "\"normal\":60,\"high\":60,\"urgent\":60}},\"conditions\":{\"queues\":[\"mill\"]}}",
        201, "\"common\"");
  call (&admin, "POST", "/api/v1/sla/1/replay", "{\"weeks\":1}", 202, "{\"replay\":1}");
  get (&admin, "/api/v1/replays/1", 200, "\"is_running\":true|\"percent\":0|\"hits\":[]");
  work (&admin);
  get (&admin, "/api/v1/replays/1", 200,
       "\"state\":\"done\"|\"kind\":\"policy\"|\"matched\":1,\"changed\":1|"
       "\"reason\":\"new_promise\"|\"without\":null|\"target_seconds\":3600|\"subject\":|"
       "\"is_change\":false|\"url\":\"/desk/manage/sla/1\"");
  get (&admin, "/desk/manage/replays/1", 200,
       "Before|After|no promise|nothing was promised|One of them has this policy.|"
       "1 ticket of 2 would have changed.");
  get (&admin, "/desk/manage/replays/1?after=x", 400, "");
  get (&admin, "/desk/manage/sla/1", 200, "/desk/manage/replays/1");
  call (&admin, "POST", "/api/v1/sla/1/replay",
        "{\"weeks\":1,\"targets\":{\"resolution\":{\"normal\":30}}}", 202, "{\"replay\":2}");
  work (&admin);
  get (&admin, "/api/v1/replays/2", 200,
       "\"is_change\":true|\"reason\":\"target\"|\"shift_seconds\":-1800");
  get (&admin, "/desk/manage/replays/2", 200, "As it is, and as it would be|another target");
  get (&admin, "/api/v1/sla/1", 200, "\"normal\":60");
  post (&admin, "/desk/manage/sla/1/replay",
        "weeks=1&if_version=1&title=Common&name=common&"
        "calendar=always&targets.resolution.normal=never",
        400, "no span of time");
  call (&admin, "POST", "/api/v1/sla/1/replay", "{}", 202, "{\"replay\":3}");
  post (&admin, "/desk/manage/replays/3/cancel", "", 303, "/desk/manage/replays/3");
  get (&admin, "/desk/manage/replays/3", 200, "It was cancelled");
  call (&admin, "POST", "/api/v1/replays/3/cancel", "{}", 409, "does not run");
  token = pn_testweb_token (admin.web, PN_CALLER_LEAD);
  lead = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  answer = pn_testweb_ask (admin.web, "GET", "/api/v1/replays/1", lead, NULL);
  assert_answer (answer, 404, "");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/sla/calendar", test_calendar);
  g_test_add_func ("/web/sla/import", test_import);
  g_test_add_func ("/web/sla/policy", test_policy);
  g_test_add_func ("/web/sla/ticket", test_ticket);
  g_test_add_func ("/web/sla/replay", test_replay);
  return g_test_run ();
}
