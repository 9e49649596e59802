/* Log: one line per event on stderr, kept by whoever keeps stderr.
 *
 *   line  = level SP event *( SP key "=" value ) LF      info mail-filed ticket=4711 took_ms=14
 *   value = word | DQUOTE escaped DQUOTE                 control characters are always escaped
 *
 * error: someone must act. warning: the system coped. info: one line per mail, ticket change, log-in. debug: off.
 * Never bodies, subjects, passwords, tokens, cookies; people by id. Any thread may log.
 */
#pragma once

#include <glib.h>

typedef enum { PN_LOG_DEBUG, PN_LOG_INFO, PN_LOG_WARNING, PN_LOG_ERROR } PnLogLevel;

/* Lines below @level are dropped. The default is PN_LOG_INFO. */
void pn_log_set_level (PnLogLevel level);

/* Every line of this process starts with "role=@role" after the event. @role is copied; NULL ends that. */
void pn_log_set_role (const char *role);

/* Writes a line. @format, when not NULL, gives the pairs as printf text: "ticket=%" G_GINT64_FORMAT. For values that
 * come from outside use pn_log_value (). */
void pn_log (PnLogLevel level, const char *event, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Writes a line with one pair more: "reason=" and @error's message, quoted. */
void pn_log_error (PnLogLevel level, const char *event, const GError *error, const char *format,
                   ...) G_GNUC_PRINTF (4, 5);

/* Returns: (owned) @text quoted for a line, at most 500 bytes of it; NULL gives "-". */
char *pn_log_value (const char *text);
