#include "gateway/web/language_name.h"

#include <glib.h>
#include <string.h>

static const struct {
  const char *code;
  const char *name;
} names[] = {
  { "ar", "العربية" },    { "bg", "Български" },
  { "ca", "Català" },     { "cs", "Čeština" },
  { "da", "Dansk" },      { "de", "Deutsch" },
  { "el", "Ελληνικά" },   { "en", "English" },
  { "es", "Español" },    { "et", "Eesti" },
  { "eu", "Euskara" },    { "fa", "فارسی" },
  { "fi", "Suomi" },      { "fr", "Français" },
  { "ga", "Gaeilge" },    { "he", "עברית" },
  { "hi", "हिन्दी" },      { "hr", "Hrvatski" },
  { "hu", "Magyar" },     { "id", "Bahasa Indonesia" },
  { "it", "Italiano" },   { "ja", "日本語" },
  { "ko", "한국어" },     { "lt", "Lietuvių" },
  { "lv", "Latviešu" },   { "nb", "Norsk bokmål" },
  { "nl", "Nederlands" }, { "no", "Norsk" },
  { "pl", "Polski" },     { "pt", "Português" },
  { "ro", "Română" },     { "ru", "Русский" },
  { "sk", "Slovenčina" }, { "sl", "Slovenščina" },
  { "sr", "Српски" },     { "sv", "Svenska" },
  { "th", "ไทย" },        { "tr", "Türkçe" },
  { "uk", "Українська" }, { "vi", "Tiếng Việt" },
  { "zh", "中文" },
};

const char *
pn_language_name (const char *language)
{
  gsize size = strcspn (language, "-_");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strlen (names[i].code) == size && g_ascii_strncasecmp (names[i].code, language, size) == 0)
      return names[i].name;
  }
  return language;
}
