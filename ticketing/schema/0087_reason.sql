-- Reasons are documents (ticketing/core/reason), which take more room than the sentences before them.
ALTER TABLE event MODIFY reason VARCHAR(4000) NULL;

ALTER TABLE rule_firing MODIFY explanation VARCHAR(4000) NOT NULL;

ALTER TABLE rule_replay_hit MODIFY explanation VARCHAR(4000) NOT NULL;

ALTER TABLE report_plan MODIFY problem VARCHAR(4000) NULL;
