noinst_LIBRARIES += libpnkb.a
libpnkb_a_SOURCES =
