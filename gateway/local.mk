include %D%/mail/local.mk
include %D%/clerk/local.mk
include %D%/web/local.mk
include %D%/serve/local.mk
include %D%/cli/local.mk

postern_SOURCES = %D%/main.c
postern_LDADD = $(ALL_LIBS)

pkglibexec_PROGRAMS += postern-parse
postern_parse_SOURCES = %D%/parse_main.c
postern_parse_LDADD = libpngateway.a $(MAIL) $(SECCOMP_LIBS)
# All symbols are bound before the first mail: what the parent has bound, no child has to.
postern_parse_LDFLAGS = $(AM_LDFLAGS) -Wl,--as-needed,-z,now
