noinst_LIBRARIES += libpncore.a
libpncore_a_SOURCES = \
  %D%/clock.c %D%/clock.h \
  %D%/error.c %D%/error.h \
  %D%/log.c %D%/log.h
