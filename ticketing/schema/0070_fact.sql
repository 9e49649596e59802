-- Facts: what figures are counted from. One narrow row a ticket, one an answer; made from tickets, messages and events,
-- again for each ticket that has a mark, and for all when asked to. Times are microseconds, durations seconds.
CREATE TABLE IF NOT EXISTS fact_mark (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ticket_id BIGINT NOT NULL
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS ticket_fact (
  ticket_id BIGINT NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL,
  responded_at BIGINT NULL,
  first_solved_at BIGINT NULL,
  solved_at BIGINT NULL,
  queue_id BIGINT NOT NULL,
  agent_id BIGINT NULL,
  team_id BIGINT NULL,
  organisation_id BIGINT NULL,
  person_id BIGINT NOT NULL,
  policy_id BIGINT NULL,
  channel TINYINT NOT NULL,
  priority TINYINT NOT NULL,
  status TINYINT NOT NULL,
  response_seconds INT NULL,
  response_business_seconds INT NULL,
  solve_seconds INT NULL,
  solve_business_seconds INT NULL,
  reopens INT NOT NULL,
  answers INT NOT NULL,
  questions INT NOT NULL,
  asked_at BIGINT NULL,
  scored_at BIGINT NULL,
  score TINYINT NULL
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS answer_fact (
  message_id BIGINT NOT NULL PRIMARY KEY,
  ticket_id BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  waited_since BIGINT NULL,
  wait_seconds INT NULL,
  wait_business_seconds INT NULL,
  agent_id BIGINT NULL,
  is_first TINYINT NOT NULL,
  KEY answer_ticket (ticket_id, message_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS fact_tag (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  tag VARCHAR(64) NOT NULL,
  UNIQUE KEY fact_tag_name (tag)
) ENGINE=InnoDB;

-- The facts of 4,096 tickets by columns, as arrays of 32-bit numbers: a report reads the few columns that it needs.
-- A segment that has changed since it was packed is in fact_dirty, and its rows are read instead.
CREATE TABLE IF NOT EXISTS fact_block (
  column_no SMALLINT NOT NULL,
  segment BIGINT NOT NULL,
  data MEDIUMBLOB NOT NULL,
  PRIMARY KEY (column_no, segment)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS fact_segment (
  segment BIGINT NOT NULL PRIMARY KEY,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  unsolved INT NOT NULL
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS fact_dirty (
  segment BIGINT NOT NULL PRIMARY KEY,
  changes BIGINT NOT NULL
) ENGINE=InnoDB;

-- A rebuild that is going on; the first one is due when there were tickets before there were facts.
CREATE TABLE IF NOT EXISTS fact_rebuild (
  id TINYINT NOT NULL PRIMARY KEY,
  next_ticket BIGINT NOT NULL,
  is_done TINYINT NOT NULL
) ENGINE=InnoDB;

INSERT IGNORE INTO fact_rebuild (id, next_ticket, is_done) VALUES (1, 0, 0);
