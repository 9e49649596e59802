-- Tickets, their messages, participants, tags, links and the record of every change.
CREATE TABLE IF NOT EXISTS ticket (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  queue_id BIGINT NOT NULL,
  status TINYINT NOT NULL,
  priority TINYINT NOT NULL,
  assignee_id BIGINT NULL,
  person_id BIGINT NOT NULL,
  mailbox_id BIGINT NULL,
  subject VARCHAR(500) NOT NULL,
  preview VARCHAR(300) NOT NULL DEFAULT '',
  language VARCHAR(16) NULL,
  version BIGINT NOT NULL DEFAULT 1,
  message_count INT NOT NULL DEFAULT 0,
  is_looping TINYINT NOT NULL DEFAULT 0,
  merged_into BIGINT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  customer_at BIGINT NULL,
  agent_at BIGINT NULL,
  closed_at BIGINT NULL,
  KEY ticket_queue (queue_id, status, updated_at, id),
  KEY ticket_status (status, updated_at, id),
  KEY ticket_updated (updated_at, id),
  KEY ticket_assignee (assignee_id, status, updated_at, id),
  KEY ticket_person (person_id, id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS ticket_link (
  ticket_id BIGINT NOT NULL,
  other_id BIGINT NOT NULL,
  reason VARCHAR(500) NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, other_id),
  KEY link_other (other_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS ticket_tag (
  ticket_id BIGINT NOT NULL,
  tag VARCHAR(64) NOT NULL,
  PRIMARY KEY (ticket_id, tag),
  KEY tag_ticket (tag, ticket_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS participant (
  ticket_id BIGINT NOT NULL,
  address VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name VARCHAR(200) NOT NULL DEFAULT '',
  role TINYINT NOT NULL,
  added_by VARCHAR(200) NOT NULL DEFAULT '',
  added_at BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, address),
  KEY participant_address (address, ticket_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS message (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ticket_id BIGINT NOT NULL,
  direction TINYINT NOT NULL,
  kind TINYINT NOT NULL,
  channel TINYINT NOT NULL,
  ingest_key BINARY(32) NULL,
  mid VARCHAR(998) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  mid_hash BINARY(32) NULL,
  person_id BIGINT NULL,
  agent_id BIGINT NULL,
  from_name VARCHAR(200) NOT NULL DEFAULT '',
  from_address VARCHAR(320) NOT NULL DEFAULT '',
  verdict TINYINT NOT NULL DEFAULT 0,
  is_stranger TINYINT NOT NULL DEFAULT 0,
  subject VARCHAR(998) NOT NULL DEFAULT '',
  text MEDIUMTEXT NOT NULL,
  reply MEDIUMTEXT NULL,
  html MEDIUMTEXT NULL,
  envelope MEDIUMTEXT NULL,
  reasons MEDIUMTEXT NULL,
  raw_sha BINARY(32) NULL,
  sent_at BIGINT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE KEY message_ingest (ingest_key),
  KEY message_ticket (ticket_id, id),
  KEY message_mid (mid_hash)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS attachment (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  message_id BIGINT NOT NULL,
  name VARCHAR(255) NOT NULL,
  type VARCHAR(127) NOT NULL,
  declared_type VARCHAR(127) NOT NULL DEFAULT '',
  size_bytes BIGINT NOT NULL,
  sha BINARY(32) NOT NULL,
  content_id VARCHAR(255) NULL,
  is_inline TINYINT NOT NULL DEFAULT 0,
  KEY attachment_message (message_id, id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS event (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ticket_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  kind TINYINT NOT NULL,
  actor_kind TINYINT NOT NULL,
  actor_id BIGINT NULL,
  old_value VARCHAR(500) NULL,
  new_value VARCHAR(500) NULL,
  reason VARCHAR(1000) NULL,
  KEY event_ticket (ticket_id, id),
  KEY event_at (at, id)
) ENGINE=InnoDB;
