# A helper of tests/corpora/test-faq.py, and of faq, which prints figures and asserts nothing.
check_PROGRAMS += %D%/faq-run %D%/kb-speed
%C%_faq_run_SOURCES = %D%/faq-run.c
%C%_faq_run_LDADD = $(KB)
EXTRA_DIST += %D%/faq
# What the benchmark runs beside the gateway; `make bench` runs it whole. It asserts nothing.
check_PROGRAMS += %D%/bare-client %D%/constant %D%/spool-mails
%C%_bare_client_SOURCES = %D%/bare-client.c
%C%_bare_client_LDADD = $(MARIADB_LIBS) $(GLIB_LIBS)
%C%_constant_SOURCES = %D%/constant.c
%C%_constant_LDADD = $(MHD_LIBS)
%C%_spool_mails_SOURCES = \
  %D%/mix.c \
  %D%/mix.h \
  %D%/spool-mails.c
%C%_spool_mails_LDADD = $(TICKETING)
EXTRA_DIST += \
  %D%/measure.py \
  %D%/recompute.py \
  %D%/run

.PHONY: bench
bench: all $(check_PROGRAMS)
	TOP_BUILDDIR=$(abs_top_builddir) /usr/bin/python3 $(srcdir)/%D%/run
%C%_kb_speed_SOURCES = %D%/kb-speed.c
%C%_kb_speed_LDADD = $(KB)

# Times reports over many tickets; prints, and asserts nothing.
check_PROGRAMS += %D%/figures
%C%_figures_SOURCES = %D%/figures.c
%C%_figures_LDADD = libpntest.a $(TICKETING)

# Fits the weights of kb/confidence; prints, and asserts nothing.
check_PROGRAMS += %D%/confidence-fit
%C%_confidence_fit_SOURCES = \
  %D%/confidence-fit.c \
  tests/corpora/collection.c \
  tests/corpora/collection.h
%C%_confidence_fit_LDADD = $(KB)
