noinst_LIBRARIES += libpnmail.a
libpnmail_a_SOURCES =
