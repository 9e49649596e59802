include %D%/mail/local.mk
include %D%/clerk/local.mk
include %D%/web/local.mk
include %D%/serve/local.mk
include %D%/cli/local.mk

postern_SOURCES = %D%/main.c
postern_LDADD = $(ALL_LIBS)
