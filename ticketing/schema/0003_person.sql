-- Persons with many addresses. Merging is a membership, so it can be undone.
CREATE TABLE IF NOT EXISTS person (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(200) NOT NULL DEFAULT '',
  language VARCHAR(16) NULL,
  note TEXT NOT NULL DEFAULT '',
  merged_into BIGINT NULL,
  created_at BIGINT NOT NULL,
  KEY person_merged (merged_into)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS address (
  address VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL,
  verified_at BIGINT NULL,
  suspended_at BIGINT NULL,
  suspended_reason VARCHAR(500) NULL,
  created_at BIGINT NOT NULL,
  KEY address_person (person_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS sender_rule (
  pattern VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  verdict TINYINT NOT NULL,
  agent_id BIGINT NULL,
  created_at BIGINT NOT NULL
) ENGINE=InnoDB;
