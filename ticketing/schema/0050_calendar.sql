-- Calendars: when time counts (ticketing/hours.h has the document's grammar).
CREATE TABLE IF NOT EXISTS calendar (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  title VARCHAR(200) NOT NULL,
  document MEDIUMTEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE KEY calendar_name (name)
) ENGINE=InnoDB;

INSERT IGNORE INTO calendar (id, name, title, document, created_at, updated_at) VALUES
  (1, 'always', '24/7', '{"zone":"UTC","week":{"mon":[["00:00","24:00"]],"tue":[["00:00","24:00"]],"wed":[["00:00","24:00"]],"thu":[["00:00","24:00"]],"fri":[["00:00","24:00"]],"sat":[["00:00","24:00"]],"sun":[["00:00","24:00"]]},"holidays":[]}', 0, 0);
