/* The sections of the desk's settings; a row here and words in manage-section.html make a new one appear. */
#include "gateway/web/handlers.h"

#include <string.h>

static const struct {
  const char *group; /* rows of a group stand together */
  const char *name;
  const char *url;
  PnAgentRole role; /* that may see it */
} sections[] = {
  { "mail", "rules", "/desk/manage/rules", PN_ROLE_ADMIN },
  { "mail", "answers", "/desk/manage/answers", PN_ROLE_LEAD },
  { "mail", "letters", "/desk/manage/letters", PN_ROLE_ADMIN },
  { "mail", "mood", "/desk/manage/mood", PN_ROLE_ADMIN },
  { "promises", "sla", "/desk/manage/sla", PN_ROLE_LEAD },
  { "promises", "ladders", "/desk/manage/ladders", PN_ROLE_LEAD },
  { "promises", "calendars", "/desk/manage/calendars", PN_ROLE_LEAD },
  { "people", "teams", "/desk/manage/teams", PN_ROLE_LEAD },
  { "people", "organisations", "/desk/manage/organisations", PN_ROLE_LEAD },
  { "people", "removals", "/desk/manage/removals", PN_ROLE_ADMIN },
  { "help", "forms", "/desk/manage/forms", PN_ROLE_ADMIN },
  { "help", "synonyms", "/desk/manage/synonyms", PN_ROLE_ADMIN },
  { "help", "surveys", "/desk/manage/surveys", PN_ROLE_LEAD },
  { "out", "reports", "/desk/manage/reports", PN_ROLE_LEAD },
  { "out", "digests", "/desk/manage/digests", PN_ROLE_LEAD },
  { "out", "webhooks", "/desk/manage/webhooks", PN_ROLE_ADMIN },
  { "gateway", "outbox", "/desk/outbox", PN_ROLE_LEAD },
  { "gateway", "health", "/desk/health", PN_ROLE_ADMIN },
};

void
pn_desk_manage (PnCall *call)
{
  json_t *groups = json_array ();
  json_t *list = NULL; /* of the group that the last row belongs to */
  const char *group = "";

  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++) {
    if (call->agent->role < sections[i].role)
      continue;
    if (strcmp (group, sections[i].group) != 0) {
      group = sections[i].group;
      list = json_array ();
      json_array_append_new (groups, json_pack ("{s:s, s:o}", "group", group, "sections", list));
    }
    json_array_append_new (
        list, json_pack ("{s:s, s:s}", "name", sections[i].name, "url", sections[i].url));
  }
  pn_call_page (call, 200, "desk-manage", json_pack ("{s:{s:o}}", "manage", "groups", groups));
}
