check_LIBRARIES = libpntest.a
libpntest_a_SOURCES = \
  %D%/lib/test.c %D%/lib/test.h \
  %D%/lib/testdb.c %D%/lib/testdb.h

include %D%/db/local.mk

unit_tests += %D%/unit/test-error
%C%_unit_test_error_SOURCES = %D%/unit/test-error.c
%C%_unit_test_error_LDADD = libpntest.a $(CORE)

clean-local: clean-testdb
.PHONY: clean-testdb
clean-testdb:
	rm -rf %D%/tmp
