noinst_LIBRARIES += libpnweb.a
libpnweb_a_SOURCES = \
  %D%/exchange.c %D%/exchange.h \
  %D%/form.c %D%/form.h \
  %D%/form_reader.c %D%/form_reader.h \
  %D%/head.c %D%/head.h \
  %D%/listen.c %D%/listen.h \
  %D%/reaper.c %D%/reaper.h \
  %D%/request.c %D%/request.h \
  %D%/response.c %D%/response.h \
  %D%/router.c %D%/router.h \
  %D%/server.c %D%/server.h \
  %D%/stream.c %D%/stream.h \
  %D%/workers.c %D%/workers.h
