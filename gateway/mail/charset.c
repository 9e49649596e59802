#include "gateway/mail/charset.h"

#include <iconv.h>
#include <string.h>

#define KEY_BYTES 40
#define RELEASES 4 /* of others, after which glibc unloads a module that nobody uses */

/* The names that mails use, as small letters and digits alone, with a space around each. */
static struct {
  const char *name; /* iconv's */
  const char *keys;
  const guint16 *table;
} charsets[] = {
  { "ISO-8859-2", " iso88592 latin2 l2 isoir101 csisolatin2 88592 ", NULL },
  { "ISO-8859-3", " iso88593 latin3 l3 isoir109 csisolatin3 88593 ", NULL },
  { "ISO-8859-4", " iso88594 latin4 l4 isoir110 csisolatin4 88594 ", NULL },
  { "ISO-8859-5", " iso88595 cyrillic isoir144 csisolatincyrillic 88595 ", NULL },
  { "ISO-8859-6", " iso88596 arabic asmo708 ecma114 isoir127 csisolatinarabic 88596 ", NULL },
  { "ISO-8859-7", " iso88597 greek greek8 ecma118 elot928 isoir126 csisolatingreek 88597 ", NULL },
  { "ISO-8859-8", " iso88598 hebrew isoir138 csisolatinhebrew 88598 ", NULL },
  { "ISO-8859-9", " iso88599 latin5 l5 isoir148 csisolatin5 88599 ", NULL },
  { "ISO-8859-10", " iso885910 latin6 l6 isoir157 csisolatin6 885910 ", NULL },
  { "ISO-8859-13", " iso885913 latin7 l7 isoir179 885913 ", NULL },
  { "ISO-8859-14", " iso885914 latin8 l8 isoceltic isoir199 885914 ", NULL },
  { "ISO-8859-15", " iso885915 latin9 isoir203 885915 ", NULL },
  { "ISO-8859-16", " iso885916 latin10 l10 isoir226 885916 ", NULL },
  { "CP1250", " windows1250 cp1250 xcp1250 win1250 msee ", NULL },
  { "CP1251", " windows1251 cp1251 xcp1251 win1251 mscyrl ", NULL },
  { "CP1252", " windows1252 cp1252 xcp1252 win1252 msansi ", NULL },
  { "CP1253", " windows1253 cp1253 xcp1253 win1253 msgreek ", NULL },
  { "CP1254", " windows1254 cp1254 xcp1254 win1254 msturk ", NULL },
  { "CP1256", " windows1256 cp1256 xcp1256 win1256 msarab ", NULL },
  { "CP1257", " windows1257 cp1257 xcp1257 win1257 winbaltrim ", NULL },
  { "KOI8-R", " koi8r cskoi8r ", NULL },
  { "KOI8-U", " koi8u ", NULL },
  { "CP437", " cp437 ibm437 437 cspc8codepage437 ", NULL },
  { "CP850", " cp850 ibm850 850 cspc850multilingual ", NULL },
  { "CP852", " cp852 ibm852 852 cspcp852 ", NULL },
  { "CP866", " cp866 ibm866 866 csibm866 ", NULL },
  { "CP874", " cp874 ibm874 874 windows874 ", NULL },
  { "MACINTOSH", " macintosh mac csmacintosh ", NULL },
  { "MAC-CYRILLIC", " maccyrillic ", NULL },
};

/* Of what this system does not know. */
static const guint16 nothing[1];

static guint16
character_of (iconv_t cd, guint8 byte)
{
  char in = (char) byte;
  char out[8];
  char *from = &in;
  char *to = out;
  gsize size = 1;
  gsize room = sizeof out;

  iconv (cd, NULL, NULL, NULL, NULL);
  if (iconv (cd, &from, &size, &to, &room) == (gsize) -1 || to == out)
    return PN_CHARSET_NONE;
  return (guint16) g_utf8_get_char (out);
}

/* Returns: the table, for good. */
static const guint16 *
make_table (const char *name)
{
  iconv_t cd = iconv_open ("UTF-8", name);
  guint16 *table;

  if (cd == (iconv_t) -1)
    return nothing;
  table = g_new (guint16, 256);
  for (guint byte = 0; byte < 256; byte++)
    table[byte] = character_of (cd, (guint8) byte);
  iconv_close (cd);
  return table;
}

static const guint16 *
table_at (gsize i)
{
  if (g_once_init_enter (&charsets[i].table))
    g_once_init_leave (&charsets[i].table, make_table (charsets[i].name));
  return charsets[i].table != nothing ? charsets[i].table : NULL;
}

void
pn_charset_warm_up (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (charsets); i++)
    table_at (i);
  for (guint i = 0; i < RELEASES; i++) {
    iconv_t cd = iconv_open ("UTF-8", "UTF-16");

    if (cd != (iconv_t) -1)
      iconv_close (cd);
  }
}

const guint16 *
pn_charset_table (const char *name)
{
  char key[KEY_BYTES] = " ";
  gsize n = 1;

  for (const char *c = name; *c != '\0' && n < KEY_BYTES - 2; c++) {
    if (g_ascii_isalnum (*c))
      key[n++] = g_ascii_tolower (*c);
  }
  key[n++] = ' ';
  key[n] = '\0';
  for (gsize i = 0; n > 2 && i < G_N_ELEMENTS (charsets); i++) {
    if (strstr (charsets[i].keys, key) != NULL)
      return table_at (i);
  }
  return NULL;
}
