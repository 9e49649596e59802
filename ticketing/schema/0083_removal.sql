-- Persons that were removed on request: who ordered it, how far it is, what it took. "subject" names whom it is about while
-- it works, and only numbers afterwards. ticketing/removal
CREATE TABLE IF NOT EXISTS removal (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id BIGINT NOT NULL,
  agent_id BIGINT NULL,
  subject MEDIUMTEXT NOT NULL,
  step TINYINT NOT NULL DEFAULT 0,
  gen BIGINT NOT NULL DEFAULT 0,
  ticket_id BIGINT NOT NULL DEFAULT 0,
  after_id BIGINT NOT NULL DEFAULT 0,
  until_id BIGINT NOT NULL DEFAULT 0,
  not_before BIGINT NOT NULL,
  tickets BIGINT NOT NULL DEFAULT 0,
  messages BIGINT NOT NULL DEFAULT 0,
  letters BIGINT NOT NULL DEFAULT 0,
  files BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  finished_at BIGINT NULL,
  UNIQUE KEY removal_person (person_id),
  KEY removal_open (finished_at, not_before, id)
) ENGINE=InnoDB;
-- Blobs that nothing of the person refers to any more, until it is sure that nobody else does.
CREATE TABLE IF NOT EXISTS removal_file (
  removal_id BIGINT NOT NULL,
  sha BINARY(32) NOT NULL,
  PRIMARY KEY (removal_id, sha)
) ENGINE=InnoDB;
-- A ticket whose texts were removed takes no replies any more.
ALTER TABLE ticket ADD COLUMN IF NOT EXISTS removed_at BIGINT NULL;
