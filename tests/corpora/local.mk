script_tests += %D%/test-faq.py
EXTRA_DIST += %D%/faq.py

script_tests += %D%/test-mails.py

unit_tests += %D%/test-kb-small
%C%_test_kb_small_SOURCES = %D%/test-kb-small.c %D%/collection.c %D%/collection.h
%C%_test_kb_small_LDADD = libpntest.a $(KB)

unit_tests += %D%/test-kb-german
%C%_test_kb_german_SOURCES = %D%/test-kb-german.c %D%/collection.c %D%/collection.h
%C%_test_kb_german_LDADD = libpntest.a $(KB)
EXTRA_DIST += \
  %D%/velo/corpus.jsonl \
  %D%/velo/qrels.txt \
  %D%/velo/queries.tsv
