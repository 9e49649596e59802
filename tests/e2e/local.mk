check_PROGRAMS += %D%/db-probe %D%/wire-probe
%C%_db_probe_SOURCES = %D%/db-probe.c
%C%_db_probe_LDADD = $(CORE)
%C%_wire_probe_SOURCES = %D%/wire-probe.c
%C%_wire_probe_LDADD = $(MAIL)

EXTRA_DIST += \
  %D%/conftest.py \
  %D%/database.py \
  %D%/worlds.py \
  %D%/gateway.py \
  %D%/main_loop.py \
  %D%/peer.py \
  %D%/proof.py \
  %D%/provider.py \
  %D%/servers.py \
  %D%/test_agent_mail.py \
  %D%/test_answer.py \
  %D%/test_api.py \
  %D%/test_bench.py \
  %D%/test_clerk.py \
  %D%/test_commands.py \
  %D%/test_customers.py \
  %D%/test_db_tls.py \
  %D%/test_deliver.py \
  %D%/test_doctor.py \
  %D%/test_due.py \
  %D%/test_escalation.py \
  %D%/test_faults.py \
  %D%/test_fetch.py \
  %D%/test_full_disk.py \
  %D%/test_kb.py \
  %D%/test_ladder_commands.py \
  %D%/test_report_mail.py \
  %D%/test_main_loop.py \
  %D%/test_oauth.py \
  %D%/test_quickstart.py \
  %D%/test_send.py \
  %D%/test_serve.py \
  %D%/test_systemd.py \
  %D%/test_threads.py \
  %D%/test_web.py \
  %D%/test_wire_imap.py \
  %D%/test_wire_smtp.py \
  %D%/wire.py
