-- Digests: letters that tell at a local time what is unresolved. next_at is claimed by compare-and-set on gen.
CREATE TABLE IF NOT EXISTS digest (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  document TEXT NOT NULL,
  is_enabled TINYINT NOT NULL DEFAULT 1,
  next_at BIGINT NOT NULL,
  gen BIGINT NOT NULL DEFAULT 1,
  sent_at BIGINT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE KEY digest_name (name),
  KEY digest_due (is_enabled, next_at)
) ENGINE=InnoDB;
