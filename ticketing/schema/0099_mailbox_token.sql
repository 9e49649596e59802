-- How a mailbox logs in where its server takes no password: an OAuth client, its grant, and the access token that all
-- roles share. Secrets are sealed. gen grows with each change; who renews holds the lease.
CREATE TABLE IF NOT EXISTS mailbox_token (
  mailbox_id BIGINT NOT NULL PRIMARY KEY,
  kind TINYINT NOT NULL,
  token_url VARCHAR(500) NOT NULL,
  authorize_url VARCHAR(500) NOT NULL,
  device_url VARCHAR(500) NOT NULL,
  client_id VARCHAR(300) NOT NULL,
  scope VARCHAR(1000) NOT NULL,
  client_secret BLOB NULL,
  refresh_token BLOB NULL,
  access_token BLOB NULL,
  expires_at BIGINT NOT NULL DEFAULT 0,
  gen BIGINT NOT NULL DEFAULT 1,
  lease_until BIGINT NOT NULL DEFAULT 0
) ENGINE=InnoDB;
