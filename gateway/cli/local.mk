libpngateway_a_SOURCES += \
  %D%/cmd_hours.c %D%/cmd_hours.h \
  %D%/cmd_parse.c %D%/cmd_parse.h \
  %D%/command.c %D%/command.h
