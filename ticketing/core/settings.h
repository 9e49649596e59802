/* Settings: what is needed before the database, from one file, postern.conf.
 *
 *   [group]            groups are database, web, mail and paths
 *   key = value        what is not written has the default of the table in settings.c
 *
 * That table (key, type, default, check, explanation) is the only list of settings: defaults, `postern settings
 * --explain` and postern.conf(5) come from it. Unknown groups and keys are errors that name the nearest known one and
 * the line. Everything that staff change while running is in the database instead.
 *
 * A PnSettings never changes after it was read; any thread may ask it.
 */
#pragma once

#include <glib.h>

#include "ticketing/core/db.h"

typedef struct PnSettings PnSettings;

typedef enum {
  PN_SETTING_DATABASE_HOST,
  PN_SETTING_DATABASE_PORT,
  PN_SETTING_DATABASE_NAME,
  PN_SETTING_DATABASE_USER,
  PN_SETTING_DATABASE_PASSWORD, /* secret */
  PN_SETTING_DATABASE_TLS,
  PN_SETTING_DATABASE_CA_FILE,
  PN_SETTING_DATABASE_BUFFER_MB,
  PN_SETTING_WEB_LISTEN,
  PN_SETTING_WEB_BASE_URL,
  PN_SETTING_WEB_THREADS,
  PN_SETTING_WEB_WORKERS,
  PN_SETTING_WEB_TRUSTED_PROXIES,
  PN_SETTING_WEB_WEBHOOK_HOSTS,
  PN_SETTING_WEB_UPLOAD_LIMIT_MB,
  PN_SETTING_MAIL_SIZE_LIMIT_MB,
  PN_SETTING_MAIL_HELLO_NAME,
  PN_SETTING_MAIL_AGENT_REPLIES,
  PN_SETTING_PATHS_DATA,
  PN_SETTING_PATHS_RUN,
  PN_SETTING_PATHS_KEY,
  PN_SETTING_PATHS_TEMPLATES,
  PN_SETTING_PATHS_USER,
} PnSettingKey;

/* Returns: (owned) the path that is read when none is given: @option (from -c) if not NULL, else POSTERN_CONF, else
 * the installed one. */
char *pn_settings_path (const char *option);

/* Reads the file @path. Returns: (owned) NULL with INVALID for what is wrong in it, NOT_FOUND when there is no such
 * file, DENIED when it may not be read or holds a password and others may read it. */
PnSettings *pn_settings_load (const char *path, GError **error);

/* Reads @text as the file would be; @name stands for it in messages. */
PnSettings *pn_settings_read (const char *text, const char *name, GError **error);

void pn_settings_free (PnSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnSettings, pn_settings_free)

/* Asking for a key as another type than the table says is a bug. Returns: never NULL; "" when not set. */
const char *pn_settings_text (const PnSettings *settings, PnSettingKey key);
gint64 pn_settings_number (const PnSettings *settings, PnSettingKey key);

/* A list, written with commas or spaces. Returns: NULL-terminated, without empty items. */
const char *const *pn_settings_list (const PnSettings *settings, PnSettingKey key);

/* Returns: TRUE when the file sets @key itself. */
gboolean pn_settings_is_set (const PnSettings *settings, PnSettingKey key);

/* Returns: TRUE when no [database] host is set, so that a private mariadbd serves. */
gboolean pn_settings_has_private_database (const PnSettings *settings);

/* @target borrows from @settings. Its schema is [database] name. */
void pn_settings_db_target (const PnSettings *settings, PnDbTarget *target);

/* Returns: (owned) the effective settings as a file that pn_settings_read () takes. Secrets are written only
 * @with_secrets, else left out. */
char *pn_settings_write (const PnSettings *settings, gboolean with_secrets);

/* Returns: (owned) a whole example file: every key, explained, commented out with its default. */
char *pn_settings_explain (void);
