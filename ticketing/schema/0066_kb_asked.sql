-- Searches that found nothing: how often a text was asked for on a day (days since 1970), and not by whom.
CREATE TABLE IF NOT EXISTS kb_asked (
  day INT NOT NULL,
  text VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  times BIGINT NOT NULL,
  PRIMARY KEY (day, text)
) ENGINE=InnoDB;
