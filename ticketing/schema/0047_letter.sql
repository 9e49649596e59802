-- What is learned is read at once when an index is made; and letters in a site's own words, every version of them.
ALTER TABLE kb_feedback ADD KEY IF NOT EXISTS kb_feedback_learned (is_learned, id);

CREATE TABLE IF NOT EXISTS letter_text (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  letter VARCHAR(40) NOT NULL,
  language VARCHAR(16) NOT NULL,
  version INT NOT NULL,
  is_own TINYINT NOT NULL,
  text MEDIUMTEXT NOT NULL,
  html MEDIUMTEXT NULL,
  agent_id BIGINT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE KEY letter_text_version (letter, language, version)
) ENGINE=InnoDB;

-- The office hours that a queue's answers go by; NULL: always open.
ALTER TABLE queue_answer ADD COLUMN IF NOT EXISTS calendar_id BIGINT NULL;
