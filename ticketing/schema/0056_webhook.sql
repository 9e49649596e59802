-- Webhooks: addresses that are told of things, and each call that was ordered. gen is claimed by compare-and-set.
CREATE TABLE IF NOT EXISTS webhook (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  url VARCHAR(1000) NOT NULL,
  salt BINARY(16) NOT NULL,
  is_enabled TINYINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  UNIQUE KEY webhook_name (name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS webhook_call (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  call_key BINARY(32) NOT NULL,
  webhook_id BIGINT NOT NULL,
  ticket_id BIGINT NULL,
  kind VARCHAR(40) NOT NULL,
  body MEDIUMTEXT NOT NULL,
  state TINYINT NOT NULL DEFAULT 0,
  attempts INT NOT NULL DEFAULT 0,
  gen BIGINT NOT NULL DEFAULT 0,
  next_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT NULL,
  status INT NULL,
  answer VARCHAR(500) NULL,
  UNIQUE KEY webhook_call_key (call_key),
  KEY webhook_call_due (state, next_at, id),
  KEY webhook_call_hook (webhook_id, id)
) ENGINE=InnoDB;
