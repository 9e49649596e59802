/* Form plan: what a form asks, as data. Pure; any thread may call.
 *
 *   {"title": "Return a part", "intro": "", "thanks": "", "language": "en",
 *    "fields": [{"name": "address", "type": "email", "label": "", "help": "", "required": true},
 *               {"name": "reason", "type": "choice", "label": "Why?", "required": true, "choices": ["Broken", "Wrong part"]},
 *               {"name": "seen", "type": "date", "label": "Since when?", "when": {"field": "reason", "is": "Broken"}}, …],
 *    "files": {"most": 5, "bytes": 10485760, "types": ["picture", "pdf"]},
 *    "suggests": true, "confirm": "doubt", "frames": ["https://shop.example"],
 *    "words": {"de": {"title": "Ein Teil zurückgeben", "field.reason.label": "Warum?", "choice.reason.Broken": "Kaputt"}}}
 *
 * Five names are of fields that every ticket knows: name, address (each form has it), subject, text and files (the one of
 * type "file"); their labels may be empty, pages have words for them. A field with "when" is asked only while an earlier
 * field (a choice, several choices, a consent) is shown and has that value; a consent's value is "1".
 */
#pragma once

#include <jansson.h>

#include "ticketing/core/json.h"

#define PN_FORM_FIELDS_MAX 40
#define PN_FORM_CHOICES_MAX 40
#define PN_FORM_FILES_MAX 10
#define PN_FORM_FRAMES_MAX 10
#define PN_FORM_LABEL_BYTES 200
#define PN_FORM_INTRO_BYTES 4000
#define PN_FORM_LINE_BYTES 500
#define PN_FORM_TEXT_BYTES (100 * 1024)

typedef enum {
  PN_FORM_TEXT,
  PN_FORM_LONG_TEXT,
  PN_FORM_CHOICE,
  PN_FORM_CHOICES, /* several */
  PN_FORM_DATE,
  PN_FORM_NUMBER,
  PN_FORM_EMAIL,
  PN_FORM_FILE,
  PN_FORM_CONSENT,
} PnFormType;
#define PN_FORM_TYPES 9

typedef enum {
  PN_FORM_CONFIRM_DOUBT,  /* a mailed link, where it may be a machine that writes */
  PN_FORM_CONFIRM_ALWAYS, /* a mailed link for everybody who did not come by one */
  PN_FORM_CONFIRM_NEVER,
} PnFormConfirm;

typedef struct {
  char *name; /* [a-z][a-z0-9_]{0,31} */
  PnFormType type;
  char *label;
  char *help;
  gboolean is_required;
  GPtrArray *choices; /* of char * */
  char *when_field;   /* NULL: always asked */
  char *when_value;
  char *least; /* of a number or date, as it would be typed; "": none */
  char *most;
} PnFormField;

typedef struct {
  char *title;
  char *intro;
  char *thanks;      /* shown after sending; "": the usual words */
  char *language;    /* of these texts; "": no particular one */
  GPtrArray *fields; /* of PnFormField, in order */
  guint files_most;
  gint64 file_bytes;
  GPtrArray *file_types; /* of char *: "picture", "pdf", "text", "archive"; empty: any */
  gboolean suggests;     /* articles, before it is sent */
  PnFormConfirm confirm;
  GPtrArray *frames; /* of char *: origins that may show it in a frame */
  json_t *words;     /* language -> {key -> text} */
} PnFormPlan;

/* Returns: (owned) the plan of a form that asks for name, address, subject, text and files. */
PnFormPlan *pn_form_plan_new (void);
void pn_form_plan_free (PnFormPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnFormPlan, pn_form_plan_free)
PnFormField *pn_form_field_new (const char *name, PnFormType type); /* (owned) */
void pn_form_field_free (PnFormField *field);

/* Reads what staff or a file said; unknown keys are INVALID, missing ones have the value of a new plan. Checked. */
PnFormPlan *pn_form_plan_read (const json_t *document, GError **error);
json_t *pn_form_plan_write (const PnFormPlan *plan); /* (owned) */

/* INVALID says which field is wrong and why. Unused words are dropped. */
gboolean pn_form_plan_check (PnFormPlan *plan, GError **error);

/* Returns: the field and, in @at (may be NULL), its place; NULL when there is none. */
PnFormField *pn_form_plan_find (const PnFormPlan *plan, const char *name, guint *at);

/* Returns: (borrowed) the text of @key ("title", "field.reason.label") in @language, or @text. */
const char *pn_form_plan_word (const PnFormPlan *plan, const char *language, const char *key,
                               const char *text);

/* Returns: (owned) of char *: the keys of all texts of @plan, to be translated, in order; in @texts (owned) the texts. */
GPtrArray *pn_form_plan_keys (const PnFormPlan *plan, GPtrArray **texts);

/* Does a plan of a form allow a file of this type, told by its bytes? */
gboolean pn_form_plan_takes_type (const PnFormPlan *plan, const char *type);

gboolean pn_form_is_standard (const char *name); /* one of the five? */
gboolean pn_form_is_language (const char *text);
const char *pn_form_type_name (PnFormType type); /* "long_text" */
gboolean pn_form_type_read (const char *name, PnFormType *type);
const char *pn_form_confirm_name (PnFormConfirm confirm);
gboolean pn_form_confirm_read (const char *name, PnFormConfirm *confirm);
