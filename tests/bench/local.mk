# A helper of tests/corpora/test-faq.py, and of faq, which prints figures and asserts nothing.
check_PROGRAMS += %D%/faq-run
%C%_faq_run_SOURCES = %D%/faq-run.c
%C%_faq_run_LDADD = $(KB)
EXTRA_DIST += %D%/faq
