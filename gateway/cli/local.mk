libpngateway_a_SOURCES += \
  %D%/cmd_parse.c %D%/cmd_parse.h \
  %D%/command.c %D%/command.h
