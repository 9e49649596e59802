noinst_PROGRAMS += %D%/wire-probe
%C%_wire_probe_SOURCES = %D%/wire-probe.c
%C%_wire_probe_LDADD = $(MAIL)

EXTRA_DIST += \
  %D%/conftest.py \
  %D%/gateway.py \
  %D%/peer.py \
  %D%/servers.py \
  %D%/test_commands.py \
  %D%/test_deliver.py \
  %D%/test_doctor.py \
  %D%/test_serve.py \
  %D%/test_wire_imap.py \
  %D%/test_wire_smtp.py \
  %D%/wire.py
