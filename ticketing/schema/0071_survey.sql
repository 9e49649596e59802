-- Satisfaction: which queues ask, whom they asked, and what was said. A ticket is asked about once.
CREATE TABLE IF NOT EXISTS survey_queue (
  queue_id BIGINT NOT NULL PRIMARY KEY,
  is_on TINYINT NOT NULL,
  delay_seconds BIGINT NOT NULL,
  pause_days INT NOT NULL,
  updated_at BIGINT NOT NULL
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS survey (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ticket_id BIGINT NOT NULL,
  person_id BIGINT NULL,
  address VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  state TINYINT NOT NULL,
  reason VARCHAR(300) NULL,
  due_at BIGINT NOT NULL,
  asked_at BIGINT NULL,
  score TINYINT NULL,
  word VARCHAR(2000) NULL,
  answered_at BIGINT NULL,
  changed_at BIGINT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE KEY survey_ticket (ticket_id),
  KEY survey_due (state, due_at, id),
  KEY survey_person (person_id, asked_at)
) ENGINE=InnoDB;

-- Who does not want to be asked any more.
CREATE TABLE IF NOT EXISTS survey_stop (
  address VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL
) ENGINE=InnoDB;
