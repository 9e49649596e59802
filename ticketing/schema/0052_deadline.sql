-- Deadlines: what was promised on a ticket, a row for each time that a metric's clock was started.
CREATE TABLE IF NOT EXISTS deadline (
  ticket_id BIGINT NOT NULL,
  metric TINYINT NOT NULL,
  round INT NOT NULL,
  state TINYINT NOT NULL,
  policy_id BIGINT NOT NULL,
  policy_version BIGINT NOT NULL,
  calendar_id BIGINT NOT NULL,
  priority TINYINT NOT NULL,
  target BIGINT NOT NULL,
  start_at BIGINT NOT NULL,
  soon_at BIGINT NULL,
  due_at BIGINT NULL,
  paused_at BIGINT NULL,
  counted BIGINT NOT NULL DEFAULT 0,
  done_at BIGINT NULL,
  gen BIGINT NOT NULL DEFAULT 1,
  PRIMARY KEY (ticket_id, metric, round),
  KEY deadline_due (state, due_at, ticket_id, metric, round),
  KEY deadline_policy (policy_id, done_at)
) ENGINE=InnoDB;

-- Tickets whose deadlines must be computed anew. gen tells whether they changed again meanwhile.
CREATE TABLE IF NOT EXISTS sla_mark (
  ticket_id BIGINT NOT NULL PRIMARY KEY,
  gen BIGINT NOT NULL DEFAULT 1
) ENGINE=InnoDB;

-- Which policy a ticket has and why: the policies that were tried, in their order.
CREATE TABLE IF NOT EXISTS sla_match (
  ticket_id BIGINT NOT NULL PRIMARY KEY,
  policy_id BIGINT NULL,
  policy_version BIGINT NULL,
  explanation MEDIUMTEXT NOT NULL,
  matched_at BIGINT NOT NULL
) ENGINE=InnoDB;
