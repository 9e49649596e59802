-- SLA policies in their order, with every version there was; the match of each ticket; the work that a change gives.
CREATE TABLE IF NOT EXISTS sla_policy (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  title VARCHAR(200) NOT NULL,
  position INT NOT NULL,
  is_enabled TINYINT NOT NULL DEFAULT 1,
  calendar_id BIGINT NOT NULL,
  document TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE KEY sla_policy_name (name),
  KEY sla_policy_position (position, id),
  KEY sla_policy_calendar (calendar_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS sla_version (
  policy_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  agent_id BIGINT NULL,
  at BIGINT NOT NULL,
  document MEDIUMTEXT NOT NULL,
  PRIMARY KEY (policy_id, version)
) ENGINE=InnoDB;

-- One row: gen counts every change of a policy, their order or a calendar.
CREATE TABLE IF NOT EXISTS sla_book (
  id TINYINT NOT NULL PRIMARY KEY,
  gen BIGINT NOT NULL
) ENGINE=InnoDB;

INSERT IGNORE INTO sla_book (id, gen) VALUES (1, 1);

-- A walk over all unsolved tickets after such a change. last_id: where the tickets ended when it began.
CREATE TABLE IF NOT EXISTS sla_job (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  reason VARCHAR(300) NOT NULL,
  agent_id BIGINT NULL,
  after_id BIGINT NOT NULL DEFAULT 0,
  last_id BIGINT NOT NULL,
  tickets BIGINT NOT NULL DEFAULT 0,
  changed BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  finished_at BIGINT NULL,
  KEY sla_job_open (finished_at, id)
) ENGINE=InnoDB;
