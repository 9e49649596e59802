noinst_LIBRARIES += libpntemplates.a
libpntemplates_a_SOURCES = \
  %D%/catalogue.c %D%/catalogue.h \
  %D%/escape.c %D%/escape.h \
  %D%/format.c %D%/format.h \
  %D%/letter.c %D%/letter.h \
  %D%/sanitise.c %D%/sanitise.h \
  %D%/sanitise_rules.c %D%/sanitise_rules.h \
  %D%/sanitise_scan.c \
  %D%/said.c %D%/said.h \
  %D%/sentence.c %D%/sentence.h \
  %D%/template.c %D%/template.h \
  %D%/template_html.c \
  %D%/template_names.c %D%/template_names.h \
  %D%/template_node.h \
  %D%/template_parse.c \
  %D%/template_place.c %D%/template_place.h \
  %D%/template_render.c \
  %D%/template_token.c %D%/template_token.h \
  %D%/template_value.c %D%/template_value.h
nodist_libpntemplates_a_SOURCES = %D%/postern-resources.c

# Every file of web, mail, static, lang and said stands in one of these lists, a file a line; tests/lint checks it.
templates_web = \
  %D%/web/ago.html \
  %D%/web/chart-name.html \
  %D%/web/chart-value.html \
  %D%/web/chart.html \
  %D%/web/condition-word.html \
  %D%/web/day-word.html \
  %D%/web/deadline-state.html \
  %D%/web/desk-answering.html \
  %D%/web/desk-articles.html \
  %D%/web/desk-calendar.html \
  %D%/web/desk-calendars.html \
  %D%/web/desk-digest.html \
  %D%/web/desk-digests.html \
  %D%/web/desk-bulk.html \
  %D%/web/desk-find.html \
  %D%/web/desk-floor.html \
  %D%/web/desk-form.html \
  %D%/web/desk-forms.html \
  %D%/web/desk-health.html \
  %D%/web/desk-held-one.html \
  %D%/web/desk-held.html \
  %D%/web/desk-kb-categories.html \
  %D%/web/desk-kb-edit.html \
  %D%/web/desk-kb-figures.html \
  %D%/web/desk-kb-versions.html \
  %D%/web/desk-kb.html \
  %D%/web/desk-ladder.html \
  %D%/web/desk-ladders.html \
  %D%/web/desk-letter.html \
  %D%/web/desk-letters.html \
  %D%/web/desk-list.html \
  %D%/web/desk-login.html \
  %D%/web/desk-manage.html \
  %D%/web/desk-mood.html \
  %D%/web/desk-organisation.html \
  %D%/web/desk-organisations.html \
  %D%/web/desk-outbox.html \
  %D%/web/desk-person.html \
  %D%/web/desk-removal.html \
  %D%/web/desk-removals.html \
  %D%/web/desk-policies.html \
  %D%/web/desk-policy-replay.html \
  %D%/web/desk-policy.html \
  %D%/web/desk-problem.html \
  %D%/web/desk-profile.html \
  %D%/web/desk-replay.html \
  %D%/web/desk-report-plan.html \
  %D%/web/desk-report-plans.html \
  %D%/web/desk-report-tickets.html \
  %D%/web/desk-report.html \
  %D%/web/desk-reports.html \
  %D%/web/desk-rule.html \
  %D%/web/desk-rules.html \
  %D%/web/desk-surveys.html \
  %D%/web/desk-team.html \
  %D%/web/desk-teams.html \
  %D%/web/desk-synonyms.html \
  %D%/web/desk-ticket.html \
  %D%/web/desk-wall.html \
  %D%/web/desk-webhook.html \
  %D%/web/desk-webhooks.html \
  %D%/web/desk.html \
  %D%/web/due.html \
  %D%/web/event.html \
  %D%/web/feed.xml \
  %D%/web/find-field-word.html \
  %D%/web/flash-ticket.html \
  %D%/web/flash.html \
  %D%/web/form-edit.html \
  %D%/web/form-field.html \
  %D%/web/form-file-type.html \
  %D%/web/form-label.html \
  %D%/web/form-problem.html \
  %D%/web/form-type.html \
  %D%/web/frame-problem.html \
  %D%/web/kb-difference.html \
  %D%/web/kb-mark-word.html \
  %D%/web/kb-marks.html \
  %D%/web/kb-state-word.html \
  %D%/web/kb-state.html \
  %D%/web/ladder-place.html \
  %D%/web/ladder-step-fields.html \
  %D%/web/ladder-step-words.html \
  %D%/web/ledger-lines.html \
  %D%/web/ledger.html \
  %D%/web/letter-name.html \
  %D%/web/letter-notices.html \
  %D%/web/letter-state-word.html \
  %D%/web/letter-state.html \
  %D%/web/letter-title.html \
  %D%/web/letter-words.html \
  %D%/web/letter.html \
  %D%/web/mail-frame.html \
  %D%/web/manage-section.html \
  %D%/web/message.html \
  %D%/web/metric-word.html \
  %D%/web/my-answer.html \
  %D%/web/my-expired.html \
  %D%/web/my-link.html \
  %D%/web/my-list.html \
  %D%/web/my-revoked.html \
  %D%/web/my-status.html \
  %D%/web/my-ticket.html \
  %D%/web/organisation-line.html \
  %D%/web/policy-summary.html \
  %D%/web/presence.html \
  %D%/web/priority-name.html \
  %D%/web/priority-word.html \
  %D%/web/priority.html \
  %D%/web/problem-text.html \
  %D%/web/problem-word.html \
  %D%/web/problem.html \
  %D%/web/public-article.html \
  %D%/web/public-category.html \
  %D%/web/public-confirm.html \
  %D%/web/public-contact.html \
  %D%/web/public-contents.html \
  %D%/web/public-find.html \
  %D%/web/public-front.html \
  %D%/web/public-rate-stop.html \
  %D%/web/public-rate.html \
  %D%/web/public-search.html \
  %D%/web/public-solved.html \
  %D%/web/public-suggest.html \
  %D%/web/public-thanks.html \
  %D%/web/public-vote.html \
  %D%/web/public.html \
  %D%/web/replay-cancel.html \
  %D%/web/replay-progress.html \
  %D%/web/replay-reason.html \
  %D%/web/replay-side.html \
  %D%/web/reason-answer.txt \
  %D%/web/reason-because.txt \
  %D%/web/reason-customer.txt \
  %D%/web/reason-did.txt \
  %D%/web/reason-escalation.txt \
  %D%/web/reason-held.txt \
  %D%/web/reason-letter.txt \
  %D%/web/reason-loop.txt \
  %D%/web/reason-part.txt \
  %D%/web/reason-place.txt \
  %D%/web/reason-plan.txt \
  %D%/web/reason-rule.txt \
  %D%/web/reason-sender.txt \
  %D%/web/reason-silent.txt \
  %D%/web/reason-sla.txt \
  %D%/web/reason-staff.txt \
  %D%/web/reason-survey.txt \
  %D%/web/reason-tests.txt \
  %D%/web/reason-thread.txt \
  %D%/web/reason-ticket.txt \
  %D%/web/reason-trust.txt \
  %D%/web/reason-undone.txt \
  %D%/web/reason.txt \
  %D%/web/report-about.html \
  %D%/web/report-about.txt \
  %D%/web/report-by-word.html \
  %D%/web/report-by.html \
  %D%/web/report-column-word.html \
  %D%/web/report-column-word.txt \
  %D%/web/report-column.html \
  %D%/web/report-filters.html \
  %D%/web/report-label.html \
  %D%/web/report-name.html \
  %D%/web/report-name.txt \
  %D%/web/report-option.html \
  %D%/web/report-plan-when.html \
  %D%/web/report-plan-word.html \
  %D%/web/report-value.html \
  %D%/web/robots.txt \
  %D%/web/rule-did-word.html \
  %D%/web/rule-do-word.html \
  %D%/web/rule-effects.html \
  %D%/web/rule-field-word.html \
  %D%/web/rule-group.html \
  %D%/web/rule-on-word.html \
  %D%/web/rule-op-word.html \
  %D%/web/score-word.html \
  %D%/web/score.html \
  %D%/web/sitemap.xml \
  %D%/web/status-word.html \
  %D%/web/status.html \
  %D%/web/suggestion.html \
  %D%/web/tally.html \
  %D%/web/team-member.html \
  %D%/web/ticket-due.html \
  %D%/web/ticket-escalation.html \
  %D%/web/ticket-row.html \
  %D%/web/trouble.html
templates_mail = \
  %D%/mail/de/ack-unverified.txt \
  %D%/mail/de/ack.txt \
  %D%/mail/de/answer.html \
  %D%/mail/de/answer.txt \
  %D%/mail/de/answers-off.txt \
  %D%/mail/de/away.txt \
  %D%/mail/de/digest.html \
  %D%/mail/de/digest.txt \
  %D%/mail/de/escalation.html \
  %D%/mail/de/escalation.txt \
  %D%/mail/de/footer.txt \
  %D%/mail/de/form-confirm.txt \
  %D%/mail/de/letter.html \
  %D%/mail/de/notice-assigned.txt \
  %D%/mail/de/notice-due.txt \
  %D%/mail/de/notice-new.txt \
  %D%/mail/de/notice-replied.txt \
  %D%/mail/de/notice-review.txt \
  %D%/mail/de/notice-rule.txt \
  %D%/mail/de/notice-unsent.txt \
  %D%/mail/de/reply.html \
  %D%/mail/de/reply.txt \
  %D%/mail/de/report.html \
  %D%/mail/de/report.txt \
  %D%/mail/de/rule.txt \
  %D%/mail/de/staff.html \
  %D%/mail/de/requests-link.txt \
  %D%/mail/de/survey.txt \
  %D%/mail/de/ticket-link.txt \
  %D%/mail/en/ack-unverified.txt \
  %D%/mail/en/ack.txt \
  %D%/mail/en/answer.html \
  %D%/mail/en/answer.txt \
  %D%/mail/en/answers-off.txt \
  %D%/mail/en/away.txt \
  %D%/mail/en/digest.html \
  %D%/mail/en/digest.txt \
  %D%/mail/en/escalation.html \
  %D%/mail/en/escalation.txt \
  %D%/mail/en/footer.txt \
  %D%/mail/en/form-confirm.txt \
  %D%/mail/en/letter.html \
  %D%/mail/en/notice-assigned.txt \
  %D%/mail/en/notice-due.txt \
  %D%/mail/en/notice-new.txt \
  %D%/mail/en/notice-replied.txt \
  %D%/mail/en/notice-review.txt \
  %D%/mail/en/notice-rule.txt \
  %D%/mail/en/notice-unsent.txt \
  %D%/mail/en/reply.html \
  %D%/mail/en/reply.txt \
  %D%/mail/en/report.html \
  %D%/mail/en/report.txt \
  %D%/mail/en/rule.txt \
  %D%/mail/en/staff.html \
  %D%/mail/en/requests-link.txt \
  %D%/mail/en/survey.txt \
  %D%/mail/en/ticket-link.txt
templates_static = \
  %D%/static/contact.js \
  %D%/static/desk.js \
  %D%/static/favicon.svg \
  %D%/static/help.js \
  %D%/static/icons.svg \
  %D%/static/kb-editor.js \
  %D%/static/mail-frame.css \
  %D%/static/mark.svg \
  %D%/static/openapi.json \
  %D%/static/palette.js
# The parts of static/style.css, in the order in which they are joined: later rules win, so screens.css stays last.
templates_style = \
  %D%/style/base.css \
  %D%/style/controls.css \
  %D%/style/ladder.css \
  %D%/style/marks.css \
  %D%/style/desk.css \
  %D%/style/lists.css \
  %D%/style/desk-pages.css \
  %D%/style/ticket.css \
  %D%/style/answers.css \
  %D%/style/dialogs.css \
  %D%/style/public.css \
  %D%/style/article.css \
  %D%/style/figures.css \
  %D%/style/help.css \
  %D%/style/kb.css \
  %D%/style/manage.css \
  %D%/style/rules.css \
  %D%/style/screens.css
templates_lang = \
  %D%/lang/de.po
templates_said = \
  %D%/said/de.po
templates_files = $(templates_web) $(templates_mail) $(templates_static) $(templates_lang) $(templates_said)
EXTRA_DIST += $(templates_files) $(templates_style) %D%/mail/README
CLEANFILES += %D%/postern.gresource.xml %D%/postern-resources.c %D%/joined/static/style.css

%D%/postern.gresource.xml: $(templates_files) %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { \
	  echo '<gresources><gresource prefix="/postern/templates">'; \
	  for file in $(templates_files) %D%/static/style.css; do echo "<file>$${file#*templates/}</file>"; done; \
	  echo '</gresource></gresources>'; } >$@.new && mv $@.new $@

%D%/joined/static/style.css: $(templates_style) %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && for part in $(templates_style); do \
	  test -f $$part || part=$(srcdir)/$$part; cat $$part && echo || exit 1; done >$@.new && mv $@.new $@

%D%/postern-resources.c: %D%/postern.gresource.xml %D%/joined/static/style.css $(templates_files)
	$(AM_V_GEN)$(GLIB_COMPILE_RESOURCES) --generate-source \
	  --c-name=pn_templates_resource --sourcedir=$(srcdir)/%D% --sourcedir=%D%/joined --target=$@ $<
