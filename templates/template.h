/* Templates: pages and letters as text with holes, filled from a JSON document.
 *
 * The language is Mustache (the official specification, lambdas left out) with inheritance and dynamic names:
 *
 *   {{name}} {{a.b}} {{.}}         a value, escaped for the place where it stands
 *   {{{name}}} {{&name}}           in HTML: only a value made by pn_safe_html (); anything else is an error
 *   {{#x}}…{{/x}} {{^x}}…{{/x}}    section and inverted section; "", 0, [], null and false are false
 *   {{>name}} {{>*path}}           partial; * takes the name from the document
 *   {{<name}}{{$block}}…{{/block}}{{/name}}   a page inside a layout; {{$block}}default{{/block}} in the layout
 *   {{! comment}} {{=<% %>=}}      comment, other delimiters
 *
 * Files ending in .html and .txt know more:
 *
 *   {{#x?}}…{{/x?}}                once if x is true, without going into it: {{#items?}}<ul>{{#items}}…
 *   {{#x=word}}…{{/x=word}}        once if x is that text, number or boolean; also {{^x=word}}
 *   {{#t}}Reply to {name}{{/t}}    the text in the reader's language; {path} and {filter:path} are holes
 *   {{#t n}}one mail|{n} mails{{/t}}   the same with a plural chosen by the number n
 *   {{ago:x}} {{date:x}} {{datetime:x}} {{time:x}} {{iso:x}}   of RFC 3339 text or microseconds since 1970:
 *        <time datetime="{{iso:x}}" title="{{datetime:x}}">{{ago:x}}</time>
 *   {{number:x}} {{size:x}} {{duration:x}}   1,234 · 1.2 MB · 2 h 5 min (of seconds)
 *   {{quote:x}}                    every line of x after "> ", for letters
 *   {{said:x}}                     a sentence of the program's (an error's) in the reader's language (templates/said.h)
 *   {{asset:desk.css}}             the address of a static file, with its hash: /static/desk.css?v=…
 *   {{>name}} {{<name}}            a name without "/" lies in the same folder, one without "." has the same ending; a
 *        text may include a page's partial that is words alone: {{>status-word.html}}
 *
 * HTML is checked when it is loaded: a value may stand in an element's text and in a quoted attribute (percent-encoded
 * and with its scheme checked where the attribute is an address), nowhere else: not in script, style, on… attributes,
 * tag names or comments. A section begins and ends in the same place of the markup. Text files escape nothing, but in
 * the header lines ("Subject: …" up to the first empty line) line breaks and controls become blanks.
 * Values are data: what they hold is never read as template again.
 *
 * A set of templates never changes after it was opened: any thread may render from it at any time.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#define PN_TEMPLATE_MAX_BYTES (1024 * 1024) /* of one template's text */
#define PN_TEMPLATE_MAX_NESTING 64          /* of tags in a template */
#define PN_TEMPLATE_MAX_DEPTH                                                                      \
  100 /* of sections, partials and parents in each other, while rendering */
#define PN_TEMPLATE_MAX_OUTPUT (16 * 1024 * 1024)
#define PN_TEMPLATE_MAX_STEPS (5 * 1000 * 1000) /* nodes rendered for one document */

#define PN_TEMPLATE_ERROR (pn_template_error_quark ())

typedef enum {
  PN_TEMPLATE_ERROR_NOT_FOUND, /* there is no such template */
  PN_TEMPLATE_ERROR_SYNTAX,    /* the template is wrong: "web/x.html:12: …" */
  PN_TEMPLATE_ERROR_DATA,      /* the document does not fit the template */
  PN_TEMPLATE_ERROR_LIMIT,
} PnTemplateErrorCode;

typedef enum {
  PN_RENDER_PLAIN, /* as the specification says, HTML escaped; for names with another ending */
  PN_RENDER_HTML,  /* names ending in .html */
  PN_RENDER_TEXT,  /* names ending in .txt */
} PnRenderMode;

typedef struct {
  PnRenderMode mode;
  const char *language;      /* "de"; NULL or unknown: "en" */
  gint64 now;                /* UTC microseconds, for {{ago:…}} */
  gint64 utc_offset_seconds; /* of the reader's zone, for dates and times */
} PnRenderOptions;

typedef struct {
  const char *name; /* "web/ticket.html" */
  const char *text;
} PnTemplateSource;

typedef struct PnTemplates PnTemplates;

GQuark pn_template_error_quark (void);

/* Loads and checks every template, catalogue and static file: those built into the program, and over them those of
 * @override_folder (NULL or "": none), where files have the same paths ("web/layout.html", "static/desk.css").
 * Returns: (owned) the set; NULL with PN_TEMPLATE_ERROR or G_FILE_ERROR naming the file. */
PnTemplates *pn_templates_open (const char *override_folder, GError **error);

/* Returns: (owned) a set of just these texts (copied), without catalogues: for texts that staff write, and tests. */
PnTemplates *pn_templates_new (const PnTemplateSource *sources, gsize n_sources, GError **error);

void pn_templates_free (PnTemplates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnTemplates, pn_templates_free)

gboolean pn_templates_has (const PnTemplates *templates, const char *name);

/* Returns: (owned) the template @name filled from @document (any JSON value, only read). */
char *pn_templates_render (PnTemplates *templates, const char *name, json_t *document,
                           const PnRenderOptions *options, GError **error);

/* Renders @text, which a member of staff wrote (a macro, a letter), as if it were the file @name ("mail/de/ack.txt"):
 * partials of its folder are found.
 * Returns: (owned) the text, or NULL with PN_TEMPLATE_ERROR. */
char *pn_templates_render_as (PnTemplates *templates, const char *name, const char *text,
                              json_t *document, const PnRenderOptions *options, GError **error);

/* Returns: (borrowed) the text of the file @name of the folder "mail"; NULL: there is none. */
const char *pn_templates_letter_source (const PnTemplates *templates, const char *name);

/* Returns: (owned) the static file @name ("desk.css") and its content type (borrowed) in @type; NULL if there is none. */
GBytes *pn_templates_static (PnTemplates *templates, const char *name, const char **type);

/* Returns: (borrowed) 16 hex digits of the file's SHA-256, or NULL. What {{asset:name}} puts behind "?v=". */
const char *pn_templates_static_hash (PnTemplates *templates, const char *name);

/* Returns: (borrowed) the best of our languages for the header Accept-Language (NULL: none came); at least "en". */
const char *pn_templates_negotiate (const PnTemplates *templates, const char *accept_language);

/* Returns: (owned) @html (UTF-8), which must come from pn_sanitise_html () or an equally safe writer, typed as safe HTML:
 * the only value that {{{x}}} accepts in pages. NULL and "" are false in sections. The type is proved by a mark that only
 * this process can make: nothing that came from outside as JSON has it, and it does not outlive the process. */
json_t *pn_safe_html (const char *html);
