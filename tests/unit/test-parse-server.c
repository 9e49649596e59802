#include "gateway/serve/parse_server.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/mail/parse_client.h"
#include "tests/lib/test.h"
#include "ticketing/core/error.h"

#define MIB (1024 * 1024)
#ifdef PN_SANITIZED /* its strstr () and strcspn () measure the whole text at each call */
#define TEXT_BYTES (MIB / 16)
#else
#define TEXT_BYTES (3 * MIB)
#endif

typedef struct {
  char *directory;
  char *socket;
  PnParseServer *parser; /* it serves in the process below */
  pid_t server;
} Fixture;

/* The parent's side, until it is killed. */
static void G_GNUC_NORETURN
server_main (PnParseServer *server)
{
  struct pollfd wait = { .fd = pn_parse_server_fd (server), .events = POLLIN };

  for (;;) {
    poll (&wait, 1, -1);
    pn_parse_server_serve (server, NULL);
  }
}

static void
start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("postern-parse-XXXXXX", &error);
  pn_assert_no_error (error);
  fixture->socket = g_build_filename (fixture->directory, "parse.sock", NULL);
  fixture->parser = pn_parse_server_new (fixture->socket, &error);
  pn_assert_no_error (error);
  fixture->server = fork ();
  if (fixture->server == 0)
    server_main (fixture->parser);
}

static void
stop (Fixture *fixture, gconstpointer data)
{
  kill (fixture->server, SIGKILL);
  waitpid (fixture->server, NULL, 0);
  pn_parse_server_free (fixture->parser);
  g_rmdir (fixture->directory);
  g_free (fixture->socket);
  g_free (fixture->directory);
}

static PnMail *
parse (const Fixture *fixture, GString *mail, GError **error)
{
  g_autoptr (GBytes) raw = g_string_free_to_bytes (mail);

  return pn_parse_client_parse (fixture->socket, raw, NULL, error);
}

/* A small mail is read as ever. */
static void
assert_works (const Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new ("From: A <a@x.example>\nSubject: hello\n\nworld\n");
  g_autoptr (PnMail) mail = parse (fixture, text, &error);

  pn_assert_no_error (error);
  if (mail == NULL)
    return;
  g_assert_cmpstr (mail->subject, ==, "hello");
  g_assert_cmpstr (mail->text, ==, "world\n");
}

static void
test_attachments (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GString *text =
      g_string_new ("From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n"
                    "--b\n\nhello\n--b\nContent-Type: application/pdf; name=x.pdf\n\nAB\n--b\n"
                    "Content-Disposition: attachment; filename=empty\n\n\n--b--\n");
  g_autoptr (PnMail) mail = parse (fixture, text, &error);

  pn_assert_no_error (error);
  g_assert_nonnull (mail);
  g_assert_cmpuint (mail->attachments->len, ==, 2);
  const PnAttachment *first = g_ptr_array_index (mail->attachments, 0);
  g_assert_cmpstr (first->name, ==, "x.pdf");
  g_assert_cmpmem (g_bytes_get_data (first->bytes, NULL), g_bytes_get_size (first->bytes), "AB", 2);
}

static void
test_options (Fixture *fixture, gconstpointer data)
{
  static const char text[] =
      "Received: from y by mx.demo.example; now\n"
      "Authentication-Results: mx.demo.example; dmarc=pass header.from=x.example\n"
      "From: a@x.example\n\nhello\n";
  g_autoptr (GBytes) raw = g_bytes_new_static (text, strlen (text));
  PnParseOptions options = { .authserv_ids = "mx.demo.example" };
  g_autoptr (GError) error = NULL;
  g_autoptr (PnMail) mail = pn_parse_client_parse (fixture->socket, raw, &options, &error);

  pn_assert_no_error (error);
  g_assert_nonnull (mail);
  g_assert_cmpint (mail->sender_verdict, ==, PN_VERDICT_PASS);
}

/* Modules of charsets are loaded inside the jail when a mail wants them. */
static void
test_charsets (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *charset;
    const char *bytes;
    const char *text;
  } cases[] = {
    { "iso-2022-jp", "\x1b$B%a!<%k\x1b(B\n", "メール\n" },
    { "gb18030", "\xd3\xca\xbc\xfe\n", "邮件\n" },
    { "euc-kr", "\xb8\xde\xc0\xcf\n", "메일\n" },
    { "utf-7", "f+APw-r\n", "für\n" },
    { "iso-8859-1", "f\xfcr\n", "für\n" },
    { "x-nobody-knows", "mail\n", "mail\n" },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (cases); i++) {
    const gsize k = i % G_N_ELEMENTS (cases);
    g_autoptr (GError) error = NULL;
    g_autoptr (PnMail) mail = NULL;
    GString *text =
        g_string_new ("From: a@xn--bcher-kva.example\nContent-Type: text/plain; charset=");

    g_string_append_printf (text, "%s\n\n%s", cases[k].charset, cases[k].bytes);
    mail = parse (fixture, text, &error);
    pn_assert_no_error (error);
    g_assert_nonnull (mail);
    g_assert_cmpstr (mail->text, ==, cases[k].text);
    assert_works (fixture);
  }
}

static void
test_absent (void)
{
  g_autoptr (GBytes) raw = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (pn_parse_client_parse ("/nonexistent/parse.sock", raw, NULL, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_TEMPORARY));
}

/* A child that dies in the middle of its answer is seen to have died, and harms no other mail. @data: what the client is
 * told. */
static void
test_death (Fixture *fixture, gconstpointer data)
{
#ifdef PN_TEST_HOOKS
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new ("From: a@x.example\n\nhello\n");

  g_assert_null (parse (fixture, text, &error));
  g_assert_true (pn_error_is (error, PN_ERROR_PERMANENT));
  g_assert_cmpstr (error->message, ==, data);
#else
  g_test_skip ("built without --enable-test-hooks");
#endif
}

static void
start_deadly (Fixture *fixture, gconstpointer data)
{
  g_setenv ("POSTERN_CRASH_PARSER", "1", TRUE);
  start (fixture, data);
  g_unsetenv ("POSTERN_CRASH_PARSER");
}

static void
start_jailed (Fixture *fixture, gconstpointer data)
{
  g_setenv ("POSTERN_CRASH_PARSER", "jail", TRUE);
  start (fixture, data);
  g_unsetenv ("POSTERN_CRASH_PARSER");
}

/* ── bombs ── */

static void
repeat (GString *out, const char *text, gsize times)
{
  for (gsize i = 0; i < times; i++)
    g_string_append (out, text);
}

static GString *
bomb_large (void)
{
  GString *out = g_string_new (
      "Subject: s\nContent-Type: application/zip; name=z.zip\nContent-Transfer-Encoding: base64\n\n");

  while (out->len < 60 * MIB)
    g_string_append (
        out, "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\n");
  return out;
}

static GString *
bomb_parts (gsize n)
{
  GString *out = g_string_new ("Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n");

  repeat (out, "--b\nContent-Type: text/x\n\nx\n", n);
  return out;
}

static GString *
bomb_deep (gsize n)
{
  GString *out = g_string_new ("Subject: s\n");

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (out,
                            "Content-Type: multipart/mixed; boundary=b%" G_GSIZE_FORMAT
                            "\n\n--b%" G_GSIZE_FORMAT "\n",
                            i, i);
  return g_string_append (out, "\nx\n");
}

static GString *
bomb_messages (gsize n)
{
  GString *out = g_string_new ("Subject: s\n");

  repeat (out, "Content-Type: message/rfc822\n\nSubject: x\n", n);
  return g_string_append (out, "\nx\n");
}

static GString *
bomb_header (gsize size_bytes)
{
  GString *out = g_string_new ("Subject: s\nX-Long: ");

  repeat (out, "0123456789", size_bytes / 10);
  return g_string_append (out, "\n\nx\n");
}

static GString *
bomb_headers (gsize n)
{
  GString *out = g_string_new ("Subject: s\n");

  repeat (out, "X-Y: z\n", n);
  return g_string_append (out, "\nx\n");
}

static GString *
bomb_groups (gboolean inside)
{
  GString *out = g_string_new ("Subject: s\n");

  if (inside)
    g_string_append (out, "Content-Type: message/rfc822\n\n");
  g_string_append (out, "To: ");
  repeat (out, "g:", 50000);
  return g_string_append (out, "\n\nx\n");
}

static GString *
bomb_body (const char *type, const char *piece, gsize size_bytes)
{
  GString *out = g_string_new ("Subject: s\nContent-Type: ");

  g_string_append (out, type);
  g_string_append (out, "\n\n");
  repeat (out, piece, size_bytes / strlen (piece));
  return out;
}

static GString *
bomb_noise (gboolean header)
{
  GRand *rand = g_rand_new_with_seed (7);
  GString *out = g_string_new (header ? "Subject: s\n\n" : NULL);

  for (gsize i = 0; i < MIB; i++)
    g_string_append_c (out, (char) g_rand_int (rand));
  g_rand_free (rand);
  return out;
}

/* Many mails are handed over before the first answer is taken; some clients leave without theirs. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  PnParseTask *tasks[60];
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (tasks); i++) {
    GString *text = bomb_body ("text/plain", "0123456789 ", MIB / 2); /* more than a socket holds */
    g_autoptr (GBytes) raw = NULL;

    g_string_prepend (text, i % 2 == 0 ? "X-Number: even\n" : "X-Number: odd\n");
    raw = g_string_free_to_bytes (text);
    tasks[i] = pn_parse_client_start (fixture->socket, raw, NULL, &error);
    pn_assert_no_error (error);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tasks); i++) {
    g_autoptr (PnMail) mail = NULL;

    if (i % 5 == 4) {
      pn_parse_task_free (tasks[i]);
      continue;
    }
    mail = pn_parse_client_finish (tasks[i], &error);
    pn_assert_no_error (error);
    g_assert_cmpstr (pn_mail_header (mail, "X-Number"), ==, i % 2 == 0 ? "even" : "odd");
  }
  assert_works (fixture);
}

static void
explode (Fixture *fixture, const char *name, GString *text)
{
  g_autoptr (GError) error = NULL;
  gint64 start_time = g_get_monotonic_time ();
  g_autoptr (PnMail) mail = parse (fixture, text, &error);

  g_test_message ("%s: %d ms, %s", name, (int) ((g_get_monotonic_time () - start_time) / 1000),
                  mail != NULL ? "read" : error->message);
  if (mail == NULL)
    g_test_fail_printf ("%s: %s", name, error->message);
  assert_works (fixture);
}

static void
test_bombs (Fixture *fixture, gconstpointer data)
{
  explode (fixture, "60 MB", bomb_large ());
  explode (fixture, "20,000 parts", bomb_parts (20000));
  explode (fixture, "1,000,000 parts", bomb_parts (1000000));
  explode (fixture, "300 deep", bomb_deep (300));
  explode (fixture, "20,000 deep", bomb_deep (20000));
  explode (fixture, "20,000 mails in mails", bomb_messages (20000));
  explode (fixture, "header of 5 MB", bomb_header (5 * MIB));
  explode (fixture, "header of 50 MB", bomb_header (50 * MIB));
  explode (fixture, "1,000,000 headers", bomb_headers (1000000));
  explode (fixture, "nested groups", bomb_groups (FALSE));
  explode (fixture, "nested groups in a mail inside", bomb_groups (TRUE));
  explode (fixture, "endless line", bomb_body ("text/plain", "x", 50 * MIB));
  explode (fixture, "noise", bomb_noise (TRUE));
  explode (fixture, "noise without header", bomb_noise (FALSE));
}

static void
test_texts (Fixture *fixture, gconstpointer data)
{
  static const char *const pieces[] = { ">",
                                        ">\n",
                                        "(",
                                        ",",
                                        "\"",
                                        "<o:p>",
                                        "<div>",
                                        "<a href=x>",
                                        "<!--",
                                        "&",
                                        "On 1\n",
                                        "On 12:30 x@y.z ",
                                        "From: x\n",
                                        "-- \n",
                                        "begin 644 x\n",
                                        "Sent from my x\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
    explode (fixture, pieces[i], bomb_body ("text/plain", pieces[i], TEXT_BYTES));
    explode (fixture, pieces[i], bomb_body ("text/html", pieces[i], TEXT_BYTES));
  }
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add ("/parse-server/attachments", Fixture, NULL, start, test_attachments, stop);
  g_test_add ("/parse-server/options", Fixture, NULL, start, test_options, stop);
  g_test_add ("/parse-server/charsets", Fixture, NULL, start, test_charsets, stop);
  g_test_add ("/parse-server/many", Fixture, NULL, start, test_many, stop);
  g_test_add_func ("/parse-server/absent", test_absent);
  g_test_add ("/parse-server/death", Fixture, "the parser died (signal 4)", start_deadly,
              test_death, stop);
  g_test_add ("/parse-server/jail", Fixture, "the parser died (signal 31)", start_jailed,
              test_death, stop);
  g_test_add ("/parse-server/row-66-bombs", Fixture, NULL, start, test_bombs, stop);
  g_test_add ("/parse-server/texts", Fixture, NULL, start, test_texts, stop);
  return g_test_run ();
}
