/* Shared by imap.c, imap_login.c and imap_fetch.c; nobody else includes this. See imap.h. */
#pragma once

#include "gateway/mail/imap.h"
#include "gateway/mail/imap_guard.h"
#include "gateway/mail/imap_line.h"
#include "gateway/mail/stream.h"

#define PN_IMAP_COMMAND_BYTES (1024 * 1024)
#define PN_IMAP_SLACK_BYTES (64 * 1024)

struct mailimap;

struct PnImap {
  struct mailimap *etpan;
  PnStream *stream;
  PnImapGuard guard;
  int wake_fd;
  char *name;                /* host, for messages */
  gboolean has_changed;      /* news since the last list */
  gboolean must_use_keyword; /* the folder for what is done was refused */
  char *done_folder;         /* as the server writes it; NULL until first used */
};

typedef enum { PN_IMAP_ANSWER_OK, PN_IMAP_ANSWER_NO } PnImapAnswer;

/* What a command may cost. */
typedef struct {
  guint seconds;
  gint64 budget_bytes;
  gint64 literal_bytes;
} PnImapAllowance;

extern const PnImapAllowance pn_imap_ordinary;

void pn_imap_begin (PnImap *imap, const PnImapAllowance *allowance);

/* Sends text of ours under a new tag and lets libetpan read the answer, which is then in imap_response_info.
 * Returns: FALSE when the connection is of no use any more. */
gboolean pn_imap_run (PnImap *imap, const char *command, const PnImapAllowance *allowance,
                      PnImapAnswer *answer, GError **error);

/* As pn_imap_run (), and NO is an error too; @what was refused. */
gboolean pn_imap_must (PnImap *imap, const char *what, const char *command,
                       const PnImapAllowance *allowance, GError **error);

/* Sends @text and CRLF; with @has_tag under a new tag. */
gboolean pn_imap_send_line (PnImap *imap, gboolean has_tag, const char *text);

/* Reads one line without libetpan's parser; JUNK and BYE set @error. */
PnImapLineKind pn_imap_read_line (PnImap *imap, char **code, char **words, GError **error);

/* Both return FALSE, with @error set. @result: libetpan's. */
gboolean pn_imap_set_broken (PnImap *imap, int result, GError **error);
gboolean pn_imap_set_refused (PnImap *imap, const char *what, GError **error);

/* imap_login.c: the greeting and STARTTLS; the log-in. */
gboolean pn_imap_greet (PnImap *imap, const PnServer *server, GError **error);
gboolean pn_imap_log_in (PnImap *imap, const PnServer *server, GError **error);

/* Returns: (owned) "7,8,9". */
char *pn_imap_write_set (const guint32 *uids, gsize n_uids);
