#include "ticketing/core/password.h"

#include <sodium.h>
#include <string.h>

#include "ticketing/core/error.h"

#define AT_ONCE 2
#define OPS crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE
#define MADE_CHARACTERS 20

/* The most used passwords of 12 characters and more, and the makings of others: a password that is only these and
 * digits is common. Lower case. */
#define RANDOM_DIGITS 9 /* that do not follow each other: no date, no counting */

static const char *const common_words[] = {
  "password",     "passwort",   "qwertyuiop",
  "qwertzuiop",   "qwerty",     "qwertz",
  "asdfghjkl",    "zxcvbnm",    "1q2w3e4r5t6y",
  "1qaz2wsx3edc", "qazwsxedc",  "administrator",
  "admin",        "letmein",    "welcome",
  "iloveyou",     "helpdesk",   "support",
  "postern",      "changeme",   "secret",
  "dragon",       "monkey",     "football",
  "baseball",     "sunshine",   "princess",
  "superman",     "trustno1",   "whatever",
  "master",       "hello",      "abcdefghijklmnopqrstuvwxyz",
  "motdepasse",   "contraseña", "company",
  "summer",       "winter",     "spring",
  "autumn",       "test",       "demo",
  "default",      "guest",      "root",
  "login",
};

static GMutex lock;
static GCond freed;
static guint running; /* guarded by lock */

static void
enter (void)
{
  g_mutex_lock (&lock);
  while (running >= AT_ONCE)
    g_cond_wait (&freed, &lock);
  running++;
  g_mutex_unlock (&lock);
}

static void
leave (void)
{
  g_mutex_lock (&lock);
  running--;
  g_cond_signal (&freed);
  g_mutex_unlock (&lock);
}

/* Is @text nothing but common words, a few digits, signs, and repetitions and sequences? */
static gboolean
is_common (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  gsize real = 0;
  gsize digits = 0;

  for (const char *c = folded; *c != '\0';) {
    gsize skip = 0;

    for (gsize i = 0; i < G_N_ELEMENTS (common_words); i++) {
      if (g_str_has_prefix (c, common_words[i]))
        skip = MAX (skip, strlen (common_words[i]));
    }
    if (skip == 0 && (g_ascii_isalpha (*c) || (guchar) *c >= 0x80)
        && (c == folded || c[0] != c[-1]))
      real++;
    if (g_ascii_isdigit (*c) && (c == folded || ABS (c[0] - c[-1]) > 1))
      digits++;
    c += MAX (skip, 1);
  }
  return real < 4 && digits < RANDOM_DIGITS
         && strpbrk (folded, "abcdefghijklmnopqrstuvwxyz0123456789") != NULL;
}

gboolean
pn_password_check (const char *password, const char *login, GError **error)
{
  g_autofree char *folded = NULL;
  g_autofree char *name = login != NULL ? g_utf8_casefold (login, -1) : NULL;

  if (!g_utf8_validate (password, -1, NULL)) {
    pn_error_set (error, PN_ERROR_INVALID, "the password is not UTF-8 text");
    return FALSE;
  }
  if (g_utf8_strlen (password, -1) < PN_PASSWORD_MIN_CHARACTERS) {
    pn_error_set (error, PN_ERROR_INVALID, "the password has fewer than %d characters",
                  PN_PASSWORD_MIN_CHARACTERS);
    return FALSE;
  }
  if (strlen (password) > PN_PASSWORD_MAX_BYTES) {
    pn_error_set (error, PN_ERROR_INVALID, "the password has more than %d bytes",
                  PN_PASSWORD_MAX_BYTES);
    return FALSE;
  }
  folded = g_utf8_casefold (password, -1);
  if (is_common (password) || (name != NULL && strlen (name) >= 4 && strcmp (folded, name) == 0)) {
    pn_error_set (error, PN_ERROR_INVALID, "the password is one of those that are tried first");
    return FALSE;
  }
  return TRUE;
}

char *
pn_password_hash (const char *password)
{
  char *hash = g_malloc0 (crypto_pwhash_STRBYTES);
  int failed = 0;

  enter ();
  failed = crypto_pwhash_str_alg (hash, password, strlen (password), OPS, MEMORY,
                                  crypto_pwhash_ALG_ARGON2ID13);
  leave ();
  if (failed != 0)
    g_error ("no memory for hashing a password");
  return hash;
}

/* A hash that nobody's password has, of the strength we give today. */
static const char *
dummy_hash (void)
{
  static char *dummy;

  if (g_once_init_enter (&dummy)) {
    guint8 bytes[16];
    char text[33];

    randombytes_buf (bytes, sizeof bytes);
    sodium_bin2hex (text, sizeof text, bytes, sizeof bytes);
    g_once_init_leave (&dummy, pn_password_hash (text));
  }
  return dummy;
}

gboolean
pn_password_verify (const char *hash, const char *password, gboolean *needs_rehash)
{
  const char *used = hash != NULL ? hash : dummy_hash ();
  gboolean right = FALSE;

  if (strlen (password) > PN_PASSWORD_MAX_BYTES)
    return FALSE;
  enter ();
  right = crypto_pwhash_str_verify (used, password, strlen (password)) == 0;
  leave ();
  if (hash == NULL || !right)
    return FALSE;
  if (needs_rehash != NULL)
    *needs_rehash = crypto_pwhash_str_needs_rehash (hash, OPS, MEMORY) != 0;
  return TRUE;
}

char *
pn_password_make (void)
{
  static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
  GString *password = g_string_new ("");

  for (guint i = 0; i < MADE_CHARACTERS; i++) {
    if (i > 0 && i % 5 == 0)
      g_string_append_c (password, '-');
    g_string_append_c (password, letters[randombytes_uniform (sizeof letters - 1)]);
  }
  return g_string_free (password, FALSE);
}
