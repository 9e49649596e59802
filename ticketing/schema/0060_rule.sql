-- Rules, their versions for ever, and what each did. rule_listen counts the enabled rules of each event, so that a
-- change nobody listens for leaves nothing behind; rule_event holds the changes that rules are still to be asked about.
CREATE TABLE IF NOT EXISTS rule (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(100) NOT NULL,
  position BIGINT NOT NULL,
  is_enabled TINYINT NOT NULL,
  version BIGINT NOT NULL,
  events INT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT NOT NULL DEFAULT 0,
  UNIQUE KEY rule_name (name, deleted_at),
  KEY rule_order (deleted_at, position, id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS rule_version (
  rule_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  definition MEDIUMTEXT NOT NULL,
  is_enabled TINYINT NOT NULL,
  agent_id BIGINT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (rule_id, version)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS rule_listen (
  event TINYINT NOT NULL PRIMARY KEY,
  rules BIGINT NOT NULL
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS rule_event (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ticket_id BIGINT NOT NULL,
  event TINYINT NOT NULL,
  message_id BIGINT NULL,
  actor_kind TINYINT NOT NULL,
  old_value VARCHAR(500) NULL,
  new_value VARCHAR(500) NULL,
  generation INT NOT NULL DEFAULT 0,
  attempts INT NOT NULL DEFAULT 0,
  not_before BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  KEY rule_event_due (not_before, id)
) ENGINE=InnoDB;

-- source: 0 a new ticket (its first message), 1 a row of rule_event, 2 a schedule (the run that found it true)
CREATE TABLE IF NOT EXISTS rule_firing (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  rule_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  source TINYINT NOT NULL,
  source_id BIGINT NOT NULL,
  generation INT NOT NULL,
  explanation VARCHAR(1000) NOT NULL,
  effects MEDIUMTEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE KEY rule_firing_once (rule_id, source, source_id, ticket_id),
  KEY rule_firing_ticket (ticket_id, id),
  KEY rule_firing_rule (rule_id, id)
) ENGINE=InnoDB;

-- A scheduled rule: when it runs next, and how far its present run has come. A mark says that the rule was true for a
-- ticket in its last run and has fired for that; it goes when the rule is no longer true.
CREATE TABLE IF NOT EXISTS rule_schedule (
  rule_id BIGINT NOT NULL PRIMARY KEY,
  next_at BIGINT NOT NULL,
  run BIGINT NOT NULL DEFAULT 0,
  started_at BIGINT NOT NULL DEFAULT 0,
  status TINYINT NOT NULL DEFAULT 0,
  after_time BIGINT NOT NULL DEFAULT 0,
  after_id BIGINT NOT NULL DEFAULT 0,
  step BIGINT NOT NULL DEFAULT 0,
  KEY rule_schedule_next (next_at)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS rule_mark (
  rule_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  run BIGINT NOT NULL,
  PRIMARY KEY (rule_id, ticket_id),
  KEY rule_mark_run (rule_id, run, ticket_id)
) ENGINE=InnoDB;

-- Trying rules on the past: what was asked, how far it has come, and which tickets would have changed.
CREATE TABLE IF NOT EXISTS rule_replay (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
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
  changed BIGINT NOT NULL DEFAULT 0,
  trouble VARCHAR(1000) NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT NULL,
  KEY rule_replay_state (state, id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS rule_replay_hit (
  replay_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  seq INT NOT NULL,
  at BIGINT NOT NULL,
  rule VARCHAR(100) NOT NULL,
  explanation VARCHAR(1000) NOT NULL,
  effects TEXT NOT NULL,
  PRIMARY KEY (replay_id, ticket_id, seq)
) ENGINE=InnoDB;
