-- A leap of the clock against the one that only goes on: while a row is not settled, nothing fires. by_us: how far, below
-- 0 backwards.
CREATE TABLE IF NOT EXISTS clock_leap (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  node VARCHAR(100) NOT NULL,
  noticed_at BIGINT NOT NULL,
  by_us BIGINT NOT NULL,
  settled_at BIGINT NULL,
  agent_id BIGINT NULL,
  KEY clock_leap_open (settled_at, id)
) ENGINE=InnoDB;
