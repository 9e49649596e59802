/* Rules on the desk and by API: the editor without script, errors beside their field, versions, replays. */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"
#include "ticketing/rule_replay.h"
#include "ticketing/rule_store.h"

#define ROW "&c.0.field=subject&c.0.op=has&c.0.value=engine%2C+mill"
#define RULE                                                                                                 \
  "{\"name\":\"Api\",\"on\":[\"arrival\",\"reply\"],\"if\":{\"all\":[{\"field\":\"subject\",\"op\":\"has\"," \
  "\"value\":\"engine\"}]},\"then\":[{\"do\":\"raise\"}]}"

static char *
post (PnTestAdmin *admin, const char *target, const char *fields)
{
  g_autofree char *body = g_strdup_printf ("csrf=%s%s", admin->csrf, fields);

  return pn_testweb_ask (admin->web, "POST", target, admin->headers, body);
}

static char *
get (PnTestAdmin *admin, const char *target)
{
  return pn_testweb_ask (admin->web, "GET", target, admin->headers, NULL);
}

static char *
call (PnTestAdmin *admin, const char *method, const char *target, const char *body)
{
  return pn_testweb_ask (admin->web, method, target, admin->bearer, body);
}

static gboolean
has (const char *answer, const char *part)
{
  return strstr (answer, part) != NULL;
}

/* Rows and groups come and go by buttons; nothing is stored before "save". */
static void
test_editor (void)
{
  g_auto (PnTestAdmin) admin = { 0 };
  g_autofree char *more = NULL;
  g_autofree char *less = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *saved = NULL;
  g_autofree char *page = NULL;
  g_autofree char *list = NULL;
  g_autoptr (GPtrArray) rules = NULL;
  const PnRule *rule;

  if (!pn_testadmin_start (&admin))
    return;
  more = post (&admin, "/desk/manage/rules/new",
               "&do=group%3Ac&name=Engines&on.arrival=1&c.mode=all" ROW "&a.0.do=raise&a.0.value=");
  g_assert_true (has (more, "name=\"c.1.0.field\""));
  g_assert_true (has (more, "value=\"engine, mill\""));
  less = post (&admin, "/desk/manage/rules/new",
               "&do=drop%3Ac.1&name=Engines&on.arrival=1&c.mode=all" ROW
               "&c.1.mode=any&c.1.0.field=queue&c.1.0.op=is&c.1.0.value=mill");
  g_assert_false (has (less, "name=\"c.1.0.field\""));
  wrong = post (&admin, "/desk/manage/rules/new",
                "&do=save&name=Engines&on.arrival=1&c.mode=all" ROW
                "&c.1.mode=none&c.1.0.field=&c.1.0.op=is&c.1.0.value="
                "&c.1.1.field=status&c.1.1.op=is&c.1.1.value=odd&a.0.do=raise");
  g_assert_cmpint (atoi (wrong + strlen ("HTTP/1.1 ")), ==, 400);
  g_assert_true (has (wrong, "id=\"c.1.1.problem\""));
  saved = post (&admin, "/desk/manage/rules/new",
                "&do=save&name=Engines&on.arrival=1&c.mode=all" ROW
                "&c.1.mode=none&c.1.0.field=status&c.1.0.op=is&c.1.0.value=closed"
                "&a.0.do=priority&a.0.value=high&enabled=1");
  g_assert_cmpint (atoi (saved + strlen ("HTTP/1.1 ")), ==, 303);
  rules = pn_rule_list (admin.web->db, FALSE, NULL);
  g_assert_cmpuint (rules->len, ==, 1);
  rule = rules->pdata[0];
  g_assert_cmpuint (rule->condition->children->len, ==, 2);
  g_assert_cmpint (((PnRuleNode *) rule->condition->children->pdata[1])->kind, ==, PN_NODE_NOT);
  page = get (&admin, "/desk/manage/rules/1");
  g_assert_true (has (page, "name=\"c.1.0.value\" value=\"closed\""));
  list = get (&admin, "/desk/manage/rules");
  g_assert_true (has (list, "Engines"));
}

static void
test_versions (void)
{
  g_auto (PnTestAdmin) admin = { 0 };
  g_autofree char *made = NULL;
  g_autofree char *again = NULL;
  g_autofree char *late = NULL;
  g_autofree char *off = NULL;
  g_autofree char *page = NULL;
  g_autofree char *back = NULL;
  g_autofree char *gone = NULL;
  g_autoptr (PnRule) rule = NULL;
  g_autoptr (GError) error = NULL;

  if (!pn_testadmin_start (&admin))
    return;
  made = call (&admin, "POST", "/api/v1/rules", "{\"rule\":" RULE "}");
  g_assert_cmpint (atoi (made + strlen ("HTTP/1.1 ")), ==, 201);
  again = post (&admin, "/desk/manage/rules/1",
                "&do=save&if_version=1&name=Desk&on.arrival=1&c.mode=all" ROW
                "&a.0.do=priority&a.0.value=urgent&enabled=1");
  g_assert_cmpint (atoi (again + strlen ("HTTP/1.1 ")), ==, 303);
  late = post (&admin, "/desk/manage/rules/1",
               "&do=save&if_version=1&name=Late&on.arrival=1&c.mode=all" ROW
               "&a.0.do=priority&a.0.value=urgent&enabled=1");
  g_assert_cmpint (atoi (late + strlen ("HTTP/1.1 ")), ==, 409);
  off = call (&admin, "PATCH", "/api/v1/rules/1", "{\"enabled\":false}");
  g_assert_true (has (off, "\"version\":3"));
  page = get (&admin, "/desk/manage/rules/1");
  g_assert_true (has (page, "<del>"));
  g_assert_true (has (page, "urgent"));
  back = post (&admin, "/desk/manage/rules/1/restore", "&version=1");
  g_assert_cmpint (atoi (back + strlen ("HTTP/1.1 ")), ==, 303);
  rule = pn_rule_load (admin.web->db, 1, &error);
  g_assert_cmpstr (rule->name, ==, "Api");
  g_assert_cmpint (rule->version, ==, 4);
  g_assert_false (rule->is_enabled);
  gone = call (&admin, "POST", "/api/v1/rules/1/delete", "{}");
  g_assert_cmpint (atoi (gone + strlen ("HTTP/1.1 ")), ==, 200);
  g_assert_null (pn_rule_load (admin.web->db, 1, NULL));
}

/* A draft is tried on the past and changes nothing. */
static void
test_replay (void)
{
  const PnReplayers replayers = { .workers = { pn_rule_replay_worker } };
  g_auto (PnTestAdmin) admin = { 0 };
  g_autofree char *ordered = NULL;
  g_autofree char *running = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *document = NULL;
  g_autofree char *none = NULL;
  g_autoptr (PnTicket) ticket = NULL;
  g_autoptr (GError) error = NULL;
  guint done = 1;

  if (!pn_testadmin_start (&admin))
    return;
  ordered = call (
      &admin, "POST", "/api/v1/rules/replay",
      "{\"rule\":{\"name\":\"Draft\",\"on\":[\"arrival\"],\"if\":{\"all\":[{\"field\":\"queue\","
      "\"op\":\"is\",\"value\":\"mill\"}]},\"then\":[{\"do\":\"priority\",\"value\":\"urgent\"}]},"
      "\"weeks\":1}");
  g_assert_true (has (ordered, "{\"replay\":1}"));
  running = get (&admin, "/desk/manage/replays/1");
  g_assert_true (has (running, "<progress"));
  while (done > 0) {
    done = 0;
    g_assert_true (pn_replay_work (admin.web->db, &replayers, 0, &done, &error));
  }
  shown = get (&admin, "/desk/manage/replays/1");
  g_assert_true (has (shown, "1 ticket of 2 would have changed."));
  document = call (&admin, "GET", "/api/v1/replays/1", NULL);
  g_assert_true (has (document, "\"new\":\"urgent\""));
  ticket = pn_ticket_load (admin.web->db, admin.web->ticket, &error);
  g_assert_cmpint (ticket->priority, !=, PN_PRIORITY_URGENT);
  none = call (&admin, "POST", "/api/v1/rules/replay", "{\"weeks\":99}");
  g_assert_cmpint (atoi (none + strlen ("HTTP/1.1 ")), ==, 400);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/rule/editor", test_editor);
  g_test_add_func ("/web/rule/versions", test_versions);
  g_test_add_func ("/web/rule/replay", test_replay);
  return g_test_run ();
}
