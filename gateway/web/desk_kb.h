/* The knowledge base at the desk: what its pages share. Agents write drafts and propose changes, leads publish, admins
 * remove; a change of an agent to a published article waits as a proposal (kb/proposal).
 */
#pragma once

#include "gateway/web/call.h"
#include "kb/article_list.h"
#include "kb/proposal.h"

/* What the editor is filled with. */
typedef struct {
  const PnArticle *article; /* what is or was being written; its version is what it began from */
  gboolean is_proposal;     /* it is the proposal that waits */
  gboolean with_preview;
  gint64 ticket_id;     /* drafted from it; 0: none */
  guint redacted;       /* places taken out of its text */
  const char *problem;  /* what stands against it; NULL: nothing */
  const char *note;     /* typed; NULL: none */
  gboolean is_conflict; /* somebody else saved meanwhile */
  gboolean is_unsaved;  /* it was sent, and is nowhere but on the page */
  int status;           /* of the answer */
} PnEditor;

/* Answers with the editor. */
void pn_desk_show_editor (PnCall *call, const PnEditor *editor);

/* What was made of the fields of a form or an API call. */
typedef enum {
  PN_KB_SAVE,
  PN_KB_PREVIEW,
  PN_KB_UPLOAD,
  PN_KB_REVIEW,
  PN_KB_PUBLISH,
  PN_KB_SCHEDULE,
  PN_KB_DRAFT,
  PN_KB_ARCHIVE,
} PnKbAction;

/* A change on its way into the base. */
typedef struct {
  PnArticle *article; /* (owned) */
  PnKbAction action;
  gint64 if_version; /* 0: whatever it is now */
  gboolean ends_proposal;
} PnKbChange;

void pn_kb_change_clear (PnKbChange *change);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnKbChange, pn_kb_change_clear)

/* Carries it out as far as the caller may, once, and answers. @change: its article has id 0 for a new one. */
void pn_desk_kb_carry_out (PnCall *call, PnKbChange *change);

gboolean pn_desk_kb_may_publish (const PnCall *call);
gboolean pn_desk_kb_may_remove (const PnCall *call);

/* Returns: (owned) the article of {id}; NULL: answered already. */
PnArticle *pn_desk_kb_find (PnCall *call);

/* Each returns (owned). */
json_t *pn_desk_kb_show_row (const PnArticleRow *row);
json_t *pn_desk_kb_show_article (const PnArticle *article);
json_t *pn_desk_kb_show_difference (const PnArticle *before, const PnArticle *after);

/* The zone that the desk's people plan in: that of the oldest calendar of one's own, else UTC. Returns: (owned) it, and
 * its (owned) name. */
GTimeZone *pn_desk_kb_zone (PnCall *call, char **name, GError **error);

/* "2026-11-22T10:00", as browsers fill a field with a local time and send it; "" for 0. Reading takes RFC 3339, too;
 * @time is the time that the field was filled with. */
char *pn_desk_kb_write_local (PnTime time, GTimeZone *zone); /* (owned) */
gboolean pn_desk_kb_read_local (const char *text, GTimeZone *zone, PnTime *time, GError **error);

/* Returns: the name of who logs in so; the log-in where there is nobody any more. Needs pn_show_load (). */
const char *pn_desk_kb_name (const PnCall *call, const char *login);

/* Adds "author_name" and "owner_name" wherever in a page's document there is an "author" or "owner", and "publish_local"
 * ({"at", "zone"}) beside "publish_at". */
gboolean pn_desk_kb_localise (PnCall *call, json_t *document, GError **error);
