script_tests += %D%/test-faq.py
EXTRA_DIST += %D%/faq.py

script_tests += %D%/test-mails.py

unit_tests += %D%/test-kb-small
%C%_test_kb_small_SOURCES = %D%/test-kb-small.c %D%/collection.c %D%/collection.h
%C%_test_kb_small_LDADD = libpntest.a $(KB)
