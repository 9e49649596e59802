-- Forms: every state that a form was saved in is a version, so that what was open in a browser still fits what it asked.
-- form_answer: what a form asked for, beside the message it came with. form_upload: files of a form that is not sent yet.
CREATE TABLE IF NOT EXISTS form (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  queue_id BIGINT NOT NULL,
  version INT NOT NULL,
  is_enabled TINYINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE KEY form_name (name)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS form_version (
  form_id BIGINT NOT NULL,
  version INT NOT NULL,
  plan MEDIUMTEXT NOT NULL,
  agent_id BIGINT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (form_id, version)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS form_answer (
  message_id BIGINT NOT NULL PRIMARY KEY,
  ticket_id BIGINT NOT NULL,
  form_id BIGINT NOT NULL,
  version INT NOT NULL,
  form_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  answers MEDIUMTEXT NOT NULL,
  KEY answer_ticket (ticket_id, message_id),
  KEY answer_form (form_id, message_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS form_upload (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  form_key BINARY(32) NOT NULL,
  name VARCHAR(255) NOT NULL,
  type VARCHAR(127) NOT NULL,
  declared_type VARCHAR(127) NOT NULL,
  size_bytes BIGINT NOT NULL,
  is_whole TINYINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  KEY upload_key (form_key, id),
  KEY upload_created (created_at, id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS form_upload_chunk (
  upload_id BIGINT NOT NULL,
  seq INT NOT NULL,
  data MEDIUMBLOB NOT NULL,
  PRIMARY KEY (upload_id, seq)
) ENGINE=InnoDB;
