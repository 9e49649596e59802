/* Forms: the fields that came with a request, whatever their clothing: a query string, an urlencoded or multipart body,
 * or a JSON object. Handlers read one thing.
 *
 *   pairs     = [ pair *( "&" pair ) ]     pair = name [ "=" value ]      percent-encoded, "+" is a blank
 *   multipart = RFC 7578; parts with a file name become uploads in unlinked temporary files
 *   json      = { name: text / number / true / false / null / [text…] / { name: text… } }   null is "", true is "1";
 *               {"person": {"name": "Ada"}} is the field "person.name", a list is its texts with "," between;
 *               what is deeper, and a list of other things, is the JSON text of it
 *
 * Strict, because a gateway that guesses is a gateway that two programs understand differently: a field twice, a name
 * other than [A-Za-z0-9_.-]{1,64}, bad percent-encoding, text that is not UTF-8 or has NUL are INVALID.
 * Line breaks in values are LF. Not for several threads at once.
 */
#pragma once

#include <glib.h>

#define PN_FORM_MAX_FIELDS 200
#define PN_FORM_MAX_UPLOADS 20
#define PN_FORM_MAX_VALUE_BYTES (1024 * 1024)

typedef struct {
  char *name;
  char *value;
} PnField;

typedef struct {
  char *file_name;     /* a label to show, never a path; "file" where none came */
  char *declared_type; /* "text/plain"; what the client says, checked for its form only */
  int fd;              /* unlinked; at its start */
  gint64 size_bytes;
} PnUpload;

typedef struct {
  GPtrArray *fields;  /* of PnField, in order */
  GPtrArray *uploads; /* of PnUpload; the field is always "files" */
} PnForm;

PnForm *pn_form_new (void); /* (owned) */
void pn_form_free (PnForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnForm, pn_form_free)

/* Returns: the value of @name, or NULL. */
const char *pn_form_value (const PnForm *form, const char *name);

/* Adds a field (copied). INVALID as said above. */
gboolean pn_form_add (PnForm *form, const char *name, const char *value, gsize size_bytes,
                      GError **error);

gboolean pn_form_read_pairs (PnForm *form, const char *text, gsize size_bytes, GError **error);
gboolean pn_form_read_json (PnForm *form, const char *text, gsize size_bytes, GError **error);

/* INVALID, naming it, when there is a field that @names (with blanks between; NULL: none) does not list; "f.*" lists
 * all that begin with "f.". Uploads are the field "files". */
gboolean pn_form_allow (const PnForm *form, const char *names, GError **error);

PnUpload *pn_upload_new (const char *file_name, const char *declared_type); /* (owned) opens fd */
void pn_upload_free (PnUpload *upload);
