-- Ladders: the steps before and after a due time, with every version there was, and the policies that use them
-- (policy 0: all that have none of their own).
CREATE TABLE IF NOT EXISTS ladder (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  document MEDIUMTEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  UNIQUE KEY ladder_name (name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS ladder_version (
  ladder_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  agent_id BIGINT NULL,
  at BIGINT NOT NULL,
  document MEDIUMTEXT NOT NULL,
  PRIMARY KEY (ladder_id, version)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS ladder_policy (
  policy_id BIGINT NOT NULL PRIMARY KEY,
  ladder_id BIGINT NOT NULL,
  KEY policy_ladder (ladder_id)
) ENGINE=InnoDB;

-- The next step of each deadline that is owed. reached_at: when its time came or comes; ready_at: not before the quiet
-- hours are over; due_at: not before somebody's hold is over. gen is claimed by compare-and-set.
CREATE TABLE IF NOT EXISTS escalation_due (
  ticket_id BIGINT NOT NULL,
  metric TINYINT NOT NULL,
  round INT NOT NULL,
  ladder_id BIGINT NOT NULL,
  step INT NOT NULL,
  reached_at BIGINT NOT NULL,
  ready_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  gen BIGINT NOT NULL DEFAULT 1,
  PRIMARY KEY (ticket_id, metric, round),
  KEY escalation_due_at (due_at, ticket_id, metric, round)
) ENGINE=InnoDB;

-- What fired: once a step and round, whatever happens.
CREATE TABLE IF NOT EXISTS escalation (
  ticket_id BIGINT NOT NULL,
  metric TINYINT NOT NULL,
  round INT NOT NULL,
  step INT NOT NULL,
  ladder_id BIGINT NOT NULL,
  ladder_version BIGINT NOT NULL,
  policy_id BIGINT NOT NULL,
  policy_version BIGINT NOT NULL,
  deadline_at BIGINT NULL,
  reached_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  fired_at BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, metric, round, step),
  KEY escalation_fired (fired_at)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS escalation_hold (
  ticket_id BIGINT NOT NULL PRIMARY KEY,
  agent_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  until BIGINT NOT NULL,
  reason VARCHAR(500) NOT NULL DEFAULT ''
) ENGINE=InnoDB;

-- Who is to be told of what fired; gone once a letter is ordered that tells it.
CREATE TABLE IF NOT EXISTS escalation_notice (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  address VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  agent_id BIGINT NULL,
  ticket_id BIGINT NOT NULL,
  metric TINYINT NOT NULL,
  round INT NOT NULL,
  step INT NOT NULL,
  words VARCHAR(200) NOT NULL,
  deadline_at BIGINT NULL,
  created_at BIGINT NOT NULL,
  KEY notice_address (address, id)
) ENGINE=InnoDB;

-- A walk over all deadlines after a ladder was changed.
CREATE TABLE IF NOT EXISTS escalation_walk (
  id TINYINT NOT NULL PRIMARY KEY,
  gen BIGINT NOT NULL,
  is_done TINYINT NOT NULL,
  after_at BIGINT NOT NULL DEFAULT 0,
  after_ticket BIGINT NOT NULL DEFAULT 0,
  after_metric TINYINT NOT NULL DEFAULT 0,
  after_round INT NOT NULL DEFAULT 0
) ENGINE=InnoDB;

INSERT IGNORE INTO escalation_walk (id, gen, is_done) VALUES (1, 1, 1);
