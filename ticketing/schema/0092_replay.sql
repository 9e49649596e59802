-- Replays of rules and of policies are one kind of work: a walk over past tickets in portions that clerks share.
ALTER TABLE IF EXISTS rule_replay RENAME TO replay;

-- kind: 0 rules, 1 a policy of subject_id. after_id: tickets up to this one were given to somebody. matched:
-- tickets that the rules or the policy fit. spent_us: the work of all who were at it.
ALTER TABLE replay
  ADD COLUMN IF NOT EXISTS kind TINYINT NOT NULL DEFAULT 0 AFTER id,
  ADD COLUMN IF NOT EXISTS subject_id BIGINT NULL AFTER kind,
  ADD COLUMN IF NOT EXISTS matched BIGINT NOT NULL DEFAULT 0 AFTER tickets,
  ADD COLUMN IF NOT EXISTS spent_us BIGINT NOT NULL DEFAULT 0,
  ADD KEY IF NOT EXISTS replay_subject (kind, subject_id, id);

-- A portion that somebody is at, until when it is his alone.
CREATE TABLE IF NOT EXISTS replay_portion (
  replay_id BIGINT NOT NULL,
  first_id BIGINT NOT NULL,
  last_id BIGINT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (replay_id, first_id)
) ENGINE=InnoDB;

-- Promises of the tickets that were looked at. side: 0 before, 1 after; changed: those that come out differently.
CREATE TABLE IF NOT EXISTS sla_replay_tally (
  replay_id BIGINT NOT NULL,
  metric TINYINT NOT NULL,
  priority TINYINT NOT NULL,
  side TINYINT NOT NULL,
  met BIGINT NOT NULL DEFAULT 0,
  missed BIGINT NOT NULL DEFAULT 0,
  running BIGINT NOT NULL DEFAULT 0,
  late BIGINT NOT NULL DEFAULT 0,
  dropped BIGINT NOT NULL DEFAULT 0,
  changed BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (replay_id, metric, priority, side)
) ENGINE=InnoDB;

-- The tickets that change most: the greatest weight.
CREATE TABLE IF NOT EXISTS sla_replay_hit (
  replay_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  weight BIGINT NOT NULL,
  changes MEDIUMTEXT NOT NULL,
  PRIMARY KEY (replay_id, ticket_id),
  KEY sla_replay_hit_weight (replay_id, weight, ticket_id)
) ENGINE=InnoDB;
