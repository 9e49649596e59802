-- Who does work that several clerks would do on the same rows, for as long as there is much of it (ticketing/turn).
CREATE TABLE IF NOT EXISTS turn (
  name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  owner VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  until_at BIGINT NOT NULL
) ENGINE=InnoDB;
