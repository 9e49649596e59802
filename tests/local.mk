# What all tests share, and the folders; each lists its own.
check_LIBRARIES = libpntest.a
libpntest_a_SOURCES = \
  %D%/lib/cost.c %D%/lib/cost.h \
  %D%/lib/interleave.c %D%/lib/interleave.h \
  %D%/lib/test.c %D%/lib/test.h \
  %D%/lib/testdb.c %D%/lib/testdb.h \
  %D%/lib/testhttp.c %D%/lib/testhttp.h \
  %D%/lib/testkb.c %D%/lib/testkb.h \
  %D%/lib/testweb.c %D%/lib/testweb.h

include %D%/bench/local.mk
include %D%/corpora/local.mk
include %D%/crash/local.mk
include %D%/browser/local.mk
include %D%/db/local.mk
include %D%/e2e/local.mk
include %D%/fuzz/local.mk
include %D%/unit/local.mk
include %D%/lint/local.mk

clean-local: clean-testdb
.PHONY: clean-testdb
clean-testdb:
	rm -rf %D%/tmp
