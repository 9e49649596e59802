-- Replays of rules and of policies are one kind of work: a walk over past tickets in portions that clerks share.
-- What was replayed before is not taken over: a replay is asked for anew in a moment.
-- kind: 0 rules, 1 a policy of subject_id. after_id: tickets up to this one were given to somebody. matched:
-- tickets that the rules or the policy fit. spent_us: the work of all who were at it.
CREATE TABLE IF NOT EXISTS replay (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind TINYINT NOT NULL DEFAULT 0,
  subject_id BIGINT NULL,
  agent_id BIGINT NULL,
  title VARCHAR(200) NOT NULL,
  definition MEDIUMTEXT NOT NULL,
  state TINYINT NOT NULL DEFAULT 0,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  first_id BIGINT NOT NULL,
  after_id BIGINT NOT NULL,
  last_id BIGINT NOT NULL,
  step BIGINT NOT NULL DEFAULT 0,
  tickets BIGINT NOT NULL DEFAULT 0,
  matched BIGINT NOT NULL DEFAULT 0,
  changed BIGINT NOT NULL DEFAULT 0,
  trouble VARCHAR(1000) NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT NULL,
  spent_us BIGINT NOT NULL DEFAULT 0,
  KEY replay_state (state, id),
  KEY replay_subject (kind, subject_id, id)
) ENGINE=InnoDB;
DROP TABLE IF EXISTS rule_replay;
DELETE h FROM rule_replay_hit h LEFT JOIN replay r ON r.id = h.replay_id WHERE r.id IS NULL;

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
