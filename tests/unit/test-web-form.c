#include "gateway/web/form_reader.h"

#include <string.h>
#include <unistd.h>

#include "ticketing/core/error.h"

#include "tests/lib/test.h"

#define M "multipart/form-data; boundary=X"
#define URLENCODED "application/x-www-form-urlencoded"
#define PART(name, value)                                                                          \
  "--X\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_PART(file, type, value)                                                               \
  "--X\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" file                        \
  "\"\r\nContent-Type: " type "\r\n\r\n" value "\r\n"

/* Fields as "name=value|", then files as "name(type,size)|"; NULL: refused. */
static char *
read_form (const char *type, const char *body, gsize piece_bytes, gint64 limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnFormReader) reader = pn_form_reader_new (type, limit, &error);
  g_autoptr (PnForm) form = NULL;
  g_autoptr (GString) text = g_string_new ("");
  gsize size = strlen (body);

  if (reader == NULL)
    return NULL;
  for (gsize at = 0; at < size; at += piece_bytes) {
    if (!pn_form_reader_feed (reader, body + at, MIN (piece_bytes, size - at), &error)) {
      g_assert_true (pn_error_is (error, PN_ERROR_INVALID));
      return NULL;
    }
  }
  form = pn_form_reader_finish (reader, &error);
  if (form == NULL)
    return NULL;
  for (guint i = 0; i < form->fields->len; i++) {
    const PnField *field = form->fields->pdata[i];

    g_string_append_printf (text, "%s=%s|", field->name, field->value);
  }
  for (guint i = 0; i < form->uploads->len; i++) {
    const PnUpload *upload = form->uploads->pdata[i];
    char first = '\0';

    g_assert_cmpint (read (upload->fd, &first, 1), ==, upload->size_bytes > 0 ? 1 : 0);
    g_string_append_printf (text, "%s(%s,%" G_GINT64_FORMAT ")|", upload->file_name,
                            upload->declared_type, upload->size_bytes);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_bodies (void)
{
  static const struct {
    const char *type;
    const char *body;
    const char *expected;
  } cases[] = {
    { URLENCODED, "", "" },
    { URLENCODED, "a=1&b=2", "a=1|b=2|" },
    { URLENCODED "; charset=utf-8", "a=x+y%21&&b", "a=x y!|b=|" },
    { URLENCODED, "a=%0d%0ab%0Dc", "a=\nb\nc|" },
    { URLENCODED, "a=1&a=2", NULL },
    { URLENCODED, "a[]=1", NULL },
    { URLENCODED, "a%00b=1", NULL },
    { URLENCODED, "a=%00", NULL },
    { URLENCODED, "a=%c3%28", NULL },
    { URLENCODED, "a=%e", NULL },
    { URLENCODED, "=1", NULL },
    { "text/plain", "a=1", NULL },
    { "application/x-www-form-urlencodedx", "a=1", NULL },
    { "", "a=1", NULL },
    { "application/json", "{\"a\":\"x\",\"b\":3,\"c\":true,\"d\":null,\"e\":[\"p\",\"q\"]}",
      "a=x|b=3|c=1|d=|e=p,q|" },
    { "application/json", "{\"person\":{\"name\":\"Ada\",\"address\":\"a@x\"}}",
      "person.name=Ada|person.address=a@x|" },
    { "application/json", "{\"a\":{\"b\":{\"c\":1}}}", "a.b={\"c\":1}|" },
    { "application/json", "{\"a\":[[\"x\",\"y\"]],\"b\":[\"p,q\",\"r\"]}",
      "a=[[\"x\",\"y\"]]|b=[\"p,q\",\"r\"]|" },
    { "application/json", "{\"a\":1.5}", NULL },
    { "application/json", "{\"a\":1,\"a\":2}", NULL },
    { "application/json", "[1]", NULL },
    { "application/json", "{\"a\":\"\\u0000\"}", NULL },
    { "application/json", "{", NULL },
    { M, PART ("a", "1") PART ("b", "x\r\ny") "--X--\r\n", "a=1|b=x\ny|" },
    { M, PART ("a", "") "--X--\r\n", "a=|" },
    { M, PART ("a", "\r\n--Xy") "--X--", NULL },
    { "multipart/form-data; boundary=\"X\"", PART ("a", "1") "--X--", "a=1|" },
    { M, PART ("a", "1") "--X", NULL },
    { M, PART ("a", "1"), NULL },
    { M, "preamble\r\n" PART ("a", "1") "--X--", NULL },
    { M, "--X\r\nContent-Disposition: form-data\r\n\r\n1\r\n--X--", NULL },
    { M, "--X\r\n\r\n1\r\n--X--", NULL },
    { M,
      "--X\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n--X--",
      NULL },
    { M, PART ("a", "1") PART ("a", "2") "--X--", NULL },
    { M, "--X--\r\n", "" },
    { M, FILE_PART ("card.jpg", "image/jpeg", "abc") "--X--", "card.jpg(image/jpeg,3)|" },
    { M, FILE_PART ("", "application/octet-stream", "") "--X--", "" },
    { M, FILE_PART ("../../etc/passwd", "text/plain", "a") "--X--", "passwd(text/plain,1)|" },
    { M, FILE_PART ("C:\\\\x\\\\y.txt", "text/plain", "a") "--X--", "y.txt(text/plain,1)|" },
    { M, FILE_PART ("..", "text/plain", "a") "--X--", "file(text/plain,1)|" },
    { M, FILE_PART ("a\\\"b.txt", "text/plain", "a") "--X--", "a\"b.txt(text/plain,1)|" },
    { M, FILE_PART ("a.txt", "text/html;x=\"y\"", "a") "--X--", "a.txt(text/html,1)|" },
    { M, FILE_PART ("a.txt", "no type", "a") "--X--", "a.txt(application/octet-stream,1)|" },
    { M,
      "--X\r\nContent-Disposition: form-data; name=\"files\"; filename=\"x\"; "
      "filename*=UTF-8''%C3%A4.txt\r\n\r\na\r\n--X--",
      "\xc3\xa4.txt(application/octet-stream,1)|" },
    { M, "--X\r\nContent-Disposition: form-data; name=\"other\"; filename=\"x\"\r\n\r\na\r\n--X--",
      NULL },
    { "multipart/form-data", PART ("a", "1") "--X--", NULL },
    { "multipart/form-data; boundary=", PART ("a", "1") "--X--", NULL },
    { "multipart/form-data; boundary=\"a<b\"", PART ("a", "1") "--X--", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    static const gsize pieces[] = { 1, 2, 7, 100000 };

    for (gsize j = 0; j < G_N_ELEMENTS (pieces); j++) {
      g_autofree char *text = read_form (cases[i].type, cases[i].body, pieces[j], 100000);

      g_test_message ("%s %s", cases[i].type, cases[i].body);
      g_assert_cmpstr (text, ==, cases[i].expected);
    }
  }
}

static void
test_limits (void)
{
  g_autofree char *large = g_strnfill (PN_FORM_MAX_VALUE_BYTES + 1, 'a');
  g_autofree char *field = g_strconcat (PART ("a", ""), NULL);
  g_autofree char *body = NULL;
  g_autofree char *file =
      g_strconcat ("--X\r\nContent-Disposition: form-data; name=files; filename=b\r\n\r\n", large,
                   "\r\n--X--", NULL);
  g_autoptr (GString) many = g_string_new ("");
  g_autofree char *read_file = NULL;
  g_autofree char *read_many = NULL;

  body = g_strconcat ("--X\r\nContent-Disposition: form-data; name=a\r\n\r\n", large, "\r\n--X--",
                      NULL);
  g_assert_null (read_form (M, body, 4096, 10 * PN_FORM_MAX_VALUE_BYTES));
  read_file = read_form (M, file, 4096, 10 * PN_FORM_MAX_VALUE_BYTES);
  g_assert_cmpstr (read_file, ==, "b(application/octet-stream,1048577)|");
  g_assert_null (read_form (M, file, 4096, PN_FORM_MAX_VALUE_BYTES));
  for (int i = 0; i <= PN_FORM_MAX_FIELDS; i++)
    g_string_append_printf (many, "f%d=1&", i);
  g_assert_null (read_form (URLENCODED, many->str, 4096, 100000));
  g_string_truncate (many, 0);
  for (int i = 0; i <= PN_FORM_MAX_UPLOADS; i++)
    g_string_append (many, FILE_PART ("a", "a/b", "c"));
  g_string_append (many, "--X--");
  g_assert_null (read_form (M, many->str, 4096, 100000));
}

static void
test_allow (void)
{
  g_autoptr (PnForm) form = pn_form_new ();

  g_assert_true (pn_form_read_pairs (form, "a=1&bc=2", 8, NULL));
  g_assert_true (pn_form_allow (form, "a bc", NULL));
  g_assert_true (pn_form_allow (form, "bc x a", NULL));
  g_assert_false (pn_form_allow (form, "a b", NULL));
  g_assert_false (pn_form_allow (form, "a bcd", NULL));
  g_assert_false (pn_form_allow (form, NULL, NULL));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/web/form/bodies", test_bodies);
  g_test_add_func ("/web/form/limits", test_limits);
  g_test_add_func ("/web/form/allow", test_allow);
  return g_test_run ();
}
