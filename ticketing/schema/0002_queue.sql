-- Queues, their counters (sharded by node, summed on reading) and the mailboxes that feed them.
CREATE TABLE IF NOT EXISTS queue (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  title VARCHAR(200) NOT NULL,
  from_name VARCHAR(200) NOT NULL DEFAULT '',
  signature TEXT NOT NULL DEFAULT '',
  language VARCHAR(16) NOT NULL DEFAULT 'en',
  acknowledges TINYINT NOT NULL DEFAULT 1,
  is_public TINYINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  UNIQUE KEY queue_name (name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS queue_count (
  queue_id BIGINT NOT NULL,
  status TINYINT NOT NULL,
  shard INT NOT NULL,
  tickets BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (queue_id, status, shard)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS mailbox (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  queue_id BIGINT NOT NULL,
  address VARCHAR(254) NOT NULL,
  imap_host VARCHAR(255) NOT NULL DEFAULT '',
  imap_port INT NOT NULL DEFAULT 0,
  imap_security TINYINT NOT NULL DEFAULT 0,
  imap_user VARCHAR(255) NOT NULL DEFAULT '',
  imap_secret VARBINARY(4096) NULL,
  imap_folder VARCHAR(255) NOT NULL DEFAULT 'INBOX',
  done_folder VARCHAR(255) NOT NULL DEFAULT 'Postern/Done',
  smtp_host VARCHAR(255) NOT NULL DEFAULT '',
  smtp_port INT NOT NULL DEFAULT 0,
  smtp_security TINYINT NOT NULL DEFAULT 0,
  smtp_user VARCHAR(255) NOT NULL DEFAULT '',
  smtp_secret VARBINARY(4096) NULL,
  ca_file VARCHAR(255) NOT NULL DEFAULT '',
  authserv_id VARCHAR(255) NOT NULL DEFAULT '',
  spam_header VARCHAR(255) NOT NULL DEFAULT '',
  has_plus TINYINT NOT NULL DEFAULT 1,
  is_enabled TINYINT NOT NULL DEFAULT 1,
  uidvalidity BIGINT NOT NULL DEFAULT 0,
  last_uid BIGINT NOT NULL DEFAULT 0,
  fetch_trouble VARCHAR(1000) NULL,
  fetch_trouble_at BIGINT NULL,
  fetch_seen_at BIGINT NULL,
  send_trouble VARCHAR(1000) NULL,
  send_trouble_at BIGINT NULL,
  lease_owner VARCHAR(64) NULL,
  lease_until BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  UNIQUE KEY mailbox_name (name),
  KEY mailbox_address (address)
) ENGINE=InnoDB;
