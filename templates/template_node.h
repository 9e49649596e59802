/* Template nodes: what a template's text becomes when it is loaded. Inside `templates/` only.
 *
 *   text ─template_parse─► nodes ─template_html─► nodes that know how to escape ─template_render─► output
 */
#pragma once

#include "templates/catalogue.h"
#include "templates/template.h"

typedef enum {
  PN_NODE_TEXT,
  PN_NODE_VALUE,
  PN_NODE_RAW,
  PN_NODE_SECTION,
  PN_NODE_INVERTED,
  PN_NODE_PARTIAL,
  PN_NODE_PARENT,
  PN_NODE_BLOCK,
  PN_NODE_TRANSLATE,
} PnNodeKind;

typedef enum {
  PN_FILTER_NONE,
  PN_FILTER_AGO,
  PN_FILTER_DATE,
  PN_FILTER_DATETIME,
  PN_FILTER_TIME,
  PN_FILTER_ISO,
  PN_FILTER_NUMBER,
  PN_FILTER_SIZE,
  PN_FILTER_DURATION,
  PN_FILTER_QUOTE,
  PN_FILTER_SAID,
  PN_FILTER_ASSET,
} PnFilter;

typedef enum {
  PN_ESCAPE_HTML,
  PN_ESCAPE_NONE,
  PN_ESCAPE_HEADER,
  PN_ESCAPE_URL_START, /* the value decides the scheme */
  PN_ESCAPE_URL_PATH,
  PN_ESCAPE_URL_QUERY,
} PnEscape;

typedef enum { PN_TEST_EACH, PN_TEST_IF, PN_TEST_EQUAL } PnTest;

typedef struct {
  PnNodeKind kind;
  PnEscape escape;
  PnFilter filter;
  PnTest test;
  guint line;
  gboolean is_dynamic; /* partial, parent: the name comes from the document, by @path */
  gboolean
      is_text_place;    /* HTML: the node stands in an element's text, where safe HTML is allowed */
  gboolean starts_line; /* text, block: nothing stands before it on its line */
  gboolean opens_next_line; /* block: its content starts on the line after the tag */
  char *text;   /* literal, name of a template or block, message, the word of an equality, asset */
  char *plural; /* translate */
  char **path;  /* names of a dotted path; empty for "." */
  char *indent; /* partial, parent, block: the white space before it on its line; NULL inline */
  char *place_indent;  /* block: what an override's lines are indented by */
  GPtrArray *children; /* of PnNode; parent: its overrides alone */
} PnNode;

typedef struct {
  char *name;
  PnRenderMode mode;
  GPtrArray *nodes;   /* of PnNode */
  GHashTable *blocks; /* HTML: block name → place in the markup, filled by template_html */
  int check;          /* HTML: 0 not yet checked, 1 being checked, 2 checked */
} PnTemplate;

struct PnTemplates {
  GHashTable *templates;  /* name → PnTemplate */
  GHashTable *statics;    /* name → PnStatic */
  GHashTable *catalogues; /* language → PnCatalogue */
  GHashTable *said;       /* language → PnSaid */
  GHashTable *letters;    /* name → text of those in mail/ */
};

void pn_node_free (PnNode *node);
void pn_template_free (PnTemplate *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnNode, pn_node_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnTemplate, pn_template_free)

/* Returns: the mode that the ending of @name asks for. */
PnRenderMode pn_template_mode (const char *name);

/* Returns: (owned) @text as nodes, or NULL with PN_TEMPLATE_ERROR_SYNTAX. */
PnTemplate *pn_template_parse (const char *name, const char *text, GError **error);

/* Reads "filter:path" or "path" (@name) as far as it is well formed; outputs are (owned). */
gboolean pn_template_read_path (const char *name, PnFilter *filter, char ***path, char **text);

/* Checks where the values of @template stand and notes how each is escaped. Other templates of the set are checked
 * first where this one needs their blocks. */
gboolean pn_template_check_html (PnTemplates *templates, PnTemplate *template, GError **error);

/* Notes which values of a text template stand in header lines, where neither partials nor parents may stand. */
gboolean pn_template_mark_header (PnTemplate *template, GError **error);

/* Returns: (borrowed) the template @name, or NULL. */
PnTemplate *pn_templates_find (const PnTemplates *templates, const char *name);

/* Renders @template; see pn_templates_render (). */
char *pn_template_render (const PnTemplates *templates, const PnTemplate *template,
                          json_t *document, const PnRenderOptions *options, GError **error);
