#include "gateway/cli/ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/cli/context.h"
#include "ticketing/core/error.h"

#define LINE_MAX_BYTES 4096

/* Byte by byte: what follows the line belongs to who reads next. */
static gboolean
read_line (char line[LINE_MAX_BYTES], gsize *size_bytes)
{
  gsize size = 0;
  gboolean has_ended = FALSE;

  while (size < LINE_MAX_BYTES && !has_ended) {
    gssize got = read (STDIN_FILENO, line + size, 1);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0 && size == 0)
      return FALSE;
    has_ended = got <= 0 || line[size] == '\n';
    size += has_ended ? 0 : 1;
  }
  if (size > 0 && size < LINE_MAX_BYTES && line[size - 1] == '\r')
    size--;
  *size_bytes = size;
  return has_ended;
}

PnSecret *
pn_ask_stdin_line (GError **error)
{
  char line[LINE_MAX_BYTES];
  gsize size_bytes = 0;
  PnSecret *secret = NULL;

  if (!read_line (line, &size_bytes))
    pn_error_set (error, PN_ERROR_INVALID, "there is no line on stdin with a password");
  else if (!g_utf8_validate (line, (gssize) size_bytes, NULL))
    pn_error_set (error, PN_ERROR_INVALID, "the password on stdin is not UTF-8 text");
  else
    secret = pn_secret_new (line, size_bytes);
  pn_secret_wipe (line, sizeof line);
  return secret;
}

static PnSecret *
ask_once (const char *prompt, GError **error)
{
  struct termios shown;
  struct termios hidden;
  PnSecret *secret = NULL;
  gboolean is_terminal = tcgetattr (STDIN_FILENO, &shown) == 0;

  fputs (prompt, stderr);
  if (is_terminal) {
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t) ECHO;
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  secret = pn_ask_stdin_line (error);
  if (is_terminal)
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
  fputc ('\n', stderr);
  return secret;
}

PnSecret *
pn_ask_twice (const char *what, const char *hint, GError **error)
{
  g_autofree char *first_prompt = g_strdup_printf ("%s: ", what);
  g_autofree char *second_prompt = g_strdup_printf ("%s, once more: ", what);
  g_autoptr (PnSecret) first = NULL;
  g_autoptr (PnSecret) second = NULL;

  if (!isatty (STDIN_FILENO)) {
    pn_cli_set_usage (error, "%s", hint);
    return NULL;
  }
  first = ask_once (first_prompt, error);
  second = first != NULL ? ask_once (second_prompt, error) : NULL;
  if (second == NULL)
    return NULL;
  if (pn_secret_equal (first, second))
    return g_steal_pointer (&first);
  pn_error_set (error, PN_ERROR_INVALID, "the two passwords differ");
  return NULL;
}
