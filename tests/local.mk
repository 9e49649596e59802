check_LIBRARIES = libpntest.a
libpntest_a_SOURCES = \
  %D%/lib/test.c %D%/lib/test.h \
  %D%/lib/testdb.c %D%/lib/testdb.h

include %D%/db/local.mk
include %D%/e2e/local.mk
include %D%/fuzz/local.mk
include %D%/lint/local.mk

unit_tests += %D%/unit/test-crash
%C%_unit_test_crash_SOURCES = %D%/unit/test-crash.c
%C%_unit_test_crash_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-db-where
%C%_unit_test_db_where_SOURCES = %D%/unit/test-db-where.c
%C%_unit_test_db_where_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-dot
%C%_unit_test_dot_SOURCES = %D%/unit/test-dot.c
%C%_unit_test_dot_LDADD = libpntest.a $(MAIL)

unit_tests += %D%/unit/test-error
%C%_unit_test_error_SOURCES = %D%/unit/test-error.c
%C%_unit_test_error_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-health
%C%_unit_test_health_SOURCES = %D%/unit/test-health.c
%C%_unit_test_health_LDADD = libpntest.a $(CORE)

unit_tests += %D%/unit/test-hours
%C%_unit_test_hours_SOURCES = %D%/unit/test-hours.c
%C%_unit_test_hours_LDADD = libpntest.a $(TICKETING)

script_tests += %D%/unit/hours-oracle.py
