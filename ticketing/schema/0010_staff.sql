-- Staff, their rights, sessions and API tokens; what was done already (op) and how often (rate).
CREATE TABLE IF NOT EXISTS agent (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  login VARCHAR(100) NOT NULL,
  name VARCHAR(200) NOT NULL,
  address VARCHAR(254) NOT NULL,
  role TINYINT NOT NULL,
  password_hash VARCHAR(200) NOT NULL,
  language VARCHAR(16) NULL,
  notices INT NOT NULL DEFAULT 7,
  is_enabled TINYINT NOT NULL DEFAULT 1,
  failures INT NOT NULL DEFAULT 0,
  locked_until BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  UNIQUE KEY agent_login (login),
  KEY agent_address (address)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS agent_queue (
  agent_id BIGINT NOT NULL,
  queue_id BIGINT NOT NULL,
  PRIMARY KEY (agent_id, queue_id),
  KEY queue_agent (queue_id, agent_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS session (
  id_hash BINARY(32) NOT NULL PRIMARY KEY,
  agent_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  client VARCHAR(200) NOT NULL DEFAULT '',
  KEY session_agent (agent_id),
  KEY session_expires (expires_at)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS api_token (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  agent_id BIGINT NOT NULL,
  name VARCHAR(100) NOT NULL,
  token_hash BINARY(32) NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NULL,
  revoked_at BIGINT NULL,
  UNIQUE KEY api_token_hash (token_hash),
  KEY api_token_agent (agent_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS op (
  op_key BINARY(32) NOT NULL PRIMARY KEY,
  body_hash BINARY(32) NOT NULL,
  result TEXT NULL,
  created_at BIGINT NOT NULL,
  KEY op_created (created_at)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS rate (
  rate_key BINARY(32) NOT NULL,
  bucket BIGINT NOT NULL,
  hits BIGINT NOT NULL,
  PRIMARY KEY (rate_key, bucket),
  KEY rate_bucket (bucket)
) ENGINE=InnoDB;
