/* The sections of the desk's settings; a row here and words in manage-section.html make a new one appear. */
#include "gateway/web/handlers.h"

static const struct {
  const char *name;
  const char *url;
  PnAgentRole role; /* that may see it */
} sections[] = {
  { "answers", "/desk/manage/answers", PN_ROLE_LEAD },
  { "mood", "/desk/manage/mood", PN_ROLE_ADMIN },
  { "synonyms", "/desk/manage/synonyms", PN_ROLE_ADMIN },
  { "calendars", "/desk/manage/calendars", PN_ROLE_LEAD },
  { "sla", "/desk/manage/sla", PN_ROLE_LEAD },
  { "rules", "/desk/manage/rules", PN_ROLE_ADMIN },
  { "letters", "/desk/manage/letters", PN_ROLE_ADMIN },
  { "ladders", "/desk/manage/ladders", PN_ROLE_LEAD },
  { "organisations", "/desk/manage/organisations", PN_ROLE_LEAD },
  { "teams", "/desk/manage/teams", PN_ROLE_LEAD },
  { "digests", "/desk/manage/digests", PN_ROLE_LEAD },
  { "reports", "/desk/manage/reports", PN_ROLE_LEAD },
  { "webhooks", "/desk/manage/webhooks", PN_ROLE_ADMIN },
  { "outbox", "/desk/outbox", PN_ROLE_LEAD },
  { "forms", "/desk/manage/forms", PN_ROLE_ADMIN },
  { "surveys", "/desk/manage/surveys", PN_ROLE_LEAD },
  { "removals", "/desk/manage/removals", PN_ROLE_ADMIN },
  { "health", "/desk/health", PN_ROLE_ADMIN },
};

void
pn_desk_manage (PnCall *call)
{
  json_t *list = json_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++) {
    if (call->agent->role >= sections[i].role)
      json_array_append_new (
          list, json_pack ("{s:s, s:s}", "name", sections[i].name, "url", sections[i].url));
  }
  pn_call_page (call, 200, "desk-manage", json_pack ("{s:{s:o}}", "manage", "sections", list));
}
