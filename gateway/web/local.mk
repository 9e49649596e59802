noinst_LIBRARIES += libpnweb.a
libpnweb_a_SOURCES = \
  %D%/acceptor.c %D%/acceptor.h \
  %D%/api.c \
  %D%/assets.c \
  %D%/auth.c %D%/auth.h \
  %D%/call.c %D%/call.h \
  %D%/chart.c %D%/chart.h \
  %D%/contact.h \
  %D%/contact_files.c \
  %D%/contact_key.c \
  %D%/contact_send.c \
  %D%/contact_show.c \
  %D%/contact_suggest.c \
  %D%/desk_answer.c \
  %D%/desk_answering.c \
  %D%/desk_articles.c %D%/desk_articles.h \
  %D%/desk_calendar.c \
  %D%/desk_bulk.c %D%/desk_bulk.h \
  %D%/desk_change.c \
  %D%/desk_download.c \
  %D%/desk_due.c \
  %D%/desk_form.c %D%/desk_form.h \
  %D%/desk_form_change.c \
  %D%/desk_digest.c \
  %D%/desk_escalation.c %D%/desk_escalation.h \
  %D%/desk_find.c \
  %D%/desk_floor.c \
  %D%/desk_health.c \
  %D%/desk_manage.c \
  %D%/desk_held.c \
  %D%/desk_kb.h \
  %D%/desk_kb_category.c \
  %D%/desk_kb_edit.c \
  %D%/desk_kb_figures.c \
  %D%/desk_kb_list.c \
  %D%/desk_kb_local.c \
  %D%/desk_kb_save.c \
  %D%/desk_kb_show.c \
  %D%/desk_kb_version.c \
  %D%/desk_letters.c \
  %D%/desk_ladder.c \
  %D%/desk_ladder_version.c %D%/desk_ladder_version.h \
  %D%/desk_list.c \
  %D%/desk_login.c \
  %D%/desk_merge.c %D%/desk_merge.h \
  %D%/desk_mood.c \
  %D%/desk_organisation.c %D%/desk_organisation.h \
  %D%/desk_outbox.c \
  %D%/desk_person.c %D%/desk_person.h \
  %D%/desk_person_change.c \
  %D%/desk_removal.c \
  %D%/desk_policy.c %D%/desk_policy.h \
  %D%/desk_policy_replay.c \
  %D%/desk_profile.c \
  %D%/desk_report.c %D%/desk_report.h \
  %D%/desk_report_csv.c \
  %D%/desk_report_filter.c \
  %D%/desk_report_plan.c \
  %D%/desk_sla.c \
  %D%/desk_replay.c %D%/desk_replay.h \
  %D%/desk_rule.h \
  %D%/desk_rule_choice.c \
  %D%/desk_rule_draft.c \
  %D%/desk_rules.c \
  %D%/desk_team.c \
  %D%/desk_synonyms.c \
  %D%/desk_survey.c %D%/desk_survey.h \
  %D%/desk_ticket.c %D%/desk_ticket.h \
  %D%/download.c %D%/download.h \
  %D%/exchange.c %D%/exchange.h \
  %D%/expect.c %D%/expect.h \
  %D%/form.c %D%/form.h \
  %D%/form_reader.c %D%/form_reader.h \
  %D%/head.c %D%/head.h \
  %D%/language_name.c %D%/language_name.h \
  %D%/letter_sample.c %D%/letter_sample.h \
  %D%/limit.c %D%/limit.h \
  %D%/link.c %D%/link.h \
  %D%/listen.c %D%/listen.h \
  %D%/live.c %D%/live.h \
  %D%/machine.c \
  %D%/my_answer.c \
  %D%/my_list.c \
  %D%/my_rate.c %D%/my_rate.h \
  %D%/my_ticket.c \
  %D%/desk_webhook.c \
  %D%/manage_form.c %D%/manage_form.h \
  %D%/nav.c %D%/nav.h \
  %D%/once.c %D%/once.h \
  %D%/public_article.c \
  %D%/public_category.c \
  %D%/public_confirm.c \
  %D%/public_contact.c \
  %D%/public_feed.c \
  %D%/public_front.c \
  %D%/public_kb.c \
  %D%/public_show.c %D%/public_show.h \
  %D%/reading.c %D%/reading.h \
  %D%/public_rate.c \
  %D%/reaper.c %D%/reaper.h \
  %D%/reason.c %D%/reason.h \
  %D%/request.c %D%/request.h \
  %D%/response.c %D%/response.h \
  %D%/router.c %D%/router.h \
  %D%/routes.c %D%/routes.h \
  %D%/server.c %D%/server.h %D%/server_private.h \
  %D%/server_answer.c \
  %D%/show.c %D%/show.h \
  %D%/show_difference.c %D%/show_difference.h \
  %D%/show_due.c %D%/show_due.h \
  %D%/sla_form.c %D%/sla_form.h \
  %D%/show_form.c \
  %D%/stream.c %D%/stream.h \
  %D%/submit.c %D%/submit.h \
  %D%/uploads.c %D%/uploads.h \
  %D%/visit.c %D%/visit.h \
  %D%/web.c %D%/web.h \
  %D%/workers.c %D%/workers.h \
  %D%/handlers.h
