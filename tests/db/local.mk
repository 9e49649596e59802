db_tests += %D%/test-agent-mail
%C%_test_agent_mail_SOURCES = %D%/test-agent-mail.c %D%/world.c %D%/world.h
%C%_test_agent_mail_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-agent
%C%_test_agent_SOURCES = %D%/test-agent.c
%C%_test_agent_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-answer
%C%_test_answer_SOURCES = %D%/test-answer.c %D%/world.c %D%/world.h
%C%_test_answer_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-blob-sweep
%C%_test_blob_sweep_SOURCES = %D%/test-blob-sweep.c
%C%_test_blob_sweep_LDADD = libpntest.a $(CLERK)

db_tests += %D%/test-blob
%C%_test_blob_SOURCES = %D%/test-blob.c
%C%_test_blob_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-clock-guard
%C%_test_clock_guard_SOURCES = %D%/climb.c %D%/climb.h %D%/test-clock-guard.c
%C%_test_clock_guard_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-db
%C%_test_db_SOURCES = %D%/test-db.c
%C%_test_db_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-db-later
%C%_test_db_later_SOURCES = %D%/test-db-later.c
%C%_test_db_later_LDADD = libpntest.a $(TICKETING)
db_tests += %D%/test-db-tx
%C%_test_db_tx_SOURCES = %D%/test-db-tx.c
%C%_test_db_tx_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-deadline
%C%_test_deadline_SOURCES = %D%/test-deadline.c %D%/promise.c %D%/promise.h
%C%_test_deadline_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-deadline-lives
%C%_test_deadline_lives_SOURCES = %D%/test-deadline-lives.c %D%/promise.c %D%/promise.h
%C%_test_deadline_lives_LDADD = libpntest.a $(TICKETING)
db_tests += %D%/test-figures-plain
%C%_test_figures_plain_SOURCES = %D%/test-figures-plain.c %D%/histories.c %D%/histories.h
%C%_test_figures_plain_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-figures
%C%_test_figures_SOURCES = %D%/test-figures.c %D%/histories.c %D%/histories.h
%C%_test_figures_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-escalation
%C%_test_escalation_SOURCES = %D%/climb.c %D%/climb.h %D%/test-escalation.c
%C%_test_escalation_LDADD = libpntest.a $(TICKETING)

check_PROGRAMS += %D%/ladder-probe
%C%_ladder_probe_SOURCES = %D%/ladder-probe.c
%C%_ladder_probe_LDADD = libpntest.a $(TICKETING)
script_tests += %D%/ladder-oracle.py

db_tests += %D%/test-escalation-cost
%C%_test_escalation_cost_SOURCES = %D%/climb.c %D%/climb.h %D%/test-escalation-cost.c
%C%_test_escalation_cost_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-escalation-race
%C%_test_escalation_race_SOURCES = %D%/climb.c %D%/climb.h %D%/test-escalation-race.c
%C%_test_escalation_race_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-sla-job
%C%_test_sla_job_SOURCES = %D%/promise.c %D%/promise.h %D%/test-sla-job.c
%C%_test_sla_job_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-sla-replay
%C%_test_sla_replay_SOURCES = %D%/promise.c %D%/promise.h %D%/test-sla-replay.c
%C%_test_sla_replay_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-filing
%C%_test_filing_SOURCES = %D%/test-filing.c %D%/world.c %D%/world.h
%C%_test_filing_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-floor
%C%_test_floor_SOURCES = %D%/test-floor.c
%C%_test_floor_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-form
%C%_test_form_SOURCES = %D%/test-form.c
%C%_test_form_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-intake
%C%_test_intake_SOURCES = %D%/test-intake.c %D%/world.c %D%/world.h
%C%_test_intake_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-intake-key
%C%_test_intake_key_SOURCES = %D%/test-intake-key.c %D%/world.c %D%/world.h
%C%_test_intake_key_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-intake-rows
%C%_test_intake_rows_SOURCES = %D%/test-intake-rows.c %D%/world.c %D%/world.h
%C%_test_intake_rows_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-kb-article
%C%_test_kb_article_SOURCES = %D%/test-kb-article.c
%C%_test_kb_article_LDADD = libpntest.a $(TICKETING) $(KB)

db_tests += %D%/test-mailbox
%C%_test_mailbox_SOURCES = %D%/test-mailbox.c
%C%_test_mailbox_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-mailbox-token
%C%_test_mailbox_token_SOURCES = %D%/test-mailbox-token.c
%C%_test_mailbox_token_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-message
%C%_test_message_SOURCES = %D%/test-message.c
%C%_test_message_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-migrate
%C%_test_migrate_SOURCES = %D%/test-migrate.c
%C%_test_migrate_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-op
%C%_test_op_SOURCES = %D%/test-op.c
%C%_test_op_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-organisation
%C%_test_organisation_SOURCES = %D%/test-organisation.c
%C%_test_organisation_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-outbox
%C%_test_outbox_SOURCES = %D%/test-outbox.c %D%/claims.c %D%/claims.h
%C%_test_outbox_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-participant
%C%_test_participant_SOURCES = %D%/test-participant.c
%C%_test_participant_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-person
%C%_test_person_SOURCES = %D%/test-person.c
%C%_test_person_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-queue
%C%_test_queue_SOURCES = %D%/test-queue.c
%C%_test_queue_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-race
%C%_test_race_SOURCES = %D%/test-race.c
%C%_test_race_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-rate
%C%_test_rate_SOURCES = %D%/test-rate.c
%C%_test_rate_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-removal
%C%_test_removal_SOURCES = %D%/test-removal.c %D%/world.c %D%/world.h
%C%_test_removal_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-reply
%C%_test_reply_SOURCES = %D%/test-reply.c %D%/world.c %D%/world.h
%C%_test_reply_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-report-plan
%C%_test_report_plan_SOURCES = %D%/test-report-plan.c %D%/world.c %D%/world.h
%C%_test_report_plan_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-report
%C%_test_report_SOURCES = %D%/test-report.c %D%/world.c %D%/world.h
%C%_test_report_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-search
%C%_test_search_SOURCES = %D%/test-search.c %D%/searcher.c %D%/searcher.h
%C%_test_search_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-search-scope
%C%_test_search_scope_SOURCES = %D%/test-search-scope.c %D%/searcher.c %D%/searcher.h
%C%_test_search_scope_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-spool
%C%_test_spool_SOURCES = %D%/test-spool.c %D%/claims.c %D%/claims.h
%C%_test_spool_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-team
%C%_test_team_SOURCES = %D%/test-team.c
%C%_test_team_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-turn
%C%_test_turn_SOURCES = %D%/test-turn.c
%C%_test_turn_LDADD = libpntest.a $(TICKETING)
db_tests += %D%/test-thread
%C%_test_thread_SOURCES = %D%/test-thread.c
%C%_test_thread_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-ticket-merge
%C%_test_ticket_merge_SOURCES = %D%/test-ticket-merge.c %D%/world.c %D%/world.h
%C%_test_ticket_merge_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-ticket
%C%_test_ticket_SOURCES = %D%/test-ticket.c
%C%_test_ticket_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-views
%C%_test_views_SOURCES = %D%/test-views.c
%C%_test_views_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-web-access
%C%_test_web_access_SOURCES = %D%/test-web-access.c
%C%_test_web_access_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-answer
%C%_test_web_answer_SOURCES = %D%/test-web-answer.c
%C%_test_web_answer_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-contact
%C%_test_web_contact_SOURCES = %D%/test-web-contact.c %D%/form_post.c %D%/form_post.h
%C%_test_web_contact_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-desk
%C%_test_web_desk_SOURCES = %D%/test-web-desk.c %D%/staff.c %D%/staff.h
%C%_test_web_desk_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-ticket
%C%_test_web_ticket_SOURCES = %D%/test-web-ticket.c %D%/staff.c %D%/staff.h
%C%_test_web_ticket_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-kb-feedback
%C%_test_kb_feedback_SOURCES = %D%/test-kb-feedback.c
%C%_test_kb_feedback_LDADD = libpntest.a $(TICKETING) $(KB)

db_tests += %D%/test-kb-search
%C%_test_kb_search_SOURCES = %D%/test-kb-search.c
%C%_test_kb_search_LDADD = libpntest.a $(TICKETING) $(KB)

db_tests += %D%/test-kb-writing
%C%_test_kb_writing_SOURCES = %D%/test-kb-writing.c
%C%_test_kb_writing_LDADD = libpntest.a $(TICKETING) $(KB)

db_tests += %D%/test-kb-study
%C%_test_kb_study_SOURCES = %D%/test-kb-study.c
%C%_test_kb_study_LDADD = libpntest.a $(TICKETING) $(KB)

db_tests += %D%/test-kb-stream
%C%_test_kb_stream_SOURCES = %D%/test-kb-stream.c tests/corpora/collection.c tests/corpora/collection.h
%C%_test_kb_stream_LDADD = libpntest.a $(TICKETING) $(KB)

db_tests += %D%/test-web-kb
%C%_test_web_kb_SOURCES = %D%/test-web-kb.c
%C%_test_web_kb_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-team
%C%_test_web_team_SOURCES = %D%/test-web-team.c
%C%_test_web_team_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-sla
%C%_test_web_sla_SOURCES = %D%/test-web-sla.c
%C%_test_web_sla_LDADD = libpntest.a $(WEB)
db_tests += %D%/test-web-login
%C%_test_web_login_SOURCES = %D%/test-web-login.c %D%/staff.c %D%/staff.h
%C%_test_web_login_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-visit
%C%_test_web_visit_SOURCES = %D%/test-web-visit.c
%C%_test_web_visit_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-letter
%C%_test_web_letter_SOURCES = %D%/test-web-letter.c
%C%_test_web_letter_LDADD = libpntest.a $(WEB)
db_tests += %D%/test-web-kb-desk
%C%_test_web_kb_desk_SOURCES = %D%/test-web-kb-desk.c
%C%_test_web_kb_desk_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-lost
%C%_test_web_lost_SOURCES = %D%/test-web-lost.c
%C%_test_web_lost_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-upload
%C%_test_web_upload_SOURCES = %D%/test-web-upload.c %D%/form_post.c %D%/form_post.h
%C%_test_web_upload_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-web-places
%C%_test_web_places_SOURCES = %D%/test-web-places.c
%C%_test_web_places_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-web-public
%C%_test_web_public_SOURCES = %D%/test-web-public.c
%C%_test_web_public_LDADD = libpntest.a $(WEB)

db_tests += %D%/test-rule
%C%_test_rule_SOURCES = %D%/test-rule.c %D%/world.c %D%/world.h
%C%_test_rule_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-rule-facts
%C%_test_rule_facts_SOURCES = %D%/test-rule-facts.c %D%/world.c %D%/world.h
%C%_test_rule_facts_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-webhook
%C%_test_webhook_SOURCES = %D%/test-webhook.c
%C%_test_webhook_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-web-report
%C%_test_web_report_SOURCES = %D%/test-web-report.c
%C%_test_web_report_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-web-rule
%C%_test_web_rule_SOURCES = %D%/test-web-rule.c
%C%_test_web_rule_LDADD = libpntest.a $(WEB)
db_tests += %D%/test-survey
%C%_test_survey_SOURCES = %D%/test-survey.c %D%/world.c %D%/world.h
%C%_test_survey_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-web-rate
%C%_test_web_rate_SOURCES = %D%/test-web-rate.c
%C%_test_web_rate_LDADD = libpntest.a $(ALL_LIBS)

db_tests += %D%/test-web-floor
%C%_test_web_floor_SOURCES = %D%/test-web-floor.c
%C%_test_web_floor_LDADD = libpntest.a $(ALL_LIBS)
