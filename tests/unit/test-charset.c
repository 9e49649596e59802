#include "gateway/mail/charset.h"

#include <iconv.h>
#include <string.h>

#include "tests/lib/test.h"

/* How mails write it, and how iconv knows it. */
static const struct {
  const char *said;
  const char *known;
} names[] = {
  { "iso-8859-2", "ISO-8859-2" },
  { "ISO_8859-2", "ISO-8859-2" },
  { "latin2", "ISO-8859-2" },
  { "iso-8859-3", "ISO-8859-3" },
  { "iso-8859-4", "ISO-8859-4" },
  { "ISO-8859-5", "ISO-8859-5" },
  { "iso-8859-6", "ISO-8859-6" },
  { "iso-8859-7", "ISO-8859-7" },
  { "greek", "ISO-8859-7" },
  { "iso-8859-8", "ISO-8859-8" },
  { "iso-8859-9", "ISO-8859-9" },
  { "iso-8859-10", "ISO-8859-10" },
  { "iso-8859-13", "ISO-8859-13" },
  { "iso-8859-14", "ISO-8859-14" },
  { "iso-8859-15", "ISO-8859-15" },
  { "latin-9", "ISO-8859-15" },
  { "iso-8859-16", "ISO-8859-16" },
  { "windows-1250", "WINDOWS-1250" },
  { "cp1250", "WINDOWS-1250" },
  { "x-cp1251", "WINDOWS-1251" },
  { "Windows-1251", "WINDOWS-1251" },
  { "windows-1252", "WINDOWS-1252" },
  { "windows-1253", "WINDOWS-1253" },
  { "windows-1254", "WINDOWS-1254" },
  { "windows-1256", "WINDOWS-1256" },
  { "windows-1257", "WINDOWS-1257" },
  { "koi8-r", "KOI8-R" },
  { "koi8-u", "KOI8-U" },
  { "ibm437", "CP437" },
  { "cp850", "CP850" },
  { "cp852", "CP852" },
  { "cp866", "CP866" },
  { "cp874", "CP874" },
  { "macintosh", "MACINTOSH" },
  { "mac-cyrillic", "MAC-CYRILLIC" },
};

static const char *const others[] = { "utf-8",
                                      "utf-16",
                                      "gb18030",
                                      "windows-1255",
                                      "windows-1258",
                                      "",
                                      "-",
                                      "iso-8859-99",
                                      "a name that is much longer than any charset has one" };

/* Returns: the one character that iconv makes of @byte; PN_CHARSET_NONE. */
static gunichar
ask_iconv (const char *charset, guint byte)
{
  iconv_t cd = iconv_open ("UTF-8", charset);
  char in = (char) byte;
  char out[16] = { 0 };
  char *from = &in;
  char *to = out;
  gsize size = 1;
  gsize room = sizeof out - 1;
  gsize result;

  g_assert_true (cd != (iconv_t) -1);
  result = iconv (cd, &from, &size, &to, &room);
  iconv_close (cd);
  return result == (gsize) -1 ? PN_CHARSET_NONE : g_utf8_get_char (out);
}

static void
test_tables (void)
{
  pn_charset_warm_up ();
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    const guint16 *table = pn_charset_table (names[i].said);

    g_test_message ("%s", names[i].said);
    g_assert_nonnull (table);
    for (guint byte = 0; table != NULL && byte < 256; byte++)
      g_assert_cmpuint (table[byte], ==, ask_iconv (names[i].known, byte));
  }
}

static void
test_others (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_null (pn_charset_table (others[i]));
}

/* What stays in memory, every child of the parser has to copy. */
static void
test_modules_go (void)
{
  g_autofree char *maps = NULL;

  pn_charset_warm_up ();
  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  g_assert_null (strstr (maps, "ISO8859-"));
  g_assert_null (strstr (maps, "KOI8"));
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/charset/modules-go", test_modules_go);
  g_test_add_func ("/charset/tables", test_tables);
  g_test_add_func ("/charset/others", test_others);
  return g_test_run ();
}
