/* Handlers: what routes.c names. Each answers its call in every case. */
#pragma once

#include "gateway/web/call.h"

/* machine.c */
void pn_web_healthz (PnCall *call);
void pn_web_readyz (PnCall *call);
void pn_web_metrics (PnCall *call);

/* assets.c */
void pn_web_static (PnCall *call);
void pn_web_openapi (PnCall *call);

/* desk_login.c */
void pn_desk_login_page (PnCall *call);
void pn_desk_login (PnCall *call);
void pn_desk_logout (PnCall *call);

/* desk_due.c */
void pn_desk_due (PnCall *call); /* view of the list, and API */

/* desk_list.c */
void pn_desk_list (PnCall *call);
void pn_desk_queue (PnCall *call);
void pn_desk_tickets (PnCall *call); /* API */
void pn_desk_search (PnCall *call);  /* API */
void pn_desk_find (PnCall *call);
void pn_desk_events (PnCall *call);

/* desk_ticket.c */
void pn_desk_ticket (PnCall *call);

/* desk_answer.c */
void pn_desk_reply (PnCall *call);
void pn_desk_note (PnCall *call);
void pn_desk_undo (PnCall *call);
void pn_desk_accept (PnCall *call);

/* desk_articles.c */
void pn_desk_articles (PnCall *call); /* page and API */

/* desk_answering.c */
void pn_desk_answering (PnCall *call);
void pn_desk_answering_save (PnCall *call);
void pn_desk_answering_switch (PnCall *call);

/* desk_calendar.c */
void pn_desk_calendars (PnCall *call);
void pn_desk_calendar (PnCall *call);
void pn_desk_calendar_add (PnCall *call);
void pn_desk_calendar_save (PnCall *call);
void pn_desk_calendar_import (PnCall *call);
void pn_desk_calendar_remove (PnCall *call);
/* desk_letters.c */
void pn_desk_letters (PnCall *call);
void pn_desk_letter (PnCall *call);
void pn_desk_letter_save (PnCall *call);
void pn_desk_letter_html (PnCall *call);

/* desk_bulk.c */
void pn_desk_bulk (PnCall *call);
/* desk_mood.c */
void pn_desk_mood (PnCall *call);
void pn_desk_mood_save (PnCall *call);

/* desk_synonyms.c */
void pn_desk_synonyms (PnCall *call);
void pn_desk_synonyms_save (PnCall *call);

/* desk_change.c */
void pn_desk_change (PnCall *call);
void pn_desk_tag (PnCall *call);

/* desk_merge.c */
void pn_desk_merge (PnCall *call);
void pn_desk_unmerge (PnCall *call);
void pn_desk_split (PnCall *call);

/* desk_download.c */
void pn_desk_html (PnCall *call);
void pn_desk_raw (PnCall *call);
void pn_desk_attachment (PnCall *call);
void pn_desk_held_raw (PnCall *call);
void pn_web_inline (PnCall *call);

/* desk_held.c */
void pn_desk_held (PnCall *call);
void pn_desk_spam (PnCall *call);
void pn_desk_held_one (PnCall *call);
void pn_desk_release (PnCall *call);
void pn_desk_discard (PnCall *call);

/* desk_outbox.c */
void pn_desk_outbox (PnCall *call);
void pn_desk_cancel (PnCall *call);
void pn_desk_retry (PnCall *call);

/* desk_person.c */
void pn_desk_person (PnCall *call);

/* desk_person_change.c */
void pn_desk_person_save (PnCall *call);
void pn_desk_person_address (PnCall *call);
void pn_desk_person_merge (PnCall *call);
void pn_desk_person_unmerge (PnCall *call);

/* desk_removal.c */
void pn_desk_removal (PnCall *call);
void pn_desk_removal_order (PnCall *call);
void pn_desk_removals (PnCall *call);

/* desk_policy.c */
void pn_desk_policy (PnCall *call);
void pn_desk_policy_save (PnCall *call);
void pn_desk_policy_restore (PnCall *call);

/* desk_policy_replay.c */
void pn_desk_policy_replay (PnCall *call);

/* desk_sla.c */
void pn_desk_policies (PnCall *call);
void pn_desk_policy_add (PnCall *call);
void pn_desk_policy_move (PnCall *call);
void pn_desk_policy_remove (PnCall *call);

/* desk_profile.c */
void pn_desk_profile (PnCall *call);
void pn_desk_profile_save (PnCall *call);
void pn_desk_password (PnCall *call);
void pn_desk_sessions (PnCall *call);

/* desk_manage.c */
void pn_desk_manage (PnCall *call);

/* desk_report.c, desk_report_csv.c */
void pn_desk_reports (PnCall *call);
void pn_desk_report (PnCall *call);
void pn_desk_report_tickets (PnCall *call);
void pn_desk_report_csv (PnCall *call);
/* desk_rules.c */
void pn_desk_rules (PnCall *call);
void pn_desk_rule_new (PnCall *call);
void pn_desk_rule_add (PnCall *call);
void pn_desk_rule (PnCall *call);
void pn_desk_rule_save (PnCall *call);
void pn_desk_rule_move (PnCall *call);
void pn_desk_rule_switch (PnCall *call);
void pn_desk_rule_delete (PnCall *call);
void pn_desk_rule_restore (PnCall *call);
void pn_desk_replay_add (PnCall *call);

/* desk_replay.c */
void pn_desk_replay (PnCall *call);
void pn_desk_replay_cancel (PnCall *call);

/* desk_survey.c */
void pn_desk_surveys (PnCall *call);
void pn_desk_surveys_save (PnCall *call);

/* desk_floor.c */
void pn_desk_floor (PnCall *call);
void pn_desk_floor_move (PnCall *call);
void pn_desk_wall (PnCall *call);

/* desk_health.c */
void pn_desk_health (PnCall *call);
void pn_desk_health_clock (PnCall *call);

/* desk_kb_*.c: pages and API */
void pn_desk_kb (PnCall *call);
void pn_desk_kb_figures (PnCall *call);
void pn_desk_kb_new (PnCall *call);
void pn_desk_kb_article (PnCall *call);
void pn_desk_kb_add (PnCall *call);
void pn_desk_kb_save (PnCall *call);
void pn_desk_kb_images (PnCall *call); /* API */
void pn_desk_kb_versions (PnCall *call);
void pn_desk_kb_restore (PnCall *call);
void pn_desk_kb_remove (PnCall *call);
void pn_desk_kb_discard (PnCall *call);
void pn_desk_kb_categories (PnCall *call);
void pn_desk_kb_category_add (PnCall *call);
void pn_desk_kb_category_save (PnCall *call);
void pn_desk_kb_category_remove (PnCall *call);

/* desk_form.c */
void pn_desk_forms (PnCall *call);
void pn_desk_form (PnCall *call);

/* desk_form_change.c */
void pn_desk_form_add (PnCall *call);
void pn_desk_form_save (PnCall *call);
void pn_desk_form_field (PnCall *call);
void pn_desk_form_words (PnCall *call);
void pn_desk_form_restore (PnCall *call);
void pn_desk_form_remove (PnCall *call);
void pn_api_form_save (PnCall *call);

/* public_front.c */
void pn_public_front (PnCall *call);

/* public_kb.c */
void pn_public_search (PnCall *call); /* page and API */

/* public_article.c */
void pn_public_article (PnCall *call);
void pn_public_article_document (PnCall *call); /* API */
void pn_public_vote (PnCall *call);
void pn_public_image (PnCall *call);
void pn_desk_image (PnCall *call);

/* public_category.c */
void pn_public_category (PnCall *call);

/* public_feed.c */
void pn_public_feed (PnCall *call);
void pn_public_map (PnCall *call);
void pn_public_robots (PnCall *call);

/* public_contact.c */
void pn_public_contact (PnCall *call);
void pn_public_contact_send (PnCall *call);
void pn_public_thanks (PnCall *call);
void pn_public_solved (PnCall *call);

/* public_confirm.c */
void pn_public_confirm (PnCall *call);
void pn_public_confirm_do (PnCall *call);

/* my_answer.c */
void pn_my_solve (PnCall *call);
void pn_my_solve_take (PnCall *call);
void pn_my_person (PnCall *call);
void pn_my_person_take (PnCall *call);

/* public_rate.c */
void pn_public_rate (PnCall *call);
void pn_public_rate_send (PnCall *call);
void pn_public_rate_stop (PnCall *call);
void pn_public_rate_stopped (PnCall *call);

/* my_rate.c */
void pn_my_rate (PnCall *call);

/* my_ticket.c */
void pn_my_enter (PnCall *call);
void pn_my_ticket (PnCall *call);
void pn_my_reply (PnCall *call);
void pn_my_solved (PnCall *call);
void pn_my_reopen (PnCall *call);
void pn_my_attachment (PnCall *call);

/* my_list.c */
void pn_my_list (PnCall *call);
void pn_my_ask (PnCall *call);
void pn_my_renew (PnCall *call);
void pn_my_revoke (PnCall *call);
void pn_my_language (PnCall *call);

/* api.c */
void pn_api_open_ticket (PnCall *call);
void pn_api_spool (PnCall *call);
void pn_api_me (PnCall *call);

/* desk_escalation.c */
void pn_desk_acknowledge (PnCall *call);

/* desk_ladder.c */
void pn_desk_ladders (PnCall *call);
void pn_desk_ladder (PnCall *call);
void pn_desk_ladder_add (PnCall *call);
void pn_desk_ladder_save (PnCall *call);
void pn_desk_ladder_step (PnCall *call);
void pn_desk_ladder_restore (PnCall *call);
void pn_desk_ladder_remove (PnCall *call);

/* desk_team.c */
void pn_desk_teams (PnCall *call);
void pn_desk_team (PnCall *call);
void pn_desk_team_add (PnCall *call);
void pn_desk_team_save (PnCall *call);
void pn_desk_team_remove (PnCall *call);
void pn_desk_presence (PnCall *call);
void pn_desk_presence_show (PnCall *call);

/* desk_organisation.c */
void pn_desk_organisations (PnCall *call);
void pn_desk_organisation (PnCall *call);
void pn_desk_organisation_add (PnCall *call);
void pn_desk_organisation_save (PnCall *call);
void pn_desk_organisation_person (PnCall *call);
void pn_desk_organisation_remove (PnCall *call);

/* desk_webhook.c */
void pn_desk_webhooks (PnCall *call);
void pn_desk_webhook (PnCall *call);
void pn_desk_webhook_add (PnCall *call);
void pn_desk_webhook_save (PnCall *call);
void pn_desk_webhook_test (PnCall *call);
void pn_desk_webhook_retry (PnCall *call);
void pn_desk_webhook_remove (PnCall *call);

/* desk_report_plan.c */
void pn_desk_report_plans (PnCall *call);
void pn_desk_report_plan (PnCall *call);
void pn_desk_report_plan_add (PnCall *call);
void pn_desk_report_plan_save (PnCall *call);
void pn_desk_report_plan_remove (PnCall *call);
void pn_desk_report_plan_send (PnCall *call);

/* desk_digest.c */
void pn_desk_digests (PnCall *call);
void pn_desk_digest (PnCall *call);
void pn_desk_digest_add (PnCall *call);
void pn_desk_digest_save (PnCall *call);
void pn_desk_digest_remove (PnCall *call);
