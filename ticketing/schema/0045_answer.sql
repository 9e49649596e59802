-- What a queue answers by itself, what was given to whom, and what people did with what they were offered.
CREATE TABLE IF NOT EXISTS queue_answer (
  queue_id BIGINT NOT NULL PRIMARY KEY,
  mode TINYINT NOT NULL,
  threshold DOUBLE NOT NULL DEFAULT 0,
  languages VARCHAR(200) NOT NULL DEFAULT '',
  hours TINYINT NOT NULL DEFAULT 0,
  closed_text TEXT NOT NULL DEFAULT '',
  away_from BIGINT NULL,
  away_until BIGINT NULL,
  away_text TEXT NOT NULL DEFAULT ''
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS kb_given (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  message_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  article_id BIGINT NOT NULL,
  is_answer TINYINT NOT NULL,
  confidence DOUBLE NOT NULL,
  outcome TINYINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  outcome_at BIGINT NULL,
  UNIQUE KEY kb_given_message (message_id, article_id),
  KEY kb_given_ticket (ticket_id, article_id),
  KEY kb_given_person (person_id, article_id),
  KEY kb_given_outcome (is_answer, outcome, outcome_at),
  KEY kb_given_created (created_at)
) ENGINE=InnoDB;

-- A question in a person's words goes when the person goes; that there was one stays.
CREATE TABLE IF NOT EXISTS kb_feedback (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  dedupe_key BINARY(32) NOT NULL,
  kind TINYINT NOT NULL,
  article_id BIGINT NULL,
  question VARCHAR(4000) NULL,
  language VARCHAR(16) NOT NULL DEFAULT '',
  person_id BIGINT NULL,
  message_id BIGINT NULL,
  is_learned TINYINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  UNIQUE KEY kb_feedback_dedupe (dedupe_key),
  KEY kb_feedback_article (article_id, is_learned, id),
  KEY kb_feedback_person (person_id, id),
  KEY kb_feedback_message (message_id),
  KEY kb_feedback_created (created_at, id)
) ENGINE=InnoDB;

-- One row: how sure this base may be of its answers, found out from its own feedback.
CREATE TABLE IF NOT EXISTS kb_trust (
  id TINYINT NOT NULL PRIMARY KEY,
  document MEDIUMTEXT NOT NULL,
  learned_at BIGINT NOT NULL,
  learned_to BIGINT NOT NULL,
  off_at BIGINT NULL,
  off_reason VARCHAR(500) NULL
) ENGINE=InnoDB;
