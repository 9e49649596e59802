#include "gateway/web/routes.h"

#include "gateway/web/handlers.h"

#define GET PN_METHOD_GET
#define POST PN_METHOD_POST
#define PATCH PN_METHOD_PATCH
#define ANYONE PN_WHO_ANYONE
#define CUSTOMER PN_WHO_CUSTOMER
#define STAFF PN_WHO_STAFF
#define LEAD PN_WHO_LEAD
#define ADMIN PN_WHO_ADMIN
#define API PN_ROUTE_API
#define UPLOAD PN_ROUTE_UPLOAD
#define QUIET PN_ROUTE_QUIET
#define STREAM PN_ROUTE_STREAM

/* Formatted by hand: a table is read by its columns. tests/db/test-access.c has a row for each. */
/* clang-format off */
const PnRoute pn_routes[] = {
  /* method, pattern, handler, who, flags, query, form */
  { GET, "/", pn_public_front, ANYONE, 0, NULL, NULL },
  { GET, "/search", pn_public_search, ANYONE, 0, "q", NULL },
  { GET, "/kb/feed.atom", pn_public_feed, ANYONE, 0, NULL, NULL },
  { GET, "/kb/{name}", pn_public_article, ANYONE, 0, "voted q", NULL },
  { POST, "/kb/{id}/vote", pn_public_vote, ANYONE, 0, NULL, "answer word q" },
  { GET, "/kb/category/{name}", pn_public_category, ANYONE, 0, "after", NULL },
  { GET, "/kb/images/{file}", pn_public_image, ANYONE, 0, NULL, NULL },
  { GET, "/sitemap.xml", pn_public_map, ANYONE, 0, NULL, NULL },
  { GET, "/robots.txt", pn_public_robots, ANYONE, 0, NULL, NULL },
  { GET, "/contact", pn_public_contact, ANYONE, 0, "language frame", NULL },
  { POST, "/contact", pn_public_contact_send, ANYONE, UPLOAD, "language frame", "queue key version step name address subject text files website work solved f.* drop.*" },
  { GET, "/contact/thanks", pn_public_thanks, ANYONE, 0, "ref wait form frame language", NULL },
  { GET, "/contact/solved", pn_public_solved, ANYONE, 0, "frame language", NULL },
  { GET, "/contact/confirm/{token}", pn_public_confirm, ANYONE, 0, NULL, NULL },
  { POST, "/contact/confirm/{token}", pn_public_confirm_do, ANYONE, 0, NULL, "" },
  { GET, "/contact/{name}", pn_public_contact, ANYONE, 0, "language frame", NULL },
  { POST, "/contact/{name}", pn_public_contact_send, ANYONE, UPLOAD, "language frame", "key version step name address subject text files website work solved f.* drop.*" },
  { GET, "/my/{token}", pn_my_enter, ANYONE, 0, NULL, NULL },
  { GET, "/my/tickets/{id}", pn_my_ticket, CUSTOMER, 0, "done", NULL },
  { POST, "/my/tickets/{id}/replies", pn_my_reply, CUSTOMER, UPLOAD, NULL, "csrf op text files" },
  { POST, "/my/tickets/{id}/solved", pn_my_solved, CUSTOMER, 0, NULL, "csrf op" },
  { GET, "/my/solved/{token}", pn_my_solve, ANYONE, 0, NULL, NULL },
  { POST, "/my/solved/{token}", pn_my_solve_take, ANYONE, 0, NULL, "article" },
  { GET, "/my/person/{token}", pn_my_person, ANYONE, 0, NULL, NULL },
  { POST, "/my/person/{token}", pn_my_person_take, ANYONE, 0, NULL, NULL },
  { GET, "/my/attachments/{id}", pn_my_attachment, CUSTOMER, 0, NULL, NULL },
  { GET, "/static/{file}", pn_web_static, ANYONE, QUIET, "v", NULL },
  { GET, "/inline/{token}", pn_web_inline, ANYONE, QUIET, NULL, NULL },
  { GET, "/healthz", pn_web_healthz, ANYONE, API | QUIET, NULL, NULL },
  { GET, "/readyz", pn_web_readyz, ANYONE, API | QUIET, NULL, NULL },
  { GET, "/metrics", pn_web_metrics, ANYONE, API | QUIET, NULL, NULL },

  { GET, "/desk/login", pn_desk_login_page, ANYONE, 0, "next", NULL },
  { POST, "/desk/login", pn_desk_login, ANYONE, 0, NULL, "login password next" },
  { POST, "/desk/logout", pn_desk_logout, STAFF, 0, NULL, "csrf" },
  { GET, "/desk", pn_desk_list, STAFF, 0, "view query order after done", NULL },
  { GET, "/desk/queues/{name}", pn_desk_queue, STAFF, 0, "query order after done", NULL },
  { GET, "/desk/events", pn_desk_events, STAFF, STREAM, "ticket", NULL },
  { GET, "/desk/tickets/{id}", pn_desk_ticket, STAFF, 0, "done message insert", NULL },
  { GET, "/desk/tickets/{id}/articles", pn_desk_articles, STAFF, 0, "q", NULL },
  { POST, "/desk/tickets/{id}/replies", pn_desk_reply, STAFF, UPLOAD, NULL, "csrf op text files status if_version seen articles" },
  { POST, "/desk/tickets/{id}/notes", pn_desk_note, STAFF, UPLOAD, NULL, "csrf op text files if_version seen" },
  { POST, "/desk/tickets/{id}/change", pn_desk_change, STAFF, 0, NULL, "csrf if_version seen status priority queue assignee subject reason" },
  { POST, "/desk/tickets/{id}/tags", pn_desk_tag, STAFF, 0, NULL, "csrf tag is_set" },
  { POST, "/desk/tickets/{id}/accept", pn_desk_accept, STAFF, 0, NULL, "csrf address" },
  { POST, "/desk/tickets/{id}/merge", pn_desk_merge, STAFF, 0, NULL, "csrf into" },
  { POST, "/desk/tickets/{id}/unmerge", pn_desk_unmerge, STAFF, 0, NULL, "csrf" },
  { POST, "/desk/messages/{id}/split", pn_desk_split, STAFF, 0, NULL, "csrf" },
  { POST, "/desk/messages/{id}/undo", pn_desk_undo, STAFF, 0, NULL, "csrf" },
  { GET, "/desk/messages/{id}/html", pn_desk_html, STAFF, 0, NULL, NULL },
  { GET, "/desk/messages/{id}/raw", pn_desk_raw, STAFF, 0, NULL, NULL },
  { GET, "/desk/attachments/{id}", pn_desk_attachment, STAFF, 0, NULL, NULL },
  { POST, "/desk/letters/{id}/cancel", pn_desk_cancel, STAFF, 0, NULL, "csrf next" },
  { POST, "/desk/letters/{id}/retry", pn_desk_retry, STAFF, 0, NULL, "csrf next" },
  { GET, "/desk/people/{id}", pn_desk_person, STAFF, 0, "done", NULL },
  { POST, "/desk/people/{id}", pn_desk_person_save, STAFF, 0, NULL, "csrf name language note" },
  { POST, "/desk/people/{id}/addresses", pn_desk_person_address, STAFF, 0, NULL, "csrf address is_set" },
  { POST, "/desk/people/{id}/merge", pn_desk_person_merge, STAFF, 0, NULL, "csrf with" },
  { POST, "/desk/people/{id}/unmerge", pn_desk_person_unmerge, STAFF, 0, NULL, "csrf" },
  { GET, "/desk/held", pn_desk_held, LEAD, 0, "before done", NULL },
  { GET, "/desk/spam", pn_desk_spam, LEAD, 0, "before done", NULL },
  { GET, "/desk/held/{id}", pn_desk_held_one, LEAD, 0, NULL, NULL },
  { GET, "/desk/held/{id}/raw", pn_desk_held_raw, LEAD, 0, NULL, NULL },
  { POST, "/desk/held/{id}/release", pn_desk_release, LEAD, 0, NULL, "csrf always acknowledge" },
  { POST, "/desk/held/{id}/discard", pn_desk_discard, LEAD, 0, NULL, "csrf always" },
  { GET, "/desk/outbox", pn_desk_outbox, LEAD, 0, "state before done", NULL },
  { GET, "/desk/profile", pn_desk_profile, STAFF, 0, "done", NULL },
  { POST, "/desk/profile", pn_desk_profile_save, STAFF, 0, NULL, "csrf name address current language notice_new notice_assigned notice_reply" },
  { POST, "/desk/profile/password", pn_desk_password, STAFF, 0, NULL, "csrf current password" },
  { POST, "/desk/profile/sessions", pn_desk_sessions, STAFF, 0, NULL, "csrf" },
  { GET, "/desk/health", pn_desk_health, ADMIN, 0, NULL, NULL },
  { GET, "/desk/manage", pn_desk_manage, LEAD, 0, NULL, NULL },

  { GET, "/api/v1/openapi.json", pn_web_openapi, ANYONE, API, NULL, NULL },
  { GET, "/api/v1/me", pn_api_me, STAFF, API, NULL, NULL },
  { GET, "/api/v1/tickets", pn_desk_tickets, STAFF, API, "query order after limit", NULL },
  { POST, "/api/v1/tickets", pn_api_open_ticket, STAFF, API | UPLOAD, NULL, "queue subject text name address person.name person.address files" },
  { GET, "/api/v1/spool/{id}", pn_api_spool, STAFF, API, NULL, NULL },
  { GET, "/api/v1/tickets/{id}", pn_desk_ticket, STAFF, API, NULL, NULL },
  { PATCH, "/api/v1/tickets/{id}", pn_desk_change, STAFF, API, NULL, "if_version status priority queue assignee subject reason" },
  { GET, "/api/v1/tickets/{id}/articles", pn_desk_articles, STAFF, API, "q", NULL },
  { POST, "/api/v1/tickets/{id}/replies", pn_desk_reply, STAFF, API | UPLOAD, NULL, "text files status if_version articles" },
  { POST, "/api/v1/tickets/{id}/notes", pn_desk_note, STAFF, API | UPLOAD, NULL, "text files if_version" },
  { POST, "/api/v1/tickets/{id}/tags", pn_desk_tag, STAFF, API, NULL, "tag is_set" },
  { POST, "/api/v1/tickets/{id}/accept", pn_desk_accept, STAFF, API, NULL, "address" },
  { POST, "/api/v1/tickets/{id}/merge", pn_desk_merge, STAFF, API, NULL, "into" },
  { POST, "/api/v1/tickets/{id}/unmerge", pn_desk_unmerge, STAFF, API, NULL, NULL },
  { POST, "/api/v1/messages/{id}/split", pn_desk_split, STAFF, API, NULL, NULL },
  { POST, "/api/v1/messages/{id}/undo", pn_desk_undo, STAFF, API, NULL, NULL },
  { GET, "/api/v1/messages/{id}/raw", pn_desk_raw, STAFF, API, NULL, NULL },
  { GET, "/api/v1/attachments/{id}", pn_desk_attachment, STAFF, API, NULL, NULL },
  { GET, "/api/v1/people/{id}", pn_desk_person, STAFF, API, NULL, NULL },
  { PATCH, "/api/v1/people/{id}", pn_desk_person_save, STAFF, API, NULL, "name language note" },
  { POST, "/api/v1/people/{id}/addresses", pn_desk_person_address, STAFF, API, NULL, "address is_set" },
  { POST, "/api/v1/people/{id}/merge", pn_desk_person_merge, STAFF, API, NULL, "with" },
  { POST, "/api/v1/people/{id}/unmerge", pn_desk_person_unmerge, STAFF, API, NULL, NULL },
  { GET, "/api/v1/search", pn_desk_search, STAFF, API, "q order after limit", NULL },
  { GET, "/api/v1/kb/search", pn_public_search, ANYONE, API, "q language typing limit explain", NULL },
  { GET, "/api/v1/kb/public/{id}", pn_public_article_document, ANYONE, API, NULL, NULL },
  { GET, "/api/v1/outbox", pn_desk_outbox, LEAD, API, "state before", NULL },
  { POST, "/api/v1/outbox/{id}/cancel", pn_desk_cancel, STAFF, API, NULL, NULL },
  { POST, "/api/v1/outbox/{id}/retry", pn_desk_retry, STAFF, API, NULL, NULL },
  { GET, "/api/v1/held", pn_desk_held, LEAD, API, "before", NULL },
  { GET, "/api/v1/spam", pn_desk_spam, LEAD, API, "before", NULL },
  { GET, "/api/v1/held/{id}", pn_desk_held_one, LEAD, API, NULL, NULL },
  { POST, "/api/v1/held/{id}/release", pn_desk_release, LEAD, API, NULL, "always acknowledge" },
  { POST, "/api/v1/held/{id}/discard", pn_desk_discard, LEAD, API, NULL, "always" },
  { GET, "/api/v1/health", pn_desk_health, ADMIN, API, NULL, NULL },
};
/* clang-format on */

const gsize pn_n_routes = G_N_ELEMENTS (pn_routes);
