#include "gateway/cli/cmd_parse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/mail/mime_read.h"

#define READ_BYTES 65536

typedef struct {
  gboolean json;
  gboolean batch;
  char *authserv_ids;
} Options;

/* Returns: (owned) all of @file. */
static GBytes *
read_all (FILE *file)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 buffer[READ_BYTES];
  gsize n;

  while ((n = fread (buffer, 1, sizeof buffer, file)) > 0)
    g_byte_array_append (bytes, buffer, (guint) n);
  return g_byte_array_free_to_bytes (bytes);
}

static void
print_people (const char *label, const GPtrArray *people)
{
  for (guint i = 0; i < people->len; i++) {
    const PnAddress *address = g_ptr_array_index (people, i);

    g_print ("%-12s%s <%s>\n", label, address->name, address->address);
  }
}

/* For eyes. */
static void
print_text (const PnMail *mail)
{
  g_print ("%-12s%s <%s>\n", "From:", mail->from->name, mail->from->address);
  print_people ("To:", mail->to);
  print_people ("Cc:", mail->cc);
  g_print ("%-12s%s\n", "Subject:", mail->subject);
  g_print ("%-12s%s\n", "Kind:", pn_mail_kind_name (mail->kind));
  for (guint i = 0; i < mail->auto_reasons->len; i++)
    g_print ("%-12s%s\n", "Because:", (const char *) g_ptr_array_index (mail->auto_reasons, i));
  for (guint i = 0; i < mail->attachments->len; i++) {
    const PnAttachment *attachment = g_ptr_array_index (mail->attachments, i);

    g_print ("%-12s%s (%s, %" G_GINT64_FORMAT " bytes)\n", "Attached:", attachment->name,
             attachment->type, attachment->size_bytes);
  }
  for (guint i = 0; i < mail->defects->len; i++)
    g_print ("%-12s%s\n", "Defect:", (const char *) g_ptr_array_index (mail->defects, i));
  g_print ("\n%s\n", mail->reply);
}

static void
parse_one (GBytes *raw, const char *file, const Options *options)
{
  PnParseOptions parse = { .authserv_ids = options->authserv_ids };
  g_autoptr (PnMail) mail = pn_mime_read (raw, &parse);
  json_t *document;
  char *line;

  if (!options->json) {
    print_text (mail);
    return;
  }
  document = pn_mail_write (mail);
  if (file != NULL)
    json_object_set_new (document, "file", json_string (file));
  line = json_dumps (document, JSON_COMPACT);
  puts (line);
  fflush (stdout);
  free (line);
  json_decref (document);
}

/* File names on stdin, a line of JSON for each. Returns: an exit code; a file that cannot be opened is told of. */
static int
parse_file (const char *path, const Options *options)
{
  FILE *file = fopen (path, "rbe");

  if (file == NULL) {
    g_printerr ("postern parse: %s cannot be opened: %s\n", path, g_strerror (errno));
    return EX_NOINPUT;
  }
  g_autoptr (GBytes) raw = read_all (file);
  fclose (file);
  parse_one (raw, path, options);
  return EX_OK;
}

static int
parse_batch (Options *options)
{
  char *line = NULL;
  gsize size = 0;
  int code = EX_OK;

  options->json = TRUE;
  while (getline (&line, &size, stdin) > 0) {
    g_strchomp (line);
    if (*line == '\0')
      continue;
    if (parse_file (line, options) != EX_OK)
      code = EX_NOINPUT;
  }
  free (line);
  return code;
}

int
pn_cmd_parse (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print one JSON object", NULL },
    { "batch", 0, 0, G_OPTION_ARG_NONE, &options.batch,
      "Read file names from stdin, print a line of JSON each", NULL },
    { "authserv-id", 0, 0, G_OPTION_ARG_STRING, &options.authserv_ids,
      "Believe the Authentication-Results of ID", "ID" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[FILE] - shows what a mail says");
  g_autoptr (GError) error = NULL;
  int code = EX_OK;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("postern parse: %s\n", error->message);
    return EX_USAGE;
  }
  if (argc > (options.batch ? 1 : 2)) {
    g_printerr ("postern parse: usage: postern parse [OPTION...] [FILE]  (--help tells more)\n");
    code = EX_USAGE;
  } else if (options.batch) {
    code = parse_batch (&options);
  } else if (argc == 2) {
    code = parse_file (argv[1], &options);
  } else {
    g_autoptr (GBytes) raw = read_all (stdin);

    parse_one (raw, NULL, &options);
  }
  g_free (options.authserv_ids);
  return code;
}
