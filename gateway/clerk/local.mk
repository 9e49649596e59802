noinst_LIBRARIES += libpnclerk.a
libpnclerk_a_SOURCES = \
  %D%/answer.c %D%/answer.h \
  %D%/book.c %D%/book.h \
  %D%/chores.c %D%/chores.h \
  %D%/clerk.h \
  %D%/compose.c %D%/compose.h %D%/compose_private.h \
  %D%/compose_answer.c \
  %D%/compose_document.c \
  %D%/compose_shelf.c \
  %D%/draft.c %D%/draft.h \
  %D%/confirm.c %D%/confirm.h \
  %D%/intake.c %D%/intake.h %D%/intake_private.h \
  %D%/intake_agent.c \
  %D%/intake_ahead.c \
  %D%/intake_key.c %D%/intake_key.h \
  %D%/intake_message.c \
  %D%/intake_place.c \
  %D%/kb_chores.c %D%/kb_chores.h \
  %D%/loop.c %D%/loop.h \
  %D%/removal.c %D%/removal.h \
  %D%/replay.c %D%/replay.h \
  %D%/report.c %D%/report.h \
  %D%/survey.c %D%/survey.h \
  %D%/rule_letter.c %D%/rule_letter.h \
  %D%/rule_stem.c %D%/rule_stem.h \
  %D%/rules.c %D%/rules.h \
  %D%/webhook_send.c %D%/webhook_send.h \
  %D%/tutor.c %D%/tutor.h
