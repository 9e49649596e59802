noinst_LIBRARIES += libpnclerk.a
libpnclerk_a_SOURCES =
