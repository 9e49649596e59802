EXTRA_DIST += \
  %D%/check \
  %D%/check-count \
  %D%/check-fuzz \
  %D%/demo/articles.jsonl \
  %D%/demo/dovecot.conf.in \
  %D%/demo/form-return.json \
  %D%/demo/history.jsonl \
  %D%/demo/history.py \
  %D%/demo/samples/01-ada.eml \
  %D%/demo/samples/02-charles.eml \
  %D%/demo/samples/03-konrad.eml \
  %D%/demo/samples/04-grace.eml \
  %D%/demo/samples/05-robot.eml \
  %D%/demo/samples/06-yuki.eml \
  %D%/demo/samples/07-bank-held.eml \
  %D%/demo/samples/08-wheels-spam.eml \
  %D%/demo/set-up.py \
  %D%/demo/smtpd.py \
  %D%/install-packages \
  %D%/messages \
  %D%/packages \
  %D%/quickstart \
  %D%/screenshot-help.png \
  %D%/screenshot-list.png \
  %D%/screenshot.png \
  %D%/systemd/postern-learn.service \
  %D%/systemd/postern-learn.timer \
  %D%/systemd/postern.service
dist_man_MANS += \
  %D%/man/postern-query.5 \
  %D%/man/postern-rule.5 \
  %D%/man/postern-templates.5 \
  %D%/man/postern-views.5 \
  %D%/man/postern.1 \
  %D%/man/postern.conf.5
