-- Merges can be undone: a row for each, made by hand. merged_into of person and ticket is the root that these rows lead
-- to, kept with them. added is a JSON list of the addresses that a merge made participants.
CREATE TABLE IF NOT EXISTS person_merge (
  person_id BIGINT NOT NULL PRIMARY KEY,
  into_id BIGINT NOT NULL,
  agent_id BIGINT NULL,
  created_at BIGINT NOT NULL,
  KEY person_merge_into (into_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS ticket_merge (
  ticket_id BIGINT NOT NULL PRIMARY KEY,
  into_id BIGINT NOT NULL,
  agent_id BIGINT NULL,
  status_before TINYINT NOT NULL,
  added TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  KEY ticket_merge_into (into_id)
) ENGINE=InnoDB;

ALTER TABLE ticket ADD INDEX IF NOT EXISTS ticket_merged (merged_into, id);
