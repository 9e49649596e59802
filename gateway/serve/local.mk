# gateway/serve and gateway/cli share one archive: both may know everything below.
noinst_LIBRARIES += libpngateway.a
libpngateway_a_SOURCES = \
  %D%/child.c %D%/child.h \
  %D%/fetch.c %D%/fetch.h \
  %D%/filing.c %D%/filing.h \
  %D%/handover.c %D%/handover.h \
  %D%/heap.c %D%/heap.h \
  %D%/mail_server.c %D%/mail_server.h \
  %D%/mail_token.c %D%/mail_token.h \
  %D%/notify_systemd.c %D%/notify_systemd.h \
  %D%/patience.c %D%/patience.h \
  %D%/parse_server.c %D%/parse_server.h \
  %D%/place.c %D%/place.h \
  %D%/prepare.c %D%/prepare.h \
  %D%/probe.c %D%/probe.h \
  %D%/rehearsal.c %D%/rehearsal.h \
  %D%/role.c %D%/role.h %D%/role_main.h \
  %D%/role_clerk.c \
  %D%/role_db.c \
  %D%/role_database.c \
  %D%/role_fetch.c \
  %D%/role_parse.c \
  %D%/role_prepare.c \
  %D%/role_send.c \
  %D%/role_table.c %D%/role_table.h \
  %D%/role_web.c \
  %D%/sandbox.c %D%/sandbox.h \
  %D%/spawn.c %D%/spawn.h \
  %D%/supervisor.c %D%/supervisor.h
