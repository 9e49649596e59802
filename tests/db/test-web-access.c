#include "gateway/web/routes.h"

#include <string.h>

#include "tests/lib/test.h"
#include "tests/lib/testhttp.h"
#include "tests/lib/testweb.h"

/* Who gets what, for every route (TRUST.md row 55): the authorisation table of Postern. A route without a row fails.
 *
 *   N nobody   o other customer   c own customer   x agent of another queue   a agent   l lead   A admin
 *   @T ticket  @M its message  @F its attachment  @P its person  @S a delivery of its queue  @C the CSRF token
 */
/* clang-format off */
static const struct {
  const char *method;
  const char *pattern;
  const char *target;
  const char *body; /* NULL: none */
  int status[PN_CALLERS]; /*                     N    o    c    x    a    l    A */
} rows[] = {
  { "GET", "/", "/", NULL,                     { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/search", "/search?q=engine", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/kb/feed.atom", "/kb/feed.atom", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/kb/{name}", "/kb/999999999999", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "POST", "/kb/{id}/vote", "/kb/999999999999/vote", "answer=yes", { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/kb/category/{name}", "/kb/category/77-none", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/kb/images/{file}", "/kb/images/none.png", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/sitemap.xml", "/sitemap.xml", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/robots.txt", "/robots.txt", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/contact", "/contact", NULL,       { 200, 200, 200, 200, 200, 200, 200 } },
  { "POST", "/contact", "/contact", "text=",   { 400, 400, 400, 400, 400, 400, 400 } },
  { "GET", "/contact/thanks", "/contact/thanks?ref=A", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/contact/solved", "/contact/solved", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/contact/confirm/{token}", "/contact/confirm/abcdefghijklmnopqrstuvwxyz234567abcdefgh", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "POST", "/contact/confirm/{token}", "/contact/confirm/abcdefghijklmnopqrstuvwxyz234567abcdefgh", "", { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/contact/{name}", "/contact/mill", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "POST", "/contact/{name}", "/contact/none", "text=", { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/my", "/my", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "POST", "/my/{token}/renew", "/my/abcdefghijklmnopqrstuvwxyz234567abcdefgh/renew", "", { 200, 200, 200, 200, 200, 200, 200 } },
  { "POST", "/my/tickets/{id}/all", "/my/tickets/@T/all", "csrf=@C", { 404, 404, 200, 404, 404, 404, 404 } },
  { "POST", "/my/tickets/{id}/language", "/my/tickets/@T/language", "csrf=@C&language=en", { 404, 404, 303, 404, 404, 404, 404 } },
  { "GET", "/my/{token}", "/my/abcdefghijklmnopqrstuvwxyz234567abcdefgh", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/my/tickets/{id}", "/my/tickets/@T", NULL, { 404, 404, 200, 404, 404, 404, 404 } },
  { "POST", "/my/tickets/{id}/replies", "/my/tickets/@T/replies", "csrf=@C&text=", { 404, 404, 400, 404, 404, 404, 404 } },
  { "POST", "/my/tickets/{id}/solved", "/my/tickets/@T/solved", "csrf=@C", { 404, 404, 303, 404, 404, 404, 404 } },
  { "GET", "/my/solved/{token}", "/my/solved/abcdefghijklmnopqrstuvwxyz234567abcdefgh", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "POST", "/my/solved/{token}", "/my/solved/abcdefghijklmnopqrstuvwxyz234567abcdefgh", "", { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/my/person/{token}", "/my/person/abcdefghijklmnopqrstuvwxyz234567abcdefgh", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "POST", "/my/person/{token}", "/my/person/abcdefghijklmnopqrstuvwxyz234567abcdefgh", "", { 404, 404, 404, 404, 404, 404, 404 } },
  { "POST", "/my/tickets/{id}/rate", "/my/tickets/@T/rate", "csrf=@C&score=good", { 404, 404, 409, 404, 404, 404, 404 } },
  { "POST", "/my/tickets/{id}/reopen", "/my/tickets/@T/reopen", "csrf=@C", { 404, 404, 303, 404, 404, 404, 404 } },
  { "GET", "/my/attachments/{id}", "/my/attachments/@F?ticket=@T", NULL, { 404, 404, 200, 404, 404, 404, 404 } },
  { "POST", "/my/tickets/{id}/revoke", "/my/tickets/@T/revoke", "csrf=@C", { 404, 404, 200, 404, 404, 404, 404 } }, /* ends the customer's session */
  { "GET", "/rate/{token}", "/rate/abcdefghijklmnopqrstuvwxyz234567abcdefgh", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "POST", "/rate/{token}", "/rate/abcdefghijklmnopqrstuvwxyz234567abcdefgh", "score=good", { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/rate/{token}/stop", "/rate/abcdefghijklmnopqrstuvwxyz234567abcdefgh/stop", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "POST", "/rate/{token}/stop", "/rate/abcdefghijklmnopqrstuvwxyz234567abcdefgh/stop", "List-Unsubscribe=One-Click", { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/static/{file}", "/static/style.css", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/inline/{token}", "/inline/abcdefghijklmnopqrstuvwxyz234567abcdefgh", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/healthz", "/healthz", NULL,       { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/readyz", "/readyz", NULL,         { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/metrics", "/metrics", NULL,       { 200, 200, 200, 200, 200, 200, 200 } },

  { "GET", "/desk/login", "/desk/login", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "POST", "/desk/login", "/desk/login", "login=nobody-at-all&password=x", { 403, 403, 403, 403, 403, 403, 403 } },
  { "GET", "/desk", "/desk", NULL,             { 303, 303, 303, 200, 200, 200, 200 } },
  { "POST", "/desk/bulk", "/desk/bulk", "csrf=@C&t.@T=0&priority=high", { 403, 403, 403, 409, 303, 303, 303 } },
  { "GET", "/desk/queues/{name}", "/desk/queues/mill", NULL, { 303, 303, 303, 404, 200, 200, 200 } },
  { "GET", "/desk/tickets/{id}", "/desk/tickets/@T", NULL, { 303, 303, 303, 404, 200, 200, 200 } },
  { "GET", "/desk/tickets/{id}/articles", "/desk/tickets/@T/articles", NULL, { 303, 303, 303, 404, 200, 200, 200 } },
  { "POST", "/desk/tickets/{id}/replies", "/desk/tickets/@T/replies", "csrf=@C&text=", { 403, 403, 403, 404, 400, 400, 400 } },
  { "POST", "/desk/tickets/{id}/notes", "/desk/tickets/@T/notes", "csrf=@C&text=", { 403, 403, 403, 404, 400, 400, 400 } },
  { "POST", "/desk/tickets/{id}/change", "/desk/tickets/@T/change", "csrf=@C&priority=high", { 403, 403, 403, 404, 303, 303, 303 } },
  { "POST", "/desk/tickets/{id}/tags", "/desk/tickets/@T/tags", "csrf=@C&tag=x&is_set=1", { 403, 403, 403, 404, 303, 303, 303 } },
  { "POST", "/desk/tickets/{id}/accept", "/desk/tickets/@T/accept", "csrf=@C&address=z%40x.example", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/tickets/{id}/merge", "/desk/tickets/@T/merge", "csrf=@C&into=x", { 403, 403, 403, 404, 400, 400, 400 } },
  { "POST", "/desk/tickets/{id}/unmerge", "/desk/tickets/@T/unmerge", "csrf=@C", { 403, 403, 403, 404, 400, 400, 400 } },
  { "POST", "/desk/messages/{id}/split", "/desk/messages/@M/split", "csrf=@C", { 403, 403, 403, 404, 400, 400, 400 } },
  { "POST", "/desk/messages/{id}/undo", "/desk/messages/@M/undo", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/messages/{id}/html", "/desk/messages/@M/html", NULL, { 303, 303, 303, 404, 200, 200, 200 } },
  { "GET", "/desk/messages/{id}/raw", "/desk/messages/@M/raw", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "GET", "/desk/attachments/{id}", "/desk/attachments/@F", NULL, { 303, 303, 303, 404, 200, 200, 200 } },
  { "POST", "/desk/letters/{id}/cancel", "/desk/letters/77/cancel", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/letters/{id}/retry", "/desk/letters/77/retry", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/people/{id}", "/desk/people/@P", NULL, { 303, 303, 303, 404, 200, 200, 200 } },
  { "POST", "/desk/people/{id}", "/desk/people/@P", "csrf=@C&note=x", { 403, 403, 403, 404, 303, 303, 303 } },
  { "POST", "/desk/people/{id}/addresses", "/desk/people/@P/addresses", "csrf=@C&address=x", { 403, 403, 403, 404, 400, 400, 400 } },
  { "POST", "/desk/people/{id}/merge", "/desk/people/@P/merge", "csrf=@C&with=999999", { 403, 403, 403, 404, 400, 400, 400 } },
  { "GET", "/desk/people/{id}/erase", "/desk/people/@P/erase", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "POST", "/desk/people/{id}/erase", "/desk/people/@P/erase", "csrf=@C", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/removals", "/desk/manage/removals", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "POST", "/desk/people/{id}/unmerge", "/desk/people/@P/unmerge", "csrf=@C", { 403, 403, 403, 404, 400, 400, 400 } },
  { "GET", "/desk/held", "/desk/held", NULL,   { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/spam", "/desk/spam", NULL,   { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/held/{id}", "/desk/held/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "GET", "/desk/held/{id}/raw", "/desk/held/77/raw", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/held/{id}/release", "/desk/held/77/release", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/held/{id}/discard", "/desk/held/77/discard", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/outbox", "/desk/outbox", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/kb", "/desk/kb", NULL, { 303, 303, 303, 200, 200, 200, 200 } },
  { "POST", "/desk/kb", "/desk/kb", "csrf=@C&action=save&title=", { 403, 403, 403, 400, 400, 400, 400 } },
  { "GET", "/desk/kb/figures", "/desk/kb/figures?show=given", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/kb/new", "/desk/kb/new?ticket=@T", NULL, { 303, 303, 303, 404, 200, 200, 200 } },
  { "GET", "/desk/kb/categories", "/desk/kb/categories", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/kb/categories", "/desk/kb/categories", "csrf=@C&name=", { 403, 403, 403, 404, 404, 400, 400 } },
  { "POST", "/desk/kb/categories/{id}", "/desk/kb/categories/77", "csrf=@C&name=x", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/kb/categories/{id}/remove", "/desk/kb/categories/77/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/kb/images/{file}", "/desk/kb/images/none.png", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "GET", "/desk/kb/{id}", "/desk/kb/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/kb/{id}", "/desk/kb/77", "csrf=@C&action=save&title=x", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/kb/{id}/versions", "/desk/kb/77/versions", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/kb/{id}/restore", "/desk/kb/77/restore", "csrf=@C&version=1", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/kb/{id}/discard", "/desk/kb/77/discard", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/kb/{id}/remove", "/desk/kb/77/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/find", "/desk/find", NULL, { 303, 303, 303, 200, 200, 200, 200 } },
  { "GET", "/desk/profile", "/desk/profile", NULL, { 303, 303, 303, 200, 200, 200, 200 } },
  { "POST", "/desk/profile", "/desk/profile", "csrf=@C&name=&address=a%40staff.example", { 403, 403, 403, 400, 400, 400, 400 } },
  { "POST", "/desk/profile/password", "/desk/profile/password", "csrf=@C&current=wrong&password=x", { 403, 403, 403, 403, 403, 403, 403 } },
  { "POST", "/desk/profile/sessions", "/desk/profile/sessions", "csrf=@C", { 403, 403, 403, 303, 303, 303, 303 } },
  { "POST", "/desk/logout", "/desk/logout", "csrf=@C", { 403, 403, 403, 303, 303, 303, 303 } },
  { "GET", "/desk/manage/rules", "/desk/manage/rules", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "GET", "/desk/manage/rules/new", "/desk/manage/rules/new", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "POST", "/desk/manage/rules/new", "/desk/manage/rules/new", "csrf=@C&name=x", { 403, 403, 403, 404, 404, 404, 400 } },
  { "POST", "/desk/manage/rules/replay", "/desk/manage/rules/replay", "csrf=@C&weeks=1", { 403, 403, 403, 404, 404, 404, 303 } },
  { "GET", "/desk/manage/rules/{id}", "/desk/manage/rules/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/rules/{id}", "/desk/manage/rules/77", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/rules/{id}/move", "/desk/manage/rules/77/move", "csrf=@C&places=1", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/rules/{id}/switch", "/desk/manage/rules/77/switch", "csrf=@C&enabled=1", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/rules/{id}/delete", "/desk/manage/rules/77/delete", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/rules/{id}/restore", "/desk/manage/rules/77/restore", "csrf=@C&version=1", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/manage/replays/{id}", "/desk/manage/replays/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/replays/{id}/cancel", "/desk/manage/replays/77/cancel", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/health", "/desk/health", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "POST", "/desk/health/clock", "/desk/health/clock", "csrf=@C", { 403, 403, 403, 404, 404, 404, 303 } },
  { "GET", "/desk/manage/surveys", "/desk/manage/surveys", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/surveys", "/desk/manage/surveys", "csrf=@C&queue=mill&is_on=1", { 403, 403, 403, 404, 404, 303, 303 } },
  { "GET", "/desk/floor", "/desk/floor", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/floor", "/desk/floor", "csrf=@C&assignee=none", { 403, 403, 403, 404, 404, 303, 303 } },
  { "GET", "/desk/wall", "/desk/wall", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/reports", "/desk/reports", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/reports/{name}", "/desk/reports/volume?by=day", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/reports/{name}/tickets", "/desk/reports/volume/tickets?column=created", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/reports/{name}/csv", "/desk/reports/backlog/csv", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/manage/forms", "/desk/manage/forms", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "POST", "/desk/manage/forms", "/desk/manage/forms", "csrf=@C&name=x&queue=none", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/forms/{name}", "/desk/manage/forms/none", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/forms/{name}", "/desk/manage/forms/none", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/forms/{name}/fields", "/desk/manage/forms/none/fields", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/forms/{name}/words", "/desk/manage/forms/none/words", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/forms/{name}/restore", "/desk/manage/forms/none/restore", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/forms/{name}/remove", "/desk/manage/forms/none/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/manage", "/desk/manage", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "GET", "/desk/manage/answers", "/desk/manage/answers", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/answers", "/desk/manage/answers", "csrf=@C&queue=mill&mode=perhaps", { 403, 403, 403, 404, 404, 400, 400 } },
  { "POST", "/desk/manage/answers/switch", "/desk/manage/answers/switch", "csrf=@C&is_on=1", { 403, 403, 403, 404, 404, 404, 303 } },
  { "GET", "/desk/manage/mood", "/desk/manage/mood", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "POST", "/desk/manage/mood", "/desk/manage/mood", "csrf=@C&negative=two-words", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/synonyms", "/desk/manage/synonyms", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "POST", "/desk/manage/synonyms", "/desk/manage/synonyms", "csrf=@C&text=one", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/calendars", "/desk/manage/calendars", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/calendars", "/desk/manage/calendars", "csrf=@C&name=&title=", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/calendars/{id}", "/desk/manage/calendars/1", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/calendars/{id}", "/desk/manage/calendars/1", "csrf=@C&zone=Nowhere", { 403, 403, 403, 404, 404, 404, 400 } },
  { "POST", "/desk/manage/calendars/{id}/import", "/desk/manage/calendars/1/import", "csrf=@C", { 403, 403, 403, 404, 404, 404, 400 } },
  { "POST", "/desk/manage/calendars/{id}/remove", "/desk/manage/calendars/1/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 409 } },
  { "GET", "/desk/manage/sla", "/desk/manage/sla", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/sla", "/desk/manage/sla", "csrf=@C&name=&title=", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/sla/{id}", "/desk/manage/sla/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/sla/{id}", "/desk/manage/sla/77", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/sla/{id}/move", "/desk/manage/sla/77/move", "csrf=@C&by=up", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/sla/{id}/restore", "/desk/manage/sla/77/restore", "csrf=@C&version=1", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/sla/{id}/remove", "/desk/manage/sla/77/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/sla/{id}/replay", "/desk/manage/sla/77/replay", "csrf=@C&weeks=1", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/manage/letters", "/desk/manage/letters", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "GET", "/desk/manage/letters/{name}", "/desk/manage/letters/ack?language=de", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "POST", "/desk/manage/letters/{name}", "/desk/manage/letters/ack", "csrf=@C&text=none", { 403, 403, 403, 404, 404, 404, 400 } },
  { "POST", "/desk/manage/letters/{name}/html", "/desk/manage/letters/ack/html", "csrf=@C&text=none", { 403, 403, 403, 404, 404, 404, 400 } },
  { "POST", "/desk/tickets/{id}/acknowledge", "/desk/tickets/@T/acknowledge", "csrf=@C&minutes=x", { 403, 403, 403, 404, 400, 400, 400 } },
  { "POST", "/desk/presence", "/desk/presence", "csrf=@C&state=x", { 403, 403, 403, 400, 400, 400, 400 } },
  { "GET", "/desk/manage/ladders", "/desk/manage/ladders", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/ladders", "/desk/manage/ladders", "csrf=@C&name=", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/ladders/{id}", "/desk/manage/ladders/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/ladders/{id}", "/desk/manage/ladders/77", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/ladders/{id}/steps", "/desk/manage/ladders/77/steps", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/ladders/{id}/restore", "/desk/manage/ladders/77/restore", "csrf=@C&version=1", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/ladders/{id}/remove", "/desk/manage/ladders/77/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/manage/teams", "/desk/manage/teams", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/teams", "/desk/manage/teams", "csrf=@C&name=", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/teams/{id}", "/desk/manage/teams/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/teams/{id}", "/desk/manage/teams/77", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/teams/{id}/remove", "/desk/manage/teams/77/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/manage/organisations", "/desk/manage/organisations", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/organisations", "/desk/manage/organisations", "csrf=@C&name=", { 403, 403, 403, 404, 404, 400, 400 } },
  { "GET", "/desk/manage/organisations/{id}", "/desk/manage/organisations/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/organisations/{id}", "/desk/manage/organisations/77", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/organisations/{id}/people", "/desk/manage/organisations/77/people", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/organisations/{id}/remove", "/desk/manage/organisations/77/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/manage/webhooks", "/desk/manage/webhooks", NULL, { 303, 303, 303, 404, 404, 404, 200 } },
  { "POST", "/desk/manage/webhooks", "/desk/manage/webhooks", "csrf=@C&name=", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/webhooks/{id}", "/desk/manage/webhooks/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/webhooks/{id}", "/desk/manage/webhooks/77", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/webhooks/{id}/test", "/desk/manage/webhooks/77/test", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/webhooks/{id}/retry", "/desk/manage/webhooks/77/retry", "csrf=@C&call=1", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/webhooks/{id}/remove", "/desk/manage/webhooks/77/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/manage/reports", "/desk/manage/reports", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/reports", "/desk/manage/reports", "csrf=@C&readers=", { 403, 403, 403, 404, 404, 400, 400 } },
  { "GET", "/desk/manage/reports/{id}", "/desk/manage/reports/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/reports/{id}", "/desk/manage/reports/77", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/reports/{id}/remove", "/desk/manage/reports/77/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/reports/{id}/send", "/desk/manage/reports/77/send", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/manage/digests", "/desk/manage/digests", NULL, { 303, 303, 303, 404, 404, 200, 200 } },
  { "POST", "/desk/manage/digests", "/desk/manage/digests", "csrf=@C&name=", { 403, 403, 403, 404, 404, 404, 400 } },
  { "GET", "/desk/manage/digests/{id}", "/desk/manage/digests/77", NULL, { 303, 303, 303, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/digests/{id}", "/desk/manage/digests/77", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "POST", "/desk/manage/digests/{id}/remove", "/desk/manage/digests/77/remove", "csrf=@C", { 403, 403, 403, 404, 404, 404, 404 } },
  { "GET", "/desk/events", "/desk/events?ticket=x", NULL, { 403, 403, 403, 400, 400, 400, 400 } },

  { "GET", "/api/v1/openapi.json", "/api/v1/openapi.json", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/api/v1/me", "/api/v1/me", NULL,   { 401, 401, 401, 200, 200, 200, 200 } },
  { "GET", "/api/v1/tickets", "/api/v1/tickets", NULL, { 401, 401, 401, 200, 200, 200, 200 } },
  { "POST", "/api/v1/tickets", "/api/v1/tickets", "{\"address\":\"a@b.example\",\"queue\":\"none\"}", { 401, 401, 401, 400, 400, 400, 400 } },
  { "GET", "/api/v1/spool/{id}", "/api/v1/spool/@S", NULL, { 401, 401, 401, 404, 200, 200, 200 } },
  { "GET", "/api/v1/tickets/{id}", "/api/v1/tickets/@T", NULL, { 401, 401, 401, 404, 200, 200, 200 } },
  { "PATCH", "/api/v1/tickets/{id}", "/api/v1/tickets/@T", "{\"priority\":\"low\"}", { 401, 401, 401, 404, 200, 200, 200 } },
  { "GET", "/api/v1/tickets/{id}/articles", "/api/v1/tickets/@T/articles", NULL, { 401, 401, 401, 404, 200, 200, 200 } },
  { "POST", "/api/v1/tickets/{id}/replies", "/api/v1/tickets/@T/replies", "{\"text\":\"\"}", { 401, 401, 401, 404, 400, 400, 400 } },
  { "POST", "/api/v1/tickets/{id}/notes", "/api/v1/tickets/@T/notes", "{\"text\":\"\"}", { 401, 401, 401, 404, 400, 400, 400 } },
  { "POST", "/api/v1/tickets/{id}/tags", "/api/v1/tickets/@T/tags", "{\"tag\":\"y\"}", { 401, 401, 401, 404, 200, 200, 200 } },
  { "POST", "/api/v1/tickets/{id}/accept", "/api/v1/tickets/@T/accept", "{\"address\":\"z@x.example\"}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/tickets/bulk", "/api/v1/tickets/bulk", "{\"tickets\":\"x\"}", { 401, 401, 401, 400, 400, 400, 400 } },
  { "POST", "/api/v1/tickets/{id}/merge", "/api/v1/tickets/@T/merge", "{\"into\":\"x\"}", { 401, 401, 401, 404, 400, 400, 400 } },
  { "POST", "/api/v1/tickets/{id}/unmerge", "/api/v1/tickets/@T/unmerge", "{}", { 401, 401, 401, 404, 400, 400, 400 } },
  { "POST", "/api/v1/messages/{id}/split", "/api/v1/messages/@M/split", "{}", { 401, 401, 401, 404, 400, 400, 400 } },
  { "POST", "/api/v1/messages/{id}/undo", "/api/v1/messages/@M/undo", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/messages/{id}/raw", "/api/v1/messages/@M/raw", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/attachments/{id}", "/api/v1/attachments/@F", NULL, { 401, 401, 401, 404, 200, 200, 200 } },
  { "GET", "/api/v1/people/{id}", "/api/v1/people/@P", NULL, { 401, 401, 401, 404, 200, 200, 200 } },
  { "PATCH", "/api/v1/people/{id}", "/api/v1/people/@P", "{\"note\":\"x\"}", { 401, 401, 401, 404, 200, 200, 200 } },
  { "POST", "/api/v1/people/{id}/addresses", "/api/v1/people/@P/addresses", "{\"address\":\"x\"}", { 401, 401, 401, 404, 400, 400, 400 } },
  { "POST", "/api/v1/people/{id}/merge", "/api/v1/people/@P/merge", "{\"with\":\"999\"}", { 401, 401, 401, 404, 400, 400, 400 } },
  { "POST", "/api/v1/people/{id}/erase", "/api/v1/people/@P/erase", "{}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/removals", "/api/v1/removals", NULL, { 401, 401, 401, 404, 404, 404, 200 } },
  { "POST", "/api/v1/people/{id}/unmerge", "/api/v1/people/@P/unmerge", "{}", { 401, 401, 401, 404, 400, 400, 400 } },
  { "GET", "/api/v1/search/fields", "/api/v1/search/fields", NULL, { 401, 401, 401, 200, 200, 200, 200 } },
  { "GET", "/api/v1/search", "/api/v1/search?q=engine", NULL, { 401, 401, 401, 200, 200, 200, 200 } },
  { "GET", "/api/v1/kb/search", "/api/v1/kb/search?q=engine", NULL, { 200, 200, 200, 200, 200, 200, 200 } },
  { "GET", "/api/v1/kb/articles", "/api/v1/kb/articles", NULL, { 401, 401, 401, 200, 200, 200, 200 } },
  { "POST", "/api/v1/kb/articles", "/api/v1/kb/articles", "{\"title\":\"x\",\"state\":\"published\"}", { 401, 401, 401, 403, 403, 201, 201 } },
  { "GET", "/api/v1/kb/articles/{id}", "/api/v1/kb/articles/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "PATCH", "/api/v1/kb/articles/{id}", "/api/v1/kb/articles/77", "{\"title\":\"x\"}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/kb/articles/{id}/versions", "/api/v1/kb/articles/77/versions", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/kb/articles/{id}/restore", "/api/v1/kb/articles/77/restore", "{\"version\":1}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/kb/articles/{id}/discard", "/api/v1/kb/articles/77/discard", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/kb/articles/{id}/remove", "/api/v1/kb/articles/77/remove", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/kb/images", "/api/v1/kb/images", "{}", { 401, 401, 401, 400, 400, 400, 400 } },
  { "GET", "/api/v1/kb/figures", "/api/v1/kb/figures", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "GET", "/api/v1/kb/categories", "/api/v1/kb/categories", NULL, { 401, 401, 401, 200, 200, 200, 200 } },
  { "POST", "/api/v1/kb/categories", "/api/v1/kb/categories", "{\"name\":\"Made\"}", { 401, 401, 401, 404, 404, 201, 201 } },
  { "PATCH", "/api/v1/kb/categories/{id}", "/api/v1/kb/categories/77", "{\"name\":\"y\"}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/kb/categories/{id}/remove", "/api/v1/kb/categories/77/remove", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/kb/public/{id}", "/api/v1/kb/public/77", NULL, { 404, 404, 404, 404, 404, 404, 404 } },
  { "GET", "/api/v1/outbox", "/api/v1/outbox", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/outbox/{id}/cancel", "/api/v1/outbox/77/cancel", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/outbox/{id}/retry", "/api/v1/outbox/77/retry", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/due", "/api/v1/due", NULL, { 401, 401, 401, 200, 200, 200, 200 } },
  { "GET", "/api/v1/calendars", "/api/v1/calendars", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/calendars", "/api/v1/calendars", "{}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/calendars/{id}", "/api/v1/calendars/1", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "PATCH", "/api/v1/calendars/{id}", "/api/v1/calendars/1", "{\"zone\":\"Nowhere\"}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "POST", "/api/v1/calendars/{id}/import", "/api/v1/calendars/1/import", "{}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "POST", "/api/v1/calendars/{id}/remove", "/api/v1/calendars/1/remove", "{}", { 401, 401, 401, 404, 404, 404, 409 } },
  { "GET", "/api/v1/sla", "/api/v1/sla", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/sla", "/api/v1/sla", "{}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/sla/{id}", "/api/v1/sla/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "PATCH", "/api/v1/sla/{id}", "/api/v1/sla/77", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/sla/{id}/move", "/api/v1/sla/77/move", "{\"by\":\"up\"}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/sla/{id}/remove", "/api/v1/sla/77/remove", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/sla/{id}/replay", "/api/v1/sla/77/replay", "{\"weeks\":1}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/tickets/{id}/acknowledge", "/api/v1/tickets/@T/acknowledge", "{\"minutes\":\"x\"}", { 401, 401, 401, 404, 400, 400, 400 } },
  { "GET", "/api/v1/presence", "/api/v1/presence", NULL, { 401, 401, 401, 200, 200, 200, 200 } },
  { "POST", "/api/v1/presence", "/api/v1/presence", "{\"state\":\"x\"}", { 401, 401, 401, 400, 400, 400, 400 } },
  { "GET", "/api/v1/ladders", "/api/v1/ladders", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/ladders", "/api/v1/ladders", "{}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/ladders/{id}", "/api/v1/ladders/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "PATCH", "/api/v1/ladders/{id}", "/api/v1/ladders/77", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/ladders/{id}/remove", "/api/v1/ladders/77/remove", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/teams", "/api/v1/teams", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/teams", "/api/v1/teams", "{}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/teams/{id}", "/api/v1/teams/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "PATCH", "/api/v1/teams/{id}", "/api/v1/teams/77", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/teams/{id}/remove", "/api/v1/teams/77/remove", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/organisations", "/api/v1/organisations", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/organisations", "/api/v1/organisations", "{}", { 401, 401, 401, 404, 404, 400, 400 } },
  { "GET", "/api/v1/organisations/{id}", "/api/v1/organisations/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "PATCH", "/api/v1/organisations/{id}", "/api/v1/organisations/77", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/organisations/{id}/people", "/api/v1/organisations/77/people", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/organisations/{id}/remove", "/api/v1/organisations/77/remove", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/webhooks", "/api/v1/webhooks", NULL, { 401, 401, 401, 404, 404, 404, 200 } },
  { "POST", "/api/v1/webhooks", "/api/v1/webhooks", "{}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/webhooks/{id}", "/api/v1/webhooks/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "PATCH", "/api/v1/webhooks/{id}", "/api/v1/webhooks/77", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/webhooks/{id}/test", "/api/v1/webhooks/77/test", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/webhooks/{id}/retry", "/api/v1/webhooks/77/retry", "{\"call\": 1}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/webhooks/{id}/remove", "/api/v1/webhooks/77/remove", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/report-plans", "/api/v1/report-plans", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/report-plans", "/api/v1/report-plans", "{\"readers\":[]}", { 401, 401, 401, 404, 404, 400, 400 } },
  { "GET", "/api/v1/report-plans/{id}", "/api/v1/report-plans/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "PATCH", "/api/v1/report-plans/{id}", "/api/v1/report-plans/77", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/report-plans/{id}/remove", "/api/v1/report-plans/77/remove", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/report-plans/{id}/send", "/api/v1/report-plans/77/send", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/digests", "/api/v1/digests", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/digests", "/api/v1/digests", "{}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/digests/{id}", "/api/v1/digests/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "PATCH", "/api/v1/digests/{id}", "/api/v1/digests/77", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/digests/{id}/remove", "/api/v1/digests/77/remove", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/held", "/api/v1/held", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "GET", "/api/v1/spam", "/api/v1/spam", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "GET", "/api/v1/held/{id}", "/api/v1/held/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/held/{id}/release", "/api/v1/held/77/release", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/held/{id}/discard", "/api/v1/held/77/discard", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/answering", "/api/v1/answering", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/answering", "/api/v1/answering", "{\"queue\":\"mill\",\"mode\":\"perhaps\"}", { 401, 401, 401, 404, 404, 400, 400 } },
  { "POST", "/api/v1/answering/switch", "/api/v1/answering/switch", "{\"is_on\":true}", { 401, 401, 401, 404, 404, 404, 200 } },
  { "GET", "/api/v1/mood", "/api/v1/mood", NULL, { 401, 401, 401, 404, 404, 404, 200 } },
  { "POST", "/api/v1/mood", "/api/v1/mood", "{\"negative\":\"two-words\"}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/kb/synonyms", "/api/v1/kb/synonyms", NULL, { 401, 401, 401, 404, 404, 404, 200 } },
  { "POST", "/api/v1/kb/synonyms", "/api/v1/kb/synonyms", "{\"text\":\"one\"}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/surveys", "/api/v1/surveys", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/surveys", "/api/v1/surveys", "{\"queue\":\"mill\",\"is_on\":true}", { 401, 401, 401, 404, 404, 200, 200 } },
  { "GET", "/api/v1/floor", "/api/v1/floor", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "POST", "/api/v1/floor", "/api/v1/floor", "{\"assignee\":\"none\"}", { 401, 401, 401, 404, 404, 200, 200 } },
  { "GET", "/api/v1/reports", "/api/v1/reports", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "GET", "/api/v1/reports/{name}", "/api/v1/reports/volume?by=day", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "GET", "/api/v1/reports/{name}/tickets", "/api/v1/reports/volume/tickets?column=created", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "GET", "/api/v1/reports/{name}/csv", "/api/v1/reports/backlog/csv", NULL, { 401, 401, 401, 404, 404, 200, 200 } },
  { "GET", "/api/v1/rules", "/api/v1/rules", NULL, { 401, 401, 401, 404, 404, 404, 200 } },
  { "POST", "/api/v1/rules", "/api/v1/rules", "{\"rule\":{\"name\":\"x\"}}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "POST", "/api/v1/rules/replay", "/api/v1/rules/replay", "{\"weeks\":1}", { 401, 401, 401, 404, 404, 404, 202 } },
  { "GET", "/api/v1/rules/{id}", "/api/v1/rules/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "PATCH", "/api/v1/rules/{id}", "/api/v1/rules/77", "{\"enabled\":true}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/rules/{id}/move", "/api/v1/rules/77/move", "{\"places\":\"1\"}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/rules/{id}/delete", "/api/v1/rules/77/delete", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/replays/{id}", "/api/v1/replays/77", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
  { "POST", "/api/v1/replays/{id}/cancel", "/api/v1/replays/77/cancel", "{}", { 401, 401, 401, 404, 404, 404, 404 } },
  { "GET", "/api/v1/letters", "/api/v1/letters", NULL, { 401, 401, 401, 404, 404, 404, 200 } },
  { "GET", "/api/v1/letters/{name}", "/api/v1/letters/ack", NULL, { 401, 401, 401, 404, 404, 404, 200 } },
  { "POST", "/api/v1/letters/{name}", "/api/v1/letters/ack", "{\"text\":\"none\"}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/health", "/api/v1/health", NULL, { 401, 401, 401, 404, 404, 404, 200 } },
  { "POST", "/api/v1/health/clock", "/api/v1/health/clock", "{}", { 401, 401, 401, 404, 404, 404, 200 } },
  { "GET", "/api/v1/forms", "/api/v1/forms", NULL, { 401, 401, 401, 404, 404, 404, 200 } },
  { "POST", "/api/v1/forms", "/api/v1/forms", "{\"name\": \"x\"}", { 401, 401, 401, 404, 404, 404, 400 } },
  { "GET", "/api/v1/forms/{name}", "/api/v1/forms/none", NULL, { 401, 401, 401, 404, 404, 404, 404 } },
};
/* clang-format on */

static char *
fill (const PnTestWeb *test, const char *text, const char *csrf)
{
  g_autoptr (GString) filled = g_string_new (text);
  g_autofree char *ticket = g_strdup_printf ("%" G_GINT64_FORMAT, test->ticket);
  g_autofree char *message = g_strdup_printf ("%" G_GINT64_FORMAT, test->message);
  g_autofree char *attachment = g_strdup_printf ("%" G_GINT64_FORMAT, test->attachment);
  g_autofree char *spool = g_strdup_printf ("%" G_GINT64_FORMAT, test->spool);
  g_autofree char *person = g_strdup_printf ("%" G_GINT64_FORMAT, test->person);

  g_string_replace (filled, "@T", ticket, 0);
  g_string_replace (filled, "@M", message, 0);
  g_string_replace (filled, "@F", attachment, 0);
  g_string_replace (filled, "@P", person, 0);
  g_string_replace (filled, "@S", spool, 0);
  g_string_replace (filled, "@C", csrf, 0);
  return g_string_free (g_steal_pointer (&filled), FALSE);
}

static char *
ask_row (PnTestWeb *test, gsize i, PnCaller caller)
{
  gboolean is_api = g_str_has_prefix (rows[i].target, "/api/");
  g_autofree char *token = is_api ? pn_testweb_token (test, caller) : NULL;
  g_autofree char *cookie = is_api ? NULL : pn_testweb_cookie (test, caller);
  g_autofree char *csrf = pn_testweb_csrf (test, cookie);
  g_autofree char *headers = token != NULL ? g_strdup_printf ("Authorization: Bearer %s\r\n", token)
                             : cookie != NULL ? g_strdup_printf ("Cookie: %s\r\n", cookie)
                                              : g_strdup ("");
  g_autofree char *target = fill (test, rows[i].target, csrf);
  g_autofree char *body = rows[i].body != NULL ? fill (test, rows[i].body, csrf) : NULL;

  return pn_testweb_ask (test, rows[i].method, target, headers, body);
}

/* One client asks for more than any client may; nothing is under way now. */
static void
forget_limits (PnTestWeb *test)
{
  pn_limit_free (test->web->limit);
  test->web->limit = pn_limit_new ();
}

static void
test_matrix (void)
{
  PnTestWeb *test = pn_testweb_start ();

  if (test == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (i % 30 == 0)
      forget_limits (test);
    for (int caller = 0; caller < PN_CALLERS; caller++) {
      g_autofree char *answer = ask_row (test, i, (PnCaller) caller);

      if (pn_testhttp_status (answer) == rows[i].status[caller])
        continue;
      g_test_message ("%s %s, caller %d: %d instead of %d", rows[i].method, rows[i].target, caller,
                      pn_testhttp_status (answer), rows[i].status[caller]);
      g_test_message ("%s", pn_testhttp_body (answer));
      g_test_fail ();
    }
  }
  pn_testweb_stop (test);
}

static void
test_every_route (void)
{
  for (gsize i = 0; i < pn_n_routes; i++) {
    gboolean is_there = FALSE;

    for (gsize j = 0; j < G_N_ELEMENTS (rows); j++)
      is_there = is_there
                 || (strcmp (pn_routes[i].pattern, rows[j].pattern) == 0
                     && strcmp (pn_method_name (pn_routes[i].method), rows[j].method) == 0);
    if (!is_there) {
      g_test_message ("%s %s has no row", pn_method_name (pn_routes[i].method),
                      pn_routes[i].pattern);
      g_test_fail ();
    }
  }
}

/* Each page masks the token anew. Returns: the body. */
static const char *
body_without_tokens (char *answer)
{
  static const char field[] = "name=\"csrf\" value=\"";

  for (char *at = strstr (answer, field); at != NULL; at = strstr (at, field)) {
    at += strlen (field);
    memset (at, '0', strcspn (at, "\""));
  }
  return pn_testhttp_body (answer);
}

/* What is there and not for the caller looks as what is not there (rows 35 and 55). */
static void
test_alike (void)
{
  static const char *const pairs[][2] = {
    { "/desk/tickets/@T", "/desk/tickets/999999999999" },
    { "/desk/attachments/@F", "/desk/attachments/999999999999" },
    { "/desk/messages/@M/html", "/desk/messages/999999999999/html" },
    { "/desk/people/@P", "/desk/people/999999999999" },
    { "/desk/queues/mill", "/desk/queues/none" },
    { "/desk/health", "/desk/no-such-page" },
  };
  PnTestWeb *test = pn_testweb_start ();
  g_autofree char *cookie = NULL;
  g_autofree char *headers = NULL;

  if (test == NULL)
    return;
  cookie = pn_testweb_cookie (test, PN_CALLER_OTHER_AGENT);
  headers = g_strdup_printf ("Cookie: %s\r\n", cookie);
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *there = fill (test, pairs[i][0], "");
    g_autofree char *nowhere = fill (test, pairs[i][1], "");
    g_autofree char *one = pn_testweb_ask (test, "GET", there, headers, NULL);
    g_autofree char *two = pn_testweb_ask (test, "GET", nowhere, headers, NULL);

    g_assert_cmpint (pn_testhttp_status (one), ==, 404);
    g_assert_cmpstr (body_without_tokens (one), ==, body_without_tokens (two));
  }
  pn_testweb_stop (test);
}

/* Returns: (owned) "table sum" of each table but those that note who was here and what was looked for. */
static GPtrArray *
sums (PnDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tables = pn_db_query_texts (
      db,
      "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
      " AND table_name NOT IN ('session', 'api_token', 'kb_asked') ORDER BY table_name",
      PN_NO_ARGS, &error);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  for (guint i = 0; i < tables->len; i++) {
    g_autofree char *sql = g_strdup_printf ("CHECKSUM TABLE `%s`", (const char *) tables->pdata[i]);
    g_autoptr (PnRows) rows_of = pn_db_query_built (db, sql, PN_NO_ARGS, &error);

    g_assert_no_error (error);
    g_assert_true (pn_rows_next (rows_of));
    g_ptr_array_add (found,
                     g_strdup_printf ("%s %" G_GINT64_FORMAT, (const char *) tables->pdata[i],
                                      pn_rows_int (rows_of, 1)));
  }
  return found;
}

/* TRUST.md row 43: whoever reads every page there is has changed nothing. */
static void
test_reading_changes_nothing (void)
{
  static const PnCaller callers[] = { PN_CALLER_NOBODY, PN_CALLER_CUSTOMER, PN_CALLER_ADMIN };
  PnTestWeb *test = pn_testweb_start ();
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  if (test == NULL)
    return;
  for (gsize caller = 0; caller < G_N_ELEMENTS (callers);
       caller++) { /* who asks has a session now */
    g_autofree char *answer = ask_row (test, 0, callers[caller]);
  }
  before = sums (test->db);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (strcmp (rows[i].method, "GET") != 0)
      continue;
    forget_limits (test);
    for (gsize caller = 0; caller < G_N_ELEMENTS (callers); caller++) {
      g_autofree char *answer = ask_row (test, i, callers[caller]);
    }
  }
  after = sums (test->db);
  g_assert_cmpuint (after->len, ==, before->len);
  for (guint i = 0; i < before->len; i++) {
    g_test_message ("%s", (const char *) before->pdata[i]);
    g_assert_cmpstr (after->pdata[i], ==, before->pdata[i]);
  }
  pn_testweb_stop (test);
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/access/row-55-every-route", test_every_route);
  g_test_add_func ("/web/access/row-55-matrix", test_matrix);
  g_test_add_func ("/web/access/row-35-55-alike", test_alike);
  g_test_add_func ("/web/access/row-43-reading-changes-nothing", test_reading_changes_nothing);
  return g_test_run ();
}
