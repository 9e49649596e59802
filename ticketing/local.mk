noinst_LIBRARIES += libpnticketing.a
libpnticketing_a_SOURCES = \
  %D%/access.c %D%/access.h \
  %D%/agent.c %D%/agent.h \
  %D%/agent_login.c \
  %D%/agent_private.h \
  %D%/agent_token.c \
  %D%/answering.c %D%/answering.h \
  %D%/attachment.c %D%/attachment.h \
  %D%/blob_sweep.c %D%/blob_sweep.h \
  %D%/calendar.c %D%/calendar.h \
  %D%/deadline.c %D%/deadline.h \
  %D%/deadline_private.h \
  %D%/deadline_refresh.c \
  %D%/deadline_settle.c %D%/deadline_settle.h \
  %D%/deadline_work.c \
  %D%/clock_guard.c %D%/clock_guard.h \
  %D%/digest.c %D%/digest.h \
  %D%/digest_document.c %D%/digest_document.h \
  %D%/digest_send.c \
  %D%/escalation.h %D%/escalation_private.h \
  %D%/escalation_act.c \
  %D%/escalation_due.c \
  %D%/escalation_fire.c \
  %D%/escalation_hold.c \
  %D%/escalation_letter.c \
  %D%/event.c %D%/event.h \
  %D%/form.c %D%/form.h \
  %D%/form_answer.c %D%/form_answer.h \
  %D%/form_plan.c %D%/form_plan.h \
  %D%/form_plan_json.c \
  %D%/form_upload.c \
  %D%/holiday.c %D%/holiday.h \
  %D%/fact.c %D%/fact.h %D%/fact_private.h \
  %D%/fact_make.c \
  %D%/fact_pack.c \
  %D%/fact_scan.c \
  %D%/floor.c %D%/floor.h \
  %D%/hours.c %D%/hours.h \
  %D%/ladder.c %D%/ladder.h \
  %D%/ladder_clock.c %D%/ladder_clock.h \
  %D%/ladder_document.c %D%/ladder_document.h \
  %D%/ladder_effect.c %D%/ladder_effect.h \
  %D%/ladder_step.c \
  %D%/link.c %D%/link.h \
  %D%/mailbox.c %D%/mailbox.h \
  %D%/mailbox_secret.c %D%/mailbox_secret.h \
  %D%/mailbox_token.c %D%/mailbox_token.h \
  %D%/message.c %D%/message.h \
  %D%/message.c %D%/message.h %D%/message_private.h \
  %D%/message_ref.c \
  %D%/message_words.c \
  %D%/mood.c %D%/mood.h \
  %D%/news.c %D%/news.h \
  %D%/notice.c %D%/notice.h \
  %D%/op.c %D%/op.h \
  %D%/organisation.c %D%/organisation.h %D%/organisation_private.h \
  %D%/organisation_person.c \
  %D%/outbox.c %D%/outbox.h \
  %D%/outbox_desk.c \
  %D%/outbox_private.h \
  %D%/outbox_send.c \
  %D%/participant.c %D%/participant.h \
  %D%/person.c %D%/person.h \
  %D%/person_merge.c %D%/person_merge.h \
  %D%/presence.c %D%/presence.h \
  %D%/queue.c %D%/queue.h \
  %D%/quantile.c %D%/quantile.h \
  %D%/rate.c %D%/rate.h \
  %D%/removal.c %D%/removal.h %D%/removal_private.h \
  %D%/removal_erase.c \
  %D%/removal_scan.c \
  %D%/replay.c %D%/replay.h \
  %D%/reply.c %D%/reply.h \
  %D%/rule.c %D%/rule.h \
  %D%/rule_book.c %D%/rule_book.h \
  %D%/rule_check.c \
  %D%/rule_due.c %D%/rule_due.h \
  %D%/rule_effect.c %D%/rule_effect.h \
  %D%/rule_event.c %D%/rule_event.h \
  %D%/rule_fact.c %D%/rule_fact.h \
  %D%/rule_field.c %D%/rule_field.h \
  %D%/rule_json.c \
  %D%/rule_match.c %D%/rule_match.h \
  %D%/rule_mood.c %D%/rule_mood.h \
  %D%/rule_name.c \
  %D%/rule_past.c %D%/rule_past.h \
  %D%/rule_replay.c %D%/rule_replay.h \
  %D%/rule_run.c %D%/rule_run.h \
  %D%/rule_store.c %D%/rule_store.h \
  %D%/rule_ticket.c %D%/rule_ticket.h \
  %D%/rule_time.c %D%/rule_time.h \
  %D%/rule_write.c \
  %D%/report.c %D%/report.h %D%/report_private.h \
  %D%/report_backlog.c \
  %D%/report_count.c \
  %D%/report_kind.c \
  %D%/report_label.c \
  %D%/report_plan.c %D%/report_plan.h \
  %D%/report_plan_send.c \
  %D%/report_plan_time.c \
  %D%/report_read.c \
  %D%/report_tally.c \
  %D%/report_time.c \
  %D%/report_write.c \
  %D%/schema.c %D%/schema.h \
  %D%/search.c %D%/search.h \
  %D%/search_due.c \
  %D%/search_index.c \
  %D%/search_list.c %D%/search_list.h \
  %D%/search_page.c %D%/search_page.h \
  %D%/search_private.h \
  %D%/search_query.c \
  %D%/search_scope.c %D%/search_scope.h \
  %D%/search_set.c \
  %D%/search_term.c \
  %D%/session.c %D%/session.h \
  %D%/sla.c %D%/sla.h \
  %D%/sla_book.c \
  %D%/sla_clock.c %D%/sla_clock.h \
  %D%/sla_document.c %D%/sla_document.h \
  %D%/sla_history.c \
  %D%/sla_job.c %D%/sla_job.h \
  %D%/sla_ledger.c \
  %D%/sla_replay.c %D%/sla_replay.h %D%/sla_replay_private.h \
  %D%/sla_replay_book.c \
  %D%/sla_replay_write.c \
  %D%/sla_private.h \
  %D%/sla_store.c \
  %D%/spool.c %D%/spool.h \
  %D%/spool_held.c \
  %D%/spool_private.h \
  %D%/survey.c %D%/survey.h \
  %D%/team.c %D%/team.h \
  %D%/team_choose.c \
  %D%/team_hours.c %D%/team_hours.h \
  %D%/team_room.c %D%/team_room.h \
  %D%/thread.c %D%/thread.h \
  %D%/ticket.c %D%/ticket.h %D%/ticket_private.h \
  %D%/ticket_change.c \
  %D%/ticket_count.c \
  %D%/ticket_link.c \
  %D%/ticket_urgency.c \
  %D%/ticket_merge.c %D%/ticket_merge.h \
  %D%/ticket_split.c \
  %D%/turn.c %D%/turn.h \
  %D%/webhook.c %D%/webhook.h \
  %D%/webhook_call.c \
  %D%/webhook_url.c \
  %D%/wording.c %D%/wording.h \
  %D%/zone.c %D%/zone.h
nodist_libpnticketing_a_SOURCES = \
  %D%/schema-resources.c

# Each migration is embedded under its name; ticketing/schema.c lists what is there.
schema_files =
schema_files += %D%/schema/0001_ground.sql
schema_files += %D%/schema/0002_queue.sql
schema_files += %D%/schema/0003_person.sql
schema_files += %D%/schema/0004_ticket.sql
schema_files += %D%/schema/0005_spool.sql
schema_files += %D%/schema/0006_message_ref.sql
schema_files += %D%/schema/0010_staff.sql
schema_files += %D%/schema/0020_outbox.sql
schema_files += %D%/schema/0021_search.sql
schema_files += %D%/schema/0022_release.sql
schema_files += %D%/schema/0023_merge.sql
schema_files += %D%/schema/0040_kb.sql
schema_files += %D%/schema/0041_kb_writing.sql
schema_files += %D%/schema/0042_kb_centre.sql
schema_files += %D%/schema/0043_kb_vote.sql
schema_files += %D%/schema/0045_answer.sql
schema_files += %D%/schema/0046_trust.sql
schema_files += %D%/schema/0047_letter.sql
schema_files += %D%/schema/0047_synonym.sql
schema_files += %D%/schema/0048_form.sql
schema_files += %D%/schema/0049_form_upload.sql
schema_files += %D%/schema/0050_calendar.sql
schema_files += %D%/schema/0051_sla.sql
schema_files += %D%/schema/0052_deadline.sql
schema_files += %D%/schema/0054_organisation.sql
schema_files += %D%/schema/0055_team.sql
schema_files += %D%/schema/0056_webhook.sql
schema_files += %D%/schema/0057_ladder.sql
schema_files += %D%/schema/0058_digest.sql
schema_files += %D%/schema/0060_rule.sql
schema_files += %D%/schema/0070_fact.sql
schema_files += %D%/schema/0071_survey.sql
schema_files += %D%/schema/0072_floor.sql
schema_files += %D%/schema/0073_views.sql
schema_files += %D%/schema/0074_report_plan.sql
schema_files += %D%/schema/0078_mood.sql
schema_files += %D%/schema/0061_urgency.sql
schema_files += %D%/schema/0062_rule_due.sql
schema_files += %D%/schema/0065_link.sql
schema_files += %D%/schema/0066_kb_asked.sql
schema_files += %D%/schema/0076_sla_past.sql
schema_files += %D%/schema/0077_clock_leap.sql
schema_files += %D%/schema/0083_removal.sql
schema_files += %D%/schema/0084_image_check.sql
schema_files += %D%/schema/0092_replay.sql
schema_files += %D%/schema/0097_blob_sweep.sql
schema_files += %D%/schema/0093_sla_pace.sql
schema_files += %D%/schema/0099_mailbox_token.sql
schema_files += %D%/schema/0103_count.sql
schema_files += %D%/schema/0107_kb_shown.sql
schema_files += %D%/schema/0108_taken_back.sql
schema_files += %D%/schema/0085_turn.sql
schema_files += %D%/schema/0087_reason.sql
EXTRA_DIST += $(schema_files)
CLEANFILES += %D%/schema.gresource.xml %D%/schema-resources.c

%D%/schema.gresource.xml: %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) %D% && { echo '<gresources><gresource prefix="/postern/schema">'; \
	  for file in $(schema_files); do \
	    echo "<file alias=\"$${file##*/}\">schema/$${file##*/}</file>"; \
	  done; echo '</gresource></gresources>'; } >$@
%D%/schema-resources.c: %D%/schema.gresource.xml $(schema_files)
	$(AM_V_GEN)$(GLIB_COMPILE_RESOURCES) --sourcedir=$(srcdir)/%D% --generate-source --c-name=pn_schema \
	  --target=$@ %D%/schema.gresource.xml
