-- Calendars as they were: what a round that is over was counted by.
CREATE TABLE IF NOT EXISTS calendar_version (
  calendar_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL,
  document MEDIUMTEXT NOT NULL,
  PRIMARY KEY (calendar_id, version)
) ENGINE=InnoDB;

INSERT IGNORE INTO calendar_version (calendar_id, version, at, document)
  SELECT id, version, created_at, document FROM calendar;

-- How long a job held a lock at the most: its longest transaction, in microseconds.
ALTER TABLE sla_job ADD COLUMN IF NOT EXISTS longest_us BIGINT NOT NULL DEFAULT 0;
