libpngateway_a_SOURCES += \
  %D%/ask.c %D%/ask.h \
  %D%/cmd_calendar.c \
  %D%/cmd_deliver.c \
  %D%/cmd_digest.c \
  %D%/cmd_doctor.c \
  %D%/cmd_form.c \
  %D%/cmd_hours.c %D%/cmd_hours.h \
  %D%/cmd_init.c \
  %D%/cmd_kb.c \
  %D%/cmd_ladder.c \
  %D%/cmd_mailbox.c \
  %D%/cmd_mood.c \
  %D%/cmd_organisation.c \
  %D%/cmd_parse.c %D%/cmd_parse.h \
  %D%/cmd_person.c \
  %D%/cmd_rule.c \
  %D%/cmd_queue.c \
  %D%/cmd_report.c \
  %D%/cmd_report_plan.c %D%/cmd_report_plan.h \
  %D%/cmd_role.c \
  %D%/cmd_serve.c \
  %D%/cmd_settings.c \
  %D%/cmd_sla.c \
  %D%/cmd_sla_replay.c %D%/cmd_sla_replay.h \
  %D%/cmd_staff.c \
  %D%/cmd_team.c \
  %D%/cmd_token.c \
  %D%/cmd_webhook.c \
  %D%/command.c %D%/command.h \
  %D%/commands.h \
  %D%/context.c %D%/context.h \
  %D%/doctor.c %D%/doctor.h \
  %D%/doctor_data.c \
  %D%/doctor_place.c \
  %D%/dry_run.c %D%/dry_run.h \
  %D%/fields.c %D%/fields.h \
  %D%/find.c %D%/find.h \
  %D%/list.c %D%/list.h \
  %D%/mailbox_oauth.c %D%/mailbox_oauth.h \
  %D%/mailbox_options.c %D%/mailbox_options.h \
  %D%/oauth_options.c %D%/oauth_options.h \
  %D%/own_child.c %D%/own_child.h \
  %D%/own_database.c %D%/own_database.h \
  %D%/read_file.c %D%/read_file.h \
  %D%/staff_set.c %D%/staff_set.h \
  %D%/things.c %D%/things.h \
  %D%/words.c %D%/words.h
