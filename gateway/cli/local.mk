libpngateway_a_SOURCES += \
  %D%/command.c %D%/command.h
