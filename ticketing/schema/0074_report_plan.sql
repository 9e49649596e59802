-- Reports that are sent by mail. next_at is claimed by compare-and-set on gen; each period is sent once.
CREATE TABLE IF NOT EXISTS report_plan (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  owner_id BIGINT NOT NULL,
  document TEXT NOT NULL,
  is_enabled TINYINT NOT NULL DEFAULT 1,
  next_at BIGINT NOT NULL,
  gen BIGINT NOT NULL DEFAULT 1,
  sent_at BIGINT NULL,
  problem VARCHAR(300) NULL,
  created_at BIGINT NOT NULL,
  UNIQUE KEY report_plan_name (name),
  KEY report_plan_due (is_enabled, next_at),
  KEY report_plan_owner (owner_id, name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS report_period (
  plan_id BIGINT NOT NULL,
  period VARCHAR(32) NOT NULL,
  sent_at BIGINT NOT NULL,
  PRIMARY KEY (plan_id, period)
) ENGINE=InnoDB;
