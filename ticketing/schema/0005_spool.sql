-- The spool: a delivery is one row from its first byte on (message_id NULL until filed). A copy is where a delivery
-- lies on a mail server: level 1 of the intake keys is spool_copy's primary key, level 2 is spool's unique key.
CREATE TABLE IF NOT EXISTS spool (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  mailbox_id BIGINT NOT NULL,
  queue_id BIGINT NOT NULL,
  channel TINYINT NOT NULL,
  format TINYINT NOT NULL,
  raw_sha BINARY(32) NOT NULL,
  internal_date BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL,
  is_header_only TINYINT NOT NULL DEFAULT 0,
  form_key BINARY(32) NULL,
  state TINYINT NOT NULL DEFAULT 0,
  attempts INT NOT NULL DEFAULT 0,
  lease_owner VARCHAR(64) NULL,
  lease_until BIGINT NOT NULL DEFAULT 0,
  disposition TINYINT NULL,
  ticket_id BIGINT NULL,
  message_id BIGINT NULL,
  record_sha BINARY(32) NULL,
  from_address VARCHAR(320) NULL,
  subject VARCHAR(500) NULL,
  reasons TEXT NULL,
  received_at BIGINT NOT NULL,
  filed_at BIGINT NULL,
  UNIQUE KEY spool_bytes (mailbox_id, raw_sha, internal_date),
  UNIQUE KEY spool_form (form_key),
  KEY spool_state (state, lease_until, id),
  KEY spool_queue (queue_id, state, id),
  KEY spool_message (message_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS spool_copy (
  mailbox_id BIGINT NOT NULL,
  uidvalidity BIGINT NOT NULL,
  uid BIGINT NOT NULL,
  spool_id BIGINT NOT NULL,
  is_done TINYINT NOT NULL DEFAULT 0,
  PRIMARY KEY (mailbox_id, uidvalidity, uid),
  KEY copy_spool (spool_id)
) ENGINE=InnoDB;
