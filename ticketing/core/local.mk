noinst_LIBRARIES += libpncore.a
libpncore_a_SOURCES = \
  %D%/blob.c %D%/blob.h \
  %D%/claim.c %D%/claim.h \
  %D%/clock.c %D%/clock.h \
  %D%/crash.c %D%/crash.h \
  %D%/db.c %D%/db.h %D%/db_private.h \
  %D%/db_absent.c \
  %D%/db_later.c \
  %D%/db_once.c \
  %D%/db_rows.c \
  %D%/db_tx.c \
  %D%/db_where.c %D%/db_where.h \
  %D%/error.c %D%/error.h \
  %D%/file.c %D%/file.h \
  %D%/health.c %D%/health.h \
  %D%/ids.c %D%/ids.h \
  %D%/json.c %D%/json.h \
  %D%/label.c %D%/label.h \
  %D%/log.c %D%/log.h \
  %D%/mail.c %D%/mail.h \
  %D%/mail_json.c \
  %D%/migrate.c %D%/migrate.h \
  %D%/password.c %D%/password.h \
  %D%/reason.c %D%/reason.h %D%/reason_codes.h \
  %D%/room.c %D%/room.h \
  %D%/secret.c %D%/secret.h \
  %D%/settings.c %D%/settings.h \
  %D%/sha256.c %D%/sha256.h \
  %D%/text.c %D%/text.h \
  %D%/token.c %D%/token.h \
  %D%/wake.c %D%/wake.h
